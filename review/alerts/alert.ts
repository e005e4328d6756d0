/** What a server is to the pair. A lost one is watched as a fenced one: what must not come back. */
export type WatchedRole = "active" | "passive" | "fenced";

export interface WatchedServer {
  readonly computerName: string;
  readonly role: WatchedRole;
}

/** What must be there for an alert to mean anything. */
export type Need =
  /** Azure Monitor agent and its data collection rule: ours on passive generations, the operator's elsewhere. */
  | "agent"
  /** The scheduled task that collects the configuration (`archive.schedule`, or the collector by hand). */
  | "task"
  /** A scheduler that is meant to run. */
  | "scheduler"
  /** A machine of this subscription whose id is known. */
  | "machine"
  /** A vault of our own. */
  | "vault";

/** As Azure takes them in a log alert (limits.ts). */
export type Duration = "PT5M" | "PT15M" | "PT30M" | "PT1H" | "PT2H" | "PT6H" | "P1D" | "P2D";

/** A query that gives one row with one number, `AlertValue`, whatever there is: silence is a row with 0. */
export interface LogSignal {
  readonly kind: "log";
  query(server: WatchedServer): string;
  readonly operator: "GreaterThan" | "LessThan";
  /** Whole number. */
  readonly threshold: number;
  /** How often it is asked. */
  readonly every: Duration;
  /** How far it looks back; Azure takes two days at most. */
  readonly window: Duration;
  /** A state ends by itself, and so does its alert; what has happened has happened. */
  readonly resolves: boolean;
}

/** Entries of Azure's activity log about the machine and its disk. */
export interface ActivitySignal {
  readonly kind: "activity";
  readonly operations: readonly string[];
}

/** One of Azure's own metrics. */
export interface MetricSignal {
  readonly kind: "metric";
  readonly namespace: string;
  readonly metric: string;
  readonly except: { readonly dimension: string; readonly values: readonly string[] };
  readonly every: Duration;
  readonly window: Duration;
}

/** 0 critical, 1 error, 2 warning, 3 informational, 4 verbose (Azure's own scale; facts/monitoring.md 5). */
export type AlertSeverity = 0 | 1 | 2 | 3 | 4;

/** One row of the alert table: rules, documentation and tests come from it. */
export interface Alert {
  /** Part of the rule's name in Azure, and the name of its exception in the settings. */
  readonly name: string;
  /** What has happened, after the server's name. */
  readonly title: string;
  readonly severity: AlertSeverity;
  readonly for: readonly WatchedRole[];
  readonly needs: readonly Need[];
  readonly signal: LogSignal | ActivitySignal | MetricSignal;
  /** Stands from the machine's first day, and until its guard has passed; all others begin with its proof. */
  readonly standsFromTheStart?: true;
  readonly why: string;
  /** What to do first. */
  readonly first: string;
  /** Where the signal is from, and how sure that is: [V] read in Microsoft's own text, [S] by others, [K] general knowledge, [I] concluded. */
  readonly source: string;
}
