import type { Registry } from "./serverFiles";
import type { ServerWorld } from "./serverWorld";

/** The machine that a peculiarity changes; both documents are changed in place. */
export interface PeculiarMachine {
  readonly world: ServerWorld;
  readonly registry: Registry;
  /** Files to write, by their path (`C:\\…`). */
  readonly files: Map<string, string>;
}

export interface Peculiarity {
  /** How the machine differs, one sentence without its end: help and docs. */
  readonly says: string;
  /** Where it was met (a field report, a fact). */
  readonly source: string;
  readonly on: (machine: PeculiarMachine) => void;
  /** Back to a machine without it. */
  readonly off: (machine: PeculiarMachine) => void;
}
