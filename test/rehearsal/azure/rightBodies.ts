import type { JsonObject } from "../../../rehearsal/azure/properties/json";
import { accountInputs, archiveLandscape } from "./archiveLandscape";
import { Landscape, machineInputs, securityRule } from "./landscape";
import type { Simulated } from "./simulatedAzure";
import { failedBackups, policyProperties, protectedMachine } from "./wholeLandscape";

export interface Body {
  readonly token: string;
  readonly inputs: JsonObject;
}

/** What a body refers to, and a number that makes its name another one each time. */
export interface Ground {
  readonly group: string;
  readonly n: number;
  readonly subnet: string;
  readonly bastionSubnet: string;
  readonly nic: string;
  readonly address: string;
  /** In zone 2. */
  readonly disk: string;
  readonly machine: { readonly id: string; readonly name: string };
  readonly vault: string;
  readonly workspace: string;
  readonly actionGroup: string;
  readonly account: string;
  readonly role: string;
  readonly principal: string;
  readonly hub: string;
}

/** One body of each kind that Azure takes; a wrong one is one of these with one value changed. */
const right = {
  group: ({ n }) => body("resources:ResourceGroup", { resourceGroupName: `rg-more-${n}`, location: "westeurope" }),
  network: (at) =>
    body("network:VirtualNetwork", {
      ...in_(at),
      virtualNetworkName: `vnet-${at.n}`,
      addressSpace: { addressPrefixes: [`10.${60 + (at.n % 100)}.0.0/16`] },
    }),
  subnet: (at) =>
    body("network:Subnet", {
      ...in_(at),
      virtualNetworkName: "vnet",
      subnetName: `more-${at.n}`,
      addressPrefix: `10.40.${20 + (at.n % 200)}.0/24`,
    }),
  peering: (at) =>
    body("network:VirtualNetworkPeering", {
      ...in_(at),
      virtualNetworkName: "vnet",
      virtualNetworkPeeringName: `to-hub-${at.n}`,
      remoteVirtualNetwork: { id: at.hub },
    }),
  securityGroup: (at) =>
    body("network:NetworkSecurityGroup", {
      ...in_(at),
      networkSecurityGroupName: `nsg-${at.n}`,
      securityRules: [securityRule("only", 200)],
    }),
  securityRule: (at) =>
    body("network:SecurityRule", {
      ...in_(at),
      networkSecurityGroupName: "nsg",
      securityRuleName: `rule-${at.n}`,
      ...securityRule(`rule-${at.n}`, 1000 + at.n),
    }),
  routeTable: (at) =>
    body("network:RouteTable", {
      ...in_(at),
      routeTableName: `routes-${at.n}`,
      routes: [
        { name: "all", addressPrefix: "0.0.0.0/0", nextHopType: "VirtualAppliance", nextHopIpAddress: "10.50.2.4" },
      ],
    }),
  address: (at) =>
    body("network:PublicIPAddress", {
      ...in_(at),
      publicIpAddressName: `address-${at.n}`,
      sku: { name: "Standard" },
      publicIPAllocationMethod: "Static",
      idleTimeoutInMinutes: 10,
      zones: ["1"],
    }),
  natGateway: (at) =>
    body("network:NatGateway", {
      ...in_(at),
      natGatewayName: `nat-${at.n}`,
      sku: { name: "Standard" },
      idleTimeoutInMinutes: 10,
    }),
  bastion: (at) =>
    body("network:BastionHost", {
      ...in_(at),
      bastionHostName: `bastion-${at.n}`,
      sku: { name: "Standard" },
      enableTunneling: true,
      scaleUnits: 2,
      ipConfigurations: [{ name: "ip", subnet: { id: at.bastionSubnet }, publicIPAddress: { id: at.address } }],
    }),
  interface: (at) =>
    body("network:NetworkInterface", {
      ...in_(at),
      networkInterfaceName: `nic-${at.n}`,
      enableAcceleratedNetworking: true,
      dnsSettings: { dnsServers: ["10.40.1.4"] },
      ipConfigurations: [{ name: "primary", subnet: { id: at.subnet }, privateIPAllocationMethod: "Dynamic" }],
    }),
  machine: (at) => body("compute:VirtualMachine", machineInputs(at.group, `more-${at.n}`, at.nic)),
  disk: (at) =>
    body("compute:Disk", {
      ...in_(at),
      diskName: `data-${at.n}`,
      sku: { name: "Premium_LRS" },
      creationData: { createOption: "Empty" },
      diskSizeGB: 64,
      networkAccessPolicy: "DenyAll",
      zones: ["1"],
    }),
  runCommand: (at) =>
    body("compute:VirtualMachineRunCommandByVirtualMachine", {
      ...in_(at),
      vmName: at.machine.name,
      runCommandName: `run-${at.n}`,
      source: { script: "Write-Output hello" },
      parameters: [{ name: "AdministratorName", value: "entraadmin" }],
      timeoutInSeconds: 600,
      asyncExecution: false,
    }),
  vault: (at) =>
    body("recoveryservices:Vault", {
      ...in_(at),
      vaultName: `vault-${at.n}`,
      sku: { name: "RS0", tier: "Standard" },
      identity: { type: "SystemAssigned" },
      properties: {
        publicNetworkAccess: "Enabled",
        redundancySettings: { standardTierStorageRedundancy: "GeoRedundant", crossRegionRestore: "Disabled" },
        securitySettings: { immutabilitySettings: { state: "Disabled" } },
      },
    }),
  policy: (at) =>
    body("recoveryservices:ProtectionPolicy", {
      resourceGroupName: "rg-backup",
      vaultName: "vault",
      policyName: `policy-${at.n}`,
      properties: policyProperties(),
    }),
  workspace: (at) =>
    body("operationalinsights:Workspace", {
      ...in_(at),
      workspaceName: `law-more-${at.n}`,
      sku: { name: "PerGB2018" },
      retentionInDays: 90,
      workspaceCapping: { dailyQuotaGb: 1 },
      publicNetworkAccessForQuery: "Enabled",
    }),
  diagnosticSetting: (at) =>
    body("monitor:DiagnosticSetting", {
      name: `logs-${at.n}`,
      resourceUri: at.vault,
      workspaceId: at.workspace,
      logAnalyticsDestinationType: "Dedicated",
      logs: [{ categoryGroup: "allLogs", enabled: true }],
    }),
  actionGroup: (at) =>
    body("monitor:ActionGroup", {
      ...in_(at),
      actionGroupName: `people-${at.n}`,
      location: "Global",
      groupShortName: "people",
      enabled: true,
      emailReceivers: [{ name: "a", emailAddress: "a@contoso.com", useCommonAlertSchema: true }],
    }),
  collectionRule: (at) =>
    body("monitor:DataCollectionRule", {
      ...in_(at),
      dataCollectionRuleName: `collected-${at.n}`,
      kind: "Windows",
      dataSources: {
        windowsEventLogs: [
          { name: "all", streams: ["Microsoft-Event"], xPathQueries: ["System!*[System[(Level=1)]]"] },
        ],
      },
      destinations: { logAnalytics: [{ name: "law", workspaceResourceId: at.workspace }] },
      dataFlows: [{ streams: ["Microsoft-Event"], destinations: ["law"] }],
    }),
  queryRule: (at) =>
    body("monitor:ScheduledQueryRule", {
      ...in_(at),
      ruleName: `silent-${at.n}`,
      kind: "LogAlert",
      severity: 1,
      enabled: true,
      scopes: [at.workspace],
      evaluationFrequency: "PT5M",
      windowSize: "PT15M",
      criteria: {
        allOf: [
          {
            query: "Heartbeat",
            metricMeasureColumn: "n",
            timeAggregation: "Total",
            operator: "LessThan",
            threshold: 1,
          },
        ],
      },
      skipQueryValidation: true,
      actions: { actionGroups: [at.actionGroup] },
    }),
  activityAlert: (at) =>
    body("monitor:ActivityLogAlert", {
      ...in_(at),
      activityLogAlertName: `touched-${at.n}`,
      location: "Global",
      scopes: [at.machine.id],
      condition: { allOf: [{ field: "category", equals: "Administrative" }] },
      actions: { actionGroups: [{ actionGroupId: at.actionGroup }] },
    }),
  metricAlert: (at) =>
    body("monitor:MetricAlert", {
      ...in_(at),
      ruleName: `backup-${at.n}`,
      ...failedBackups(at.vault, at.actionGroup),
    }),
  workbook: (at) =>
    body("applicationinsights:Workbook", {
      ...in_(at),
      resourceName: `3f1c0b52-7a44-4e6f-9d1a-${String(at.n).padStart(12, "0")}`,
      kind: "shared",
      category: "workbook",
      displayName: `The pair ${at.n}`,
      sourceId: at.workspace,
      serializedData: "{}",
    }),
  maintenance: (at) =>
    body("maintenance:MaintenanceConfiguration", {
      ...in_(at),
      resourceName: `updates-${at.n}`,
      maintenanceScope: "InGuestPatch",
      extensionProperties: { InGuestPatchMode: "User" },
      startDateTime: "2026-11-29 03:00",
      duration: "03:00",
      recurEvery: "Week Sunday",
      timeZone: "UTC",
      installPatches: { rebootSetting: "IfRequired", windowsParameters: { classificationsToInclude: ["Security"] } },
    }),
  account: (at) => body("storage:StorageAccount", { ...accountInputs(), accountName: `starchive${at.n}` }),
  container: (at) =>
    body("storage:BlobContainer", {
      resourceGroupName: "rg-archive",
      accountName: "starchive",
      containerName: `more-${at.n}`,
      publicAccess: "None",
    }),
  roleDefinition: (at) =>
    body("authorization:RoleDefinition", {
      scope: at.account,
      roleDefinitionId: `11111111-2222-3333-4444-${String(at.n).padStart(12, "0")}`,
      roleName: `archive writer ${at.n}`,
      roleType: "CustomRole",
      permissions: [{ actions: ["Microsoft.Storage/storageAccounts/read"] }],
      assignableScopes: [at.account],
    }),
  roleAssignment: (at) =>
    body("authorization:RoleAssignment", {
      scope: at.account,
      roleAssignmentName: `22222222-2222-2222-2222-${String(at.n).padStart(12, "0")}`,
      roleDefinitionId: at.role,
      principalId: at.principal,
      principalType: "ServicePrincipal",
    }),
  endpoint: (at) =>
    body("network:PrivateEndpoint", {
      ...in_(at),
      privateEndpointName: `pe-${at.n}`,
      subnet: { id: at.subnet },
      privateLinkServiceConnections: [{ name: "archive", privateLinkServiceId: at.account, groupIds: ["blob"] }],
    }),
  zone: (at) =>
    body("privatedns:PrivateZone", { ...in_(at), privateZoneName: `zone${at.n}.contoso.com`, location: "global" }),
  lock: (at) =>
    body("authorization:ManagementLockByScope", {
      scope: at.workspace,
      lockName: `keep-${at.n}`,
      level: "CanNotDelete",
      notes: "Tier 0",
    }),
} satisfies Readonly<Record<string, (at: Ground) => Body>>;

export type Kind = keyof typeof right;
export const kinds = Object.keys(right) as readonly Kind[];

function body(token: string, inputs: JsonObject): Body {
  return { token, inputs };
}

function in_({ group }: Ground): JsonObject {
  return { resourceGroupName: group };
}

/** A subscription in which every kind of body has what it refers to. */
export async function standingGround(
  azure: Simulated,
): Promise<(kind: Kind) => Promise<Body & { readonly at: Ground }>> {
  const landscape = new Landscape(azure);
  const { group } = landscape;
  const { vm, vnet, subnet } = await landscape.server();
  const add = (token: string, name: string, inputs: JsonObject) =>
    landscape.add(token, name, { resourceGroupName: group, ...inputs });
  const hub = await add("network:VirtualNetwork", "hub", {
    virtualNetworkName: "hub",
    addressSpace: { addressPrefixes: ["10.50.0.0/16"] },
  });
  const bastionSubnet = await add("network:Subnet", "AzureBastionSubnet", {
    virtualNetworkName: "vnet",
    subnetName: "AzureBastionSubnet",
    addressPrefix: "10.40.9.0/26",
  });
  const disk = await add("compute:Disk", "elsewhere", {
    diskName: "elsewhere",
    sku: { name: "Premium_LRS" },
    creationData: { createOption: "Empty" },
    diskSizeGB: 64,
    zones: ["2"],
  });
  const { vault } = await protectedMachine(landscape, vm);
  const workspace = await add("operationalinsights:Workspace", "law", { workspaceName: "law-1" });
  const people = await add("monitor:ActionGroup", "people", {
    actionGroupName: "people",
    location: "Global",
    groupShortName: "people",
    enabled: true,
  });
  const archive = await archiveLandscape(landscape, vm, vnet, subnet.id);
  let n = 0;
  return async (kind) => {
    n += 1;
    // What only one resource may hold is made for each body that takes it.
    const nic =
      kind === "machine"
        ? await add("network:NetworkInterface", `own-nic-${n}`, {
            networkInterfaceName: `own-nic-${n}`,
            enableAcceleratedNetworking: true,
            ipConfigurations: [{ name: "primary", subnet: { id: subnet.id } }],
          })
        : undefined;
    const address =
      kind === "bastion"
        ? await add("network:PublicIPAddress", `door-${n}`, {
            publicIpAddressName: `door-${n}`,
            sku: { name: "Standard" },
          })
        : undefined;
    const make: (at: Ground) => Body = right[kind];
    const at: Ground = {
      group,
      n,
      subnet: subnet.id,
      bastionSubnet: bastionSubnet.id,
      nic: nic?.id ?? "",
      address: address?.id ?? "",
      machine: vm,
      vault: vault.id,
      workspace: workspace.id,
      actionGroup: people.id,
      account: archive.account.id,
      role: archive.role.id,
      principal: archive.principalId,
      hub: hub.id,
      disk: disk.id,
    };
    return { ...make(at), at };
  };
}
