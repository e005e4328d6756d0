import type { Finding } from "../../review/verdict";
import { AnswerProblem, type RetireAnswer, selfContained, validateAnswer } from "../../scripts/assemble";
import { readiness } from "../findings";
import { generationNames } from "../server/names";
import type { ExceptionSettings, GenerationSettings, Settings } from "../settings/settings";
import { stillCounts } from "../settings/until";
import { retireArguments } from "./plan";

/**
 * How old the guard's answer by Run Command may be when its block is taken out. The guard over SSH asks at the moment of the
 * deletion; this answer is older by an edit and its review, which the stopped and disabled service bridges.
 */
export const answerCountsHours = 24;

/** The exception that has the guard's questions asked by Run Command, where it counts for this machine on this day. */
export function askedByRunCommand(
  { role, exceptions }: Pick<GenerationSettings, "role" | "exceptions">,
  vmId: string | undefined,
  today: Date,
): ExceptionSettings | undefined {
  if (role !== "passive") return undefined;
  return exceptions.find(
    (each) =>
      each.kind === "retireByRunCommand" && each.vmId.toLowerCase() === vmId?.toLowerCase() && stillCounts(each, today),
  );
}

/**
 * The guard's whole text with its arguments inside: no parameter stands on a command line. Another reason or day runs it again,
 * and so does the same exception that was taken out and has come back.
 */
export function retirementText(
  settings: Settings,
  block: GenerationSettings,
  vmId: string,
  exception: ExceptionSettings | undefined,
  since = "",
): string {
  const asked = exception === undefined ? "" : `${exception.reason} (until ${exception.until}, since ${since})`;
  const given = { ...retireArguments(settings, block, vmId), asked };
  return selfContained("retire", given).stdin;
}

export interface RetirementQuestion {
  readonly name: string;
  readonly generation: number;
  readonly vmId: string | undefined;
  /** When the run began. */
  readonly now: Date;
  /** Since when the exception stands: what was answered before is another exception's. */
  readonly since?: string;
  /** The run itself asked, so the answer is later than its beginning. */
  readonly askedInThisRun?: boolean;
}

export type RetirementAnswered =
  | { readonly kind: "passed"; readonly answer: RetireAnswer }
  /** Why it does not let the machine go, as the end of a sentence. */
  | { readonly kind: "objection"; readonly objection: string; readonly old?: boolean };

/** Whether an answer lets this machine go. What is not understood, is another machine's, or is old does not. */
export function retirementAnswered(
  text: string | undefined,
  { name, generation, vmId, now, since, askedInThisRun = false }: RetirementQuestion,
): RetirementAnswered {
  const objection = (why: string): RetirementAnswered & { readonly kind: "objection" } => ({
    kind: "objection",
    objection: why,
  });
  if (text === undefined || text.trim() === "") return objection("the state holds no answer of its guard");
  let answer: RetireAnswer;
  try {
    answer = validateAnswer("retire", text);
  } catch (error) {
    if (!(error instanceof AnswerProblem)) throw error;
    return objection("the answer of its guard that the state holds is not understood");
  }
  const { machine } = generationNames(name, generation);
  if (
    answer.generation !== generation ||
    answer.vmId.toLowerCase() !== vmId?.toLowerCase() ||
    answer.computerName.toLowerCase() !== machine.toLowerCase()
  )
    return objection(
      `the answer that the state holds is of ${answer.computerName}, generation ${answer.generation}, vmId ${answer.vmId}, not of ${machine}, vmId ${vmId ?? "unknown"}`,
    );
  // An hour is left to the server's clock here too.
  if (since !== undefined && Date.parse(answer.collectedAt) < Date.parse(since) - 3_600_000)
    return objection(
      `the answer of its guard is of ${answer.collectedAt}, and the exception retireByRunCommand stands since ${since}`,
    );
  const hours = (now.getTime() - Date.parse(answer.collectedAt)) / 3_600_000;
  // A clock that runs ahead by more than an hour is none to count by.
  if (hours < -1 && !askedInThisRun)
    return objection(`the answer of its guard is of ${answer.collectedAt}, which lies ahead`);
  if (hours > answerCountsHours)
    return {
      ...objection(`the answer of its guard is of ${answer.collectedAt}, more than ${answerCountsHours} hours ago`),
      old: true,
    };
  return { kind: "passed", answer };
}

/** What stands in the verdict as long as the exception does. */
export function retirementFinding(machine: string, generation: number, answered: RetirementAnswered): Finding {
  const cause = `generations.${generation}.exceptions (retireByRunCommand)`;
  return answered.kind === "passed"
    ? readiness("retired-by-run-command", "warning", machine, {
        title: `${machine} was asked by Run Command at ${answered.answer.collectedAt} and may go (${answered.answer.outcome}): its synchronization service cannot start, and nobody asks it again; a destroy deletes it too`,
        cause,
        next: `take its block out within ${answerCountsHours} hours and run up; if it is to stay, take the exception out and run up: its guard then asks by SSH again, and an exception reinstate brings the server back`,
      })
    : readiness("retirement-answer-old", "warning", machine, {
        title: `${machine} cannot go by Run Command any more: ${answered.objection}; its guard asks by SSH again`,
        cause,
        next: "another reason in the exception and up: it is asked again",
      });
}

/** Why an answer that has just come lets nothing go on. */
export function retirementRefused(machine: string, objection: string): string {
  return [
    // The engine puts its own words before the first line.
    "",
    `The guard of ${machine} was asked by Run Command, and ${objection}. Its guard stays as it was, and nothing is deleted.`,
    "  why: only a checked answer of this machine lets it go without being asked over SSH",
    "  next: another reason in the exception retireByRunCommand, and up: it is asked again",
  ].join("\n");
}

/** Said while a generation leaves: what its guard's SSH says when it fails are the command plugin's words, not ours. */
export function leavingNote(machine: string): string {
  return [
    `${machine} leaves: before anything of it is deleted, its guard signs in by SSH and asks it.`,
    '  If that fails ("unable to authenticate", "i/o timeout"), nothing of it is deleted. Then put its block back, with',
    "  diagnoseAccess: <any text>, and run up: Azure's Run Command says why SSH does not get in (docs/access.md).",
    "  If that cannot be put right: an exception retireByRunCommand in the block, up, and then take it out.",
  ].join("\n");
}
