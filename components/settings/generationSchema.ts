import { connect } from "./connectSchema";
import { type forms, ipv4, reason, until } from "./forms";
import { fence } from "./switchSchema";

/** One block of `generations`: everything that one build of the server is made of. */

const rebuild = "[rebuild: write another generation block]";

const image = {
  type: "object",
  additionalProperties: false,
  required: ["version"],
  properties: {
    publisher: {
      type: "string",
      minLength: 1,
      default: "MicrosoftWindowsServer",
      description: `Publisher of the image. ${rebuild}`,
    },
    offer: { type: "string", minLength: 1, default: "WindowsServer", description: `Offer of the image. ${rebuild}` },
    sku: {
      type: "string",
      minLength: 1,
      default: "2022-datacenter-g2",
      description: `A Generation 2 image with the desktop, of Windows Server 2019 or later; Server Core is not supported by Entra Connect. One that this release does not know is a warning. ${rebuild}`,
    },
    version: {
      type: "string",
      pattern: "^[0-9]+\\.[0-9]+\\.[0-9]+$",
      description: `Exact image version, <build>.<revision>.<yymmdd>; never latest. ${rebuild}`,
    },
  },
  description: `Marketplace image, pinned. ${rebuild}`,
} as const;

const features = {
  type: "object",
  additionalProperties: false,
  default: {},
  properties: {
    passwordWriteback: {
      type: "boolean",
      default: false,
      description: "The active server writes passwords back. [in place: security group rules]",
    },
    passThroughAuthentication: {
      type: "boolean",
      default: false,
      description:
        "The active server runs a pass-through authentication agent. [in place: security group rules, and what is judged]",
    },
    seamlessSingleSignOn: {
      type: "boolean",
      default: false,
      description: "Seamless single sign-on is used. [in place: security group rules]",
    },
  },
  description:
    "What the active server uses, as far as it decides ports and hazards. [in place: security group rules; on an active generation nothing changes]",
} as const;

const exceptions = {
  type: "array",
  default: [],
  items: {
    type: "object",
    additionalProperties: false,
    required: ["kind", "reason", "until", "vmId"],
    properties: {
      kind: {
        type: "string",
        enum: ["retireUnproven", "passThroughAgentIsElsewhere", "reinstate", "retireByRunCommand"],
        description:
          "retireUnproven: retire although the guard cannot prove the server harmless. passThroughAgentIsElsewhere: retire although it runs a pass-through authentication agent, since another agent is active. reinstate: bring back a server that its guard has retired and that was not deleted. retireByRunCommand: where SSH is lost, ask the guard's questions by Azure's Run Command in an `up` of its own; only its passed answer, a day old at most, lets the block be taken out. [in place]",
      },
      reason,
      until,
      vmId: {
        type: "string",
        format: "machine-id" satisfies keyof typeof forms,
        description:
          "Azure's identity of the machine that it is for (stack output servers); another machine of the same name is not meant. [in place]",
      },
    },
  },
  description:
    "Exceptions for this generation's machine, at most one of each kind; each is a warning in every verdict while it stands. One about retirement must reach the state in an `up` of its own before the block is taken out. [in place: used at retirement; reinstate starts the retired synchronization service and stops it again unless staging is proven; retireByRunCommand stops and disables the synchronization service of a server that is proven harmless, and from then on a destroy deletes it without asking again]",
} as const;

export const generation = {
  type: "object",
  additionalProperties: false,
  required: ["image", "connect"],
  properties: {
    role: {
      type: "string",
      enum: ["passive", "active", "fenced", "lost"],
      default: "passive",
      description:
        "passive: built, proven, kept in staging mode. active: the active server, after a role switch; nothing of it is changed, network included, and it cannot be taken out. fenced: kept from exporting (fence), provably and reversibly, and not asked or changed otherwise. lost: gone or out of reach, so that nothing is asked of it, its guard included; while its machine still exists in Azure it needs the exception retireUnproven too. To active it changes only with roleSwitch. [in place: runs nothing on the server; fenced stops its synchronization service]",
    },
    image,
    size: {
      type: "string",
      pattern: "^Standard_[A-Za-z0-9_-]+$",
      description:
        "Virtual machine size; one that this release does not know is a warning, with the nearest that it knows. Default: what the generation was built with, for a new one by synchronizedObjects. [in place for a larger size of the same kind: a passive server restarts; rebuild otherwise: write another generation block]",
    },
    osDiskSizeGB: {
      type: "integer",
      minimum: 127,
      maximum: 4095,
      description:
        "Operating system disk in GiB; default: what the generation was built with, for a new one by synchronizedObjects. [in place for a larger disk of a passive server, which Azure grows while the machine is deallocated; rebuild for a smaller one: write another generation block]",
    },
    zone: {
      type: "string",
      enum: ["1", "2", "3"],
      description: `Availability zone, in quotes; default: none. In a region without zones it is a warning. ${rebuild}`,
    },
    address: {
      ...ipv4,
      description: `Static private address; default: what the generation was built with, for a new one one of two that alternate: the 11th of the subnet for odd numbers, the one after for even numbers. ${rebuild}`,
    },
    administratorName: {
      type: "string",
      pattern: "^[a-z][a-z0-9-]{0,19}$",
      default: "aadcadmin",
      description: `Local administrator that Azure makes (Windows' built-in one): for the operator's remote desktop, never for SSH; none of the names that Azure reserves. ${rebuild}`,
    },
    loginName: {
      type: "string",
      pattern: "^[a-z][a-z0-9-]{0,19}$",
      description: `Local account that this program signs in with by SSH key; Run Command makes it, a member of Administrators, with a random password that nobody knows. Another name than administratorName: security baselines rename or disable the built-in administrator (docs/access.md). Default: what the generation was built with, for a new one aadcdeploy. ${rebuild}`,
    },
    diagnoseAccess: {
      type: "string",
      minLength: 1,
      maxLength: 200,
      description:
        "Any text: has a read-only script say, by Azure's Run Command and so without SSH, why SSH does not reach this passive server; another text asks again. Default: nobody is asked. [in place: one run command; nothing on the server changes]",
    },
    licenseType: {
      type: "string",
      enum: ["Windows_Server"],
      description: "Azure Hybrid Benefit; default: none. [in place: billing only]",
    },
    timeZone: {
      type: "string",
      minLength: 1,
      default: "UTC",
      description: `Windows time zone name, for example W. Europe Standard Time. ${rebuild}`,
    },
    encryptionAtHost: {
      type: "boolean",
      default: true,
      description: `Needs the feature Microsoft.Compute/EncryptionAtHost registered in the subscription. ${rebuild}`,
    },
    diskEncryptionSetId: {
      type: "string",
      format: "disk-encryption-set-id" satisfies keyof typeof forms,
      description: `Disk encryption set that encrypts the operating system disk with a key of yours, in any letter case; of the server's region and subscription. Default: none, Azure's own key. ${rebuild}`,
    },
    connect,
    features,
    fence,
    exceptions,
  },
} as const;
