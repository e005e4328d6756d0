import { type forms, reason, until } from "./forms";

/** The pair: Entra Connect servers outside of this stack, and how a change of roles between servers is checked. */

export const otherServers = {
  type: "array",
  default: [],
  maxItems: 8,
  items: {
    type: "object",
    additionalProperties: false,
    required: ["computerName", "role"],
    properties: {
      computerName: {
        type: "string",
        pattern: "^[A-Za-z0-9]([A-Za-z0-9-]{0,13}[A-Za-z0-9])?$",
        description: "Bare computer name, in any letter case, not that of a generation of this stack. [in place]",
      },
      role: {
        type: "string",
        enum: ["passive", "active", "fenced"],
        description:
          "passive: in staging mode. active: the one that exports. fenced: dead or cut off, and proven so (docs/switch.md). A change is checked as the one of a generation is. [in place: nothing runs on any server]",
      },
      machineId: {
        type: "string",
        format: "server-id" satisfies keyof typeof forms,
        description:
          "Azure's resource id of it, where it is a virtual machine of Azure or an Azure Arc machine; default: none. [in place: nothing of it is changed]",
      },
    },
  },
  description:
    "Entra Connect servers outside of this stack, by name, so that there is exactly one active server among them and the generations. [in place: nothing runs on any of them]",
} as const;

export const roleSwitch = {
  type: "object",
  additionalProperties: false,
  default: {},
  properties: {
    record: {
      type: "string",
      minLength: 1,
      description:
        "Folder of the record that `entra-connect switch --record` keeps, or its record.jsonl; from the project's folder. Read where a role changes, before the first resource. [in place: read only]",
    },
    acknowledge: {
      type: "object",
      additionalProperties: false,
      required: ["reason", "until"],
      properties: { reason, until },
      description:
        "Lets roles change without a record that allows it; two active servers never, nor a fenced one to active. Default: refused. A warning in every verdict while it stands. [in place]",
    },
  },
  description:
    "How a change of roles is proven: a server is declared active only where the record of the switch says that it is, or somebody answers for it. [in place: declaring a role runs nothing on an active server]",
} as const;

export const fence = {
  type: "object",
  additionalProperties: false,
  default: {},
  properties: {
    cutOutbound: {
      type: "boolean",
      default: true,
      description:
        "A rule above all others of its own security group denies everything outbound, Active Directory included. Connections that stand survive it. [in place: security group rule, taken away when it is passive again and proven]",
    },
    disableService: {
      type: "boolean",
      default: true,
      description:
        "Stop and disable the synchronization service over SSH, once, while the machine runs; how it started before is written down on the server. false where SSH does not reach it. [in place: the service stops; taken back by the exception reinstate, and only where staging is proven]",
    },
    deallocated: {
      type: "boolean",
      default: true,
      description:
        "The machine is to be deallocated, which somebody does (az vm deallocate) and every run proves by its power state in Azure; a finding while it is not. [in place: judged only]",
    },
  },
  description:
    "What keeps a generation of role fenced from exporting; at least one of the three. Nothing of other roles. [in place]",
} as const;
