import * as network from "@pulumi/azure-native/network";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../settings/settings";

export interface NetworkArgs {
  readonly structure: Settings;
  readonly settings: pulumi.Output<Settings>;
  readonly resourceGroupName: pulumi.Input<string>;
  /** While a generation is active, nothing here changes unless the settings acknowledge it. */
  readonly untouched: boolean;
  /** The engine itself refuses to delete what an active server stands on. */
  readonly standsUnderActive: boolean;
}

/**
 * What the generations of one server share of the network, unless an existing subnet is named: a virtual network with a
 * private subnet whose only way out is a NAT gateway with a fixed address (for Conditional Access on the connector's
 * identity). Security groups belong to the generations.
 */
export class Network extends pulumi.ComponentResource {
  readonly subnetId: pulumi.Output<string>;
  /** Address that Entra ID sees; undefined with an existing subnet, whose egress is not ours. */
  readonly egressAddress: pulumi.Output<string | undefined>;
  /** Everything here that carries the server's traffic: none of it may go before the guard has passed. */
  readonly members: readonly pulumi.Resource[];

  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("entra-connect:network:Network", name, {}, opts);
    const { structure, settings } = args;
    if (structure.network.kind === "existing") {
      this.subnetId = settings.apply((known) => known.network.existingSubnetId ?? "");
      this.egressAddress = pulumi.output(undefined);
      this.members = [];
    } else {
      const own = this.ownNetwork(name, args);
      this.subnetId = own.subnet.id;
      this.egressAddress = own.address.ipAddress;
      this.members = own.members;
    }
    this.registerOutputs({ subnetId: this.subnetId, egressAddress: this.egressAddress });
  }

  private ownNetwork(name: string, args: NetworkArgs) {
    const { structure, settings, resourceGroupName } = args;
    const child: pulumi.CustomResourceOptions = {
      parent: this,
      ignoreChanges: args.untouched ? ["*"] : [],
      protect: args.standsUnderActive,
    };
    const serverName = structure.name;
    const base = { resourceGroupName, location: structure.location, tags: settings.apply((known) => known.tags) };
    const address = new network.PublicIPAddress(
      `${name}-egress-address`,
      {
        ...base,
        publicIpAddressName: `${serverName}-egress-ip`,
        sku: { name: "Standard" },
        publicIPAllocationMethod: "Static",
        publicIPAddressVersion: "IPv4",
        // No zone: the next generation may be built in another one, and Azure does not move an address between zones.
      },
      // Azure's answer names the gateway that uses it; a refresh would make an input of that.
      pulumi.mergeOptions(child, { ignoreChanges: ["natGateway"] }),
    );
    const egress = new network.NatGateway(
      `${name}-egress`,
      {
        ...base,
        natGatewayName: `${serverName}-nat`,
        sku: { name: "Standard" },
        publicIpAddresses: [{ id: address.id }],
        idleTimeoutInMinutes: 10,
      },
      child,
    );
    const virtualNetwork = new network.VirtualNetwork(
      `${name}-vnet`,
      {
        ...base,
        virtualNetworkName: `${serverName}-vnet`,
        addressSpace: { addressPrefixes: [structure.network.addressSpace ?? structure.network.subnetPrefix] },
        dhcpOptions: settings.apply((known) => ({ dnsServers: [...known.network.dnsServers] })),
      },
      child,
    );
    const subnet = new network.Subnet(
      `${name}-subnet`,
      {
        resourceGroupName,
        virtualNetworkName: virtualNetwork.name,
        subnetName: "entra-connect",
        addressPrefix: structure.network.subnetPrefix,
        // Never rely on default outbound access; the declared way out is the NAT gateway.
        defaultOutboundAccess: false,
        natGateway: { id: egress.id },
      },
      child,
    );
    const members: pulumi.Resource[] = [address, egress, virtualNetwork, subnet];
    if (structure.network.peerVirtualNetworkId !== undefined)
      members.push(
        new network.VirtualNetworkPeering(
          `${name}-peering`,
          {
            resourceGroupName,
            virtualNetworkName: virtualNetwork.name,
            virtualNetworkPeeringName: "hub",
            remoteVirtualNetwork: settings.apply((known) => ({ id: known.network.peerVirtualNetworkId })),
            allowVirtualNetworkAccess: true,
            allowForwardedTraffic: true,
          },
          // Azure changes a virtual network one request at a time.
          { ...child, dependsOn: [subnet] },
        ),
      );
    return { address, subnet, members };
  }
}
