import * as network from "@pulumi/azure-native/network";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../settings/settings";
import { securityRules } from "./plan";

export interface NetworkArgs {
  readonly settings: Settings;
  readonly resourceGroupName: pulumi.Input<string>;
}

/**
 * Network prerequisites of one server, shared by its generations: a security group from the port table, and, unless an
 * existing subnet is named, a virtual network with a private subnet whose only way out is a NAT gateway with a fixed
 * address (for Conditional Access on the connector's identity).
 */
export class Network extends pulumi.ComponentResource {
  readonly subnetId: pulumi.Output<string>;
  readonly securityGroupId: pulumi.Output<string>;
  /** Address that Entra ID sees; undefined with an existing subnet, whose egress is not ours. */
  readonly egressAddress: pulumi.Output<string | undefined>;
  /** Everything here that carries the server's traffic: none of it may go before the guard has passed. */
  readonly members: readonly pulumi.Resource[];

  constructor(name: string, { settings, resourceGroupName }: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("entra-connect:network:Network", name, {}, opts);
    const { location, tags } = settings;
    const base = { resourceGroupName, location, tags };
    const child = { parent: this };

    const securityGroup = new network.NetworkSecurityGroup(
      `${name}-security`,
      {
        ...base,
        networkSecurityGroupName: `${settings.server.name}-nsg`,
        securityRules: securityRules(settings).map((rule) => ({
          ...rule,
          sourceAddressPrefixes: rule.sourceAddressPrefixes && [...rule.sourceAddressPrefixes],
          destinationAddressPrefixes: rule.destinationAddressPrefixes && [...rule.destinationAddressPrefixes],
        })),
      },
      child,
    );
    this.securityGroupId = securityGroup.id;

    if (settings.network.existingSubnetId !== undefined) {
      this.subnetId = pulumi.output(settings.network.existingSubnetId);
      this.egressAddress = pulumi.output(undefined);
      this.members = [securityGroup];
    } else {
      const own = this.ownNetwork(name, settings, base, securityGroup.id);
      this.subnetId = own.subnet.id;
      this.egressAddress = own.address.ipAddress;
      this.members = [securityGroup, ...own.members];
    }
    this.registerOutputs({ subnetId: this.subnetId, egressAddress: this.egressAddress });
  }

  private ownNetwork(
    name: string,
    settings: Settings,
    base: { resourceGroupName: pulumi.Input<string>; location: string; tags: Readonly<Record<string, string>> },
    securityGroupId: pulumi.Input<string>,
  ) {
    const child = { parent: this };
    const serverName = settings.server.name;
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
      child,
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
      `${name}-network`,
      {
        ...base,
        virtualNetworkName: `${serverName}-vnet`,
        addressSpace: { addressPrefixes: [settings.network.addressSpace ?? settings.network.subnetPrefix] },
        dhcpOptions: { dnsServers: [...settings.network.dnsServers] },
      },
      child,
    );
    const subnet = new network.Subnet(
      `${name}-subnet`,
      {
        resourceGroupName: base.resourceGroupName,
        virtualNetworkName: virtualNetwork.name,
        subnetName: "entra-connect",
        addressPrefix: settings.network.subnetPrefix,
        // Never rely on default outbound access; the declared way out is the NAT gateway.
        defaultOutboundAccess: false,
        natGateway: { id: egress.id },
        networkSecurityGroup: { id: securityGroupId },
      },
      child,
    );
    const members: pulumi.Resource[] = [address, egress, virtualNetwork, subnet];
    if (settings.network.peerVirtualNetworkId !== undefined)
      members.push(
        new network.VirtualNetworkPeering(
          `${name}-peering`,
          {
            resourceGroupName: base.resourceGroupName,
            virtualNetworkName: virtualNetwork.name,
            virtualNetworkPeeringName: "hub",
            remoteVirtualNetwork: { id: settings.network.peerVirtualNetworkId },
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
