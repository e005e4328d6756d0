import * as network from "@pulumi/azure-native/network";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../settings/settings";
import type { Shared } from "./shared";

/** How a subnet of our own gets out: by a NAT gateway, by a route to a firewall, or as somebody's route table says. */
export interface Egress {
  readonly natGatewayId?: pulumi.Output<string>;
  readonly routeTableId?: pulumi.Input<string>;
  /** Address that Entra ID sees, where it is ours. */
  readonly address?: pulumi.Output<string | undefined>;
  readonly members: readonly pulumi.Resource[];
}

/** Structure is read before the first resource; which of the two it is, is cross-checked there. */
export function egress(name: string, shared: Shared): Egress {
  const { structure, settings } = shared;
  const nat = structure.network.natGateway ? natGateway(name, shared) : undefined;
  const routes = structure.network.firewallAddress === undefined ? undefined : firewallRoutes(name, shared);
  const existing = structure.network.routeTableId === undefined ? undefined : settings.apply(existingRouteTable);
  const routeTableId = routes?.id ?? existing;
  return {
    ...(nat === undefined ? {} : { natGatewayId: nat.gateway.id, address: nat.address.ipAddress }),
    ...(routeTableId === undefined ? {} : { routeTableId }),
    members: [...(nat === undefined ? [] : [nat.address, nat.gateway]), ...(routes === undefined ? [] : [routes])],
  };
}

const existingRouteTable = ({ network: { routeTableId } }: Settings): string => routeTableId ?? "";

function natGateway(name: string, { structure, base, child }: Shared) {
  const address = new network.PublicIPAddress(
    `${name}-egress-address`,
    {
      ...base,
      publicIpAddressName: `${structure.name}-egress-ip`,
      sku: { name: "Standard" },
      publicIPAllocationMethod: "Static",
      publicIPAddressVersion: "IPv4",
      // No zone: the next generation may be built in another one, and Azure does not move an address between zones.
    },
    // Azure's answer names the gateway that uses it; a refresh would make an input of that.
    pulumi.mergeOptions(child, { ignoreChanges: ["natGateway"] }),
  );
  const gateway = new network.NatGateway(
    `${name}-egress`,
    {
      ...base,
      natGatewayName: `${structure.name}-nat`,
      sku: { name: "Standard" },
      publicIpAddresses: [{ id: address.id }],
      idleTimeoutInMinutes: 10,
    },
    child,
  );
  return { address, gateway };
}

function firewallRoutes(name: string, { structure, settings, base, child }: Shared): network.RouteTable {
  return new network.RouteTable(
    `${name}-routes`,
    {
      ...base,
      routeTableName: `${structure.name}-routes`,
      // Domain controllers behind a gateway of the hub stay reachable: its routes are learned beside this one.
      disableBgpRoutePropagation: false,
      routes: [
        {
          name: "firewall",
          addressPrefix: "0.0.0.0/0",
          nextHopType: "VirtualAppliance",
          nextHopIpAddress: settings.apply((known) => known.network.firewallAddress ?? ""),
        },
      ],
    },
    child,
  );
}
