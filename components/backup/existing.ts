import * as authorization from "@pulumi/azure-native/authorization";
import * as monitor from "@pulumi/azure-native/monitor";
import * as recoveryservices from "@pulumi/azure-native/recoveryservices";
import * as resources from "@pulumi/azure-native/resources";
import type * as pulumi from "@pulumi/pulumi";
import { found } from "../memory/lookup";
import { type Worn, wornBy } from "../memory/outside";
import { type Settings, SettingsError } from "../settings/settings";
import { ownerTag, stackOwner } from "./owner";
import { backupLock, backupNames, diagnosticsName, protectedItemNames, vaultPlace } from "./plan";

/**
 * What of the backup is in Azure and not in this stack's state. It outlives the server by design, so after a `destroy`
 * (or a retirement that was refused half-way) it is there; Azure would refuse to create it again, so it is adopted.
 */
export interface ExistingBackup {
  readonly resourceGroup?: string;
  readonly vault?: string;
  readonly policy?: string;
  readonly lock?: string;
  /** Diagnostic setting of the vault. */
  readonly diagnostics?: string;
  readonly protectedItems: Readonly<Record<number, string>>;
  /** Tags and identities of what is adopted, by the part's name: an import that leaves them out is none. */
  readonly worn?: readonly (readonly [part: string, Worn])[];
}

export interface BackupQuestion {
  readonly settings: Settings;
  /** Parts of the component that the state holds: of those nothing has to be looked for, and they are this stack's own. */
  readonly known: ReadonlySet<string>;
  /** Undefined only in a preview whose provider is still to be configured. */
  readonly subscriptionId?: string;
}

/** Whatever is in Azure has an id; mocks of a user's unit test may answer with less. */
async function present<T extends { readonly id: string }>(looked: Promise<T | undefined>): Promise<T | undefined> {
  const there = await looked;
  return (there?.id as string | undefined) === undefined ? undefined : there;
}

/** Throws a SettingsError if the resource group belongs to somebody else: adopting it would rewrite their policy. */
export async function findExistingBackup(
  { settings, known, subscriptionId }: BackupQuestion,
  opts: pulumi.InvokeOptions,
): Promise<ExistingBackup> {
  if (!settings.backup.enabled) return { protectedItems: {} };
  const names = backupNames(settings);
  const own = settings.backup.vaultId === undefined;
  const absent = <T extends { readonly id: string }>(part: string, look: () => Promise<T>): Promise<T | undefined> =>
    known.has(`backup-${part}`) ? Promise.resolve(undefined) : present(found(look));
  const group = own
    ? await absent("group", () => resources.getResourceGroup({ resourceGroupName: names.resourceGroup }, opts))
    : undefined;
  if (group !== undefined) refuseForeign(settings, group);
  // No group and none in the state: nothing can be in it.
  if (own && group === undefined && !known.has("backup-group")) return { protectedItems: {} };
  const place = vaultPlace(settings);
  const groupId =
    subscriptionId === undefined
      ? undefined
      : `/subscriptions/${subscriptionId}/resourceGroups/${place.resourceGroupName}`;
  const [vault, policy, lock, diagnostics, items] = await Promise.all([
    own ? absent("vault", () => recoveryservices.getVault(place, opts)) : undefined,
    own
      ? absent("policy", () => recoveryservices.getProtectionPolicy({ ...place, policyName: names.policy }, opts))
      : undefined,
    // Both stay behind a lock when the settings no longer name them, so they may be there without being in the state.
    own && settings.locks.backup
      ? absent("lock", () =>
          authorization.getManagementLockAtResourceGroupLevel(
            { resourceGroupName: place.resourceGroupName, lockName: backupLock.lockName },
            opts,
          ),
        )
      : undefined,
    own && settings.logAnalyticsWorkspaceId !== undefined && groupId !== undefined
      ? absent("diagnostics", () =>
          monitor.getDiagnosticSetting(
            {
              resourceUri: `${groupId}/providers/Microsoft.RecoveryServices/vaults/${place.vaultName}`,
              name: diagnosticsName,
            },
            opts,
          ),
        )
      : undefined,
    Promise.all(
      settings.generations.map(async ({ generation }) => {
        const { container, item } = protectedItemNames(settings, generation);
        const where = { ...place, fabricName: "Azure", containerName: container, protectedItemName: item };
        const there = known.has(`g${generation}-protected-item`)
          ? undefined
          : await present(found(() => recoveryservices.getProtectedItem(where, opts)));
        return { generation, id: there?.id, there };
      }),
    ),
  ]);
  const protectedItems: Record<number, string> = {};
  for (const { generation, id } of items) if (id !== undefined) protectedItems[generation] = id;
  const adopted = [
    ["backup-group", group],
    ["backup-vault", vault],
    ["backup-policy", policy],
    ...items.map(({ generation, there }) => [`g${generation}-protected-item`, there] as const),
  ] as const;
  return {
    resourceGroup: group?.id,
    vault: vault?.id,
    policy: policy?.id,
    lock: lock?.id,
    diagnostics: diagnostics?.id,
    protectedItems,
    worn: adopted.flatMap(([part, there]) => (there === undefined ? [] : [[part, wornBy({ ...there })] as const])),
  };
}

function refuseForeign(settings: Settings, { name, tags, location }: resources.GetResourceGroupResult): void {
  const owner = tags?.[ownerTag];
  if (owner !== stackOwner())
    throw new SettingsError([
      {
        path: "name",
        problem: `the resource group ${name} exists and ${owner === undefined ? "carries no" : `belongs to ${owner} by its`} tag ${ownerTag}; this stack (${stackOwner()}) would take over its backup policy`,
        write: `another name; or, if that backup is this server's own, put the tag ${ownerTag}=${stackOwner()} on the resource group`,
      },
    ]);
  if (location.replaceAll(" ", "").toLowerCase() !== settings.location)
    throw new SettingsError([
      {
        path: "location",
        problem: `the backup of an earlier ${settings.name} is kept in ${location} (resource group ${name}), and Azure does not move it`,
        write: `${location}, or another name`,
      },
    ]);
}
