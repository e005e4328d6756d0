import { contains, isAddress, isPrivate } from "./addressRanges";
import type { ArmResource } from "./contract";
import { type NetworkInterface, type NetworkModel, readNetwork, type SecurityGroup } from "./networkModel";
import { firstMatch, type Packet, type TagScope } from "./securityRules";

export interface Attempt {
  /** Private address the connection comes from. */
  readonly from: string;
  /** Private address it goes to. */
  readonly to: string;
  readonly port: number;
  readonly protocol: "Tcp" | "Udp" | "Icmp";
  /** Default: one of the dynamic range (50000). */
  readonly sourcePort?: number;
}

export interface Surroundings {
  /** Prefixes with a way in from outside (gateway, the jump host's side); private ones are part of VirtualNetwork. */
  readonly connected?: readonly string[];
  /** Whether the machine with this resource id runs. Default: every machine does. */
  readonly isRunning?: (machineId: string) => boolean;
}

export interface Decision {
  readonly allowed: boolean;
  /** One plain sentence for the call log. */
  readonly reason: string;
  /** The machine that the destination address belongs to, where there is one. */
  readonly machineId?: string;
}

/**
 * Whether Azure's network would let a connection through: both security groups (interface and subnet) on both sides,
 * rules by priority, the default rules, peerings, and the power state of the machine. What is not allowed is silent.
 * Source: "network security groups" in facts/azure.md 4 and 11.6; the default rules are Azure's own.
 */
export function decide(resources: readonly ArmResource[], attempt: Attempt, surroundings: Surroundings = {}): Decision {
  if (!isAddress(attempt.to)) return denied(`${attempt.to} is not an address; names are not resolved here`);
  if (!isPrivate(attempt.to)) return denied(`${attempt.to} is not a private address of the simulated world`);
  const network = readNetwork(resources);
  const target = network.interfaceAt(attempt.to);
  if (!target) return denied(`no network interface has the address ${attempt.to}`);
  const machineId = target.machineId;
  if (!machineId) return denied(`the network interface ${target.name} at ${attempt.to} serves no machine`);
  const stopped = (reason: string): Decision => ({ allowed: false, reason, machineId });
  if (surroundings.isRunning && !surroundings.isRunning(machineId))
    return stopped(`the machine at ${attempt.to} is not running`);

  const source = isAddress(attempt.from) ? network.interfaceAt(attempt.from) : undefined;
  const connected = surroundings.connected ?? [];
  const route = routeBetween(network, attempt.from, source, target, connected);
  if (route) return stopped(route);

  const packet: Packet = {
    source: attempt.from,
    sourcePort: attempt.sourcePort ?? 50000,
    sourceGroups: source?.applicationSecurityGroups ?? [],
    destination: attempt.to,
    destinationPort: attempt.port,
    destinationGroups: target.applicationSecurityGroups,
    protocol: attempt.protocol,
  };
  const scopeOf = (side: NetworkInterface): TagScope => ({
    // What comes from a public address has a way in, but is not of the virtual network.
    virtualNetwork: [
      ...network.prefixesSeenFrom(side.virtualNetworkId),
      ...connected.filter((prefix) => isPrivate(prefix.split("/")[0] ?? "")),
    ],
  });
  const passed: string[] = [];
  const steps: [NetworkInterface | undefined, "Outbound" | "Inbound", ("interface" | "subnet")[]][] = [
    [source, "Outbound", ["interface", "subnet"]],
    [target, "Inbound", ["subnet", "interface"]],
  ];
  for (const [side, direction, order] of steps) {
    if (!side) continue;
    for (const place of order) {
      const group: SecurityGroup | undefined =
        place === "interface" ? side.securityGroup : network.subnet(side.subnetId)?.securityGroup;
      if (!group) continue;
      const rule = firstMatch(group.rules, direction, packet, scopeOf(side));
      const where = `${direction.toLowerCase()} rule ${rule.name} (${rule.priority}) of ${group.name} on the ${place}`;
      if (rule.access === "Deny") return stopped(`denied by ${where}`);
      passed.push(where);
    }
  }
  const reason = passed.length === 0 ? "no security group stands in the way" : `allowed by ${passed.join(", then ")}`;
  return { allowed: true, reason, machineId };
}

/** Why there is no route, or undefined where there is one. */
function routeBetween(
  network: NetworkModel,
  from: string,
  source: NetworkInterface | undefined,
  target: NetworkInterface,
  connected: readonly string[],
): string | undefined {
  if (!isAddress(from)) return `${from} is not an address`;
  // A way in from outside leads through the hub, where there is to be one.
  const near = network.prefixesSeenFrom(target.virtualNetworkId).some((prefix) => contains(prefix, from));
  if (network.isCutOff(target.virtualNetworkId) && !near)
    return `there is no route from ${from} to ${target.name}: the peering of its virtual network is not connected`;
  if (connected.some((prefix) => contains(prefix, from))) return undefined;
  if (source && network.arePeered(source.virtualNetworkId, target.virtualNetworkId)) return undefined;
  if (!source && near) return undefined;
  return `there is no route from ${from} to ${target.name}: their virtual networks are not peered`;
}

function denied(reason: string): Decision {
  return { allowed: false, reason };
}
