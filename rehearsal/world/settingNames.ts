/** The settings that a rehearsal has to turn, by the names that Pulumi.yaml declares. The only place that knows them. */
export const settingNames = {
  secrets: {
    administratorPassword: "administratorPassword",
    login: "sshPrivateKey",
    jumpHost: "jumpHostPrivateKey",
  },
  access: "access",
  /** Inside access. */
  jumpHost: "jumpHost",
  managementSources: "managementSources",
  connect: "connect",
  /** Inside connect; each has `path` and `sha256`. */
  installer: "installer",
  settingsFile: "settingsFile",
  version: "version",
  domain: "domain",
  network: "network",
  /** Inside network: what exists already. */
  existingSubnetId: "existingSubnetId",
  subnetPrefix: "subnetPrefix",
  peerVirtualNetworkId: "peerVirtualNetworkId",
} as const;
