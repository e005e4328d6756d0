import { type ScriptAnswers, validateAnswer } from "../../scripts/assemble";
import type { RememberedGeneration } from "../memory/remembered";
import type { GenerationSettings } from "../settings/settings";

/** A stored answer of the verification; undefined where there is none, or one that this release cannot read. */
export function proofOf(text: string): ScriptAnswers["verify-staging"] | undefined {
  return storedAnswer("verify-staging", text);
}

/** An answer as the state keeps it; undefined where there is none, or one that this release cannot read. */
export function storedAnswer<Name extends "verify-staging" | "prerequisites" | "prove-membership" | "keep-archiving">(
  name: Name,
  text: string | undefined,
): ScriptAnswers[Name] | undefined {
  try {
    return text ? validateAnswer(name, text) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the wizard has been completed for the version that the block asks for. */
export function wizardDone(remembered: RememberedGeneration | undefined, { connect }: GenerationSettings): boolean {
  const proven = remembered?.proof === undefined ? undefined : proofOf(remembered.proof)?.versions.package;
  return remembered?.gate !== undefined && (proven === undefined || proven === connect.version);
}
