import { contains } from "./addressRanges";
import { objectAt, textAt, textsAt } from "./armBody";
import { existingArchive, wantsStorageEndpoint } from "./existingArchive";
import { settingNames } from "./settingNames";

type Plain = null | boolean | number | string | Plain[] | PlainObject;
export interface PlainObject {
  [key: string]: Plain;
}

export interface ExistingResource {
  readonly id: string;
  readonly body: PlainObject;
}

export interface ExistingResources {
  readonly resources: readonly ExistingResource[];
  readonly notRehearsed: readonly string[];
  /** The hub that somebody owns who makes its half of the peering; undefined where the stack makes it itself. */
  readonly hubId?: string;
}

/**
 * What the settings say exists already in the subscription: the group to build in, the subnet to use, the hub to peer
 * with, vault and policy, the workspace, disk encryption sets. Azure refuses a reference to what is not there, so the simulated one has them,
 * as far as the settings tell what they are. What is no id of the kind is left to the program, which refuses it.
 *
 * @param subscriptionId where the program builds
 */
export function existingResources(
  settings: Readonly<Record<string, unknown>>,
  subscriptionId: string,
): ExistingResources {
  const setting = (name: string) => settings[`${settingNames.namespace}:${name}`];
  const network = objectAt(setting(settingNames.network));
  const location = textAt(setting(settingNames.location)) ?? "westeurope";
  const resources: ExistingResource[] = [];
  const notRehearsed: string[] = [];
  const addGroup = (id: string) => resources.push({ id, body: { location, properties: {} } });
  const add = (id: string, body: PlainObject) => {
    const group = /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+/i.exec(id)?.[0];
    if (group) addGroup(group);
    resources.push({ id, body: { location, ...body } });
  };

  const groupName = textAt(setting(settingNames.resourceGroupName));
  if (groupName && !groupName.includes("/")) {
    addGroup(`/subscriptions/${subscriptionId}/resourceGroups/${groupName}`);
    notRehearsed.push("resourceGroupName: what else is in your resource group, its locks and policies");
  }
  const subnetId = idOf("Microsoft.Network/virtualNetworks/subnets", textAt(network, settingNames.existingSubnetId));
  if (subnetId) {
    const prefix = textAt(network, settingNames.subnetPrefix) ?? "10.0.0.0/24";
    add(subnetId.split("/").slice(0, -2).join("/"), virtualNetwork([prefix]));
    resources.push({
      id: subnetId,
      // It has a way out: that is what the settings say of it.
      body: {
        properties: {
          addressPrefix: prefix,
          natGateway: { id: wayOutOf(subnetId) },
          // An archive that is reached by it says that it is there.
          ...(wantsStorageEndpoint(setting(settingNames.archive))
            ? { serviceEndpoints: [{ service: "Microsoft.Storage", provisioningState: "Succeeded" }] }
            : {}),
          provisioningState: "Succeeded",
        },
      },
    });
    notRehearsed.push("network.existingSubnetId: your subnet's own security group, routes and way out");
  }
  const hubId = idOf("Microsoft.Network/virtualNetworks", textAt(network, settingNames.peerVirtualNetworkId));
  if (hubId) {
    add(hubId, virtualNetwork(hubSpace(setting(settingNames.access), network)));
    if (objectAt(network)?.[settingNames.useRemoteGateways] === true) resources.push(gatewayIn(hubId, location));
    notRehearsed.push(
      objectAt(network)?.[settingNames.makeBothHalves] === true
        ? "network.peerVirtualNetworkId: your hub, and your rights in it"
        : "network.peerVirtualNetworkId: your hub; a simulated owner makes its half of the peering (--hub-owner)",
    );
  }
  const routeTableId = idOf("Microsoft.Network/routeTables", textAt(network, settingNames.routeTableId));
  if (routeTableId) {
    add(routeTableId, { properties: { routes: leadsOut(objectAt(network)?.[settingNames.natGateway] === true) } });
    notRehearsed.push("network.routeTableId: your route table's own routes");
  }
  const bastion = setting(settingNames.bastion);
  const bastionId = idOf("Microsoft.Network/bastionHosts", textAt(bastion, settingNames.existingId));
  if (bastionId) {
    for (const resource of bastionWith(bastionId, textAt(bastion, settingNames.subnetPrefix) ?? "10.0.0.0/26"))
      add(resource.id, resource.body);
    notRehearsed.push("bastion.existingId: your Bastion's own SKU, settings and subnet");
  }
  const backup = setting(settingNames.backup);
  const vaultId = idOf("Microsoft.RecoveryServices/vaults", textAt(backup, settingNames.vaultId));
  if (vaultId) {
    add(vaultId, { sku: { name: "RS0", tier: "Standard" }, properties: { provisioningState: "Succeeded" } });
    notRehearsed.push("backup.vaultId: your vault's own redundancy, immutability and items");
  }
  const policyId = idOf("Microsoft.RecoveryServices/vaults/backupPolicies", textAt(backup, settingNames.policyId));
  if (policyId) {
    resources.push({ id: policyId, body: enhancedPolicy });
    notRehearsed.push("backup.policyId: your policy's own schedule and retention");
  }
  for (const { id, body, inGroup, said } of existingArchive(setting(settingNames.archive))) {
    if (inGroup) add(id, body);
    else resources.push({ id, body });
    notRehearsed.push(said);
  }
  const workspaceId = idOf(
    "Microsoft.OperationalInsights/workspaces",
    textAt(setting(settingNames.logAnalyticsWorkspaceId)),
  );
  if (workspaceId) {
    add(workspaceId, { properties: { provisioningState: "Succeeded", sku: { name: "PerGB2018" } } });
    notRehearsed.push("logAnalyticsWorkspaceId: your workspace; nothing is sent to it");
  }
  addWatching(objectAt(setting(settingNames.monitoring)), location, add, notRehearsed);
  for (const [number, block] of Object.entries(objectAt(setting(settingNames.generations)) ?? {})) {
    const setId = idOf("Microsoft.Compute/diskEncryptionSets", textAt(block, settingNames.diskEncryptionSetId));
    if (setId === undefined) continue;
    add(setId, {
      identity: { type: "SystemAssigned" },
      properties: { encryptionType: "EncryptionAtRestWithCustomerKey", provisioningState: "Succeeded" },
    });
    notRehearsed.push(`generations.${number}.diskEncryptionSetId: your key vault, its key and who may use it`);
  }
  const ownersHub = objectAt(network)?.[settingNames.makeBothHalves] === true ? undefined : hubId;
  return { resources, notRehearsed, ...(ownersHub === undefined ? {} : { hubId: ownersHub }) };
}

/** Workspace and action groups of the alerts. */
function addWatching(
  monitoring: Readonly<Record<string, unknown>> | undefined,
  location: string,
  add: (id: string, body: PlainObject) => void,
  notRehearsed: string[],
): void {
  const workspaceId = idOf("Microsoft.OperationalInsights/workspaces", textAt(monitoring, settingNames.workspaceId));
  if (workspaceId) {
    add(workspaceId, {
      location: textAt(monitoring, settingNames.workspaceLocation) ?? location,
      properties: { provisioningState: "Succeeded", sku: { name: "PerGB2018" } },
    });
    notRehearsed.push("monitoring.workspaceId: your workspace; nothing is sent to it");
  }
  const groups = textsAt(objectAt(monitoring)?.[settingNames.notify], settingNames.actionGroupIds).flatMap(
    (id) => idOf("Microsoft.Insights/actionGroups", id) ?? [],
  );
  for (const id of groups) add(id, { location: "Global", properties: { groupShortName: "yours", enabled: true } });
  if (groups.length > 0) notRehearsed.push("monitoring.notify.actionGroupIds: your action groups; nobody is told");
}

/** Where SSH comes from is in the hub, but for what is in our own network: with that no hub may overlap. */
function hubSpace(access: unknown, network: unknown): readonly string[] {
  const own = [textAt(network, settingNames.addressSpace), textAt(network, settingNames.subnetPrefix)];
  const isOurs = (source: string) =>
    own.some((prefix) => prefix !== undefined && contains(prefix, source.split("/")[0] ?? ""));
  const others = textsAt(access, settingNames.managementSources).filter((source) => !isOurs(source));
  return others.length > 0 ? others : [elsewhere];
}

/** Of a hub of which nothing is said. */
const elsewhere = "10.255.253.0/24";

const wayOutOf = (id: string): string =>
  `${id.slice(0, id.toLowerCase().indexOf("/providers/"))}/providers/Microsoft.Network/natGateways/way-out`;

function virtualNetwork(addressPrefixes: readonly string[]): PlainObject {
  return {
    properties: {
      addressSpace: { addressPrefixes: [...addressPrefixes] },
      subnets: [],
      provisioningState: "Succeeded",
    },
  };
}

/** A route table has a way out where the settings have none beside it. */
function leadsOut(besideNatGateway: boolean): PlainObject[] {
  return besideNatGateway
    ? []
    : [
        {
          name: "everything",
          properties: { addressPrefix: "0.0.0.0/0", nextHopType: "VirtualAppliance", nextHopIpAddress: "10.255.254.4" },
        },
      ];
}

function bastionWith(id: string, prefix: string): readonly ExistingResource[] {
  const group = id.slice(0, id.toLowerCase().indexOf("/providers/"));
  const networkId = `${group}/providers/Microsoft.Network/virtualNetworks/vnet-of-bastion`;
  const subnetId = `${networkId}/subnets/AzureBastionSubnet`;
  return [
    { id: networkId, body: virtualNetwork([prefix]) },
    { id: subnetId, body: { properties: { addressPrefix: prefix, provisioningState: "Succeeded" } } },
    {
      id,
      body: {
        sku: { name: "Standard" },
        properties: {
          enableTunneling: true,
          ipConfigurations: [{ name: "bastion", properties: { subnet: { id: subnetId } } }],
          provisioningState: "Succeeded",
        },
      },
    },
  ];
}

/** One that others may use, since the settings want to; whether yours has one only Azure can tell. */
function gatewayIn(hubId: string, location: string): ExistingResource {
  const group = hubId.slice(0, hubId.toLowerCase().indexOf("/providers/"));
  return {
    id: `${group}/providers/Microsoft.Network/virtualNetworkGateways/gateway`,
    body: {
      location,
      properties: {
        gatewayType: "Vpn",
        ipConfigurations: [{ name: "gateway", properties: { subnet: { id: `${hubId}/subnets/GatewaySubnet` } } }],
      },
    },
  };
}

/** Trusted Launch machines need an enhanced one (facts/azure.md 5.4). */
const enhancedPolicy: PlainObject = {
  properties: {
    backupManagementType: "AzureIaasVM",
    policyType: "V2",
    instantRpRetentionRangeInDays: 7,
    schedulePolicy: { schedulePolicyType: "SimpleSchedulePolicyV2", scheduleRunFrequency: "Daily" },
    retentionPolicy: { retentionPolicyType: "LongTermRetentionPolicy" },
    timeZone: "UTC",
  },
};

/** The text, if it is the id of a resource of this type in a resource group. */
function idOf(type: string, id: string | undefined): string | undefined {
  const [namespace, ...kinds] = type.split("/");
  const names = kinds.map((kind) => `/${kind}/[^/]+`).join("");
  const pattern = new RegExp(`^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/${namespace}${names}$`, "i");
  return id !== undefined && pattern.test(id) ? id : undefined;
}
