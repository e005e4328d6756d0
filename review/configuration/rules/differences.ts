import type { Json } from "../../verdict";
import { assign } from "../compare/assignment";
import type { Comparison } from "../compare/comparison";
import type { AttributeMapping } from "../model";
import { flowChanged, joinChanged, scopeChanged, started, stopped } from "./consequences";
import { mappingKey } from "./content";
import type { PairedRules } from "./order";
import { flowText, joinGroups, mappingText, scopeGroups, tightExpression } from "./text";

/** One part of a rule that differs. Class and cause are judged by the caller, who knows the rule. */
export interface RuleDifference {
  readonly code: string;
  /** For the summary of a revised rule: `scope`, `join`, `flow of mail`… */
  readonly part: string;
  readonly title: string;
  readonly active: Json;
  readonly staging: Json;
  readonly deletes?: boolean;
  /** No effect on any object. */
  readonly harmless?: boolean;
}

/** Everything that differs between two rules that belong together, except tag and precedence. */
export function differencesOf(comparison: Comparison, pair: PairedRules): readonly RuleDifference[] {
  return [...simpleParts(comparison, pair), ...criteria(comparison, pair), ...flows(comparison, pair)];
}

function simpleParts(comparison: Comparison, { active, staging }: PairedRules): readonly RuleDifference[] {
  const result: RuleDifference[] = [];
  const part = (
    code: string,
    name: string,
    here: Json,
    there: Json,
    title: string,
    more?: Partial<RuleDifference>,
  ): void => {
    if (here !== there) result.push({ code, part: name, active: here, staging: there, title, ...more });
  };
  const off = stopped(active, comparison.staging, comparison.active);
  const on = started(staging, comparison.staging);
  const disabled = staging.disabled ? off : on;
  part(
    "rule-disabled-differs",
    "disabled",
    active.disabled,
    staging.disabled,
    `The rule is ${staging.disabled ? "disabled on the staging server" : "disabled on the active server but enabled on the staging server"}. ${disabled.sentence}`,
    { deletes: staging.disabled && disabled.deletes },
  );
  const stops = active.linkType === "Provision" && !staging.disabled;
  part(
    "rule-link-type-differs",
    "link type",
    active.linkType,
    staging.linkType,
    stops
      ? `The rule no longer provisions. ${off.sentence}`
      : `The link type differs. ${staging.linkType === "Provision" ? on.sentence : ""}`.trim(),
    { deletes: stops && off.deletes },
  );
  for (const side of ["sourceObjectType", "targetObjectType"] as const)
    part(
      "rule-object-type-differs",
      side === "sourceObjectType" ? "source object type" : "target object type",
      active[side],
      staging[side],
      `The rule is for ${staging[side]} instead of ${active[side]} objects on the staging server: neither kind gets what it gets from the active server.`,
    );
  part(
    "rule-description-differs",
    "description",
    active.description,
    staging.description,
    "The description differs; it has no effect on objects.",
    {
      harmless: true,
    },
  );
  part(
    "rule-soft-delete-differs",
    "soft delete interval",
    active.softDeleteExpiryInterval,
    staging.softDeleteExpiryInterval,
    "Objects that leave the scope are kept for another time before they are deleted.",
  );
  part(
    "rule-password-sync-differs",
    "password synchronization",
    active.enablePasswordSync,
    staging.enablePasswordSync,
    `Password hashes of the objects of this rule ${staging.enablePasswordSync ? "would be synchronized as well" : "would no longer be synchronized"}.`,
  );
  return result;
}

function criteria(comparison: Comparison, { active, staging }: PairedRules): readonly RuleDifference[] {
  const result: RuleDifference[] = [];
  const place = `rule ${active.name}`;
  const here = scopeGroups(active.scope);
  const there = scopeGroups(staging.scope);
  if (!sameTexts(comparison, here, there)) {
    const { sentence } = scopeChanged(active, staging, comparison.staging);
    result.push({ code: "rule-scope-differs", part: "scope", title: sentence, active: here, staging: there });
  } else if (JSON.stringify(active.scope) !== JSON.stringify(staging.scope))
    comparison.folded.add("order", `${place}: scope`);
  const joinHere = joinGroups(active.join);
  const joinThere = joinGroups(staging.join);
  if (!sameTexts(comparison, joinHere, joinThere))
    result.push({
      code: "rule-join-differs",
      part: "join",
      title: joinChanged(staging, comparison.staging),
      active: joinHere,
      staging: joinThere,
    });
  else if (JSON.stringify(active.join) !== JSON.stringify(staging.join))
    comparison.folded.add("order", `${place}: join`);
  return result;
}

function sameTexts(comparison: Comparison, here: readonly string[], there: readonly string[]): boolean {
  return (
    here.length === there.length &&
    here.every(
      (text, index) => text === there[index] || comparison.identities.sameWrittenText(text, there[index] ?? ""),
    )
  );
}

function flows(comparison: Comparison, { active, staging }: PairedRules): readonly RuleDifference[] {
  const result: RuleDifference[] = [];
  const here = byTarget(active.mappings);
  const there = byTarget(staging.mappings);
  const place = `rule ${active.name}`;
  if (
    active.mappings.map(({ target }) => target).join("\n") !== staging.mappings.map(({ target }) => target).join("\n")
  ) {
    const sameTargets = [...here.keys()].sort().join("\n") === [...there.keys()].sort().join("\n");
    if (sameTargets) comparison.folded.add("order", `${place}: attribute flows`);
  }
  for (const target of new Set([...here.keys(), ...there.keys()]))
    for (const [left, right] of assign(here.get(target) ?? [], there.get(target) ?? [], mappingCost)) {
      if (left !== undefined && right !== undefined && sameMapping(comparison, place, left, right)) continue;
      const change = left === undefined ? "added" : right === undefined ? "missing" : "changed";
      const mapping = right ?? left;
      if (mapping === undefined) continue;
      result.push({
        code:
          change === "added"
            ? "rule-flow-only-on-staging"
            : change === "missing"
              ? "rule-flow-missing-on-staging"
              : "rule-flow-differs",
        part: `flow of ${mapping.target}`,
        title: flowChanged(change, mapping, staging, comparison.staging),
        active: left === undefined ? null : mappingText(left),
        staging: right === undefined ? null : mappingText(right),
      });
    }
  return result;
}

function byTarget(mappings: readonly AttributeMapping[]): ReadonlyMap<string, readonly AttributeMapping[]> {
  const result = new Map<string, AttributeMapping[]>();
  for (const mapping of mappings) {
    const key = mapping.target.toLowerCase();
    const list = result.get(key);
    if (list === undefined) result.set(key, [mapping]);
    else list.push(mapping);
  }
  return result;
}

function mappingCost(left: AttributeMapping, right: AttributeMapping): number {
  if (mappingKey(left) === mappingKey(right)) return 0;
  return flowText(left) === flowText(right) ? 1 : 2;
}

/** Equal, or equal once white space in expressions and identifiers are folded. */
function sameMapping(comparison: Comparison, place: string, left: AttributeMapping, right: AttributeMapping): boolean {
  const here = mappingKey(left);
  const there = mappingKey(right);
  if (here !== there && !comparison.identities.sameWrittenText(here, there)) return false;
  if (
    left.flow.kind === "expression" &&
    right.flow.kind === "expression" &&
    left.flow.expression !== right.flow.expression
  )
    comparison.folded.add(
      tightExpression(left.flow.expression) === tightExpression(right.flow.expression) ? "white-space" : "identifier",
      `${place}: expression of ${left.target}`,
    );
  return true;
}
