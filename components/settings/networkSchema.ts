import { type forms, ipv4, prefix, reason, until } from "./forms";
import { extraOutbound, namedHost } from "./outboundSchema";

const otherStack = "[refused: build another server in a stack of its own]";
const underActive = "Refused while a generation is active, unless network.changeUnderActive stands";

export const network = {
  type: "object",
  additionalProperties: false,
  required: ["subnetPrefix", "domainControllers"],
  properties: {
    existingSubnetId: {
      type: "string",
      format: "subnet-id" satisfies keyof typeof forms,
      description: `Resource id of a subnet with its own egress path, in any letter case. Without it a network of our own is made. ${otherStack}`,
    },
    addressSpace: {
      ...prefix,
      description: `Address space of a network of our own; default: the subnet's prefix. [in place where Azure allows it. ${underActive}]`,
    },
    subnetPrefix: {
      ...prefix,
      description: `Prefix of the subnet, of our own or existing, /29 or larger. ${otherStack}`,
    },
    domainControllers: {
      type: "array",
      items: ipv4,
      minItems: 1,
      uniqueItems: true,
      description: `Addresses of writable domain controllers, of every forest. [in place: security group rules of passive generations. Refused like network.dnsServers where it is the DNS servers too]`,
    },
    dnsServers: {
      type: "array",
      items: ipv4,
      minItems: 1,
      uniqueItems: true,
      description: `DNS servers of the servers' network interfaces; default: the domain controllers. [in place; needs a restart of the server. ${underActive}]`,
    },
    peerVirtualNetworkId: {
      type: "string",
      format: "virtual-network-id" satisfies keyof typeof forms,
      description: `Hub to peer a network of our own with, in any letter case; default: none. \`up\` makes our half and stops before the first machine until the hub's half is there too (makeBothHalves, or the hub's owner). [in place: another hub makes the halves anew; between the two nothing is reached. ${underActive}]`,
    },
    makeBothHalves: {
      type: "boolean",
      default: false,
      description: `Make the hub's half of the peering too; whoever runs Pulumi then needs Microsoft.Network/virtualNetworks/virtualNetworkPeerings/write on the hub and /peer/action on both networks. In another subscription the same sign-in is used, from ARM_* variables, az login or the stack's azure-native settings (never a client secret from there). Where the hub's owner has made it, it is not adopted: leave this false. false later deletes that half, so that domain controllers are out of reach. [in place. ${underActive}]`,
    },
    useRemoteGateways: {
      type: "boolean",
      default: false,
      description: `Reach what lies behind the hub's VPN or ExpressRoute gateway through it: the hub needs a gateway, and its half allowGatewayTransit (which makeBothHalves sets). [in place. ${underActive}]`,
    },
    natGateway: {
      type: "boolean",
      description: `Way out of a subnet of our own through a NAT gateway with a fixed address. Default: true; false with firewallAddress or routeTableId. It may stand beside a route table that has no route for 0.0.0.0/0, never beside one that has. [in place: Entra ID sees another address. ${underActive}]`,
    },
    routeTableId: {
      type: "string",
      format: "route-table-id" satisfies keyof typeof forms,
      description: `Existing route table for a subnet of our own, in any letter case; default: none. Read before the first resource: without a NAT gateway it needs a route for 0.0.0.0/0. Where that one leads to a firewall, Windows activation needs routes or rules of its own (docs/network.md). [in place. ${underActive}]`,
    },
    firewallAddress: {
      ...ipv4,
      description: `Private address of a firewall that is the way out of a subnet of our own: a route table with 0.0.0.0/0 to it is made, and no NAT gateway. The firewall's owner opens what docs/network.md lists, Windows activation among it. Default: none. [in place: Entra ID sees another address. ${underActive}]`,
    },
    proxy: namedHost({
      what: "Proxy through which the servers reach the Internet",
      without: "they go out directly",
      more: "The direct way to TCP 443 and 80 is then closed, and the cloud's hosts are not tried from inside. The proxy itself is set on the server by its owner (machine.config)",
    }),
    wsus: namedHost({
      what: "Update server (WSUS) of the servers",
      without: "Windows Update",
      more: "Only the way to it is opened: group policy tells Windows to use it",
    }),
    extraOutbound,
    changeUnderActive: {
      type: "object",
      additionalProperties: false,
      required: ["reason", "until"],
      properties: { reason, until },
      description:
        "Lets what the generations share (virtual network, DNS, peering, way out) change although one of them is active; default: refused. A warning in every verdict while it stands. [in place: changes nothing by itself]",
    },
  },
  description: "The network that the generations share. [see its parts]",
} as const;
