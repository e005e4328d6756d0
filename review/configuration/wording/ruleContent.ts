import type { AttributeMapping, JoinCondition, ScopeCondition, SynchronizationRule } from "../model";
import { flowSource, tightExpression } from "./ruleText";

/** A mapping in a form in which equal mappings are equal texts. */
export function mappingKey({ target, flow, mergeType, executeOnce, rest }: AttributeMapping): string {
  const source =
    flow.kind === "expression"
      ? tightExpression(flow.expression)
      : flow.kind === "direct"
        ? flow.source.split(", ").sort().join(", ")
        : flow.kind === "constant"
          ? flow.value
          : tightExpression(flow.text);
  const sources = flow.kind === "expression" ? [...flow.sources].sort() : [];
  const more = rest.map(({ path, value }) => `${path}=${value}`).sort();
  return JSON.stringify([target.toLowerCase(), flow.kind, source, mergeType, executeOnce, sources, more]);
}

/** Target and source alone: for a flow of which the kind is not known on one side. */
export function writtenKey(mapping: AttributeMapping): string {
  return JSON.stringify([mapping.target.toLowerCase(), tightExpression(flowSource(mapping))]);
}

/** A filter in a form in which equal filters are equal texts, whatever the values contain. Order means nothing in it. */
export function scopeKey(scope: readonly (readonly ScopeCondition[])[], grouped = true): string {
  const groups = scope.map((group) =>
    group.map(({ attribute, operator, value }) => JSON.stringify([attribute, operator.toUpperCase(), value])).sort(),
  );
  return JSON.stringify(grouped ? groups.map((group) => JSON.stringify(group)).sort() : groups.flat().sort());
}

/** Join groups are tried in order; the conditions of one group have none. */
export function joinKey(join: readonly (readonly JoinCondition[])[], withCase = true): string {
  return JSON.stringify(
    join.map((group) =>
      group
        .map(({ attribute, metaverseAttribute, caseSensitive }) =>
          JSON.stringify([attribute, metaverseAttribute, withCase && caseSensitive]),
        )
        .sort(),
    ),
  );
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
  if (a.direction !== b.direction) cost += 10;
  if (scopeKey(a.scope) !== scopeKey(b.scope)) cost += 2;
  if (joinKey(a.join) !== joinKey(b.join)) cost += 2;
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
