import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { SynchronizationWorld } from "../../../rehearsal/windows/serverWorld";
import { openWizard } from "../../../rehearsal/windows/wizard";
import { validateAnswer } from "../../../scripts/assemble";
import { machine, type Pair, usePairs } from "./pair";
import { setUp, version } from "./stages";

const given = { vmId: machine.vmId, productVersion: version, switchOff: true };
const recordPath = "C:\\ProgramData\\pulumi-entra-connect\\auto-upgrade-before.json";

describe("switch-off-auto-upgrade, in PowerShell and emulated", () => {
  const machines = usePairs();
  let pair: Pair;

  async function withState(autoUpgrade: SynchronizationWorld["autoUpgrade"]): Promise<void> {
    pair = await machines();
    await setUp(pair);
    await pair.edit((world) => {
      if (world.adsync) world.adsync.autoUpgrade = autoUpgrade;
    });
  }

  const state = async () => (await pair.world()).adsync?.autoUpgrade;
  const answered = async (change: Partial<typeof given> = {}) => {
    const outcome = await pair.run("switch-off-auto-upgrade", { ...given, ...change });
    assert.equal(outcome.exitCode, 0, outcome.stderr);
    return validateAnswer("switch-off-auto-upgrade", outcome.stdout);
  };

  it("switches it off, says what was there before, keeps that on the server, and does nothing the second time", async () => {
    await withState("Enabled");
    const answer = await answered();
    assert.deepEqual([answer.before, answer.state], ["Enabled", "Disabled"]);
    assert.deepEqual(answer.changes, ["automatic upgrade switched off"]);
    assert.equal(await state(), "Disabled");
    assert.match((await pair.readFile(recordPath)) ?? "", /"state":"Enabled"/);
    const again = await answered();
    assert.deepEqual([again.before, again.state, again.changes], ["Disabled", "Disabled", []]);
    assert.match((await pair.readFile(recordPath)) ?? "", /"state":"Enabled"/, "still the state before the change");
  });

  it("leaves it where the settings say so, and leaves what the system itself has suspended", async () => {
    await withState("Enabled");
    const left = await answered({ switchOff: false });
    assert.deepEqual([left.before, left.state, left.changes], ["Enabled", "Enabled", []]);
    assert.equal(await pair.readFile(recordPath), undefined);
    await withState("Suspended");
    assert.deepEqual((await answered()).changes, []);
    assert.equal(await state(), "Suspended");
  });

  it("does not fail where Windows refuses: the answer says that it is still on", async () => {
    await withState("Enabled");
    await pair.edit((world) => {
      world.peculiarities.autoUpgradeRefused = "Access is denied.";
    });
    const answer = await answered();
    assert.equal(answer.state, "Enabled");
    assert.deepEqual(answer.changes, []);
    assert.match(answer.warnings.join(), /could not be switched off: Access is denied\./);
  });

  it("changes nothing on a server that is not proven staging, in the wizard, not set up, or another machine", async () => {
    pair = await machines();
    assert.match((await pair.run("switch-off-auto-upgrade", given)).stderr, /\[not-set-up\]/);
    const refused = async (code: string, change: Partial<typeof given> = {}) => {
      const { exitCode, stderr } = await pair.run("switch-off-auto-upgrade", { ...given, ...change });
      assert.equal(exitCode, 1);
      assert.ok(stderr.includes(`[${code}]`), stderr);
      assert.equal(await state(), "Enabled");
    };
    await withState("Enabled");
    await refused("not-this-machine", { vmId: "11111111-2222-4333-8444-555555555555" });
    await pair.edit((world) => {
      if (world.adsync) world.adsync.globalParameters["Microsoft.Synchronize.StagingMode"] = "False";
    });
    await refused("not-proven-staging");
    await pair.edit((world) => {
      if (world.adsync) world.adsync.globalParameters["Microsoft.Synchronize.StagingMode"] = "True";
    });
    await pair.each(openWizard);
    await refused("wizard-open");
  });
});
