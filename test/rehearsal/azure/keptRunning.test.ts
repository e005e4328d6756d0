import assert from "node:assert/strict";
import type { JsonObject } from "../../../rehearsal/azure/properties/json";
import { Landscape } from "./landscape";
import { type Simulated, simulatedAzure } from "./simulatedAzure";

describe("simulated Azure: what keeps a server running", () => {
  let azure: Simulated;
  let landscape: Landscape;
  beforeEach(async () => {
    azure = await simulatedAzure();
    landscape = new Landscape(azure);
  });
  afterEach(() => azure.stop());

  const window = (more: JsonObject = {}): JsonObject => ({
    resourceGroupName: landscape.group,
    resourceName: "updates",
    maintenanceScope: "InGuestPatch",
    extensionProperties: { InGuestPatchMode: "User" },
    startDateTime: "2026-11-23 03:00",
    duration: "03:00",
    recurEvery: "Week Sunday",
    timeZone: "UTC",
    ...more,
  });

  describe("a maintenance configuration", () => {
    const token = "maintenance:MaintenanceConfiguration";
    beforeEach(() => landscape.resourceGroup());

    it("keeps its window one level deeper, as Azure's body has it, and answers it as the SDK has it", async () => {
      const made = await landscape.add(token, "updates", window());
      const stored = JSON.parse(azure.storedText()).resources.find((each: { name: string }) => each.name === "updates");
      assert.equal(stored.body.properties.maintenanceWindow.recurEvery, "Week Sunday");
      assert.equal(stored.body.properties.recurEvery, undefined);
      assert.equal(made.outputs.recurEvery, "Week Sunday");
      assert.equal(made.outputs.maintenanceWindow, undefined);
    });

    for (const [what, more, said] of [
      ["without a patch mode", { extensionProperties: {} }, /must contain Patch mode/],
      ["that is too short", { duration: "01:00" }, /between 01:30 and 03:55/],
      ["that is too long", { duration: "04:00" }, /between 01:30 and 03:55/],
      ["that begins in the past", { startDateTime: "2026-11-20 03:00" }, /current or a future date/],
    ] as const)
      it(`is refused ${what}`, () => assert.rejects(landscape.add(token, "updates", window(more)), said));

    it("may keep a start that has passed meanwhile, as every later request sends it again", async () => {
      const made = await landscape.add(token, "updates", window());
      azure.clock.pass(90 * 86_400);
      await made.update(window({ duration: "02:00" }));
      await assert.rejects(made.update(window({ startDateTime: "2026-11-24 03:00" })), /current or a future date/);
    });
  });

  it("an assignment needs a machine that hands its patching over, and a configuration that is there", async () => {
    const { vm } = await landscape.server();
    const made = await landscape.add("maintenance:MaintenanceConfiguration", "updates", window());
    const assign = (id: string) =>
      landscape.add("maintenance:ConfigurationAssignment", "updates", {
        resourceGroupName: landscape.group,
        providerName: "Microsoft.Compute",
        resourceType: "virtualMachines",
        resourceName: vm.name,
        configurationAssignmentName: "updates",
        maintenanceConfigurationId: id,
      });
    await assert.rejects(
      assign(made.id),
      /patchMode AutomaticByPlatform with bypassPlatformSafetyChecksOnUserSchedule/,
    );
    await assert.rejects(assign(made.id.replace("updates", "other")), /ResourceNotFound/);
  });

  it("a lock on a group covers what is in it and what hangs on that, and lets everything but deletion pass", async () => {
    const { vm } = await landscape.server();
    const lock = await landscape.add("authorization:ManagementLockAtResourceGroupLevel", "keep", {
      resourceGroupName: landscape.group,
      lockName: "keep",
      level: "CanNotDelete",
    });
    await assert.rejects(vm.delete(), /ScopeLocked/);
    await vm.update({ ...vm.inputs, tags: { tier: "0" } });
    await lock.delete();
    await vm.delete();
  });

  describe("a disk encryption set", () => {
    const withSet = (inputs: JsonObject, id: string): JsonObject => {
      const profile = inputs.storageProfile as { osDisk: JsonObject };
      const osDisk = {
        ...profile.osDisk,
        managedDisk: { storageAccountType: "Premium_LRS", diskEncryptionSet: { id } },
      };
      return { ...inputs, storageProfile: { ...profile, osDisk } };
    };

    it("must be there, and on an attached disk is not changed", async () => {
      const { vm } = await landscape.server();
      const set = await landscape.add("compute:DiskEncryptionSet", "des", {
        resourceGroupName: landscape.group,
        diskEncryptionSetName: "des",
        identity: { type: "SystemAssigned" },
      });
      await assert.rejects(vm.update(withSet(vm.inputs, `${set.id}-other`)), /deallocated|InvalidResourceReference/);
      await assert.rejects(vm.update(withSet(vm.inputs, set.id)), /stopped \(deallocated\)/);
    });
  });

  describe("Azure Policy", () => {
    it("adds its tag to a request that lacks it, and leaves one that has it in other letters", async () => {
      await azure.stop();
      azure = await simulatedAzure({ policies: ["tag:CostCenter=4711"] });
      landscape = new Landscape(azure);
      const group = await landscape.resourceGroup();
      assert.deepEqual(group.outputs.tags, { CostCenter: "4711" });
      const other = await landscape.add("network:NetworkSecurityGroup", "nsg", {
        resourceGroupName: landscape.group,
        networkSecurityGroupName: "nsg",
        tags: { costcenter: "1" },
      });
      assert.deepEqual(other.outputs.tags, { costcenter: "1" });
    });

    it("that nobody knows is refused with what to write", () =>
      assert.rejects(
        simulatedAzure({ policies: ["tags"] }),
        /--azure-policy tags is not known\. Write tag:NAME=VALUE/,
      ));
  });
});
