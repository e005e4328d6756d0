import assert from "node:assert/strict";
import { at, put, textAt } from "../../../rehearsal/azure/properties/json";
import { decode } from "../../../rehearsal/azure/properties/wire";
import { Landscape } from "./landscape";
import { bodyOf, type Resource, type Simulated, simulatedAzure } from "./simulatedAzure";
import { itemInputs, policyProperties, protectedMachine } from "./wholeLandscape";

describe("simulated Azure: backup", () => {
  let azure: Simulated;
  let landscape: Landscape;
  let vm: Resource;
  let vault: Resource;
  let policy: Resource;
  let item: Resource;
  beforeEach(async () => {
    azure = await simulatedAzure();
    landscape = new Landscape(azure);
    ({ vm } = await landscape.server());
    ({ vault, policy, item } = await protectedMachine(landscape, vm));
  });
  afterEach(() => azure.stop());
  const state = () => textAt(bodyOf(azure, item.id), "properties.protectionState");
  const points = () => at(bodyOf(azure, item.id), "properties.extendedInfo.recoveryPointCount");

  it("protects a machine with a first recovery point", () => {
    assert.equal(state(), "Protected");
    assert.equal(points(), 1);
    assert.equal(textAt(bodyOf(azure, item.id), "properties.policyName"), "daily");
    assert.match(
      item.id,
      /protectionContainers\/iaasvmcontainer;iaasvmcontainerv2;rg-sync;aadc-stg-g1\/protectedItems\/VM;/,
    );
  });

  it("keeps the item and its recovery points when the machine is gone", async () => {
    await vm.delete();
    assert.equal(state(), "Protected");
    assert.equal(points(), 1);
  });

  it("stops with retained data, and resumes with another recovery point", async () => {
    await item.update(itemInputs(vm.id));
    assert.equal(state(), "ProtectionStopped");
    assert.equal(points(), 1);
    await item.update(itemInputs(vm.id, policy.id));
    assert.equal(state(), "Protected");
    assert.equal(points(), 2);
    await item.update(itemInputs(vm.id, policy.id));
    assert.equal(points(), 2, "an update of an active item takes no further one");
  });

  it("soft-deletes for 14 simulated days and refuses protection until rehydrated", async () => {
    await item.delete();
    assert.equal(at(bodyOf(azure, item.id), "properties.isScheduledForDeferredDelete"), true);
    assert.equal(textAt(bodyOf(azure, item.id), "properties.deferredDeleteTimeRemaining")?.split(".")[0], "13");
    const again = landscape.add("recoveryservices:ProtectedItem", "again", itemInputs(vm.id, policy.id));
    await assert.rejects(again, /cannot create already existing resource '[^']+'$/);
    await assert.rejects(
      item.update(itemInputs(vm.id, policy.id)),
      /soft-deleted and will be gone in 13\..*rehydrated/,
    );
    const stopped = itemInputs(vm.id);
    await item.update({ ...stopped, properties: { ...(stopped.properties as object), isRehydrate: true } });
    assert.equal(state(), "ProtectionStopped");
    assert.equal(at(bodyOf(azure, item.id), "properties.isScheduledForDeferredDelete"), false);
    await item.update(itemInputs(vm.id, policy.id));
    assert.equal(state(), "Protected");
  });

  it("does not delete a vault with items, says which, and forgets expired ones", async () => {
    await assert.rejects(
      vault.delete(),
      /ServiceResourceNotEmptyWithContainerDetails.*aadc-stg-g1 \(Protected, 1 recovery point/,
    );
    await assert.rejects(
      policy.delete(),
      /Backup policy 'daily' cannot be deleted while it protects items: aadc-stg-g1/,
    );
    await item.delete();
    await assert.rejects(vault.delete(), /aadc-stg-g1 \(soft-deleted, gone on 2026-12-06T/);
    await assert.rejects(
      landscape.parts.get("rg-backup")?.delete() ?? Promise.resolve(),
      /ResourceGroupDeletionBlocked.*vaults\/vault.*soft-deleted/,
    );
    azure.clock.pass(15 * 24 * 3600);
    await policy.delete();
    await vault.delete();
    assert.equal(azure.provider.view.get(item.id), undefined);
  });

  it("refuses names that do not belong to the machine, unknown policies and missing machines", async () => {
    const wrong = { ...itemInputs(vm.id, policy.id), protectedItemName: "VM;iaasvmcontainerv2;rg-sync;other" };
    const add = (inputs: object) => landscape.add("recoveryservices:ProtectedItem", "x", inputs as never);
    await assert.rejects(add(wrong), /do not belong to/);
    const other = vm.id.replace("aadc-stg-g1", "gone");
    await assert.rejects(add(itemInputs(other, policy.id)), /UserErrorVmNotFound/);
    await assert.rejects(add(itemInputs(other, `${policy.id}-x`)), /BMSUserErrorPolicyNotFound/);
    await add(itemInputs((await secondMachine()).id, `${vault.id}/backupPolicies/DefaultPolicy`));
  });

  it("refuses to delete backup data in an immutable vault and to weaken the vault", async () => {
    const properties = { securitySettings: { immutabilitySettings: { state: "Unlocked" } } };
    await vault.update({ ...vault.inputs, properties });
    await assert.rejects(item.delete(), /UserErrorDeleteBackupItemOnImmutableItem/);
    const redundancy = { redundancySettings: { standardTierStorageRedundancy: "LocallyRedundant" } };
    await assert.rejects(
      vault.update({ ...vault.inputs, properties: redundancy }),
      /fixed once a backup is configured/,
    );
  });

  it("makes soft delete always on, and takes nothing less afterwards", async () => {
    const state = "properties.securitySettings.softDeleteSettings.softDeleteState";
    assert.equal(textAt(bodyOf(azure, vault.id), state), "AlwaysON");
    const sent = (softDeleteState: string) =>
      vault.update({
        ...vault.inputs,
        properties: { securitySettings: { softDeleteSettings: { softDeleteState } } },
      });
    await assert.rejects(sent("Enabled"), /BMSUserErrorSoftDeleteStateAlwaysOn/);
    await assert.rejects(sent("Disabled"), /BMSUserErrorSoftDeleteStateAlwaysOn/);
    await vault.update({ ...vault.inputs, tags: { owner: "identity" } });
    assert.equal(textAt(bodyOf(azure, vault.id), state), "AlwaysON", "left out, it stays");
  });

  const immutable = (state: string) =>
    vault.update({ ...vault.inputs, properties: { securitySettings: { immutabilitySettings: { state } } } });
  const keepsFor = (count: number) => {
    const properties = policyProperties();
    put(properties, "retentionPolicy.dailySchedule.retentionDuration.count", count);
    return policy.update({ ...policy.inputs, properties });
  };

  it("locks only a vault that is immutable already, and unlocks none", async () => {
    await assert.rejects(immutable("Locked"), /UserErrorUnsupportedVaultImmutabilityStateChange.*not enabled/);
    await immutable("Unlocked");
    await immutable("Disabled");
    await immutable("Unlocked");
    await immutable("Locked");
    await assert.rejects(immutable("Unlocked"), /UserErrorUnsupportedVaultImmutabilityStateChange.*is locked/);
  });

  it("keeps recovery points no shorter in an immutable vault, and lets protection be stopped there", async () => {
    await keepsFor(20);
    await immutable("Unlocked");
    await assert.rejects(keepsFor(19), /UserErrorOperationDeniedOnImmutableItem.*for 20 days/);
    await keepsFor(21);
    await item.update(itemInputs(vm.id));
    assert.equal(state(), "ProtectionStopped");
  });

  it("suspends backups only in an immutable vault, and says the opposite where it refuses", async () => {
    const suspended = itemInputs(vm.id);
    put(suspended, "properties.protectionState", "BackupsSuspended");
    await assert.rejects(item.update(suspended), /UserErrorOperationDeniedOnImmutableItem.*Immutable state/);
    await immutable("Unlocked");
    await item.update(suspended);
    assert.equal(state(), "BackupsSuspended");
    await item.update(itemInputs(vm.id, policy.id));
    assert.equal(state(), "Protected");
  });

  it("takes times of a policy on the half hour, the same for both, and no future one", async () => {
    const withTimes = (run: string, kept = run) => {
      const properties = policyProperties();
      put(properties, "schedulePolicy.dailySchedule.scheduleRunTimes", [run]);
      put(properties, "retentionPolicy.dailySchedule.retentionTimes", [kept]);
      return policy.update({ ...policy.inputs, properties });
    };
    await withTimes("2024-01-01T04:30:00Z");
    for (const [run, kept] of [
      ["2024-01-01T04:15:00Z"],
      ["2024-01-01T04:30:00+01:00"],
      ["2024-01-01T04:30:00Z", "2024-01-01T05:00:00Z"],
      ["2999-01-01T04:30:00Z"],
    ] as const)
      await assert.rejects(withTimes(run, kept), /BMSUserErrorInvalidPolicyInput.*not in proper format/, run);
  });

  it("fails a job every night for a protected machine that is gone, until its protection is stopped", async () => {
    const told = async () => decode((await item.read()).getProperties()).value;
    await vm.delete();
    assert.equal(textAt(await told(), "properties.lastBackupStatus"), "Completed");
    azure.clock.pass(24 * 3600);
    assert.equal(textAt(await told(), "properties.lastBackupStatus"), "Failed");
    await item.update(itemInputs(vm.id));
    assert.equal(textAt(await told(), "properties.lastBackupStatus"), "Completed");
    assert.equal(points(), 1);
  });

  it("stops protection under a lock against deletion", async () => {
    await landscape.add("authorization:ManagementLockByScope", "keep", {
      scope: vault.id,
      lockName: "keep",
      level: "CanNotDelete",
    });
    await item.update(itemInputs(vm.id));
    assert.equal(state(), "ProtectionStopped");
    await assert.rejects(item.delete(), /ScopeLocked/);
  });

  async function secondMachine(): Promise<Resource> {
    const subnet = landscape.parts.get("servers");
    const nic = await landscape.nic("nic2", subnet?.id ?? "");
    return landscape.machine("vm2", nic.id);
  }
});
