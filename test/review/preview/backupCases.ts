import type { Cases } from "./cases";
import {
  duration,
  item,
  itemStep,
  itemType,
  ourItem,
  policyWith,
  stoppedItem,
  vault,
  vaultType,
  vaultWith,
} from "./platformParts";
import { component, digest, idOf, replaced, step, vm, vmUrn, wholeGeneration, withValue } from "./previews";

export const backupCases: Cases = {
  "recovery-points-lost": {
    raises: [
      { name: "a vault deleted", preview: digest(step(vaultType, "vault", { old: vault })) },
      { name: "a protected item deleted", preview: digest(step(itemType, "item", { old: item })) },
      {
        name: "a vault replaced",
        preview: digest(replaced(vaultType, "vault", { old: vault, new: withValue(vault, "location", "northeurope") })),
      },
      {
        name: "the group around a retained vault",
        preview: digest(
          step(vaultType, "vault", { old: vault, state: { retainOnDelete: true } }),
          step("azure-native:resources:ResourceGroup", "group", { old: { resourceGroupName: "rg-backup" } }),
        ),
      },
      {
        name: "the classic provider's item",
        preview: digest(step("azure:backup/protectedVM:ProtectedVM", "item", { old: {} })),
      },
    ],
    silent: [
      { name: "retained", preview: digest(step(vaultType, "vault", { old: vault, state: { retainOnDelete: true } })) },
      {
        name: "another group",
        preview: digest(
          step(vaultType, "vault", { old: vault, op: "same" }),
          step("azure-native:resources:ResourceGroup", "group", { old: { resourceGroupName: "rg-other" } }),
        ),
      },
    ],
  },
  "backup-unmanaged": {
    raises: [
      {
        name: "given up while its machine stays",
        preview: digest(vm(), itemStep({ old: item, state: { retainOnDelete: true } })),
      },
      {
        name: "of ours, given up while its server stays",
        preview: digest(
          component({ 1: {} }),
          ...wholeGeneration(1, "same"),
          ourItem({ old: item, state: { retainOnDelete: true } }),
        ),
      },
    ],
    silent: [
      {
        name: "its machine goes",
        preview: digest(itemStep({ old: item, state: { retainOnDelete: true } }), vm({ op: "delete" })),
      },
    ],
  },
  "protection-undeleted": {
    raises: [
      {
        name: "a deletion taken back, whoever's item it is",
        preview: digest(itemStep({ old: item, new: stoppedItem({ isRehydrate: true }) })),
      },
    ],
    silent: [
      { name: "a plain stop", preview: digest(itemStep({ old: item, new: stoppedItem() })) },
      {
        name: "protected afterwards",
        preview: digest(itemStep({ old: stoppedItem({ isRehydrate: true }), new: item })),
      },
    ],
  },
  "protection-to-stop": {
    raises: [
      {
        name: "its server goes, and its item stays",
        preview: digest(component({ 1: {} }, {}), ...wholeGeneration(1, "delete"), ourItem({ old: item, op: "same" })),
      },
      {
        name: "the same where what stays is not listed",
        preview: { ...digest(component({ 1: {} }, {}), ...wholeGeneration(1, "delete")), changeSummary: { same: 30 } },
      },
    ],
    silent: [
      {
        name: "its server stays",
        preview: digest(component({ 1: {} }), ...wholeGeneration(1, "same"), ourItem({ old: item, op: "same" })),
      },
      {
        name: "its item is given up with it",
        preview: digest(
          component({ 1: {} }, {}),
          ...wholeGeneration(1, "delete"),
          ourItem({ old: item, state: { retainOnDelete: true } }),
        ),
      },
      {
        name: "no backup",
        preview: {
          ...digest(
            component({ 1: {} }, {}, { settings: { backup: { enabled: false } } }),
            ...wholeGeneration(1, "delete"),
          ),
          changeSummary: { same: 30 },
        },
      },
      {
        name: "somebody else's machine",
        preview: digest(vm({ op: "delete" }), itemStep({ old: item, op: "same" })),
      },
    ],
  },
  "protection-ended": {
    raises: [
      { name: "of a number without a server", preview: digest(ourItem({ old: item, new: stoppedItem() })) },
      {
        name: "beside another server of the component",
        preview: digest(
          component({ 2: {} }),
          ...wholeGeneration(2, "same"),
          ourItem({ old: item, new: stoppedItem() }),
        ),
      },
    ],
    silent: [
      {
        name: "its server stands",
        preview: digest(
          component({ 1: {} }),
          ...wholeGeneration(1, "same"),
          ourItem({ old: item, new: stoppedItem() }),
        ),
      },
      {
        name: "its server goes in the same run: the guard has not passed yet",
        preview: digest(
          component({ 1: {} }, {}),
          ...wholeGeneration(1, "delete"),
          ourItem({ old: item, new: stoppedItem() }),
        ),
      },
      { name: "somebody else's", preview: digest(itemStep({ old: item, new: stoppedItem() })) },
      { name: "deleted", preview: digest(ourItem({ old: item })) },
    ],
  },
  "recovery-points-retained": {
    raises: [
      {
        name: "its machine goes",
        preview: digest(
          itemStep({ old: item, state: { retainOnDelete: true, dependencies: [vmUrn] } }),
          vm({ op: "delete" }),
        ),
      },
      {
        name: "of ours, its generation goes",
        preview: digest(
          component({ 1: {} }, {}),
          ...wholeGeneration(1, "delete"),
          ourItem({ old: item, state: { retainOnDelete: true } }),
        ),
      },
      {
        name: "of ours, its generation went in an earlier run",
        preview: digest(ourItem({ old: stoppedItem(), state: { retainOnDelete: true } })),
      },
    ],
    silent: [{ name: "not retained", preview: digest(itemStep({ old: item }), vm({ op: "delete" })) }],
  },
  "protection-stopped": {
    raises: [
      {
        name: "of ours, its server stands",
        preview: digest(
          component({ 1: {} }),
          ...wholeGeneration(1, "same"),
          ourItem({ old: item, new: stoppedItem() }),
        ),
      },
      {
        name: "stopped",
        preview: digest(
          itemStep({ old: item, new: withValue(item, "properties.protectionState", "ProtectionStopped") }),
        ),
      },
    ],
    silent: [
      {
        name: "resumed",
        preview: digest(
          itemStep({ old: withValue(item, "properties.protectionState", "ProtectionStopped"), new: item }),
        ),
      },
    ],
  },
  "retention-lowered": {
    raises: [
      { name: "30 days to 7", preview: policyWith("properties.retentionPolicy.dailySchedule", duration(7, "Days")) },
      {
        name: "12 weeks to 12 days",
        preview: policyWith("properties.retentionPolicy.weeklySchedule", duration(12, "Days")),
      },
      { name: "the weekly schedule gone", preview: policyWith("properties.retentionPolicy.weeklySchedule", undefined) },
      { name: "instant restore", preview: policyWith("properties.instantRpRetentionRangeInDays", 1) },
      {
        name: "logs",
        preview: digest(
          step("azure-native:operationalinsights:Workspace", "logs", {
            old: { retentionInDays: 90 },
            new: { retentionInDays: 30 },
          }),
        ),
      },
      {
        name: "a database of another cloud",
        preview: digest(
          step("aws:rds/instance:Instance", "db", {
            old: { backupRetentionPeriod: 7 },
            new: { backupRetentionPeriod: 0 },
          }),
        ),
      },
    ],
    silent: [
      {
        name: "30 days to 8 weeks",
        preview: policyWith("properties.retentionPolicy.dailySchedule", duration(8, "Weeks")),
      },
      { name: "more", preview: policyWith("properties.instantRpRetentionRangeInDays", 7) },
      {
        name: "for ever",
        preview: digest(
          step("aws:cloudwatch/logGroup:LogGroup", "logs", {
            old: { retentionInDays: 90 },
            new: { retentionInDays: 0 },
          }),
        ),
      },
    ],
  },
  "soft-delete-lowered": {
    raises: [
      { name: "off", preview: vaultWith("properties.securitySettings.softDeleteSettings.softDeleteState", "Disabled") },
      {
        name: "no longer always on",
        preview: vaultWith("properties.securitySettings.softDeleteSettings.softDeleteState", "Enabled"),
      },
      {
        name: "fewer days",
        preview: vaultWith("properties.securitySettings.softDeleteSettings.softDeleteRetentionPeriodInDays", 14),
      },
      { name: "no longer written at all", preview: vaultWith("properties.securitySettings", undefined) },
      {
        name: "purge protection of a key vault",
        preview: digest(
          step("azure-native:keyvault:Vault", "kv", {
            old: { properties: { enablePurgeProtection: true } },
            new: { properties: { enablePurgeProtection: false } },
          }),
        ),
      },
    ],
    silent: [
      {
        name: "more days",
        preview: vaultWith("properties.securitySettings.softDeleteSettings.softDeleteRetentionPeriodInDays", 60),
      },
      {
        name: "on",
        preview: digest(
          step(vaultType, "vault", {
            old: withValue(vault, "properties.securitySettings.softDeleteSettings.softDeleteState", "Disabled"),
            new: vault,
          }),
        ),
      },
    ],
  },
  "immutability-lowered": {
    raises: [
      { name: "off", preview: vaultWith("properties.securitySettings.immutabilitySettings.state", "Disabled") },
      {
        name: "fewer days of a container",
        preview: digest(
          step("azure-native:storage:BlobContainerImmutabilityPolicy", "p", {
            old: { immutabilityPeriodSinceCreationInDays: 30 },
            new: { immutabilityPeriodSinceCreationInDays: 3 },
          }),
        ),
      },
    ],
    silent: [
      { name: "locked", preview: vaultWith("properties.securitySettings.immutabilitySettings.state", "Locked") },
    ],
  },
  "redundancy-changed": {
    raises: [
      {
        name: "local",
        preview: vaultWith("properties.redundancySettings.standardTierStorageRedundancy", "LocallyRedundant"),
      },
      {
        name: "no restore elsewhere",
        preview: vaultWith("properties.redundancySettings.crossRegionRestore", "Disabled"),
      },
    ],
    silent: [{ name: "a tag", preview: vaultWith("tags", { a: "b" }) }],
  },
  "backup-plan-changed": {
    raises: [
      { name: "weekly", preview: policyWith("properties.schedulePolicy.scheduleRunFrequency", "Weekly") },
      {
        name: "another policy",
        preview: digest(
          itemStep({
            old: item,
            new: withValue(item, "properties.policyId", idOf("Microsoft.RecoveryServices", "vaults", "other")),
          }),
        ),
      },
    ],
    silent: [{ name: "longer retention", preview: policyWith("properties.instantRpRetentionRangeInDays", 7) }],
  },
};
