import { ArmError } from "../arm/errors";
import { groupInCapitals, idKey, isInside, parseId } from "../arm/ids";
import type { StoredResource } from "../arm/store";
import { at, isObject, type JsonObject, numberAt, objectAt, put, same, textAt } from "../properties/json";
import { asInArm, define } from "./define";
import type { PutRequest, Subscription } from "./resourceType";

/**
 * A protected virtual machine (azure.md 5 and 11.7): absent, active, stopped or soft-deleted. It outlives its VM.
 * The codes of refusals that no public page names are made after the service's own pattern.
 */
export const protectedItemType = "Microsoft.RecoveryServices/vaults/backupFabrics/protectionContainers/protectedItems";
const vmItem = "Microsoft.Compute/virtualMachines";
const dayMilliseconds = 24 * 60 * 60 * 1000;

export const protectedItem = define("recoveryservices", "ProtectedItem", {
  type: protectedItemType,
  path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.RecoveryServices/vaults/{vaultName}/backupFabrics/{fabricName}/protectionContainers/{containerName}/protectedItems/{protectedItemName}",
  shape: asInArm,
  located: false,
  leavesNothing: true,
  required: ["properties.protectedItemType"],
  parent: vaultOf,
  seconds: { create: 60, update: 20, delete: 30 },
  rules: {
    put(request, subscription) {
      forgetExpired(subscription);
      const { id, name, body } = request;
      if (textAt(body, "properties.protectedItemType") !== vmItem)
        throw new ArmError(
          400,
          "BMSUserErrorInvalidInput",
          `The rehearsal protects virtual machines only: give protectedItemType '${vmItem}' for ${name}.`,
        );
      const existing = subscription.get(id);
      const source =
        textAt(body, "properties.sourceResourceId") ?? textAt(existing?.body, "properties.sourceResourceId");
      judgeNames(id, name, source);
      const before = objectAt(existing?.body, "properties");
      const rehydrate = at(body, "properties.isRehydrate") === true;
      put(body, "properties.isRehydrate", undefined);
      if (existing && isSoftDeleted(existing) && !rehydrate)
        throw new ArmError(
          400,
          "UserErrorItemInSoftDeletedState",
          `${softDeleted(name, existing, subscription)} It cannot be protected again before it is rehydrated: send its stop-protection body with isRehydrate: true, then protect it.`,
        );
      const asked = textAt(body, "properties.protectionState");
      if (asked === "BackupsSuspended") judgeSuspension(id, subscription);
      const stop = rehydrate || asked === "ProtectionStopped" || asked === "BackupsSuspended";
      if (stop) judgeStop(request, existing);
      else judgeProtection(request, source ?? "", existing, subscription);
      const sent = isObject(body.properties) ? body.properties : {};
      body.properties = { ...lasting(before), ...sent, ...computed(id, source ?? "", before, subscription) };
      if (stop) {
        const protectionState = asked === "BackupsSuspended" ? asked : "ProtectionStopped";
        Object.assign(body.properties, { protectionState, protectionStatus: "Healthy" });
        delete body.properties.policyId;
        delete body.properties.policyName;
      } else startProtection(request, body.properties, before, subscription);
    },
    get(item, body, subscription) {
      for (const path of ["properties.sourceResourceId", "properties.virtualMachineId"]) {
        const machine = textAt(body, path);
        if (machine !== undefined) put(body, path, groupInCapitals(machine));
      }
      if (isSoftDeleted(item)) put(body, "properties.deferredDeleteTimeRemaining", remaining(item, subscription));
      else if (failsNightly(item, subscription)) {
        put(body, "properties.lastBackupStatus", "Failed");
        put(body, "properties.healthStatus", "ActionRequired");
      }
    },
    refuseDelete(item, subscription) {
      const settings = subscription.get(vaultOf(item.id))?.body;
      const state = textAt(settings, "properties.securitySettings.immutabilitySettings.state");
      if (state === "Unlocked" || state === "Locked")
        throw new ArmError(
          400,
          "UserErrorDeleteBackupItemOnImmutableItem",
          `Backup item ${item.name} cannot be deleted: its vault is immutable. Stop protection and retain its data instead.`,
        );
    },
    /** Data is kept for the vault's retention; the item stays and says so. */
    async delete(item, subscription) {
      if (isSoftDeleted(item)) return;
      const vault = subscription.get(vaultOf(item.id));
      const days =
        numberAt(vault?.body, "properties.securitySettings.softDeleteSettings.softDeleteRetentionPeriodInDays") ?? 14;
      put(item.body, "properties.isScheduledForDeferredDelete", true);
      put(item.body, "properties.isDeferredDeleteScheduleUpcoming", false);
      put(item.body, "properties.deferredDeleteTimeInUTC", subscription.now().toISOString());
      put(item.body, "properties.softDeleteRetentionPeriodInDays", days);
      put(item.body, "properties.protectionState", "ProtectionStopped");
      put(item.body, "properties.policyId", undefined);
      put(item.body, "properties.policyName", undefined);
      subscription.save(item);
    },
  },
});

export function isSoftDeleted(item: StoredResource | undefined): boolean {
  return at(item?.body, "properties.isScheduledForDeferredDelete") === true;
}

/** Soft-deleted items vanish when their retention is over, by the simulated clock. */
export function forgetExpired(subscription: Subscription): void {
  for (const item of subscription.ofType(protectedItemType))
    if (isSoftDeleted(item) && purgeTime(item) <= subscription.now().getTime()) subscription.remove(item.id);
}

/** One line for people: what is in the way. */
export function itemSummary(item: StoredResource, subscription: Subscription): string {
  const machine = textAt(item.body, "properties.friendlyName") ?? item.name;
  if (isSoftDeleted(item)) return `${machine} (soft-deleted, gone on ${new Date(purgeTime(item)).toISOString()})`;
  const points = Array.isArray(item.hidden.recoveryPoints) ? item.hidden.recoveryPoints.length : 0;
  const lost = subscription.get(textAt(item.body, "properties.sourceResourceId") ?? "")
    ? ""
    : ", its VM no longer exists";
  return `${machine} (${textAt(item.body, "properties.protectionState") ?? ""}, ${points} recovery point(s)${lost})`;
}

function vaultOf(id: string): string {
  return id.split("/").slice(0, 9).join("/");
}

function purgeTime(item: StoredResource): number {
  const since = Date.parse(textAt(item.body, "properties.deferredDeleteTimeInUTC") ?? "");
  return since + (numberAt(item.body, "properties.softDeleteRetentionPeriodInDays") ?? 14) * dayMilliseconds;
}

function remaining(item: StoredResource, subscription: Subscription): string {
  const left = Math.max(0, purgeTime(item) - subscription.now().getTime());
  const part = (unit: number, of: number) => String(Math.floor(left / unit) % of).padStart(2, "0");
  return `${Math.floor(left / dayMilliseconds)}.${part(3_600_000, 24)}:${part(60_000, 60)}:${part(1000, 60)}`;
}

function softDeleted(name: string, item: StoredResource, subscription: Subscription): string {
  return `Backup item ${name} is soft-deleted and will be gone in ${remaining(item, subscription)}.`;
}

function judgeNames(id: string, name: string, source: string | undefined): void {
  if (source === undefined)
    throw new ArmError(400, "BMSUserErrorInvalidInput", `Backup item ${name} has no sourceResourceId.`);
  const parts = source.split("/");
  const expected = `iaasvmcontainerv2;${parts[4] ?? ""};${parts.at(-1) ?? ""}`;
  const container = id.split("/").at(-3) ?? "";
  if (!same(container, `iaasvmcontainer;${expected}`) || !same(name, `VM;${expected}`))
    throw new ArmError(
      400,
      "BMSUserErrorInvalidInput",
      `The names of backup item '${name}' in container '${container}' do not belong to ${source}: 'VM;${expected}' in 'iaasvmcontainer;${expected}' would.`,
    );
}

/** Protected, and nothing there to back up: once its next night has come, the job has failed. */
function failsNightly(item: StoredResource, subscription: Subscription): boolean {
  if (textAt(item.body, "properties.protectionState") !== "Protected") return false;
  if (subscription.get(textAt(item.body, "properties.sourceResourceId") ?? "")) return false;
  const last = Date.parse(textAt(item.body, "properties.lastBackupTime") ?? "");
  return subscription.now().getTime() - last >= dayMilliseconds;
}

/** Keeping data by the policy after a stop is for immutable vaults; the refusal of others says the opposite (11.7). */
function judgeSuspension(id: string, subscription: Subscription): void {
  const vault = subscription.get(vaultOf(id))?.body;
  const state = textAt(vault, "properties.securitySettings.immutabilitySettings.state") ?? "Disabled";
  if (state === "Disabled")
    throw new ArmError(
      400,
      "UserErrorOperationDeniedOnImmutableItem",
      "The Vault and Bakcup Item is in Immutable state where destructive operations are not supported. The Vault and Backup Item is immutable, hence operation is denied. Refer to the documentation to learn more: https://aka.ms/AB-ImmutableVaults-States",
    );
}

function judgeStop({ name }: PutRequest, existing: StoredResource | undefined): void {
  if (!existing)
    throw new ArmError(
      404,
      "BMSUserErrorObjectNotFound",
      `Backup item ${name} is not protected, so its protection cannot be stopped.`,
    );
}

function judgeProtection(
  request: PutRequest,
  source: string,
  existing: StoredResource | undefined,
  subscription: Subscription,
): void {
  const { id, name, body } = request;
  const vault = subscription.get(vaultOf(id));
  const policyId = textAt(body, "properties.policyId") ?? "";
  const policy = subscription.get(policyId);
  if (!policy || !vault || !isInside(policy.id, vault.id))
    throw new ArmError(
      400,
      "BMSUserErrorPolicyNotFound",
      `Backup policy '${policyId}' does not exist in vault '${vault?.name ?? ""}'.`,
    );
  const machine = subscription.get(source);
  const active = textAt(existing?.body, "properties.protectionState") === "Protected";
  if (!machine && !active)
    throw new ArmError(
      400,
      "UserErrorVmNotFound",
      `The virtual machine ${source} does not exist, so its protection cannot be started.`,
    );
  if (vault && !same(parseId(source)?.subscriptionId, parseId(vault.id)?.subscriptionId))
    throw new ArmError(
      400,
      "UserErrorVmNotInVaultSubscription",
      `Virtual machine ${source} and vault ${vault.name} are in different subscriptions.`,
    );
  if (machine && vault && !same(textAt(machine.body, "location"), textAt(vault.body, "location")))
    throw new ArmError(
      400,
      "UserErrorVmNotInVaultRegion",
      `Virtual machine ${source} and vault ${vault.name} are in different regions.`,
    );
  const elsewhere = subscription
    .ofType(protectedItemType)
    .find(
      (other) =>
        idKey(other.id) !== idKey(id) &&
        same(textAt(other.body, "properties.sourceResourceId"), source) &&
        !isSoftDeleted(other),
    );
  // A stopped item in another vault still belongs to the machine that was; a new machine of the same name may begin anew.
  if (elsewhere && textAt(elsewhere.body, "properties.protectionState") === "Protected")
    throw new ArmError(
      400,
      "UserErrorVmProtectedInAnotherVault",
      `Virtual machine of ${name} is already protected by ${elsewhere.id}.`,
    );
}

/** What an item keeps over every PUT. */
function lasting(before: JsonObject | undefined): JsonObject {
  const kept: JsonObject = {};
  for (const key of [
    "lastRecoveryPoint",
    "lastBackupStatus",
    "lastBackupTime",
    "protectedItemDataId",
    "extendedInfo",
  ]) {
    const value = before?.[key];
    if (value !== undefined) kept[key] = value;
  }
  return kept;
}

function computed(id: string, source: string, before: JsonObject | undefined, subscription: Subscription): JsonObject {
  return {
    backupManagementType: "AzureIaasVM",
    workloadType: "VM",
    containerName: (id.split("/").at(-3) ?? "").replace(/^iaasvmcontainer;/i, ""),
    sourceResourceId: source,
    virtualMachineId: source,
    friendlyName: source.split("/").at(-1) ?? "",
    protectedItemDataId: before?.protectedItemDataId ?? String(Math.abs(subscription.now().getTime())),
    healthStatus: "Passed",
    isScheduledForDeferredDelete: false,
    isRehydrate: false,
  };
}

/** Starting or resuming protection takes a first recovery point; an update of an active item takes none. */
function startProtection(
  { hidden }: PutRequest,
  properties: JsonObject,
  before: JsonObject | undefined,
  subscription: Subscription,
): void {
  const policyId = textAt(properties, "policyId") ?? "";
  properties.policyName = policyId.split("/").at(-1) ?? "";
  properties.protectionState = "Protected";
  properties.protectionStatus = "Healthy";
  if (before?.protectionState === "Protected") return;
  const now = subscription.now().toISOString();
  const points = Array.isArray(hidden.recoveryPoints) ? hidden.recoveryPoints : [];
  hidden.recoveryPoints = [
    ...points,
    {
      time: now,
      machine: textAt(subscription.get(textAt(properties, "sourceResourceId") ?? "")?.body, "properties.vmId") ?? "",
    },
  ];
  Object.assign(properties, { lastRecoveryPoint: now, lastBackupTime: now, lastBackupStatus: "Completed" });
  properties.extendedInfo = {
    recoveryPointCount: hidden.recoveryPoints.length,
    oldestRecoveryPoint: textAt(hidden.recoveryPoints[0], "time") ?? now,
    policyInconsistent: false,
  };
}
