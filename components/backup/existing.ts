import * as recoveryservices from "@pulumi/azure-native/recoveryservices";
import * as resources from "@pulumi/azure-native/resources";
import type * as pulumi from "@pulumi/pulumi";
import { found } from "../settings/lookup";
import type { Memory } from "../settings/memory";
import { ownerTag, stackOwner } from "../settings/owner";
import { type Settings, SettingsError } from "../settings/settings";
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

/**
 * Looks for a backup that is in Azure, to be adopted if the state does not hold it. Where the stack remembers an id it is
 * given as remembered: the engine compares ids by letter and would replace what Azure now writes in another case.
 *
 * Throws a SettingsError if the resource group belongs to somebody else: adopting it would rewrite their policy.
 */
export async function findExistingBackup(
  settings: Settings,
  memory?: Memory,
  opts?: pulumi.InvokeOptions,
): Promise<ExistingBackup> {
  if (!settings.backup.enabled) return nothingYet;
  const names = backupNames(settings);
  const resourceGroupName = names.resourceGroup;
  const group = await found(() => resources.getResourceGroup({ resourceGroupName }, opts));
  if (group === undefined) return nothingYet;
  refuseForeign(settings, group);
  const remembered = new Map(memory?.backupIds?.map((id) => [id.toLowerCase(), id]));
  const idOf = (there: { id?: string } | undefined): string | undefined =>
    there?.id === undefined ? undefined : (remembered.get(there.id.toLowerCase()) ?? there.id);
  const at = { resourceGroupName, vaultName: names.vault };
  const [vault, policy, items] = await Promise.all([
    found(() => recoveryservices.getVault(at, opts)),
    found(() => recoveryservices.getProtectionPolicy({ ...at, policyName: names.policy }, opts)),
    Promise.all(
      settings.server.generations.map(async (generation) => {
        const { container, item } = protectedItemNames(settings, generation);
        const where = { ...at, fabricName: "Azure", containerName: container, protectedItemName: item };
        return { generation, id: idOf(await found(() => recoveryservices.getProtectedItem(where, opts))) };
      }),
    ),
  ]);
  const protectedItems: Record<number, string> = {};
  for (const { generation, id } of items) if (id !== undefined) protectedItems[generation] = id;
  return { resourceGroup: idOf(group), vault: idOf(vault), policy: idOf(policy), protectedItems };
}

function refuseForeign(settings: Settings, { name, tags, location }: resources.GetResourceGroupResult): void {
  const owner = tags?.[ownerTag];
  if (owner !== stackOwner())
    throw new SettingsError([
      {
        path: "server.name",
        problem: `the resource group ${name} exists and ${owner === undefined ? "carries no" : `belongs to ${owner} by its`} tag ${ownerTag}; this stack (${stackOwner()}) would take over its backup policy`,
        write: `another server.name; or, if that backup is this server's own, put the tag ${ownerTag}=${stackOwner()} on the resource group`,
      },
    ]);
  if (location.replaceAll(" ", "").toLowerCase() !== settings.location)
    throw new SettingsError([
      {
        path: "location",
        problem: `the backup of an earlier ${settings.server.name} is kept in ${location} (resource group ${name}), and Azure does not move it`,
        write: `${location}, or another server.name`,
      },
    ]);
}
