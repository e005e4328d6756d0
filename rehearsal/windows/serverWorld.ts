import type { FailedConfigurationName } from "./failedConfigurations";

/**
 * The state of one simulated Windows machine: `server.json` in its folder. The test PowerShell's stub module and the
 * emulation read and write the same file; the operator and the SSH server too. Who changes it takes the lock
 * (`server.lock` beside it: a directory made with mkdir, in PowerShell a symbolic link) and replaces the file atomically.
 */
export interface ServerWorld {
  computerName: string;
  /** Simulated machine identity (Win32_ComputerSystemProduct UUID and ARM vmId alike). */
  readonly vmId: string;
  readonly administratorName: string;
  readonly operatingSystem: {
    caption: string;
    version: string;
    buildNumber: string;
    installationType: "Server" | "Server Core";
  };
  domain: { joined: boolean; name: string };
  /** A join that counts from the next start on; of its secret only a trace. */
  joining?: { domain: string; computerName: string; joinedWith: string; by: "offlineBlob" | "machinePassword" };
  /** Simulated instant at which Windows goes down to start again; absent where nobody asked for that. */
  restartAt?: string;
  /** Simulated seconds that pass in one real second, and the pair of instants from which `now` is computed. */
  clock: { scale: number; realStart: string; simulatedStart: string };
  /** Simulated instant of the last start. */
  bootedAt: string;
  services: Record<string, ServiceWorld>;
  /** Running processes that scripts may ask for, for example the open wizard: { name: "AzureADConnect", path }. */
  processes: { name: string; path: string; id: number }[];
  /** Installed packages (MSI): what the uninstall keys and file versions say. */
  packages: { displayName: string; displayVersion: string; productCode: string; upgradeCode: string }[];
  fileVersions: Record<string, string>;
  /** host:port pairs that answer; everything else is silent. `*` as host or port stands for any. */
  reachable: string[];
  /** What Windows says of a name that it cannot resolve, while the hub with its DNS is out of reach; absent while it is not. */
  cutOff?: string;
  /** Size and free space of C:, in GB. */
  disk: { sizeGB: number; freeGB: number };
  /** Offset to the domain's clock in seconds; null = no time server answers. */
  clockSkewSeconds: number | null;
  /** Windows capabilities that are installed, by full name. */
  capabilities: string[];
  /** Own firewall rules by name; enabled unless said otherwise. */
  firewallRules: Record<
    string,
    { direction: string; protocol: string; localPort: number; action: string; profile: string; enabled?: boolean }
  >;
  /** Local accounts by name. */
  accounts: Record<string, AccountWorld>;
  /** Who may log on over the network (SeNetworkLogonRight) and who must not (SeDenyNetworkLogonRight), as secedit writes them. */
  logonRights: { granted: string[]; denied: string[] };
  /** What icacls last said about a path (`C:\\…`), newest last. */
  accessControl: Record<string, string[]>;
  /** What no script of ours may ever do, where one tried: an export, a changed staging flag, a cycle on an active server. */
  violations: { at: string; what: string }[];
  /** What prerequisites look at beyond the registry. */
  surroundings: Surroundings;
  /** How this machine misbehaves, for tests and faults. */
  peculiarities: Peculiarities;
  /** Names of the peculiarities (`peculiarities.ts`) that are switched on. */
  peculiar?: string[];
  /** Events of Windows' logs, newest last; absent where there are none. */
  eventLog?: EventWorld[];
  /** Scheduled tasks of ours by path and name (`\\folder\\name`); absent where there are none. */
  tasks?: Record<string, TaskWorld>;
  /** Paths that somebody let every user write to. */
  writableByUsers?: string[];
  /** Sizes in bytes of files that are too large to lie here. */
  fileSizes?: Record<string, number>;
  adsync?: SynchronizationWorld;
  /** What the operator is to find: the settings file imported, and the page that waits. */
  wizard: { state: "not-installed" | "waiting" | "open" | "completed" | "failed"; importedSettingsFileSha256?: string };
}

/** The machine's hardware, and how the domain and the cloud look from it. */
export interface Surroundings {
  memoryGiB: number;
  processors: number;
  megahertz: number;
  tpm: "ready" | "not-ready" | "none";
  /** SoftwareLicensingProduct.LicenseStatus of Windows. */
  licenceStatus: number;
  /** What Test-ComputerSecureChannel and nltest /sc_verify find. */
  secureChannel: { test: boolean; verify: boolean };
  /** Beginnings of the names that the DNS does not have. */
  missingRecords: string[];
  /** Ports at which the first machine that is tried does not answer. */
  closedAtFirst: number[];
  /** Ports at which nobody answers. */
  closedEverywhere: number[];
  /** Who signs the certificate of every cloud host, and whether Windows trusts it. */
  issuer: string;
  issuerTrusted: boolean;
  /** Empty: none. */
  winHttpProxy: string;
  netBiosNames: string[];
}

export interface Peculiarities {
  /** Every attempt to join ends with this code of Windows. */
  joinFails?: { code: string; number: number };
  /** The file that joins it was made for this computer. */
  blobOfAnother?: string;
  /** What was staged has no effect at the next start. */
  joinNotTaken?: boolean;
  /** shutdown.exe ends with this code. */
  restartRefused?: number;
  /** gpupdate.exe ends with this code. */
  policyFails?: number;
  /** What a policy of the domain makes of the logon rights, from its first refresh on. */
  logonRightsAtRefresh?: ServerWorld["logonRights"];
  /** The Windows that the machine was made with, while a peculiarity puts another in its place. */
  windowsBefore?: { operatingSystem: ServerWorld["operatingSystem"]; revision: string | number };
  /** Why the OpenSSH capability cannot be added. */
  capabilityRefused?: string;
  /** `sshd -t` ends with this code. */
  sshdTestExitCode?: number;
  /** Exit codes of the next msiexec runs, in order; 0 when used up. */
  msiexecExitCodes?: number[];
  /** The silent installation starts the wizard all the same. */
  installerStartsWizard?: boolean;
  /** The module ADSync is found by its folder or file, not by its name. */
  moduleOnlyByPath?: boolean;
  /** Why the module ADSync does not load. */
  moduleRefused?: string;
  /** Why ADSync does not start. */
  serviceDoesNotStart?: string;
  /** ADSync ignores being stopped. */
  serviceDoesNotStop?: boolean;
  /** What Stop-Service says instead of stopping ADSync. */
  serviceStopRefused?: string;
  /** Why Get-ADSyncScheduler gives nothing: a window it wants, or whatever it says. */
  schedulerRefused?: string;
  schedulerThrows?: string;
  /** The module has no Get-ADSyncScheduler. */
  schedulerMissing?: boolean;
  /** Why Get-CimInstance gives nothing. */
  wmiFails?: string;
  /** Only for these classes. */
  wmiFailsFor?: string[];
  /** Folder of wizard and engine, where the operator names none. */
  installLocation?: string;
  /** Folders of sshd that others may write: it does not start until their access control is set right. */
  sshFoldersOpen?: string[];
  /** What a policy of the domain denies and grants from the next start in the domain on. */
  logonRightsAtStart?: ServerWorld["logonRights"];
  /** Profiles in which a policy has the firewall ignore rules that were made on the machine. */
  localRulesIgnored?: string[];
  /** What somebody did to the accounts that Windows did not bring along. */
  accountsTampered?: "disabled" | "renamed" | "removed" | "no-administrator";
  /** Why accounts cannot be enabled. */
  accountsLocked?: string;
  /** The members of Administrators cannot be listed. */
  administratorsUnlisted?: boolean;
  /** The wizard's process is still there when it has finished. */
  wizardStaysOpen?: boolean;
  /** Files that somebody holds open for himself alone. */
  lockedFiles?: string[];
  /** Every configuration fails in this way. */
  wizardFails?: FailedConfigurationName;
  /** Results of runs by `connector|run profile`; `success` where none is named. */
  runResults?: Record<string, string>;
  /** What Set-ADSyncAutoUpgrade says instead of doing it. */
  autoUpgradeRefused?: string;
  /** What LocalDB says it uses. */
  databaseUsedMB?: number;
  /** Somebody has edited miiserver.exe.config. */
  engineConfigEdited?: boolean;
  /** How long ago the application's certificate was made, by the event log. */
  certificateAgeDays?: number;
  /** Get-WinEvent finds nothing. */
  eventLogCleared?: boolean;
  /** Region that writes dates day first; the run history gives them so, as text. */
  dayFirstDates?: boolean;
  /** Simulated minutes that a full import of Active Directory takes. */
  importMinutes?: number;
  /** Somebody's run: begins before the first look at the engine and ends so many simulated minutes later. */
  foreignRun?: { minutes: number; seen?: boolean };
  /** A connector that is busy right now. */
  busyConnector?: string;
  /** Why a task can be neither registered nor taken out. */
  tasksRefused?: string;
  /** Somebody takes every task of ours out once it has run. */
  tasksTakenOut?: boolean;
  /** Somebody changes the archive's script before it is run. */
  archiveScriptChanged?: boolean;
}

/** What Windows' task scheduler keeps; `scheduledTasks.ts` runs it. */
export interface TaskWorld {
  xml: string;
  /** Simulated instants. */
  registeredAt: string;
  lastRunAt: string | null;
  state: "Ready" | "Running" | "Disabled";
  /** 267011 (0x41303): has not run yet; 267009 (0x41301): runs. */
  lastResult: number;
  /** Somebody asked for a run that has not begun. */
  startRequested: boolean;
}

export interface EventWorld {
  log: string;
  provider: string;
  id: number;
  /** `Information`, `Warning`, `Error`; absent on those that the product wrote. */
  level?: string;
  /** Simulated instant. */
  at: string;
  message: string;
}

export interface AccountWorld {
  /** Last part of its SID: 500 is the built-in administrator. */
  readonly rid: number;
  enabled: boolean;
  /** Member of the local Administrators. */
  administrator: boolean;
  description: string;
  passwordNeverExpires?: boolean;
}

export interface ServiceWorld {
  displayName: string;
  status: "Running" | "Stopped";
  startType: "Automatic" | "Manual" | "Disabled";
  account: string;
  path: string;
}

/** The synchronization engine; absent until the wizard has completed. */
export interface SynchronizationWorld {
  /** Simulated instant; absent where an earlier release made it. A session finds the module by its name only after a later start. */
  installedAt?: string;
  stagingMode: boolean;
  scheduler: {
    syncCycleEnabled: boolean;
    schedulerSuspended: boolean;
    syncCycleInProgress: boolean;
    maintenanceEnabled: boolean;
    effectiveInterval: string;
    nextSyncCycleStart: string;
    /** The cycle that the scheduler has begun by itself (`synchronizationCycles.ts`); absent between two of them. */
    cycle?: CycleWorld;
  };
  connectors: ConnectorWorld[];
  globalParameters: Record<string, string>;
  /** Newest first, as Get-ADSyncRunProfileResult gives them. */
  runHistory: RunWorld[];
  rules: {
    name: string;
    direction: "Inbound" | "Outbound";
    connectorIdentifier: string;
    precedence: number;
    disabled: boolean;
    immutableTag: string;
  }[];
  credentialType: "ServiceAccount" | "Application";
  /** Of the application that the Entra connector signs in with. */
  applicationId?: string;
  database?: { localDb: boolean; usedMB: number; server: string; instance: string; name: string };
  autoUpgrade: "Enabled" | "Disabled" | "Suspended";
}

export interface CycleWorld {
  /** Simulated instant. */
  endsAt: string;
  /** Its runs that have not begun, in their order. */
  toCome: RunWorld[];
}

export interface ConnectorWorld {
  identifier: string;
  name: string;
  type: "AD" | "Extensible2";
  subtype: string;
  runProfiles: string[];
  partitions?: { name: string; selected: boolean; inclusions: string[]; exclusions: string[] }[];
  objectCount: number;
  pendingExports: { add: number; update: number; delete: number };
}

export interface RunWorld {
  runHistoryId: string;
  connectorIdentifier: string;
  connectorName: string;
  runProfileName: string;
  result: string;
  startDate: string;
  endDate: string;
  /** Until this simulated instant it is in progress, without an end; absent where it took no time. */
  finishesAt?: string;
  /** The engine's own scheduler began it. */
  byScheduler?: true;
  /** Step types as the run profile has them: "full-import", "delta-synchronization", "export"… */
  stepTypes: string[];
}
