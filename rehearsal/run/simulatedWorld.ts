import type { AlertCount } from "./alerts";
import type { StandingArchive } from "./archives";
import type { EngineProcessFacts } from "./engineProcess";

/** What a rehearsed run needs of the world; made by `openRehearsalWorld` and, in tests of this room, by less. */
export interface SimulatedWorld {
  readonly folder: string;
  readonly stateFolder: string;
  readonly projectFolder: string;
  /** Ports of the attached providers, by package. */
  readonly providers: Readonly<Record<string, number>>;
  readonly jumpHost?: { readonly host: string; readonly port: number };
  /** The world's own time. */
  readonly clock: { now(): Date; readonly scale: number };
  /** True where this call made the world. */
  readonly isNew: boolean;
  /** The stack's settings as rehearsed, and what was stood in for. */
  settingsOf(request: {
    readonly settingsFile: string;
    readonly projectFolder: string;
    readonly stack: string;
  }): Promise<{ readonly text: string; readonly notRehearsed: readonly string[] }>;
  /** Which engine a `kill` fault kills. */
  engineRuns(engine: EngineProcessFacts | undefined): void;
  /** Faults that were asked for and have not struck. */
  faultsNotMet(): readonly { readonly text: string }[];
  /** Machines on which something goes on whose connection a fault has cut; `close` waits for its end. */
  scriptsGoOnAt?(): readonly string[];
  /** Alert rules by server, as they stand. */
  alerts?(): readonly AlertCount[];
  /** Containers of collections, as they stand. */
  archives?(): readonly StandingArchive[];
  close(): Promise<void>;
}
