import { type ScriptAnswers, validateAnswer } from "../../scripts/assemble";

/** An answer as the state keeps it; undefined where there is none, or one that this release cannot read. */
export function storedAnswer<Name extends "verify-staging" | "prerequisites" | "prove-membership">(
  name: Name,
  text: string | undefined,
): ScriptAnswers[Name] | undefined {
  try {
    return text ? validateAnswer(name, text) : undefined;
  } catch {
    return undefined;
  }
}
