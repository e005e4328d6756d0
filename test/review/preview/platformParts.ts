/** What the cases about backup, network, protection and engine are made of. */
import { digest, idOf, machineWith, step, urnOf, vm, vmUrn, withValue } from "./previews";

export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
export const vaultType = "azure-native:recoveryservices:Vault";
export const policyType = "azure-native:recoveryservices:ProtectionPolicy";
export const itemType = "azure-native:recoveryservices:ProtectedItem";
export const nsgType = "azure-native:network:NetworkSecurityGroup";
export const ruleType = "azure-native:network:SecurityRule";
export const nicType = "azure-native:network:NetworkInterface";
export const subnetType = "azure-native:network:Subnet";

export const vault = {
  vaultName: "rsv",
  resourceGroupName: "rg-backup",
  location: "westeurope",
  identity: { type: "SystemAssigned" },
  properties: {
    redundancySettings: { standardTierStorageRedundancy: "GeoRedundant", crossRegionRestore: "Enabled" },
    securitySettings: {
      immutabilitySettings: { state: "Unlocked" },
      softDeleteSettings: { softDeleteState: "AlwaysON", softDeleteRetentionPeriodInDays: 30 },
    },
  },
};
export const vaultWith = (path: string, value: unknown) =>
  digest(step(vaultType, "vault", { old: vault, new: withValue(vault, path, value) }));

export const duration = (count: number, durationType: string) => ({ retentionDuration: { count, durationType } });
export const policy = {
  properties: {
    instantRpRetentionRangeInDays: 5,
    schedulePolicy: { scheduleRunFrequency: "Daily" },
    retentionPolicy: { dailySchedule: duration(30, "Days"), weeklySchedule: duration(12, "Weeks") },
  },
};
export const policyWith = (path: string, value: unknown) =>
  digest(step(policyType, "policy", { old: policy, new: withValue(policy, path, value) }));

export const item = {
  properties: { policyId: idOf("Microsoft.RecoveryServices", "vaults", "rsv"), protectionState: "Protected" },
};
export const itemStep = (options: Parameters<typeof step>[2]) =>
  step(itemType, "item", { ...options, state: { dependencies: [vmUrn], ...options?.state } });

export const stoppedItem = (more: Record<string, unknown> = {}) => ({
  properties: { sourceResourceId: "…", protectionState: "ProtectionStopped", ...more },
});
export const ourItem = (options: Parameters<typeof step>[2]) =>
  step(itemType, "aadc-backup-g1-item", { parent: urnOf("entra-connect:backup:Backup", "aadc-backup"), ...options });

interface Rule {
  readonly name: string;
  readonly access?: string;
  readonly priority?: number;
  readonly from?: string;
  readonly port?: string;
  readonly direction?: string;
}
export const rule = ({
  name,
  access = "Allow",
  priority = 200,
  from = "10.0.9.4/32",
  port = "22",
  direction = "Inbound",
}: Rule) => ({
  name,
  access,
  priority,
  direction,
  protocol: "Tcp",
  sourceAddressPrefix: from,
  sourcePortRange: "*",
  destinationAddressPrefix: "*",
  destinationPortRange: port,
});
export const ssh = rule({ name: "ssh" });
export const denyAll = rule({ name: "deny", access: "Deny", priority: 4096, from: "*", port: "*" });
export const nsg = (old: unknown[], next: unknown[]) =>
  digest(
    step(nsgType, "nsg", {
      old: { networkSecurityGroupName: "nsg", securityRules: old },
      new: { networkSecurityGroupName: "nsg", securityRules: next },
    }),
  );
export const aws = (old: unknown[], next: unknown[]) =>
  digest(step("aws:ec2/securityGroup:SecurityGroup", "sg", { old: { ingress: old }, new: { ingress: next } }));
export const awsRule = (port: number, ...cidrBlocks: string[]) => ({
  protocol: "tcp",
  fromPort: port,
  toPort: port,
  cidrBlocks,
});
export const oldVm = vm();

export const nic = {
  networkSecurityGroup: { id: idOf("Microsoft.Network", "networkSecurityGroups", "nsg") },
  dnsSettings: { dnsServers: ["10.0.8.4", "10.0.8.5"] },
  ipConfigurations: [
    { name: "one", privateIPAddress: "10.0.0.10", subnet: { id: idOf("Microsoft.Network", "subnets", "a") } },
  ],
};
export const nicWith = (path: string, value: unknown) =>
  digest(oldVm, step(nicType, "nic", { old: nic, new: withValue(nic, path, value) }));
export const address = (value: object) => [{ ...nic.ipConfigurations[0], ...value }];

export const subnet = {
  addressPrefix: "10.0.0.0/27",
  natGateway: { id: "nat" },
  routeTable: { id: "rt" },
  networkSecurityGroup: { id: "nsg" },
};
export const subnetWith = (path: string, value: unknown) =>
  digest(oldVm, step(subnetType, "subnet", { old: subnet, new: withValue(subnet, path, value) }));

export const machineUpdate = (path: string, value: unknown) =>
  digest(vm({ op: "update", new: machineWith(path, value) }));
