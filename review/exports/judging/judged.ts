import type { Json } from "../../verdict";
import type { StateCounts } from "../comparing/comparison";
import type { ObjectChange } from "../reading/change";
import type { FilterFinding } from "./evidence";
import { exampleOf } from "./example";
import type { Group, ObjectPlace } from "./groups";
import type { Places } from "./people";
import type { ConnectorKind } from "./risk";
import type { RiskClass, TenantDeleteThreshold, Thresholds } from "./thresholds";

/** Everything that findings are made from. */
export interface Judged {
  readonly connector: string;
  readonly connectorKnown: boolean;
  /** Files that do not name their connector, beside others that do. */
  readonly unnamed: readonly string[];
  readonly hasActive: boolean;
  readonly snapshots: { readonly active: number; readonly staging: number };
  readonly totals: StateCounts;
  readonly transient: number;
  readonly risks: ReadonlyMap<RiskClass, Group>;
  /** Groups that lose their whole member list: how many members that are is not in the file. */
  readonly wholeMemberships: number;
  readonly differs: Group;
  readonly onlyActive: Group;
  readonly both: Group;
  readonly bothDeletes: number;
  readonly sent: Group;
  readonly withoutDetails: Group;
  /** Object and delta name operations that do not go together. */
  readonly contradictions: Group;
  /** Objects with an export error that both servers would change alike, or only the active one. */
  readonly repeating: Group;
  readonly namesakes: Group;
  readonly filters: readonly FilterFinding[];
  readonly connectorKind: ConnectorKind;
  /** Deletes in all that the staging server would export. */
  readonly deletes: number;
  readonly places: Places;
  readonly tenantDeleteThreshold: TenantDeleteThreshold;
  readonly database: "one" | "restored" | "two" | "unknown";
  readonly thresholds: Thresholds;
  /** The object behind an example, read again from its file. */
  readonly detail: (place: ObjectPlace, role: "active" | "staging") => ObjectChange | undefined;
}

export const titled = (judged: Judged, text: string): string => `${judged.connector}: ${text}.`;
export const groups = (count: number): string => (count === 1 ? "1 group" : `${count} groups`);
export const numbered = (count: number): string => (count === 1 ? "1 object" : `${count} objects`);

export function evidence(judged: Judged, group: Group, role: "active" | "staging"): { readonly [key: string]: Json } {
  const examples = group.examples.flatMap((place) => {
    const change = judged.detail(place, role);
    return change === undefined ? [] : [exampleOf(change)];
  });
  return { ...counts(group), examples, more: Math.max(0, group.objects - examples.length) };
}

export const counts = (group: Group): { readonly [key: string]: Json } => ({
  objects: group.objects,
  byType: Object.fromEntries([...group.byType].sort()),
  byOperation: Object.fromEntries([...group.byOperation].sort()),
});
