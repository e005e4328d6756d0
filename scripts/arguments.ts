/** What each script is given. Plain JSON, inside the text that travels on standard input (docs/architecture.md). */

/** Those that run over SSH. `reach` is the first on a server, `retire` its guard. */
export const remoteScripts = [
  "reach",
  "fence",
  "reinstate",
  "join-domain",
  "restart-after-join",
  "prove-membership",
  "set-prerequisites",
  "prerequisites",
  "install-package",
  "receive-settings-file",
  "await-wizard",
  "switch-off-auto-upgrade",
  "verify-staging",
  "first-synchronization",
  "keep-archiving",
  "retire",
] as const;

export type RemoteScript = (typeof remoteScripts)[number];

/** Run by Azure Run Command with named parameters: nothing else reaches a new machine, or one whose SSH is lost. */
export const runCommandScripts = ["enable-remote-access", "diagnose-access"] as const;

export type RunCommandScript = (typeof runCommandScripts)[number];

export type ScriptName = RunCommandScript | RemoteScript;

export const scriptNames: readonly ScriptName[] = [...runCommandScripts, ...remoteScripts];

/** Named parameters of the Run Command, not standard input. */
export interface EnableRemoteAccessParameters {
  /** Local account that signs in, made where it is not there; a bare local name. */
  readonly LoginName: string;
  /**
   * Base64 of the UTF-8 text of one OpenSSH public key line: Azure hands parameters over as a command line that spaces
   * split (windows-server.md section 5). It becomes the only key that opens an administrator's session.
   */
  readonly PublicKeyBase64: string;
  /** Not read by the script: another number makes another request of it, so that Azure runs it again. */
  readonly Refresh?: number;
}

/** Named parameters of the Run Command; public values only, since they stand on a command line on the server. */
export interface DiagnoseAccessParameters {
  readonly LoginName: string;
  /** As for `enable-remote-access`: the key that should open the session. */
  readonly PublicKeyBase64: string;
  /** Not read by the script: another one makes Azure run it again. */
  readonly Asked: string;
}

export interface ReachArguments {
  /** The Windows computer name. The script refuses on any other machine. */
  readonly computerName: string;
  /** ARM `vmId` of the machine that is to be set up. */
  readonly vmId: string;
}

export interface JoinDomainArguments {
  readonly computerName: string;
  /** ARM `vmId` of the machine that is to be joined. */
  readonly vmId: string;
  /** DNS name. */
  readonly domain: string;
  readonly method: "offlineBlob" | "machinePassword";
  /** What `djoin /provision` wrote, or the one-time password of the computer account; empty where there is none any more. */
  readonly secret: string;
  /** Of `machinePassword`: the one domain controller to join at. */
  readonly domainController?: string;
}

export interface RestartAfterJoinArguments {
  readonly computerName: string;
  readonly vmId: string;
  /** Not read by the script: another join asks again. */
  readonly staged: string;
}

export interface ProveMembershipArguments {
  readonly computerName: string;
  readonly vmId: string;
  readonly domain: string;
  /** The account that SSH signs in with. */
  readonly loginName: string;
  /** Not read by the script either. */
  readonly staged: string;
  /** Not read: which open answer is asked for again. */
  readonly asked?: string;
}

/** One documented registry value (review/readiness/prerequisites/tlsValues.ts), a DWORD. */
export interface WantedValue {
  /** `HKLM:\\…`, of .NET Framework 4 or of SCHANNEL's TLS 1.2. */
  readonly key: string;
  readonly name: string;
  readonly value: 0 | 1;
}

/** A connection to try. */
export interface Probe {
  readonly host: string;
  readonly port: number;
  /** Default: a TCP connection. `time`: a request of the network time protocol, by UDP. */
  readonly by?: "time";
}

export interface PrerequisitesArguments {
  /** DNS name of the domain that the machine must be joined to. */
  readonly domain: string;
  /** Size that the system disk should have (entra-connect.md section 15). Less becomes a finding. */
  readonly minimumDiskGB: number;
  /** Each is tried; a closed one is an answer, not a failure. */
  readonly ports: readonly Probe[];
  /** Hosts of the cloud: port 443 with a TLS handshake, others by connecting. */
  readonly endpoints: readonly { readonly host: string; readonly port: number }[];
  /** Values whose present state is told. */
  readonly tls: readonly WantedValue[];
  /** The Windows computer name. The script refuses on any other machine. */
  readonly serverName: string;
  readonly generation: number;
  /** Given back in the answer: another text asks again. */
  readonly asked: string;
  /** Not read by the script: another text asks again. */
  readonly proveAgain: string;
}

export interface SetPrerequisitesArguments {
  readonly computerName: string;
  /** ARM `vmId` of the machine that is to be set up. */
  readonly vmId: string;
  readonly values: readonly WantedValue[];
  /** Neither is read by the script: another text makes it look again. */
  readonly asked: string;
  readonly proveAgain: string;
}

export interface InstallPackageArguments {
  /** Where the installer lies on the server, with backslashes. */
  readonly path: string;
  /** 64 hexadecimal digits, either case. */
  readonly sha256: string;
  /** CN or O of the certificate that signed the installer, e.g. `Microsoft Corporation`. */
  readonly signer: string;
  /** ProductVersion of the MSI, e.g. `2.6.92.0`. */
  readonly productVersion: string;
  /** Folder of the wizard, used only where the registry does not name one (entra-connect.md section 3). */
  readonly installLocation?: string;
}

export interface ReceiveSettingsFileArguments {
  readonly incomingPath: string;
  readonly path: string;
  readonly sha256: string;
}

export interface AwaitWizardArguments {
  /** What the engine must be, e.g. `2.6.92.0`: after an upgrade it follows the package only through the wizard. */
  readonly productVersion: string;
  /** 0 = do not wait: say what is to be done and stop. */
  readonly waitMinutes: number;
  /** Simulated or real seconds between two looks; one line is printed a look. */
  readonly pollSeconds: number;
  /** The operator's page, shown on the desktop as it is given. */
  readonly instructions: string;
  /** A file below C:\Users\Public\Desktop. */
  readonly instructionsPath: string;
  /** The settings file that the operator imports: what lies there when the gate is passed is what was imported. */
  readonly settingsFilePath: string;
}

export interface SwitchOffAutoUpgradeArguments {
  /** ARM `vmId` of the machine that is meant; the script refuses on any other. */
  readonly vmId: string;
  /** Not read by the script: an upgrade can switch it on again, so a changed version asks for another look. */
  readonly productVersion: string;
  /** False: the state is looked at and left as it is. */
  readonly switchOff: boolean;
}

export interface VerifyStagingArguments {
  readonly expected: { readonly productVersion: string };
  /** Not read by the script: a changed set of generations asks for a new proof. */
  readonly generations: readonly number[];
  /** Not read by the script either: another text asks for a new proof. */
  readonly proveAgain: string;
}

export interface FirstSynchronizationArguments {
  /** Not read by the script: an upgrade can leave the scheduler off, so a changed version asks for another look. */
  readonly productVersion: string;
  /** False leaves the scheduler as it is: its configuration may be shared with the active server (entra-connect.md 9.1). */
  readonly enableScheduler: boolean;
  /** How long a run in progress, and a script of ours that is still at work, are waited for; then it refuses. */
  readonly runWaitMinutes: number;
}

/** A file of ours as it lies on the server, and what its bytes must have: all of them are ASCII. */
export interface PinnedText {
  readonly text: string;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

export interface KeepArchivingArguments {
  readonly computerName: string;
  /** ARM `vmId` of the machine that is meant; the script refuses on any other. */
  readonly vmId: string;
  /** False: task, script, settings and event source are taken away; what has not been archived stays, and the rest is not read. */
  readonly wanted: boolean;
  /** Id of the machine's chain. */
  readonly chain: string;
  /** archive-configuration.ps1. */
  readonly script: PinnedText;
  /** archiving.json. */
  readonly archiving: PinnedText;
  /** Of the scheduled task, as XML. */
  readonly definition: string;
  /** How long the run that is asked for at once is waited for. It goes on behind. */
  readonly firstRunMinutes: number;
  /** Given back in the answer: another text asks again. */
  readonly asked: string;
}

/** Counts only on exactly this machine and to the end of its day, by the server's clock; the guard's own text decides. */
export interface GuardException {
  readonly kind: "retireUnproven" | "passThroughAgentIsElsewhere";
  readonly reason: string;
  /** Last day on which it counts, `yyyy-MM-dd`, UTC. */
  readonly until: string;
  readonly vmId: string;
}

export interface RetireArguments {
  readonly computerName: string;
  /** ARM `vmId` of the machine that the proof is about. */
  readonly vmId: string;
  readonly generation: number;
  /** As the settings last declared it: an active one is refused without a look. */
  readonly role: "passive" | "active";
  /** Only by Run Command, and not read by the script: another text makes Azure run it again. */
  readonly asked?: string;
  readonly exceptions: readonly GuardException[];
}

export interface FenceArguments {
  readonly computerName: string;
  /** ARM `vmId` of the machine that is to stop. */
  readonly vmId: string;
  readonly generation: number;
  /** Not read by the script: fenced anew, it is asked anew. */
  readonly since: string;
}

export interface ReinstateArguments {
  readonly computerName: string;
  /** ARM `vmId` of the machine that is to serve again. */
  readonly vmId: string;
  readonly generation: number;
  /** Why it is brought back; kept beside the guard's evidence. */
  readonly reason: string;
  /** Last day on which it may be brought back, `yyyy-MM-dd`, UTC, by the server's clock. */
  readonly until: string;
}

/** The one JSON document that each remote script is given. */
export interface ScriptArguments {
  reach: ReachArguments;
  fence: FenceArguments;
  reinstate: ReinstateArguments;
  "join-domain": JoinDomainArguments;
  "restart-after-join": RestartAfterJoinArguments;
  "prove-membership": ProveMembershipArguments;
  "set-prerequisites": SetPrerequisitesArguments;
  prerequisites: PrerequisitesArguments;
  "install-package": InstallPackageArguments;
  "receive-settings-file": ReceiveSettingsFileArguments;
  "await-wizard": AwaitWizardArguments;
  "switch-off-auto-upgrade": SwitchOffAutoUpgradeArguments;
  "verify-staging": VerifyStagingArguments;
  "first-synchronization": FirstSynchronizationArguments;
  "keep-archiving": KeepArchivingArguments;
  retire: RetireArguments;
}
