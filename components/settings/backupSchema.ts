import type { forms } from "./forms";

export const backup = {
  type: "object",
  additionalProperties: false,
  default: {},
  properties: {
    enabled: {
      type: "boolean",
      default: true,
      description:
        "Protect each proven machine. Of a retired one the `up` after its retirement stops the protection and keeps its recovery points (docs/restore.md). [in place; recovery points that exist are kept]",
    },
    retentionDays: {
      type: "integer",
      minimum: 7,
      maximum: 9999,
      default: 30,
      description: "Daily recovery points kept, in days. [in place; less than before is refused in an immutable vault]",
    },
    time: {
      type: "string",
      pattern: "^([01][0-9]|2[0-3]):(00|30)$",
      default: "02:00",
      description: "Daily snapshot, on the half hour, in quotes. [in place]",
    },
    timeZone: {
      type: "string",
      minLength: 1,
      default: "UTC",
      description: "Windows time zone name that backup.time is in. [in place]",
    },
    redundancy: {
      type: "string",
      enum: ["GeoRedundant", "LocallyRedundant", "ZoneRedundant"],
      default: "GeoRedundant",
      description:
        "Storage redundancy of the vault. [in place as long as the vault is empty; refused once something is protected in it]",
    },
    immutability: {
      type: "string",
      enum: ["Disabled", "Unlocked", "Locked"],
      default: "Disabled",
      description:
        "Immutability of the vault: Unlocked first, Locked in a later up. What somebody else made immutable is left so. [in place; Locked cannot be undone, so anything else is refused after it]",
    },
    vaultId: {
      type: "string",
      format: "vault-id" satisfies keyof typeof forms,
      description:
        "Id of a vault of somebody else's making, in any letter case, with policyId; then none is made; default: one of our own. [refused while a server stands: Azure protects a machine in one vault at a time; build another server in a stack of its own]",
    },
    policyId: {
      type: "string",
      format: "backup-policy-id" satisfies keyof typeof forms,
      description: "Id of a backup policy of the enhanced kind in that vault, with vaultId. [in place]",
    },
  },
  description: "Backup of the machine, switched on once it is proven. [see its parts]",
} as const;
