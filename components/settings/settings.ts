import { Refusal } from "../refusal";

/**
 * The settings of one server, complete: defaults filled in, all checks passed, every value plain. What a change of a
 * setting does to a running server is said in `schema.ts`, where users read it.
 */
export interface Settings {
  /** Base name; machines are called `<name>-g<generation>`. */
  readonly name: string;
  readonly location: string;
  readonly synchronizedObjects: number;
  /** One block each, ascending by number. */
  readonly generations: readonly GenerationSettings[];
  /** Entra Connect servers outside of this stack. */
  readonly otherServers: readonly OtherServerSettings[];
  readonly roleSwitch: RoleSwitchSettings;
  readonly network: NetworkSettings;
  readonly bastion?: BastionSettings;
  readonly access: AccessSettings;
  readonly domain: DomainSettings;
  readonly prerequisites: PrerequisitesSettings;
  readonly gate: GateSettings;
  readonly backup: BackupSettings;
  readonly archive: ArchiveSettings;
  readonly maintenance: MaintenanceSettings;
  readonly locks: LockSettings;
  /** Absent: nothing is watched. */
  readonly monitoring?: MonitoringSettings;
  readonly tags: Readonly<Record<string, string>>;
  /** Resource group to build in; without it one of our own is made. */
  readonly resourceGroupName?: string;
  /** The ledger was taken out of the state: make it anew from the blocks as they are written. */
  readonly rebuildLedger?: { readonly reason: string; readonly until: string };
  /** Log Analytics workspace that gets the diagnostics of our vault and of the security groups. */
  readonly logAnalyticsWorkspaceId?: string;
}

/**
 * `active`: nothing of it is changed, network included. `fenced`: kept from exporting. `lost`: gone or out of reach, so that
 * its guard cannot ask it.
 */
export type Role = "passive" | "active" | "fenced" | "lost";

/** A server outside of this stack, declared by name. */
export interface OtherServerSettings {
  readonly computerName: string;
  readonly role: "passive" | "active" | "fenced";
  /** Azure's resource id: a virtual machine or an Azure Arc machine. */
  readonly machineId?: string;
}

/** How a change of roles is proven. */
export interface RoleSwitchSettings {
  /** Only where the settings come from a file; the component itself is given the content. */
  readonly record?: string;
  readonly acknowledge?: { readonly reason: string; readonly until: string };
}

/** What keeps a fenced generation from exporting. */
export interface FenceSettings {
  readonly cutOutbound: boolean;
  readonly disableService: boolean;
  readonly deallocated: boolean;
}

/** Everything one build of the server is made of. */
export interface GenerationSettings {
  readonly generation: number;
  readonly role: Role;
  readonly image: ImageSettings;
  readonly size: string;
  readonly osDiskSizeGB: number;
  readonly zone?: string;
  /** Static private address. */
  readonly address: string;
  /** Windows' built-in administrator, for the operator's desktop. */
  readonly administratorName: string;
  /** The account of our own that signs in by SSH. */
  readonly loginName: string;
  /** Another text asks by Run Command why SSH does not reach it. */
  readonly diagnoseAccess?: string;
  readonly licenseType?: "Windows_Server";
  readonly timeZone: string;
  readonly encryptionAtHost: boolean;
  /** Disk encryption set of the operating system disk. */
  readonly diskEncryptionSetId?: string;
  readonly connect: ConnectSettings;
  readonly features: FeatureSettings;
  readonly fence: FenceSettings;
  readonly exceptions: readonly ExceptionSettings[];
}

export interface ImageSettings {
  readonly publisher: string;
  readonly offer: string;
  readonly sku: string;
  readonly version: string;
}

/**
 * `retireUnproven`: retire although the guard objects. `reinstate`: bring a retired, undeleted server back.
 * `retireByRunCommand`: ask the guard's questions by Run Command, since SSH is lost.
 */
export type ExceptionKind = "retireUnproven" | "passThroughAgentIsElsewhere" | "reinstate" | "retireByRunCommand";

/** An exception for one machine, with an end. The reason is kept in the evidence on the server. */
export interface ExceptionSettings {
  readonly kind: ExceptionKind;
  readonly reason: string;
  /** Last day on which it counts, `yyyy-MM-dd`, UTC. */
  readonly until: string;
  /** Azure's identity of the machine that it is for; another machine of the same name is not meant. */
  readonly vmId: string;
}

export interface NetworkSettings {
  /** `new`: virtual network, subnet and NAT gateway are ours. `existing`: only the network interface and its security group. */
  readonly kind: "new" | "existing";
  readonly addressSpace?: string;
  readonly existingSubnetId?: string;
  readonly subnetPrefix: string;
  readonly domainControllers: readonly string[];
  readonly dnsServers: readonly string[];
  readonly peerVirtualNetworkId?: string;
  /** The hub's half of the peering is ours too. */
  readonly makeBothHalves: boolean;
  readonly useRemoteGateways: boolean;
  /** Of a subnet of our own; false with an existing one. */
  readonly natGateway: boolean;
  readonly routeTableId?: string;
  /** 0.0.0.0/0 leads to it. */
  readonly firewallAddress?: string;
  /** Through which the servers reach the Internet; the direct way is then closed. */
  readonly proxy?: NamedHostSettings;
  /** Update server in place of Windows Update. */
  readonly wsus?: NamedHostSettings;
  /** Further ways out. */
  readonly extraOutbound: readonly ExtraOutboundSettings[];
  /** Lets what the generations share change although one of them is active. */
  readonly changeUnderActive?: { readonly reason: string; readonly until: string };
}

/** With `existingId` it is somebody else's and only read; without, it is ours. */
export interface BastionSettings {
  readonly existingId?: string;
  readonly subnetPrefix: string;
  readonly scaleUnits: number;
}

/** A server that is named by its address, its name, or both. */
export interface NamedHostSettings {
  readonly address?: string;
  readonly host?: string;
  readonly port: number;
}

/** A row of the user's own beside the port table. */
export interface ExtraOutboundSettings {
  readonly name: string;
  /** This or `serviceTag`, never both. */
  readonly addresses?: readonly string[];
  readonly serviceTag?: string;
  readonly ports: readonly string[];
  readonly protocol: "tcp" | "udp";
  readonly reason: string;
}

export interface AccessSettings {
  /** Empty with a tunnel: SSH comes from Bastion's subnet. */
  readonly managementSources: readonly string[];
  readonly remoteDesktopSources: readonly string[];
  readonly jumpHost?: JumpHostSettings;
  /** Bastion's native client; a server's local port is this one and its generation's number. */
  readonly tunnel?: { readonly port: number };
  /** Another number runs the run command again and reads the servers' host keys anew. */
  readonly hostKeyRefresh: number;
}

export interface JumpHostSettings {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly hostKey: string;
}

export type DatabaseSettings =
  | { readonly kind: "localdb" }
  | {
      readonly kind: "sqlServer";
      readonly server: string;
      readonly instance?: string;
      readonly name: string;
      readonly port?: number;
      readonly addresses?: readonly string[];
    };

export type ServiceAccountSettings = { readonly kind: "virtual" } | { readonly kind: "managed"; readonly name: string };

export interface ConnectSettings {
  readonly version: string;
  /** `path` only where the settings come from a file; the component itself is given the content. */
  readonly installer: { readonly path?: string; readonly sha256: string; readonly signer: string };
  /** This one or `withoutSettingsFile`, never both. */
  readonly settingsFile?: SettingsFileSettings;
  /** Nothing is imported: there is no active server left to export from. */
  readonly withoutSettingsFile?: { readonly reason: string };
  readonly installLocation?: string;
  readonly database: DatabaseSettings;
  readonly serviceAccount: ServiceAccountSettings;
}

export interface SettingsFileSettings {
  readonly path?: string;
  readonly sha256: string;
  /** What would break its import is a warning until that day. */
  readonly importAnyway?: { readonly reason: string; readonly until: string };
}

export interface FeatureSettings {
  readonly passwordWriteback: boolean;
  readonly passThroughAuthentication: boolean;
  readonly seamlessSingleSignOn: boolean;
}

export interface DomainSettings {
  /** DNS name. */
  readonly name: string;
  readonly join: JoinSettings;
}

/** `operator`: somebody else joins it. The other two need one secret for each generation, used once. */
export type JoinMethod = "operator" | "offlineBlob" | "machinePassword";

/** How a server that is still to be joined becomes a member. */
export interface JoinSettings {
  readonly method: JoinMethod;
  /** Distinguished name; the domain's own container without it. */
  readonly organizationalUnit?: string;
  /** DNS name of the one domain controller to use. */
  readonly domainController?: string;
}

export interface PrerequisitesSettings {
  /** `report`: what is missing is told. `set`: what has a documented, safe remedy is set on the server. */
  readonly remedy: "report" | "set";
}

export interface GateSettings {
  readonly waitMinutes: number;
  readonly pollSeconds: number;
  /** Switch the passive server's scheduler on after the first synchronization. */
  readonly enableScheduler: boolean;
  /** Switch automatic upgrade off on a passive server, or leave it as it is found. */
  readonly autoUpgrade: "disable" | "leave";
  /** Minutes that the first synchronization waits for a run in progress. */
  readonly runWaitMinutes: number;
  /** Another text asks every passive generation for a new proof. */
  readonly proveAgain: string;
  /** Days after which a proof is too old for the verdict `ok`. */
  readonly proofDays: number;
}

export interface BackupSettings {
  readonly enabled: boolean;
  readonly retentionDays: number;
  readonly time: string;
  readonly timeZone: string;
  readonly redundancy: "GeoRedundant" | "LocallyRedundant" | "ZoneRedundant";
  readonly immutability: "Disabled" | "Unlocked" | "Locked";
  /** Vault and policy of somebody else's making, both or neither; then none is made. */
  readonly vaultId?: string;
  readonly policyId?: string;
}

/** How the servers reach the archive's account. */
export type ArchiveReach = "serviceEndpoint" | "privateEndpoint";

export interface ArchiveSettings {
  readonly enabled: boolean;
  /** Account of somebody else's making; then only a container and the servers' rights are ours. */
  readonly accountId?: string;
  readonly containerName: string;
  /** Immutability of new collections, in days from their upload. */
  readonly retentionDays: number;
  /** The immutability policy is locked, which nobody can undo. */
  readonly lock?: { readonly reason: string };
  /** Collections are deleted so many days after their upload; never without it. */
  readonly deleteAfterDays?: number;
  readonly redundancy: "ZoneRedundant" | "GeoZoneRedundant" | "GeoRedundant" | "LocallyRedundant";
  readonly reach: ArchiveReach;
  readonly privateEndpoint: { readonly address?: string; readonly dnsZoneId?: string };
  /** Public addresses and prefixes of those who read. */
  readonly readFrom: readonly string[];
  readonly schedule: ArchiveScheduleSettings;
  /** Existing role that may only add blobs. */
  readonly roleDefinitionId?: string;
}

/** When the servers fill the archive. */
export interface ArchiveScheduleSettings {
  readonly enabled: boolean;
  /** `HH:mm`, the server's local time. */
  readonly startTime: string;
  readonly everyHours: number;
  /** How long a run waits for an idle engine. */
  readonly waitMinutes: number;
  /** What may wait on a server: collections of so many days, and megabytes together. */
  readonly queueDays: number;
  readonly queueMB: number;
}

/** A recurring window, as Azure's maintenance configurations have it. */
export interface WindowSettings {
  /** Time of day, `HH:mm`. */
  readonly start: string;
  /** `HH:mm`. */
  readonly duration: string;
  /** Azure's `recurEvery`: `Day`, `Week Sunday`, `Month Second Tuesday`, … */
  readonly every: string;
  /** Windows time zone. */
  readonly timeZone: string;
}

export interface MaintenanceSettings {
  /** When updates are installed on the passive servers; without it Azure picks the time. */
  readonly window?: WindowSettings;
  /** When the active server is patched, as far as it is known. */
  readonly activeServerWindow?: WindowSettings;
}

/** Locks (`CanNotDelete`) that the library sets. */
export interface LockSettings {
  /** On the resource group of our own vault. */
  readonly backup: boolean;
  /** On the resource group of our own archive. */
  readonly archive: boolean;
  /** On the machine of a generation that is declared active. */
  readonly activeServer: boolean;
}

/** Azure Monitor. */
export interface MonitoringSettings {
  /** Who is told: at least one. */
  readonly notify: { readonly actionGroupIds: readonly string[]; readonly emails: readonly string[] };
  /** Without one a workspace of our own is made. */
  readonly workspaceId?: string;
  /** Region of the workspace, and so of everything that asks it. */
  readonly workspaceLocation: string;
  readonly retentionDays: number;
  readonly dailyCapGB?: number;
  /** Agent and association of passive generations are ours. */
  readonly agent: boolean;
  readonly workbook: boolean;
  /** By the alert's name. */
  readonly alerts: Readonly<Record<string, AlertException>>;
}

/** What one alert is instead of what the table says. */
export interface AlertException {
  /** Why there is none. */
  readonly off?: string;
  /** 0 critical to 4 verbose. */
  readonly severity?: number;
}

/** One thing wrong with the settings: where, what, and what to write instead. */
export interface Problem {
  readonly path: string;
  readonly problem: string;
  readonly write: string;
}

/**
 * All problems of the settings at once. Thrown before the first Azure resource, so that nothing was touched.
 */
export class SettingsError extends Refusal {
  /** @param server whose settings they are, where that is known */
  constructor(
    readonly problems: readonly Problem[],
    server?: string,
  ) {
    super(
      [
        `The settings${server === undefined ? "" : ` of ${server}`} have ${problems.length === 1 ? "a problem" : `${problems.length} problems`}. Nothing${server === undefined ? "" : " of it"} was touched.`,
        ...problems.map(({ path, problem, write }) => `  ${path}: ${problem}\n    write:${indented(write)}`),
      ].join("\n"),
    );
  }
}

/** Several lines, for example a block of settings, stand below the word. */
function indented(text: string): string {
  return text.includes("\n") ? `\n${text.replace(/^(?=.)/gm, "      ")}` : ` ${text}`;
}
