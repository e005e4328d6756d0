import type { PortMeaning } from "../../review/readiness/judge";
import type { Probe } from "../../scripts/assemble";
import type { NetworkSettings, Settings } from "../settings/settings";
import { type PortFeatures, type PortRow, portTable } from "./ports";

export interface SecurityRulePlan {
  readonly name: string;
  readonly description: string;
  readonly direction: "Inbound" | "Outbound";
  readonly access: "Allow" | "Deny";
  readonly priority: number;
  readonly protocol: "Tcp" | "Udp" | "*";
  readonly sourcePortRange: "*";
  readonly destinationPortRange: string;
  readonly sourceAddressPrefix?: string;
  readonly sourceAddressPrefixes?: readonly string[];
  readonly destinationAddressPrefix?: string;
  readonly destinationAddressPrefixes?: readonly string[];
}

type Target = Pick<SecurityRulePlan, "destinationAddressPrefix" | "destinationAddressPrefixes">;

function targetOf({ destination }: PortRow, network: NetworkSettings): Target {
  switch (destination.kind) {
    case "serviceTag":
      return { destinationAddressPrefix: destination.tag };
    case "dnsServers":
      return { destinationAddressPrefixes: network.dnsServers };
    case "domainControllers":
      return { destinationAddressPrefixes: network.domainControllers };
  }
}

const any = { sourcePortRange: "*", sourceAddressPrefix: "*", destinationAddressPrefix: "*" } as const;

/** Deny by default in both directions; what is allowed comes from the port table and from where people work. */
export function securityRules(
  { network, access, bastion }: Settings,
  features: PortFeatures,
): readonly SecurityRulePlan[] {
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
  const outbound = portTable
    .filter((row) => row.needed(features))
    .flatMap((row) => row.protocols.map((protocol) => ({ row, protocol })))
    .map(
      ({ row, protocol }, index): SecurityRulePlan => ({
        name: `out-${row.name}-${protocol.toLowerCase()}`,
        description: row.why,
        direction: "Outbound",
        access: "Allow",
        priority: 200 + index * 10,
        protocol,
        sourcePortRange: "*",
        sourceAddressPrefix: "*",
        destinationPortRange: row.ports,
        ...targetOf(row, network),
      }),
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

const probed = (features: PortFeatures): readonly PortRow[] =>
  portTable.filter((row) => row.probe !== "none" && row.needed(features));

/** The same table as attempts from inside the server. */
export function probes(network: NetworkSettings, features: PortFeatures): readonly Probe[] {
  return probed(features).flatMap((row) => {
    const hosts = row.destination.kind === "dnsServers" ? network.dnsServers : network.domainControllers;
    return hosts.map((host) => ({
      host,
      port: Number(row.ports),
      ...(row.probe === "time" ? { by: "time" as const } : {}),
    }));
  });
}

/** What each attempt means to whoever judges it. */
export function portMeanings(features: PortFeatures): readonly PortMeaning[] {
  return probed(features).map(({ name, ports, why, whenAllClosed }) => ({
    port: Number(ports),
    protocol: name,
    why,
    whenAllClosed,
  }));
}
