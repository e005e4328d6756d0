import type { Severity, Tool } from "../../verdict";

/** One thing that is looked for in an archive. From this table come the findings, docs/watch.md and what the tests go through. */
export interface ArchiveRule {
  readonly about: "chain" | "content" | "keeping" | "server" | "tenant";
  readonly severity: Severity;
  /** Where it is another one, for the table. */
  readonly unless?: string;
  /** When it is found, for the table. */
  readonly means: string;
  readonly cause: string;
  readonly next: string;
  readonly tool: Tool;
}

export const lookAround =
  "Find out who: the storage account's log (StorageBlobLogs) and the activity log name callers. Keep what is there as it is.";
export const forged =
  "Treat what this machine added as not proven since then: look at who signed in to it, and compare with a copy that was pulled before.";
