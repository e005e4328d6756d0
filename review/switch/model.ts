/** The words of a role switch. Small and plain, so that the record keeps them and a walk can try millions of them. */

/** Milliseconds since 1970, UTC. The record writes ISO 8601. */
export type Moment = number;

/** Where a switch stands, as far as the evidence says. What each means and what comes next: `states.ts`. */
export const switchStates = [
  "unknown",
  "not ready",
  "ready to demote",
  "nobody exports",
  "ready to promote",
  "fenced",
  "promoted, unproven",
  "done",
  "two active",
  "cloud sync active",
] as const;
export type SwitchState = (typeof switchStates)[number];

/** What all reads of staging mode on one server agree on. */
export type Role = "active" | "staging" | "contradicts" | "unknown";

/** What one server said of itself when it was collected. */
export interface Reading {
  /** Bare computer name in capitals; empty where the evidence does not say it. */
  readonly machine: string;
  /** When it was collected; null where that is not said for certain. */
  readonly at: Moment | null;
  readonly role: Role;
  /** A run was in progress. */
  readonly running: boolean;
  /** The wizard was open (the scheduler suspended); null where nobody asked. */
  readonly wizardOpen: boolean | null;
  readonly schedulerOn: boolean | null;
  /** Start of the newest export step in its run history, and of the newest successful one to Entra ID. */
  readonly lastExport: Moment | null;
  readonly lastGoodExport: Moment | null;
  /** Of the application with which it signs in to Entra ID. */
  readonly applicationId: string | null;
}

/** What keeps a server from exporting although its flag may be off. How each is proven: `fences.ts`. */
export const fenceKinds = ["deallocated", "identity-disabled", "outbound-cut"] as const;
export type FenceKind = (typeof fenceKinds)[number];

/** One answer about one fence; `holds: false` is as much an answer. */
export interface FenceSeen {
  readonly machine: string;
  readonly kind: FenceKind;
  /** When the answer was taken. */
  readonly at: Moment;
  readonly holds: boolean;
}

/** A machine that the tenant names as one that exports. */
export interface Exporter {
  readonly machine: string;
  /** Of the newest trace of it; of `currentExportData`, which has no time of its own, when the answer was taken. */
  readonly at: Moment;
  readonly by: "currentExportData" | "directoryAudits";
}

/** What Microsoft Graph said, independent of both servers. */
export interface TenantSeen {
  /** When the oldest of its answers was taken. */
  readonly at: Moment;
  readonly lastSynchronization: Moment | null;
  readonly exporters: readonly Exporter[];
  /** Which of the two questions about exporters were answered: what was not asked proves nothing. */
  readonly asked: readonly Exporter["by"][];
}

/** A step of ours: one server, one click in its wizard, allowed until a moment. */
export interface Permission {
  readonly step: "demote" | "promote";
  readonly machine: string;
  readonly until: Moment;
}

export interface SwitchLimits {
  /** Roles and fences may be this old when a step is named, and the step must be done before they are older. */
  readonly maxAge: Moment;
  /** Clocks of servers and of whoever looks may differ by this much. */
  readonly clockMargin: Moment;
  /** A token outlives its identity by this much. */
  readonly tokenLife: Moment;
  /** Two answers about a fence that lie farther apart say nothing of the time between them. */
  readonly answersApart: Moment;
}

const minute = 60_000;
export const defaultLimits: SwitchLimits = {
  maxAge: 60 * minute,
  clockMargin: 5 * minute,
  tokenLife: 60 * minute,
  answersApart: 180 * minute,
};

/** What one call of the command was told, before anything is concluded from it. */
export interface Seen {
  readonly now: Moment;
  /** The server to be demoted, and the one to be promoted, by name. */
  readonly from: string;
  readonly to: string;
  /** The two have changed places since the last call: going back, or the next switch. */
  readonly turned: boolean;
  /** Null where no evidence was given, or none can be had. */
  readonly source: Reading | null;
  readonly target: Reading | null;
  /** Readings that say nothing of now, as the last archive of a server that cannot be reached. */
  readonly alsoRead: readonly Reading[];
  readonly fences: readonly FenceSeen[];
  readonly tenant: TenantSeen | null;
  /** Said by a person: since when the outbound connections of these machines are cut. Silence alone proves no cut. */
  readonly cuts: readonly { readonly machine: string; readonly at: Moment }[];
  /** Said by a person: Cloud Sync provisions until that day's review, or no longer. */
  readonly cloudSync: { readonly active: boolean; readonly until: string | null } | null;
}

/** What every call so far has left: the record, folded. */
export interface Course {
  readonly entries: number;
  readonly lastAt: Moment | null;
  readonly from: string | null;
  readonly to: string | null;
  /** The newest reading of each machine. */
  readonly known: Readonly<Record<string, { readonly at: Moment; readonly role: Role }>>;
  /** When each machine was last read in staging mode. */
  readonly lastStaging: Readonly<Record<string, Moment>>;
  /** When each machine was last read out of it. */
  readonly lastActive: Readonly<Record<string, Moment>>;
  /** The role of each machine by its readings, and since when without a break. */
  readonly roleSince: Readonly<Record<string, { readonly role: Role; readonly since: Moment }>>;
  /** Some server of the pair has been read as active, by evidence that was young enough. */
  readonly activeSeen: boolean;
  /** Until when each machine may still be promoted by somebody who was told to. */
  readonly promotable: Readonly<Record<string, Moment>>;
  /** Since when each fence has been seen without a break (null: broken when last seen), and when last. */
  readonly fences: Readonly<Record<string, { readonly since: Moment | null; readonly at: Moment }>>;
  /**
   * Machines other than the pair that export by some answer. One in the audit log stands until a fence of it is proven;
   * one that was only the last to export, until the tenant names one of the pair in its place.
   */
  readonly strangers: Readonly<Record<string, Exporter>>;
  /** The newest export of each machine, by the audit log or by its own history: what is not given again is not undone. */
  readonly exported: Readonly<Record<string, Moment>>;
  readonly cloudSync: string | null;
  /** Since when the outbound connections of each machine are cut, by somebody's word. */
  readonly cuts: Readonly<Record<string, Moment>>;
  readonly state: SwitchState | null;
}

/** What is concluded. */
export interface Decision {
  readonly state: SwitchState;
  /** Codes of the safety rules that speak against going on, in the order of their table. */
  readonly broken: readonly string[];
  readonly permission: Permission | null;
}
