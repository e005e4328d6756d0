import { type Both, stopped } from "../effects/consequences";
import type { Comparison } from "../judging/comparison";
import { type SynchronizationRule, says } from "../model";
import type { RulePair } from "./matchRules";

/** From so many on, and this share of a server's standard rules, the likelier cause is a folder that was not copied whole. */
const fewest = 5;
const share = 1 / 3;

/**
 * Where many standard rules are missing on one side at once, one finding says so instead of one for each. Returns the
 * pairs that it spoke for.
 */
export function missingAtOnce(comparison: Comparison, pairs: readonly RulePair[], both: Both): ReadonlySet<RulePair> {
  const standard = pairs.filter((pair) => (pair.active ?? pair.staging)?.standard);
  const spokenFor = new Set<RulePair>();
  for (const side of ["active", "staging"] as const) {
    const other = side === "active" ? "staging" : "active";
    const all = standard.filter((pair) => pair[side] !== undefined);
    const missing = all.filter((pair) => pair[other] === undefined);
    if (missing.length < fewest || missing.length < all.length * share) continue;
    const rules = missing.flatMap((pair) => pair[side] ?? []);
    const names = rules.map((rule) => `${rule.name} (${rule.connector})`);
    comparison.add({
      code: side === "active" ? "standard-rules-missing-on-staging" : "standard-rules-only-on-staging",
      severity: side === "active" && rules.some((rule) => deletes(rule, both)) ? "blocking" : "warning",
      class: comparison.buildsDiffer ? "build-difference" : "unexplained",
      subject: `standard rules of the ${other} server`,
      title: `${missing.length} of the ${all.length} standard rules that the ${side} server has are not in the ${other} server's evidence: was it copied whole?`,
      active: side === "active" ? names : null,
      staging: side === "active" ? null : names,
      cause: `${all.length - missing.length} standard rules are there. So many are missing when files were lost in copying, or when the ${other} server was never set up completely.`,
      next: `Count the files in SynchronizationRules on the ${other} server and copy the whole folder again; then compare again.`,
    });
    for (const pair of missing) spokenFor.add(pair);
  }
  return spokenFor;
}

function deletes(rule: SynchronizationRule, both: Both): boolean {
  return !rule.disabled && says(rule, "flows") && stopped(rule, both).severity === "blocking";
}
