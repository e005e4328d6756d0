import { archiveSchedule } from "./archiveScheduleSchema";
import { type forms, reason } from "./forms";

/** The settings of the archive. */

const ours = "[in place]";

export const archive = {
  type: "object",
  additionalProperties: false,
  default: {},
  properties: {
    enabled: {
      type: "boolean",
      default: false,
      description:
        "Keep an archive of every server's configuration that the server itself can add to and cannot read or change (docs/archive.md). Needs the right to write role definitions and role assignments (Owner or User Access Administrator) where the archive is. [in place: true later adds the archive, and each passive generation's right to it; false later takes the rights back and leaves the archive in Azure, to be adopted again. On an active generation nothing changes]",
    },
    accountId: {
      type: "string",
      format: "storage-account-id" satisfies keyof typeof forms,
      description:
        "Id of a storage account of somebody else's making, in any letter case, in the same subscription; then only a container, a role and the servers' rights are made in it. It must be a StorageV2 account without hierarchical namespace, with versioning and immutability on the account. Default: one of our own, in a resource group of its own. [refused once there is an archive: collections are not moved]",
    },
    containerName: {
      type: "string",
      pattern: "^(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$",
      default: "configuration",
      description: "Container of the collections. [refused once there is an archive]",
    },
    retentionDays: {
      type: "integer",
      minimum: 1,
      maximum: 146000,
      default: 180,
      description:
        "How long a collection can be neither changed nor deleted, in days from its upload: the account's default immutability policy (version-level). The account of our own only. [in place, for collections from then on; those that exist keep their period; less is refused once it is locked]",
    },
    lock: {
      type: "object",
      additionalProperties: false,
      required: ["reason"],
      properties: { reason },
      description:
        "Lock that policy: nobody, Microsoft included, can shorten it afterwards, and the account cannot be deleted before its last collection has expired. Never by default, and not in the run that makes the account: Azure locks only what stands unlocked. The account of our own only. [in place; cannot be undone, so taking it out is refused afterwards]",
    },
    deleteAfterDays: {
      type: "integer",
      minimum: 1,
      maximum: 146000,
      description:
        "Delete collections this many days after their upload; more than retentionDays. Default: never, which costs little: a collection is some megabytes. The account of our own only. [in place, for collections that exist too]",
    },
    redundancy: {
      type: "string",
      enum: ["ZoneRedundant", "GeoZoneRedundant", "GeoRedundant", "LocallyRedundant"],
      default: "ZoneRedundant",
      description:
        "Storage redundancy of the account of our own: in how many places Azure keeps each collection. [in place between LocallyRedundant and GeoRedundant and between ZoneRedundant and GeoZoneRedundant; refused between the two pairs, which Azure converts on request only]",
    },
    reach: {
      type: "string",
      enum: ["serviceEndpoint", "privateEndpoint"],
      default: "serviceEndpoint",
      description:
        "How the servers reach the account of our own. serviceEndpoint: the account lets in the servers' subnet only; nothing has to be changed in DNS. privateEndpoint: the account has an address in the virtual network and none outside; your domain controllers must then forward blob.core.windows.net to Azure's DNS (docs/archive.md). [in place; refused while an active generation stands on the network, unless network.changeUnderActive]",
    },
    privateEndpoint: {
      type: "object",
      additionalProperties: false,
      default: {},
      properties: {
        address: {
          type: "string",
          format: "ipv4",
          description:
            "Address of the private endpoint. Default: the last usable one of network.subnetPrefix. [refused: Azure does not move a private endpoint; take reach back to serviceEndpoint, run up, then write the other address]",
        },
        dnsZoneId: {
          type: "string",
          format: "private-dns-zone-id" satisfies keyof typeof forms,
          description:
            "Id of an existing private DNS zone privatelink.blob.core.windows.net, in any letter case, in any subscription; the endpoint's record is put there. Default: a zone of our own, linked to the virtual network. [in place]",
        },
      },
      description: "With reach: privateEndpoint only. [see its parts]",
    },
    readFrom: {
      type: "array",
      items: { type: "string", format: "address-or-prefix" satisfies keyof typeof forms },
      uniqueItems: true,
      maxItems: 100,
      default: [],
      description: `Public addresses and prefixes from which the account of our own lets people and pipelines read (entra-connect archive); a single address without a prefix length or with /32. Azure takes no private ones here. Default: none. ${ours}`,
    },
    schedule: archiveSchedule,
    roleDefinitionId: {
      type: "string",
      format: "role-definition-id" satisfies keyof typeof forms,
      description: `Id of an existing role that may add blobs and nothing else, in any letter case, for whoever may not write role definitions; a role that allows more is refused. Default: a custom role of our own. ${ours}`,
    },
  },
  description:
    "An archive of the servers' configuration that outlives them: collections can be added, and neither changed nor deleted before their time. [see its parts]",
} as const;
