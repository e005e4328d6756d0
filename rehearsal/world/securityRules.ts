import { contains, isPrivate } from "./addressRanges";

/** One rule of a network security group, lists and single values brought into one form. */
export interface SecurityRule {
  readonly name: string;
  readonly priority: number;
  readonly direction: "Inbound" | "Outbound";
  readonly access: "Allow" | "Deny";
  /** As ARM has it: `*`, `Tcp`, `Udp`, `Icmp`, `Esp`, `Ah`. */
  readonly protocol: string;
  readonly source: Side;
  readonly destination: Side;
}

export interface Side {
  /** `*`, prefixes, addresses and service tags. */
  readonly prefixes: readonly string[];
  /** Resource ids in lower case. */
  readonly applicationSecurityGroups: readonly string[];
  /** `*`, `22`, `49152-65535`. */
  readonly ports: readonly string[];
}

export interface Packet {
  readonly source: string;
  readonly sourcePort: number;
  readonly sourceGroups: readonly string[];
  readonly destination: string;
  readonly destinationPort: number;
  readonly destinationGroups: readonly string[];
  readonly protocol: "Tcp" | "Udp" | "Icmp";
}

/** What the service tags mean where the rule stands. */
export interface TagScope {
  /** Own, peered and connected prefixes. */
  readonly virtualNetwork: readonly string[];
}

const any: Side = { prefixes: ["*"], applicationSecurityGroups: [], ports: ["*"] };
const from = (tag: string): Side => ({ ...any, prefixes: [tag] });

function standard(
  name: string,
  priority: number,
  direction: SecurityRule["direction"],
  access: SecurityRule["access"],
  source: Side,
  destination: Side,
): SecurityRule {
  return { name, priority, direction, access, protocol: "*", source, destination };
}

/** The rules every group ends with; Azure shows them as defaultSecurityRules. */
export const defaultRules: readonly SecurityRule[] = [
  standard("AllowVnetInBound", 65000, "Inbound", "Allow", from("VirtualNetwork"), from("VirtualNetwork")),
  standard("AllowAzureLoadBalancerInBound", 65001, "Inbound", "Allow", from("AzureLoadBalancer"), any),
  standard("DenyAllInBound", 65500, "Inbound", "Deny", any, any),
  standard("AllowVnetOutBound", 65000, "Outbound", "Allow", from("VirtualNetwork"), from("VirtualNetwork")),
  standard("AllowInternetOutBound", 65001, "Outbound", "Allow", any, from("Internet")),
  standard("DenyAllOutBound", 65500, "Outbound", "Deny", any, any),
];

const refusal = standard("DenyAll", 65500, "Inbound", "Deny", any, any);

/** The rule that decides: the first by priority, the default rules last. */
export function firstMatch(
  rules: readonly SecurityRule[],
  direction: SecurityRule["direction"],
  packet: Packet,
  scope: TagScope,
): SecurityRule {
  const ordered = [...rules, ...defaultRules]
    .filter((rule) => rule.direction === direction)
    .sort((a, b) => a.priority - b.priority);
  return ordered.find((rule) => matches(rule, packet, scope)) ?? refusal;
}

function matches(rule: SecurityRule, packet: Packet, scope: TagScope): boolean {
  return (
    (rule.protocol === "*" || rule.protocol.toLowerCase() === packet.protocol.toLowerCase()) &&
    matchesSide(rule.source, packet.source, packet.sourcePort, packet.sourceGroups, packet.protocol, scope) &&
    matchesSide(
      rule.destination,
      packet.destination,
      packet.destinationPort,
      packet.destinationGroups,
      packet.protocol,
      scope,
    )
  );
}

function matchesSide(
  side: Side,
  address: string,
  port: number,
  groups: readonly string[],
  protocol: Packet["protocol"],
  scope: TagScope,
): boolean {
  const place =
    side.applicationSecurityGroups.length > 0
      ? side.applicationSecurityGroups.some((group) => groups.includes(group))
      : side.prefixes.some((prefix) => matchesPrefix(prefix, address, scope));
  return place && (protocol === "Icmp" || side.ports.some((range) => matchesPort(range, port)));
}

function matchesPrefix(prefix: string, address: string, scope: TagScope): boolean {
  switch (prefix.toLowerCase()) {
    case "*":
    case "any":
    case "0.0.0.0/0":
      return true;
    case "virtualnetwork":
      return scope.virtualNetwork.some((range) => contains(range, address));
    case "azureloadbalancer":
      return address === "168.63.129.16";
    case "internet":
      return !isPrivate(address) && !scope.virtualNetwork.some((range) => contains(range, address));
    default:
      // Any other service tag stands for public addresses of Azure: never one of this world's machines.
      return contains(prefix, address);
  }
}

function matchesPort(range: string, port: number): boolean {
  if (range === "*") return true;
  const [first, last] = range.split("-").map(Number);
  if (first === undefined) return false;
  return port >= first && port <= (last ?? first);
}
