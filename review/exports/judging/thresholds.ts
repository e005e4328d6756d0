import type { Severity } from "../../verdict";

/** A number: from this many on. `never`: not at all. */
export type Level = number | "never";

export interface Threshold {
  readonly review: Level;
  readonly block: Level;
}

/**
 * Ours, not Microsoft's: what cannot be undone by a second export blocks early, the rest asks for a look. All count
 * objects, membershipRemovals counts members.
 */
export const defaultThresholds = {
  deletes: { review: 1, block: 10 },
  disables: { review: 1, block: 10 },
  sourceAnchorChanges: { review: 1, block: 1 },
  userPrincipalNameChanges: { review: 1, block: 25 },
  membershipRemovals: { review: 1, block: 100 },
  writeback: { review: 1, block: 500 },
  renames: { review: 1, block: 25 },
  recreations: { review: 1, block: 1 },
  adds: { review: 1, block: "never" },
  updates: { review: 1, block: "never" },
  onlyActive: { review: 1, block: "never" },
  sent: { review: 1, block: "never" },
} as const satisfies Record<string, Threshold>;

export type RiskClass = keyof typeof defaultThresholds;
export type Thresholds = Readonly<Record<RiskClass, Threshold>>;
export const riskClasses = Object.keys(defaultThresholds) as RiskClass[];

export function severityOf(count: number, { review, block }: Threshold): Severity {
  if (block !== "never" && count >= block) return "blocking";
  return review !== "never" && count >= review ? "warning" : "info";
}
