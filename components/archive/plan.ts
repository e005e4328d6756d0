import { createHash } from "node:crypto";
import { lastUsableAddress } from "../network/addresses";
import { resourceGroupNames } from "../server/names";
import { parseResourceId } from "../settings/resourceId";
import type { ArchiveSettings, Settings } from "../settings/settings";

/** The one data action that a server has: create a blob (Microsoft's page on attribute conditions; facts/archive.md 3). */
export const addBlobs = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action";

export const zoneName = "privatelink.blob.core.windows.net";

export function archiveNames({ name }: Pick<Settings, "name">) {
  return {
    resourceGroup: resourceGroupNames(name).archive,
    lifecycle: "default",
    privateEndpoint: `${name}-archive`,
    zoneGroup: "default",
    zoneLink: `${name}-archive`,
  };
}

/** Whose archive it is: the same again after the stack was destroyed, and nobody else's. */
export interface ArchiveOwner {
  /** Project and stack. */
  readonly owner: string;
  /** Undefined only in a preview whose provider is still to be configured. */
  readonly subscriptionId?: string;
}

const digest = (...parts: readonly string[]): string => createHash("sha256").update(parts.join("\n")).digest("hex");

/** Names of storage accounts are one space in the whole cloud, 3 to 24 letters and digits. */
export function accountNameFor({ name }: Pick<Settings, "name">, { owner, subscriptionId }: ArchiveOwner): string {
  const readable = name.replace(/[^a-z0-9]/g, "").slice(0, 10);
  return `st${readable}${digest("archive", subscriptionId ?? "", owner, name).slice(0, 12)}`;
}

/** The same for the same parts, in every run. */
export function guidOf(...parts: readonly string[]): string {
  const hex = digest("entra-connect", ...parts.map((part) => part.toLowerCase()));
  return hex.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Where the archive is. */
export interface ArchivePlace {
  readonly resourceGroupName: string;
  readonly accountName: string;
  readonly containerName: string;
}

export function archivePlace(settings: Settings, ownAccount: string): ArchivePlace {
  const { accountId, containerName } = settings.archive;
  const { resourceGroupName, names: [accountName] = [] } = parseResourceId(accountId ?? "") ?? {};
  if (resourceGroupName === undefined || accountName === undefined)
    return { resourceGroupName: archiveNames(settings).resourceGroup, accountName: ownAccount, containerName };
  return { resourceGroupName, accountName, containerName };
}

/** Ids as Azure writes them, known in a preview too. */
export function archiveIds({ resourceGroupName, accountName, containerName }: ArchivePlace, subscriptionId: string) {
  const group = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroupName}`;
  const account = `${group}/providers/Microsoft.Storage/storageAccounts/${accountName}`;
  return { group, account, container: `${account}/blobServices/default/containers/${containerName}` };
}

const skus = {
  ZoneRedundant: "Standard_ZRS",
  GeoZoneRedundant: "Standard_GZRS",
  GeoRedundant: "Standard_GRS",
  LocallyRedundant: "Standard_LRS",
} as const satisfies Record<ArchiveSettings["redundancy"], string>;

const skuOf = ({ redundancy }: Pick<ArchiveSettings, "redundancy">): string => skus[redundancy];

/** The setting of an SKU that Azure tells. */
export function redundancyOf(sku: string | undefined): ArchiveSettings["redundancy"] | undefined {
  const found = Object.entries(skus).find(([, name]) => name.toLowerCase() === sku?.toLowerCase());
  return found?.[0] as ArchiveSettings["redundancy"] | undefined;
}

/** What is sent of the account's default immutability policy. */
export interface ImmutabilityPolicy {
  readonly days: number;
  readonly state: "Unlocked" | "Locked";
}

export const wantedPolicy = ({ retentionDays, lock }: ArchiveSettings): ImmutabilityPolicy => ({
  days: retentionDays,
  state: lock === undefined ? "Unlocked" : "Locked",
});

/** Which doors the account has (facts/archive.md 7). */
export interface ArchiveDoors {
  /** Subnets that are let in by their service endpoint. */
  readonly subnetIds: readonly string[];
  readonly readFrom: readonly string[];
}

export function doorsOf({ archive }: Settings, subnetId: string, subnetIsReady: boolean): ArchiveDoors {
  const byService = archive.reach === "serviceEndpoint" && subnetIsReady;
  return { subnetIds: byService ? [subnetId] : [], readFrom: archive.readFrom };
}

/** Every hardening property that the type has (facts/archive.md 2), and the policy that makes an archive of it. */
export function accountProperties({ archive }: Settings, policy: ImmutabilityPolicy) {
  return {
    kind: "StorageV2",
    sku: { name: skuOf(archive) },
    // Read once in a while, by people.
    accessTier: "Cool",
    allowBlobPublicAccess: false,
    // Also for us: whatever azure-native puts into blobs it signs with a key, so nothing here does.
    allowSharedKeyAccess: false,
    allowCrossTenantReplication: false,
    allowedCopyScope: "AAD",
    defaultToOAuthAuthentication: true,
    enableHttpsTrafficOnly: true,
    minimumTlsVersion: "TLS1_2",
    // Version-level immutability has no hierarchical namespace.
    isHnsEnabled: false,
    isLocalUserEnabled: false,
    isSftpEnabled: false,
    encryption: {
      keySource: "Microsoft.Storage",
      requireInfrastructureEncryption: true,
      services: { blob: { enabled: true, keyType: "Account" }, file: { enabled: true, keyType: "Account" } },
    },
    immutableStorageWithVersioning: {
      // At creation or never: no later body says anything else.
      enabled: true,
      immutabilityPolicy: {
        immutabilityPeriodSinceCreationInDays: policy.days,
        state: policy.state,
        allowProtectedAppendWrites: false,
      },
    },
  } as const;
}

/** Closed, but for the doors. */
export function accountNetwork({ subnetIds, readFrom }: ArchiveDoors, reach: ArchiveSettings["reach"]) {
  const outside = reach === "serviceEndpoint" || readFrom.length > 0;
  return {
    publicNetworkAccess: outside ? "Enabled" : "Disabled",
    networkRuleSet: {
      bypass: "None",
      defaultAction: "Deny",
      virtualNetworkRules: subnetIds.map((virtualNetworkResourceId) => ({
        virtualNetworkResourceId,
        action: "Allow" as const,
      })),
      // Azure refuses /32 in this place and takes the address.
      ipRules: readFrom.map((source) => ({ iPAddressOrRange: source.replace(/\/32$/, ""), action: "Allow" as const })),
    },
  } as const;
}

/** Somebody's mistake in the container can be undone for so long. */
const softDeleteDays = 30;

export const blobServiceProperties = {
  blobServicesName: "default",
  // Immutability of the account switches it on; said all the same, so that nobody has to know that.
  isVersioningEnabled: true,
  deleteRetentionPolicy: { enabled: true, days: softDeleteDays },
  containerDeleteRetentionPolicy: { enabled: true, days: softDeleteDays },
} as const;

/** Days after which a collection is in the cold tier: until then it is the one that people compare with. */
const coldAfterDays = 90;

/** Azure deletes nothing that is immutable still; the archive tier does not exist where an account spans zones. */
export function lifecycleRules({ archive }: Settings) {
  const after = (days: number) => ({ daysAfterCreationGreaterThan: days });
  const { deleteAfterDays } = archive;
  const cold = deleteAfterDays === undefined || deleteAfterDays > coldAfterDays;
  const actions = {
    ...(cold ? { tierToCold: after(coldAfterDays) } : {}),
    ...(deleteAfterDays === undefined ? {} : { delete: after(deleteAfterDays) }),
  };
  return [
    {
      name: "collections",
      enabled: true,
      type: "Lifecycle",
      definition: {
        filters: { blobTypes: ["blockBlob"], prefixMatch: [`${archive.containerName}/`] },
        // A collection that is deleted or written again is a version from then on.
        actions: { baseBlob: actions, version: actions },
      },
    },
  ];
}

/** What the servers may, and nothing else. */
export function roleArguments(
  { name }: Settings,
  scope: string,
  { owner }: ArchiveOwner,
): {
  readonly roleDefinitionId: string;
  readonly roleName: string;
  readonly roleType: string;
  readonly description: string;
  readonly scope: string;
  readonly assignableScopes: string[];
  readonly permissions: { actions: string[]; notActions: string[]; dataActions: string[]; notDataActions: string[] }[];
} {
  return {
    scope,
    roleDefinitionId: guidOf("archive-writer", scope, owner, name),
    // One space of names in the whole directory.
    roleName: `Entra Connect archive writer, ${name} (${guidOf("archive-writer", scope, owner, name).slice(0, 8)})`,
    roleType: "CustomRole",
    description: "May add blobs, and neither read, change nor delete any.",
    assignableScopes: [scope],
    permissions: [{ actions: [], notActions: [], dataActions: [addBlobs], notDataActions: [] }],
  };
}

/** Azure knows a role by its GUID and answers its id at the subscription, wherever it was made. */
export const roleIdOf = (subscriptionId: string, guid: string): string =>
  `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${guid}`;

/** On the group, so that it reaches all that is in it, and whatever comes later. */
export const archiveLock = {
  lockName: "entra-connect-archive",
  level: "CanNotDelete",
  notes: "Configuration of Entra Connect servers. No run of the stack takes this lock away; a person does.",
} as const;

/** Of the blob service's diagnostic setting: who wrote, read and deleted. */
export const archiveDiagnostics = {
  name: "entra-connect",
  categories: ["StorageRead", "StorageWrite", "StorageDelete"],
} as const;

/** Address of the private endpoint. */
export const endpointAddress = ({ archive, network }: Pick<Settings, "archive" | "network">): string =>
  archive.privateEndpoint.address ?? lastUsableAddress(network.subnetPrefix);

/** Whether a server of these settings archives by itself. */
export const schedules = ({ archive }: Pick<Settings, "archive">): boolean =>
  archive.enabled && archive.schedule.enabled;

/** Whether servers of this kind of settings need the service endpoint for storage on their subnet. */
export const needsStorageEndpoint = ({ archive }: Pick<Settings, "archive">): boolean =>
  archive.enabled && archive.reach === "serviceEndpoint";

export const hasPrivateEndpoint = ({ archive }: Pick<Settings, "archive">): boolean =>
  archive.enabled && archive.accountId === undefined && archive.reach === "privateEndpoint";

/** What of it generations share in a network of ours, for the ledger: "" = nothing. */
export function reachInShort(settings: Pick<Settings, "archive" | "network">): string {
  if (settings.network.kind === "existing") return "";
  if (hasPrivateEndpoint(settings)) return `privateEndpoint ${endpointAddress(settings)}`;
  return needsStorageEndpoint(settings) ? "serviceEndpoint" : "";
}
