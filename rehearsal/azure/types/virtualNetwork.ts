import { ArmError } from "../arm/errors";
import type { StoredResource } from "../arm/store";
import { equal, type JsonObject, objectsAt, put, putDefault, same, textAt, textsAt } from "../properties/json";
import { contains, overlaps, type Range, range } from "./addresses";
import { subnetOfBastion } from "./bastion";
import { define } from "./define";
import { subnetShape, virtualNetworkShape } from "./networkShapes";
import {
  configurationsIn,
  forgottenByStorage,
  inUse,
  mustBeInRegion,
  mustExist,
  networkTypes,
  references,
  shownChildren,
  stamp,
  storeChildren,
} from "./networkUse";
import { preparePeering, settlePeering, shownPeering, virtualNetworkPath } from "./peering";
import type { Rules, Subscription } from "./resourceType";

const path = virtualNetworkPath;
const parentId = (id: string) => id.split("/").slice(0, -2).join("/");

/** Children waiting for their parent to be accepted. */
const pending = new WeakMap<JsonObject, () => void>();

const virtualNetworkRules: Rules = {
  put(request, subscription) {
    const { id, body, existing } = request;
    const prefixes = textsAt(body, "properties.addressSpace.addressPrefixes");
    if (prefixes.length === 0)
      throw new ArmError(
        400,
        "InvalidRequestFormat",
        `Virtual network ${id} has no address space: give addressSpace.addressPrefixes.`,
      );
    const space = prefixes.map((prefix) => range(prefix, id));
    refuseSpace(space, id);
    const seen: Range[] = [];
    const storeSubnets = storeChildren(
      request,
      "subnets",
      networkTypes.subnet,
      (child) => {
        const ranges = prepareSubnet(child, space, textAt(body, "location"), subscription);
        for (const found of ranges) {
          if (seen.some((other) => overlaps(found, other))) throw overlapping(child.name, parentId(child.id));
          seen.push(found);
        }
      },
      (child) => refuseSubnetDelete(child, subscription),
      subscription,
    );
    const storePeerings = storeChildren(
      request,
      "virtualNetworkPeerings",
      networkTypes.peering,
      (child) => preparePeering(child, subscription),
      () => {},
      subscription,
    );
    stamp(body, existing, subscription);
    putDefault(body, "properties.enableDdosProtection", false);
    pending.set(body, () => {
      storeSubnets();
      storePeerings();
      for (const child of subscription.inside(id))
        if (same(child.type, networkTypes.peering)) settlePeering(child, subscription);
    });
  },
  async operate(_resource, { body }) {
    pending.get(body)?.();
    pending.delete(body);
  },
  get(network, body, subscription) {
    put(
      body,
      "properties.subnets",
      shownChildren(network.id, networkTypes.subnet, (child) => shownSubnet(child, subscription), subscription),
    );
    put(
      body,
      "properties.virtualNetworkPeerings",
      shownChildren(network.id, networkTypes.peering, (child) => shownPeering(child, subscription), subscription),
    );
  },
  refuseDelete(network, subscription) {
    for (const child of subscription.inside(network.id))
      if (same(child.type, networkTypes.subnet)) refuseSubnetDelete(child, subscription);
  },
  async delete(network, subscription) {
    for (const child of subscription.inside(network.id)) {
      if (same(child.type, networkTypes.subnet)) forgottenByStorage(child.id, subscription);
      subscription.remove(child.id);
    }
    subscription.remove(network.id);
  },
};

export const virtualNetwork = define("network", "VirtualNetwork", {
  type: networkTypes.virtualNetwork,
  path,
  shape: virtualNetworkShape,
  maintained: ["properties.subnets", "properties.virtualNetworkPeerings"],
  filledByAzure: ["subnets.id", "subnets.etag", "subnets.provisioningState"],
  exclusive: (id) => id,
  rules: virtualNetworkRules,
});

export const subnet = define("network", "Subnet", {
  type: networkTypes.subnet,
  path: `${path}/subnets/{subnetName}`,
  shape: subnetShape,
  exclusive: parentId,
  rules: {
    put({ id, name, body, existing }, subscription) {
      const network = subscription.get(parentId(id));
      const space = textsAt(network?.body, "properties.addressSpace.addressPrefixes").map((prefix) =>
        range(prefix, id),
      );
      const ranges = prepareSubnet(
        { id, name, body, existing },
        space,
        textAt(network?.body, "location"),
        subscription,
      );
      const neighbours = subscription
        .ofType(networkTypes.subnet)
        .filter((other) => same(parentId(other.id), parentId(id)) && !same(other.id, id))
        .flatMap((other) => prefixesOf(other.body).map((prefix) => range(prefix, other.id)));
      if (ranges.some((found) => neighbours.some((other) => overlaps(found, other))))
        throw overlapping(name, parentId(id));
    },
    get(resource, body, subscription) {
      Object.assign(body, shownSubnet(resource, subscription));
    },
    refuseDelete: refuseSubnetDelete,
    async delete(resource, subscription) {
      forgottenByStorage(resource.id, subscription);
      for (const inner of subscription.inside(resource.id)) subscription.remove(inner.id);
      subscription.remove(resource.id);
    },
  },
});

/** Azure keeps these for itself (azure-docs, virtual-networks-faq.md); prefixes of one network do not overlap. */
const keptByAzure = ["224.0.0.0/4", "255.255.255.255/32", "127.0.0.0/8", "169.254.0.0/16", "168.63.129.16/32"];

function refuseSpace(space: readonly Range[], id: string): void {
  for (const [index, found] of space.entries()) {
    const kept = keptByAzure.find((prefix) => overlaps(found, range(prefix, id)));
    if (kept !== undefined)
      throw new ArmError(
        400,
        "AddressPrefixReserved",
        `The address prefix ${found.prefix} of virtual network ${id} overlaps ${kept}, which is reserved.`,
      );
    const other = space.slice(0, index).find((each) => overlaps(each, found));
    if (other !== undefined)
      throw new ArmError(
        400,
        "AddressPrefixesOverlap",
        `The address prefixes ${other.prefix} and ${found.prefix} of virtual network ${id} overlap.`,
      );
  }
}

/** Services with an endpoint in a subnet (azure-docs, virtual-network-service-endpoints-overview.md). */
const endpointServices = [
  "Microsoft.Storage",
  "Microsoft.Storage.Global",
  "Microsoft.Sql",
  "Microsoft.AzureCosmosDB",
  "Microsoft.KeyVault",
  "Microsoft.ServiceBus",
  "Microsoft.EventHub",
  "Microsoft.AzureActiveDirectory",
  "Microsoft.Web",
  "Microsoft.CognitiveServices",
  "Microsoft.ContainerRegistry",
];

/** Five addresses of a subnet are Azure's own: /29 is the smallest (the same FAQ). Code: terraform-provider-azurerm issue 10826. */
const fewestAddresses = 8;

function refuseShape(child: Child, ranges: readonly Range[], subscription: Subscription): void {
  for (const { first, last, prefix } of ranges)
    if (last - first + 1 < fewestAddresses)
      throw new ArmError(
        400,
        "NetcfgInvalidSubnet",
        `Subnet '${child.name}' is not valid in virtual network '${parentId(child.id).split("/").at(-1) ?? ""}': its prefix ${prefix} is smaller than /29.`,
      );
  for (const endpoint of objectsAt(child.body, "properties.serviceEndpoints")) {
    const service = textAt(endpoint, "service") ?? "";
    if (endpointServices.some((known) => same(known, service)) || subscription.alsoKnows(service)) continue;
    throw new ArmError(
      400,
      "InvalidServiceEndpointService",
      `Subnet ${child.id} names the service endpoint '${service}', which is none. Services: ${endpointServices.join(", ")}.`,
    );
  }
}

type Child = { id: string; name: string; body: JsonObject; existing: StoredResource | undefined };

function prefixesOf(body: JsonObject): string[] {
  const single = textAt(body, "properties.addressPrefix");
  return single === undefined ? textsAt(body, "properties.addressPrefixes") : [single];
}

function prepareSubnet(
  child: Child,
  space: readonly Range[],
  location: string | undefined,
  subscription: Subscription,
): Range[] {
  const { id, name, body, existing } = child;
  const prefixes = prefixesOf(body);
  if (prefixes.length === 0) throw new ArmError(400, "InvalidRequestFormat", `Subnet ${id} has no address prefix.`);
  const ranges = prefixes.map((prefix) => range(prefix, id));
  refuseShape(child, ranges, subscription);
  for (const found of ranges)
    if (!space.some((outer) => contains(outer, found)))
      throw new ArmError(
        400,
        "NetcfgSubnetRangeOutsideVnet",
        `Subnet '${name}' is not valid because its IP address range is outside the IP address range of virtual network '${parentId(id).split("/").at(-1) ?? ""}'.`,
      );
  const users = configurationsIn(id, subscription);
  if (existing && users.length > 0 && !equal(prefixesOf(existing.body), prefixes))
    throw inUse(
      "InUsePrefixCannotBeDeleted",
      `IpPrefix ${prefixesOf(existing.body).join(", ")} on Subnet ${name} has active allocations (${users.map((user) => user.id).join(", ")}) and cannot be deleted.`,
    );
  const reference = (part: string) => textAt(body, `properties.${part}.id`);
  for (const [part, type] of [
    ["networkSecurityGroup", networkTypes.securityGroup],
    ["natGateway", networkTypes.natGateway],
    ["routeTable", networkTypes.routeTable],
  ] as const) {
    const target = reference(part);
    if (target === undefined) continue;
    mustExist(target, type, id, subscription);
    mustBeInRegion(target, location, id, subscription);
  }
  subnetOfBastion(child, ranges);
  body.etag = `W/"${subscription.uuid()}"`;
  put(body, "properties.provisioningState", "Succeeded");
  putDefault(body, "properties.delegations", []);
  putDefault(body, "properties.privateEndpointNetworkPolicies", "Disabled");
  putDefault(body, "properties.privateLinkServiceNetworkPolicies", "Enabled");
  return ranges;
}

function overlapping(name: string, network: string): ArmError {
  return new ArmError(
    400,
    "NetcfgSubnetRangesOverlap",
    `Subnet '${name}' is not valid because its IP address range overlaps with that of an existing subnet in virtual network '${network.split("/").at(-1) ?? ""}'.`,
  );
}

function refuseSubnetDelete(subnetToDelete: StoredResource, subscription: Subscription): void {
  const users = configurationsIn(subnetToDelete.id, subscription).map((user) => user.id);
  if (users.length > 0)
    throw inUse(
      "InUseSubnetCannotBeDeleted",
      `Subnet ${subnetToDelete.name} is in use by ${users.join(", ")} and cannot be deleted. In order to delete the subnet, delete all the resources within the subnet.`,
    );
}

function shownSubnet(resource: StoredResource, subscription: Subscription): JsonObject {
  const body = structuredClone(resource.body);
  const users = configurationsIn(resource.id, subscription).map((user) => user.id);
  if (users.length > 0) put(body, "properties.ipConfigurations", references(users));
  return body;
}
