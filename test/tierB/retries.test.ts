import assert from "node:assert/strict";
import { requiresEngine } from "../support/engine";
import { changed, first, nothing, text } from "../support/pairOfServers";
import { Rehearsal } from "../support/rehearsal";

/** In the order in which a first `up` meets them: each run passes the point where the one before it failed. */
const failures = [
  { where: "the machine cannot be made", faults: ["azure:PUT:Microsoft.Compute/virtualMachines:*=fail"] },
  {
    where: "remote access cannot be set up",
    faults: ["azure:PUT:Microsoft.Compute/virtualMachines/runCommands:*=fail"],
  },
  { where: "the answer of prerequisites is lost", faults: ["ssh:prerequisites=lost"] },
  { where: "the installer is there in part, as on a full disk", faults: ["sftp:AzureADConnect-*.msi=half"] },
  { where: "the connection breaks while the package is installed", faults: ["ssh:install-package=lost"] },
  { where: "the settings file is there, and nobody hears so", faults: ["sftp:settings-*=lost"] },
  { where: "the settings file is not received", faults: ["ssh:receive-settings-file=fail"] },
  { where: "the connection breaks while the gate waits", faults: ["ssh:await-wizard=lost"] },
  { where: "the answer of the first synchronization is lost", faults: ["ssh:first-synchronization=lost"] },
] as const;

describe("failures at one step after the other are each passed by the next up, on the real engine", function () {
  this.timeout(600_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());

  for (const { where, faults } of failures)
    it(`${where}: the run fails there, and nothing before it fails again`, async () => {
      const throttled = "azure:PUT:Microsoft.Network/networkInterfaces:*=throttle";
      const also = where === failures[0].where ? [throttled] : [];
      const up = await world.up({ faults: [...also, ...faults] });
      assert.equal(up.result, "failed", `the fault did not strike: ${text(up.changes)}`);
      assert.ok(!up.findings.some(({ code }) => code === "fault-not-met"), text(up.findings));
    });

  it("up again converges to a proven server, each step was run as often as it takes, and a further one changes nothing", async () => {
    const again = await world.up();
    assert.equal(again.result, "succeeded", text(again.messages));
    assert.equal(again.verdict, "ok", text(again.findings));
    assert.equal(world.server(first).adsync?.stagingMode, true);
    const { calls } = await world.picture();
    assert.ok(
      calls.some(({ result }) => result.startsWith("429")),
      "the throttled call was met",
    );
    const installed = (await world.scriptsRunOn(first)).filter((script) => script === "install-package").length;
    assert.equal(installed, 2, "once when the connection broke, and once more: it looks first");
    const copied = calls
      .filter(({ action }) => action.startsWith("sftp write"))
      .map(({ result }) => result.split(":")[0]);
    assert.deepEqual(copied, ["fault half", "opened", "fault lost", "opened"], "each file was copied again, whole");
    assert.deepEqual(changed(await world.up()), nothing);
  });
});
