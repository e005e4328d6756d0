import { strict as assert } from "node:assert";
import { safetyRules, stateTable, switchStates } from "../../../review/switch";
import { safetyFindings, wordedCodes } from "../../../review/switch/checks/safetyWords";
import { checkTable } from "../../../review/switch/checks/table";
import { decide, emptyCourse, after as fold, situationOf } from "../../../review/switch/machine";
import {
  type Course,
  type Decision,
  defaultLimits,
  type FenceKind,
  type Reading,
  type Seen,
} from "../../../review/switch/model";

const minute = 60_000;
const now = Date.parse("2026-11-26T12:00:00Z");
const reading = (machine: string, more: Partial<Reading> = {}): Reading => ({
  machine,
  at: now - 5 * minute,
  role: "staging",
  running: false,
  wizardOpen: false,
  schedulerOn: true,
  lastExport: null,
  lastGoodExport: null,
  applicationId: null,
  ...more,
});
const seen = (more: Partial<Seen> = {}): Seen => ({
  now,
  from: "A",
  to: "B",
  turned: false,
  source: reading("A"),
  target: reading("B"),
  alsoRead: [],
  fences: [],
  tenant: null,
  cuts: [],
  cloudSync: null,
  ...more,
});
/** A record that has seen A active an hour ago. */
const course = (more: Partial<Course> = {}): Course => ({
  ...emptyCourse,
  from: "A",
  to: "B",
  activeSeen: true,
  ...more,
});
const judged = { open: true, proven: false, overridden: new Set<string>() };
const conclude = (what: Seen, known: Course, overridden: ReadonlySet<string> = judged.overridden): Decision =>
  decide(situationOf(what, known, defaultLimits, overridden), { ...judged, overridden });
const audit = (machine: string, at: number) => ({
  at: now,
  lastSynchronization: null,
  exporters: [{ machine, at, by: "directoryAudits" as const }],
  asked: ["directoryAudits" as const],
});

const answered = (kind: FenceKind, at: number, holds = true, machine = "A") => ({ machine, kind, at, holds });
const deallocated = (at: number, holds = true) => answered("deallocated", at, holds);

/** One situation for each rule, in which it is the one that is broken. */
const situations: Readonly<Record<string, readonly [Seen, Course]>> = {
  "clock-went-back": [seen(), course({ lastAt: now + minute })],
  "evidence-from-the-future": [seen({ target: reading("B", { at: now + 6 * minute }) }), course()],
  "wrong-server": [seen({ source: reading("B"), target: reading("A") }), course()],
  "evidence-undated": [seen({ target: reading("B", { at: null }) }), course()],
  "evidence-too-old": [seen({ source: reading("A", { at: now - 61 * minute }) }), course()],
  "evidence-older-than-known": [seen(), course({ known: { A: { at: now - minute, role: "active" } } })],
  "role-unclear": [seen({ source: reading("A", { role: "contradicts" }) }), course()],
  "source-not-read": [seen({ source: null }), course()],
  "target-not-read": [seen({ target: null }), course()],
  "exports-despite-staging": [seen({ tenant: audit("A", now + minute) }), course()],
  "roles-reversed": [seen({ target: reading("B", { role: "active" }) }), course({ activeSeen: false })],
  "run-in-progress-on-source": [seen({ source: reading("A", { running: true }) }), course()],
  "run-in-progress-on-target": [seen({ target: reading("B", { running: true }) }), course()],
  "source-may-be-promoted": [seen(), course({ promotable: { A: now - 9 * minute } })],
  "another-exporter": [seen({ tenant: audit("C", now - minute) }), course()],
  "cloud-sync-provisions": [seen(), course({ cloudSync: "2027-01-31" })],
  "nobody-exported-before": [seen(), course({ activeSeen: false })],
};

describe("the safety rules of a role switch", () => {
  it("let a promotion through where nothing speaks against it", () => {
    const { state, broken, permission } = conclude(seen(), course());
    assert.deepEqual([state, broken], ["ready to promote", []]);
    assert.deepEqual(permission, { step: "promote", machine: "B", until: now + 55 * minute });
  });

  for (const { code, stops } of safetyRules)
    it(`${code}: stops ${stops === "state" ? "everything" : "a promotion"}, and says so in words`, () => {
      const [what, known] = situations[code] ?? assert.fail(`no situation for ${code}`);
      const { state, broken, permission } = conclude(what, known);
      assert.ok(broken.includes(code), `${broken}`);
      assert.equal(permission, null);
      assert.equal(state === "unknown", stops === "state", state);
      const [finding] = safetyFindings([code], situationOf(what, known, defaultLimits, new Set()));
      assert.equal(finding?.code, code);
      for (const text of [finding.title, finding.cause, finding.next]) {
        assert.match(text, /^[A-Z].*[.?]$/u);
        assert.doesNotMatch(text, /undefined|null|NaN|Infinity/u);
      }
    });

  it("have words for every code, and no words for none", () => {
    assert.deepEqual([...wordedCodes].sort(), safetyRules.map(({ code }) => code).sort());
  });

  it("are gone past only where they say so", () => {
    for (const { code, override } of safetyRules) {
      const [what, known] = situations[code] ?? assert.fail(code);
      assert.equal(conclude(what, known, new Set([code])).broken.includes(code), !override, code);
    }
  });

  it("do not ask the word of a server whose fence is proven", () => {
    const fences = [{ machine: "A", kind: "deallocated" as const, at: now - minute, holds: true }];
    for (const source of [
      null,
      reading("A", { at: now - 90 * minute, role: "active" }),
      reading("A", { role: "unknown" }),
    ]) {
      const { state, permission } = conclude(seen({ source, fences }), course());
      assert.deepEqual([state, permission?.step], ["fenced", "promote"]);
    }
  });

  it("let clocks differ by five minutes and evidence be an hour old, and no more", () => {
    const at = (target: number, source = now) =>
      conclude(seen({ source: reading("A", { at: source }), target: reading("B", { at: target }) }), course()).state;
    assert.equal(at(now + 5 * minute), "ready to promote");
    assert.equal(at(now + 5 * minute + 1), "unknown");
    assert.equal(at(now - 60 * minute), "ready to promote");
    assert.equal(at(now, now - 60 * minute - 1), "unknown");
  });

  it("end a permission when the oldest of its evidence is too old", () => {
    const source = reading("A", { at: now - 40 * minute });
    assert.equal(conclude(seen({ source }), course()).permission?.until, now + 20 * minute);
  });
});

describe("a fence of the old active server", () => {
  const dead = (more: Partial<Seen>): Seen => seen({ source: null, ...more });
  const hour = 60 * minute;

  it("is not proven by an answer of the future, which no true answer could then take back", () => {
    const ahead = dead({ fences: [deallocated(now + 50 * minute)] });
    const decision = conclude(ahead, course());
    assert.deepEqual([decision.permission, decision.broken[0]], [null, "evidence-from-the-future"]);
    const running = dead({ now: now + 20 * minute, fences: [deallocated(now + 20 * minute, false)] });
    let known = fold(course(), ahead, decision, defaultLimits);
    known = fold(known, running, conclude(running, known), defaultLimits);
    const at = now + 51 * minute;
    const later = conclude(dead({ now: at, target: reading("B", { at: at - minute }) }), known);
    assert.equal(later.permission, null);
  });

  it("of an identity rests on answers that follow on each other, not on one of another incident", () => {
    const again = (first: number) =>
      conclude(
        dead({ fences: [answered("identity-disabled", now)] }),
        course({ fences: { "identity-disabled A": { since: first, at: first } } }),
      ).permission?.step;
    assert.equal(again(now - 2 * hour), "promote");
    assert.equal(
      again(now - 30 * 24 * hour),
      undefined,
      "it may have been enabled in between, and its token lives an hour",
    );
  });

  it("is no fence where the server goes on exporting, by the audit log or by its own history", () => {
    const fences = [answered("identity-disabled", now - minute)];
    const known = course({ fences: { "identity-disabled A": { since: now - 2 * hour, at: now - 2 * hour } } });
    const exported = (at: number) => conclude(dead({ fences, tenant: audit("A", at) }), known);
    assert.equal(exported(now - 90 * minute).permission?.step, "promote", "its token lived an hour");
    assert.deepEqual(exported(now - 20 * minute).broken, ["source-not-read"]);
    assert.equal(exported(now - 20 * minute).permission, null);
    const says = reading("A", { role: "active", lastExport: now - 6 * minute, lastGoodExport: now - 6 * minute });
    assert.equal(conclude(seen({ source: says, fences }), known).permission?.step, "demote");
  });
});

describe("the tables of a role switch", () => {
  it("have a row for every state, and permit exactly what the machine permits", () => {
    assert.deepEqual(Object.keys(stateTable).sort(), [...switchStates].sort());
    const permitting = switchStates.filter((state) => stateTable[state].permits !== null);
    assert.deepEqual(permitting, ["ready to demote", "ready to promote", "fenced"]);
  });

  it("name every check once", () => {
    const codes = checkTable.flatMap((row) => row.codes);
    assert.equal(new Set(codes).size, codes.length);
  });
});
