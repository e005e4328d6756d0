/**
 * What the reviewer knows by its type: of azure-native (without an API version), the classic Azure provider, and machines of
 * other clouds. Type tokens as the providers' schemas have them. What stands nowhere here is shown and counted.
 */
export const resourceKinds = {
  machine: [
    "azure-native:compute:VirtualMachine",
    "azure:compute/windowsVirtualMachine:WindowsVirtualMachine",
    "azure:compute/linuxVirtualMachine:LinuxVirtualMachine",
    "azure:compute/virtualMachine:VirtualMachine",
    "azure-native:compute:VirtualMachineScaleSet",
    "azure-native:compute:VirtualMachineScaleSetVM",
    "azure:compute/windowsVirtualMachineScaleSet:WindowsVirtualMachineScaleSet",
    "aws:ec2/instance:Instance",
    "aws-native:ec2:Instance",
    "gcp:compute/instance:Instance",
    "vsphere:index/virtualMachine:VirtualMachine",
  ],
  command: ["command:remote:Command", "command:local:Command"],
  delivery: ["command:remote:CopyToRemote", "command:remote:CopyFile"],
  runCommand: [
    "azure-native:compute:VirtualMachineRunCommandByVirtualMachine",
    "azure-native:compute:VirtualMachineExtension",
    "azure:compute/extension:Extension",
    "azure:compute/runCommand:RunCommand",
    "azure:compute/virtualMachineRunCommand:VirtualMachineRunCommand",
  ],
  securityGroup: [
    "azure-native:network:NetworkSecurityGroup",
    "azure:network/networkSecurityGroup:NetworkSecurityGroup",
    "aws:ec2/securityGroup:SecurityGroup",
    "aws-native:ec2:SecurityGroup",
    "gcp:compute/firewall:Firewall",
  ],
  securityRule: [
    "azure-native:network:SecurityRule",
    "azure:network/networkSecurityRule:NetworkSecurityRule",
    "aws:ec2/securityGroupRule:SecurityGroupRule",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  ],
  networkInterface: ["azure-native:network:NetworkInterface", "azure:network/networkInterface:NetworkInterface"],
  securityGroupAssociation: [
    "azure:network/networkInterfaceSecurityGroupAssociation:NetworkInterfaceSecurityGroupAssociation",
    "azure:network/subnetNetworkSecurityGroupAssociation:SubnetNetworkSecurityGroupAssociation",
  ],
  subnet: ["azure-native:network:Subnet", "azure:network/subnet:Subnet"],
  virtualNetwork: ["azure-native:network:VirtualNetwork", "azure:network/virtualNetwork:VirtualNetwork"],
  peering: ["azure-native:network:VirtualNetworkPeering", "azure:network/virtualNetworkPeering:VirtualNetworkPeering"],
  routeTable: ["azure-native:network:RouteTable", "azure:network/routeTable:RouteTable"],
  route: ["azure-native:network:Route", "azure:network/route:Route"],
  egress: [
    "azure-native:network:NatGateway",
    "azure:network/natGateway:NatGateway",
    "azure:network/subnetNatGatewayAssociation:SubnetNatGatewayAssociation",
    "azure-native:network:AzureFirewall",
    "azure:network/firewall:Firewall",
    "azure-native:network:VirtualNetworkGateway",
    "azure:network/virtualNetworkGateway:VirtualNetworkGateway",
  ],
  bastion: ["azure-native:network:BastionHost", "azure:compute/bastionHost:BastionHost"],
  publicAddress: ["azure-native:network:PublicIPAddress", "azure:network/publicIp:PublicIp"],
  vault: [
    "azure-native:recoveryservices:Vault",
    "azure:recoveryservices/vault:Vault",
    "azure-native:dataprotection:BackupVault",
    "azure:dataprotection/backupVault:BackupVault",
  ],
  protectionPolicy: [
    "azure-native:recoveryservices:ProtectionPolicy",
    "azure:backup/policyVM:PolicyVM",
    "azure:backup/policyVMWorkload:PolicyVMWorkload",
    "azure-native:dataprotection:BackupPolicy",
    "azure:dataprotection/backupPolicyDisk:BackupPolicyDisk",
    "aws:backup/plan:Plan",
  ],
  protectedItem: [
    "azure-native:recoveryservices:ProtectedItem",
    "azure:backup/protectedVM:ProtectedVM",
    "azure-native:dataprotection:BackupInstance",
    "azure:dataprotection/backupInstanceDisk:BackupInstanceDisk",
    "aws:backup/selection:Selection",
  ],
  immutability: ["azure-native:storage:BlobContainerImmutabilityPolicy", "azure-native:storage:BlobContainerLegalHold"],
  recoveryPoints: [
    "azure-native:compute:RestorePoint",
    "azure-native:compute:Snapshot",
    "azure-native:compute:RestorePointCollection",
    "azure:compute/snapshot:Snapshot",
    "aws:backup/vault:Vault",
    "aws:ebs/snapshot:Snapshot",
  ],
  keyVault: ["azure-native:keyvault:Vault", "azure:keyvault/keyVault:KeyVault"],
  storageAccount: [
    "azure-native:storage:StorageAccount",
    "azure-native:storage:BlobServiceProperties",
    "azure:storage/account:Account",
  ],
  blobContainer: ["azure-native:storage:BlobContainer", "azure:storage/container:Container"],
  blobLifecycle: ["azure-native:storage:ManagementPolicy", "azure:storage/managementPolicy:ManagementPolicy"],
  privateEndpoint: [
    "azure-native:network:PrivateEndpoint",
    "azure-native:network:PrivateDnsZoneGroup",
    "azure-native:privatedns:PrivateZone",
    "azure-native:privatedns:VirtualNetworkLink",
    "azure:privatelink/endpoint:Endpoint",
    "azure:privatedns/zone:Zone",
    "azure:privatedns/zoneVirtualNetworkLink:ZoneVirtualNetworkLink",
  ],
  disk: ["azure-native:compute:Disk", "azure:compute/managedDisk:ManagedDisk"],
  lock: [
    "azure-native:authorization:ManagementLockAtResourceGroupLevel",
    "azure-native:authorization:ManagementLockAtResourceLevel",
    "azure-native:authorization:ManagementLockAtSubscriptionLevel",
    "azure-native:authorization:ManagementLockByScope",
    "azure:management/lock:Lock",
  ],
  maintenance: [
    "azure-native:maintenance:MaintenanceConfiguration",
    "azure-native:maintenance:ConfigurationAssignment",
    "azure-native:maintenance:ConfigurationAssignmentParent",
    "azure-native:maintenance:ConfigurationAssignmentsForResourceGroup",
    "azure-native:maintenance:ConfigurationAssignmentsForSubscription",
    "azure:maintenance/configuration:Configuration",
    "azure:maintenance/assignmentVirtualMachine:AssignmentVirtualMachine",
  ],
  diskEncryptionSet: ["azure-native:compute:DiskEncryptionSet", "azure:compute/diskEncryptionSet:DiskEncryptionSet"],
  diagnostics: [
    "azure-native:monitor:DiagnosticSetting",
    "azure-native:insights:DiagnosticSetting",
    "azure:monitoring/diagnosticSetting:DiagnosticSetting",
    "azure-native:insights:DataCollectionRule",
    "azure-native:monitor:DataCollectionRule",
    "azure-native:insights:DataCollectionRuleAssociation",
    "azure-native:monitor:DataCollectionRuleAssociation",
  ],
  alert: [
    "azure-native:monitor:ActionGroup",
    "azure-native:monitor:ActivityLogAlert",
    "azure-native:monitor:MetricAlert",
    "azure-native:monitor:ScheduledQueryRule",
    "azure-native:insights:ActionGroup",
    "azure-native:insights:ActivityLogAlert",
    "azure-native:insights:MetricAlert",
    "azure-native:insights:ScheduledQueryRule",
    "azure:monitoring/actionGroup:ActionGroup",
    "azure:monitoring/activityLogAlert:ActivityLogAlert",
    "azure:monitoring/metricAlert:MetricAlert",
    "azure:monitoring/scheduledQueryRulesAlertV2:ScheduledQueryRulesAlertV2",
  ],
  logWorkspace: [
    "azure-native:operationalinsights:Workspace",
    "azure:operationalinsights/analyticsWorkspace:AnalyticsWorkspace",
  ],
  workbook: ["azure-native:applicationinsights:Workbook", "azure:appinsights/workbook:Workbook"],
  rights: [
    "azure-native:authorization:RoleAssignment",
    "azure-native:authorization:RoleDefinition",
    "azure:authorization/assignment:Assignment",
    "azure:authorization/roleDefinition:RoleDefinition",
    "azure-native:managedidentity:UserAssignedIdentity",
    "azure-native:managedidentity:FederatedIdentityCredential",
    "azure:authorization/userAssignedIdentity:UserAssignedIdentity",
    "azuread:index/application:Application",
    "azuread:index/applicationPassword:ApplicationPassword",
    "azuread:index/applicationCertificate:ApplicationCertificate",
    "azuread:index/servicePrincipal:ServicePrincipal",
    "azuread:index/appRoleAssignment:AppRoleAssignment",
    "azuread:index/directoryRoleAssignment:DirectoryRoleAssignment",
    "azuread:index/groupMember:GroupMember",
    "azure-native:keyvault:AccessPolicy",
    "azure:keyvault/accessPolicy:AccessPolicy",
  ],
  resourceGroup: ["azure-native:resources:ResourceGroup", "azure:core/resourceGroup:ResourceGroup"],
  stash: ["pulumi:index:Stash"],
  stack: ["pulumi:pulumi:Stack"],
  server: ["entra-connect:index:PassiveServer"],
  generation: ["entra-connect:server:Generation"],
} as const satisfies Record<string, readonly string[]>;

export type ResourceKind = keyof typeof resourceKinds;

const kindByType: ReadonlyMap<string, ResourceKind> = new Map(
  (Object.keys(resourceKinds) as ResourceKind[]).flatMap((kind) =>
    resourceKinds[kind].map((type) => [type, kind] as const),
  ),
);

/** Undefined for what is not known by its type; a machine is known by what every provider calls one. */
export const kindOfType = (type: string): ResourceKind | undefined =>
  kindByType.get(type) ?? (anyMachine.test(type) ? "machine" : undefined);

/** `proxmoxve:VM/virtualMachine:VirtualMachine`, `openstack:compute/instance:Instance`, `azurestackhci:VirtualMachineInstance`. */
const anyMachine = /:((Windows|Linux)?VirtualMachine(Instance)?|VM|Vm)$|:(compute|ec2)(\/[^:]*)?:Instance$/u;

export const isOurs = (type: string): boolean => type.startsWith("entra-connect:");

export const isProvider = (type: string): boolean => type.startsWith("pulumi:providers:");

/** For people: `VirtualMachine`. */
export const shortType = (type: string): string =>
  type === "pulumi:pulumi:Stack" ? "Stack" : (type.split(":").at(-1) ?? type);
