import { type Body, idAt, listAt, objectAt, textAt, textsAt } from "./armBody";
import type { ArmResource } from "./contract";
import type { SecurityRule, Side } from "./securityRules";

export interface SecurityGroup {
  readonly name: string;
  readonly rules: readonly SecurityRule[];
}

export interface NetworkInterface {
  readonly name: string;
  readonly machineId?: string;
  readonly subnetId: string;
  readonly virtualNetworkId: string;
  readonly securityGroup?: SecurityGroup;
  readonly applicationSecurityGroups: readonly string[];
}

export interface Subnet {
  readonly securityGroup?: SecurityGroup;
}

/** The part of ARM's state that decides who reaches whom. All ids in lower case. */
export interface NetworkModel {
  interfaceAt(address: string): NetworkInterface | undefined;
  interfaceOf(machineId: string): NetworkInterface | undefined;
  subnet(id: string): Subnet | undefined;
  /** Address space of a virtual network and of those peered with it. */
  prefixesSeenFrom(virtualNetworkId: string): readonly string[];
  /** The same network, or a peering that stands on both sides. */
  arePeered(one: string, other: string): boolean;
  /** It is meant to be peered, and no peering of it stands on both sides: nothing private beyond it answers. */
  isCutOff(virtualNetworkId: string): boolean;
}

export function readNetwork(resources: readonly ArmResource[]): NetworkModel {
  const ofType = (type: string) => resources.filter((resource) => resource.type.toLowerCase() === type.toLowerCase());
  const groups = new Map<string, SecurityGroup>();
  const groupRules = ofType("Microsoft.Network/networkSecurityGroups/securityRules");
  for (const group of ofType("Microsoft.Network/networkSecurityGroups")) {
    const id = group.id.toLowerCase();
    const rules = new Map<string, SecurityRule>();
    const own = listAt(group.body, "properties", "securityRules").map((rule) => readRule(textAt(rule, "name"), rule));
    const separate = groupRules
      .filter((rule) => parentOf(rule.id) === id)
      .map((rule) => readRule(lastSegment(rule.id), rule.body));
    for (const rule of [...own, ...separate]) rules.set(rule.name.toLowerCase(), rule);
    groups.set(id, { name: group.name, rules: [...rules.values()] });
  }
  const groupAt = (value: unknown): SecurityGroup | undefined => {
    const id = idAt(value, "properties", "networkSecurityGroup", "id");
    // A group that is referred to but not there (not simulated) still has its default rules.
    return id === undefined ? undefined : (groups.get(id) ?? { name: lastSegment(id), rules: [] });
  };

  const spaces = new Map<string, readonly string[]>();
  const peerings = new Map<string, Set<string>>();
  const subnets = new Map<string, Subnet>();
  const addPeering = (network: string, peering: unknown) => {
    const remote = idAt(peering, "properties", "remoteVirtualNetwork", "id");
    if (!remote || objectAt(peering, "properties")?.allowVirtualNetworkAccess === false) return;
    peerings.set(network, (peerings.get(network) ?? new Set()).add(remote));
  };
  for (const network of ofType("Microsoft.Network/virtualNetworks")) {
    const id = network.id.toLowerCase();
    spaces.set(id, textsAt(network.body, "properties", "addressSpace", "addressPrefixes"));
    for (const subnet of listAt(network.body, "properties", "subnets"))
      subnets.set(`${id}/subnets/${(textAt(subnet, "name") ?? "").toLowerCase()}`, { securityGroup: groupAt(subnet) });
    for (const peering of listAt(network.body, "properties", "virtualNetworkPeerings")) addPeering(id, peering);
  }
  for (const subnet of ofType("Microsoft.Network/virtualNetworks/subnets"))
    subnets.set(subnet.id.toLowerCase(), { securityGroup: groupAt(subnet.body) });
  for (const peering of ofType("Microsoft.Network/virtualNetworks/virtualNetworkPeerings"))
    addPeering(parentOf(peering.id), peering.body);

  const machineOf = new Map<string, string>();
  for (const machine of ofType("Microsoft.Compute/virtualMachines"))
    for (const reference of listAt(machine.body, "properties", "networkProfile", "networkInterfaces")) {
      const id = idAt(reference, "id");
      if (id) machineOf.set(id, machine.id);
    }

  const byAddress = new Map<string, NetworkInterface>();
  for (const resource of ofType("Microsoft.Network/networkInterfaces"))
    for (const configuration of listAt(resource.body, "properties", "ipConfigurations")) {
      const address = textAt(configuration, "properties", "privateIPAddress");
      const subnetId = idAt(configuration, "properties", "subnet", "id");
      if (!address || !subnetId) continue;
      byAddress.set(address, {
        name: resource.name,
        machineId: machineOf.get(resource.id.toLowerCase()),
        subnetId,
        virtualNetworkId: parentOf(subnetId),
        securityGroup: groupAt(resource.body),
        applicationSecurityGroups: readGroups(configuration, "properties", "applicationSecurityGroups"),
      });
    }

  const peersOf = (id: string) =>
    [...(peerings.get(id) ?? [])].filter((remote) => !spaces.has(remote) || peerings.get(remote)?.has(id));
  return {
    interfaceAt: (address) => byAddress.get(address),
    interfaceOf: (machineId) =>
      [...byAddress.values()].find((each) => each.machineId?.toLowerCase() === machineId.toLowerCase()),
    subnet: (id) => subnets.get(id),
    prefixesSeenFrom: (id) => [id, ...peersOf(id)].flatMap((network) => spaces.get(network) ?? []),
    arePeered: (one, other) => one === other || peersOf(one).includes(other),
    isCutOff: (id) => (peerings.get(id)?.size ?? 0) > 0 && peersOf(id).length === 0,
  };
}

function readRule(name: string | undefined, value: unknown): SecurityRule {
  const properties = objectAt(value, "properties") ?? {};
  return {
    name: name ?? "(unnamed)",
    priority: typeof properties.priority === "number" ? properties.priority : 4096,
    direction: textAt(properties, "direction")?.toLowerCase() === "outbound" ? "Outbound" : "Inbound",
    access: textAt(properties, "access")?.toLowerCase() === "allow" ? "Allow" : "Deny",
    protocol: textAt(properties, "protocol") ?? "*",
    source: readSide(properties, "source"),
    destination: readSide(properties, "destination"),
  };
}

function readSide(properties: Body, side: "source" | "destination"): Side {
  return {
    prefixes: oneOrMany(properties, `${side}AddressPrefix`, `${side}AddressPrefixes`),
    applicationSecurityGroups: readGroups(properties, `${side}ApplicationSecurityGroups`),
    ports: oneOrMany(properties, `${side}PortRange`, `${side}PortRanges`),
  };
}

function oneOrMany(properties: Body, one: string, many: string): readonly string[] {
  const single = textAt(properties, one);
  return [...(single ? [single] : []), ...textsAt(properties, many)];
}

function readGroups(value: unknown, ...path: readonly string[]): readonly string[] {
  return listAt(value, ...path).flatMap((group) => idAt(group, "id") ?? []);
}

function parentOf(id: string): string {
  return id.toLowerCase().split("/").slice(0, -2).join("/");
}

function lastSegment(id: string): string {
  return id.slice(id.lastIndexOf("/") + 1);
}
