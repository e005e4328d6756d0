/** The settings that a rehearsal has to turn, by the names that Pulumi.yaml declares. The only place that knows them. */
export const settingNames = {
  /** Of everything below, whatever the user's project is called. */
  namespace: "entra-connect",
  secrets: {
    administratorPassword: "administratorPassword",
    login: "sshPrivateKey",
    jumpHost: "jumpHostPrivateKey",
  },
  /** One secret for each generation, by number. */
  joinSecrets: "domainJoinSecrets",
  /** With its namespace, as it is not ours. */
  subscription: "azure-native:subscriptionId",
  location: "location",
  /** Name of a resource group that is there already. */
  resourceGroupName: "resourceGroupName",
  logAnalyticsWorkspaceId: "logAnalyticsWorkspaceId",
  monitoring: "monitoring",
  /** Inside monitoring: what exists already. */
  workspaceId: "workspaceId",
  workspaceLocation: "workspaceLocation",
  notify: "notify",
  actionGroupIds: "actionGroupIds",
  access: "access",
  /** Inside access. */
  jumpHost: "jumpHost",
  managementSources: "managementSources",
  tunnel: "tunnel",
  /** One block for each generation, by number. */
  generations: "generations",
  /** Inside a block. */
  connect: "connect",
  /** Inside a block: what exists already. */
  diskEncryptionSetId: "diskEncryptionSetId",
  /** Inside connect; each has `path` and `sha256`. */
  installer: "installer",
  settingsFile: "settingsFile",
  version: "version",
  roleSwitch: "roleSwitch",
  /** Inside roleSwitch: a folder, or the file in it. */
  record: "record",
  domain: "domain",
  network: "network",
  /** Inside network: what exists already. */
  existingSubnetId: "existingSubnetId",
  addressSpace: "addressSpace",
  subnetPrefix: "subnetPrefix",
  proxy: "proxy",
  peerVirtualNetworkId: "peerVirtualNetworkId",
  makeBothHalves: "makeBothHalves",
  useRemoteGateways: "useRemoteGateways",
  natGateway: "natGateway",
  routeTableId: "routeTableId",
  bastion: "bastion",
  /** Inside bastion; its `subnetPrefix` is named as the network's. */
  existingId: "existingId",
  backup: "backup",
  archive: "archive",
  /** Inside archive: what exists already. */
  accountId: "accountId",
  containerName: "containerName",
  roleDefinitionId: "roleDefinitionId",
  privateEndpoint: "privateEndpoint",
  /** Inside its private endpoint. */
  dnsZoneId: "dnsZoneId",
  reach: "reach",
  enabled: "enabled",
  /** Inside backup: what exists already. */
  vaultId: "vaultId",
  policyId: "policyId",
} as const;
