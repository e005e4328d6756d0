import { ArmError, invalidReference } from "../arm/errors";
import { parseId } from "../arm/ids";
import type { StoredResource } from "../arm/store";
import { refuseName } from "../arm/values";
import { type JsonObject, objectsAt, put, same, textAt } from "../properties/json";
import type { Subscription } from "./resourceType";

export const networkTypes = {
  virtualNetwork: "Microsoft.Network/virtualNetworks",
  subnet: "Microsoft.Network/virtualNetworks/subnets",
  peering: "Microsoft.Network/virtualNetworks/virtualNetworkPeerings",
  interface: "Microsoft.Network/networkInterfaces",
  securityGroup: "Microsoft.Network/networkSecurityGroups",
  securityRule: "Microsoft.Network/networkSecurityGroups/securityRules",
  publicAddress: "Microsoft.Network/publicIPAddresses",
  natGateway: "Microsoft.Network/natGateways",
  routeTable: "Microsoft.Network/routeTables",
  bastion: "Microsoft.Network/bastionHosts",
  gateway: "Microsoft.Network/virtualNetworkGateways",
} as const;

/** An IP configuration of whatever kind of resource: interfaces, Bastion hosts, gateways, firewalls. */
export interface IpConfiguration {
  readonly id: string;
  readonly owner: StoredResource;
  readonly configuration: JsonObject;
}

export function ipConfigurations(subscription: Subscription): IpConfiguration[] {
  return subscription.all().flatMap((owner) =>
    objectsAt(owner.body, "properties.ipConfigurations").map((configuration) => ({
      id: textAt(configuration, "id") ?? `${owner.id}/ipConfigurations/${textAt(configuration, "name") ?? ""}`,
      owner,
      configuration,
    })),
  );
}

export function configurationsIn(subnetId: string, subscription: Subscription): IpConfiguration[] {
  return ipConfigurations(subscription).filter(({ owner, configuration }) => {
    return !same(owner.type, networkTypes.subnet) && same(textAt(configuration, "properties.subnet.id"), subnetId);
  });
}

/** What a public address is bound to: an IP configuration or a NAT gateway. */
export function userOfPublicAddress(addressId: string, subscription: Subscription): string | undefined {
  const configuration = ipConfigurations(subscription).find(({ configuration }) =>
    same(textAt(configuration, "properties.publicIPAddress.id"), addressId),
  );
  if (configuration) return configuration.id;
  return subscription
    .ofType(networkTypes.natGateway)
    .find((gateway) =>
      objectsAt(gateway.body, "properties.publicIpAddresses").some((found) => same(textAt(found, "id"), addressId)),
    )?.id;
}

/** Resources of a type whose body refers to `target` at `path`. */
export function referring(type: string, path: string, target: string, subscription: Subscription): StoredResource[] {
  return subscription.ofType(type).filter((resource) => same(textAt(resource.body, path), target));
}

export function mustExist(id: string | undefined, type: string, by: string, subscription: Subscription): void {
  if (id === undefined) return;
  const found = subscription.get(id);
  if (!found || !same(found.type, type)) throw invalidReference(id, by);
}

/** What a network is made of lies in one region and one subscription (azure-docs, virtual-network-network-interface.md). */
export function mustBeInRegion(id: string, location: string | undefined, by: string, subscription: Subscription): void {
  const found = subscription.get(id);
  if (found && !same(parseId(found.id)?.subscriptionId, parseId(by)?.subscriptionId))
    throw invalidReference(found.id, by);
  const region = textAt(found?.body, "location");
  if (found && region !== undefined && location !== undefined && !same(region, location))
    throw invalidReference(found.id, by);
}

export function inUse(code: string, message: string): ArmError {
  return new ArmError(400, code, message);
}

/** What every network resource carries. */
export function stamp(body: JsonObject, existing: StoredResource | undefined, subscription: Subscription): void {
  put(body, "properties.provisioningState", "Succeeded");
  put(body, "properties.resourceGuid", textAt(existing?.body, "properties.resourceGuid") ?? subscription.uuid());
  body.etag = `W/"${subscription.uuid()}"`;
}

/**
 * A storage account forgets a subnet that is deleted, and does not let in one that is made again under its name (Microsoft's
 * page on limitations of the storage firewall).
 */
export function forgottenByStorage(subnetId: string, subscription: Subscription): void {
  const path = "properties.networkAcls.virtualNetworkRules";
  for (const account of subscription.ofType("Microsoft.Storage/storageAccounts")) {
    const rules = objectsAt(account.body, path);
    const left = rules.filter((rule) => !same(textAt(rule, "id"), subnetId));
    if (left.length === rules.length) continue;
    put(account.body, path, left);
    subscription.save(account);
  }
}

export function references(ids: readonly string[]): JsonObject[] {
  return ids.map((id) => ({ id }));
}

/**
 * Children that ARM shows inside their parent (subnets, security rules, peerings) are resources of their own here.
 * Takes the list out of the parent's body and makes, changes and removes the children accordingly.
 */
export function storeChildren(
  parent: { readonly id: string; readonly apiVersion: string; readonly body: JsonObject },
  list: string,
  type: string,
  prepare: (child: { id: string; name: string; body: JsonObject; existing: StoredResource | undefined }) => void,
  refuseDelete: (child: StoredResource) => void,
  subscription: Subscription,
): () => void {
  const wanted = objectsAt(parent.body, `properties.${list}`);
  const kept = new Set<string>();
  const changes: StoredResource[] = [];
  for (const entry of wanted) {
    const name = textAt(entry, "name") ?? "";
    if (name === "")
      throw new ArmError(400, "InvalidRequestFormat", `An entry of '${list}' in ${parent.id} has no name.`);
    if (kept.has(name.toLowerCase()))
      throw new ArmError(400, "InvalidRequestFormat", `The name '${name}' is used twice in '${list}' of ${parent.id}.`);
    kept.add(name.toLowerCase());
    refuseName(type, name);
    const id = `${parent.id}/${list}/${name}`;
    const existing = subscription.get(id);
    const body: JsonObject = { ...entry, id, name, type };
    prepare({ id, name, body, existing });
    changes.push({
      id,
      type,
      name,
      apiVersion: parent.apiVersion,
      body,
      // What was made by itself stays a resource of its own when its parent is written around it.
      hidden: existing ? { ...existing.hidden } : { inline: true },
    });
  }
  const leaving = subscription
    .ofType(type)
    .filter((child) => same(child.id, `${parent.id}/${list}/${child.name}`) && !kept.has(child.name.toLowerCase()));
  for (const child of leaving) refuseDelete(child);
  put(parent.body, `properties.${list}`, undefined);
  return () => {
    for (const child of leaving) subscription.remove(child.id);
    for (const child of changes) subscription.save(child);
  };
}

/** The children as their parent shows them. */
export function shownChildren(
  parentId: string,
  type: string,
  bodyOf: (child: StoredResource) => JsonObject,
  subscription: Subscription,
): JsonObject[] {
  return subscription
    .ofType(type)
    .filter((child) => same(child.id.split("/").slice(0, -2).join("/"), parentId))
    .map(bodyOf);
}
