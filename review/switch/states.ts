import type { Permission, SwitchState } from "./model";

export interface StateRow {
  readonly means: string;
  /** What the evidence says in it. */
  readonly evidence: string;
  /** The one next step. */
  readonly next: string;
  /** What would change it. */
  readonly changes: string;
  readonly permits: Permission["step"] | null;
}

/** Every state a switch can be in. Documentation and run book come from this table. */
export const stateTable: Readonly<Record<SwitchState, StateRow>> = {
  unknown: {
    means: "Nothing can be said: evidence is missing, old, contradictory, or of another server.",
    evidence: "a safety rule that stops the state is broken",
    next: "mend what the first finding says, then call again",
    changes: "evidence that holds",
    permits: null,
  },
  "not ready": {
    means: "One server exports, the other one is passive, and something stands against its promotion.",
    evidence: "roles as they must be; a check of readiness blocks",
    next: "mend what blocks, or override it by name and reason",
    changes: "the checks pass",
    permits: null,
  },
  "ready to demote": {
    means: "One server exports, the other one is passive and ready.",
    evidence: "roles as they must be, no check blocks",
    next: "put the active server into staging mode, in its wizard",
    changes: "the demotion; a check that no longer passes",
    permits: "demote",
  },
  "nobody exports": {
    means: "Both are passive: the safe middle, in which changes wait. Nobody may be promoted yet.",
    evidence: "both in staging mode; a safety rule or a check stands against a promotion",
    next: "mend what the first finding says, then call again",
    changes: "the rules hold: ready to promote",
    permits: null,
  },
  "ready to promote": {
    means: "Both are passive, nobody else exports, and the one to be promoted is ready.",
    evidence:
      "both in staging mode by archives younger than the age limit, no run in progress, no other permission open, no other exporter",
    next: "take the server out of staging mode, in its wizard",
    changes: "the promotion; time: the permission ends with the age of its evidence",
    permits: "promote",
  },
  fenced: {
    means: "The old active server cannot be reached and provably cannot export; the other one is passive.",
    evidence: "a fence proven: machine deallocated, identity disabled for an hour, or silent in the sign-ins",
    next: "take the passive server out of staging mode, in its wizard, if nothing else blocks",
    changes: "the promotion; the fence is undone, or its proof grows old",
    permits: "promote",
  },
  "promoted, unproven": {
    means: "The other server is active now; that it exports, and nobody else does, is not proven yet.",
    evidence: "it is out of staging mode, the old one in it or fenced",
    next: "wait for its first export, collect on both, ask Graph, call again",
    changes: "an export with result success in its history",
    permits: null,
  },
  done: {
    means: "Exactly one server exports, and it is the new one.",
    evidence:
      "its run history has a successful export since the promotion, the old one has none and is passive or fenced; nothing of Graph speaks against it",
    next: "change the declared roles in the settings before the next `up`",
    changes: "--rollback; a role that changes outside this record",
    permits: null,
  },
  "two active": {
    means: "Two servers may export at this moment: each undoes the other's changes.",
    evidence: "both out of staging mode; or one of them, and the tenant names a third that exports",
    next: "stop one of them now: staging mode in its wizard, or a fence",
    changes: "one of them is passive or fenced, and read again",
    permits: null,
  },
  "cloud sync active": {
    means: "Cloud Sync provisions, and all Connect Sync servers are passive: legal, and not an incident.",
    evidence: "both in staging mode, and somebody has said so (--cloud-sync)",
    next: "none; collect now and then, so that the way back stays open",
    changes: "--cloud-sync-ended",
    permits: null,
  },
};
