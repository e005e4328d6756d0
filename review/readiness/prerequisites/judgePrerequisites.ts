import type { PrerequisitesAnswer } from "../../../scripts/answers";
import type { Finding, Severity } from "../../verdict";
import { type Judge, judgeBy, type Rule } from "../rule";
import { asRule } from "./prerequisite";
import { prerequisiteTable } from "./table";

const order: readonly Severity[] = ["info", "warning", "blocking"];

/** A check that was not made never passes for one that found nothing, and stops nothing either. */
function severityOfUnread(check: string): Severity {
  const worst = prerequisiteTable
    .filter((row) => row.check === check)
    .reduce((found, { severity }) => Math.max(found, order.indexOf(severity)), -1);
  return worst === order.indexOf("info") ? "info" : "warning";
}

const unreadRule = (severity: Severity): Rule<PrerequisitesAnswer> => ({
  code: "prerequisite-unread",
  severity,
  find: ({ machine, answer: { unread } }) =>
    unread
      .filter(({ check }) => severityOfUnread(check) === severity)
      .map(({ check, reason }) => ({
        title: `on ${machine} ${[...new Set(prerequisiteTable.filter((row) => row.check === check).map(({ reads }) => reads))].join(", ") || check} could not be read: ${reason}`,
        staging: check,
        cause: "the reading failed on the server; nothing is known of it, good or bad",
        next: "look at it by hand on the server",
      })),
});

const judge = judgeBy<PrerequisitesAnswer>([
  ...prerequisiteTable.map(asRule),
  unreadRule("warning"),
  unreadRule("info"),
]);

const forInstallation = new Set(prerequisiteTable.filter((row) => row.forInstallation).map(({ code }) => code));

/**
 * Blocking is what would make the wizard fail. Once the wizard of this version has been completed there is nothing left to
 * fail: it is told as a warning then, so that a server which serves is not held back by a prerequisite of its installation.
 */
export const judgePrerequisites: Judge<PrerequisitesAnswer> = (machine, answer, context) =>
  judge(machine, answer, context).map((finding) =>
    context.wizardDone ? afterwards(finding, answer) : before(finding),
  );

const goesOn = ({ severity, next }: Finding): boolean => severity !== "info" && next !== "";

function before(finding: Finding): Finding {
  return goesOn(finding) ? { ...finding, next: `${finding.next}; then run \`pulumi up\`, which asks again` } : finding;
}

/** The answer may be old by now: nothing asks again by itself. */
function afterwards(finding: Finding, { collectedAt }: PrerequisitesAnswer): Finding {
  const cause = `${finding.cause}; seen at ${collectedAt}`;
  if (forInstallation.has(finding.code)) return { ...finding, severity: "info", cause, next: "" };
  if (!goesOn(finding)) return { ...finding, cause };
  return {
    ...finding,
    severity: "warning",
    cause,
    next: `${finding.next}; then write another text in gate.proveAgain and run \`pulumi up\`, which asks again`,
  };
}
