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
      description: `Hub to peer a network of our own with, in any letter case; default: none. The hub's owner makes the other half. [in place. ${underActive}]`,
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
