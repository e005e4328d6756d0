/** What each script answers; `<name>.answer.schema.json` says the same to ajv, and a test holds the two together. */
import type { ScriptName } from "./arguments";

interface AnswerOf<Name extends ScriptName> {
  readonly script: Name;
  /** Instant of the look, UTC, `yyyy-MM-ddTHH:mm:ssZ`. */
  readonly collectedAt: string;
  readonly warnings: readonly string[];
  /** NetBIOS name of the machine that answered. */
  readonly computerName: string;
}

/** A list that can be long (`listing.ts`, `fragments/listing.ps1`). */
export interface Listing {
  readonly count: number;
  /** Of all names as they are compared, sorted, one a line; lower-case hexadecimal. */
  readonly sha256: string;
  /** In that order; fewer than `count` where the answer has no more room. */
  readonly names: readonly string[];
}

/** What an acting script changed, in order, one plain phrase each; empty where everything was right already. */
interface Acting {
  readonly changes: readonly string[];
}

/**
 * What decides whether the account that we sign in with gets in by SSH (`fragments/signIn.ps1`); null is what could not be
 * read, and `unread` says why. The same part in every answer that has it.
 */
export interface SignInFound {
  readonly loginName: string;
  readonly account: {
    readonly state: "enabled" | "disabled" | "missing" | "unread";
    /** Empty where there is no account. */
    readonly sid: string;
    /** Direct member of the local Administrators. */
    readonly administrator: boolean | null;
  };
  /** `SeDenyNetworkLogonRight`: SIDs with a star in front, or names. */
  readonly denied: readonly string[] | null;
  /** `SeNetworkLogonRight`. */
  readonly granted: readonly string[] | null;
  /** `AllowUsers` of sshd_config; empty where everybody may, null where there is no such file. */
  readonly allowUsers: readonly string[] | null;
  /** Of sshd; null where it is not installed. */
  readonly service: { readonly state: string; readonly startType: string } | null;
  readonly firewall: {
    /** Our own rule for TCP 22. */
    readonly rule: "allows" | "blocks" | "disabled" | "missing";
    /** In use: `Domain`, `Private`, `Public`. */
    readonly profiles: readonly string[];
    /** Profiles in which a policy has Windows ignore rules that were made on the machine. */
    readonly localRulesIgnored: readonly string[];
  } | null;
  /** Of sshd; empty for cmd.exe. */
  readonly defaultShell: string;
  readonly unread: readonly string[];
}

export interface EnableRemoteAccessAnswer extends AnswerOf<"enable-remote-access">, Acting {
  readonly signIn: SignInFound;
  /** The server's own ed25519 public key, `ssh-ed25519 BASE64`, without a comment. */
  readonly hostKey: string;
}

export interface OperatingSystem {
  readonly caption: string;
  readonly version: string;
  readonly buildNumber: string;
  /** `Server` with the desktop, `Server Core` without. */
  readonly installationType: string;
}

export interface ReachAnswer extends AnswerOf<"reach"> {
  readonly vmId: string;
  readonly operatingSystem: OperatingSystem;
  readonly powershellVersion: string;
  readonly lastBootAt: string;
  /** Windows waits for a restart. */
  readonly pendingRestart: boolean;
}

/** Never what the join was done with. */
export interface JoinDomainAnswer extends AnswerOf<"join-domain">, Acting {
  readonly vmId: string;
  readonly domain: string;
  /** `member` before; `staged` now, or `restart-owed`: staged in this boot by an earlier run. Both count from the next start on. */
  readonly outcome: "member" | "staged" | "restart-owed";
  /** Start of the Windows that answered. */
  readonly bootAt: string;
}

export interface RestartAfterJoinAnswer extends AnswerOf<"restart-after-join">, Acting {
  readonly vmId: string;
  readonly outcome: "restarting" | "not-needed";
  /** Start of the Windows that answered, and goes down where it is `restarting`. */
  readonly bootAt: string;
  /** Seconds until Windows begins to go down; 0 where it stays. */
  readonly delaySeconds: number;
}

export interface ProveMembershipAnswer extends AnswerOf<"prove-membership">, Acting {
  readonly vmId: string;
  /** The domain that it is a member of. */
  readonly domain: string;
  readonly bootAt: string;
  /** null = could not be asked; `unread` says why. */
  readonly secureChannel: { readonly test: boolean | null; readonly verify: boolean | null };
  /** That the secure channel goes to; empty where Windows names none, null where it could not be asked. */
  readonly domainController: string | null;
  /** Of `gpupdate /target:computer`; 0 = the domain's policies are applied. */
  readonly policyExitCode: number;
  /** Read after that. */
  readonly signIn: SignInFound;
  readonly unread: readonly { readonly check: string; readonly reason: string }[];
}

/** Of the documented TLS values, one as it stands; null where it is not set. */
export interface TlsValueFound {
  readonly key: string;
  readonly name: string;
  readonly found: number | null;
}

/** One host of the cloud as the server reaches it, directly. */
export interface EndpointFound {
  readonly host: string;
  readonly port: number;
  /** `open`: connected, no more was asked; `trusted`: TLS 1.2 with a certificate that Windows trusts; `refused`: connected, but no TLS; `closed`: no answer. */
  readonly state: "open" | "trusted" | "refused" | "closed";
  /** Of the certificate seen; empty where none was. */
  readonly issuer: string;
  readonly subject: string;
  /** Why not; empty where all is well. */
  readonly reason: string;
}

/** null, where it is no setting that is not set, means that it could not be read; `unread` says why. */
export interface PrerequisitesAnswer extends AnswerOf<"prerequisites">, Acting {
  readonly vmId: string;
  /** The argument of that name: which request this answers. */
  readonly asked: string;
  readonly domain: string;
  readonly operatingSystem: OperatingSystem;
  readonly windows: {
    /** The number behind the build (UBR): 6901 in 26100.6901. */
    readonly revision: number | null;
    /** Win32_OperatingSystem: 1 workstation, 2 domain controller, 3 server. */
    readonly productType: number | null;
  };
  readonly powershellVersion: string;
  /** Release number of .NET Framework 4.x (528040 = 4.8); null where the registry holds none. */
  readonly dotNetRelease: number | null;
  readonly hardware: {
    readonly memoryGiB: number | null;
    /** Logical ones. */
    readonly processors: number | null;
    readonly megahertz: number | null;
    readonly tpmPresent: boolean | null;
    readonly tpmReady: boolean | null;
  };
  readonly disk: { readonly sizeGB: number | null; readonly freeGB: number | null; readonly minimumGB: number };
  readonly tls: readonly TlsValueFound[];
  readonly dcom: {
    readonly machineAccessRestriction: boolean | null;
    readonly machineLaunchRestriction: boolean | null;
    readonly defaultLaunchPermission: boolean | null;
  };
  readonly powershell: {
    /** Of the policy, else of the machine; empty where neither is set, which is RemoteSigned on a server. */
    readonly executionPolicy: string | null;
    readonly transcription: boolean | null;
  };
  readonly names: {
    /** Primary DNS suffix of the machine; empty where none is set. */
    readonly dnsSuffix: string | null;
    /** NetBIOS names of the domains that the machine knows. */
    readonly netBios: readonly string[];
  };
  /** SoftwareLicensingProduct.LicenseStatus of Windows: 1 licensed, 0 unlicensed, 2 to 6 grace and notification. */
  readonly licenceStatus: number | null;
  readonly pendingRestart: boolean | null;
  /** Internet Explorer's enhanced security, for administrators. */
  readonly enhancedSecurity: boolean | null;
  /** Service names of other synchronization engines, and ADSync where it belongs to no package. */
  readonly otherEngines: readonly string[];
  /** Addresses, without user and password; empty where none is set. */
  readonly proxy: { readonly machineConfig: string | null; readonly winHttp: string | null };
  /** TCP, the time port (123) UDP. */
  readonly ports: readonly {
    readonly host: string;
    readonly open: readonly number[];
    readonly closed: readonly number[];
  }[];
  readonly endpoints: readonly EndpointFound[];
  /** SRV records; null: not known. */
  readonly records: readonly { readonly name: string; readonly count: number | null }[];
  /** Offset to the domain's clock in seconds; null where it could not be measured. */
  readonly clockSkewSeconds: number | null;
  /** What Test-ComputerSecureChannel and `nltest /sc_verify` say, each by itself. */
  readonly secureChannel: { readonly test: boolean | null; readonly verify: boolean | null };
  readonly unread: readonly { readonly check: string; readonly reason: string }[];
  readonly baseline: { readonly writtenAt: string; readonly appliedFiles: readonly string[] };
}

/** One documented value, as it was and is. */
export interface ValueSet {
  readonly key: string;
  readonly name: string;
  readonly outcome: "changed" | "unchanged";
  /** null: it was not set. */
  readonly before: number | null;
  readonly now: number;
}

export interface SetPrerequisitesAnswer extends AnswerOf<"set-prerequisites">, Acting {
  readonly vmId: string;
  readonly values: readonly ValueSet[];
  /** Something was set, in this run or an earlier one, and Windows has not been started since: SCHANNEL reads it then. */
  readonly restartNeeded: boolean;
}

export interface InstallPackageAnswer extends AnswerOf<"install-package">, Acting {
  readonly productVersion: string;
  readonly productCode: string;
  readonly wizardPath: string;
  /** Windows waits for a restart: msiexec has just said so (3010 or 1641), or Windows itself says so still. */
  readonly rebootRequired: boolean;
  /** Of the installer that was proven and run; null where the version was there already and no file was looked at. */
  readonly sha256: string | null;
}

export interface ReceiveSettingsFileAnswer extends AnswerOf<"receive-settings-file">, Acting {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

export interface AppliedFile {
  readonly name: string;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

export interface AwaitWizardAnswer extends AnswerOf<"await-wizard"> {
  readonly appliedFile: AppliedFile;
  readonly waitedMinutes: number;
}

export interface SchedulerState {
  readonly syncCycleEnabled: boolean;
  readonly schedulerSuspended: boolean;
  readonly syncCycleInProgress: boolean | null;
  readonly maintenanceEnabled: boolean;
  readonly effectiveInterval: string;
  readonly nextSyncCycleStart: string | null;
}

export interface RunSummary {
  readonly connectorName: string;
  readonly runProfileName: string;
  readonly result: string;
  readonly startDate: string | null;
  readonly endDate: string | null;
}

export interface VerifyStagingAnswer extends AnswerOf<"verify-staging"> {
  readonly vmId: string;
  readonly stagingMode: { readonly scheduler: true; readonly globalParameter: true };
  readonly appliedFile: AppliedFile;
  /** The settings file that lay on the server when the gate was passed; null where that is not known. */
  readonly importedSettingsFile: { readonly sha256: string } | null;
  readonly versions: { readonly package: string; readonly wizard: string; readonly engine: string };
  readonly scheduler: SchedulerState;
  readonly connectors: readonly {
    readonly name: string;
    readonly identifier: string;
    readonly type: string;
    readonly subtype: string;
    readonly partitions: readonly {
      readonly name: string;
      readonly selected: boolean;
      readonly inclusions: Listing;
      readonly exclusions: Listing;
    }[];
  }[];
  readonly rules: {
    readonly total: number;
    readonly standard: number;
    readonly disabled: number;
    readonly disabledStandard: Listing;
    readonly customCount: number;
    /** At most 100, in the order of their precedence. */
    readonly custom: readonly {
      readonly name: string;
      readonly connector: string;
      readonly direction: string;
      readonly precedence: number;
      readonly disabled: boolean;
    }[];
  };
  /** Those of an allow-list only: the answer lies in the state, and other parameters may hold encrypted values. */
  readonly globalParameters: Readonly<Record<string, string>>;
  /** Newest first, at most 20. */
  readonly runs: readonly RunSummary[];
  readonly service: { readonly status: string; readonly startType: string; readonly account: string };
  readonly passThroughAgents: readonly string[];
  /** `ServiceAccount` or `Application`; null where this build has no cmdlet for it. */
  readonly credentialType: string | null;
  /** Of the application that the Entra connector signs in with; null where this build does not say it. */
  readonly applicationId: string | null;
  /** Null where the event log could not be read. */
  readonly certificate: {
    /** Where the credential itself says it; null on builds that do not. */
    readonly endsAt: string | null;
    /** 1011 renewal is due, 1012 expired, 1013 made, 1014 made without a TPM; newest first. */
    readonly events: readonly { readonly id: number; readonly at: string }[];
  } | null;
  /** Null where the cmdlet failed. */
  readonly database: {
    readonly kind: "localdb" | "sqlServer";
    /** What LocalDB says it uses, and the size of its file; null where it is not known. */
    readonly usedMB: number | null;
    readonly fileMB: number | null;
    readonly server: string;
    readonly instance: string;
    readonly name: string;
    /** Installed on the machine: 15.0 is that of SQL Server 2019. */
    readonly localDbVersions: readonly string[];
  } | null;
  /** `miiserver.exe.config`; null where it could not be read. */
  readonly engineConfig: {
    readonly sha256: string;
    /** Of the first look at this version of the engine. */
    readonly recordedSha256: string;
    readonly recordedAt: string;
    /** The edit that Microsoft documents for servers on which FIPS is enforced. */
    readonly fipsEdit: boolean;
  } | null;
  readonly autoUpgrade: string | null;
}

export interface SwitchOffAutoUpgradeAnswer extends AnswerOf<"switch-off-auto-upgrade">, Acting {
  readonly vmId: string;
  /** `Enabled`, `Disabled` or `Suspended`, as found; null where this build could not say it. */
  readonly before: string | null;
  /** The same afterwards. */
  readonly state: string | null;
}

/** The documented flow's own, and the full form that the scheduler may have run in its place. */
export type FirstRunProfile = "Full Import" | "Delta Synchronization" | "Full Synchronization";

export interface FirstSynchronizationAnswer extends AnswerOf<"first-synchronization">, Acting {
  readonly steps: readonly {
    readonly connectorName: string;
    readonly runProfileName: FirstRunProfile;
    readonly outcome: "ran" | "already-done";
    readonly result: string;
  }[];
  /** As it is now, whoever switched it. */
  readonly schedulerEnabled: boolean;
}

export interface KeepArchivingAnswer extends AnswerOf<"keep-archiving">, Acting {
  readonly vmId: string;
  readonly wanted: boolean;
  /** The argument of that name: which request this answers. */
  readonly asked: string;
  /** What was there; null where it was to be taken away. */
  readonly before: {
    readonly script: string | null;
    readonly archiving: string | null;
    readonly task: "none" | "same" | "another";
  } | null;
  /** Of the run that was asked for at once; null where all was as it should be and the last run had archived. */
  readonly firstRun: {
    /** LastTaskResult (`archiveTask.ts`, `taskResults`). */
    readonly result: number;
    /** Its event, in brief; null where it has written none yet. */
    readonly event: { readonly id: number; readonly name: string | null; readonly why: string } | null;
  } | null;
  /** As the task scheduler tells it at the end; null where there is no task. */
  readonly task: {
    readonly state: string;
    readonly lastResult: number;
    readonly lastRunAt: string | null;
    readonly nextRunAt: string | null;
  } | null;
  /** Paths that were left although the task is not wanted. */
  readonly kept: readonly string[];
  /** Collections that wait on the server. */
  readonly waiting: number;
}

/** By Run Command, where SSH is lost; changes nothing. */
export interface DiagnoseAccessAnswer extends AnswerOf<"diagnose-access"> {
  readonly vmId: string;
  readonly lastBootAt: string;
  readonly domain: { readonly joined: boolean; readonly name: string };
  readonly signIn: SignInFound;
  /** What `administrators_authorized_keys` holds: exactly our key, or not. */
  readonly authorizedKey: "ours" | "another" | "several" | "missing";
  /** The server's own ed25519 public key; null where there is none. */
  readonly hostKey: string | null;
  /** Whether anything listens on TCP 22; null where that could not be read. */
  readonly listening: boolean | null;
  /** The newest words of sshd in the channel OpenSSH/Operational, newest first, at most 5, shortened; null where unread. */
  readonly events: readonly { readonly at: string; readonly message: string }[] | null;
}

interface RetireCommon extends AnswerOf<"retire">, Acting {
  readonly vmId: string;
  readonly generation: number;
}

/** Every outcome means: the guard passed, the service cannot start, and the marker lies on the server. */
export type RetireAnswer = RetireCommon &
  (
    | { readonly outcome: "proven-staging" }
    | { readonly outcome: "no-entra-connect" }
    | { readonly outcome: "already-retired"; readonly retiredAt: string }
    | { readonly outcome: "overridden"; readonly objection: string; readonly reason: string; readonly until: string }
  );

/** Every outcome means: no synchronization service of Entra Connect runs or can start on it. */
export interface FenceAnswer extends AnswerOf<"fence">, Acting {
  readonly vmId: string;
  readonly generation: number;
  readonly outcome: "fenced" | "already-fenced" | "no-entra-connect";
  /** Staging mode as it was read before the service was stopped. */
  readonly staging: "on" | "off" | "unclear";
  /** How the service started before, as CIM names it; null without Entra Connect. */
  readonly startMode: string | null;
  readonly fencedAt: string | null;
}

interface ReinstateCommon extends AnswerOf<"reinstate">, Acting {
  readonly vmId: string;
  readonly generation: number;
}

interface PutAway {
  /** When the guard had retired the server, or its fence had stopped it. */
  readonly retiredAt: string;
  readonly reason: string;
  /** File on the server that holds the guard's marker, the reason and the new proof. */
  readonly record: string;
}

/** No outcome leaves a service running that is not proven to be staging. */
export type ReinstateAnswer = ReinstateCommon &
  (
    | ({
        readonly outcome: "reinstated";
        readonly startType: "Automatic" | "Manual";
        readonly stagingMode: { readonly scheduler: true; readonly globalParameter: true };
      } & PutAway)
    | ({ readonly outcome: "without-entra-connect" } & PutAway)
    | { readonly outcome: "not-retired" }
  );

export interface ScriptAnswers {
  "enable-remote-access": EnableRemoteAccessAnswer;
  "diagnose-access": DiagnoseAccessAnswer;
  reach: ReachAnswer;
  fence: FenceAnswer;
  reinstate: ReinstateAnswer;
  "join-domain": JoinDomainAnswer;
  "restart-after-join": RestartAfterJoinAnswer;
  "prove-membership": ProveMembershipAnswer;
  "set-prerequisites": SetPrerequisitesAnswer;
  prerequisites: PrerequisitesAnswer;
  "install-package": InstallPackageAnswer;
  "receive-settings-file": ReceiveSettingsFileAnswer;
  "await-wizard": AwaitWizardAnswer;
  "switch-off-auto-upgrade": SwitchOffAutoUpgradeAnswer;
  "verify-staging": VerifyStagingAnswer;
  "first-synchronization": FirstSynchronizationAnswer;
  "keep-archiving": KeepArchivingAnswer;
  retire: RetireAnswer;
}
