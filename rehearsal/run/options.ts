import { shellWord } from "../../engine/shellWord";
import { BadInput } from "../../review/verdict";
import type { HubOwnerBehaviour, OperatorBehaviour } from "../world/contract";

/** What `entra-connect rehearse …` was asked for. */
export interface RehearsalOptions {
  /** Folder of the world. */
  readonly dir: string;
  readonly stack: string;
  readonly reset: boolean;
  readonly json: boolean;
  /** As given; absent: as the world has it, at first `complete`. */
  readonly operator?: OperatorBehaviour;
  /** As given; absent: as the world has it, at first `at-once`. */
  readonly hubOwner?: HubOwnerBehaviour;
  readonly faults: readonly string[];
  /** As given with `--peculiarity`. */
  readonly peculiarities?: readonly string[];
  /** As given with `--azure-policy`. */
  readonly azurePolicies?: readonly string[];
  /** As given with `--azure-knows`. */
  readonly azureKnows?: readonly string[];
  readonly commandPlugin: "stand-in" | "genuine";
}

export const defaultDir = ".rehearsal";
export const defaultStack = "rehearsal";

/** A command line for the user to type, with what differs from the defaults. */
export function commandLine(command: string, options: Pick<RehearsalOptions, "dir" | "stack">): string {
  return [
    "npx entra-connect rehearse",
    ...(command ? [command] : []),
    ...(options.stack === defaultStack ? [] : ["--stack", shellWord(options.stack)]),
    ...(options.dir === defaultDir ? [] : ["--dir", shellWord(options.dir)]),
  ].join(" ");
}

export function noWorld(options: Pick<RehearsalOptions, "dir" | "stack">): BadInput {
  return new BadInput(`there is no rehearsal's world in ${options.dir}. Make one first: ${commandLine("up", options)}`);
}
