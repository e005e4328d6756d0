/** One vocabulary for every report of this library: findings, verdicts, exit codes. */

/** `ok`: nothing to do. `review`: a person should look. `blocked`: do not go on. */
export type Verdict = "ok" | "review" | "blocked";

/** What a report can come to where its input may be no answer at all: `couldNotRun` says nothing about what was asked. */
export type Outcome = Verdict | "couldNotRun";

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
  /** With what it is done; every finding that wants something done says it. */
  readonly tool?: Tool;
  /** The section of the page with the details, for example the rule side by side. */
  readonly section?: string;
  /** The same from run to run, and unique in its report; given when the report is complete. */
  readonly id?: string;
  /** Of a preview of infrastructure: what of which resource causes it. */
  readonly change?: ChangeCause;
  /** Accepted by somebody until a day: `severity` is then information, `accepted.severity` what it would be. */
  readonly accepted?: Accepted;
}

/** What of a preview causes a finding. */
export interface ChangeCause {
  readonly urn: string;
  readonly type: string;
  /** In the engine's words: `create-replacement, replace, delete-replaced`. */
  readonly operation: string;
  /** What differs, from what to what; null where there is none. Long values are shortened. */
  readonly properties: readonly { readonly path: string; readonly old: Json; readonly new: Json }[];
  /** Why the engine does it, as far as it says. */
  readonly reason: string;
  /** Where in the program the resource is made; null where the preview does not tell. */
  readonly source: { readonly file: string; readonly line: number; readonly column: number } | null;
}

/** In the order in which things are done. */
export const tools = [
  "evidence",
  "directory",
  "wizard",
  "rules-editor",
  "service-manager",
  "powershell",
  "entra",
  "command",
  "program",
  "azure",
  "other",
] as const;
export type Tool = (typeof tools)[number];

export interface Accepted {
  readonly reason: string;
  /** Day until which it holds, inclusive: `2026-12-31`. */
  readonly until: string;
  /** Who accepted it; a blocking finding needs one. */
  readonly by: string | null;
  /** What the finding is without being accepted. */
  readonly severity: Severity;
}

/** One input of a report, so that a change record can name it. */
export interface MadeFrom {
  readonly role: string;
  readonly source: string;
  readonly server: string | null;
  /** What made it: the collector, csexport, the wizard. */
  readonly tool: string;
  /** When the input was made, as far as it says; ISO 8601 where it can be read for certain. */
  readonly madeAt: string | null;
  /** Of the configuration in it, and of the program that runs on its server. */
  readonly build: string | null;
  readonly engine: string | null;
  readonly bytes: number | null;
  /** Of the file; null for a folder. */
  readonly sha256: string | null;
  /** Of what is in it: the same for a folder and an archive of it. */
  readonly contentSha256: string | null;
}

/** When a report was made, by which version, from what. */
export interface Made {
  readonly at: string;
  readonly by: string;
  readonly inputs: readonly MadeFrom[];
}

export interface Report<Summary, Reached extends Outcome = Verdict> {
  readonly verdict: Reached;
  readonly findings: readonly Finding[];
  readonly summary: Summary;
}

/** Now, replaceable: every age and every "until" is counted from it. */
export type Clock = () => Date;
export const systemClock: Clock = () => new Date();

const severityRank: Record<Severity, number> = { blocking: 0, warning: 1, info: 2 };

/** The worst first; within one severity as given. */
export function worstFirst<Item extends Pick<Finding, "severity">>(findings: readonly Item[]): Item[] {
  return [...findings].sort((a, b) => severityRank[a.severity] - severityRank[b.severity]);
}

/** Gives every finding its id: its code, and what it is about where the code alone is not enough. */
export function identified<Item extends Finding>(findings: readonly Item[]): Item[] {
  const taken = new Map<string, number>();
  const codes = new Map<string, number>();
  for (const { code } of findings) codes.set(code, (codes.get(code) ?? 0) + 1);
  return findings.map((finding) => {
    const about = (codes.get(finding.code) ?? 0) > 1 ? `${finding.code}-${slug(finding.subject)}` : finding.code;
    const again = (taken.get(about) ?? 0) + 1;
    taken.set(about, again);
    return { ...finding, id: again === 1 ? about : `${about}-${again}` };
  });
}

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 60);

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

export function exitCodeOf(verdict: Outcome): ExitCode {
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
