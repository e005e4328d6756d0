import type * as pulumi from "@pulumi/pulumi";

/**
 * Arguments of a PassiveServer. Interfaces without unions and read-only arrays, so that Pulumi's analyzer can offer the
 * same component to YAML, Python, Go and C#. What decides how many resources there are is plain and checked before the
 * first one; every other value is an Input. Meaning, default and allowed values of each are those of the setting of the
 * same name (docs/settings.md, made from components/settings/schema.ts), and so is what a change does to a running server.
 */
export interface PassiveServerArgs {
  /** Base name of everything in Azure and Windows, `<name>-g<generation>`; at most 12 characters. Default: the component's name. A change is refused while a generation exists. */
  name?: string;
  /** Azure region, short name. A change is refused while a generation exists. */
  location: string;
  /** Objects in Active Directory that are synchronized; decides default size, disk and database limits of new generations. Default 50000. A change touches no running server. */
  synchronizedObjects?: number;
  /** One block for each build of the server, by number. Adding one builds it beside the others; taking one out retires it behind its guard. */
  generations: { [generation: string]: GenerationArgs };
  /** Entra Connect servers outside of this stack, by name: exactly one server is active among them and the generations. Default: none. Nothing of them is changed. */
  otherServers?: OtherServerArgs[];
  /** How a change of roles is proven: the record of the switch, or somebody's word. */
  roleSwitch?: RoleSwitchArgs;
  /** Network prerequisites, shared by the generations. */
  network: NetworkArgs;
  /** Azure Bastion, existing or one of our own. Default: none. */
  bastion?: BastionArgs;
  /** Remote access of this program and of operators. */
  access: AccessArgs;
  /** Active Directory domain that the servers are members of. */
  domain: DomainArgs;
  /** What is asked of a server before a person is called to the wizard. */
  prerequisites?: PrerequisitesArgs;
  /** The operator's gate and the proof. */
  gate?: GateArgs;
  /** Backup of the machines; enabled unless said otherwise. */
  backup?: BackupArgs;
  /** Archive of the servers' configuration, which they can only add to; none unless it is enabled. */
  archive?: ArchiveArgs;
  /** When updates are installed and servers restart. */
  maintenance?: MaintenanceArgs;
  /** Locks on what must not be deleted; none unless said otherwise. */
  locks?: LocksArgs;
  /** Azure Monitor: agent, logs and alerts by the role of each server. Default: none. */
  monitoring?: MonitoringArgs;
  /** Tags on every resource that takes them; in place, and never on an active generation. */
  tags?: pulumi.Input<{ [name: string]: pulumi.Input<string> }>;
  /** Resource group to build in. Default: one of our own, `rg-<name>`. */
  resourceGroupName?: pulumi.Input<string>;
  /** Log Analytics workspace (resource id) that gets the diagnostics of our vault and of the security groups, in any subscription. Default: none. */
  logAnalyticsWorkspaceId?: pulumi.Input<string>;
  /** The ledger was taken out of the state (`pulumi state delete`): make it anew from the blocks of every generation that stands. */
  rebuildLedger?: AcknowledgementArgs;
  /** This program has no other PassiveServer: another name is refused while the state holds one. Default false; set by `fromSettings`. */
  onlyServerOfTheStack?: boolean;
  /** Secret. Password of the local administrator when a machine is made; later changes are ignored (reset it through VMAccess). */
  administratorPassword: pulumi.Input<string>;
  /** Secret. Login key, ed25519 in OpenSSH form without passphrase; a change puts the new public half on passive servers by Run Command. */
  sshPrivateKey: pulumi.Input<string>;
  /** Secret. Login key of the jump host; needed with one only. A change reaches the state, nothing runs on a server for it. */
  jumpHostPrivateKey?: pulumi.Input<string>;
  /**
   * Secret. What a generation's server is joined to its domain with, by the generation's number: the text that
   * `djoin /provision` wrote, or the one-time password of its computer account (`domain.join.method`). Needed until that
   * server is a member, then to be taken out; a change never joins a server again.
   */
  domainJoinSecrets?: pulumi.Input<{ [generation: string]: pulumi.Input<string> }>;
}

/** Everything one build of the server is made of. What is fixed once built is refused inside a block: write another block. */
export interface GenerationArgs {
  /** `passive` (default); `active`: the role switch is done, nothing of it is changed any more, network included; `fenced`: kept from exporting by `fence`; `lost`: gone, its guard is not asked. To `active` only with `roleSwitch`. */
  role?: string;
  /** Marketplace image, pinned. Fixed once built. */
  image: ImageArgs;
  /** Virtual machine size. Default from `synchronizedObjects`. A larger one of the same version is in place, with a restart; else fixed. */
  size?: string;
  /** Operating system disk in GiB. Default from `synchronizedObjects`. Grows in place, while the machine is deallocated; never shrinks. */
  osDiskSizeGB?: number;
  /** Availability zone, 1 to 3. Default: none. Fixed once built. */
  zone?: string;
  /** Static private address. Default: one of two alternating addresses of the subnet. Fixed once built. */
  address?: string;
  /** Local administrator that Azure makes, for the operator's remote desktop. Default `aadcadmin`. Fixed once built. */
  administratorName?: string;
  /** Local account of our own that signs in by SSH key; not `administratorName`. Default `aadcdeploy`. Fixed once built. */
  loginName?: string;
  /** Another text has a read-only run command say why SSH does not reach this passive server. Changes nothing on it. */
  diagnoseAccess?: string;
  /** `Windows_Server` for Azure Hybrid Benefit. In place, without a restart. */
  licenseType?: string;
  /** Windows time zone. Default `UTC`. Fixed once built. */
  timeZone?: string;
  /** Encryption at host; the subscription needs the feature. Default true. Fixed once built. */
  encryptionAtHost?: boolean;
  /** Disk encryption set (resource id) for the operating system disk, of the same region and subscription. Default: none. Fixed once built. */
  diskEncryptionSetId?: pulumi.Input<string>;
  /** Entra Connect: version, installer, settings file, database. */
  connect: ConnectArgs;
  /** What the active server uses, as far as it decides ports and hazards. In place: security group rules. */
  features?: FeaturesArgs;
  /** What keeps it from exporting while its role is `fenced`. Default: all three. */
  fence?: FenceArgs;
  /** Exceptions for this machine, each with a reason and an end. A warning in every verdict while they stand. */
  exceptions?: ExceptionArgs[];
}

export interface ImageArgs {
  /** Default `MicrosoftWindowsServer`. */
  publisher?: string;
  /** Default `WindowsServer`. */
  offer?: string;
  /** A Generation 2 image with the desktop. Default `2022-datacenter-g2`. */
  sku?: string;
  /** `<build>.<revision>.<yymmdd>`; never latest. */
  version: string;
}

export interface ConnectArgs {
  /** Product version of the installer. A higher one upgrades this generation in place, through the gate. */
  version: string;
  /** AzureADConnect.msi from the Entra admin center. */
  installer: InstallerArgs;
  /** Settings file exported from the active server, never edited. The wizard imports it only at installation. This, or `withoutSettingsFile`. */
  settingsFile?: SettingsFileArgs;
  /** Nothing is imported, since there is no active server left to export from: a custom installation by hand, which cannot be compared. */
  withoutSettingsFile?: WithoutSettingsFileArgs;
  /** Custom install location, entered on the wizard's page. Fixed once built. */
  installLocation?: string;
  /** SQL Server Express LocalDB (default) or an existing SQL Server. Fixed once built. */
  database?: DatabaseArgs;
  /** Account of the synchronization service. Fixed once built. */
  serviceAccount?: ServiceAccountArgs;
}

export interface InstallerArgs {
  /** File or text asset; needed only in the run that copies it. */
  source: pulumi.asset.Asset;
  /** SHA-256 of the content. */
  sha256: string;
  /** CN or O of its Authenticode signer. Default `Microsoft Corporation`. */
  signer?: string;
}

export interface SettingsFileArgs {
  /** File or text asset; needed only in the run that copies it. */
  source: pulumi.asset.Asset;
  /** SHA-256 of the content. */
  sha256: string;
  /** Makes a warning of what is refused in it: a rule that breaks the import, the name or database of its server. Counts until the gate is passed. */
  importAnyway?: AcknowledgementArgs;
}

export interface WithoutSettingsFileArgs {
  /** Why, for whoever reads it later; at least ten characters. */
  reason: string;
}

export interface DatabaseArgs {
  /** `localdb` or `sqlServer`. */
  kind: string;
  /** Host of the SQL Server. */
  server?: string;
  /** Named instance. Default: the default instance. */
  instance?: string;
  /** Database. Default `ADSync`. Never shared by two servers. */
  name?: string;
  /** TCP port of the instance, 1 to 65535. Default: 1433 of the default instance; a named one is asked through UDP 1434. In place: security group rules. */
  port?: number;
  /** IPv4 addresses of the SQL Server, which are all that is then opened. Default: the virtual network with what it is connected to. In place. */
  addresses?: pulumi.Input<pulumi.Input<string>[]>;
}

export interface ServiceAccountArgs {
  /** `virtual` (NT SERVICE\ADSync) or `managed`. */
  kind: string;
  /** DOMAIN\name$ of a group managed service account. */
  name?: string;
}

export interface FeaturesArgs {
  passwordWriteback?: boolean;
  passThroughAuthentication?: boolean;
  seamlessSingleSignOn?: boolean;
}

export interface OtherServerArgs {
  /** Bare computer name, in any letter case. */
  computerName: string;
  /** `passive`, `active` or `fenced`. */
  role: string;
  /** Resource id of a virtual machine of Azure or of an Azure Arc machine. Default: none. */
  machineId?: pulumi.Input<string>;
}

export interface RoleSwitchArgs {
  /** File or text asset: `record.jsonl` of the folder that `entra-connect switch --record` keeps. Read where a role changes. */
  record?: pulumi.asset.Asset;
  /** Lets roles change without a record that allows it; two active servers never. */
  acknowledge?: AcknowledgementArgs;
}

export interface FenceArgs {
  /** A rule above all others denies everything outbound. Default true. In place; connections that stand survive it. */
  cutOutbound?: boolean;
  /** Stop and disable the synchronization service over SSH, once. Default true; false where SSH does not reach it. */
  disableService?: boolean;
  /** Every run proves that the machine is deallocated, which somebody does; a finding while it is not. Default true. */
  deallocated?: boolean;
}

export interface ExceptionArgs {
  /** `retireUnproven`, `passThroughAgentIsElsewhere`, `reinstate` or `retireByRunCommand`. */
  kind: string;
  /** Why, for whoever reads the evidence later. */
  reason: string;
  /** Last day on which it counts, `yyyy-MM-dd`, UTC. */
  until: string;
  /** Azure's `vmId` of the machine that it is for (output `servers`). */
  vmId: string;
}

export interface NetworkArgs {
  /** Resource id of an existing subnet with its own way out. Without it a network of our own is made. Fixed for the server. */
  existingSubnetId?: pulumi.Input<string>;
  /** Address space of a network of our own. Default: the subnet. */
  addressSpace?: string;
  /** Prefix of the subnet, our own or existing. Fixed for the server. */
  subnetPrefix: string;
  /** Writable domain controllers of every forest. In place: security group rules of passive generations. */
  domainControllers: pulumi.Input<pulumi.Input<string>[]>;
  /** Default: the domain controllers. In place; the servers need a restart. */
  dnsServers?: pulumi.Input<pulumi.Input<string>[]>;
  /** Hub to peer a network of our own with. Until the hub's half is there too, `up` stops before the first machine. In place. */
  peerVirtualNetworkId?: pulumi.Input<string>;
  /** Make the hub's half of the peering too. Default false: the hub's owner makes it. In place. */
  makeBothHalves?: boolean;
  /** Use the VPN or ExpressRoute gateway of the hub. Default false. In place. */
  useRemoteGateways?: boolean;
  /** Way out of a subnet of our own through a NAT gateway. Default true; false with `firewallAddress` or `routeTableId`. In place: Entra ID sees another address. */
  natGateway?: boolean;
  /** Existing route table for a subnet of our own. Default: none. In place. */
  routeTableId?: pulumi.Input<string>;
  /** Firewall that is the way out of a subnet of our own: 0.0.0.0/0 leads to it. Default: none. In place: Entra ID sees another address. */
  firewallAddress?: pulumi.Input<string>;
  /** Proxy through which the servers reach the Internet; the direct way to TCP 443 and 80 is then closed. Default: none. In place: security group rules of passive generations. */
  proxy?: NamedHostArgs;
  /** Update server (WSUS) in place of Windows Update. Default: none. In place: security group rules of passive generations. */
  wsus?: NamedHostArgs;
  /** Further ways out of the servers. Default: none. In place: security group rules of passive generations. */
  extraOutbound?: ExtraOutboundArgs[];
  /** Lets what the generations share change although one of them is active. */
  changeUnderActive?: AcknowledgementArgs;
}

export interface NamedHostArgs {
  /** IPv4 address, which is all that is then opened. Without it `host` is needed, and the virtual network with what it is connected to is opened. */
  address?: pulumi.Input<string>;
  /** DNS name. Default: the address. */
  host?: pulumi.Input<string>;
  /** TCP port, 1 to 65535. */
  port: number;
}

export interface ExtraOutboundArgs {
  /** Small letters, digits, hyphens; unique. Decides the rule's name and priority. */
  name: string;
  /** IPv4 addresses and prefixes. This or `serviceTag`. */
  addresses?: pulumi.Input<pulumi.Input<string>[]>;
  /** One Azure service tag. This or `addresses`. */
  serviceTag?: string;
  /** Ports and ranges: `"1433"`, `"5000-5010"`. */
  ports: string[];
  /** `tcp` (default) or `udp`. */
  protocol?: string;
  /** What the server needs it for; 10 to 140 characters. */
  reason: string;
}

export interface AcknowledgementArgs {
  reason: string;
  /** Last day on which it counts, `yyyy-MM-dd`, UTC. */
  until: string;
}

export interface BastionArgs {
  /** Resource id of a Bastion that exists; it is only read. Default: one is made in the network of our own. */
  existingId?: pulumi.Input<string>;
  /** Prefix of its subnet AzureBastionSubnet, /26 or larger. */
  subnetPrefix: string;
  /** Instances of one of our own, 2 to 50. Default 2. In place. */
  scaleUnits?: number;
}

export interface AccessArgs {
  /** Where SSH may come from: the jump host, or the machine that runs Pulumi. Required but with a tunnel. In place. */
  managementSources?: pulumi.Input<pulumi.Input<string>[]>;
  /** Where the operator's remote desktop may come from. In place. */
  remoteDesktopSources?: pulumi.Input<pulumi.Input<string>[]>;
  /** Without it the server is reached directly at its private address. */
  jumpHost?: JumpHostArgs;
  /** The servers are reached through Bastion's native client (`az network bastion tunnel`), which runs beside `pulumi up`. Needs `bastion`. */
  tunnel?: TunnelArgs;
  /** Another number reads the servers' host keys anew, after sshd was reinstalled. Default 0. */
  hostKeyRefresh?: number;
}

export interface TunnelArgs {
  /** The server of generation N is reached at 127.0.0.1, this port + N. 1024 to 64000. */
  port: number;
}

export interface JumpHostArgs {
  host: pulumi.Input<string>;
  /** Default 22. */
  port?: number;
  user: pulumi.Input<string>;
  /** Its public host key, ed25519 or ECDSA. */
  hostKey: pulumi.Input<string>;
}

export interface DomainArgs {
  /** DNS name. */
  name: string;
  /** How a new server becomes a member. Default: the operator joins it. A server that is a member is never joined again. */
  join?: DomainJoinArgs;
}

export interface DomainJoinArgs {
  /** `operator` (default), `offlineBlob` or `machinePassword`; the last two need `domainJoinSecrets`. */
  method?: string;
  /** Distinguished name for the computer account, named in the operator's commands. Default: the domain's own container. */
  organizationalUnit?: string;
  /** DNS name of the one domain controller to use. Default: any. */
  domainController?: string;
}

export interface PrerequisitesArgs {
  /** `report` (default) names the registry values for TLS 1.2 that are missing; `set` writes them on passive servers, in place, and asks for a restart. */
  remedy?: string;
}

export interface GateArgs {
  /** How long `up` waits for the operator at the wizard; 0: not at all. Default 60. */
  waitMinutes?: number;
  /** Default 30. */
  pollSeconds?: number;
  /** Switch the passive server's scheduler on after the first synchronization. Default false: look at the active server first. */
  enableScheduler?: boolean;
  /**
   * Automatic upgrade of the passive server: `disable` (default) switches it off once staging mode is proven, `leave`
   * leaves it as it is found.
   */
  autoUpgrade?: string;
  /** Minutes that the first synchronization waits for a run in progress. 0 to 4320, default 240. */
  runWaitMinutes?: number;
  /** Another text asks every passive generation for a new proof. */
  proveAgain?: string;
  /** Days after which a proof is too old for the verdict `ok`. Default 30. */
  proofDays?: number;
}

export interface BackupArgs {
  /** Default true. */
  enabled?: boolean;
  /** Daily recovery points kept, in days. Default 30. */
  retentionDays?: number;
  /** Default 02:00. */
  time?: string;
  /** Windows time zone. Default UTC. */
  timeZone?: string;
  /** GeoRedundant (default), LocallyRedundant or ZoneRedundant; fixed by Azure once something is protected. */
  redundancy?: string;
  /** Disabled (default), Unlocked or Locked, which cannot be undone. */
  immutability?: string;
  /** Existing Recovery Services vault; with `policyId`. Default: one of our own, which outlives the server. */
  vaultId?: pulumi.Input<string>;
  /** Existing policy in that vault, of the enhanced kind (V2). */
  policyId?: pulumi.Input<string>;
}

/** Collections of the servers' configuration, immutable for a time and retained when the stack goes (docs/archive.md). */
export interface ArchiveArgs {
  /** Default false. Later false takes the servers' rights back and leaves the archive in Azure. */
  enabled?: boolean;
  /** Existing storage account (resource id). Default: one of our own, which outlives the servers. */
  accountId?: pulumi.Input<string>;
  /** Default `configuration`. */
  containerName?: string;
  /** Days in which a collection can be neither changed nor deleted. Default 180. */
  retentionDays?: number;
  /** Locks the immutability policy, which nobody can undo. Default: not locked. */
  lock?: ArchiveLockArgs;
  /** Collections are deleted so many days after their upload. Default: never. */
  deleteAfterDays?: number;
  /** ZoneRedundant (default), GeoZoneRedundant, GeoRedundant or LocallyRedundant. */
  redundancy?: string;
  /** `serviceEndpoint` (default) or `privateEndpoint`. */
  reach?: string;
  /** With `reach: privateEndpoint` only. */
  privateEndpoint?: ArchivePrivateEndpointArgs;
  /** Public addresses and prefixes from which the archive is read. Default: none. */
  readFrom?: pulumi.Input<pulumi.Input<string>[]>;
  /** When the passive servers fill it by themselves. */
  schedule?: ArchiveScheduleArgs;
  /** Existing role (resource id) that may add blobs and nothing else. Default: a custom role of our own. */
  roleDefinitionId?: pulumi.Input<string>;
}

/** The scheduled task of each passive server (docs/collector.md). It reads Entra Connect and changes nothing of it. */
export interface ArchiveScheduleArgs {
  /** Default true. Later false takes task and script away. */
  enabled?: boolean;
  /** `HH:mm`, the server's local time. Default 04:10. */
  startTime?: string;
  /** 1, 2, 3, 4, 6, 8, 12 or 24. Default 24. */
  everyHours?: number;
  /** How long a run waits for an idle engine. Default 60. */
  waitMinutes?: number;
  /** Collections of so many days may wait on the server. Default 30. */
  queueDays?: number;
  /** So many megabytes together. Default 500. */
  queueMB?: number;
}

/** The immutability policy is locked: it can be extended from then on, and never shortened. */
export interface ArchiveLockArgs {
  /** Why, in at least ten characters. */
  reason: string;
}

/** The address that the archive has in the virtual network. */
export interface ArchivePrivateEndpointArgs {
  /** Default: the last usable address of the servers' subnet. */
  address?: pulumi.Input<string>;
  /** Existing private DNS zone privatelink.blob.core.windows.net (resource id). Default: one of our own. */
  dnsZoneId?: pulumi.Input<string>;
}

export interface MaintenanceArgs {
  /** When Azure installs updates on the passive servers. Default: none, then Azure picks an off-peak hour itself. In place; an active generation keeps its own. */
  window?: WindowArgs;
  /** When the active server is patched: a window that overlaps with it is refused. Default: not compared. */
  activeServerWindow?: WindowArgs;
}

export interface WindowArgs {
  /** Time of day at which it begins, `HH:mm`, in its time zone. */
  start: string;
  /** `HH:mm`; Azure allows 01:30 to 03:55 for the servers' own. Default 03:00. */
  duration?: string;
  /** On which days, as Azure writes it: `Day`, `Week Sunday`, `Month Second Tuesday`, `Month Second Tuesday Offset5`, `Month day15`. */
  every: string;
  /** Windows time zone. Default UTC. */
  timeZone?: string;
}

export interface LocksArgs {
  /** `CanNotDelete` on the resource group of our own vault. Default false. Once set it is only ever taken away by a person. */
  backup?: boolean;
  /** `CanNotDelete` on the resource group of our own archive. Default false. Once set it is only ever taken away by a person. */
  archive?: boolean;
  /** `CanNotDelete` on the virtual machine of the active generation, as long as it is declared active. Default false. */
  activeServer?: boolean;
}

export interface MonitoringArgs {
  /** Who is told: action groups, e-mail addresses, or both. */
  notify: NotifyArgs;
  /** Existing Log Analytics workspace (resource id). Default: `logAnalyticsWorkspaceId`, else one of our own. */
  workspaceId?: pulumi.Input<string>;
  /** Region of that workspace, short name. Default: `location`. */
  workspaceLocation?: string;
  /** Days that a workspace of our own keeps logs, 30 to 730. Default 90. */
  retentionDays?: number;
  /** What a workspace of our own takes in a day, in GB. Default: no cap. */
  dailyCapGB?: number;
  /** Azure Monitor agent on every passive server. Default true. Nothing of it changes on an active one. */
  agent?: boolean;
  /** A workbook that shows the pair. Default true. */
  workbook?: boolean;
  /** Exceptions from the alert table (docs/monitoring.md), by the alert's name. */
  alerts?: { [name: string]: AlertExceptionArgs };
}

export interface NotifyArgs {
  /** Existing action groups (resource ids), at most five with one of our own. */
  actionGroupIds?: pulumi.Input<pulumi.Input<string>[]>;
  /** Addresses of an action group of our own. */
  emails?: pulumi.Input<pulumi.Input<string>[]>;
}

export interface AlertExceptionArgs {
  /** No such alert, and why; at least ten characters. */
  off?: string;
  /** Another severity: 0 critical to 4 verbose. */
  severity?: number;
}
