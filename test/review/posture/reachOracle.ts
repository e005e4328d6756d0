import { addressesOf } from "../../../review/posture/addresses";
import { covers } from "../../../review/posture/intervals";
import type { Place } from "../../../review/posture/places";
import type { Traffic } from "../../../review/posture/securityRules";

/** One end of a single packet: its address, and the named groups that this address is of. */
export interface End {
  readonly address: string;
  readonly groups: readonly string[];
}

export interface Packet {
  readonly direction: "Inbound" | "Outbound";
  readonly source: End;
  readonly destination: End;
  readonly protocol: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
}

/** A rule as it is written. */
export interface WrittenRule {
  readonly name: string;
  readonly access: string;
  readonly direction: string;
  readonly priority: number;
  readonly protocol: string;
  readonly sourceAddressPrefixes: readonly string[];
  readonly destinationAddressPrefixes: readonly string[];
  readonly sourcePortRanges: readonly string[];
  readonly destinationPortRanges: readonly string[];
}

const bits = (address: string): { readonly family: number; readonly value: bigint } => {
  if (!address.includes(":"))
    return { family: 4, value: address.split(".").reduce((sum, part) => sum * 256n + BigInt(part), 0n) };
  const [head = "", tail = ""] = address.split("::");
  const parts = (text: string) => (text === "" ? [] : text.split(":"));
  const zeros = Array.from({ length: 8 - parts(head).length - parts(tail).length }, () => "0");
  const all = address.includes("::") ? [...parts(head), ...zeros, ...parts(tail)] : parts(head);
  return { family: 6, value: all.reduce((sum, part) => sum * 65536n + BigInt(`0x${part}`), 0n) };
};

/** By shifting bits: nothing of the code under test. */
function isInPrefix(address: string, prefix: string): boolean {
  const [base = "", length] = prefix.split("/");
  const [own, other] = [bits(address), bits(base)];
  if (own.family !== other.family) return false;
  const width = own.family === 4 ? 32 : 128;
  const shift = BigInt(width - Number(length ?? width));
  return own.value >> shift === other.value >> shift;
}

function fitsEnd(end: End, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => {
    if (prefix === "*") return true;
    if (/^[A-Za-z]/.test(prefix) && !prefix.includes(":")) return end.groups.includes(prefix);
    return isInPrefix(end.address, prefix);
  });
}

function fitsPort(port: number, ranges: readonly string[]): boolean {
  return ranges.some((range) => {
    if (range === "*") return true;
    const [from = "", to = from] = range.split("-");
    return port >= Number(from) && port <= Number(to);
  });
}

function fits(packet: Packet, rule: WrittenRule): boolean {
  return (
    rule.direction === packet.direction &&
    (rule.protocol === "*" || rule.protocol === packet.protocol) &&
    fitsEnd(packet.source, rule.sourceAddressPrefixes) &&
    fitsEnd(packet.destination, rule.destinationAddressPrefixes) &&
    fitsPort(packet.sourcePort, rule.sourcePortRanges) &&
    fitsPort(packet.destinationPort, rule.destinationPortRanges)
  );
}

const builtIn = (
  direction: string,
  priority: number,
  access: string,
  source: string,
  destination: string,
): WrittenRule => ({
  name: "built in",
  access,
  direction,
  priority,
  protocol: "*",
  sourceAddressPrefixes: [source],
  destinationAddressPrefixes: [destination],
  sourcePortRanges: ["*"],
  destinationPortRanges: ["*"],
});

const azures: readonly WrittenRule[] = [
  builtIn("Inbound", 65000, "Allow", "VirtualNetwork", "VirtualNetwork"),
  builtIn("Inbound", 65001, "Allow", "AzureLoadBalancer", "*"),
  builtIn("Inbound", 65500, "Deny", "*", "*"),
  builtIn("Outbound", 65000, "Allow", "VirtualNetwork", "VirtualNetwork"),
  builtIn("Outbound", 65001, "Allow", "*", "Internet"),
  builtIn("Outbound", 65500, "Deny", "*", "*"),
];

/** Packet by packet, rule by rule, as Azure does it. */
export function isAllowed(packet: Packet, rules: readonly WrittenRule[]): boolean {
  const [first] = [...rules, ...azures].filter((rule) => fits(packet, rule)).sort((a, b) => a.priority - b.priority);
  return first?.access === "Allow";
}

/** A dozen addresses, asked for a million times. */
const written = new Map<string, ReturnType<typeof addressesOf>>();
function addressesAt({ address }: End): NonNullable<ReturnType<typeof addressesOf>> {
  const known = written.get(address) ?? addressesOf(address) ?? [];
  written.set(address, known);
  return known;
}

function isAt(end: End, place: Place): boolean {
  const has = (key: string) => end.groups.some((group) => group.toLowerCase() === key);
  return (
    covers(place.addresses, addressesAt(end)) &&
    place.inside.every(({ key }) => has(key)) &&
    !place.outside.some(({ key }) => has(key))
  );
}

export function isIn(packet: Packet, traffic: readonly Traffic[]): boolean {
  const port = (value: number) => [[BigInt(value), BigInt(value)]] as const;
  return traffic.some(
    (each) =>
      each.direction === packet.direction &&
      each.protocols.some((protocol) => protocol === packet.protocol) &&
      covers(each.sourcePorts, port(packet.sourcePort)) &&
      covers(each.destinationPorts, port(packet.destinationPort)) &&
      isAt(packet.source, each.source) &&
      isAt(packet.destination, each.destination),
  );
}

/** Ends that can be: what is known of the groups holds for them. */
export const outsideEnds: readonly End[] = [
  { address: "203.0.113.5", groups: ["Internet"] },
  { address: "203.0.113.200", groups: ["Internet"] },
  { address: "20.1.1.1", groups: ["Internet", "AzureCloud"] },
  { address: "20.1.1.1", groups: ["Internet", "AzureCloud", "Storage", "Storage.WestEurope"] },
  { address: "20.1.1.2", groups: ["Internet", "Storage"] },
  { address: "2001:db8::5", groups: ["Internet"] },
  { address: "10.9.0.4", groups: [] },
  { address: "168.63.129.16", groups: ["AzureLoadBalancer"] },
];
export const insideEnds: readonly End[] = [
  { address: "10.0.0.4", groups: ["VirtualNetwork"] },
  { address: "10.0.1.4", groups: ["VirtualNetwork"] },
  { address: "203.0.113.5", groups: ["VirtualNetwork"] },
  { address: "fd00::4", groups: ["VirtualNetwork"] },
];
