import type { PrerequisitesAnswer } from "../../../scripts/answers";
import type { Severity } from "../../verdict";
import type { Found, Rule, Seen } from "../rule";

/** Names under which the script says that something could not be read (`Read-Fact` in scripts/fragments/readings.ps1). */
export const readChecks = [
  "clock",
  "dcom",
  "disk",
  "dotNet",
  "engines",
  "internetExplorer",
  "licence",
  "memory",
  "names",
  "powershell",
  "processor",
  "proxy",
  "records",
  "restart",
  "revision",
  "secureChannel",
  "tls",
  "tpm",
  "windows",
] as const;
export type ReadCheck = (typeof readChecks)[number];

/**
 * How well a requirement is known: `D` Microsoft's documentation or a maintainer says so, `S` reports of people who met it,
 * `K` general knowledge of Windows. What is not known well is never a refusal.
 */
export type Mark = "D" | "S" | "K";

/** One check. The tables of this folder are the one place: the judging, docs/prerequisites.md and the tests come from them. */
export interface Prerequisite {
  readonly code: string;
  /** `blocking`: the wizard would fail, so nothing goes on. `warning`: the verdict is review. `info`: told at the gate. */
  readonly severity: Severity;
  /** What is read, and where, for docs/prerequisites.md and for the sentence when it cannot be read. */
  readonly reads: string;
  /** The name of that reading; none where it is an attempt whose failure is the answer. */
  readonly check?: ReadCheck;
  readonly requires: string;
  /** It matters to the installation only: once the wizard is done it is worth knowing, and nothing is to be done about it. */
  readonly forInstallation?: true;
  readonly source: string;
  readonly mark: Mark;
  /** What to do about it, as docs/prerequisites.md says it; the finding's own `next` where nothing more exact is known. */
  readonly remedy: string;
  readonly find: (seen: Seen<PrerequisitesAnswer>) => NotMet | readonly NotMet[] | undefined;
}

export interface NotMet extends Pick<Found, "title" | "staging" | "cause" | "subject"> {
  /** Default: the row's remedy. */
  readonly next?: string;
}

export function asRule({ code, severity, remedy, find }: Prerequisite): Rule<PrerequisitesAnswer> {
  return {
    code,
    severity,
    find: (seen) => [find(seen) ?? []].flat().map((found) => ({ ...found, next: found.next ?? remedy })),
  };
}
