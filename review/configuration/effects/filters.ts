import type { AttributeMapping, SynchronizationRule } from "../model";
import { mappingKey } from "../wording/ruleContent";
import { flowSource } from "../wording/ruleText";
import type { Effects } from "./effects";
import { covers } from "./scope";

/** When a rule makes objects leave Entra ID by setting `cloudFiltered`: for all it applies to, for some, for none. */
export type Filter = "always" | "sometimes" | "never";

export const filterAttribute = "cloudfiltered";

export function filterOf(rule: SynchronizationRule): Filter {
  if (rule.direction !== "Inbound") return "never";
  const filters = rule.mappings.filter(isFilter).map(filterOfFlow);
  return filters.find((filter) => filter === "always") ?? filters.find((filter) => filter === "sometimes") ?? "never";
}

export function isFilter(mapping: AttributeMapping): boolean {
  return mapping.target.toLowerCase() === filterAttribute;
}

/** An attribute or expression can become True; only a constant tells without looking at objects. */
export function filterOfFlow(mapping: AttributeMapping): Filter {
  const source = flowSource(mapping).trim().toLowerCase();
  if (/^"?true"?$/.test(source)) return "always";
  return /^("?false"?|null|)$/.test(source) ? "never" : "sometimes";
}

/** Gives cloudFiltered the constant False: objects stay, whatever rules behind this one say. */
export function keeps(rule: SynchronizationRule): boolean {
  return (
    rule.direction === "Inbound" &&
    rule.mappings.some((mapping) => isFilter(mapping) && /^"?false"?$/i.test(flowSource(mapping).trim()))
  );
}

/** Whether the filters of a rule hold on the other server already, for all objects that it applies to. */
export function filteredAlready(rule: SynchronizationRule, other: Effects): boolean {
  const own = rule.mappings.filter((mapping) => isFilter(mapping) && filterOfFlow(mapping) !== "never");
  return own.every((mapping) =>
    covers(
      other
        .othersGiving(mapping.target, rule)
        .filter((candidate) => candidate.mappings.some((same) => mappingKey(same) === mappingKey(mapping)))
        .map(({ scope }) => scope),
      rule.scope,
    ),
  );
}

export function filteredOut(rule: SynchronizationRule, objects: string): string {
  return filterOf(rule) === "always"
    ? `${objects} would be deleted from Entra ID: the rule filters them out (cloudFiltered).`
    : `${objects} for which cloudFiltered becomes True would be deleted from Entra ID.`;
}
