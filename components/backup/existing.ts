import * as recoveryservices from "@pulumi/azure-native/recoveryservices";
import * as resources from "@pulumi/azure-native/resources";
import type * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../settings/settings";
import { backupNames, protectedItemNames } from "./plan";

/**
 * What of the backup is in Azure already. It outlives the server by design, so after a `destroy` (or a retirement that
 * was refused half-way) it is there and not in the state; Azure would refuse to create it again, so it is adopted.
 */
export interface ExistingBackup {
  readonly resourceGroup?: string;
  readonly vault?: string;
  readonly policy?: string;
  readonly protectedItems: Readonly<Record<number, string>>;
}

export const nothingYet: ExistingBackup = { protectedItems: {} };

/** The id of what a get function finds; undefined where Azure says that there is no such thing. Other errors are errors. */
export async function idOf(look: () => Promise<{ id?: string }>): Promise<string | undefined> {
  try {
    return (await look()).id;
  } catch (error) {
    if (/\b404\b|not ?found|could not be found|does not exist/i.test(String((error as Error).message)))
      return undefined;
    throw error;
  }
}

export async function findExistingBackup(settings: Settings, opts?: pulumi.InvokeOptions): Promise<ExistingBackup> {
  if (!settings.backup.enabled) return nothingYet;
  const names = backupNames(settings);
  const resourceGroup = await idOf(() => resources.getResourceGroup({ resourceGroupName: names.resourceGroup }, opts));
  if (resourceGroup === undefined) return nothingYet;
  const vaultName = names.vault;
  const at = { resourceGroupName: names.resourceGroup, vaultName };
  const vault = await idOf(() => recoveryservices.getVault(at, opts));
  if (vault === undefined) return { ...nothingYet, resourceGroup };
  const [policy, ...items] = await Promise.all([
    idOf(() => recoveryservices.getProtectionPolicy({ ...at, policyName: names.policy }, opts)),
    ...settings.server.generations.map((generation) => {
      const { container, item } = protectedItemNames(settings, generation);
      return idOf(() =>
        recoveryservices.getProtectedItem(
          { ...at, fabricName: "Azure", containerName: container, protectedItemName: item },
          opts,
        ),
      ).then((id) => ({ generation, id }));
    }),
  ]);
  return {
    resourceGroup,
    vault,
    policy,
    protectedItems: Object.fromEntries(
      items.flatMap(({ generation, id }) => (id === undefined ? [] : [[generation, id]])),
    ),
  };
}
