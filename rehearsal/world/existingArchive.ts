import { objectAt, textAt } from "./armBody";
import type { PlainObject } from "./existingResources";
import { settingNames } from "./settingNames";

/** What an archive's settings name and a rehearsal has, as an archive needs it: only Azure knows yours. */
export interface ExistingOfArchive {
  readonly id: string;
  readonly body: PlainObject;
  /** Whether its resource group is to be there too. */
  readonly inGroup: boolean;
  /** What of it is not rehearsed. */
  readonly said: string;
}

/** Of an existing subnet the settings say so: it is there, or the archive is not reached. */
export const wantsStorageEndpoint = (archive: unknown): boolean =>
  objectAt(archive)?.[settingNames.enabled] === true && textAt(archive, settingNames.reach) !== "privateEndpoint";

export function existingArchive(archive: unknown): readonly ExistingOfArchive[] {
  const found: ExistingOfArchive[] = [];
  const accountId = textAt(archive, settingNames.accountId);
  if (accountId !== undefined && storageAccount.test(accountId))
    found.push(
      {
        id: accountId,
        body: archiveAccount,
        inGroup: true,
        said: "archive.accountId: your account's own network rules, keys, immutability, and what is in it",
      },
      {
        id: `${accountId}/blobServices/default`,
        body: { properties: { isVersioningEnabled: true } },
        inGroup: false,
        said: "archive.accountId: whether your account keeps versions",
      },
    );
  const zoneId = textAt(objectAt(archive)?.[settingNames.privateEndpoint], settingNames.dnsZoneId);
  if (zoneId !== undefined && privateZone.test(zoneId))
    found.push({
      id: zoneId,
      body: { location: "global", properties: { provisioningState: "Succeeded" } },
      inGroup: true,
      said: "archive.privateEndpoint.dnsZoneId: your zone's links, and what your DNS servers forward",
    });
  const roleId = textAt(archive, settingNames.roleDefinitionId);
  if (roleId !== undefined && roleDefinition.test(roleId))
    found.push({
      id: roleId,
      body: addingRole,
      inGroup: false,
      said: "archive.roleDefinitionId: what your role allows",
    });
  return found;
}

const inGroup = "^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/";
const storageAccount = new RegExp(`${inGroup}Microsoft\\.Storage/storageAccounts/[^/]+$`, "i");
const privateZone = new RegExp(`${inGroup}Microsoft\\.Network/privateDnsZones/[^/]+$`, "i");
const roleDefinition = /\/providers\/Microsoft\.Authorization\/roleDefinitions\/[0-9a-f-]{36}$/i;

const archiveAccount: PlainObject = {
  kind: "StorageV2",
  sku: { name: "Standard_ZRS" },
  properties: {
    allowSharedKeyAccess: false,
    allowBlobPublicAccess: false,
    minimumTlsVersion: "TLS1_2",
    isHnsEnabled: false,
    networkAcls: { bypass: "None", defaultAction: "Allow", ipRules: [], virtualNetworkRules: [] },
    immutableStorageWithVersioning: {
      enabled: true,
      immutabilityPolicy: { immutabilityPeriodSinceCreationInDays: 180, state: "Unlocked" },
    },
    provisioningState: "Succeeded",
  },
};

const addingRole: PlainObject = {
  properties: {
    roleName: "Blob adder",
    type: "CustomRole",
    permissions: [
      {
        actions: [],
        notActions: [],
        dataActions: ["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action"],
        notDataActions: [],
      },
    ],
    assignableScopes: ["/"],
  },
};
