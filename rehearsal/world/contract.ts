/**
 * What the rooms of the rehearsal ask of one another. Rooms import this file and never each other;
 * rehearsal/world/world.ts puts them together.
 */

import type { AzureMethod, EffectWord } from "./faultEffects";

export type { AzureMethod, EffectWord };

/** Simulated time. Durations given to it are simulated seconds; `scale` simulated seconds pass in one real second. */
export interface Clock {
  readonly scale: number;
  now(): Date;
  sleep(simulatedSeconds: number, signal?: AbortSignal): Promise<void>;
}

/**
 * A word of rehearsal/world/faultEffects.ts; `fail` and `half` may name the error that Azure answers with, by its code,
 * `throttle` the seconds after which Azure wants to be asked again, with its HTTP status where that is not 429.
 */
export type FaultEffect = EffectWord | NamedFault;
export type NamedFault = `${"fail" | "half" | "throttle"}(${string})`;

export const wordOf = (effect: FaultEffect): EffectWord => effect.replace(/\(.*$/, "") as EffectWord;

/** What stands in the brackets: the code of an error of Azure, with its HTTP status where it is not a known one; or seconds. */
export function namedIn(
  effect: FaultEffect,
): { readonly code: string; readonly status: number | undefined } | undefined {
  const [, status, code] = /\((?:([0-9]+):)?(.+)\)$/.exec(effect) ?? [];
  return code === undefined ? undefined : { code, status: status === undefined ? undefined : Number(status) };
}

/** A place where a fault can strike: an ARM call (type without case, e.g. Microsoft.Compute/virtualMachines), a script over SSH … */
export type FaultPoint =
  | { readonly room: "azure"; readonly method: AzureMethod; readonly type: string; readonly name: string }
  | { readonly room: "ssh"; readonly server: string; readonly script: string }
  /** A file that is copied to a server, by the name it gets there (without folders). */
  | { readonly room: "sftp"; readonly server: string; readonly file: string }
  /** What a machine asks of Azure by itself: a token of its identity, or a blob to be stored. */
  | { readonly room: "data"; readonly action: DataAction; readonly name: string };

export type DataAction = "token" | "put";

export interface Faults {
  /** The effect to play at this point now, if one is due; counts the visit (`@n` means the n-th). */
  take(point: FaultPoint): FaultEffect | undefined;
  /** Kills the Pulumi engine (SIGKILL), as a lost workstation would; does nothing where no engine is known. */
  killEngine(): void;
}

export type CallLogEntry = {
  readonly at: string;
  readonly room: "azure" | "ssh" | "network" | "operator" | "data";
  /** For example `PUT Microsoft.Compute/virtualMachines aadc-stg-g1`, `exec install-package`, `forward 10.40.0.11:22`. */
  readonly action: string;
  readonly target: string;
  readonly result: string;
};

export interface CallLog {
  record(entry: Omit<CallLogEntry, "at">): void;
  entries(): readonly CallLogEntry[];
}

/** One ARM resource as a GET would return it. */
export interface ArmResource {
  readonly id: string;
  readonly type: string;
  readonly apiVersion: string;
  readonly name: string;
  readonly location?: string;
  readonly body: Record<string, unknown>;
}

/** What the network and the servers may ask of Azure. */
export interface AzureView {
  resources(): readonly ArmResource[];
  get(id: string): ArmResource | undefined;
}

/** An answer over HTTP; names of headers in lower case. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface BlobPut {
  /** `https://<account>.blob.core.windows.net/<container>/<blob>`. */
  readonly url: string;
  /** In any letter case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Resource id of the machine that sends it; default: the one whose token it carries. */
  readonly from?: string;
}

/** One blob as Azure would describe it. In the world folder it is the JSON beside the blob's content. */
export interface BlobProperties {
  /** Inside its container. */
  readonly name: string;
  /** UTC, ISO 8601. */
  readonly createdAt: string;
  readonly versionId: string;
  readonly etag: string;
  readonly contentLength: number;
  readonly contentType: string;
  /** Base64. */
  readonly contentMd5: string;
  /** Names in lower case, without `x-ms-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** By the account's default policy; null where it has none. */
  readonly immutability: { readonly until: string; readonly mode: "Unlocked" | "Locked" } | null;
}

export interface StoredBlob extends BlobProperties {
  /** File of this machine with its content. */
  readonly path: string;
}

/** The machine's own way to Azure: its identity's token, and the storage account's blobs. */
export interface BlobService {
  /**
   * What the metadata service answers `GET /metadata/identity/oauth2/token`; `resource` as asked for, default storage.
   * Rejects where a fault lets nothing come back.
   */
  token(machineResourceId: string, resource?: string, signal?: AbortSignal): Promise<HttpAnswer>;
  /** `PUT` of a blob. Rejects where there is no such host, or a fault lets nothing come back. */
  put(request: BlobPut, signal?: AbortSignal): Promise<HttpAnswer>;
  /** By name. */
  list(accountName: string, container: string): readonly StoredBlob[];
  /**
   * The same over HTTP on loopback, for the test PowerShell. What a machine sends to `http://169.254.169.254/<rest>` or
   * `https://<account>.blob.core.windows.net/<rest>` goes to `<base of the machine>/<host>/<rest>`, and nothing else does.
   */
  listen(): Promise<BlobListener>;
}

export interface BlobListener {
  /** Without a slash at its end, for example http://127.0.0.1:4711/aadc-stg-g1; undefined where no machine has that name. */
  base(machineName: string): string | undefined;
  close(): Promise<void>;
}

/** What Azure tells the servers. `vmId` is the machine's own identity: a new machine of the same name has another. */
export interface MachineDescription {
  readonly resourceId: string;
  readonly vmId: string;
  /** Resource name; also the name of its folder in the world. */
  readonly name: string;
  readonly computerName: string;
  readonly administratorName: string;
  readonly image: {
    readonly publisher: string;
    readonly offer: string;
    readonly sku: string;
    readonly version: string;
  };
  readonly osDiskSizeGB: number;
}

export interface RunScriptRequest {
  readonly runCommandName: string;
  readonly script: string;
  /** Plain and protected parameters together, in order. They reach the script as `-name value`. */
  readonly parameters: readonly { readonly name: string; readonly value: string }[];
  readonly timeoutInSeconds: number;
}

export interface RunScriptResult {
  readonly exitCode: number;
  readonly output: string;
  readonly error: string;
}

export interface Machines {
  create(machine: MachineDescription): Promise<void>;
  setPower(resourceId: string, power: "running" | "deallocated"): Promise<void>;
  /** The machine and its disk are gone. */
  delete(resourceId: string): Promise<void>;
  /** Azure Run Command: runs as SYSTEM, needs no network path. */
  runScript(resourceId: string, request: RunScriptRequest): Promise<RunScriptResult>;
}

/** A started gRPC provider. */
export interface RunningProvider {
  readonly port: number;
  stop(): Promise<void>;
}

/** One simulated Windows machine on disk. */
export interface ServerFolder {
  /** `<world>/servers/<name>`; holds server.json (ServerWorld), registry.json (TestRegistry's form) and `C/` (the C: drive). */
  readonly path: string;
  readonly name: string;
}

export interface ScriptRun {
  /** The whole command line as sent over SSH. */
  readonly commandLine: string;
  readonly stdin: Buffer;
  readonly onStdout: (chunk: Buffer) => void;
  readonly onStderr: (chunk: Buffer) => void;
  readonly signal?: AbortSignal;
}

/** Runs what arrives at a simulated Windows machine: in the test PowerShell, or emulated from the same world. */
export interface WindowsExecutor {
  readonly kind: "powershell" | "emulated";
  /** Over SSH, as the administrator. Resolves with the exit code. */
  exec(server: ServerFolder, run: ScriptRun): Promise<number>;
  /** By Run Command, as SYSTEM. */
  runScript(server: ServerFolder, request: RunScriptRequest): Promise<RunScriptResult>;
}

export type OperatorBehaviour = "complete" | "absent" | "staging-unticked" | "failing";

/** When the owner of the hub makes the hub's half of a peering: as soon as ours is there, between two runs, or never. */
export const hubOwnerBehaviours = ["at-once", "later", "never"] as const;
export type HubOwnerBehaviour = (typeof hubOwnerBehaviours)[number];

/** The passphrase of every rehearsed stack: nothing in one needs protection. */
export const rehearsalPassphrase = "rehearsal";
