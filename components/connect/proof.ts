import type { ScriptAnswers } from "../../scripts/assemble";
import type { RememberedGeneration } from "../memory/remembered";
import { storedAnswer } from "../memory/storedAnswer";
import type { GenerationSettings } from "../settings/settings";

/** A stored answer of the verification; undefined where there is none, or one that this release cannot read. */
export function proofOf(text: string): ScriptAnswers["verify-staging"] | undefined {
  return storedAnswer("verify-staging", text);
}

/** Whether the wizard has been completed for the version that the block asks for. */
export function wizardDone(remembered: RememberedGeneration | undefined, { connect }: GenerationSettings): boolean {
  const proven = remembered?.proof === undefined ? undefined : proofOf(remembered.proof)?.versions.package;
  return remembered?.gate !== undefined && (proven === undefined || proven === connect.version);
}
