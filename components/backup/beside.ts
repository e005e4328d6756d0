import { getManagementLockAtResourceGroupLevel } from "@pulumi/azure-native/authorization/getManagementLockAtResourceGroupLevel";
import { getDiagnosticSetting } from "@pulumi/azure-native/monitor/getDiagnosticSetting";
import type * as pulumi from "@pulumi/pulumi";
import { found } from "../memory/lookup";
import type { Settings } from "../settings/settings";
import { backupLock, diagnosticsName, vaultPlace } from "./plan";

/** Ids of what stands beside our own vault in Azure and not in the state: a run without it in the settings leaves it there. */
export interface BesideVault {
  readonly lock?: string;
  /** Diagnostic setting of the vault, which a lock on its group keeps too. */
  readonly diagnostics?: string;
}

export async function besideVault(
  settings: Settings,
  parts: ReadonlySet<string>,
  subscriptionId: string | undefined,
  opts: pulumi.InvokeOptions,
): Promise<BesideVault> {
  if (settings.backup.vaultId !== undefined) return {};
  const { resourceGroupName, vaultName } = vaultPlace(settings);
  const vaultId = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroupName}/providers/Microsoft.RecoveryServices/vaults/${vaultName}`;
  const [lock, diagnostics] = await Promise.all([
    settings.locks.backup && !parts.has("backup-lock")
      ? found(() => getManagementLockAtResourceGroupLevel({ resourceGroupName, lockName: backupLock.lockName }, opts))
      : undefined,
    settings.logAnalyticsWorkspaceId !== undefined && !parts.has("backup-diagnostics") && subscriptionId !== undefined
      ? found(() => getDiagnosticSetting({ resourceUri: vaultId, name: diagnosticsName }, opts))
      : undefined,
  ]);
  return { lock: lock?.id, diagnostics: diagnostics?.id };
}
