import type { Commands } from "../../review/recovery";
import { commandLine, type RehearsalOptions } from "./options";

export interface RehearsalCommands extends Commands {
  readonly show: string;
}

/** What is typed in a rehearsal. What only plain Pulumi has is named as such: `rehearse serve` prints how to have it. */
export function typedCommands(options: Pick<RehearsalOptions, "dir" | "stack">): RehearsalCommands {
  return {
    up: commandLine("up", options),
    recover: commandLine("recover", options),
    cancel: `pulumi cancel --stack ${options.stack}`,
    refresh: `pulumi refresh --stack ${options.stack} (in a shell as ${commandLine("serve", options)} prints it)`,
    show: commandLine("show", options),
  };
}
