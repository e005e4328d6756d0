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
 * Looks for a backup that the state does not hold. What the stack remembers is in the state: it is not imported again,
 * since the engine compares ids by letter and Azure does not always write them the same way.
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
  const at = { resourceGroupName, vaultName: names.vault };
  const fabric = { ...at, fabricName: "Azure" };
  const inState = new Set(memory?.protectedGenerations);
  const [vault, policy, items] = await Promise.all([
    found(() => recoveryservices.getVault(at, opts)),
    found(() => recoveryservices.getProtectionPolicy({ ...at, policyName: names.policy }, opts)),
    Promise.all(
      settings.server.generations
        .filter((generation) => !inState.has(generation))
        .map(async (generation) => {
          const { container, item } = protectedItemNames(settings, generation);
          const there = await found(() =>
            recoveryservices.getProtectedItem({ ...fabric, containerName: container, protectedItemName: item }, opts),
          );
          return { generation, id: there?.id };
        }),
    ),
  ]);
  const protectedItems: Record<number, string> = {};
  for (const { generation, id } of items) if (id !== undefined) protectedItems[generation] = id;
  return memory?.protectedGenerations === undefined
    ? { resourceGroup: group.id, vault: vault?.id, policy: policy?.id, protectedItems }
    : { protectedItems };
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
