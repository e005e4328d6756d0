import assert from "node:assert/strict";
import { asset } from "@pulumi/pulumi";
import { type Ledger, nextLedger } from "../../components/memory/ledger";
import type { Question } from "../../components/memory/question";
import type { Remembered, RememberedGeneration } from "../../components/memory/remembered";
import {
  needsRecord,
  roleChangeProblems,
  roleChanges,
  roleChangeTable,
  type SwitchRecordRead,
} from "../../components/memory/roleChanges";
import { roleChangeFindings } from "../../components/memory/roleFindings";
import { readSwitchRecord } from "../../components/memory/switchRecord";
import type { Role } from "../../components/settings/settings";
import { rehearsalHost } from "../../review/switch/record/entry";
import { vmId } from "../support/passiveServerFixture";
import { blockFixture, settingsFixture, type Written } from "../support/settingsFixture";
import { type Call, recordText, switched } from "../support/switchRecord";

const today = new Date("2026-11-26T12:00:00Z");
const [first, second] = ["AADC-STG-G1", "AADC-STG-G2"];

type Roles = Readonly<Record<string, Role>>;
interface Declared {
  readonly roles: Roles;
  readonly others?: Readonly<Record<string, Role>>;
  readonly more?: (written: Written) => void;
}

const written =
  ({ roles, others = {}, more = () => undefined }: Declared) =>
  (settings: Written): void => {
    settings.generations = Object.fromEntries(
      Object.entries(roles).map(([number, role]) => [number, blockFixture((block) => Object.assign(block, { role }))]),
    );
    settings.otherServers = Object.entries(others).map(([computerName, role]) => ({ computerName, role }));
    more(settings);
  };

interface Before extends Declared {
  /** When that was declared. */
  readonly at?: string;
  readonly fence?: Partial<Record<number, object>>;
}

function question(before: Before, now: Declared): Question {
  const settings = settingsFixture(written(now));
  const earlier = nextLedger(undefined, settingsFixture(written(before)), { library: "1" });
  const since = before.at;
  const ledger: Ledger =
    since === undefined
      ? earlier
      : {
          ...earlier,
          generations: Object.fromEntries(
            Object.entries(earlier.generations).map(([number, entry]) => [number, { ...entry, roleSince: since }]),
          ),
        };
  const generations: Record<number, RememberedGeneration> = Object.fromEntries(
    Object.keys(before.roles).map((number) => [
      number,
      {
        guarded: true,
        copies: [],
        vmId,
        proof: "proven",
        ...(before.fence?.[Number(number)] === undefined
          ? {}
          : { fence: JSON.stringify(before.fence[Number(number)]) }),
      },
    ]),
  );
  const remembered: Remembered = {
    ledger,
    generations,
    items: {},
    storageEndpoint: false,
    parts: new Set(),
    worn: new Map(),
    heldElsewhere: new Map(),
    others: [],
  };
  return { settings, remembered, identity: {}, gone: new Map(), today };
}

const absent: SwitchRecordRead = { kind: "absent" };
const recordOf = (
  from: string,
  to: string,
  calls: readonly Call[] = switched,
  begin = "2026-11-26T09:00:00Z",
): Promise<SwitchRecordRead> => readSwitchRecord(new asset.StringAsset(recordText(from, to, calls, begin)));

const told = (asked: Question, record: SwitchRecordRead = absent): string =>
  roleChangeProblems(asked, record)
    .map(({ path, problem, write }) => `${path}: ${problem} | ${write}`)
    .join("\n");

const acknowledge = (until: string) => (settings: Written) => {
  settings.roleSwitch = { acknowledge: { reason: "switched by hand, CHG-4720", until } };
};

const swapped = {
  before: { roles: { "1": "active", "2": "passive" } },
  now: { roles: { "1": "passive", "2": "active" } },
} as const;

describe("a change of declared roles", () => {
  it("knows every pair of roles, and no way from fenced or lost to active", () => {
    const roles: readonly Role[] = ["passive", "active", "fenced", "lost"];
    for (const from of roles)
      for (const to of roles) assert.equal(roleChangeTable[from][to] === undefined, from === to, `${from} to ${to}`);
    assert.deepEqual(
      roles.filter((from) => roleChangeTable[from].active === "refused"),
      ["fenced", "lost"],
    );
    assert.equal(roleChangeTable.passive.active, "record");
  });

  it("is none where nothing was declared before, and none where nothing differs", () => {
    const same = question(
      { roles: { "1": "active" } },
      { roles: { "1": "active", "2": "passive" }, others: { AADC9: "passive" } },
    );
    assert.deepEqual(roleChanges(same), []);
    assert.equal(told(same), "");
    assert.equal(needsRecord(roleChanges(same)), false);
  });

  it("to active is refused without a record, and says which two things would do", () => {
    const asked = question({ roles: { "1": "passive" } }, { roles: { "1": "active" } });
    assert.equal(needsRecord(roleChanges(asked)), true);
    assert.match(
      told(asked),
      /^generations\.1\.role: aadc-stg-g1 would be declared active, and nothing proves that it was promoted and that nobody else exports \| roleSwitch: \{ record: .*roleSwitch\.acknowledge/,
    );
  });

  it("to active is allowed by a record that says so, with the other one declared in the same edit", async () => {
    const record = await recordOf(first, second);
    const asked = question(swapped.before, swapped.now);
    assert.equal(told(asked, record), "");
    assert.match(
      roleChangeFindings(asked, record)
        .map(({ severity, title }) => `${severity} ${title}`)
        .join("\n"),
      /info aadc-stg-g2 was declared passive and is declared active now: by the record: "done" at 2026-11-26T09:15:00\.000Z, entry 3, hash [0-9a-f]{16}/,
    );
  });

  it("to active is allowed for a server whose old active one is outside the stack, as soon as that one is named", async () => {
    const record = await recordOf("AADC1", first);
    const change = (others: Roles) => question({ roles: { "1": "passive" } }, { roles: { "1": "active" }, others });
    assert.match(
      told(change({}), record),
      /AADC1, stands nowhere in these settings \| otherServers: \[\{ computerName: AADC1, role: passive \}\]/,
    );
    assert.equal(told(change({ aadc1: "passive" }), record), "");
    assert.equal(told(change({ AADC1: "fenced" }), record), "");
  });

  it("to active is not allowed while the record's old server is still declared active", async () => {
    const asked = question(
      { roles: { "1": "active", "2": "passive" } },
      // The settings' own check refuses this too; here it is asked by itself.
      { roles: { "1": "passive", "2": "passive" } },
    );
    const both = {
      ...asked,
      settings: {
        ...asked.settings,
        generations: asked.settings.generations.map((each) => ({ ...each, role: "active" as const })),
      },
    };
    assert.match(
      told(both, await recordOf(first, second)),
      /AADC-STG-G1, from which the switch led away, is still declared active/,
    );
  });

  const states: readonly (readonly [string, readonly Call[]])[] = [
    ["ready to demote", [{ source: "active", target: "staging" }]],
    ["ready to promote", switched.slice(0, 2)],
    ["nobody exports", [{ source: "staging", target: "staging" }]],
    ["fenced", [{ source: null, target: "staging", fences: ["deallocated"] }]],
    ["unknown", [{ source: null, target: "staging" }]],
    ["two active", [{ source: "active", target: "active" }]],
  ];
  for (const [state, calls] of states)
    it(`to active is not allowed by a record whose last state is "${state}"`, async () => {
      const record = await recordOf(first, second, calls);
      assert.ok(record.kind === "read");
      assert.equal(record.says.state, state);
      assert.match(
        told(question(swapped.before, swapped.now), record),
        new RegExp(`generations\\.2\\.role: .*(state "${state}"|two servers are active)`),
      );
    });

  it("to active is allowed, and is a warning, while the promotion is not proven yet", async () => {
    const record = await recordOf(first, second, [...switched.slice(0, 2), { source: "staging", target: "active" }]);
    const asked = question(swapped.before, swapped.now);
    assert.equal(told(asked, record), "");
    assert.match(
      roleChangeFindings(asked, record)
        .map(({ severity, title }) => `${severity} ${title}`)
        .join("\n"),
      /warning aadc-stg-g2 .*"promoted, unproven"/,
    );
  });

  it("to active is not allowed by the record of other servers, or of the way back", async () => {
    const asked = question(swapped.before, swapped.now);
    assert.match(told(asked, await recordOf("AADC1", "AADC2")), /of a switch from AADC1 to AADC2, not of this server/);
    assert.match(
      told(asked, await recordOf(second, first)),
      /it is passive, and AADC-STG-G1 is the one to be promoted/,
    );
  });

  it("to active is not allowed by an old record, one that lies ahead, or one of an earlier switch", async () => {
    const asked = question(swapped.before, swapped.now);
    assert.match(told(asked, await recordOf(first, second, switched, "2026-11-19T11:00:00Z")), /more than 7 days ago/);
    assert.equal(told(asked, await recordOf(first, second, switched, "2026-11-19T12:00:00Z")), "");
    assert.match(told(asked, await recordOf(first, second, switched, "2026-11-26T12:00:00Z")), /lies ahead/);
    const later = question({ ...swapped.before, at: "2026-11-26T10:00:00Z" }, swapped.now);
    assert.match(
      told(later, await recordOf(first, second)),
      /was declared anew after that .*the record of an earlier switch/,
    );
    const earlier = question({ ...swapped.before, at: "2026-11-26T09:00:00Z" }, swapped.now);
    assert.equal(told(earlier, await recordOf(first, second)), "");
  });

  it("to active is not allowed by a record that was changed, cut off or is none", async () => {
    const asked = question(swapped.before, swapped.now);
    const text = recordText(first, second, switched, "2026-11-26T09:00:00Z");
    const says = async (content: string) => told(asked, await readSwitchRecord(new asset.StringAsset(content)));
    assert.match(
      await says(text.replace('"proven":true', '"proven":false')),
      /cannot be believed: line 3 does not have its hash/,
    );
    assert.match(await says(text.slice(0, -10)), /cannot be believed: line 3 has no end/);
    assert.match(await says(""), /it has no entry/);
    assert.match(await says("{}\n"), /no entry of such a record/);
    assert.match(
      told(asked, await readSwitchRecord(new asset.FileAsset("/nowhere/record.jsonl"))),
      /there is no file at \/nowhere\/record\.jsonl \| roleSwitch\.record: the folder/,
    );
  });

  it("to active is not allowed by the record of a rehearsal, whatever its simulated servers are called", async () => {
    const text = recordText("AADC1", first, switched, "2026-11-26T09:00:00Z", rehearsalHost);
    const record = await readSwitchRecord(new asset.StringAsset(text));
    const asked = question({ roles: { "1": "passive" } }, { roles: { "1": "active" }, others: { AADC1: "passive" } });
    assert.match(told(asked, record), /it is one of entra-connect rehearse switch: its AADC1 and \S+ are simulated/);
  });

  it("to active is allowed on somebody's word until its day, which is a warning", () => {
    const change = (until: string) =>
      question({ roles: { "1": "passive" } }, { roles: { "1": "active" }, more: acknowledge(until) });
    assert.equal(told(change("2026-11-26")), "");
    assert.match(told(change("2026-11-25")), /roleSwitch\.acknowledge ended on 2026-11-25/);
    const findings = roleChangeFindings(change("2026-11-26"), absent);
    assert.deepEqual(
      findings.map(({ code, severity }) => `${code} ${severity}`),
      ["role-changes warning", "role-switch-acknowledged warning"],
    );
    assert.match(findings[0]?.title ?? "", /somebody answers for it \(switched by hand, CHG-4720\)/);
  });

  it("to active is refused on anybody's word where the record saw two active servers", async () => {
    const both: readonly Call[] = [{ source: "active", target: "active" }];
    const asked = question(swapped.before, { ...swapped.now, more: acknowledge("2026-12-31") });
    assert.equal(told(asked), "");
    assert.match(
      told(asked, await recordOf(first, second, both)),
      /the record says that two servers are active .*, whatever is acknowledged/,
    );
    assert.equal(told(asked, await recordOf("AADC7", "AADC8", both)), "", "the record of others says nothing of these");
  });

  it("from fenced or lost to active is refused, whatever is acknowledged and whatever a record says", async () => {
    for (const role of ["fenced", "lost"] as const) {
      const asked = question(
        { roles: { "1": role } },
        { roles: { "1": "active" }, others: { AADC1: "passive" }, more: acknowledge("2026-12-31") },
      );
      assert.match(
        told(asked, await recordOf("AADC1", first)),
        new RegExp(`is declared ${role} and would become active at once`),
      );
    }
  });

  it("of a server outside is held to the same table, also when it was left out for a while", async () => {
    const asked = (from: Role, to: Role) =>
      question(
        { roles: { "1": "passive" }, others: { AADC1: from } },
        { roles: { "1": "passive" }, others: { aadc1: to } },
      );
    assert.match(told(asked("passive", "active")), /^otherServers\[0\]\.role: aadc1 would be declared active/);
    assert.equal(told(asked("passive", "active"), await recordOf(first, "AADC1")), "");
    assert.match(
      told(asked("fenced", "active")),
      /would become active at once.*role: passive, once its own wizard shows staging mode/s,
    );
    assert.equal(told(asked("active", "passive")), "");
    const left = settingsFixture(written({ roles: { "1": "passive" } }));
    const ledger = nextLedger(asked("passive", "passive").remembered.ledger, left, { library: "1" });
    const back = asked("passive", "active");
    assert.match(told({ ...back, remembered: { ...back.remembered, ledger } }), /aadc1 would be declared active/);
  });

  it("from active to passive needs nothing here: its first run asks the server", () => {
    assert.equal(told(question({ roles: { "1": "active" } }, { roles: { "1": "passive" } })), "");
    assert.equal(told(question({ roles: { "1": "active" } }, { roles: { "1": "fenced" } })), "");
  });

  it("is remembered with its time, and only where there was another role before", () => {
    const before = question({ roles: { "1": "passive" }, others: { AADC1: "active" } }, { roles: { "1": "passive" } });
    const now = settingsFixture(written({ roles: { "1": "active", "2": "passive" }, others: { AADC1: "passive" } }));
    const ledger = nextLedger(before.remembered.ledger, now, { library: "1", today });
    assert.equal(ledger.generations["1"]?.roleSince, today.toISOString());
    assert.equal(ledger.generations["2"]?.roleSince, undefined);
    assert.deepEqual(ledger.otherServers, { AADC1: { role: "passive", since: today.toISOString() } });
    const again = nextLedger(ledger, now, { library: "1", today: new Date("2026-12-01T00:00:00Z") });
    assert.equal(again.generations["1"]?.roleSince, today.toISOString());
    assert.equal(nextLedger(undefined, settingsFixture(), { library: "1" }).otherServers, undefined);
  });

  it("with a pair declared and nobody active is told, and without a pair says nothing", () => {
    const codes = (declared: Declared) =>
      roleChangeFindings(question({ roles: declared.roles }, declared), absent).map(({ code }) => code);
    assert.deepEqual(codes({ roles: { "1": "passive" }, others: { AADC1: "passive" } }), ["nobody-declared-active"]);
    assert.deepEqual(codes({ roles: { "1": "passive" }, others: { AADC1: "active" } }), []);
    assert.deepEqual(codes({ roles: { "1": "passive" } }), []);
  });
});

describe("a fenced generation", () => {
  const answer = (staging: string, outcome = "fenced") => ({
    script: "fence",
    collectedAt: "2026-11-26T09:00:00Z",
    warnings: [],
    computerName: first,
    changes: [],
    vmId,
    generation: 1,
    outcome,
    staging,
    startMode: "Auto",
    fencedAt: "2026-11-26T09:00:00Z",
  });
  const back = (fence: object | undefined, more: (written: Written) => void = () => undefined) =>
    question(
      { roles: { "1": "fenced" }, ...(fence === undefined ? {} : { fence: { 1: fence } }) },
      { roles: { "1": "passive" }, more },
    );
  const reinstate =
    (change: object = {}) =>
    (settings: Written): void => {
      Object.assign(settings.generations["1"] ?? {}, {
        exceptions: [{ kind: "reinstate", reason: "the old server is sound", until: "2026-12-31", vmId, ...change }],
      });
    };

  it("comes back by an exception where its service was stopped, and only if it was proven staging then", () => {
    assert.match(
      told(back(answer("on"))),
      /disabled the synchronization service of aadc-stg-g1; .* kind: reinstate, .*az vm start/,
    );
    assert.equal(told(back(answer("on"), reinstate())), "");
    assert.notEqual(told(back(answer("on"), reinstate({ until: "2026-11-25" }))), "");
    assert.notEqual(told(back(answer("on"), reinstate({ vmId: vmId.replace("1", "2") }))), "");
    assert.match(told(back(answer("off"), reinstate())), /not proven to be in staging mode when it was fenced \(off\)/);
    assert.match(told(back(answer("unclear"), reinstate())), /role: fenced as before/);
  });

  it("is still fenced where it was declared lost in between", () => {
    const viaLost = (staging: string, more: (written: Written) => void) =>
      question({ roles: { "1": "lost" }, fence: { 1: answer(staging) } }, { roles: { "1": "passive" }, more });
    assert.match(told(viaLost("off", reinstate())), /not proven to be in staging mode when it was fenced \(off\)/);
    assert.match(told(viaLost("on", () => undefined)), /kind: reinstate/);
    assert.equal(told(viaLost("on", reinstate())), "");
    assert.equal(told(question({ roles: { "1": "lost" } }, { roles: { "1": "passive" } })), "");
  });

  it("comes back without one where nothing stopped its service: it is asked as every other", () => {
    assert.equal(told(back(undefined)), "");
    assert.equal(told(back(answer("unclear", "no-entra-connect"))), "");
  });

  it("is not taken out while it is fenced: its guard could ask nobody", () => {
    const asked = question({ roles: { "1": "fenced", "2": "active" } }, { roles: { "2": "active" } });
    assert.match(told(asked), /^generations\.1: .*role: lost and an exception retireUnproven/);
  });

  it("is refused where there is no machine to fence", () => {
    const asked = question({ roles: { "1": "passive" } }, { roles: { "1": "passive", "2": "fenced" } });
    assert.match(told(asked), /generations\.2\.role: generation 2 was never built/);
  });
});
