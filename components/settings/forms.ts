/** Forms of texts that a schema's own vocabulary cannot say: each with the words for whoever wrote another one. */

const subscription = "/subscriptions/[^/]+/resourceGroups/[^/]+/providers";

interface Form {
  readonly matches: RegExp;
  readonly name: string;
  readonly example: string;
}

/** Azure compares ids without regard to letter case, so both forms are right. */
const resourceId = (name: string, type: string, example: string): Form => ({
  matches: new RegExp(`^${subscription}/${type}$`, "i"),
  name: `the id of ${name}`,
  example: `/subscriptions/…/resourceGroups/…/providers/${example}`,
});

export const forms = {
  "subnet-id": resourceId(
    "a subnet",
    "Microsoft\\.Network/virtualNetworks/[^/]+/subnets/[^/]+",
    "Microsoft.Network/virtualNetworks/…/subnets/…",
  ),
  "virtual-network-id": resourceId(
    "a virtual network",
    "Microsoft\\.Network/virtualNetworks/[^/]+",
    "Microsoft.Network/virtualNetworks/…",
  ),
  "route-table-id": resourceId(
    "a route table",
    "Microsoft\\.Network/routeTables/[^/]+",
    "Microsoft.Network/routeTables/…",
  ),
  "bastion-id": resourceId("a Bastion", "Microsoft\\.Network/bastionHosts/[^/]+", "Microsoft.Network/bastionHosts/…"),
  "vault-id": resourceId(
    "a Recovery Services vault",
    "Microsoft\\.RecoveryServices/vaults/[^/]+",
    "Microsoft.RecoveryServices/vaults/…",
  ),
  "backup-policy-id": resourceId(
    "a backup policy",
    "Microsoft\\.RecoveryServices/vaults/[^/]+/backupPolicies/[^/]+",
    "Microsoft.RecoveryServices/vaults/…/backupPolicies/…",
  ),
  "workspace-id": resourceId(
    "a Log Analytics workspace",
    "Microsoft\\.OperationalInsights/workspaces/[^/]+",
    "Microsoft.OperationalInsights/workspaces/…",
  ),
  "action-group-id": resourceId(
    "an action group",
    "Microsoft\\.Insights/actionGroups/[^/]+",
    "Microsoft.Insights/actionGroups/…",
  ),
  email: {
    matches:
      /^[^\s@,;<>"]{1,64}@(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+$/,
    name: "an e-mail address",
    example: "one address, for example identity-team@contoso.com",
  },
  "storage-account-id": resourceId(
    "a storage account",
    "Microsoft\\.Storage/storageAccounts/[^/]+",
    "Microsoft.Storage/storageAccounts/…",
  ),
  "private-dns-zone-id": resourceId(
    "a private DNS zone for blobs",
    "Microsoft\\.Network/privateDnsZones/privatelink\\.blob\\.core\\.windows\\.net",
    "Microsoft.Network/privateDnsZones/privatelink.blob.core.windows.net",
  ),
  "role-definition-id": {
    matches:
      /^(\/subscriptions\/[^/]+(\/resourceGroups\/[^/]+)?)?\/providers\/Microsoft\.Authorization\/roleDefinitions\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
    name: "the id of a role definition",
    example:
      "/subscriptions/…/providers/Microsoft.Authorization/roleDefinitions/…, from az role definition list --name … --query [].id",
  },
  "disk-encryption-set-id": resourceId(
    "a disk encryption set",
    "Microsoft\\.Compute/diskEncryptionSets/[^/]+",
    "Microsoft.Compute/diskEncryptionSets/…",
  ),
  "machine-id": {
    matches: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
    name: "Azure's vmId of a machine",
    example: "12345678-90ab-cdef-1234-567890abcdef, from az vm show --name … --resource-group … --query vmId",
  },
  "server-id": {
    matches: new RegExp(
      `^${subscription}/(Microsoft\\.Compute/virtualMachines|Microsoft\\.HybridCompute/machines)/[^/]+$`,
      "i",
    ),
    name: "the id of a virtual machine or of an Azure Arc machine",
    example:
      "/subscriptions/…/resourceGroups/…/providers/Microsoft.Compute/virtualMachines/… (or Microsoft.HybridCompute/machines/…)",
  },
  "host-name": {
    matches:
      /^(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\.?$/,
    name: "a host's name",
    example: "a name without scheme, path or port, for example proxy.corp.contoso.com",
  },
  "address-or-prefix": {
    matches: /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.|(?![\d.]))){4}(?:\/(?:3[0-2]|[12]?\d))?$/,
    name: "an IPv4 address or prefix",
    example: "an address such as 10.40.1.4, or a prefix such as 10.40.0.0/24",
  },
} as const satisfies Record<string, Form>;

/** In the words of a problem. `ipv4` and `date` come with ajv. */
export function formWords(format: string): { readonly name: string; readonly example: string } {
  if (format === "ipv4") return { name: "an IPv4 address", example: "an address such as 10.40.1.4" };
  if (format === "date") return { name: "a day of the calendar", example: 'year-month-day, for example "2026-12-31"' };
  return (forms as Readonly<Record<string, Form>>)[format] ?? { name: `a ${format}`, example: `a ${format}` };
}

/** Pieces that several settings share. */
export const ipv4 = { type: "string", format: "ipv4" } as const;
export const prefix = { type: "string", pattern: "^[0-9]{1,3}(\\.[0-9]{1,3}){3}/[0-9]{1,2}$" } as const;
export const sha256 = { type: "string", pattern: "^[0-9A-Fa-f]{64}$" } as const;

export const reason = {
  type: "string",
  minLength: 10,
  description: "Why, in words for whoever reads the evidence later. [in place]",
} as const;
export const until = {
  type: "string",
  format: "date",
  description: "Last day on which it counts, year-month-day, UTC; afterwards it is as if it were not there. [in place]",
} as const;
