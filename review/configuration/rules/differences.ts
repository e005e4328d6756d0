import type { Json, Severity } from "../../verdict";
import {
  type Both,
  type Consequence,
  objectsOf,
  objectTypeChanged,
  scopeChanged,
  started,
  stopped,
  upper,
} from "../effects/consequences";
import { flowChanged, isSpecial } from "../effects/flows";
import { assign } from "../judging/assignment";
import type { Comparison } from "../judging/comparison";
import { type AttributeMapping, type RulePart, type SynchronizationRule, says } from "../model";
import { joinKey, mappingKey, scopeKey, writtenKey } from "../wording/ruleContent";
import { flowSource, flowText, joinGroups, mappingText, scopeGroups, tightExpression } from "../wording/ruleText";
import type { PairedRules } from "./matchRules";

/** One part of a rule that differs, and what that does. Class and cause are judged by the caller, who knows the rule. */
export interface RuleDifference {
  readonly code: string;
  /** For the summary of a revised rule: `scope`, `join`, `flow of mail`… */
  readonly part: string;
  readonly title: string;
  readonly active: Json;
  readonly staging: Json;
  readonly severity: Severity;
  /** Another revision of a standard rule may change this without anybody having to look. */
  readonly excusable?: boolean;
}

/** Everything that differs between two rules that belong together, except tag and precedence. */
export function differencesOf(comparison: Comparison, pair: PairedRules, both: Both): readonly RuleDifference[] {
  const found = [
    ...existence(pair, both),
    ...simpleParts(pair),
    ...criteria(comparison, pair, both),
    ...flows(comparison, pair, both),
  ];
  return pair.active.disabled && pair.staging.disabled ? found.map(asleep) : found;
}

/** What a rule that is disabled on both servers would do, it does not do now. */
function asleep(difference: RuleDifference): RuleDifference {
  // What kind of rule it is stays worth a look: whoever enables it on one server expects the same as on the other.
  const kind = /^rule-(link-type|object-type)-differs$/.test(difference.code);
  return {
    ...difference,
    severity: kind ? "warning" : "info",
    title: `The rule is disabled on both servers, so this has no effect now: its ${difference.part} differs.`,
  };
}

type Part = Pick<RuleDifference, "code" | "part" | "active" | "staging">;

/** Whether the rule works at all, for which objects, and whether it makes them. */
function existence({ active, staging }: PairedRules, both: Both): readonly RuleDifference[] {
  const result: RuleDifference[] = [];
  const put = (part: Part, { sentence, severity }: Consequence, lead = ""): void => {
    result.push({ ...part, title: `${lead}${sentence}`, severity });
  };
  const comparable = (part: RulePart): boolean => says(active, part) && says(staging, part);
  if (comparable("disabled") && active.disabled !== staging.disabled) {
    const part = {
      code: "rule-disabled-differs",
      part: "state (disabled)",
      active: state(active),
      staging: state(staging),
    };
    if (staging.disabled)
      put(part, stopped(active, both), `The rule "${active.name}" is disabled on the staging server only. `);
    else
      put(
        part,
        started(staging, both),
        `The rule "${active.name}" is disabled on the active server but enabled on the staging server. `,
      );
  }
  if (comparable("link type") && active.linkType.toLowerCase() !== staging.linkType.toLowerCase()) {
    const part = {
      code: "rule-link-type-differs",
      part: "link type",
      active: active.linkType,
      staging: staging.linkType,
    };
    if (active.linkType === "Provision")
      put(
        part,
        staging.disabled ? quiet : stopped(active, both),
        `The rule "${active.name}" has the link type ${staging.linkType} instead of Provision. `,
      );
    else put(part, linkTypeChanged(active, staging, both));
  }
  if (
    comparable("object types") &&
    (!same(active.sourceObjectType, staging.sourceObjectType) ||
      !same(active.targetObjectType, staging.targetObjectType))
  )
    put(
      {
        code: "rule-object-type-differs",
        part: "object types",
        active: `${active.sourceObjectType} → ${active.targetObjectType}`,
        staging: `${staging.sourceObjectType} → ${staging.targetObjectType}`,
      },
      objectTypeChanged(active, staging, both),
    );
  return result;
}

/** Said by the finding that the rule is disabled. */
const quiet: Consequence = { sentence: "It is disabled there.", severity: "warning" };

function state(rule: SynchronizationRule): string {
  return rule.disabled ? "disabled" : "enabled";
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function linkTypeChanged(active: SynchronizationRule, staging: SynchronizationRule, both: Both): Consequence {
  if (staging.linkType === "Provision") {
    const { sentence, severity } = started(staging, both);
    return { sentence: `The rule "${active.name}" provisions on the staging server only. ${sentence}`, severity };
  }
  const objects = upper(objectsOf(staging, both.staging));
  return {
    sentence: `${objects} are linked to the metaverse by ${staging.linkType} instead of ${active.linkType}: ${
      /sticky/i.test(`${active.linkType}${staging.linkType}`)
        ? "whether a link stays when the rule's conditions no longer hold differs between the servers"
        : "they could be joined or stay joined differently"
    }.`,
    severity: "warning",
  };
}

function simpleParts({ active, staging }: PairedRules): readonly RuleDifference[] {
  const result: RuleDifference[] = [];
  const part = (
    known: RulePart,
    difference: Omit<RuleDifference, "active" | "staging">,
    here: string | boolean,
    there: string | boolean,
  ): void => {
    if (says(active, known) && says(staging, known) && here !== there)
      result.push({ ...difference, active: here, staging: there });
  };
  part(
    "description",
    {
      code: "rule-description-differs",
      part: "description",
      title: "The description differs; it has no effect on objects.",
      severity: "info",
      excusable: true,
    },
    active.description,
    staging.description,
  );
  part(
    "soft delete",
    {
      code: "rule-soft-delete-differs",
      part: "soft delete interval",
      title: "Objects that leave the scope are kept for another time before they are deleted.",
      severity: "warning",
      excusable: true,
    },
    active.softDeleteExpiryInterval,
    staging.softDeleteExpiryInterval,
  );
  part(
    "password sync",
    {
      code: "rule-password-sync-differs",
      part: "password synchronization",
      title: `Password hashes of the objects of this rule ${staging.enablePasswordSync ? "would be synchronized as well" : "would no longer be synchronized"}.`,
      severity: "warning",
    },
    active.enablePasswordSync,
    staging.enablePasswordSync,
  );
  return result;
}

function criteria(comparison: Comparison, { active, staging }: PairedRules, both: Both): readonly RuleDifference[] {
  const result: RuleDifference[] = [];
  const place = `rule ${active.name}`;
  if (says(active, "scope") && says(staging, "scope")) {
    const grouped = says(active, "groups") && says(staging, "groups");
    if (!sameKeys(comparison, scopeKey(active.scope, grouped), scopeKey(staging.scope, grouped))) {
      const { sentence, severity } = scopeChanged(active, staging, both);
      result.push({
        code: "rule-scope-differs",
        part: "scope",
        title: sentence,
        active: scopeGroups(active.scope),
        staging: scopeGroups(staging.scope),
        severity: staging.disabled && !active.disabled ? "warning" : severity,
      });
    } else if (grouped && JSON.stringify(active.scope) !== JSON.stringify(staging.scope))
      comparison.folded.add("order", `${place}: scope`);
  }
  if (says(active, "join") && says(staging, "join")) {
    if (!sameKeys(comparison, joinKey(active.join), joinKey(staging.join)))
      result.push({
        code: "rule-join-differs",
        part: "join",
        title: joinChanged(active, staging, both),
        active: joinGroups(active.join),
        staging: joinGroups(staging.join),
        severity: "warning",
      });
    else if (JSON.stringify(active.join) !== JSON.stringify(staging.join))
      comparison.folded.add("order", `${place}: join`);
  }
  return result;
}

function joinChanged(active: SynchronizationRule, staging: SynchronizationRule, { staging: effects }: Both): string {
  const objects = upper(objectsOf(staging, effects));
  if (joinKey(active.join, false) === joinKey(staging.join, false))
    return `${objects} would be joined by the same attributes, but with or without regard to upper and lower case: some could be joined to another object, or made anew instead of joined.`;
  const sorted = (rule: SynchronizationRule): string => joinGroups(rule.join).toSorted().join("\n");
  if (sorted(active) === sorted(staging))
    return `${objects} would be joined by the same attributes, tried in another order: some could be joined to another object.`;
  return `${objects} would be joined by other attributes: some could be joined to another object, or made anew instead of joined.`;
}

function sameKeys(comparison: Comparison, here: string, there: string): boolean {
  return here === there || comparison.identities.sameWrittenText(here, there);
}

function flows(comparison: Comparison, { active, staging }: PairedRules, both: Both): readonly RuleDifference[] {
  if (!says(active, "flows") || !says(staging, "flows")) return [];
  const result: RuleDifference[] = [];
  const here = byTarget(active.mappings);
  const there = byTarget(staging.mappings);
  const place = `rule ${active.name}`;
  const order = (rule: SynchronizationRule): string => rule.mappings.map(({ target }) => target).join("\n");
  if (order(active) !== order(staging)) {
    const sameTargets = [...here.keys()].sort().join("\n") === [...there.keys()].sort().join("\n");
    if (sameTargets) comparison.folded.add("order", `${place}: attribute flows`);
  }
  for (const target of new Set([...here.keys(), ...there.keys()]))
    for (const [left, right] of assign(here.get(target) ?? [], there.get(target) ?? [], mappingCost)) {
      if (left !== undefined && right !== undefined && sameMapping(comparison, place, left, right)) continue;
      const mapping = right ?? left;
      if (mapping === undefined) continue;
      const { sentence, severity } = flowChanged(
        { active: left, staging: right, rule: right === undefined ? active : staging },
        both,
      );
      result.push({
        code:
          left === undefined
            ? "rule-flow-only-on-staging"
            : right === undefined
              ? "rule-flow-missing-on-staging"
              : "rule-flow-differs",
        part: `flow of ${mapping.target}`,
        title: sentence,
        active: left === undefined ? null : mappingText(left),
        staging: right === undefined ? null : mappingText(right),
        severity: staging.disabled && !active.disabled ? "warning" : severity,
        excusable: !isSpecial(mapping.target),
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
  return flowText(left) === flowText(right) || flowSource(left) === flowSource(right) ? 1 : 2;
}

/** Equal, or equal once white space in expressions and identifiers are folded. */
function sameMapping(comparison: Comparison, place: string, left: AttributeMapping, right: AttributeMapping): boolean {
  // A settings file does not say of what kind a source is: against a folder, the text decides.
  const key = (left.flow.kind === "written") === (right.flow.kind === "written") ? mappingKey : writtenKey;
  const here = key(left);
  const there = key(right);
  if (here !== there && !comparison.identities.sameWrittenText(here, there)) return false;
  const [a, b] = [flowSource(left), flowSource(right)];
  if (left.flow.kind !== "direct" && right.flow.kind !== "direct" && a !== b)
    comparison.folded.add(
      tightExpression(a) === tightExpression(b) ? "white-space" : "identifier",
      `${place}: expression of ${left.target}`,
    );
  return true;
}
