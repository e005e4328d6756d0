import type { PortMeaning } from "../../review/readiness/judge";
import type { Probe } from "../../scripts/assemble";
import type { GenerationSettings, Settings } from "../settings/settings";
import { type NeededPort, neededPorts } from "./neededPorts";
import type { Asked, Protocol } from "./portRow";

export interface SecurityRulePlan {
  readonly name: string;
  readonly description: string;
  readonly direction: "Inbound" | "Outbound";
  readonly access: "Allow" | "Deny";
  readonly priority: number;
  readonly protocol: "Tcp" | "Udp" | "*";
  readonly sourcePortRange: "*";
  readonly destinationPortRange?: string;
  readonly destinationPortRanges?: readonly string[];
  readonly sourceAddressPrefix?: string;
  readonly sourceAddressPrefixes?: readonly string[];
  readonly destinationAddressPrefix?: string;
  readonly destinationAddressPrefixes?: readonly string[];
}

const any = { sourcePortRange: "*", sourceAddressPrefix: "*", destinationAddressPrefix: "*" } as const;

/** Deny by default in both directions; what is allowed comes from the port table and from where people work. */
export function securityRules(
  settings: Pick<Settings, "network" | "domain" | "access">,
  block: Asked["block"],
): readonly SecurityRulePlan[] {
  const { access } = settings;
  const inbound: SecurityRulePlan[] = [
    {
      name: "in-ssh",
      description: "Pulumi's commands, from the jump host or the machine that runs Pulumi",
      direction: "Inbound",
      access: "Allow",
      priority: 200,
      protocol: "Tcp",
      sourcePortRange: "*",
      destinationPortRange: "22",
      sourceAddressPrefixes: access.managementSources,
      destinationAddressPrefix: "*",
    },
  ];
  if (access.remoteDesktopSources.length > 0)
    inbound.push({
      name: "in-remote-desktop",
      description: "The operator at the wizard, through Bastion or a privileged access workstation",
      direction: "Inbound",
      access: "Allow",
      priority: 210,
      protocol: "Tcp",
      sourcePortRange: "*",
      destinationPortRange: "3389",
      sourceAddressPrefixes: access.remoteDesktopSources,
      destinationAddressPrefix: "*",
    });
  const outbound = neededPorts({ settings, block }).flatMap((row) =>
    row.protocols.map((protocol, index) => outboundRule(row, protocol, row.priority + index)),
  );
  const denials = (["Inbound", "Outbound"] as const).map(
    (direction): SecurityRulePlan => ({
      name: direction === "Inbound" ? "in-deny-all" : "out-deny-all",
      description: "Everything else is denied, other machines of the virtual network included",
      direction,
      access: "Deny",
      priority: 4096,
      protocol: "*",
      destinationPortRange: "*",
      ...any,
    }),
  );
  return [...inbound, ...outbound, ...denials];
}

/** One value stands alone, as Azure writes it; a tag never stands in a list. */
function outboundRule(row: NeededPort, protocol: Protocol, priority: number): SecurityRulePlan {
  const [port] = row.ports;
  const [prefix] = row.target.prefixes;
  const alone = row.target.prefixes.length === 1 && prefix !== undefined && /^[A-Za-z]/.test(prefix);
  return {
    name: `out-${row.name}-${protocol.toLowerCase()}`,
    description: row.why,
    direction: "Outbound",
    access: "Allow",
    priority,
    protocol,
    sourcePortRange: "*",
    sourceAddressPrefix: "*",
    ...(row.ports.length === 1 ? { destinationPortRange: port } : { destinationPortRanges: row.ports }),
    ...(alone ? { destinationAddressPrefix: prefix } : { destinationAddressPrefixes: row.target.prefixes }),
  };
}

const probed = (asked: Asked): readonly NeededPort[] =>
  neededPorts(asked).filter(({ probe }) => probe.by !== "nothing");

/** The same table as attempts from inside the server. */
export function probes(settings: Asked["settings"], block: Asked["block"]): readonly Probe[] {
  return probed({ settings, block }).flatMap(({ target, ports, probe }) =>
    target.hosts.flatMap((host) =>
      ports.map((port) => ({ host, port: Number(port), ...(probe.by === "time" ? { by: "time" as const } : {}) })),
    ),
  );
}

/**
 * What each attempt means to whoever judges it.
 *
 * @param unknown settings that are not known in this preview: then any host is meant
 */
export function portMeanings(
  settings: Asked["settings"],
  block: Pick<GenerationSettings, "features" | "connect">,
  unknown: ReadonlySet<string> = new Set(),
): readonly PortMeaning[] {
  const guessed = ["domainControllers", "dnsServers", "host", "address"].some((name) => unknown.has(name));
  return probed({ settings, block }).flatMap(({ name, ports, why, whenAllClosed, target }) =>
    ports.map((port) => ({
      port: Number(port),
      protocol: name,
      why,
      whenAllClosed,
      ...(guessed ? {} : { hosts: target.hosts }),
    })),
  );
}
