import * as pulumi from "@pulumi/pulumi";
import { judgeServer } from "../../review/readiness/judge";
import { type Finding, verdictOf } from "../../review/verdict";
import { type ScriptAnswers, validateAnswer } from "../../scripts/assemble";
import { generationNames } from "../server/names";
import type { Settings } from "../settings/settings";
import type { Answers } from "./installation";
import type { Mode } from "./plan";

function notAsked(machine: string, why: "active" | "lost"): Finding {
  return why === "active"
    ? {
        code: "declared-active",
        severity: "info",
        class: "readiness",
        subject: machine,
        title: `${machine} is declared active: nothing on it is changed or asked`,
        active: true,
        staging: null,
        cause: "server.activeGeneration",
        next: "",
      }
    : {
        code: "declared-lost",
        severity: "warning",
        class: "readiness",
        subject: machine,
        title: `${machine} is declared lost: it is not asked, and its retirement will not be guarded`,
        active: null,
        staging: null,
        cause: "server.retirementOverrides",
        next: "make sure that it cannot come back: delete its disks, or keep it powered off",
      };
}

/** Brought back in this or an earlier run; undefined where its guard had not retired it. */
function broughtBack(machine: string, answer: ScriptAnswers["reinstate"]): Finding | undefined {
  if (answer.outcome === "not-retired") return undefined;
  return {
    code: "reinstated",
    severity: "info",
    class: "readiness",
    subject: machine,
    title: `${machine} serves again: its guard had retired it at ${answer.retiredAt} (${answer.reason})`,
    active: null,
    staging: answer.outcome === "reinstated" ? true : null,
    cause: "server.reinstatements",
    next: "take the entry out of the settings",
  };
}

/** A finding as an output: the recursive JSON type of its values is more than Pulumi's Output type can unfold. */
export interface ReportedFinding extends Omit<Finding, "active" | "staging"> {
  readonly active: unknown;
  readonly staging: unknown;
}

/**
 * Answers -> findings. A blocking one fails the deployment: it throws, since an error that is only logged would let
 * the deletions run.
 */
export function judgedFindings(
  settings: Settings,
  generation: number,
  mode: Mode,
  answers: Answers,
): pulumi.Output<ReportedFinding[]> {
  const machine = generationNames(settings.server.name, generation).machine;
  if (mode.kind === "frozen") {
    const { why } = mode;
    return pulumi.output(machine).apply((name): ReportedFinding[] => [notAsked(name, why)]);
  }
  return pulumi
    .all([
      answers.prerequisites,
      answers["install-package"],
      answers["verify-staging"],
      answers["first-synchronization"],
      answers.reinstate,
    ])
    .apply(([prerequisites, installation, verification, firstSynchronization, reinstatement]): ReportedFinding[] => {
      // In a preview a command that is about to run again can still show the answer it had, or none.
      if (pulumi.runtime.isDryRun() && !(prerequisites && installation && verification && firstSynchronization))
        return [];
      const asked = answers.reinstate !== undefined && !(pulumi.runtime.isDryRun() && !reinstatement);
      const again = asked ? broughtBack(machine, validateAnswer("reinstate", reinstatement ?? "")) : undefined;
      const judged = judgeServer({
        machine,
        passThroughAgentExpected: settings.connect.features.passThroughAuthentication,
        prerequisites: validateAnswer("prerequisites", prerequisites ?? ""),
        installation: validateAnswer("install-package", installation ?? ""),
        verification: validateAnswer("verify-staging", verification ?? ""),
        firstSynchronization: validateAnswer("first-synchronization", firstSynchronization ?? ""),
      });
      const findings = again === undefined ? judged : [again, ...judged];
      const blocking = findings.filter((each) => each.severity === "blocking");
      if (verdictOf(findings) === "blocked" && !pulumi.runtime.isDryRun())
        throw new pulumi.RunError(
          [
            `The verdict on ${machine} is blocked; nothing is retired.`,
            ...blocking.map((each) => `  ${each.title}\n    cause: ${each.cause}\n    next: ${each.next}`),
          ].join("\n"),
        );
      return [...findings];
    });
}
