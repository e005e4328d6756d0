import {
  component,
  digest,
  idOf,
  machineInputs,
  machineWith,
  replaced,
  step,
  urnOf,
  vm,
  vmUrn,
  wholeGeneration,
  withValue,
} from "./previews";
import type { Cases } from "./serverCases";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const vaultType = "azure-native:recoveryservices:Vault";
const policyType = "azure-native:recoveryservices:ProtectionPolicy";
const itemType = "azure-native:recoveryservices:ProtectedItem";
const nsgType = "azure-native:network:NetworkSecurityGroup";
const ruleType = "azure-native:network:SecurityRule";
const nicType = "azure-native:network:NetworkInterface";
const subnetType = "azure-native:network:Subnet";

const vault = {
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
const vaultWith = (path: string, value: unknown) =>
  digest(step(vaultType, "vault", { old: vault, new: withValue(vault, path, value) }));

const duration = (count: number, durationType: string) => ({ retentionDuration: { count, durationType } });
const policy = {
  properties: {
    instantRpRetentionRangeInDays: 5,
    schedulePolicy: { scheduleRunFrequency: "Daily" },
    retentionPolicy: { dailySchedule: duration(30, "Days"), weeklySchedule: duration(12, "Weeks") },
  },
};
const policyWith = (path: string, value: unknown) =>
  digest(step(policyType, "policy", { old: policy, new: withValue(policy, path, value) }));

const item = {
  properties: { policyId: idOf("Microsoft.RecoveryServices", "vaults", "rsv"), protectionState: "Protected" },
};
const itemStep = (options: Parameters<typeof step>[2]) =>
  step(itemType, "item", { ...options, state: { dependencies: [vmUrn], ...options?.state } });

const stoppedItem = (more: Record<string, unknown> = {}) => ({
  properties: { sourceResourceId: "…", protectionState: "ProtectionStopped", ...more },
});
const ourItem = (options: Parameters<typeof step>[2]) =>
  step(itemType, "aadc-backup-g1-item", { parent: urnOf("entra-connect:backup:Backup", "aadc-backup"), ...options });

interface Rule {
  readonly name: string;
  readonly access?: string;
  readonly priority?: number;
  readonly from?: string;
  readonly port?: string;
  readonly direction?: string;
}
const rule = ({
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
const ssh = rule({ name: "ssh" });
const denyAll = rule({ name: "deny", access: "Deny", priority: 4096, from: "*", port: "*" });
const nsg = (old: unknown[], next: unknown[]) =>
  digest(
    step(nsgType, "nsg", {
      old: { networkSecurityGroupName: "nsg", securityRules: old },
      new: { networkSecurityGroupName: "nsg", securityRules: next },
    }),
  );
const aws = (old: unknown[], next: unknown[]) =>
  digest(step("aws:ec2/securityGroup:SecurityGroup", "sg", { old: { ingress: old }, new: { ingress: next } }));
const awsRule = (port: number, ...cidrBlocks: string[]) => ({
  protocol: "tcp",
  fromPort: port,
  toPort: port,
  cidrBlocks,
});
const oldVm = vm();

const nic = {
  networkSecurityGroup: { id: idOf("Microsoft.Network", "networkSecurityGroups", "nsg") },
  dnsSettings: { dnsServers: ["10.0.8.4", "10.0.8.5"] },
  ipConfigurations: [
    { name: "one", privateIPAddress: "10.0.0.10", subnet: { id: idOf("Microsoft.Network", "subnets", "a") } },
  ],
};
const nicWith = (path: string, value: unknown) =>
  digest(oldVm, step(nicType, "nic", { old: nic, new: withValue(nic, path, value) }));
const address = (value: object) => [{ ...nic.ipConfigurations[0], ...value }];

const subnet = {
  addressPrefix: "10.0.0.0/27",
  natGateway: { id: "nat" },
  routeTable: { id: "rt" },
  networkSecurityGroup: { id: "nsg" },
};
const subnetWith = (path: string, value: unknown) =>
  digest(oldVm, step(subnetType, "subnet", { old: subnet, new: withValue(subnet, path, value) }));

const machineUpdate = (path: string, value: unknown) => digest(vm({ op: "update", new: machineWith(path, value) }));

export const backupCases: Cases = {
  "recovery-points-lost": {
    raises: [
      { name: "a vault deleted", preview: digest(step(vaultType, "vault", { old: vault })) },
      { name: "a protected item deleted", preview: digest(step(itemType, "item", { old: item })) },
      {
        name: "a vault replaced",
        preview: digest(replaced(vaultType, "vault", { old: vault, new: withValue(vault, "location", "northeurope") })),
      },
      {
        name: "the group around a retained vault",
        preview: digest(
          step(vaultType, "vault", { old: vault, state: { retainOnDelete: true } }),
          step("azure-native:resources:ResourceGroup", "group", { old: { resourceGroupName: "rg-backup" } }),
        ),
      },
      {
        name: "the classic provider's item",
        preview: digest(step("azure:backup/protectedVM:ProtectedVM", "item", { old: {} })),
      },
    ],
    silent: [
      { name: "retained", preview: digest(step(vaultType, "vault", { old: vault, state: { retainOnDelete: true } })) },
      {
        name: "another group",
        preview: digest(
          step(vaultType, "vault", { old: vault, op: "same" }),
          step("azure-native:resources:ResourceGroup", "group", { old: { resourceGroupName: "rg-other" } }),
        ),
      },
    ],
  },
  "backup-unmanaged": {
    raises: [
      {
        name: "given up while its machine stays",
        preview: digest(vm(), itemStep({ old: item, state: { retainOnDelete: true } })),
      },
      {
        name: "of ours, given up while its server stays",
        preview: digest(
          component({ 1: {} }),
          ...wholeGeneration(1, "same"),
          ourItem({ old: item, state: { retainOnDelete: true } }),
        ),
      },
    ],
    silent: [
      {
        name: "its machine goes",
        preview: digest(itemStep({ old: item, state: { retainOnDelete: true } }), vm({ op: "delete" })),
      },
    ],
  },
  "protection-undeleted": {
    raises: [
      {
        name: "a deletion taken back, whoever's item it is",
        preview: digest(itemStep({ old: item, new: stoppedItem({ isRehydrate: true }) })),
      },
    ],
    silent: [
      { name: "a plain stop", preview: digest(itemStep({ old: item, new: stoppedItem() })) },
      {
        name: "protected afterwards",
        preview: digest(itemStep({ old: stoppedItem({ isRehydrate: true }), new: item })),
      },
    ],
  },
  "protection-to-stop": {
    raises: [
      {
        name: "its server goes, and its item stays",
        preview: digest(component({ 1: {} }, {}), ...wholeGeneration(1, "delete"), ourItem({ old: item, op: "same" })),
      },
      {
        name: "the same where what stays is not listed",
        preview: { ...digest(component({ 1: {} }, {}), ...wholeGeneration(1, "delete")), changeSummary: { same: 30 } },
      },
    ],
    silent: [
      {
        name: "its server stays",
        preview: digest(component({ 1: {} }), ...wholeGeneration(1, "same"), ourItem({ old: item, op: "same" })),
      },
      {
        name: "its item is given up with it",
        preview: digest(
          component({ 1: {} }, {}),
          ...wholeGeneration(1, "delete"),
          ourItem({ old: item, state: { retainOnDelete: true } }),
        ),
      },
      {
        name: "no backup",
        preview: {
          ...digest(
            component({ 1: {} }, {}, { settings: { backup: { enabled: false } } }),
            ...wholeGeneration(1, "delete"),
          ),
          changeSummary: { same: 30 },
        },
      },
      {
        name: "somebody else's machine",
        preview: digest(vm({ op: "delete" }), itemStep({ old: item, op: "same" })),
      },
    ],
  },
  "protection-ended": {
    raises: [
      { name: "of a number without a server", preview: digest(ourItem({ old: item, new: stoppedItem() })) },
      {
        name: "beside another server of the component",
        preview: digest(
          component({ 2: {} }),
          ...wholeGeneration(2, "same"),
          ourItem({ old: item, new: stoppedItem() }),
        ),
      },
    ],
    silent: [
      {
        name: "its server stands",
        preview: digest(
          component({ 1: {} }),
          ...wholeGeneration(1, "same"),
          ourItem({ old: item, new: stoppedItem() }),
        ),
      },
      {
        name: "its server goes in the same run: the guard has not passed yet",
        preview: digest(
          component({ 1: {} }, {}),
          ...wholeGeneration(1, "delete"),
          ourItem({ old: item, new: stoppedItem() }),
        ),
      },
      { name: "somebody else's", preview: digest(itemStep({ old: item, new: stoppedItem() })) },
      { name: "deleted", preview: digest(ourItem({ old: item })) },
    ],
  },
  "recovery-points-retained": {
    raises: [
      {
        name: "its machine goes",
        preview: digest(
          itemStep({ old: item, state: { retainOnDelete: true, dependencies: [vmUrn] } }),
          vm({ op: "delete" }),
        ),
      },
      {
        name: "of ours, its generation goes",
        preview: digest(
          component({ 1: {} }, {}),
          ...wholeGeneration(1, "delete"),
          ourItem({ old: item, state: { retainOnDelete: true } }),
        ),
      },
      {
        name: "of ours, its generation went in an earlier run",
        preview: digest(ourItem({ old: stoppedItem(), state: { retainOnDelete: true } })),
      },
    ],
    silent: [{ name: "not retained", preview: digest(itemStep({ old: item }), vm({ op: "delete" })) }],
  },
  "protection-stopped": {
    raises: [
      {
        name: "of ours, its server stands",
        preview: digest(
          component({ 1: {} }),
          ...wholeGeneration(1, "same"),
          ourItem({ old: item, new: stoppedItem() }),
        ),
      },
      {
        name: "stopped",
        preview: digest(
          itemStep({ old: item, new: withValue(item, "properties.protectionState", "ProtectionStopped") }),
        ),
      },
    ],
    silent: [
      {
        name: "resumed",
        preview: digest(
          itemStep({ old: withValue(item, "properties.protectionState", "ProtectionStopped"), new: item }),
        ),
      },
    ],
  },
  "retention-lowered": {
    raises: [
      { name: "30 days to 7", preview: policyWith("properties.retentionPolicy.dailySchedule", duration(7, "Days")) },
      {
        name: "12 weeks to 12 days",
        preview: policyWith("properties.retentionPolicy.weeklySchedule", duration(12, "Days")),
      },
      { name: "the weekly schedule gone", preview: policyWith("properties.retentionPolicy.weeklySchedule", undefined) },
      { name: "instant restore", preview: policyWith("properties.instantRpRetentionRangeInDays", 1) },
      {
        name: "logs",
        preview: digest(
          step("azure-native:operationalinsights:Workspace", "logs", {
            old: { retentionInDays: 90 },
            new: { retentionInDays: 30 },
          }),
        ),
      },
      {
        name: "a database of another cloud",
        preview: digest(
          step("aws:rds/instance:Instance", "db", {
            old: { backupRetentionPeriod: 7 },
            new: { backupRetentionPeriod: 0 },
          }),
        ),
      },
    ],
    silent: [
      {
        name: "30 days to 8 weeks",
        preview: policyWith("properties.retentionPolicy.dailySchedule", duration(8, "Weeks")),
      },
      { name: "more", preview: policyWith("properties.instantRpRetentionRangeInDays", 7) },
      {
        name: "for ever",
        preview: digest(
          step("aws:cloudwatch/logGroup:LogGroup", "logs", {
            old: { retentionInDays: 90 },
            new: { retentionInDays: 0 },
          }),
        ),
      },
    ],
  },
  "soft-delete-lowered": {
    raises: [
      { name: "off", preview: vaultWith("properties.securitySettings.softDeleteSettings.softDeleteState", "Disabled") },
      {
        name: "no longer always on",
        preview: vaultWith("properties.securitySettings.softDeleteSettings.softDeleteState", "Enabled"),
      },
      {
        name: "fewer days",
        preview: vaultWith("properties.securitySettings.softDeleteSettings.softDeleteRetentionPeriodInDays", 14),
      },
      { name: "no longer written at all", preview: vaultWith("properties.securitySettings", undefined) },
      {
        name: "purge protection of a key vault",
        preview: digest(
          step("azure-native:keyvault:Vault", "kv", {
            old: { properties: { enablePurgeProtection: true } },
            new: { properties: { enablePurgeProtection: false } },
          }),
        ),
      },
    ],
    silent: [
      {
        name: "more days",
        preview: vaultWith("properties.securitySettings.softDeleteSettings.softDeleteRetentionPeriodInDays", 60),
      },
      {
        name: "on",
        preview: digest(
          step(vaultType, "vault", {
            old: withValue(vault, "properties.securitySettings.softDeleteSettings.softDeleteState", "Disabled"),
            new: vault,
          }),
        ),
      },
    ],
  },
  "immutability-lowered": {
    raises: [
      { name: "off", preview: vaultWith("properties.securitySettings.immutabilitySettings.state", "Disabled") },
      {
        name: "fewer days of a container",
        preview: digest(
          step("azure-native:storage:BlobContainerImmutabilityPolicy", "p", {
            old: { immutabilityPeriodSinceCreationInDays: 30 },
            new: { immutabilityPeriodSinceCreationInDays: 3 },
          }),
        ),
      },
    ],
    silent: [
      { name: "locked", preview: vaultWith("properties.securitySettings.immutabilitySettings.state", "Locked") },
    ],
  },
  "redundancy-changed": {
    raises: [
      {
        name: "local",
        preview: vaultWith("properties.redundancySettings.standardTierStorageRedundancy", "LocallyRedundant"),
      },
      {
        name: "no restore elsewhere",
        preview: vaultWith("properties.redundancySettings.crossRegionRestore", "Disabled"),
      },
    ],
    silent: [{ name: "a tag", preview: vaultWith("tags", { a: "b" }) }],
  },
  "backup-plan-changed": {
    raises: [
      { name: "weekly", preview: policyWith("properties.schedulePolicy.scheduleRunFrequency", "Weekly") },
      {
        name: "another policy",
        preview: digest(
          itemStep({
            old: item,
            new: withValue(item, "properties.policyId", idOf("Microsoft.RecoveryServices", "vaults", "other")),
          }),
        ),
      },
    ],
    silent: [{ name: "longer retention", preview: policyWith("properties.instantRpRetentionRangeInDays", 7) }],
  },
};

export const networkCases: Cases = {
  "management-port-open": {
    raises: [
      { name: "from anywhere", preview: nsg([denyAll], [rule({ name: "rdp", from: "*", port: "3389" }), denyAll]) },
      {
        name: "from the tag Internet, in a range",
        preview: nsg([denyAll], [rule({ name: "all", from: "Internet", port: "1-65535" }), denyAll]),
      },
      { name: "from 0.0.0.0/0", preview: nsg([ssh, denyAll], [rule({ name: "ssh", from: "0.0.0.0/0" }), denyAll]) },
      {
        name: "in a group that is new",
        preview: digest(
          step(nsgType, "nsg", { new: { securityRules: [rule({ name: "rdp", from: "*", port: "3389" })] } }),
        ),
      },
      {
        name: "by a rule of its own",
        preview: digest(
          step(ruleType, "rdp", {
            new: { ...rule({ name: "rdp", from: "*", port: "5986" }), networkSecurityGroupName: "nsg" },
          }),
        ),
      },
      {
        name: "of AWS",
        preview: aws([awsRule(443, "10.0.0.0/8")], [awsRule(443, "10.0.0.0/8"), awsRule(3389, "0.0.0.0/0")]),
      },
      {
        name: "since the denial before it goes",
        preview: nsg(
          [
            rule({ name: "no", access: "Deny", priority: 100, from: "Internet", port: "*" }),
            rule({ name: "rdp", from: "*", port: "3389" }),
          ],
          [rule({ name: "rdp", from: "*", port: "3389" })],
        ),
      },
    ],
    silent: [
      { name: "a web port of AWS", preview: aws([], [awsRule(443, "0.0.0.0/0")]) },
      { name: "from the jump host", preview: nsg([denyAll], [ssh, denyAll]) },
      { name: "a web port", preview: nsg([denyAll], [rule({ name: "web", from: "*", port: "443" }), denyAll]) },
      {
        name: "out",
        preview: nsg([denyAll], [rule({ name: "out", from: "*", port: "22", direction: "Outbound" }), denyAll]),
      },
      {
        name: "behind a denial",
        preview: nsg(
          [denyAll],
          [
            rule({ name: "no", access: "Deny", priority: 100, from: "*", port: "*" }),
            rule({ name: "rdp", from: "*", port: "3389" }),
            denyAll,
          ],
        ),
      },
    ],
  },
  "access-widened": {
    raises: [
      { name: "another source", preview: nsg([ssh, denyAll], [rule({ name: "ssh", from: "10.0.9.0/24" }), denyAll]) },
      { name: "another port", preview: nsg([ssh, denyAll], [rule({ name: "ssh", port: "22-23" }), denyAll]) },
      {
        name: "a rule beside its group",
        preview: digest(
          step(nsgType, "nsg", { old: { networkSecurityGroupName: "nsg", securityRules: [denyAll] }, op: "same" }),
          step(ruleType, "more", {
            new: { ...rule({ name: "more", from: "10.0.0.0/8" }), networkSecurityGroupName: "nsg" },
          }),
        ),
      },
    ],
    silent: [
      { name: "other order", preview: nsg([ssh, denyAll], [denyAll, ssh]) },
      {
        name: "other names and priorities",
        preview: nsg([ssh, denyAll], [rule({ name: "jump host", priority: 300 }), denyAll]),
      },
      {
        name: "the same by two rules",
        preview: nsg(
          [rule({ name: "a", from: "10.0.9.0/31" }), denyAll],
          [rule({ name: "b", from: "10.0.9.0/32" }), rule({ name: "c", priority: 201, from: "10.0.9.1/32" }), denyAll],
        ),
      },
    ],
  },
  "access-lost": {
    raises: [
      { name: "a source less", preview: nsg([rule({ name: "ssh", from: "10.0.9.0/24" }), denyAll], [ssh, denyAll]) },
      {
        name: "a denial first",
        preview: nsg(
          [ssh, denyAll],
          [rule({ name: "no", access: "Deny", priority: 100, from: "*", port: "*" }), ssh, denyAll],
        ),
      },
    ],
    silent: [{ name: "more", preview: nsg([ssh, denyAll], [rule({ name: "ssh", from: "10.0.9.0/24" }), denyAll]) }],
  },
  "deny-rule-gone": {
    raises: [{ name: "the last rule", preview: nsg([ssh, denyAll], [ssh]) }],
    silent: [{ name: "under another name", preview: nsg([ssh, denyAll], [ssh, { ...denyAll, name: "nothing-else" }]) }],
  },
  "security-group-gone": {
    raises: [
      { name: "of an interface", preview: nicWith("networkSecurityGroup", undefined) },
      { name: "of a subnet", preview: subnetWith("networkSecurityGroup", undefined) },
      { name: "the group itself", preview: digest(vm(), step(nsgType, "nsg", { old: { securityRules: [denyAll] } })) },
    ],
    silent: [
      {
        name: "with its machine",
        preview: digest(vm({ op: "delete" }), step(nsgType, "nsg", { old: { securityRules: [denyAll] } })),
      },
    ],
  },
  "public-address": {
    raises: [
      {
        name: "an interface gets one",
        preview: nicWith("ipConfigurations", address({ publicIPAddress: { id: "pip" } })),
      },
      {
        name: "a new interface has one",
        preview: digest(
          step(nicType, "nic", { new: { ipConfigurations: address({ publicIPAddress: { id: "pip" } }) } }),
        ),
      },
    ],
    silent: [
      {
        name: "one is taken off",
        preview: digest(
          oldVm,
          step(nicType, "nic", {
            old: { ipConfigurations: address({ publicIPAddress: { id: "pip" } }) },
            new: { ipConfigurations: address({}) },
          }),
        ),
      },
      {
        name: "the address of a NAT gateway",
        preview: digest(
          step("azure-native:network:NatGateway", "nat", { new: { publicIpAddresses: [{ id: "pip" }] } }),
        ),
      },
    ],
  },
  "name-resolution-changed": {
    raises: [{ name: "a DNS server less", preview: nicWith("dnsSettings.dnsServers", ["10.0.8.4"]) }],
    silent: [
      { name: "the same in another order", preview: nicWith("dnsSettings.dnsServers", ["10.0.8.5", "10.0.8.4"]) },
    ],
  },
  "egress-changed": {
    raises: [
      { name: "no NAT gateway any more", preview: subnetWith("natGateway", undefined) },
      {
        name: "the gateway deleted",
        preview: digest(vm(), step("azure-native:network:NatGateway", "nat", { old: {} })),
      },
      {
        name: "its address replaced",
        preview: digest(
          vm(),
          step("azure-native:network:NatGateway", "nat", {
            op: "same",
            old: { publicIpAddresses: [{ id: idOf("Microsoft.Network", "publicIPAddresses", "pip") }] },
          }),
          replaced("azure-native:network:PublicIPAddress", "pip", {
            old: { zones: ["1"] },
            new: { zones: ["2"] },
            state: { id: idOf("Microsoft.Network", "publicIPAddresses", "pip") },
          }),
        ),
      },
    ],
    silent: [
      {
        name: "a first gateway of a new stack",
        preview: digest(step("azure-native:network:NatGateway", "nat", { new: {} })),
      },
    ],
  },
  "peering-changed": {
    raises: [
      {
        name: "deleted",
        preview: digest(
          vm(),
          step("azure-native:network:VirtualNetworkPeering", "hub", {
            old: { remoteVirtualNetwork: { id: idOf("Microsoft.Network", "virtualNetworks", "hub") } },
          }),
        ),
      },
      {
        name: "changed",
        preview: digest(
          vm(),
          step("azure-native:network:VirtualNetworkPeering", "hub", {
            old: { useRemoteGateways: true },
            new: { useRemoteGateways: false },
          }),
        ),
      },
    ],
    silent: [
      {
        name: "in a stack without machines",
        preview: digest(step("azure-native:network:VirtualNetworkPeering", "hub", { old: {} })),
      },
    ],
  },
  "routes-changed": {
    raises: [
      { name: "another route table", preview: subnetWith("routeTable", { id: "other" }) },
      {
        name: "a route",
        preview: digest(
          vm(),
          step("azure-native:network:Route", "all", {
            new: { addressPrefix: "0.0.0.0/0", nextHopType: "VirtualAppliance" },
          }),
        ),
      },
    ],
    silent: [
      {
        name: "a tag of a table",
        preview: digest(
          vm(),
          step("azure-native:network:RouteTable", "rt", { old: { routes: [] }, new: { routes: [], tags: { a: "b" } } }),
        ),
      },
    ],
  },
  "way-in-changed": {
    raises: [
      {
        name: "deleted",
        preview: digest(vm(), step("azure-native:network:BastionHost", "bastion", { old: { enableTunneling: true } })),
      },
      {
        name: "its native client support taken away",
        preview: digest(
          vm(),
          step("azure-native:network:BastionHost", "bastion", {
            old: { enableTunneling: true },
            new: { enableTunneling: false },
          }),
        ),
      },
      {
        name: "a smaller SKU",
        preview: digest(
          vm(),
          step("azure-native:network:BastionHost", "bastion", {
            old: { sku: { name: "Standard" } },
            new: { sku: { name: "Basic" } },
          }),
        ),
      },
    ],
    silent: [
      {
        name: "a new one",
        preview: digest(vm(), step("azure-native:network:BastionHost", "bastion", { new: { enableTunneling: true } })),
      },
      {
        name: "more instances",
        preview: digest(
          vm(),
          step("azure-native:network:BastionHost", "bastion", { old: { scaleUnits: 2 }, new: { scaleUnits: 4 } }),
        ),
      },
      {
        name: "in a stack without machines",
        preview: digest(step("azure-native:network:BastionHost", "bastion", { old: {} })),
      },
    ],
  },
  "network-place-changed": {
    raises: [
      { name: "another address", preview: nicWith("ipConfigurations", address({ privateIPAddress: "10.0.0.11" })) },
      { name: "a smaller subnet", preview: subnetWith("addressPrefix", "10.0.0.0/28") },
    ],
    silent: [{ name: "another name of the configuration's tag", preview: nicWith("tags", { a: "b" }) }],
  },
};

const lockType = "azure-native:authorization:ManagementLockByScope";
const provider = (options: Parameters<typeof step>[2]) => step("pulumi:providers:azure-native", "azure", options);
const subscriptions = ["00000000-0000-4000-8000-0000000000a1", "00000000-0000-4000-8000-0000000000b2"] as const;

export const protectionCases: Cases = {
  "identity-changed": {
    raises: [
      { name: "of a machine", preview: machineUpdate("identity", { type: "UserAssigned" }) },
      { name: "of a vault, taken away", preview: vaultWith("identity", undefined) },
    ],
    silent: [{ name: "a size", preview: machineUpdate("hardwareProfile.vmSize", "Standard_D4s_v5") }],
  },
  "rights-changed": {
    raises: [
      {
        name: "a role assignment deleted",
        preview: digest(
          step("azure-native:authorization:RoleAssignment", "r", { old: { roleDefinitionId: "reader" } }),
        ),
      },
      {
        name: "another role",
        preview: digest(
          replaced("azure-native:authorization:RoleAssignment", "r", {
            old: { roleDefinitionId: "reader" },
            new: { roleDefinitionId: "owner" },
          }),
        ),
      },
    ],
    silent: [
      {
        name: "a new one in a stack with nothing of ours",
        preview: digest(
          step("azure-native:authorization:RoleAssignment", "r", { new: { roleDefinitionId: "reader" } }),
        ),
      },
    ],
  },
  "encryption-weakened": {
    raises: [
      { name: "at host", preview: machineUpdate("securityProfile.encryptionAtHost", false) },
      { name: "no longer written", preview: machineUpdate("securityProfile.encryptionAtHost", undefined) },
      {
        name: "a lower TLS",
        preview: digest(
          step("azure-native:storage:StorageAccount", "s", {
            old: { minimumTlsVersion: "TLS1_2" },
            new: { minimumTlsVersion: "TLS1_0" },
          }),
        ),
      },
    ],
    silent: [
      {
        name: "switched on",
        preview: digest(
          vm({ op: "update", old: machineWith("securityProfile.encryptionAtHost", false), new: machineInputs }),
        ),
      },
    ],
  },
  "trusted-launch-weakened": {
    raises: [
      { name: "secure boot off", preview: machineUpdate("securityProfile.uefiSettings.secureBootEnabled", false) },
      { name: "standard", preview: machineUpdate("securityProfile.securityType", "Standard") },
    ],
    silent: [{ name: "confidential", preview: machineUpdate("securityProfile.securityType", "ConfidentialVM") }],
  },
  "posture-worse": {
    raises: [
      {
        name: "a disk that may be exported",
        preview: digest(
          step("azure-native:compute:Disk", "d", {
            old: { networkAccessPolicy: "DenyAll", publicNetworkAccess: "Disabled" },
            new: { networkAccessPolicy: "AllowAll", publicNetworkAccess: "Enabled" },
          }),
        ),
      },
      {
        name: "a host key that is no longer pinned",
        preview: digest(
          step("command:remote:Command", "c", {
            old: { connection: { host: "h", hostKey: "ssh-ed25519 A" }, create: "a" },
            new: { connection: { host: "h" }, create: "a" },
          }),
        ),
      },
    ],
    silent: [
      {
        name: "a disk that never was protected",
        preview: digest(
          step("azure-native:compute:Disk", "d", {
            old: { networkAccessPolicy: "AllowAll", diskSizeGB: 10 },
            new: { networkAccessPolicy: "AllowAll", diskSizeGB: 20 },
          }),
        ),
      },
    ],
  },
  "lock-removed": {
    raises: [
      { name: "deleted", preview: digest(step(lockType, "lock", { old: { level: "CanNotDelete" } })) },
      {
        name: "weaker",
        preview: digest(step(lockType, "lock", { old: { level: "ReadOnly" }, new: { level: "CanNotDelete" } })),
      },
    ],
    silent: [
      {
        name: "given up and left in Azure",
        preview: digest(step(lockType, "lock", { old: { level: "CanNotDelete" }, oldState: { retainOnDelete: true } })),
      },
      {
        name: "stronger",
        preview: digest(step(lockType, "lock", { old: { level: "CanNotDelete" }, new: { level: "ReadOnly" } })),
      },
    ],
  },
  "protection-removed": {
    raises: [{ name: "protect", preview: digest(vm({ op: "same", oldState: { protect: true }, newState: {} })) }],
    silent: [{ name: "protected from now on", preview: digest(vm({ op: "same", newState: { protect: true } })) }],
  },
  "diagnostics-weakened": {
    raises: [
      { name: "deleted", preview: digest(step("azure-native:monitor:DiagnosticSetting", "d", { old: {} })) },
      {
        name: "a log off",
        preview: digest(
          step("azure-native:monitor:DiagnosticSetting", "d", {
            old: { logs: [{ enabled: true }] },
            new: { logs: [{ enabled: false }] },
          }),
        ),
      },
    ],
    silent: [
      {
        name: "one more log",
        preview: digest(
          step("azure-native:monitor:DiagnosticSetting", "d", {
            old: { logs: [{ categoryGroup: "audit", enabled: true }] },
            new: {
              logs: [
                { categoryGroup: "audit", enabled: true },
                { categoryGroup: "allLogs", enabled: true },
              ],
            },
          }),
        ),
      },
    ],
  },
  "alerts-weakened": {
    raises: [
      {
        name: "off",
        preview: digest(
          step("azure-native:monitor:MetricAlert", "a", { old: { enabled: true }, new: { enabled: false } }),
        ),
      },
      { name: "deleted", preview: digest(step("azure-native:monitor:ActionGroup", "a", { old: {} })) },
    ],
    silent: [
      {
        name: "on",
        preview: digest(
          step("azure-native:monitor:MetricAlert", "a", { old: { enabled: false }, new: { enabled: true } }),
        ),
      },
    ],
  },
  "subscription-changed": {
    raises: [
      {
        name: "of the provider",
        preview: digest(
          provider({ old: { subscriptionId: subscriptions[0] }, new: { subscriptionId: subscriptions[1] } }),
        ),
      },
      {
        name: "of what a resource names",
        preview: nicWith("networkSecurityGroup", {
          id: idOf("Microsoft.Network", "networkSecurityGroups", "nsg").replace(subscriptions[0], subscriptions[1]),
        }),
      },
      {
        name: "in the settings of the stack",
        preview: {
          ...digest(vm({ op: "update", new: machineWith("licenseType", "None") })),
          config: { "azure-native:subscriptionId": subscriptions[1] },
        },
      },
    ],
    silent: [
      { name: "the same", preview: { ...digest(vm()), config: { "azure-native:subscriptionId": subscriptions[0] } } },
    ],
  },
  "tenant-changed": {
    raises: [
      {
        name: "of the provider",
        preview: digest(provider({ old: { tenantId: subscriptions[0] }, new: { tenantId: subscriptions[1] } })),
      },
    ],
    silent: [
      {
        name: "only its version",
        preview: digest(provider({ old: { version: "3.27.0" }, new: { version: "3.28.0" } })),
      },
    ],
  },
  "provider-changed": {
    raises: [
      {
        name: "another provider",
        preview: digest(
          vm({
            op: "update",
            new: machineWith("licenseType", "None"),
            oldState: { provider: "urn:pulumi:prod::infra::pulumi:providers:azure-native::default_3_27_0::1" },
            newState: { provider: "urn:pulumi:prod::infra::pulumi:providers:azure-native::other::2" },
          }),
        ),
      },
    ],
    silent: [
      {
        name: "another version of the default provider",
        preview: digest(
          vm({
            op: "update",
            new: machineWith("licenseType", "None"),
            oldState: { provider: "urn:pulumi:prod::infra::pulumi:providers:azure-native::default_3_27_0::1" },
            newState: { provider: "urn:pulumi:prod::infra::pulumi:providers:azure-native::default_3_28_0::2" },
          }),
        ),
      },
    ],
  },
  "region-changed": {
    raises: [
      {
        name: "elsewhere",
        preview: digest(
          replaced("azure-native:resources:ResourceGroup", "rg", {
            old: { location: "westeurope" },
            new: { location: "northeurope" },
          }),
        ),
      },
    ],
    silent: [
      {
        name: "the same place in other words",
        preview: digest(
          step("azure-native:resources:ResourceGroup", "rg", {
            old: { location: "westeurope" },
            new: { location: "West Europe" },
          }),
        ),
      },
    ],
  },
  "secret-in-plain-text": {
    raises: [
      {
        name: "by name",
        preview: digest(
          step("azure-native:compute:VirtualMachine", "vm", {
            new: { osProfile: { adminPassword: "Correct-Horse-9" } },
          }),
        ),
      },
      {
        name: "by value",
        preview: digest(
          step("azure-native:web:WebApp", "app", {
            op: "same",
            old: { setting: "AccountKey=abcdefghijkl==;EndpointSuffix=core" },
          }),
        ),
      },
      {
        name: "in the settings",
        preview: {
          ...digest(step("random:index/randomPet:RandomPet", "pet", { new: {} })),
          config: { "app:dbPassword": "Correct-Horse-9" },
        },
      },
      {
        name: "in JSON in a string",
        preview: digest(
          step("azure-native:compute:VirtualMachineExtension", "join", {
            new: { settings: '{"user":"a","password":"Correct-Horse-9"}' },
          }),
        ),
      },
      {
        name: "written into a command",
        preview: digest(step("command:remote:Command", "c", { new: { create: "net user svc Correct-Horse-9 /add" } })),
      },
      {
        name: "written into a script of a run command",
        preview: digest(
          step("azure-native:compute:VirtualMachineRunCommandByVirtualMachine", "c", {
            new: { source: { script: "$password = 'Correct-Horse-9'" } },
          }),
        ),
      },
      {
        name: "in an output",
        preview: digest(
          step("random:index/thing:Thing", "t", {
            op: "same",
            old: {},
            state: { outputs: { apiKey: "Correct-Horse-9" } },
          }),
        ),
      },
    ],
    silent: [
      {
        name: "a secret of the engine",
        preview: digest(
          step("azure-native:compute:VirtualMachine", "vm", { new: { osProfile: { adminPassword: "[secret]" } } }),
        ),
      },
      {
        name: "not known yet",
        preview: digest(
          step("azure-native:compute:VirtualMachine", "vm", { new: { osProfile: { adminPassword: unknown } } }),
        ),
      },
      {
        name: "a switch",
        preview: digest(
          step("azure-native:compute:VirtualMachine", "vm", {
            new: { disablePasswordAuthentication: true, passwordHashSync: "enabled" },
          }),
        ),
      },
    ],
  },
};

export const engineCases: Cases = {
  "unknown-operation": {
    raises: [{ name: "a new word", preview: digest(vm({ op: "teleport" })) }],
    silent: [
      {
        name: "every word of the engine that does nothing",
        preview: digest(vm({ op: "same" }), step("a:b:C", "x", { op: "diff" }), step("a:b:C", "y", { op: "read" })),
      },
    ],
  },
  "unknown-value": {
    raises: [
      {
        name: "a source that is not known",
        preview: nsg([ssh, denyAll], [rule({ name: "ssh", from: unknown }), denyAll]),
      },
      {
        name: "all rules",
        preview: digest(step(nsgType, "nsg", { old: { securityRules: [ssh] }, new: { securityRules: unknown } })),
      },
      {
        name: "soft delete of a vault",
        preview: vaultWith("properties.securitySettings.softDeleteSettings.softDeleteState", unknown),
      },
      { name: "a whole part of a machine", preview: machineUpdate("securityProfile", unknown) },
    ],
    silent: [
      { name: "a value on which nothing depends", preview: machineUpdate("licenseType", unknown) },
      { name: "everything of something new", preview: digest(step("a:b:C", "x", { new: { a: unknown } })) },
    ],
  },
  "not-compared": {
    raises: [{ name: "nested without end", preview: digest(step("a:b:C", "x", { old: {}, new: nested(500) })) }],
    silent: [{ name: "nested as usual", preview: digest(step("a:b:C", "x", { old: {}, new: nested(20) })) }],
  },
  "half-made": {
    raises: [
      { name: "errors at its creation", preview: digest(vm({ op: "same", oldState: { initErrors: ["timeout"] } })) },
      { name: "a replacement under way", preview: digest(vm({ op: "same", oldState: { pendingReplacement: true } })) },
    ],
    silent: [{ name: "no errors", preview: digest(vm({ op: "same", oldState: { initErrors: [] } })) }],
  },
  "resource-replaced": {
    raises: [
      {
        name: "a password",
        preview: digest(
          replaced("random:index/randomPassword:RandomPassword", "p", { old: { length: 1 }, new: { length: 2 } }),
        ),
      },
    ],
    silent: [{ name: "an update", preview: digest(step("a:b:C", "x", { old: { a: 1 }, new: { a: 2 } })) }],
  },
  "resource-deleted": {
    raises: [{ name: "a bucket", preview: digest(step("aws:s3/bucket:Bucket", "b", { old: {} })) }],
    silent: [
      {
        name: "a retained one",
        preview: digest(step("aws:s3/bucket:Bucket", "b", { old: {}, state: { retainOnDelete: true } })),
      },
    ],
  },
  "resource-forgotten": {
    raises: [
      {
        name: "retained",
        preview: digest(step("aws:s3/bucket:Bucket", "b", { old: {}, state: { retainOnDelete: true } })),
      },
    ],
    silent: [{ name: "deleted", preview: digest(step("aws:s3/bucket:Bucket", "b", { old: {} })) }],
  },
  "resource-imported": {
    raises: [{ name: "a bucket", preview: digest(step("aws:s3/bucket:Bucket", "b", { op: "import", new: {} })) }],
    silent: [{ name: "a bucket made", preview: digest(step("aws:s3/bucket:Bucket", "b", { new: {} })) }],
  },
  "resource-changed": {
    raises: [
      {
        name: "a bucket",
        preview: digest(step("aws:s3/bucket:Bucket", "b", { old: { acl: "private" }, new: { acl: "public" } })),
      },
    ],
    silent: [
      {
        name: "its tags",
        preview: digest(step("aws:s3/bucket:Bucket", "b", { old: { tags: { a: "b" } }, new: { tags: { a: "c" } } })),
      },
    ],
  },
  "resource-created": {
    raises: [
      {
        name: "beside a guard",
        preview: digest(
          step("command:remote:Command", "guard", { op: "same", old: { delete: "ask" } }),
          step("aws:s3/bucket:Bucket", "b", { new: {} }),
        ),
      },
    ],
    silent: [
      { name: "in a stack with nothing of ours", preview: digest(step("aws:s3/bucket:Bucket", "b", { new: {} })) },
    ],
  },
  "state-refreshed": {
    raises: [{ name: "a refresh", preview: digest(vm({ op: "refresh" })) }],
    silent: [{ name: "nothing", preview: digest(vm()) }],
  },
  "preview-failed": {
    raises: [
      { name: "an error", preview: { ...digest(vm()), diagnostics: [{ severity: "error", message: "error: no\n" }] } },
      { name: "nothing", preview: {} },
    ],
    silent: [
      {
        name: "a warning",
        preview: { ...digest(vm()), diagnostics: [{ severity: "warning", message: "warning: hm\n" }] },
      },
    ],
  },
};

function nested(depth: number): Record<string, unknown> {
  let value: Record<string, unknown> = { end: true };
  for (let at = 0; at < depth; at++) value = { in: value };
  return value;
}
