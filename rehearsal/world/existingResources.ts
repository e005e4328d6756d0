import { objectAt, textAt, textsAt } from "./armBody";
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
}

/**
 * What the settings say exists already in the subscription: the subnet to use, the hub to peer with. Azure refuses a
 * reference to what is not there, so the simulated one has them, as far as the settings tell what they are.
 */
export function existingResources(settings: Readonly<Record<string, unknown>>): ExistingResources {
  const network = settingWithName(settings, settingNames.network);
  const resources: ExistingResource[] = [];
  const notRehearsed: string[] = [];
  const add = (id: string, properties: PlainObject) => {
    const group = /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+/i.exec(id)?.[0];
    if (group) resources.push({ id: group, body: { location: "westeurope", properties: {} } });
    resources.push({ id, body: { location: "westeurope", properties } });
  };
  const subnetId = textAt(network, settingNames.existingSubnetId);
  const networkId = subnetId && /^(.*)\/subnets\/[^/]+$/i.exec(subnetId)?.[1];
  if (subnetId && networkId) {
    const prefix = textAt(network, settingNames.subnetPrefix) ?? "10.0.0.0/24";
    add(networkId, { addressSpace: { addressPrefixes: [prefix] }, subnets: [], provisioningState: "Succeeded" });
    resources.push({
      id: subnetId,
      body: { properties: { addressPrefix: prefix, provisioningState: "Succeeded" } },
    });
    notRehearsed.push("network.existingSubnetId: your subnet's own security group, routes and way out");
  }
  const hubId = textAt(network, settingNames.peerVirtualNetworkId);
  if (hubId) {
    const sources = textsAt(settingWithName(settings, settingNames.access), settingNames.managementSources);
    add(hubId, { addressSpace: { addressPrefixes: [...sources] }, subnets: [], provisioningState: "Succeeded" });
    notRehearsed.push("network.peerVirtualNetworkId: your hub, and its half of the peering");
  }
  return { resources, notRehearsed };
}

function settingWithName(settings: Readonly<Record<string, unknown>>, name: string) {
  const found = Object.entries(settings).find(([key]) => key.endsWith(`:${name}`));
  return objectAt(found?.[1]);
}
