import * as pulumi from "@pulumi/pulumi";
import {
  type JudgingContext,
  judgeAutoUpgrade,
  judgeFirstSynchronization,
  judgeInstallation,
  judgeJoin,
  judgeMembership,
  judgePrerequisites,
  judgeReach,
  judgeRestartAfterJoin,
  judgeSetPrerequisites,
  judgeSettingsFile,
  judgeVerification,
} from "../../review/readiness/judge";
import type { Finding } from "../../review/verdict";
import { AnswerProblem, type ScriptAnswers, validateAnswer } from "../../scripts/assemble";
import { findingLines, readiness } from "../findings";
import { Refusal } from "../refusal";
import type { Step } from "./plan";

/** Brought back in this or an earlier run; nothing to say where its guard had not retired it. */
function judgeReinstatement(machine: string, answer: ScriptAnswers["reinstate"]): readonly Finding[] {
  if (answer.outcome === "not-retired") return [];
  return [
    readiness("reinstated", "info", machine, {
      title: `${machine} serves again: its guard had retired it at ${answer.retiredAt} (${answer.reason})`,
      cause: "an exception of kind reinstate",
      next: "take the exception out of the settings",
    }),
  ];
}

type Judges = {
  readonly [S in Step]: (machine: string, answer: ScriptAnswers[S], context: JudgingContext) => readonly Finding[];
};

const judges: Judges = {
  reach: judgeReach,
  reinstate: judgeReinstatement,
  "join-domain": judgeJoin,
  "restart-after-join": judgeRestartAfterJoin,
  "prove-membership": judgeMembership,
  "set-prerequisites": judgeSetPrerequisites,
  prerequisites: judgePrerequisites,
  "install-package": judgeInstallation,
  "receive-settings-file": judgeSettingsFile,
  "await-wizard": () => [],
  "switch-off-auto-upgrade": judgeAutoUpgrade,
  "verify-staging": judgeVerification,
  "first-synchronization": judgeFirstSynchronization,
};

/** Checked against its schema, or a refusal with what to do: an answer that is not understood proves nothing. */
export function readAnswer<S extends Step>(step: S, machine: string, text: string): ScriptAnswers[S] {
  try {
    return validateAnswer(step, text);
  } catch (error) {
    if (!(error instanceof AnswerProblem)) throw error;
    throw new Refusal(
      [
        `The answer of ${step} on ${machine} is not understood, so nothing goes on from it.`,
        `  why: ${error.message}`,
        `  next: pulumi up --target '**-${step}' --replace '**-${step}' asks again with this release's script`,
      ].join("\n"),
    );
  }
}

/** Judges one answer where it arises. A blocking finding throws: one that is only logged would let the deletions run. */
export function judged<S extends Step>(
  step: S,
  machine: string,
  text: string,
  context: JudgingContext,
): readonly Finding[] {
  const findings = judges[step](machine, readAnswer(step, machine, text), context);
  const blocking = findings.filter((each) => each.severity === "blocking");
  if (blocking.length > 0 && !pulumi.runtime.isDryRun()) {
    const also = findings.filter((each) => each.severity !== "blocking" && each.next !== "");
    throw new Refusal(
      [
        // The engine puts its own words before the first line.
        "",
        `The verdict on ${machine} is blocked after ${step}; nothing goes on from here, and nothing is retired.`,
        ...blocking.flatMap(told),
        // So that everything is put right in one go.
        ...(also.length === 0 ? [] : ["Also found, and no reason to stop:", ...also.flatMap(told)]),
      ].join("\n"),
    );
  }
  return findings;
}

const told = (finding: Finding): readonly string[] => findingLines(finding, "  ");
