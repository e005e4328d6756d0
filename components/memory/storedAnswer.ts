import { AnswerProblem, type ScriptAnswers, validateAnswer } from "../../scripts/assemble";

/** A script's answer as the state keeps it; undefined where there is none, or one that this release cannot read. */
export function storedAnswer<Name extends keyof ScriptAnswers>(
  name: Name,
  text: string | undefined,
): ScriptAnswers[Name] | undefined {
  try {
    return text ? validateAnswer(name, text) : undefined;
  } catch (error) {
    if (!(error instanceof AnswerProblem)) throw error;
    return undefined;
  }
}
