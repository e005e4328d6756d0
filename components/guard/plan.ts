import { type GuardException, type ScriptArguments, selfContained } from "../../scripts/assemble";
import { generationNames } from "../server/names";
import type { GenerationSettings, Settings } from "../settings/settings";

/**
 * What runs on a server when it is to be deleted: one constant line, and on standard input the whole guard with its
 * arguments. It lives in the state, so it must not need any file of today's or tomorrow's library. Every exception is
 * handed over: the guard itself decides by its machine and the day whether one counts.
 */
export function retirement(
  settings: Settings,
  block: GenerationSettings,
  vmId: string,
): { readonly commandLine: string; readonly stdin: string } {
  return selfContained("retire", retireArguments(settings, block, vmId));
}

/** What the guard is told, by whichever way it is asked. */
export function retireArguments(
  { name }: Settings,
  block: GenerationSettings,
  vmId: string,
): ScriptArguments["retire"] {
  return {
    computerName: generationNames(name, block.generation).machine,
    vmId,
    generation: block.generation,
    role: block.role === "active" ? "active" : "passive",
    exceptions: block.exceptions.flatMap(({ kind, reason, until, vmId: machine }): GuardException[] =>
      kind === "reinstate" || kind === "retireByRunCommand" ? [] : [{ kind, reason, until, vmId: machine }],
    ),
  };
}
