import assert from "node:assert/strict";
import { requiresEngine } from "../support/engine";
import { Rehearsal } from "../support/rehearsal";

const machine = "aadc-stg-g1";
const text = (value: unknown): string => JSON.stringify(value);

describe("a single failure at any step can be retried, on the real engine", function () {
  this.timeout(600_000);
  before(async function () {
    await requiresEngine(this);
  });
  const faults = [
    "ssh:prerequisites=lost",
    "ssh:install-package=lost",
    "ssh:receive-settings-file=fail",
    "ssh:await-wizard=lost",
    "ssh:first-synchronization=lost",
    "azure:PUT:Microsoft.Compute/virtualMachines:*=fail",
    "azure:PUT:Microsoft.Network/networkInterfaces:*=throttle",
    "azure:PUT:Microsoft.Compute/virtualMachines/runCommands:*=fail",
  ];
  for (const fault of faults)
    it(`${fault}: up again converges, and a third changes nothing`, async () => {
      const world = new Rehearsal();
      try {
        const up = await world.up({ faults: [fault] });
        if (fault.includes("throttle"))
          assert.ok(
            (await world.picture()).calls.some(({ result }) => result.startsWith("429")),
            "the fault did not strike",
          );
        else assert.equal(up.result, "failed", `the fault did not strike: ${text(up.changes)}`);
        const again = await world.up();
        assert.equal(again.result, "succeeded", text(again.messages));
        assert.equal(again.verdict, "ok", text(again.findings));
        assert.equal(world.server(machine).adsync?.stagingMode, true);
        const { same: _same, ...changed } = (await world.up()).changes;
        assert.deepEqual(changed, { create: 0, update: 0, replace: 0, delete: 0 });
      } finally {
        world.remove();
      }
    });
});
