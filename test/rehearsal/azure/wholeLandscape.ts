import { type JsonObject, objectAt } from "../../../rehearsal/azure/properties/json";
import { secret } from "../../../rehearsal/azure/properties/wire";
import { archiveLandscape } from "./archiveLandscape";
import { Landscape, securityRule } from "./landscape";
import type { Resource, Simulated } from "./simulatedAzure";

export const canary = "Canary-Secret-4711!";

/** At least one resource of every type that has rules. */
export async function wholeLandscape(azure: Simulated): Promise<Map<string, Resource>> {
  const landscape = new Landscape(azure);
  const { group } = landscape;
  const { vm, vnet, subnet } = await landscape.server();
  const add = (token: string, name: string, inputs: JsonObject) =>
    landscape.add(token, name, { resourceGroupName: group, ...inputs });
  await add("network:SecurityRule", "standalone", {
    ...securityRule("standalone", 300),
    networkSecurityGroupName: "nsg",
    securityRuleName: "standalone",
  });
  const address = await add("network:PublicIPAddress", "egress", {
    publicIpAddressName: "egress",
    sku: { name: "Standard" },
    publicIPAllocationMethod: "Static",
    zones: ["1"],
  });
  const nat = await add("network:NatGateway", "nat", {
    natGatewayName: "nat",
    sku: { name: "Standard" },
    publicIpAddresses: [{ id: address.id }],
  });
  const bastionSubnet = await add("network:Subnet", "AzureBastionSubnet", {
    virtualNetworkName: "vnet",
    subnetName: "AzureBastionSubnet",
    addressPrefix: "10.40.9.0/26",
    natGateway: { id: nat.id },
  });
  const door = await add("network:PublicIPAddress", "door", { publicIpAddressName: "door", sku: { name: "Standard" } });
  await add("network:BastionHost", "bastion", {
    bastionHostName: "bastion",
    sku: { name: "Standard" },
    enableTunneling: true,
    scaleUnits: 2,
    ipConfigurations: [{ name: "ip", subnet: { id: bastionSubnet.id }, publicIPAddress: { id: door.id } }],
  });
  await add("network:RouteTable", "routes", {
    routeTableName: "routes",
    routes: [
      { name: "all", addressPrefix: "0.0.0.0/0", nextHopType: "VirtualAppliance", nextHopIpAddress: "10.50.2.4" },
    ],
  });
  const hub = await add("network:VirtualNetwork", "hub", {
    virtualNetworkName: "hub",
    addressSpace: { addressPrefixes: ["10.50.0.0/16"] },
    subnets: [{ name: "inline", addressPrefix: "10.50.1.0/24" }],
  });
  await add("network:VirtualNetworkPeering", "to-hub", {
    virtualNetworkName: "vnet",
    virtualNetworkPeeringName: "to-hub",
    remoteVirtualNetwork: { id: hub.id },
    allowVirtualNetworkAccess: true,
  });
  await add("network:VirtualNetworkPeering", "from-hub", {
    virtualNetworkName: "hub",
    virtualNetworkPeeringName: "from-hub",
    remoteVirtualNetwork: { id: vnet.id },
  });
  azure.scriptResult = { exitCode: 0, output: "ssh-ed25519 AAAA", error: "" };
  await add("compute:VirtualMachineRunCommandByVirtualMachine", "enable", {
    vmName: vm.name,
    runCommandName: "enable",
    source: { script: "Write-Output hello" },
    parameters: [{ name: "AdministratorName", value: "entraadmin" }],
    protectedParameters: secret([{ name: "token", value: canary }]),
    treatFailureAsDeploymentFailure: true,
  });
  await add("compute:Disk", "data", {
    diskName: "data",
    sku: { name: "Premium_LRS" },
    creationData: { createOption: "Empty" },
    diskSizeGB: 64,
    networkAccessPolicy: "DenyAll",
    publicNetworkAccess: "Disabled",
  });
  const { vault } = await protectedMachine(landscape, vm);
  const workspace = await add("operationalinsights:Workspace", "law", { workspaceName: "law-1" });
  await landscape.add("monitor:DiagnosticSetting", "logs", {
    name: "logs",
    resourceUri: vault.id,
    workspaceId: workspace.id,
    logAnalyticsDestinationType: "Dedicated",
    logs: [{ categoryGroup: "allLogs", enabled: true }],
  });
  await watched(landscape, vm, workspace, vault);
  await add("compute:DiskEncryptionSet", "keys", {
    diskEncryptionSetName: "keys",
    identity: { type: "SystemAssigned" },
    activeKey: { keyUrl: "https://kv.vault.azure.net/keys/disk/1" },
  });
  await vm.update({
    ...vm.inputs,
    osProfile: {
      ...objectAt(vm.inputs, "osProfile"),
      windowsConfiguration: {
        patchSettings: {
          patchMode: "AutomaticByPlatform",
          automaticByPlatformSettings: { bypassPlatformSafetyChecksOnUserSchedule: true },
        },
      },
    },
  });
  const updates = await add("maintenance:MaintenanceConfiguration", "updates", {
    resourceName: "updates",
    maintenanceScope: "InGuestPatch",
    extensionProperties: { InGuestPatchMode: "User" },
    startDateTime: "2026-11-29 03:00",
    duration: "03:00",
    recurEvery: "Week Sunday",
    timeZone: "UTC",
    installPatches: { rebootSetting: "IfRequired", windowsParameters: { classificationsToInclude: ["Security"] } },
  });
  await add("maintenance:ConfigurationAssignment", "updates", {
    providerName: "Microsoft.Compute",
    resourceType: "virtualMachines",
    resourceName: vm.name,
    configurationAssignmentName: "updates",
    maintenanceConfigurationId: updates.id,
  });
  await archiveLandscape(landscape, vm, vnet, subnet.id);
  await landscape.add("authorization:ManagementLockByScope", "keep", {
    scope: vm.id,
    lockName: "keep",
    level: "CanNotDelete",
    notes: "Tier 0",
  });
  return landscape.parts;
}

/** One of everything that watches a machine. */
async function watched(landscape: Landscape, vm: Resource, workspace: Resource, vault: Resource): Promise<void> {
  const add = (token: string, name: string, inputs: JsonObject) =>
    landscape.add(token, name, { resourceGroupName: landscape.group, ...inputs });
  const group = await add("monitor:ActionGroup", "people", {
    actionGroupName: "people",
    location: "Global",
    groupShortName: "people",
    enabled: true,
    emailReceivers: [{ name: "a", emailAddress: "a@contoso.com", useCommonAlertSchema: true }],
  });
  const rule = await add("monitor:DataCollectionRule", "collected", {
    dataCollectionRuleName: "collected",
    kind: "Windows",
    dataSources: {
      windowsEventLogs: [{ name: "all", streams: ["Microsoft-Event"], xPathQueries: ["System!*[System[(Level=1)]]"] }],
    },
    destinations: { logAnalytics: [{ name: "law", workspaceResourceId: workspace.id }] },
    dataFlows: [{ streams: ["Microsoft-Event"], destinations: ["law"] }],
  });
  await landscape.add("monitor:DataCollectionRuleAssociation", "collected", {
    resourceUri: vm.id,
    associationName: "collected",
    dataCollectionRuleId: rule.id,
  });
  await add("monitor:ScheduledQueryRule", "silent", {
    ruleName: "silent",
    kind: "LogAlert",
    severity: 1,
    enabled: true,
    scopes: [workspace.id],
    evaluationFrequency: "PT5M",
    windowSize: "PT15M",
    criteria: {
      allOf: [
        { query: "Heartbeat", metricMeasureColumn: "n", timeAggregation: "Total", operator: "LessThan", threshold: 1 },
      ],
    },
    skipQueryValidation: true,
    actions: { actionGroups: [group.id] },
  });
  await add("monitor:ActivityLogAlert", "touched", {
    activityLogAlertName: "touched",
    location: "Global",
    scopes: [vm.id],
    condition: { allOf: [{ field: "category", equals: "Administrative" }] },
    actions: { actionGroups: [{ actionGroupId: group.id }] },
  });
  await add("monitor:MetricAlert", "backup", {
    ruleName: "backup",
    ...failedBackups(vault.id, group.id),
  });
  await add("applicationinsights:Workbook", "pair", {
    resourceName: "3f1c0b52-7a44-4e6f-9d1a-2b8c5d7e9f10",
    kind: "shared",
    category: "workbook",
    displayName: "The pair",
    sourceId: workspace.id,
    serializedData: "{}",
  });
}

export function policyProperties(): JsonObject {
  return {
    backupManagementType: "AzureIaasVM",
    policyType: "V2",
    instantRpRetentionRangeInDays: 7,
    timeZone: "UTC",
    snapshotConsistencyType: "OnlyCrashConsistent",
    schedulePolicy: {
      schedulePolicyType: "SimpleSchedulePolicyV2",
      scheduleRunFrequency: "Daily",
      dailySchedule: { scheduleRunTimes: ["2026-01-01T01:00:00Z"] },
    },
    retentionPolicy: {
      retentionPolicyType: "LongTermRetentionPolicy",
      dailySchedule: {
        retentionTimes: ["2026-01-01T01:00:00Z"],
        retentionDuration: { count: 30, durationType: "Days" },
      },
    },
  };
}

export function itemInputs(vmId: string, policyId?: string): JsonObject {
  const parts = vmId.split("/");
  const names = `iaasvmcontainerv2;${parts[4] ?? ""};${parts.at(-1) ?? ""}`;
  return {
    resourceGroupName: "rg-backup",
    vaultName: "vault",
    fabricName: "Azure",
    containerName: `iaasvmcontainer;${names}`,
    protectedItemName: `VM;${names}`,
    properties: {
      protectedItemType: "Microsoft.Compute/virtualMachines",
      sourceResourceId: vmId,
      ...(policyId === undefined ? { protectionState: "ProtectionStopped" } : { policyId }),
    },
  };
}

/** Vault, enhanced policy and protected item in a resource group of their own. */
export async function protectedMachine(landscape: Landscape, vm: Resource) {
  const group = await landscape.resourceGroup("rg-backup");
  const vault = await landscape.add("recoveryservices:Vault", "vault", {
    resourceGroupName: "rg-backup",
    vaultName: "vault",
    sku: { name: "RS0", tier: "Standard" },
    identity: { type: "SystemAssigned" },
    properties: { publicNetworkAccess: "Enabled" },
  });
  const policy = await landscape.add("recoveryservices:ProtectionPolicy", "daily", {
    resourceGroupName: "rg-backup",
    vaultName: "vault",
    policyName: "daily",
    properties: policyProperties(),
  });
  const item = await landscape.add("recoveryservices:ProtectedItem", "item", itemInputs(vm.id, policy.id));
  return { group, vault, policy, item };
}

/** A metric alert that tells an action group of failed backups. */
export function failedBackups(vaultId: string, actionGroupId: string): JsonObject {
  return {
    location: "Global",
    severity: 2,
    enabled: true,
    scopes: [vaultId],
    evaluationFrequency: "PT1H",
    windowSize: "P1D",
    criteria: {
      odataType: "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
      allOf: [
        {
          name: "failed",
          criterionType: "StaticThresholdCriterion",
          metricName: "BackupHealthEvent",
          operator: "GreaterThan",
          threshold: 0,
          timeAggregation: "Count",
        },
      ],
    },
    actions: [{ actionGroupId }],
  };
}
