import type { PortMeaning } from "../../review/readiness/judge";
import type { Probe } from "../../scripts/assemble";
import type { GenerationSettings, Settings } from "../settings/settings";
import { fenceRuleName } from "./fenceRule";
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

/** Above every other rule, ports of the domain included: a fenced server writes to Active Directory no more than to Entra ID. */
const fenceRule: SecurityRulePlan = {
  name: fenceRuleName,
  description: "Declared fenced: everything outbound is denied (connections that stand survive it)",
  direction: "Outbound",
  access: "Deny",
  priority: 100,
  protocol: "*",
  destinationPortRange: "*",
  ...any,
};

/** Deny by default in both directions; what is allowed comes from the port table and from where people work. */
export function securityRules(
  settings: Asked["settings"] & Pick<Settings, "access" | "bastion">,
  block: Asked["block"] & Partial<Pick<GenerationSettings, "role" | "fence">>,
): readonly SecurityRulePlan[] {
  const { access, bastion } = settings;
  const inbound: SecurityRulePlan[] = [];
  const letIn = (
    name: string,
    priority: number,
    port: string,
    description: string,
    sources: Pick<SecurityRulePlan, "sourceAddressPrefix" | "sourceAddressPrefixes">,
  ): void => {
    inbound.push({
      name,
      description,
      direction: "Inbound",
      access: "Allow",
      priority,
      protocol: "Tcp",
      sourcePortRange: "*",
      destinationPortRange: port,
      ...sources,
      destinationAddressPrefix: "*",
    });
  };
  if (access.managementSources.length > 0)
    letIn("in-ssh", 200, "22", "Pulumi's commands, from the jump host or the machine that runs Pulumi", {
      sourceAddressPrefixes: access.managementSources,
    });
  if (access.remoteDesktopSources.length > 0)
    letIn(
      "in-remote-desktop",
      210,
      "3389",
      "The operator at the wizard, through Bastion or a privileged access workstation",
      {
        sourceAddressPrefixes: access.remoteDesktopSources,
      },
    );
  if (bastion !== undefined) {
    const fromBastion = { sourceAddressPrefix: bastion.subnetPrefix };
    if (access.tunnel !== undefined)
      letIn("in-bastion-ssh", 220, "22", "Pulumi's commands, through a tunnel of Bastion", fromBastion);
    letIn("in-bastion-remote-desktop", 230, "3389", "The operator at the wizard, through Bastion", fromBastion);
  }
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
  const fence = block.role === "fenced" && block.fence?.cutOutbound === true ? [fenceRule] : [];
  return [...inbound, ...fence, ...outbound, ...denials];
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
