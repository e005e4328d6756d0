import type { AttributeMapping, SynchronizationRule } from "../model";
import { joinGroups, scopeGroups, tightExpression } from "./text";

/** A mapping in a form in which equal mappings are equal texts. */
export function mappingKey({ target, flow, mergeType, executeOnce, rest }: AttributeMapping): string {
  const source =
    flow.kind === "expression"
      ? tightExpression(flow.expression)
      : flow.kind === "direct"
        ? flow.source.split(", ").sort().join(", ")
        : flow.value;
  const sources = flow.kind === "expression" ? [...flow.sources].sort() : [];
  const more = rest.map(({ path, value }) => `${path}=${value}`).sort();
  return JSON.stringify([target.toLowerCase(), flow.kind, source, mergeType, executeOnce, sources, more]);
}

/** How unlike two rules of one name are: 0 for equal content. For choosing partners only, never shown. */
export function distance(a: SynchronizationRule, b: SynchronizationRule): number {
  let cost = 0;
  if (a.immutableTag !== b.immutableTag) cost += 4;
  if (a.sourceObjectType !== b.sourceObjectType || a.targetObjectType !== b.targetObjectType) cost += 4;
  if (a.linkType !== b.linkType) cost += 2;
  if (a.precedence !== b.precedence) cost += 1;
  if (a.disabled !== b.disabled) cost += 1;
  if (a.enablePasswordSync !== b.enablePasswordSync) cost += 1;
  if (a.description !== b.description) cost += 0.5;
  if (scopeGroups(a.scope).join("\n") !== scopeGroups(b.scope).join("\n")) cost += 2;
  if (joinGroups(a.join).join("\n") !== joinGroups(b.join).join("\n")) cost += 2;
  return cost + unshared(a.mappings.map(mappingKey), b.mappings.map(mappingKey)) * 0.5;
}

function unshared(a: readonly string[], b: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const key of a) counts.set(key, (counts.get(key) ?? 0) + 1);
  for (const key of b) counts.set(key, (counts.get(key) ?? 0) - 1);
  let result = 0;
  for (const count of counts.values()) result += Math.abs(count);
  return result;
}

/** `Microsoft.InfromADUserJoin.003` → `Microsoft.InfromADUserJoin` and `003`. */
export function tagParts(immutableTag: string): { readonly base: string; readonly revision: string } {
  const parts = /^(.*)\.(\d+)$/.exec(immutableTag);
  return { base: parts?.[1] ?? immutableTag, revision: parts?.[2] ?? "" };
}
