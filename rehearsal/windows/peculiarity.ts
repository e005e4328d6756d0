import type { Registry } from "./serverFiles";
import type { Peculiarities, ServerWorld } from "./serverWorld";

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

/** One flag of the machine's own. */
export function flag<Name extends keyof Peculiarities>(
  name: Name,
  value: NonNullable<Peculiarities[Name]>,
  says: string,
  source: string,
): Peculiarity {
  return {
    says,
    source,
    on: ({ world }) => {
      world.peculiarities[name] = value;
    },
    off: ({ world }) => {
      delete world.peculiarities[name];
    },
  };
}
