import { type JudgingContext, judgePrerequisites } from "../../review/readiness/judge";
import { storedAnswer } from "./proof";

/**
 * What the prerequisites are asked with. A command that succeeded is not asked again by itself, and what it found may have
 * been put right since: as long as the wizard is still to come, an answer that found something to put right is asked for
 * again in every run. Afterwards, and where nothing was found, the question stays what it was, so that nothing runs.
 *
 * @param text the last answer, as the state keeps it
 */
export function askedWith(text: string | undefined, machine: string, context: JudgingContext): string {
  const answer = storedAnswer("prerequisites", text);
  if (answer === undefined) return "";
  const open = judgePrerequisites(machine, answer, context).some(({ severity }) => severity !== "info");
  return open && !context.wizardDone ? answer.collectedAt : answer.asked;
}
