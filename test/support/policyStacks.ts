import type { postureRules, stackRules } from "../../review/posture";

/** One resource of somebody's program. `$x.id` stands for an output of the resource `x`. */
export interface WrittenResource {
  readonly name: string;
  readonly type: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

const group = { resourceGroupName: "rg" };
const rule = {
  name: "ssh",
  access: "Allow",
  direction: "Inbound",
  priority: 200,
  protocol: "Tcp",
  sourcePortRange: "*",
  destinationPortRange: "22",
  sourceAddressPrefix: "10.0.9.4/32",
  destinationAddressPrefix: "*",
};
const denyAll = {
  ...rule,
  name: "deny",
  access: "Deny",
  priority: 4096,
  protocol: "*",
  destinationPortRange: "*",
  sourceAddressPrefix: "*",
};
const machine = {
  ...group,
  location: "westeurope",
  vmName: "vm",
  hardwareProfile: { vmSize: "Standard_D2s_v5" },
  securityProfile: {
    securityType: "TrustedLaunch",
    encryptionAtHost: true,
    uefiSettings: { secureBootEnabled: true, vTpmEnabled: true },
  },
  networkProfile: { networkInterfaces: [{ id: "$nic.id" }] },
};
const connection = {
  host: "10.0.0.4",
  hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA",
  user: "a",
  privateKey: "Unmistakable-7",
};
const vault = {
  ...group,
  location: "westeurope",
  vaultName: "rsv",
  sku: { name: "RS0", tier: "Standard" },
  properties: {
    securitySettings: { softDeleteSettings: { softDeleteState: "Enabled", softDeleteRetentionPeriodInDays: 14 } },
  },
};
const retention = (count: number) => ({
  backupManagementType: "AzureIaasVM",
  retentionPolicy: {
    retentionPolicyType: "LongTermRetentionPolicy",
    dailySchedule: { retentionDuration: { count, durationType: "Days" } },
  },
});
const item = {
  ...group,
  vaultName: "rsv",
  fabricName: "Azure",
  containerName: "iaasvmcontainer;iaasvmcontainerv2;rg;vm",
  protectedItemName: "VM;iaasvmcontainerv2;rg;vm",
};
const keyVault = (properties: object) => ({
  ...group,
  location: "westeurope",
  vaultName: "kv",
  properties: {
    sku: { family: "A", name: "standard" },
    tenantId: "22222222-2222-4222-8222-222222222222",
    ...properties,
  },
});
const disk = {
  ...group,
  location: "westeurope",
  diskName: "d",
  creationData: { createOption: "Empty" },
  diskSizeGB: 8,
};
const runCommand = {
  ...group,
  location: "westeurope",
  vmName: "vm",
  runCommandName: "r",
  source: { script: "Get-Date" },
  treatFailureAsDeploymentFailure: true,
};

const native = (name: string): string => `azure-native:${name}`;
const resource = (name: string, type: string, inputs: WrittenResource["inputs"]): WrittenResource => ({
  name,
  type,
  inputs,
});

/** A Tier 0 stack of somebody who did everything. */
export const goodStack: readonly WrittenResource[] = [
  resource("rg", native("resources:ResourceGroup"), { resourceGroupName: "rg", location: "westeurope" }),
  resource("nsg", native("network/v20240501:NetworkSecurityGroup"), {
    ...group,
    location: "westeurope",
    networkSecurityGroupName: "nsg",
    securityRules: [rule, denyAll],
  }),
  resource("separate", native("network:NetworkSecurityGroup"), {
    ...group,
    location: "westeurope",
    networkSecurityGroupName: "separate",
  }),
  ...[rule, denyAll].map((each) =>
    resource(`separate-${each.name}`, native("network:SecurityRule"), {
      ...group,
      ...each,
      networkSecurityGroupName: "$separate.name",
      securityRuleName: each.name,
    }),
  ),
  resource("nic", native("network:NetworkInterface"), {
    ...group,
    location: "westeurope",
    networkInterfaceName: "nic",
    ipConfigurations: [{ name: "a" }],
  }),
  resource("vm", native("compute:VirtualMachine"), {
    ...machine,
    osProfile: { computerName: "vm", adminUsername: "a", adminPassword: "Unmistakable-7" },
  }),
  resource("disk", native("compute:Disk"), {
    ...disk,
    networkAccessPolicy: "DenyAll",
    publicNetworkAccess: "Disabled",
  }),
  resource("run", native("compute:VirtualMachineRunCommandByVirtualMachine"), {
    ...runCommand,
    protectedParameters: [{ name: "JoinPassword", value: "Unmistakable-7" }],
  }),
  resource("rsv", native("recoveryservices:Vault"), vault),
  resource("rsv-lock", native("authorization:ManagementLockByScope"), { scope: "$rsv.id", level: "CanNotDelete" }),
  resource("policy", native("recoveryservices:ProtectionPolicy"), {
    ...group,
    vaultName: "rsv",
    policyName: "daily",
    properties: retention(30),
  }),
  resource("item", native("recoveryservices:ProtectedItem"), {
    ...item,
    properties: { protectedItemType: "Microsoft.Compute/virtualMachines", sourceResourceId: "$vm.id" },
  }),
  resource("kv", native("keyvault:Vault"), keyVault({ enablePurgeProtection: true })),
  resource("command", "command:remote:Command", {
    connection: { ...connection, host: "$nic.id" },
    create: "tool --password $PASSWORD",
    stdin: "Unmistakable-7",
  }),
];

type Code = (typeof postureRules | typeof stackRules)[number]["code"];

/** For each rule what breaks it, and nothing else. */
export const breaking: Readonly<Record<Code, readonly WrittenResource[]>> = {
  "management-from-internet": [
    resource("internet", native("network:SecurityRule"), {
      ...group,
      ...rule,
      networkSecurityGroupName: "other",
      securityRuleName: "internet",
      sourceAddressPrefix: "Internet",
    }),
  ],
  "management-from-everywhere-inside": [
    resource("inside", native("network:NetworkSecurityGroup"), {
      ...group,
      location: "westeurope",
      networkSecurityGroupName: "inside",
      securityRules: [rule],
    }),
  ],
  "public-address": [
    resource("public", native("network:NetworkInterface"), {
      ...group,
      location: "westeurope",
      networkInterfaceName: "public",
      ipConfigurations: [{ name: "a", publicIPAddress: { id: "$address.id" } }],
    }),
    resource("address", native("network:PublicIPAddress"), {
      ...group,
      location: "westeurope",
      publicIpAddressName: "address",
    }),
  ],
  "trusted-launch-off": [
    resource("plain", native("compute/v20241101:VirtualMachine"), {
      ...machine,
      vmName: "plain",
      securityProfile: { encryptionAtHost: true, uefiSettings: { secureBootEnabled: true } },
    }),
  ],
  "encryption-at-host-off": [
    resource("unencrypted", native("compute:VirtualMachine"), {
      ...machine,
      vmName: "unencrypted",
      securityProfile: { ...machine.securityProfile, encryptionAtHost: false },
    }),
  ],
  "disk-export-allowed": [resource("exported", native("compute:Disk"), { ...disk, diskName: "exported" })],
  "vault-soft-delete-off": [
    resource("hasty", native("recoveryservices:Vault"), {
      ...vault,
      vaultName: "hasty",
      properties: {
        securitySettings: {
          softDeleteSettings: { softDeleteState: "Disabled" },
          immutabilitySettings: { state: "Unlocked" },
        },
      },
    }),
  ],
  "backup-retention-short": [
    resource("short", native("recoveryservices:ProtectionPolicy"), {
      ...group,
      vaultName: "rsv",
      policyName: "short",
      properties: retention(3),
    }),
  ],
  "backup-stopped": [
    resource("stopped", native("recoveryservices:ProtectedItem"), {
      ...item,
      properties: {
        protectedItemType: "Microsoft.Compute/virtualMachines",
        sourceResourceId: "/x",
        protectionState: "ProtectionStopped",
      },
    }),
  ],
  "key-vault-purge-possible": [resource("purged", native("keyvault:Vault"), { ...keyVault({}), vaultName: "purged" })],
  "inline-secret": [
    resource("shown", native("compute:VirtualMachineRunCommandByVirtualMachine"), {
      ...runCommand,
      runCommandName: "shown",
      parameters: [{ name: "JoinPassword", value: "Unmistakable-7" }],
    }),
    resource("written", "command:remote:Command", { connection, create: "tool --password Unmistakable-7" }),
  ],
  "secret-in-plain-text": [
    resource("told", native("compute:VirtualMachine"), {
      ...machine,
      vmName: "told",
      osProfile: { computerName: "told", adminUsername: "a", adminPassword: "Unmistakable-plain" },
    }),
  ],
  "host-key-not-pinned": [
    resource("unpinned", "command:remote:Command", {
      connection: { ...connection, hostKey: undefined },
      create: "tool",
    }),
  ],
  "run-command-failure-ignored": [
    resource("ignored", native("compute:VirtualMachineRunCommandByVirtualMachine"), {
      ...runCommand,
      runCommandName: "ignored",
      treatFailureAsDeploymentFailure: false,
    }),
  ],
  "lock-missing": [resource("unlocked", native("recoveryservices:Vault"), { ...vault, vaultName: "unlocked" })],
  "security-group-left-open": [
    resource("left-open", native("network:NetworkSecurityGroup"), {
      ...group,
      location: "westeurope",
      networkSecurityGroupName: "left-open",
    }),
    resource("left-open-rule", native("network:SecurityRule"), {
      ...group,
      ...rule,
      networkSecurityGroupName: "$left-open.name",
      securityRuleName: "ssh",
    }),
  ],
};

/** Which of them the policy must name: the others only come along. */
export const bystanders: readonly string[] = ["address", "left-open-rule"];

/** A program that registers them as they are written, without any provider's SDK; secrets are the stack's. */
export function programOf(resources: readonly WrittenResource[]): string {
  return `
const pulumi = require("@pulumi/pulumi");
const made = {};
const filled = (value) => {
  if (Array.isArray(value)) return value.map(filled);
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filled(inner)]));
  const [, name, property] = typeof value === "string" ? (/^\\$([\\w-]+)\\.(\\w+)$/.exec(value) ?? []) : [];
  if (name !== undefined) return property === "id" ? made[name].id : made[name].name;
  return value === "Unmistakable-7" ? pulumi.secret(value) : value;
};
const all = ${JSON.stringify(resources)};
const waits = (each) => [...JSON.stringify(each.inputs).matchAll(/"\\$([\\w-]+)\\.\\w+"/g)].map(([, name]) => name);
for (let left = all; left.length > 0; ) {
  const ready = left.filter((each) => waits(each).every((name) => made[name]));
  if (ready.length === 0) throw new Error("a circle");
  // \`name\` is an output to wait for.
  for (const { name, type, inputs } of ready)
    made[name] = new pulumi.CustomResource(type, name, { name: undefined, ...filled(inputs) });
  left = left.filter((each) => !made[each.name]);
}
`;
}
