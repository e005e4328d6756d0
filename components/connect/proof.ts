import { type ScriptAnswers, validateAnswer } from "../../scripts/assemble";

/** A stored answer of the verification; undefined where there is none, or one that this release cannot read. */
export function proofOf(text: string): ScriptAnswers["verify-staging"] | undefined {
  try {
    return text === "" ? undefined : validateAnswer("verify-staging", text);
  } catch {
    return undefined;
  }
}
