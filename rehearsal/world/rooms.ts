import type { ServerWorld } from "../windows/serverWorld";
import type { ClockAnchor } from "./clock";
import type {
  AzureView,
  BlobService,
  CallLog,
  Clock,
  Faults,
  MachineDescription,
  Machines,
  RunningProvider,
  ServerFolder,
} from "./contract";
import type { ExistingResource } from "./existingResources";
import type { WindowsRoom } from "./machines";
import type { OperatorHands } from "./operator";
import type { InstallerRoom } from "./rehearsedSettings";

/** What world.ts puts together. The rooms know nothing of each other; tests of this room give smaller ones. */
export interface Rooms {
  /** @param peculiarities as given with `--peculiarity`; @throws BadInput where one is not known */
  openWindows(peculiarities: readonly string[]): Promise<Windows>;
  startAzure(options: AzureOptions): Promise<Azure>;
  startCommand(options: CommandOptions): Promise<RunningProvider>;
}

export interface Windows extends Omit<WindowsRoom, "createServerWorld">, InstallerRoom, OperatorHands {
  createServerWorld(
    server: ServerFolder,
    machine: MachineDescription,
    clock: ClockAnchor,
    options: { readonly domain?: string | null; readonly proxy?: string },
  ): Promise<void>;
  readServerWorld(server: ServerFolder): Promise<ServerWorld>;
  /** What the task scheduler of a machine has to run now, as Windows would start it; names of what ran. */
  runDueTasks?(server: ServerFolder, signal?: AbortSignal): Promise<readonly string[]>;
  /** Lets a machine's synchronization scheduler do what its clock says. */
  runCycles?(server: ServerFolder): Promise<void>;
  /** Tells the machines their way to tokens and blobs, once Azure is there. Resolves with what ends it. */
  reaches?(blobs: BlobService): Promise<() => Promise<void>>;
  /** Whether what is outside the machine's virtual network answers. */
  setCutOff(server: ServerFolder, cutOff: boolean): Promise<void>;
}

export interface AzureOptions {
  /** The world folder. */
  readonly world: string;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly calls: CallLog;
  readonly machines: Machines;
  /** Told of every resource that was written, before its writer has the answer. */
  readonly written?: (type: string) => Promise<void>;
  /** As given with `--azure-policy`; @throws BadInput where one is not known */
  readonly policies: readonly string[];
  /** As given with `--azure-knows`. */
  readonly knownNames: readonly string[];
}

export interface Azure extends RunningProvider {
  /** Of the provider that nobody configured. */
  readonly subscriptionId: string;
  readonly view: AzureView;
  /** What machines reach by themselves. */
  readonly blobs: BlobService;
  /** ARM types met so far that are kept without rules of their own. */
  genericTypes(): readonly string[];
  /** Puts something there that the stack did not make; what exists already stays. */
  seed(resource: ExistingResource): void;
  /** As somebody with the portal would write it: judged by the rules of its type. Throws what Azure refuses. */
  write(resource: ExistingResource): Promise<void>;
}

export interface CommandOptions {
  /** Where relative source paths of a copy start from. */
  readonly folder: string;
}
