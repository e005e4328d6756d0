import { type JudgingContext, judgeMembership, judgePrerequisites } from "../../review/readiness/judge";
import { storedAnswer } from "../memory/storedAnswer";

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

/**
 * Since when the proof of a join has something open: then it is asked again, in every run until the wizard is done, or a
 * domain that did not trust the server at its first start would stop every run after. Undefined where it stays as it is.
 *
 * @param text the last answer, as the state keeps it
 */
export function membershipOpen(text: string | undefined, machine: string, context: JudgingContext): string | undefined {
  const answer = storedAnswer("prove-membership", text);
  if (answer === undefined || context.wizardDone) return undefined;
  const open = judgeMembership(machine, answer, context).some(({ severity }) => severity !== "info");
  return open ? answer.collectedAt : undefined;
}
