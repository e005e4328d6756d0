import type { EvidenceIdentity } from "../evidence";
import type { Made, Report } from "../verdict";

/** What the collector's archive says about one server in numbers. */
export interface ServerStatistics {
  /** Which server, when, by what, in which role: as every report knows it. */
  readonly identity: EvidenceIdentity;
  readonly computerName: string;
  /** ISO 8601, UTC. */
  readonly collectedAt: string;
  readonly scheduler: {
    /** ISO 8601, UTC. */
    readonly nextStartsAt: string | null;
    readonly syncCycleEnabled: boolean | null;
    readonly schedulerSuspended: boolean | null;
  };
  readonly connectors: readonly ConnectorStatistics[];
  /** Absent where the archive does not say it: older collectors did not ask. */
  readonly database?: { readonly kind: string; readonly usedMB: number | null; readonly fileMB: number | null };
  readonly certificate?: {
    readonly endsAt: string | null;
    readonly events: readonly { readonly id: number; readonly at: string }[];
  };
  /** Of the application with which the server signs in to Entra ID; absent where it signs in with an account, or nobody said. */
  readonly applicationId?: string;
  /** State of the automatic upgrade, as the server says it. */
  readonly autoUpgrade?: string;
  /** Whether password hash synchronization is on, by the server's global parameters; absent where they do not say it. */
  readonly passwordHashSync?: boolean;
  readonly notAvailable: readonly Missing[];
}

export interface Missing {
  readonly name: string;
  readonly reason: string;
}

export interface ConnectorStatistics {
  readonly name: string;
  readonly type: string;
  /** `Windows Azure Active Directory (Microsoft)`; absent where the archive does not say it. */
  readonly subtype?: string;
  /** Objects by type; undefined where the collector did not count them. */
  readonly objectTypes?: ReadonlyMap<string, number>;
  /** Everything else that a cmdlet gave, flattened: `statistics/Nested/ExportAdd`. Names are the cmdlet's own. */
  readonly figures: ReadonlyMap<string, Scalar>;
  /** Whether the archive speaks of runs of this connector at all, be it of none. */
  readonly runsKnown: boolean;
  /** The newest run of each run profile, and the newest completed one where that is another. */
  readonly runs: readonly RunResult[];
}

export type Scalar = string | number | boolean | null;

export interface RunResult {
  readonly profile: string;
  readonly result: string;
  /** ISO 8601; null while it runs or where the server did not say. */
  readonly endedAt: string | null;
  readonly startedAt: string | null;
  /** A moment that could not be read for certain, as it stands in the archive. */
  readonly unreadable: string | null;
}

/** What may differ without a word. */
export interface Tolerances {
  /** Counts may differ by this many per cent of the larger one… */
  readonly percent: number;
  /** …or by this many, whichever allows more. */
  readonly objects: number;
  /** Hours since the last good synchronization of a connector, at the time of collecting. */
  readonly ageHours: number;
  /** Hours between the two collections. */
  readonly apartHours: number;
}

export const defaultTolerances: Tolerances = { percent: 1, objects: 10, ageHours: 24, apartHours: 4 };

/**
 * A delta synchronization must run at least every seven days, on a staging server too; later only a full one helps
 * (how-to-connect-sync-feature-scheduler).
 */
export const longestPauseHours = 7 * 24;

export interface ComparedValue {
  readonly name: string;
  readonly active: Scalar;
  readonly staging: Scalar;
  readonly state: "same" | "tolerated" | "differs" | "one-sided";
}

export interface ComparedRun {
  readonly profile: string;
  /** The newest run; one still in progress gives way to the newest completed one. */
  readonly active: RunResult | null;
  readonly staging: RunResult | null;
}

export interface ComparedConnector {
  readonly name: string;
  readonly type: string;
  readonly on: "both" | "active" | "staging";
  readonly objectTypes: readonly ComparedValue[];
  readonly figures: readonly ComparedValue[];
  readonly runsKnown: { readonly active: boolean; readonly staging: boolean };
  readonly runs: readonly ComparedRun[];
}

export interface ServerSummary {
  readonly source: string;
  readonly computerName: string;
  readonly collectedAt: string;
  readonly engineVersion: string | null;
  readonly wizardVersion: string | null;
  readonly stagingMode: boolean | null;
  readonly syncCycleEnabled: boolean | null;
  readonly schedulerSuspended: boolean | null;
  readonly nextStartsAt: string | null;
  readonly sha256: string | null;
}

export interface NotAvailable {
  readonly name: string;
  readonly active: string | null;
  readonly staging: string | null;
}

export interface StatisticsSummary {
  readonly active: ServerSummary;
  readonly staging: ServerSummary;
  readonly tolerances: Tolerances;
  readonly connectors: readonly ComparedConnector[];
  readonly notAvailable: readonly NotAvailable[];
  readonly made: Made;
}

export type StatisticsReport = Report<StatisticsSummary>;
