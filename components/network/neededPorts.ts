import { createHash } from "node:crypto";
import type { Severity } from "../../review/verdict";
import { endpointAddress, hasPrivateEndpoint } from "../archive/plan";
import type { ExtraOutboundSettings, NamedHostSettings } from "../settings/settings";
import { isAddress } from "./addresses";
import type { Asked, Destination, PortRow, Probing, Protocol } from "./portRow";
import { portTable } from "./ports";

/** Where a row leads for one server. */
export interface Target {
  /** For the rule: addresses, prefixes, or one service tag. */
  readonly prefixes: readonly string[];
  /** For the test from inside, and for people: names and addresses of single hosts. */
  readonly hosts: readonly string[];
}

/** A row of the table, or of the user's own, as one server needs it. */
export interface NeededPort {
  readonly name: string;
  readonly priority: number;
  readonly protocols: readonly Protocol[];
  readonly ports: readonly string[];
  readonly target: Target;
  readonly why: string;
  readonly neededBy: string;
  readonly probe: Probing;
  readonly whenAllClosed: Severity;
  readonly source: string;
}

export const connectedNetworks = "VirtualNetwork";

/**
 * Whether that tag means every address there is: it holds the prefixes of user-defined routes and default routes too
 * (Microsoft's page on service tags). Of an existing subnet nobody here knows its routes.
 */
export const tagIsEverything = ({
  network: { kind, firewallAddress, routeTableId, natGateway, useRemoteGateways },
}: Asked["settings"]): boolean =>
  kind === "new" &&
  (firewallAddress !== undefined || (!natGateway && (routeTableId !== undefined || useRemoteGateways)));

/** Addresses of its own, the virtual network with what it is connected to where only a name is known. */
function named(host: string | undefined, addresses: readonly string[]): Target {
  const own = host !== undefined && isAddress(host) && addresses.length === 0 ? [host] : addresses;
  return {
    prefixes: own.length === 0 ? [connectedNetworks] : own,
    hosts: host === undefined ? own : [host],
  };
}

const ofServer = (server: NamedHostSettings | undefined): Target =>
  named(server?.host, server?.address === undefined ? [] : [server.address]);

/** An account of somebody else's may be in any region. */
function ofArchive({ network, archive, location }: Asked["settings"]): Target {
  if (!hasPrivateEndpoint({ archive }))
    return { prefixes: [archive.accountId === undefined ? `Storage.${location}` : "Storage"], hosts: [] };
  const address = endpointAddress({ network, archive });
  return { prefixes: [address], hosts: [address] };
}

function targetOf(destination: Destination, { settings, block }: Asked): Target {
  const { network } = settings;
  switch (destination.kind) {
    case "serviceTag":
      return { prefixes: [destination.tag], hosts: [] };
    case "archive":
      return ofArchive(settings);
    case "published":
      return { prefixes: destination.addresses, hosts: destination.addresses };
    case "dnsServers":
      return { prefixes: network.dnsServers, hosts: network.dnsServers };
    case "domainControllers":
      return { prefixes: network.domainControllers, hosts: network.domainControllers };
    case "proxy":
    case "wsus":
      return ofServer(network[destination.kind]);
    case "database": {
      const { database } = block.connect;
      return database.kind === "sqlServer"
        ? named(database.server, database.addresses ?? [])
        : { prefixes: [], hosts: [] };
    }
  }
}

function probeHere(probe: Probing, asked: Asked): Probing {
  if (probe.by === "nothing" || (probe.where?.(asked) ?? true)) return probe;
  return { by: "nothing", because: `only ${probe.said ?? "elsewhere"}` };
}

function tableRow(row: PortRow, asked: Asked): NeededPort {
  const { name, priority, protocols, ports, why, neededBy, probe, whenAllClosed, source } = row;
  return {
    name,
    priority,
    protocols,
    ports: typeof ports === "string" ? [ports] : ports.of(asked),
    target: targetOf(row.destination, asked),
    why,
    neededBy,
    probe: probeHere(probe, asked),
    whenAllClosed: typeof whenAllClosed === "function" ? whenAllClosed(asked) : whenAllClosed,
    source,
  };
}

/** More attempts than this in one row would make the answer long and prove nothing more. */
const mostAttempts = 16;

function probeOf({ addresses, ports, protocol }: ExtraOutboundSettings): Probing {
  if (protocol === "udp") return { by: "nothing", because: "UDP by itself proves nothing" };
  if (addresses === undefined) return { by: "nothing", because: "a service tag has no address to try" };
  if (ports.some((each) => each.includes("-"))) return { by: "nothing", because: "it has a range of ports" };
  if (addresses.some((each) => singleAddress(each) === undefined))
    return { by: "nothing", because: "it has a prefix, of which nobody knows who answers" };
  return addresses.length * ports.length > mostAttempts
    ? { by: "nothing", because: `it would be more than ${mostAttempts} attempts` }
    : { by: "connect" };
}

function singleAddress(text: string): string | undefined {
  const [address = "", bits] = text.split("/");
  return bits === undefined || bits === "32" ? address : undefined;
}

function extraRow(row: ExtraOutboundSettings, priority: number): NeededPort {
  const { name, addresses, serviceTag, ports, protocol, reason } = row;
  return {
    name,
    priority,
    protocols: [protocol === "udp" ? "Udp" : "Tcp"],
    ports,
    target: {
      prefixes: addresses ?? (serviceTag === undefined ? [] : [serviceTag]),
      hosts: (addresses ?? []).flatMap((each) => singleAddress(each) ?? []),
    },
    why: reason,
    neededBy: `network.extraOutbound: ${name}`,
    probe: probeOf(row),
    whenAllClosed: "warning",
    source: "the settings",
  };
}

/** Priorities of the user's own rows: behind the table's, before the denial. */
export const extraPriorities = { first: 1000, count: 3000 } as const;

/**
 * From its name, so that a row that comes or goes moves no other. Two names that fall on one number (rare in 3000) are told
 * apart in the order of the alphabet: of these two the later one moves on.
 */
export function prioritiesOf(names: readonly string[]): ReadonlyMap<string, number> {
  const taken = new Set<number>();
  const priorities = new Map<string, number>();
  for (const name of [...names].sort()) {
    let slot = createHash("sha256").update(name).digest().readUInt32BE(0) % extraPriorities.count;
    while (taken.has(slot)) slot = (slot + 1) % extraPriorities.count;
    taken.add(slot);
    priorities.set(name, extraPriorities.first + slot);
  }
  return priorities;
}

/** Everything that this server has to reach, in the order of the table. */
export function neededPorts(asked: Asked): readonly NeededPort[] {
  const extra = asked.settings.network.extraOutbound;
  const priorities = prioritiesOf(extra.map(({ name }) => name));
  return [
    ...portTable.filter((row) => row.needed(asked)).map((row) => tableRow(row, asked)),
    ...extra.map((row) => extraRow(row, priorities.get(row.name) ?? extraPriorities.first)),
  ];
}
