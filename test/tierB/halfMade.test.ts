import assert from "node:assert/strict";
import { requiresEngine } from "../support/engine";
import { changed, first, nothing, text } from "../support/pairOfServers";
import { Rehearsal } from "../support/rehearsal";

const put = (type: string, effect: string) => `azure:PUT:Microsoft.${type}:*=${effect}`;

const runCommands = "Compute/virtualMachines/runCommands";
const protectedItems = "RecoveryServices/vaults/backupFabrics/protectionContainers/protectedItems";

/** In the order in which a first `up` meets them: each run takes up what the one before it left half-made. */
const failures = [
  { where: "the network fails", fault: put("Network/virtualNetworks", "half"), says: /RehearsedFailure/ },
  {
    where: "there is no place for the machine",
    fault: put("Compute/virtualMachines", "half"),
    says: /AllocationFailed/,
  },
  {
    where: "the start of the machine is not seen in time",
    fault: put("Compute/virtualMachines", "half(OSProvisioningTimedOut)"),
    says: /OSProvisioningTimedOut/,
  },
] as const;

/** Healed inside: none of them may be heard of. */
const harmless = [
  put("Network/networkSecurityGroups", "dropped"),
  put("Network/natGateways", "slow"),
  put("Network/virtualNetworks/subnets", "fail(503:ServiceUnavailable)"),
  "azure:GET:Microsoft.Network/publicIPAddresses:*=fail@2",
];

describe("what Azure accepted and then failed is taken up by the next up, on the real engine", function () {
  this.timeout(900_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());
  const failed = async () =>
    (await world.picture()).resources.filter(
      ({ body }) =>
        (body as { properties?: { provisioningState?: string } }).properties?.provisioningState === "Failed",
    );

  for (const { where, fault, says } of failures)
    it(`${where}: the run fails there, and nothing before it fails again`, async () => {
      const up = await world.up({ faults: where === failures[0].where ? [...harmless, fault] : [fault] });
      assert.equal(up.result, "failed", `the fault did not strike: ${text(up.changes)}`);
      assert.match(text(up.messages), says);
      assert.ok(
        !up.findings.some(({ code, title }) => code === "fault-not-met" && title.includes(fault)),
        text(up.findings),
      );
    });

  it("the run command and the protection fail, which leaves nothing of the protection", async () => {
    const faults = [put(protectedItems, "half")];
    const up = await world.up({ faults: [...faults, put(runCommands, "half")] });
    assert.equal(up.result, "failed", text(up.changes));
    const struck = async () =>
      (await world.picture()).calls.filter(
        ({ action, result }) => /^PUT .*(runCommands|protectedItems) /.test(action) && /Failed$/.test(result),
      ).length;
    // Azure is asked for both side by side; where one failed before the other was asked for, that comes in another run.
    if ((await struck()) < 2) assert.equal((await world.up({ faults })).result, "failed");
    assert.equal(await struck(), 2);
    assert.ok(!(await world.picture()).resources.some(({ type }) => /protectedItems$/.test(type)));
  });

  it("up then ends with a proven server, nothing is left Failed, and a further one changes nothing", async () => {
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.equal(up.verdict, "ok", text(up.findings));
    assert.equal(world.server(first).adsync?.stagingMode, true);
    assert.deepEqual(await failed(), []);
    assert.deepEqual(changed(await world.up()), nothing);
  });

  it("a deletion that fails is asked again by the next destroy", async () => {
    const faults = ["azure:DELETE:Microsoft.Network/networkInterfaces:*=half"];
    const destroy = await world.run("destroy", { faults });
    assert.equal(destroy.result, "failed", text(destroy.changes));
    const again = await world.run("destroy");
    assert.equal(again.result, "succeeded", text(again.messages));
  });
});
