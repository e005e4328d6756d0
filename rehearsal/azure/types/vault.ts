import { windowsTimeZone } from "../../../azure/timeZones";
import { ArmError } from "../arm/errors";
import { isInside } from "../arm/ids";
import type { StoredResource } from "../arm/store";
import { lacksZones } from "../arm/values";
import {
  at,
  equal,
  isObject,
  type JsonObject,
  numberAt,
  objectAt,
  put,
  putDefault,
  same,
  textAt,
  textsAt,
} from "../properties/json";
import { asInArm, define } from "./define";
import { forgetExpired, itemSummary, protectedItemType } from "./protectedItem";
import type { Subscription } from "./resourceType";

const vaultType = "Microsoft.RecoveryServices/vaults";
const vaultPath =
  "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.RecoveryServices/vaults/{vaultName}";
const policyType = `${vaultType}/backupPolicies`;

export const vault = define("recoveryservices", "Vault", {
  type: vaultType,
  path: vaultPath,
  // Azure/azure-rest-api-specs issue 38962; a vault is soft-deleted first.
  hiddenWhileGoing: true,
  shape: asInArm,
  filledByAzure: ["identity.principalId", "identity.tenantId", "properties.provisioningState"],
  seconds: { create: 15, update: 10, delete: 10 },
  rules: {
    put({ id, name, body, existing }, subscription) {
      if (textAt(body, "sku.name") === undefined)
        throw new ArmError(400, "InvalidRestApiParameter", `Vault ${name} needs a sku (Standard or RS0).`);
      if (!isObject(body.properties)) body.properties = {};
      const soft = "properties.securitySettings.softDeleteSettings";
      judgeSoftDelete(textAt(existing?.body, `${soft}.softDeleteState`), textAt(body, `${soft}.softDeleteState`));
      const days = numberAt(body, `${soft}.softDeleteRetentionPeriodInDays`);
      if (days !== undefined && (days < 14 || days > 180))
        throw new ArmError(
          400,
          "InvalidRestApiParameter",
          `Soft delete of vault ${name} keeps data for 14 to 180 days, not ${days}.`,
        );
      const redundancy = "properties.redundancySettings";
      const items = subscription.ofType(protectedItemType).filter((item) => isInside(item.id, id));
      const before = objectAt(existing?.body, redundancy);
      if (!objectAt(body, redundancy) && before) put(body, redundancy, { ...before });
      putDefault(body, `${redundancy}.standardTierStorageRedundancy`, "GeoRedundant");
      putDefault(body, `${redundancy}.crossRegionRestore`, "Disabled");
      judgeRedundancy(name, body, subscription);
      if (existing && items.length > 0 && !equal(before, objectAt(body, redundancy)))
        throw new ArmError(
          400,
          "CloudStorageRedundancyCannotBeChanged",
          `The storage redundancy of vault ${name} is fixed once a backup is configured in it.`,
        );
      const immutability = "properties.securitySettings.immutabilitySettings.state";
      judgeImmutability(textAt(existing?.body, immutability), textAt(body, immutability));
      putDefault(body, immutability, textAt(existing?.body, immutability) ?? "Disabled");
      putDefault(body, `${soft}.softDeleteState`, textAt(existing?.body, `${soft}.softDeleteState`) ?? "AlwaysON");
      putDefault(body, `${soft}.softDeleteRetentionPeriodInDays`, 14);
      putDefault(body, `${soft}.enhancedSecurityState`, "Enabled");
      putDefault(body, "properties.publicNetworkAccess", "Enabled");
      put(body, "properties.provisioningState", "Succeeded");
      put(body, "properties.privateEndpointStateForBackup", "None");
      put(body, "properties.privateEndpointStateForSiteRecovery", "None");
      if (/SystemAssigned/.test(textAt(body, "identity.type") ?? "")) {
        put(body, "identity.principalId", textAt(existing?.body, "identity.principalId") ?? subscription.uuid());
        put(body, "identity.tenantId", subscription.tenantId);
      }
      body.etag = `W/"datetime'${subscription.now().toISOString()}'"`;
    },
    async operate(resource, { existing }, subscription) {
      if (existing) return;
      for (const name of ["DefaultPolicy", "EnhancedPolicy"]) subscription.save(builtIn(resource, name));
    },
    refuseDelete(resource, subscription) {
      const goneAt = textAt(resource.hidden, "goneAt");
      // What this says nobody has written down; that its group cannot go is known.
      if (goneAt !== undefined && Date.parse(goneAt) > subscription.now().getTime())
        throw new ArmError(409, "Conflict", `Recovery Services vault '${resource.name}' is still being deleted.`);
      forgetExpired(subscription);
      const items = subscription.ofType(protectedItemType).filter((item) => isInside(item.id, resource.id));
      if (items.length === 0) return;
      throw new ArmError(
        400,
        "ServiceResourceNotEmptyWithContainerDetails",
        `Recovery Services vault '${resource.name}' cannot be deleted as there are existing resources within the vault: ${items.map((item) => itemSummary(item, subscription)).join("; ")}. Stop protection and delete the backup data, and wait until soft-deleted items are gone, or keep the vault.`,
      );
    },
  },
});

/** Codes and texts as people met them: azure-cli issue 32383, azurerm pull request 31912. */
function judgeSoftDelete(before: string | undefined, sent: string | undefined): void {
  if (before === "AlwaysON" && sent !== undefined && sent !== "AlwaysON")
    throw new ArmError(
      400,
      "BMSUserErrorSoftDeleteStateAlwaysOn",
      "Soft delete cannot be disabled on this vault since it is configured to be 'Always on'. This vault has soft delete in 'Always on' state.",
    );
  if (same(sent, "Disabled"))
    throw new ArmError(
      400,
      "BMSUserErrorDisablingSoftDeleteStateNotAllowed",
      "Disabling soft delete or enhanced security state is not allowed for this vault. Please contact Microsoft Support if this is not expected.",
    );
}

/** Code as in azure-rest-api-specs issue 26598. Only what is immutable can be locked; what is locked stays so. */
function judgeImmutability(before: string | undefined, sent: string | undefined): void {
  const unlocks = before === "Locked" && sent !== undefined && sent !== "Locked";
  const locksAtOnce = sent === "Locked" && before !== "Locked" && before !== "Unlocked";
  if (unlocks || locksAtOnce)
    throw new ArmError(
      400,
      "UserErrorUnsupportedVaultImmutabilityStateChange",
      unlocks
        ? "The immutable vault property for this vault is locked, hence, this setting cannot be disabled. The vault has its immutable vault property enabled and locked, and it can no longer be reverted to a non-immutable vault."
        : "The immutable vault property of this vault is not enabled, hence it cannot be locked.",
    );
}

/** facts azure.md 12: restoring in the paired region needs copies there; zones need a region that has them. */
function judgeRedundancy(name: string, body: JsonObject, subscription: Subscription): void {
  const redundancy = textAt(body, "properties.redundancySettings.standardTierStorageRedundancy");
  const crossRegion = same(textAt(body, "properties.redundancySettings.crossRegionRestore"), "Enabled");
  if (crossRegion && !same(redundancy, "GeoRedundant"))
    throw new ArmError(
      400,
      "InvalidRestApiParameter",
      `Vault ${name}: crossRegionRestore needs the storage redundancy GeoRedundant, not ${redundancy ?? ""}.`,
    );
  const location = textAt(body, "location") ?? "";
  if (same(redundancy, "ZoneRedundant") && lacksZones(location, subscription))
    throw new ArmError(
      400,
      "InvalidRestApiParameter",
      `Vault ${name}: the storage redundancy ZoneRedundant is not supported in ${location}, which has no availability zones.`,
    );
}

/** Every vault is born with policies of its own; they are not the user's resources. */
function builtIn(owner: StoredResource, name: string): StoredResource {
  const id = `${owner.id}/backupPolicies/${name}`;
  const enhanced = name === "EnhancedPolicy";
  const schedule = enhanced
    ? { schedulePolicyType: "SimpleSchedulePolicyV2", scheduleRunFrequency: "Hourly" }
    : { schedulePolicyType: "SimpleSchedulePolicy", scheduleRunFrequency: "Daily" };
  return {
    id,
    type: policyType,
    name,
    apiVersion: policy.apiVersion,
    body: {
      id,
      name,
      type: policyType,
      properties: {
        backupManagementType: "AzureIaasVM",
        policyType: enhanced ? "V2" : "V1",
        schedulePolicy: schedule,
        timeZone: "UTC",
        protectedItemsCount: 0,
      },
    },
    hidden: { inline: true },
  };
}

export const policy = define("recoveryservices", "ProtectionPolicy", {
  answersAtOnce: ["PUT", "DELETE"],
  type: policyType,
  path: `${vaultPath}/backupPolicies/{policyName}`,
  shape: asInArm,
  located: false,
  required: ["properties.backupManagementType"],
  rules: {
    put({ id, name, body, existing }, subscription) {
      const kind = textAt(body, "properties.backupManagementType");
      if (kind === undefined)
        throw new ArmError(
          400,
          "BMSUserErrorInvalidPolicyInput",
          `Backup policy '${name}' has no backupManagementType.`,
        );
      if (kind !== "AzureIaasVM") return;
      const days = numberAt(body, "properties.instantRpRetentionRangeInDays");
      const v2 = textAt(body, "properties.policyType") === "V2";
      if (days !== undefined && (days < 1 || days > (v2 ? 30 : 5)))
        throw new ArmError(
          400,
          "BMSUserErrorInvalidPolicyInput",
          `Backup policy '${name}' keeps instant restore points for ${days} days; ${v2 ? "1 to 30" : "1 to 5"} are possible.`,
        );
      const schedule = textAt(body, "properties.schedulePolicy.schedulePolicyType");
      if (schedule === undefined || objectAt(body, "properties.retentionPolicy") === undefined)
        throw new ArmError(
          400,
          "BMSUserErrorInvalidPolicyInput",
          `Backup policy '${name}' needs a schedulePolicy and a retentionPolicy.`,
        );
      if (v2 !== (schedule === "SimpleSchedulePolicyV2"))
        throw new ArmError(
          400,
          "BMSUserErrorInvalidPolicyInput",
          `Backup policy '${name}': policyType V2 and schedulePolicyType SimpleSchedulePolicyV2 go together.`,
        );
      judgeFrequency(name, body);
      judgeTimes(body, subscription);
      judgeRetention(name, body, existing, subscription.get(id.split("/").slice(0, 9).join("/")));
      putDefault(body, "properties.instantRpRetentionRangeInDays", v2 ? 7 : 2);
      putDefault(body, "properties.timeZone", "UTC");
    },
    get(resource, body, subscription) {
      put(body, "properties.protectedItemsCount", usersOf(resource, subscription).length);
    },
    refuseDelete(resource, subscription) {
      const users = usersOf(resource, subscription);
      if (users.length > 0)
        throw new ArmError(
          400,
          "BMSUserErrorPolicyInUse",
          `Backup policy '${resource.name}' cannot be deleted while it protects items: ${users.map((item) => itemSummary(item, subscription)).join("; ")}.`,
        );
    },
  },
});

const daily = "properties.retentionPolicy.dailySchedule";

/**
 * Times are full or half hours, in UTC, the same for schedule and retention, and a retention time is no future one
 * (azure-powershell issue 11164; azurerm pull request 31969). The text is Azure's own, which names none of them.
 */
function judgeTimes(body: JsonObject, subscription: Subscription): void {
  const runs = timesAt(body, "properties.schedulePolicy.dailySchedule.scheduleRunTimes");
  const kept = timesAt(body, `${daily}.retentionTimes`);
  const zone = textAt(body, "properties.timeZone");
  const count = numberAt(body, `${daily}.retentionDuration.count`);
  const days = textAt(body, `${daily}.retentionDuration.durationType`) === "Days";
  const weekly = objectAt(body, "properties.schedulePolicy.weeklySchedule");
  const whole = (time: string) => /T\d\d:(00|30):00(\.0+)?Z$/.test(time) && !Number.isNaN(Date.parse(time));
  const ofDay = (time: string) => time.split("T")[1];
  // 7 to 9999 days (azure-docs, backup-support-matrix-iaas.md); a weekly schedule names its days (ARM types).
  const wrong =
    (zone !== undefined && windowsTimeZone(zone).kind !== "windows") ||
    (days && count !== undefined && (count < 7 || count > 9999)) ||
    (weekly !== undefined && textsAt(weekly, "scheduleRunDays").length === 0) ||
    ![...runs, ...kept].every(whole) ||
    kept.some((time) => Date.parse(time) > subscription.now().getTime()) ||
    (runs.length > 0 && kept.some((time) => !runs.map(ofDay).includes(ofDay(time))));
  if (wrong)
    throw new ArmError(
      400,
      "BMSUserErrorInvalidPolicyInput",
      "Input for create or update policy is not in proper format. Please check format of parameters like schedule time, schedule days, retention time and retention days",
    );
}

/** Each frequency has its schedule, and daily points are kept for days (ARM types and samples). */
function judgeFrequency(name: string, body: JsonObject): void {
  const frequency = textAt(body, "properties.schedulePolicy.scheduleRunFrequency") ?? "";
  const schedule = `${frequency.toLowerCase()}Schedule`;
  const v2 = textAt(body, "properties.policyType") === "V2";
  const lacks = v2 && objectAt(body, `properties.schedulePolicy.${schedule}`) === undefined ? schedule : undefined;
  const unit = textAt(body, `${daily}.retentionDuration.durationType`);
  if (lacks !== undefined || (unit !== undefined && unit !== "Days"))
    throw new ArmError(
      400,
      "BMSUserErrorInvalidPolicyInput",
      lacks === undefined
        ? `Backup policy '${name}' keeps daily recovery points in days, not in ${unit}.`
        : `Backup policy '${name}' of the frequency ${frequency} has no schedulePolicy.${lacks}.`,
    );
}

function timesAt(body: JsonObject, path: string): readonly string[] {
  const times = at(body, path);
  return Array.isArray(times) ? times.map(String) : [];
}

/** In an immutable vault nothing is kept for a shorter time than before. */
function judgeRetention(
  name: string,
  body: JsonObject,
  existing: StoredResource | undefined,
  owner: StoredResource | undefined,
): void {
  const state = textAt(owner?.body, "properties.securitySettings.immutabilitySettings.state") ?? "Disabled";
  const days = `${daily}.retentionDuration.count`;
  const [before, now] = [numberAt(existing?.body, days), numberAt(body, days)];
  if (state !== "Disabled" && before !== undefined && (now === undefined || now < before))
    throw new ArmError(
      400,
      "UserErrorOperationDeniedOnImmutableItem",
      `The Vault and Backup Item is immutable, hence operation is denied: policy '${name}' keeps recovery points for ${before} days.`,
    );
}

function usersOf(resource: StoredResource, subscription: Subscription): StoredResource[] {
  return subscription
    .ofType(protectedItemType)
    .filter((item) => same(textAt(item.body, "properties.policyId"), resource.id));
}
