import type { SynchronizationRule } from "../model";
import type { RulePair } from "./matchRules";

export interface PairedRules extends RulePair {
  readonly active: SynchronizationRule;
  readonly staging: SynchronizationRule;
}

/**
 * Rules that changed places. Precedence numbers only matter by comparison: of all rules on both servers, the largest
 * set that kept its order stays, and only the others have moved.
 */
export function movedRules(pairs: readonly PairedRules[]): ReadonlySet<PairedRules> {
  const inStagingOrder = [...pairs].sort(
    (a, b) => a.staging.precedence - b.staging.precedence || a.active.precedence - b.active.precedence,
  );
  const kept = new Set(longestRising(inStagingOrder.map((pair) => pair.active.precedence)));
  return new Set(inStagingOrder.filter((_, index) => !kept.has(index)));
}

/** Indexes of a longest subsequence that never falls. */
function longestRising(values: readonly number[]): readonly number[] {
  const ends: number[] = [];
  const before: number[] = [];
  values.forEach((value, index) => {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((values[ends[middle] ?? 0] ?? 0) <= value) low = middle + 1;
      else high = middle;
    }
    before[index] = low > 0 ? (ends[low - 1] ?? -1) : -1;
    ends[low] = index;
  });
  const result: number[] = [];
  for (let index = ends.at(-1) ?? -1; index >= 0; index = before[index] ?? -1) result.push(index);
  return result.reverse();
}

/** Attributes that both rules of each pair write and for which another rule wins on the other server. */
export function overtaken(pair: PairedRules, pairs: readonly PairedRules[]): readonly string[] {
  const targets = new Set(pair.staging.mappings.map((mapping) => mapping.target));
  const result: string[] = [];
  for (const other of pairs) {
    if (other === pair || other.staging.direction !== pair.staging.direction) continue;
    if (other.staging.targetObjectType !== pair.staging.targetObjectType) continue;
    // Rules for different object types of one connector never apply to the same object.
    if (sameConnector(pair, other) && other.staging.sourceObjectType !== pair.staging.sourceObjectType) continue;
    if (pair.staging.direction === "Outbound" && other.staging.connectorId !== pair.staging.connectorId) continue;
    const wasBefore = pair.active.precedence < other.active.precedence;
    const isBefore = pair.staging.precedence < other.staging.precedence;
    if (wasBefore === isBefore) continue;
    const shared = other.staging.mappings.map((mapping) => mapping.target).filter((target) => targets.has(target));
    if (shared.length === 0) continue;
    const names = [...new Set(shared)].sort();
    const list = names.length <= 4 ? names.join(", ") : `${names.slice(0, 4).join(", ")} and ${names.length - 4} more`;
    result.push(
      isBefore
        ? `it now wins over "${other.staging.name}" for ${list}`
        : `"${other.staging.name}" now wins over it for ${list}`,
    );
  }
  return result;
}

function sameConnector(a: PairedRules, b: PairedRules): boolean {
  return a.staging.connectorId === b.staging.connectorId;
}
