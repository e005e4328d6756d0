import type { SynchronizationRule } from "../model";
import { mappingKey } from "../wording/ruleContent";
import { mayMeet } from "./effects";

/** Two rules that both servers have and that are enabled on both. */
export interface RuleOnBoth {
  readonly active: SynchronizationRule;
  readonly staging: SynchronizationRule;
}

/** Who wins where two rules give one object the same attribute: the lower precedence number, with equal ones nobody knows. */
export interface OrderEffect<Rule extends RuleOnBoth> {
  readonly first: Rule;
  readonly second: Rule;
  /** Both rules give these. */
  readonly attributes: readonly string[];
  /** `inverted`: the other one wins. `tied`: equal numbers on the staging server only. `untied`: on the active server only. */
  readonly kind: "inverted" | "tied" | "untied" | "tied on both";
}

/**
 * Every pair of enabled rules that can meet in one object and give it the same attribute, where not the same one wins
 * on both servers. By pairs, because numbers mean nothing but by comparison: which rule "moved" is not the question.
 */
export function orderEffects<Rule extends RuleOnBoth>(rules: readonly Rule[]): readonly OrderEffect<Rule>[] {
  const enabled = rules
    .filter(({ active, staging }) => !active.disabled && !staging.disabled)
    .map((rule) => ({ rule, targets: replacedTargets(rule) }));
  const effects: OrderEffect<Rule>[] = [];
  for (let left = 0; left < enabled.length; left++)
    for (let right = left + 1; right < enabled.length; right++) {
      const [a, b] = [enabled[left], enabled[right]];
      if (a === undefined || b === undefined) continue;
      const here = Math.sign(a.rule.active.precedence - b.rule.active.precedence);
      const there = Math.sign(a.rule.staging.precedence - b.rule.staging.precedence);
      if (here === there && here !== 0) continue;
      if (!mayMeet(a.rule.active, b.rule.active) || !mayMeet(a.rule.staging, b.rule.staging)) continue;
      const attributes = [...a.targets.keys()].filter(
        (target) => b.targets.has(target) && !sameValue(a.rule, b.rule, target),
      );
      if (attributes.length === 0) continue;
      effects.push({
        first: a.rule,
        second: b.rule,
        attributes: attributes.map((target) => a.targets.get(target) ?? target).sort(),
        kind: here === 0 ? (there === 0 ? "tied on both" : "untied") : there === 0 ? "tied" : "inverted",
      });
    }
  return effects;
}

/** Two rules of one connector that give an attribute in the same way: whichever wins, the value is the same. */
function sameValue(a: RuleOnBoth, b: RuleOnBoth, target: string): boolean {
  if (a.staging.connector.toLowerCase() !== b.staging.connector.toLowerCase()) return false;
  const keys = new Set([a.active, a.staging, b.active, b.staging].map((rule) => flowsTo(rule, target)));
  return keys.size === 1;
}

function flowsTo({ mappings }: SynchronizationRule, target: string): string {
  return mappings
    .filter((mapping) => mapping.target.toLowerCase() === target)
    .map(mappingKey)
    .sort()
    .join("\n");
}

/** Attributes of which one rule's value replaces another's, by lower case. Merged values have no order. */
function replacedTargets({ active, staging }: RuleOnBoth): ReadonlyMap<string, string> {
  const here = new Set(active.mappings.map(({ target }) => target.toLowerCase()));
  return new Map(
    staging.mappings
      .filter(({ target, mergeType }) => here.has(target.toLowerCase()) && !/^merge/i.test(mergeType))
      .map(({ target }) => [target.toLowerCase(), target]),
  );
}
