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
