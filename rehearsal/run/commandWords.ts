import type { Commands } from "../../review/recovery";
import { commandLine, type RehearsalOptions } from "./options";

/** What is typed in a rehearsal. What only plain Pulumi has is named as such: `rehearse serve` prints how to have it. */
export function typedCommands(options: Pick<RehearsalOptions, "dir" | "stack">): Commands {
  return {
    up: commandLine("up", options),
    recover: commandLine("recover", options),
    cancel: `pulumi cancel --stack ${options.stack}`,
  };
}
