import type { RuleSet, SecurityRule } from "../../posture";
import { trafficMeets } from "../../posture/traffic";

/**
 * Both sets without the rules that cannot matter to their difference: those that are in both and meet no rule that is
 * only in one. Whatever such a rule decides it decides before and after alike. Large groups change by a rule or two.
 */
export function affectedRules(before: RuleSet, after: RuleSet): readonly [RuleSet, RuleSet] {
  if (before.unknown.length + after.unknown.length > 0) return [before, after];
  const [left, right] = [keyed(before), keyed(after)];
  const differing = [
    ...[...left].flatMap(([key, rule]) => (right.has(key) ? [] : [rule])),
    ...[...right].flatMap(([key, rule]) => (left.has(key) ? [] : [rule])),
  ];
  const matters = (rule: SecurityRule): boolean =>
    differing.includes(rule) || differing.some((other) => meet(rule, other));
  return [
    { ...before, rules: before.rules.filter(matters) },
    { ...after, rules: after.rules.filter(matters) },
  ];
}

const keyed = ({ rules }: RuleSet): ReadonlyMap<string, SecurityRule> =>
  new Map(rules.map((rule) => [keyOf(rule), rule]));

/** Everything but the place in the list. */
const keyOf = ({ path: _place, ...rule }: SecurityRule): string =>
  JSON.stringify(rule, (_name, value: unknown) => (typeof value === "bigint" ? value.toString() : value));

const meet = (one: SecurityRule, other: SecurityRule): boolean =>
  one.traffic.most.some((traffic) => other.traffic.most.some((met) => trafficMeets(traffic, met) !== undefined));
