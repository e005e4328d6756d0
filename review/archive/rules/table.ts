import type { Finding, Json, Severity } from "../../verdict";
import type { ArchiveRule } from "./archiveRule";
import { chainRules } from "./chainRules";
import { contentRules, keepingRules } from "./contentRules";
import { serverRules, tenantRules } from "./serverRules";

/** Everything that is looked for, in the order of docs/watch.md. */
export const archiveRules = {
  ...chainRules,
  ...contentRules,
  ...keepingRules,
  ...serverRules,
  ...tenantRules,
} as const satisfies Record<string, ArchiveRule>;

export type ArchiveCode = keyof typeof archiveRules;

interface More {
  readonly severity?: Severity;
  readonly cause?: string;
  readonly next?: string;
  /** What was seen on a server whose side is known: a report has no other place for values. */
  readonly side?: "active" | "staging";
  readonly value?: Json;
}

/** A finding by its row of the table; `title` says what is the case here. */
export function found(code: ArchiveCode, subject: string, title: string, more: More = {}): Finding {
  const { about, severity, cause, next, tool }: ArchiveRule = archiveRules[code];
  const { side, value = null } = more;
  return {
    code,
    severity: more.severity ?? severity,
    class: about,
    subject,
    title,
    active: side === "active" ? value : null,
    staging: side === "staging" ? value : null,
    cause: more.cause ?? cause,
    next: more.next ?? next,
    tool,
  };
}
