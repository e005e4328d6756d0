import { assign } from "../judging/assignment";
import type { Identities } from "../judging/identities";
import type { SynchronizationRule } from "../model";
import { distance, tagParts } from "../wording/ruleContent";

export interface RulePair {
  readonly active?: SynchronizationRule;
  readonly staging?: SynchronizationRule;
  /** How the two were found: by name, or by what is left when the name was changed. */
  readonly by: "name" | "tag" | "content" | "alone";
}

export interface PairedRules extends RulePair {
  readonly active: SynchronizationRule;
  readonly staging: SynchronizationRule;
}

export function isPaired(pair: RulePair): pair is PairedRules {
  return pair.active !== undefined && pair.staging !== undefined;
}

/**
 * Pairs rules by name, direction and connector name, never by identifier. Where a name occurs more than once, the
 * pairing with the fewest differences is taken. What is left over is looked up by immutable tag (standard rules get
 * new names in new builds) and then by equal content (a rule that somebody renamed). A settings file does not say the
 * direction of standard rules, so with one (`partial`) names decide without it.
 */
export function matchRules(
  active: readonly SynchronizationRule[],
  staging: readonly SynchronizationRule[],
  identities: Identities,
  partial = false,
): readonly RulePair[] {
  const pairs: RulePair[] = [];
  const nameKey = (rule: SynchronizationRule): string =>
    `${partial ? `${rule.standard}\n${rule.connector.toLowerCase()}\n` : place(rule)}${rule.name.trim().toLowerCase()}`;
  let leftOver: RulePair[] = pairGroups(active, staging, nameKey, "name", pairs);
  leftOver = pairLeftOver(leftOver, tagKey, "tag", pairs);
  leftOver = pairLeftOver(leftOver, contentKey, "content", pairs);
  pairs.push(...leftOver);
  for (const pair of pairs)
    if (!partial && pair.active !== undefined && pair.staging !== undefined)
      identities.pair(pair.active.id, pair.staging.id);
  return pairs;
}

function pairGroups(
  active: readonly SynchronizationRule[],
  staging: readonly SynchronizationRule[],
  keyOf: (rule: SynchronizationRule) => string | undefined,
  by: RulePair["by"],
  pairs: RulePair[],
): RulePair[] {
  const leftOver: RulePair[] = [];
  const groups = new Map<string, { active: SynchronizationRule[]; staging: SynchronizationRule[] }>();
  const put = (rule: SynchronizationRule, side: "active" | "staging"): void => {
    const key = keyOf(rule);
    if (key === undefined) {
      leftOver.push({ [side]: rule, by: "alone" });
      return;
    }
    const group = groups.get(key) ?? { active: [], staging: [] };
    group[side].push(rule);
    groups.set(key, group);
  };
  for (const rule of active) put(rule, "active");
  for (const rule of staging) put(rule, "staging");
  for (const group of groups.values())
    for (const [left, right] of assign(group.active, group.staging, distance)) {
      if (left !== undefined && right !== undefined) pairs.push({ active: left, staging: right, by });
      else leftOver.push(left !== undefined ? { active: left, by: "alone" } : { staging: right, by: "alone" });
    }
  return leftOver;
}

function pairLeftOver(
  leftOver: readonly RulePair[],
  keyOf: (rule: SynchronizationRule) => string | undefined,
  by: RulePair["by"],
  pairs: RulePair[],
): RulePair[] {
  const side = (which: "active" | "staging") => leftOver.flatMap((pair) => pair[which] ?? []);
  return pairGroups(side("active"), side("staging"), keyOf, by, pairs);
}

function place(rule: SynchronizationRule): string {
  return `${rule.direction}\n${rule.connector.toLowerCase()}\n`;
}

function tagKey(rule: SynchronizationRule): string | undefined {
  return rule.standard ? `${place(rule)}${tagParts(rule.immutableTag).base}` : undefined;
}

function contentKey(rule: SynchronizationRule): string | undefined {
  if (rule.standard || rule.mappings.length === 0 || rule.says !== undefined) return undefined;
  const mappings = rule.mappings.map(({ target, flow }) => JSON.stringify([target, flow])).sort();
  return `${place(rule)}${JSON.stringify([rule.sourceObjectType, rule.targetObjectType, rule.linkType, rule.scope, rule.join, mappings])}`;
}
