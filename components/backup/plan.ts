import { generationNames, resourceGroupNames, serverResourceGroup } from "../server/names";
import type { Settings } from "../settings/settings";

export function backupNames({ name }: Settings) {
  return {
    resourceGroup: resourceGroupNames(name).backup,
    vault: `rsv-${name}`,
    policy: "passive-server-daily",
  };
}

/** Where the vault is: our own, or the one that the settings name by its id. */
export function vaultPlace(settings: Settings): { readonly resourceGroupName: string; readonly vaultName: string } {
  const { vaultId } = settings.backup;
  const names = backupNames(settings);
  if (vaultId === undefined) return { resourceGroupName: names.resourceGroup, vaultName: names.vault };
  const [, resourceGroupName, vaultName] =
    /\/resourceGroups\/([^/]+)\/providers\/Microsoft\.RecoveryServices\/vaults\/([^/]+)$/i.exec(vaultId) ?? [];
  if (resourceGroupName === undefined || vaultName === undefined)
    throw new Error(`backup.vaultId is "${vaultId}", which is not the resource id of a Recovery Services vault`);
  return { resourceGroupName, vaultName };
}

/** Azure's own naming of a protected virtual machine (facts/azure.md 5.1). */
export function protectedItemNames(settings: Settings, generation: number) {
  const { machine } = generationNames(settings.name, generation);
  const group = serverResourceGroup(settings);
  return {
    container: `iaasvmcontainer;iaasvmcontainerv2;${group};${machine}`,
    item: `VM;iaasvmcontainerv2;${group};${machine}`,
  };
}

/**
 * Daily policy of the enhanced kind (V2), which Trusted Launch machines need. Snapshots are crash-consistent: they take
 * no VSS freeze, which Microsoft warns may dead-lock the ADSync database. They are no recovery method for that database.
 */
export function policyProperties({ backup }: Settings) {
  // Only the time of day counts for a daily schedule; the date is part of the format.
  const runTime = `2024-01-01T${backup.time}:00Z`;
  return {
    backupManagementType: "AzureIaasVM",
    policyType: "V2",
    instantRpRetentionRangeInDays: 7,
    snapshotConsistencyType: "OnlyCrashConsistent",
    schedulePolicy: {
      schedulePolicyType: "SimpleSchedulePolicyV2",
      scheduleRunFrequency: "Daily",
      dailySchedule: { scheduleRunTimes: [runTime] },
    },
    retentionPolicy: {
      retentionPolicyType: "LongTermRetentionPolicy",
      dailySchedule: {
        retentionTimes: [runTime],
        retentionDuration: { count: backup.retentionDays, durationType: "Days" },
      },
    },
    timeZone: backup.timeZone,
  } as const;
}

export function vaultProperties({ backup }: Settings) {
  return {
    publicNetworkAccess: "Enabled",
    redundancySettings: { standardTierStorageRedundancy: backup.redundancy },
    securitySettings: {
      softDeleteSettings: { softDeleteState: "Enabled", softDeleteRetentionPeriodInDays: 14 },
      immutabilitySettings: { state: backup.immutability },
    },
  } as const;
}

/** On the group, so that it reaches all that is in it, and whatever comes later. */
export const backupLock = {
  lockName: "entra-connect-backup",
  level: "CanNotDelete",
  notes: "Recovery points of an Entra Connect server. No run of the stack takes this lock away; a person does.",
} as const;

/** Of the vault's diagnostic setting. */
export const diagnosticsName = "entra-connect";
