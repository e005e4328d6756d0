import assert from "node:assert/strict";
import { type Ledger, type LedgerEntry, ledgerSchema, nextLedger, parseLedger } from "../../components/memory/ledger";
import { goneForArm, notThere } from "../../components/memory/lookup";
import { rememberedOf } from "../../components/memory/remembered";
import { partsOf } from "../../components/memory/stackState";
import { componentUrn, provenState, vmId } from "../support/passiveServerFixture";
import { both, onlySecond, remembered } from "../support/rememberedFixture";
import { settingsFixture, type Written } from "../support/settingsFixture";

const identity = { subscriptionId: "sub", tenantId: "tenant" };

describe("what the state remembers", () => {
  it("is the newest ledger, not the first value that the Stash keeps", () => {
    const { ledger } = remembered();
    assert.equal(ledger?.schema, ledgerSchema);
    assert.deepEqual(Object.keys(ledger?.generations ?? {}), ["1"]);
  });

  it("knows a machine by Azure's answer, and its guard, key and proof by the commands", () => {
    const { generations } = remembered();
    assert.equal(generations[1]?.vmId, vmId);
    assert.equal(generations[1]?.guarded, true);
    assert.match(generations[1]?.hostKey ?? "", /^ssh-ed25519 /);
    assert.match(generations[1]?.proof ?? "", /verify-staging/);
  });

  it("knows no protected item of which Azure said nothing: its creation was accepted and failed", () => {
    const item = (outputs: Record<string, unknown>) =>
      rememberedOf(
        "aadc-stg",
        [
          {
            type: "azure-native:recoveryservices:ProtectedItem",
            name: "aadc-stg-backup-g1-item",
            chain: `${partsOf(componentUrn).chain}$azure-native:recoveryservices:ProtectedItem`,
            outputs,
          },
        ],
        { urn: componentUrn },
      ).items;
    assert.deepEqual(item({ properties: { protectionState: "Protected" } }), { 1: { state: "protected" } });
    assert.deepEqual(item({}), {});
  });

  it("takes nothing from a component whose name only begins alike", () => {
    const state = Object.entries(provenState()).map(([urn, { type, outputs }]) => ({
      type,
      ...partsOf(urn),
      outputs,
    }));
    assert.deepEqual(rememberedOf("aadc", state).generations, {});
    assert.equal(rememberedOf("aadc", state).ledger, undefined);
  });

  it("refuses a ledger that a newer release wrote", () => {
    assert.throws(
      () => parseLedger({ schema: ledgerSchema + 1, library: "9.9.9", generations: {} }),
      /9\.9\.9, which is newer/,
    );
    assert.throws(() => parseLedger("mine"), /not a ledger/);
  });
});

describe("the ledger after a run", () => {
  it("keeps a number whose block was taken out, for ever", () => {
    const before = nextLedger(undefined, settingsFixture(both), { library: "1" });
    const after = nextLedger(before, settingsFixture(onlySecond), { library: "2" });
    assert.equal(after.generations["1"]?.out, true);
    assert.equal(after.generations["2"]?.out, undefined);
    assert.equal(after.library, "2");
  });

  it("remembers for ever who was the active server, and whose recovery points are an earlier machine's", () => {
    const role = (which: string) => (written: Written) => {
      both(written);
      const block = written.generations["1"];
      if (block) block.role = which;
    };
    const adopted = nextLedger(undefined, settingsFixture(both), { library: "1" });
    const first = { ...adopted.generations["1"], earlierPointsUntil: "2026-11-20T02:00:00Z" } as LedgerEntry;
    let ledger: Ledger = { ...adopted, generations: { ...adopted.generations, "1": first } };
    assert.equal(ledger.generations["1"]?.wasActive, undefined);
    for (const change of [role("active"), role("passive"), both, onlySecond]) {
      ledger = nextLedger(ledger, settingsFixture(change), { library: "1" });
      assert.equal(ledger.generations["1"]?.wasActive, true);
      assert.equal(ledger.generations["1"]?.earlierPointsUntil, "2026-11-20T02:00:00Z");
      assert.equal(ledger.generations["2"]?.wasActive, undefined);
    }
  });

  it("keeps the subscription that the server was built in", () => {
    const before = nextLedger(undefined, settingsFixture(), { library: "1", ...identity });
    const after = nextLedger(before, settingsFixture(), { library: "1", subscriptionId: "other" });
    assert.equal(after.subscriptionId, "sub");
  });
});

describe("what ARM's words prove", () => {
  it("gone is believed on its own codes only", () => {
    assert.ok(goneForArm('Status=404 Code="ResourceNotFound" Message="…"'));
    assert.ok(goneForArm('Status=404 Code="ResourceGroupNotFound"'));
    for (const text of [
      'Status=404 Code="SubscriptionNotFound" Message="The subscription could not be found."',
      'Status=403 Code="AuthorizationFailed" Message="… or the scope ResourceNotFound"',
      "not found",
      "dial tcp: lookup management.azure.com: no such host",
      "404",
    ])
      assert.ok(!goneForArm(text), text);
  });

  it("not there, which only makes or adopts, takes a status too, but never another subscription's", () => {
    assert.ok(notThere("Status=404"));
    assert.ok(!notThere('Status=404 Code="SubscriptionNotFound"'));
    assert.ok(!notThere("Status=500"));
  });
});
