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
  primaryMailChanges: { review: 1, block: 25 },
  membershipRemovals: { review: 1, block: 100 },
  objectIdentifierChanges: { review: 1, block: 10 },
  hardMatches: { review: 1, block: 10 },
  replacements: { review: 1, block: 10 },
  writeback: { review: 1, block: 500 },
  renames: { review: 1, block: 25 },
  recreations: { review: 1, block: 1 },
  adds: { review: 1, block: "never" },
  additions: { review: 1, block: "never" },
  knownAdditions: { review: "never", block: "never" },
  updates: { review: 1, block: "never" },
  exportErrors: { review: 1, block: "never" },
  onlyActive: { review: 1, block: "never" },
  sent: { review: 1, block: "never" },
} as const satisfies Record<string, Threshold>;

export type RiskClass = keyof typeof defaultThresholds;
export type Thresholds = Readonly<Record<RiskClass, Threshold>>;
export const riskClasses = Object.keys(defaultThresholds) as RiskClass[];

/** What each class counts; the schema of the thresholds file and the documentation say the same. */
export const classMeaning: Record<RiskClass, string> = {
  deletes: "objects with `delete`, `delete-add` or `obsolete`",
  disables:
    "accounts that become disabled: accountEnabled, or bit 2 of userAccountControl in Active Directory; never an add",
  sourceAnchorChanges: "updates of sourceAnchor or mS-DS-ConsistencyGuid; a rename in the Entra connector",
  userPrincipalNameChanges: "objects whose userPrincipalName changes",
  primaryMailChanges: "objects whose mail or primary SMTP address changes",
  membershipRemovals:
    "members taken out of groups, over all groups; a list that goes or is replaced as a whole counts as `block` where the file does not hold what it was",
  objectIdentifierChanges: "onPremisesObjectIdentifier replaced or deleted: Entra ID refuses that since July 2026",
  hardMatches: "adds whose source anchor another object has already",
  replacements: "objects replaced as a whole (`replace`) of which the file does not hold what they were",
  writeback: "every object of an on-premises connector; elsewhere objects with msDS-… and msExch… attributes",
  renames: "objects that get another name (`newdn`)",
  recreations: "deletes for which an add carries the same userPrincipalName or mail (first 5000 of each)",
  adds: "objects added",
  additions: "objects that only get values where they had none",
  knownAdditions: "the same, in attributes that newer builds are known to add (onPremisesObjectIdentifier)",
  updates: "objects changed in any other way",
  exportErrors: "objects whose export was tried and failed before (`export-errordetail`), without other risk",
  onlyActive: "objects that only the active server would change",
  sent: "objects on staging with an escrowed or unconfirmed export: a staging server sends nothing",
};

export function severityOf(count: number, { review, block }: Threshold): Severity {
  if (block !== "never" && count >= block) return "blocking";
  return review !== "never" && count >= review ? "warning" : "info";
}

/** More deletes than this stop the whole export to Entra ID; `default`: Microsoft's 500, the tenant was not asked. */
export interface TenantDeleteThreshold {
  readonly value: number | "off";
  readonly given: boolean;
}

/** On by default in every tenant (how-to-connect-sync-feature-prevent-accidental-deletes). */
export const defaultTenantDeleteThreshold: TenantDeleteThreshold = { value: 500, given: false };

export const thresholdText = ({ review, block }: Threshold): string =>
  `${review === "never" ? "no review" : `review from ${review}`}, ${block === "never" ? "never blocked" : `blocked from ${block}`}`;
