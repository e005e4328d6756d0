import type { AttributeMapping, SynchronizationRule } from "../model";
import { mappingKey } from "../wording/ruleContent";
import type { Effects } from "./effects";

/** Attributes by which an object is recognised: another value makes it another object. */
export function isAnchor(target: string): boolean {
  return /^sourceanchor(binary)?$/i.test(target);
}

/**
 * Whether a flow that only one server has decides the anchor there: no other rule of the other server gives the object
 * the same one, and none stands before it.
 */
export function decidesAnchor(mapping: AttributeMapping, rule: SynchronizationRule, other: Effects): boolean {
  const others = other.othersGiving(mapping.target, rule);
  if (others.some(({ mappings }) => mappings.some((same) => mappingKey(same) === mappingKey(mapping)))) return false;
  const first = others[0];
  return first === undefined || first.precedence >= rule.precedence;
}
