/** What each script is given. Plain JSON; it travels on standard input (docs/architecture.md). */

export const scriptNames = [
  "enable-remote-access",
  "reinstate",
  "prerequisites",
  "install-package",
  "receive-settings-file",
  "await-wizard",
  "verify-staging",
  "first-synchronization",
  "retire",
] as const;

export type ScriptName = (typeof scriptNames)[number];

/** Named parameters of the Run Command, not standard input. */
export interface EnableRemoteAccessParameters {
  /** Local administrator that signs in; a bare local name. */
  readonly AdministratorName: string;
  /**
   * Base64 of the UTF-8 text of one OpenSSH public key line: Azure hands parameters over as a command line that spaces
   * split (windows-server.md section 5). It becomes the only key that opens an administrator's session.
   */
  readonly PublicKeyBase64: string;
}

export interface PrerequisitesArguments {
  /** DNS name of the domain that the machine must be joined to. */
  readonly domain: string;
  /** Size that the system disk should have (entra-connect.md section 15). Less becomes a warning. */
  readonly minimumDiskGB: number;
  /** Each is tried by TCP; a closed one is an answer, not a failure. */
  readonly ports: readonly { readonly host: string; readonly port: number }[];
  /** The Windows computer name. The script refuses on any other machine. */
  readonly serverName: string;
  readonly generation: number;
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
}

export interface VerifyStagingArguments {
  readonly expected: { readonly productVersion: string };
  /** Not read by the script: a changed set of generations asks for a new proof. */
  readonly generations: readonly number[];
}

export interface FirstSynchronizationArguments {
  /** Not read by the script: an upgrade can leave the scheduler off, so a changed version asks for another look. */
  readonly productVersion: string;
}

export interface RetireArguments {
  readonly computerName: string;
  /** ARM `vmId` of the machine that the proof is about. */
  readonly vmId: string;
  readonly generation: number;
  readonly acknowledgePassThroughAgent: boolean;
  /** Counts only for exactly this generation, and only with a reason. It is recorded in the marker. */
  readonly override?: { readonly generation: number; readonly reason: string } | null;
}

export interface ReinstateArguments {
  readonly computerName: string;
  /** ARM `vmId` of the machine that is to serve again. */
  readonly vmId: string;
  readonly generation: number;
  /** Why it is brought back; kept beside the guard's evidence. */
  readonly reason: string;
}

/** Scripts that read one JSON document from standard input, and that document. */
export interface ScriptArguments {
  reinstate: ReinstateArguments;
  prerequisites: PrerequisitesArguments;
  "install-package": InstallPackageArguments;
  "receive-settings-file": ReceiveSettingsFileArguments;
  "await-wizard": AwaitWizardArguments;
  "verify-staging": VerifyStagingArguments;
  "first-synchronization": FirstSynchronizationArguments;
  retire: RetireArguments;
}
