import { generationNames, resourceGroupNames, serverResourceGroup } from "../server/names";
import { parseResourceId } from "../settings/resourceId";
import type { Settings } from "../settings/settings";
import type { VaultProperties } from "./vaultRules";

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
  const { resourceGroupName, names: [vaultName] = [] } = parseResourceId(vaultId) ?? {};
  if (resourceGroupName === undefined || vaultName === undefined)
    throw new Error(`backup.vaultId is "${vaultId}", which is not the resource id of a Recovery Services vault`);
  return { resourceGroupName, vaultName };
}

/** Name of the policy that machines are protected by. */
export function policyNameOf(settings: Settings): string {
  return settings.backup.policyId?.split("/").at(-1) ?? backupNames(settings).policy;
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
  // Only the time of day counts for a daily schedule; the date is part of the format. It is a past one: Azure refuses a
  // retention time that is still to come (azurerm pull request 31969; azure-native issue 4117 met it as NO_PARAM).
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

export function vaultProperties({ backup }: Settings, properties: VaultProperties) {
  const { immutability, softDeleteDays, publicNetworkAccess, crossRegionRestore } = properties;
  return {
    publicNetworkAccess,
    redundancySettings: {
      standardTierStorageRedundancy: backup.redundancy,
      ...(crossRegionRestore === undefined ? {} : { crossRegionRestore }),
    },
    securitySettings: {
      // Azure makes it so whatever is sent, region by region, and takes nothing less afterwards (azurerm pull requests
      // 31163 and 31912): sent so from the start, a second `up` has nothing to change and an update nothing to fight.
      softDeleteSettings: { softDeleteState: "AlwaysON", softDeleteRetentionPeriodInDays: softDeleteDays },
      immutabilitySettings: { state: immutability },
    },
  };
}

const protectedItemType = "Microsoft.Compute/virtualMachines" as const;

/** The bodies of a protected item: protected by a policy, or stopped with its data kept for ever (facts/azure.md 11.7). */
export const itemBodies = {
  protect: <P, S>(policyId: P, sourceResourceId: S) => ({ protectedItemType, policyId, sourceResourceId }) as const,
  stop: <S>(sourceResourceId: S) =>
    ({ protectedItemType, protectionState: "ProtectionStopped", sourceResourceId }) as const,
  /** Ends stopped; only another PUT protects it. */
  undelete: <S>(sourceResourceId: S) => ({ ...itemBodies.stop(sourceResourceId), isRehydrate: true }) as const,
};

/** The id that a machine has or had, always written the same way: a retired one is no longer there to be asked. */
export function machineId(settings: Settings, subscriptionId: string, generation: number): string {
  const { machine } = generationNames(settings.name, generation);
  return `/subscriptions/${subscriptionId}/resourceGroups/${serverResourceGroup(settings)}/providers/Microsoft.Compute/virtualMachines/${machine}`;
}

/** On the group, so that it reaches all that is in it, and whatever comes later. */
export const backupLock = {
  lockName: "entra-connect-backup",
  level: "CanNotDelete",
  notes: "Recovery points of an Entra Connect server. No run of the stack takes this lock away; a person does.",
} as const;

/** Of the vault's diagnostic setting. */
export const diagnosticsName = "entra-connect";
