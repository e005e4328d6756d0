import { type JsonObject, textAt } from "../../../rehearsal/azure/properties/json";
import type { Landscape } from "./landscape";
import type { Resource } from "./simulatedAzure";

export const archiveGroup = "rg-archive";

export function accountInputs(change: JsonObject = {}): JsonObject {
  return {
    resourceGroupName: archiveGroup,
    accountName: "starchive",
    location: "westeurope",
    kind: "StorageV2",
    sku: { name: "Standard_ZRS" },
    allowSharedKeyAccess: false,
    allowBlobPublicAccess: false,
    enableHttpsTrafficOnly: true,
    networkRuleSet: { bypass: "None", defaultAction: "Deny", ipRules: [{ iPAddressOrRange: "203.0.113.7" }] },
    immutableStorageWithVersioning: {
      enabled: true,
      immutabilityPolicy: { immutabilityPeriodSinceCreationInDays: 180, state: "Unlocked" },
    },
    ...change,
  };
}

export function roleInputs(scope: string, change: JsonObject = {}): JsonObject {
  return {
    scope,
    roleDefinitionId: "11111111-2222-3333-4444-555555555555",
    roleName: "archive writer",
    roleType: "CustomRole",
    permissions: [
      { actions: [], dataActions: ["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action"] },
    ],
    assignableScopes: [scope],
    ...change,
  };
}

/** An archive's account with its container, a role, a right, and a private endpoint with its zone. */
export async function archiveLandscape(landscape: Landscape, machine: Resource, network: Resource, subnetId: string) {
  const group = await landscape.resourceGroup(archiveGroup);
  const account = await landscape.add("storage:StorageAccount", "starchive", accountInputs());
  const inAccount = { resourceGroupName: archiveGroup, accountName: "starchive" };
  await landscape.add("storage:BlobServiceProperties", "blobs", {
    ...inAccount,
    blobServicesName: "default",
    isVersioningEnabled: true,
    deleteRetentionPolicy: { enabled: true, days: 30 },
  });
  const container = await landscape.add("storage:BlobContainer", "configuration", {
    ...inAccount,
    containerName: "configuration",
    publicAccess: "None",
  });
  await landscape.add("storage:ManagementPolicy", "lifecycle", {
    ...inAccount,
    managementPolicyName: "default",
    policy: {
      rules: [
        {
          name: "cold",
          enabled: true,
          type: "Lifecycle",
          definition: {
            filters: { blobTypes: ["blockBlob"], prefixMatch: ["configuration/"] },
            actions: { baseBlob: { tierToCold: { daysAfterCreationGreaterThan: 90 } } },
          },
        },
      ],
    },
  });
  const role = await landscape.add("authorization:RoleDefinition", "writer", roleInputs(group.id));
  const principalId = textAt(machine.outputs, "identity.principalId") ?? "";
  const assignment = await landscape.add("authorization:RoleAssignment", "right", {
    scope: container.id,
    roleAssignmentName: "22222222-2222-2222-2222-222222222222",
    roleDefinitionId: role.id,
    principalId,
    principalType: "ServicePrincipal",
  });
  const endpoint = await landscape.add("network:PrivateEndpoint", "pe", {
    resourceGroupName: landscape.group,
    privateEndpointName: "pe",
    location: "westeurope",
    subnet: { id: subnetId },
    ipConfigurations: [{ name: "blob", groupId: "blob", memberName: "blob", privateIPAddress: "10.40.0.250" }],
    privateLinkServiceConnections: [{ name: "archive", privateLinkServiceId: account.id, groupIds: ["blob"] }],
  });
  const zoneName = "privatelink.blob.core.windows.net";
  const zone = await landscape.add("privatedns:PrivateZone", zoneName, {
    resourceGroupName: landscape.group,
    privateZoneName: zoneName,
    location: "global",
  });
  const link = await landscape.add("privatedns:VirtualNetworkLink", "link", {
    resourceGroupName: landscape.group,
    privateZoneName: zoneName,
    virtualNetworkLinkName: "link",
    location: "global",
    registrationEnabled: false,
    virtualNetwork: { id: network.id },
  });
  await landscape.add("network:PrivateDnsZoneGroup", "zones", {
    resourceGroupName: landscape.group,
    privateEndpointName: "pe",
    privateDnsZoneGroupName: "default",
    privateDnsZoneConfigs: [{ name: "blob", privateDnsZoneId: zone.id }],
  });
  return { group, account, container, role, assignment, endpoint, zone, link, principalId };
}
