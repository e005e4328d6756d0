import { wrap } from "../review/render/wrap";
import type { Finding } from "../review/verdict";

/** A finding as the component's output tells it: texts only, so that every language has a type for it. */
export interface ReportedFinding {
  /** Stable word for the kind of finding. */
  code: string;
  /** info, warning or blocking. */
  severity: string;
  class: string;
  /** Machine or setting that it is about. */
  subject: string;
  title: string;
  cause: string;
  /** What to do next; empty where nothing is to be done. */
  next: string;
}

/** The same where its severity is still a type of its own: what the verdict is made from. */
export interface ToldFinding extends ReportedFinding {
  severity: Finding["severity"];
}

export function reported({ code, severity, class: kind, subject, title, cause, next }: Finding): ToldFinding {
  return { code, severity, class: kind, subject, title, cause, next };
}

/** What is known before a server is made is found on it too, in the same words: once is enough. */
export function withoutRepeats(findings: readonly ToldFinding[]): ToldFinding[] {
  const key = ({ code, subject, title }: ToldFinding): string => JSON.stringify([code, subject, title]);
  return [...new Map(findings.map((finding) => [key(finding), finding])).values()];
}

/** A finding about the deployment itself, not about a difference between two servers. */
export function readiness(
  code: string,
  severity: Finding["severity"],
  subject: string,
  words: { readonly title: string; readonly cause: string; readonly next: string },
): Finding {
  return { code, severity, class: "readiness", subject, active: null, staging: null, ...words };
}

/** Of a line in the log: some views cut what is longer. */
export const logWidth = 105;

/** One finding in the log or in a refusal. */
export function findingLines(
  { title, cause, next }: Pick<Finding, "title" | "cause" | "next">,
  indent = "",
): readonly string[] {
  return [title, `  cause: ${cause}`, ...(next === "" ? [] : [`  next: ${next}`])].flatMap((line) =>
    wrap(`${indent}${line}`, logWidth, "whole"),
  );
}
