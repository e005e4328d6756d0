/** One vocabulary for every report of this library: findings, verdicts, exit codes. */

/** `ok`: nothing to do. `review`: a person should look. `blocked`: do not go on. */
export type Verdict = "ok" | "review" | "blocked";

export type Severity = "info" | "warning" | "blocking";

/** What a finding can carry from either server: plain JSON, so that every output format can show it. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface Finding {
  /** Stable and greppable, for example `rule-scope-changed`. */
  readonly code: string;
  readonly severity: Severity;
  /** The kind of cause, for example `expected`, `build-difference`, `known-import-gap`, `your-change`, `unexplained`. */
  readonly class: string;
  /** What it is about, readable: a rule, a connector, an object, a setting. */
  readonly subject: string;
  /** One plain sentence: what is the case. */
  readonly title: string;
  /** The value on the active server; null where there is none. */
  readonly active: Json;
  /** The value on the passive (staging) server; null where there is none. */
  readonly staging: Json;
  /** Why it is so, as far as that can be known. */
  readonly cause: string;
  /** What to do next; empty where nothing is to be done. */
  readonly next: string;
}

export interface Report<Summary> {
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  readonly summary: Summary;
}

const verdictBySeverity: Record<Severity, Verdict> = { info: "ok", warning: "review", blocking: "blocked" };
const rank: Record<Verdict, number> = { ok: 0, review: 1, blocked: 2 };

export function worst(verdicts: Iterable<Verdict>): Verdict {
  let result: Verdict = "ok";
  for (const verdict of verdicts) if (rank[verdict] > rank[result]) result = verdict;
  return result;
}

export function verdictOf(findings: readonly Pick<Finding, "severity">[]): Verdict {
  return worst(findings.map((finding) => verdictBySeverity[finding.severity]));
}

/** Exit codes of the whole command line. */
export const exitCodes = { ok: 0, review: 1, blocked: 2, badInput: 3, couldNotRun: 4 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export function exitCodeOf(verdict: Verdict): ExitCode {
  return exitCodes[verdict];
}

/** The user gave something that cannot be read or used. Says what, where and what to do; becomes exit code 3. */
export class BadInput extends Error {
  override readonly name = "BadInput";
}

/** The input was fine but the work could not be done here (no engine, no network, no disk…). Becomes exit code 4. */
export class CouldNotRun extends Error {
  override readonly name = "CouldNotRun";
}
