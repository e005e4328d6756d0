import type { JsonObject } from "../evidence/json";
import { kindOfType } from "./resourceKinds";
import { newInputs, oldInputs, type ResourceChange } from "./steps";

/**
 * Whether a change reaches anything outside the state. A component, a Stash and a command without an action are the
 * engine's own record; so is what is retained or only read.
 */
export function touches(change: ResourceChange): boolean {
  if (!change.custom || kindOfType(change.type) === "stash") return false;
  switch (change.action) {
    case "nothing":
    case "read":
    case "refresh":
    case "forget":
    case "import":
      return false;
    case "delete":
      return !change.retained && (!isCommand(change) || has(oldInputs(change).delete));
    case "create":
    case "update":
      return !isCommand(change) || runs(change);
    case "replace":
      return !isCommand(change) || runs(change) || has(oldInputs(change).delete);
    case "unknown":
      return true;
  }
}

const isCommand = (change: ResourceChange): boolean => kindOfType(change.type) === "command";

const has = (value: unknown): boolean => value !== undefined && value !== null;

/** Whether creating or updating it runs something (facts/command-provider.md: `update` if there is one, else `create`). */
export function runs(change: ResourceChange): boolean {
  const inputs = newInputs(change);
  return has(inputs.create) || (change.action === "update" && has(inputs.update));
}

/** Deleted or replaced for good: what was there is no longer there afterwards. */
export function goes(change: ResourceChange): boolean {
  return (change.action === "delete" || change.action === "replace") && !change.retained;
}

/**
 * Whether a guard with these inputs does anything when it is deleted: an empty command, one that only says that it has
 * ended, and an interpreter of standard input that is given none ask nobody.
 */
export function asks({ delete: command, stdin }: JsonObject): boolean {
  if (!has(command)) return false;
  if (typeof command !== "string") return true;
  const lines = command
    .split(/\r?\n/u)
    .map((line) => line.trim())
    .filter((line) => !/^($|#|rem\b|::)/iu.test(line));
  if (lines.every((line) => saysNothing.test(line))) return false;
  const reads = /\s-(Command|c|File|f)?\s*["']?-["']?$/iu.test(command.trim());
  return !(reads && (stdin === undefined || stdin === null || (typeof stdin === "string" && stdin.trim() === "")));
}

/** Nothing chained, piped or called within. */
const saysNothing =
  /^((exit|return)(\s+0)?|true|:|\$true|\$null|(echo|Write-(Output|Host))\b[^&|;`$()<>]*|(powershell|pwsh)(\.exe)?(\s+-No\w+)*\s+(-c|-Command)\s+["']?(exit(\s+0)?|\$true|\$null|)["']?)$/iu;
