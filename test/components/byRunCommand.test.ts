import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  answerCountsHours,
  askedByRunCommand,
  retirementAnswered,
  retirementText,
} from "../../components/guard/byRunCommand";
import { retirement } from "../../components/guard/plan";
import { retirementSeconds } from "../../components/guard/retirement";
import { type Ledger, nextLedger } from "../../components/memory/ledger";
import { type Remembered, rememberedOf } from "../../components/memory/remembered";
import { partsOf } from "../../components/memory/stackState";
import { type Question, refusals } from "../../components/memory/transitions";
import type { RetireAnswer } from "../../scripts/assemble";
import { healthyServer } from "../support/healthyServer";
import { componentUrn, provenState, type State, vmId, withSecond } from "../support/passiveServerFixture";
import { repositoryRoot } from "../support/repository";
import { settingsFixture, today, type Written } from "../support/settingsFixture";

const exception = {
  kind: "retireByRunCommand",
  reason: "the baseline denies the logon, CHG-4714",
  until: "2026-12-04",
  vmId,
} as const;
const withException = (written: Written, change: object = {}): void => {
  const block = written.generations["1"];
  assert.ok(block);
  block.exceptions = [{ ...exception, ...change }];
};
const hoursAgo = (hours: number): string =>
  new Date(today.getTime() - hours * 3_600_000).toISOString().replace(/\.\d+Z$/, "Z");
const answer = (change: object = {}): string =>
  JSON.stringify({
    ...(healthyServer.retire as RetireAnswer),
    computerName: "AADC-STG-G1",
    vmId,
    generation: 1,
    collectedAt: hoursAgo(1),
    ...change,
  });
const question = { name: "aadc-stg", generation: 1, vmId, now: today };

describe("the retirement by Run Command", () => {
  it("has twice the time that its script may wait", () => {
    const minutes = (file: string, pattern: RegExp): number =>
      Number(pattern.exec(readFileSync(join(repositoryRoot, "scripts", file), "utf8"))?.[1]);
    const lock = minutes("fragments/lock.ps1", /Enter-Lock\(\[int\]\$Minutes = (\d+)\)/);
    const idle = minutes("retire.ps1", /\$idleMinutes = (\d+)/);
    assert.ok(lock > 0 && idle > 0);
    assert.ok(retirementSeconds >= 2 * (lock + idle) * 60, `${retirementSeconds} s for ${lock} and ${idle} min`);
  });
});

describe("the guard's answer by Run Command", () => {
  it("lets exactly its machine go", () => {
    assert.equal(retirementAnswered(answer(), question).kind, "passed");
    for (const [change, said] of [
      [{ vmId: "00000000-0000-4000-8000-00000000dead" }, /vmId 00000000-/],
      [{ generation: 2 }, /generation 2/],
      [{ computerName: "AADC-STG-G2" }, /AADC-STG-G2/],
    ] as const) {
      const answered = retirementAnswered(answer(change), question);
      assert.equal(answered.kind, "objection");
      assert.match(answered.kind === "objection" ? answered.objection : "", said);
    }
  });

  it("is none where there is none, or where it is not understood", () => {
    for (const text of [undefined, "", "  \n"])
      assert.match(JSON.stringify(retirementAnswered(text, question)), /holds no answer/);
    for (const text of ["{}", "What: refused", answer({ outcome: "fine" }), answer({ more: 1 })])
      assert.match(JSON.stringify(retirementAnswered(text, question)), /not understood/);
  });

  it("is too old after a day, and of a clock that runs ahead it is none", () => {
    assert.equal(
      retirementAnswered(answer({ collectedAt: hoursAgo(answerCountsHours - 0.1) }), question).kind,
      "passed",
    );
    assert.deepEqual(
      { ...retirementAnswered(answer({ collectedAt: hoursAgo(answerCountsHours + 0.1) }), question), objection: "" },
      { kind: "objection", objection: "", old: true },
    );
    assert.equal(retirementAnswered(answer({ collectedAt: hoursAgo(-0.5) }), question).kind, "passed");
    const ahead = retirementAnswered(answer({ collectedAt: hoursAgo(-2) }), question);
    assert.deepEqual({ kind: ahead.kind, old: "old" in ahead }, { kind: "objection", old: false });
    // The run that asks began before: what else it does can take hours.
    const late = answer({ collectedAt: hoursAgo(-6) });
    assert.equal(retirementAnswered(late, { ...question, askedInThisRun: true }).kind, "passed");
  });
});

describe("the exception that has the guard asked by Run Command", () => {
  const [block] = settingsFixture(withException).generations;

  it("counts for its machine, to the end of its day, and on a passive generation only", () => {
    assert.ok(block);
    assert.equal(askedByRunCommand(block, vmId.toUpperCase(), today)?.reason, exception.reason);
    assert.equal(askedByRunCommand(block, "another", today), undefined);
    assert.equal(askedByRunCommand(block, undefined, today), undefined);
    assert.ok(askedByRunCommand(block, vmId, new Date("2026-12-04T23:59:59Z")));
    assert.equal(askedByRunCommand(block, vmId, new Date("2026-12-05T00:00:00Z")), undefined);
    for (const role of ["active", "lost"] as const)
      assert.equal(askedByRunCommand({ ...block, role }, vmId, today), undefined);
  });

  it("runs the guard's own text; only another reason or day makes it another one", () => {
    assert.ok(block);
    const settings = settingsFixture(withException);
    const bare = (text: string): string => text.replace(/^\$argumentsText = @'\n.*\n'@$/m, "");
    const text = retirementText(settings, block, vmId, exception);
    assert.equal(bare(text), bare(retirement(settings, block, vmId).stdin));
    assert.equal(retirementText(settings, block, vmId, { ...exception }), text);
    assert.notEqual(retirementText(settings, block, vmId, { ...exception, reason: "asked once more" }), text);
  });

  it("asks anew where it was gone meanwhile and is written again, letter by letter", () => {
    assert.ok(block);
    const [settings, without] = [settingsFixture(withException), settingsFixture()];
    const at = (hour: string): Date => new Date(`2026-11-25T${hour}:00:00Z`);
    const run = (before: Ledger | undefined, with_: boolean, hour: string): Ledger =>
      nextLedger(before, with_ ? settings : without, {
        library: "0",
        today: at(hour),
        byRunCommand: new Map(with_ ? [[1, exception.until]] : []),
      });
    const since = (ledger: Ledger): string | undefined => ledger.generations["1"]?.byRunCommandSince;
    const first = run(run(undefined, false, "08"), true, "09");
    assert.equal(since(first), at("09").toISOString());
    assert.equal(since(run(first, true, "10")), since(first), "the same exception still");
    const gone = run(first, false, "11");
    assert.equal(since(gone), undefined);
    const again = run(gone, true, "12");
    assert.equal(since(again), at("12").toISOString());
    const text = (ledger: Ledger): string => retirementText(settings, block, vmId, exception, since(ledger));
    assert.notEqual(text(again), text(first), "so that Azure runs it again");
    // What it said the first time is no answer to the second question, however young.
    const said = (ledger: Ledger) =>
      retirementAnswered(answer({ collectedAt: "2026-11-25T09:05:00Z" }), {
        ...question,
        now: at("12"),
        since: since(ledger),
      });
    assert.equal(said(first).kind, "passed");
    assert.match(JSON.stringify(said(again)), /stands since 2026-11-25T12/);
  });

  it("is one ASCII text below 64 KB (no limit of Azure's is documented)", () => {
    assert.ok(block);
    const text = retirementText(settingsFixture(withException), block, vmId, {
      ...exception,
      reason: "\u00dcberall gesperrt, \u4e2d\u6587",
    });
    assert.doesNotMatch(text, /[^\s\x20-\x7e]/);
    assert.ok(text.length < 64 * 1024, String(text.length));
  });
});

describe("a block that is taken out after its guard was asked by Run Command", () => {
  interface Kept {
    readonly answer?: string;
    readonly asks?: boolean;
    readonly until?: string | null;
    readonly since?: string;
    /** A run before took the block out; the guard has gone, the machine has not. */
    readonly halfGone?: boolean;
  }
  const remembered = ({
    answer: text,
    asks = false,
    until = "2026-12-04",
    since,
    halfGone = false,
  }: Kept): Remembered => {
    const state: State = provenState(withSecond, [1, 2], (ledger): Ledger => {
      const [one] = [ledger.generations["1"]];
      assert.ok(one);
      const entry = until === null ? one : { ...one, byRunCommandUntil: until, byRunCommandSince: since };
      return { ...ledger, generations: { ...ledger.generations, 1: { ...entry, out: halfGone } } };
    });
    const entries = Object.entries(state).flatMap(([urn, { type, outputs }]) => {
      const isGuard = urn.endsWith("::aadc-stg-g1-guard");
      if (isGuard && halfGone) return [];
      const { delete: _, ...without } = outputs;
      return [{ type, ...partsOf(urn), outputs: isGuard && !asks ? without : outputs }];
    });
    const stash = {
      type: "pulumi:index:Stash",
      ...partsOf(`${componentUrn.replace(/::aadc-stg$/, "")}$pulumi:index:Stash::aadc-stg-g1-retirement`),
      outputs: { input: { answer: text } },
    };
    return rememberedOf("aadc-stg", text === undefined ? entries : [...entries, stash], { urn: componentUrn });
  };
  const onlySecond = (written: Written): void => {
    withSecond(written);
    delete written.generations["1"];
  };
  const ask = (kept: Kept, change: (written: Written) => void = onlySecond, now = today): string =>
    refusals({
      settings: settingsFixture(change),
      remembered: remembered(kept),
      identity: { subscriptionId: "sub", tenantId: "tenant" },
      gone: new Map(),
      today: now,
    } satisfies Question)
      .map(({ path, problem, write }) => `${path}: ${problem} | ${write}`)
      .join("\n");

  it("goes on a checked answer of its machine", () => {
    assert.equal(ask({ answer: answer() }), "");
  });

  it("is refused without an answer, on an old one, on another machine's, and after the exception's day", () => {
    assert.match(ask({}), /generations\.1: the guard of generation 1 does not ask by SSH any more .*no answer/);
    assert.match(ask({ answer: answer({ collectedAt: hoursAgo(25) }) }), /more than 24 hours ago/);
    assert.match(
      ask({ answer: answer({ vmId: "00000000-0000-4000-8000-00000000dead" }) }),
      /not of aadc-stg-g1, vmId 3f1c0b52/,
    );
    assert.equal(ask({ answer: answer(), since: today.toISOString() }), "", "an hour is left to the server's clock");
    assert.match(ask({ answer: answer({ collectedAt: hoursAgo(3) }), since: hoursAgo(1) }), /stands since/);
    assert.match(ask({ answer: answer(), until: "2026-11-20" }), /that exception ended on 2026-11-20/);
  });

  it("is refused where the exception stood and the guard was never asked, although it would ask by SSH", () => {
    assert.match(ask({ asks: true }), /no answer.*\| the block of 1 as before, with the exception/);
  });

  it("goes on where Azure has not deleted the machine in the run that took it out, whatever has become of the answer", () => {
    assert.equal(ask({ halfGone: true }), "");
    assert.equal(ask({ halfGone: true, until: "2026-11-20" }), "");
  });

  it("is refused where the guard asks nothing and nobody says why", () => {
    assert.match(ask({ until: null }), /no answer/);
    assert.equal(ask({ asks: true, until: null }), "", "asked by SSH, as ever");
  });

  it("goes on where an earlier run failed behind the guard, whose answer went with it", () => {
    const memory = remembered({});
    const { guarded: _, ...one } = memory.generations[1] ?? { guarded: true, copies: [] };
    const said = refusals({
      settings: settingsFixture(onlySecond),
      remembered: { ...memory, generations: { ...memory.generations, 1: { ...one, guarded: false } } },
      identity: { subscriptionId: "sub", tenantId: "tenant" },
      gone: new Map(),
      today,
    });
    assert.deepEqual(said, []);
  });

  it("nothing else is taken out in the run that asks", () => {
    const said = ask({ asks: true, until: null }, (written) => {
      withSecond(written);
      const second = written.generations["2"];
      assert.ok(second);
      second.exceptions = [exception];
      delete written.generations["1"];
    });
    assert.match(said, /generations\.2\.exceptions: .*would take out generation 1 \|/);
  });
});
