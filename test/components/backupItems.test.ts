import assert from "node:assert/strict";
import {
  type RetiredQuestion,
  retiredItem,
  type SeenItem,
  type WrittenQuestion,
  writtenItem,
} from "../../components/backup/items";
import { type ItemState, itemStateOf } from "../../components/memory/items";

const place = {
  component: "sync",
  generation: 1,
  machine: "aadc-stg-g1",
  resourceGroupName: "rg-aadc-stg-backup",
  vaultName: "rsv-aadc-stg",
  policyName: "passive-server-daily",
};
const id = "/subscriptions/s/…/protectedItems/VM;…";
const seen = (state: ItemState, more: Partial<SeenItem> = {}): SeenItem => ({ id, state, ...more });

describe("what a protected item is in", () => {
  const states: readonly [string, Record<string, unknown>, ItemState][] = [
    ["protected, with its policy", { protectionState: "Protected" }, "protected"],
    ["waiting for its first recovery point", { protectionState: "IRPending" }, "protected"],
    ["protected, and failing", { protectionState: "ProtectionError" }, "protected"],
    ["stopped", { protectionState: "ProtectionStopped", isScheduledForDeferredDelete: false }, "stopped"],
    ["suspended", { protectionState: "BackupsSuspended" }, "suspended"],
    ["soft-deleted", { protectionState: "ProtectionStopped", isScheduledForDeferredDelete: true }, "softDeleted"],
  ];
  for (const [name, properties, state] of states) it(name, () => assert.equal(itemStateOf(properties), state));
});

describe("the item of a generation whose block is written", () => {
  const question = (more: Partial<WrittenQuestion> = {}): WrittenQuestion => ({
    place,
    treatment: "acting",
    machineStands: true,
    provenBefore: true,
    ...more,
  });
  const answer = (more: Partial<WrittenQuestion> = {}) => writtenItem(question(more));
  const said = ({ findings }: ReturnType<typeof answer>): string =>
    findings.map(({ code, title, next }) => `${code}: ${title} => ${next}`).join("\n");

  it("of a first build is made, and nothing is said", () => {
    assert.deepEqual(answer({ machineStands: false, provenBefore: false }), { body: "protect", findings: [] });
  });
  it("that an active server does not have yet is not begun, and that is said", () => {
    assert.match(said(answer({ treatment: "active" })), /not-protected: .*nothing begins on an active server/);
    assert.deepEqual(answer({ treatment: "active", seen: seen("protected") }).findings, []);
  });
  it("that state and Azure agree on says nothing", () => {
    assert.deepEqual(answer({ remembered: { state: "protected" }, seen: seen("protected") }), {
      body: "protect",
      findings: [],
    });
  });
  for (const state of ["protected", "stopped", "suspended"] as const)
    it(`that is ${state} in Azure and not in the state is adopted and protected`, () => {
      const { adopt, body, findings } = answer({ seen: seen(state) });
      assert.deepEqual([adopt, body, findings], [id, "protect", []]);
    });
  for (const remembered of [undefined, { state: "protected" } as const])
    it(`that is soft-deleted ${remembered ? "though the state has it" : "and not in the state"} is undeleted first`, () => {
      const found = answer({ remembered, seen: seen("softDeleted") });
      assert.equal(found.body, "undelete");
      assert.equal(found.adopt, remembered ? undefined : id);
      assert.match(said(found), /not-protected: .*takes that back.* => run up once more/);
    });
  it("that the last run undeleted is resumed without a word", () => {
    assert.deepEqual(answer({ remembered: { state: "stopped" }, seen: seen("stopped") }), {
      body: "protect",
      findings: [],
    });
  });
  for (const treatment of ["active", "unproven"] as const)
    it(`of an ${treatment} server is never undeleted by us: the commands are said`, () => {
      const found = answer({
        treatment,
        remembered: { state: "protected" },
        seen: seen("softDeleted", { remaining: "3.04:05:06" }),
      });
      assert.equal(found.body, "protect");
      assert.match(said(found), /gone for good in 3 days/);
      assert.match(said(found), /az backup protection undelete --resource-group rg-aadc-stg-backup --vault-name rsv/);
      assert.match(said(found), /az backup protection resume .*--policy-name passive-server-daily/);
    });
  it("deleted again before it was resumed is taken back by hand: the engine would send nothing", () => {
    const found = answer({ remembered: { state: "stopped" }, seen: seen("softDeleted") });
    assert.equal(found.body, "undelete", "what the state has already");
    assert.match(
      said(found),
      /this run does not touch it; take it back by hand: az backup protection undelete .*; then up/,
    );
  });
  it("that somebody stopped is said, with a look at that one resource", () => {
    for (const state of ["stopped", "suspended"] as const)
      assert.match(
        said(answer({ remembered: { state: "protected" }, seen: seen(state) })),
        /not-protected: .*somebody stopped its backup.* => pulumi refresh --target '\*\*::sync-backup-g1-item', then up/,
      );
    assert.match(
      said(answer({ treatment: "active", remembered: { state: "stopped" }, seen: seen("stopped") })),
      /if that is not meant: az backup protection resume/,
    );
  });
  it("that is gone although the state has it is said", () => {
    assert.match(said(answer({ remembered: { state: "protected" } })), /its backup is no longer in rsv-aadc-stg/);
  });
  it("that Azure does not show of a machine that was proven before has a next step should Azure refuse it", () => {
    assert.match(said(answer()), /protection-begins: .* => nothing; should Azure refuse .*undelete .*then up, twice/);
  });
  it("of a lost server is not spoken of", () => {
    assert.deepEqual(answer({ treatment: "lost", remembered: { state: "protected" } }).findings, []);
  });

  const point = "2026-11-20T02:00:00Z";
  it("adopted for a machine that is still to be made holds an earlier machine's recovery points", () => {
    const found = answer({ machineStands: false, seen: seen("protected", { lastRecoveryPoint: point }) });
    assert.equal(found.earlierPointsUntil, point);
    assert.match(said(found), new RegExp(`earlier-recovery-points: .*up to ${point} are of an earlier machine`));
  });
  it("goes on saying so, and never of the machine that stands", () => {
    const later = { seen: seen("protected", { lastRecoveryPoint: "2026-12-01T02:00:00Z" }) };
    assert.equal(
      answer({ ...later, remembered: { state: "protected" }, earlierPointsUntil: point }).earlierPointsUntil,
      point,
    );
    assert.equal(answer({ ...later, earlierPointsUntil: point }).earlierPointsUntil, point);
    assert.equal(answer(later).earlierPointsUntil, undefined);
  });
});

describe("the item of a number whose block was taken out", () => {
  const question = (more: Partial<RetiredQuestion> = {}): RetiredQuestion => ({
    place,
    standing: false,
    anotherMachine: false,
    wasActive: false,
    ...more,
  });
  const answer = (more: Partial<RetiredQuestion> = {}) => {
    const { item, findings } = retiredItem(question(more));
    return { item, said: findings.map(({ code, severity, next }) => `${severity} ${code}: ${next}`) };
  };
  const held = { state: "protected" } as const;

  it("is kept as it is while anything of the server stands, and what is still to come is said", () => {
    const { item, said } = answer({ standing: true, remembered: held });
    assert.deepEqual(item, { generation: 1, body: "asIs" });
    assert.match(said.join(), /^warning protection-to-stop: run up once more after its retirement/);
  });
  it("is not adopted while anything of the server stands", () => {
    assert.deepEqual(answer({ standing: true, seen: seen("protected") }), { item: undefined, said: [] });
  });
  it("is stopped once nothing stands, whether the state has it or not", () => {
    assert.deepEqual(answer({ remembered: held, seen: seen("protected") }).item, { generation: 1, body: "stop" });
    assert.deepEqual(answer({ seen: seen("protected") }).item, { generation: 1, adopt: id, body: "stop" });
  });
  it("is adopted as stopped where somebody stopped it, and the same said as of our own stop", () => {
    assert.deepEqual(answer({ seen: seen("stopped") }).item, { generation: 1, adopt: id, body: "stop" });
    const said = (more: Partial<RetiredQuestion>) => answer(more).said;
    assert.deepEqual(
      said({ remembered: { state: "stopped" }, seen: seen("stopped") }),
      said({ remembered: held, seen: seen("protected") }),
    );
  });
  it("that was stopped stays so, and in the state", () => {
    const { item, said } = answer({ remembered: { state: "stopped" }, seen: seen("stopped") });
    assert.deepEqual(item, { generation: 1, body: "stop" });
    assert.match(said.join(), /^info recovery-points-kept/);
  });
  it("that was stopped and is resumed by somebody is not silently called stopped", () => {
    const { item, said } = answer({ remembered: { state: "stopped" }, seen: seen("protected") });
    assert.deepEqual(item, { generation: 1, body: "asIs" });
    assert.match(said.join(), /^warning protection-to-stop: pulumi refresh --target '[^']+', then up$/);
  });
  it("of a server that was the active one says what a restore of it does", () => {
    const title = (wasActive: boolean) =>
      retiredItem(question({ remembered: { state: "stopped" }, seen: seen("stopped"), wasActive })).findings[0]
        ?.title ?? "";
    assert.match(title(true), /it was the active server, and a machine restored from them exports$/);
    assert.doesNotMatch(title(false), /active/);
  });
  it("is given up where Azure has it no longer", () => {
    for (const remembered of [held, { state: "stopped" } as const])
      assert.deepEqual(answer({ remembered }), { item: undefined, said: [] });
    assert.deepEqual(answer(), { item: undefined, said: [] });
  });
  it("that somebody deleted is not taken back: it is said how, and how long it can be", () => {
    for (const remembered of [undefined, held]) {
      const { item, said } = answer({ remembered, seen: seen("softDeleted", { remaining: "1.00:00:00" }) });
      assert.deepEqual(item, remembered && { generation: 1, body: "asIs" });
      assert.match(
        said.join(),
        /^warning recovery-points-deleted: nothing, if that is meant; else az backup protection undelete/,
      );
    }
  });
  it("that somebody suspended expires by its policy: no stop makes it last for ever", () => {
    assert.deepEqual(answer({ remembered: held, seen: seen("suspended") }).item, { generation: 1, body: "asIs" });
    assert.equal(answer({ seen: seen("suspended") }).item, undefined);
  });
  it("is left to a machine of its name that is not ours", () => {
    const { item, said } = answer({ remembered: held, seen: seen("protected"), anotherMachine: true });
    assert.deepEqual(item, { generation: 1, body: "asIs" });
    assert.match(said.join(), /^warning protection-to-stop: find out whose it is/);
    assert.equal(answer({ seen: seen("protected"), anotherMachine: true }).item, undefined);
  });
});
