/** Programs of other people: the library is in none of them. A station's first source is built; its changes are previewed. */
export interface OtherStack {
  readonly says: string;
  /** `false`: nothing is built before the previews. */
  readonly source: string;
  readonly changes: readonly { readonly name: string; readonly says: string; readonly source?: string }[];
}

interface Knobs {
  readonly size?: string;
  readonly zone?: string;
  readonly image?: string;
  readonly tags?: string;
  readonly rules?: string;
  readonly publicAddress?: boolean;
  readonly softDelete?: string;
  readonly vault?: boolean;
  readonly protectedItem?: boolean;
  readonly retention?: number;
  readonly role?: string;
  readonly lock?: boolean;
  readonly encryption?: boolean;
  readonly guard?: boolean;
  readonly command?: string;
  readonly secureBoot?: boolean;
}

const rule = (
  name: string,
  priority: number,
  access: string,
  direction: string,
  source: string,
  target: string,
  port: string,
) =>
  `{ name: "${name}", priority: ${priority}, access: "${access}", direction: "${direction}", protocol: "Tcp",` +
  ` sourceAddressPrefix: "${source}", sourcePortRange: "*", destinationAddressPrefix: "${target}", destinationPortRange: "${port}" }`;

const ssh = rule("ssh-from-management", 100, "Allow", "Inbound", "10.1.2.0/28", "*", "22");
const ldap = rule("ldap-to-domain-controllers", 100, "Allow", "Outbound", "*", "10.1.0.4", "389");
const denyAll = rule("deny-all-out", 4096, "Deny", "Outbound", "*", "*", "*");
const usualRules = [ssh, ldap, denyAll];

/** A machine with its network, a vault, a lock, a role and a command, as many write them by hand. */
function machine(knobs: Knobs = {}): string {
  const { vault = true, protectedItem = true, lock = true, guard = true } = knobs;
  return `
const pulumi = require("@pulumi/pulumi");
const authorization = require("@pulumi/azure-native/authorization");
const compute = require("@pulumi/azure-native/compute");
const network = require("@pulumi/azure-native/network");
const recovery = require("@pulumi/azure-native/recoveryservices");
const resources = require("@pulumi/azure-native/resources");
const { remote } = require("@pulumi/command");
const tags = ${knobs.tags ?? '{ owner: "identity" }'};
const group = new resources.ResourceGroup("group", { resourceGroupName: "rg-sync", location: "westeurope", tags });
const at = { resourceGroupName: group.name, location: group.location, tags };
const filter = new network.NetworkSecurityGroup("filter", { ...at, networkSecurityGroupName: "nsg-sync", securityRules: [${knobs.rules ?? usualRules.join(", ")}] });
const net = new network.VirtualNetwork("net", { ...at, virtualNetworkName: "vnet-sync", addressSpace: { addressPrefixes: ["10.9.0.0/24"] },
  subnets: [{ name: "sync", addressPrefix: "10.9.0.0/27", networkSecurityGroup: { id: filter.id } }] });
${knobs.publicAddress ? 'const address = new network.PublicIPAddress("address", { ...at, publicIpAddressName: "pip-sync", sku: { name: "Standard" }, publicIPAllocationMethod: "Static" });' : ""}
const card = new network.NetworkInterface("card", { ...at, networkInterfaceName: "nic-sync", ipConfigurations: [{ name: "main",
  subnet: { id: net.subnets.apply((all) => all[0].id) }, privateIPAllocationMethod: "Static", privateIPAddress: "10.9.0.10"${knobs.publicAddress ? ", publicIPAddress: { id: address.id }" : ""} }] });
const server = new compute.VirtualMachine("server", { ...at, vmName: "vm-sync",${knobs.zone ? ` zones: ["${knobs.zone}"],` : ""}
  hardwareProfile: { vmSize: "${knobs.size ?? "Standard_D4s_v5"}" }, identity: { type: "SystemAssigned" },
  networkProfile: { networkInterfaces: [{ id: card.id, primary: true }] },
  osProfile: { computerName: "vm-sync", adminUsername: "syncadmin", adminPassword: pulumi.secret("Not-A-Real-Passw0rd") },
  securityProfile: { encryptionAtHost: ${knobs.encryption ?? true}, securityType: "TrustedLaunch", uefiSettings: { secureBootEnabled: ${knobs.secureBoot ?? true}, vTpmEnabled: true } },
  storageProfile: { imageReference: { publisher: "MicrosoftWindowsServer", offer: "WindowsServer", sku: "2022-datacenter-g2", version: "${knobs.image ?? "20348.4171.250903"}" },
    osDisk: { name: "disk-sync", createOption: "FromImage", deleteOption: "Delete", diskSizeGB: 128, managedDisk: { storageAccountType: "Premium_LRS" } } } });
${
  vault
    ? `const vault = new recovery.Vault("vault", { ...at, vaultName: "rsv-sync", sku: { name: "RS0", tier: "Standard" },
  properties: { publicNetworkAccess: "Enabled", securitySettings: { softDeleteSettings: { softDeleteState: "${knobs.softDelete ?? "Enabled"}", softDeleteRetentionPeriodInDays: 14 } } } });
const policy = new recovery.ProtectionPolicy("policy", { resourceGroupName: group.name, vaultName: vault.name, policyName: "daily", properties: {
  backupManagementType: "AzureIaasVM", policyType: "V2", instantRpRetentionRangeInDays: 7, timeZone: "UTC",
  schedulePolicy: { schedulePolicyType: "SimpleSchedulePolicyV2", scheduleRunFrequency: "Daily", dailySchedule: { scheduleRunTimes: ["2026-01-01T02:00:00Z"] } },
  retentionPolicy: { retentionPolicyType: "LongTermRetentionPolicy", dailySchedule: { retentionTimes: ["2026-01-01T02:00:00Z"], retentionDuration: { count: ${knobs.retention ?? 30}, durationType: "Days" } } } } });`
    : ""
}
${
  vault && protectedItem
    ? `new recovery.ProtectedItem("item", { resourceGroupName: group.name, vaultName: vault.name, fabricName: "Azure",
  containerName: pulumi.interpolate\`iaasvmcontainer;iaasvmcontainerv2;\${group.name};\${server.name}\`, protectedItemName: pulumi.interpolate\`vm;iaasvmcontainerv2;\${group.name};\${server.name}\`,
  properties: { protectedItemType: "Microsoft.Compute/virtualMachines", policyId: policy.id, sourceResourceId: server.id } });`
    : ""
}
${lock ? 'new authorization.ManagementLockByScope("lock", { scope: group.id, lockName: "keep", level: "CanNotDelete" });' : ""}
new authorization.RoleAssignment("rights", { scope: group.id, principalType: "ServicePrincipal", roleAssignmentName: "5a1f8f2e-57b4-4f2d-9a4e-0f64d5a3c001",
  principalId: server.identity.apply((it) => it?.principalId ?? ""), roleDefinitionId: "/subscriptions/00000000-0000-0000-0000-000000000001/providers/Microsoft.Authorization/roleDefinitions/${knobs.role ?? "acdd72a7-3385-48ef-bd42-f606fba81ae7"}" });
${
  guard
    ? `new remote.Command("guard", { connection: { host: "10.9.0.10", user: "syncadmin", privateKey: pulumi.secret("none") }, delete: "powershell.exe -File C:\\\\guard.ps1" }, { dependsOn: [server] });`
    : ""
}
exports.server = server.id;
${knobs.command ?? ""}
`;
}

/** Nothing that is Azure's: components, a stash, an output. */
const nothingOfOurs = (colour: string): string => `
const pulumi = require("@pulumi/pulumi");
class Shop extends pulumi.ComponentResource { constructor(name, args, opts) { super("shop:index:Shop", name, args, opts); this.registerOutputs({}); } }
const shop = new Shop("shop", { colour: "${colour}" });
new pulumi.Stash("prices", { input: { colour: "${colour}", price: 4 } }, { parent: shop });
exports.colour = "${colour}";
`;

export const otherStacks = {
  unbuiltMachine: {
    says: "a stack of somebody else with a machine; nothing is built",
    source: "",
    changes: [
      { name: "other-first-build", says: "the first preview of a machine that is not ours", source: machine() },
      {
        name: "other-secret-in-text",
        says: "a first preview whose command holds a password in its text",
        source: machine({
          command:
            'new remote.Command("login", { connection: { host: "10.9.0.10", user: "syncadmin", privateKey: pulumi.secret("none") }, create: "net use Z: \\\\\\\\files /user:svc password=Canary-Passw0rd-17" }, { dependsOn: [server] });',
        }),
      },
    ],
  },
  machine: {
    says: "a stack of somebody else with a machine",
    source: machine(),
    changes: [
      { name: "other-no-change", says: "nothing was changed" },
      {
        name: "other-tags",
        says: "another tag everywhere",
        source: machine({ tags: '{ owner: "identity", costCenter: "4711" }' }),
      },
      { name: "other-zone", says: "another zone: the machine is replaced", source: machine({ zone: "2" }) },
      {
        name: "other-image",
        says: "another image: the machine is replaced",
        source: machine({ image: "20348.4297.251004" }),
      },
      {
        name: "other-resize",
        says: "another size: the machine restarts",
        source: machine({ size: "Standard_D8s_v5" }),
      },
      {
        name: "other-remote-desktop-open",
        says: "remote desktop from the Internet",
        source: machine({
          rules: [...usualRules, rule("rdp", 110, "Allow", "Inbound", "Internet", "*", "3389")].join(", "),
        }),
      },
      {
        name: "other-rules-reordered",
        says: "the same rules in another order",
        source: machine({ rules: [...usualRules].reverse().join(", ") }),
      },
      { name: "other-deny-gone", says: "the deny rule is gone", source: machine({ rules: [ssh, ldap].join(", ") }) },
      {
        name: "other-ldap-gone",
        says: "the domain controllers are out of reach",
        source: machine({ rules: [ssh, denyAll].join(", ") }),
      },
      { name: "other-public-address", says: "a public address", source: machine({ publicAddress: true }) },
      {
        name: "other-soft-delete-off",
        says: "soft delete of the vault is switched off",
        source: machine({ softDelete: "Disabled" }),
      },
      { name: "other-vault-gone", says: "the vault goes with all in it", source: machine({ vault: false }) },
      {
        name: "other-item-gone",
        says: "the machine is no longer protected",
        source: machine({ protectedItem: false }),
      },
      { name: "other-retention-lowered", says: "fewer recovery points", source: machine({ retention: 7 }) },
      { name: "other-lock-gone", says: "the lock is taken away", source: machine({ lock: false }) },
      {
        name: "other-rights",
        says: "the machine becomes owner of its group",
        source: machine({ role: "8e3af657-a8ff-443c-a75c-2fe8c4bcb635" }),
      },
      { name: "other-secure-boot-off", says: "secure boot is switched off", source: machine({ secureBoot: false }) },
      {
        name: "other-guard-gone",
        says: "the guard is taken away, the machine stays",
        source: machine({ guard: false }),
      },
      { name: "other-gone", says: "the machine's whole program is replaced by another", source: nothingOfOurs("red") },
    ],
  },
  nothingOfOurs: {
    says: "a stack without Azure",
    source: nothingOfOurs("red"),
    changes: [
      { name: "foreign-no-change", says: "nothing was changed" },
      { name: "foreign-change", says: "a colour was changed", source: nothingOfOurs("blue") },
    ],
  },
} as const satisfies Readonly<Record<string, OtherStack>>;
