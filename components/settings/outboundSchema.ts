import type { forms } from "./forms";
import { ipv4, reason } from "./forms";

/** What a server may reach beside what the port table (components/network/ports.ts) knows by itself. */

const inPlace = "[in place: security group rules of passive generations, and their prerequisites are asked again]";

export const portNumber = { type: "integer", minimum: 1, maximum: 65535 } as const;

export const hostName = { type: "string", format: "host-name" satisfies keyof typeof forms } as const;

/** A single server that the settings name by its address, its name, or both. */
export const namedHost = (words: { readonly what: string; readonly without: string; readonly more: string }) =>
  ({
    type: "object",
    additionalProperties: false,
    required: ["port"],
    properties: {
      address: {
        ...ipv4,
        description: `Its address: the rule opens this one only. Without it host is needed, and the rule opens the whole virtual network with what it is connected to (service tag VirtualNetwork). ${inPlace}`,
      },
      host: {
        ...hostName,
        description: `Its DNS name: what is tried from inside and told to the firewall team. Default: the address. ${inPlace}`,
      },
      port: { ...portNumber, description: `Its TCP port. ${inPlace}` },
    },
    description: `${words.what}; default: none, ${words.without}. ${words.more}. ${inPlace}`,
  }) as const;

export const extraOutbound = {
  type: "array",
  default: [],
  maxItems: 100,
  items: {
    type: "object",
    additionalProperties: false,
    required: ["name", "ports", "reason"],
    properties: {
      name: {
        type: "string",
        pattern: "^[a-z][a-z0-9-]*[a-z0-9]$",
        maxLength: 40,
        description: `Small letters, digits and hyphens; unique, and not a name of the port table (docs/ports.md). The rule is out-<name>-<protocol>, and its priority comes from its name. ${inPlace}`,
      },
      addresses: {
        type: "array",
        items: { type: "string", format: "address-or-prefix" satisfies keyof typeof forms },
        minItems: 1,
        maxItems: 4000,
        uniqueItems: true,
        description: `Where to: IPv4 addresses and prefixes that do not overlap. This or serviceTag. ${inPlace}`,
      },
      serviceTag: {
        type: "string",
        pattern: "^[A-Z][A-Za-z0-9]*([.][A-Za-z0-9]+)?$",
        maxLength: 80,
        description: `Where to: one Azure service tag, for example AzureMonitor or Storage.WestEurope. This or addresses. ${inPlace}`,
      },
      ports: {
        type: "array",
        items: { type: "string", pattern: "^[0-9]{1,5}(-[0-9]{1,5})?$" },
        minItems: 1,
        maxItems: 100,
        uniqueItems: true,
        description: `Ports and ranges that do not overlap, in quotes: "1433", "5000-5010". A single TCP port at a single address is tried from inside. ${inPlace}`,
      },
      protocol: {
        type: "string",
        enum: ["tcp", "udp"],
        default: "tcp",
        description: `Protocol of the ports. ${inPlace}`,
      },
      reason: {
        ...reason,
        maxLength: 140,
        description: `What the server needs it for, at least ten characters: it stands in the rule, in findings and in the firewall team's table, and Azure takes 140. ${inPlace}`,
      },
    },
  },
  description: `Further ways out of the servers, one row each; default: none. Beside these and docs/ports.md everything is denied. ${inPlace}`,
} as const;
