import type { AttributeMapping, ScopeCondition, ServerConfiguration, SynchronizationRule } from "../model";
import { scopeGroupText, scopeText } from "./text";

/** One plain sentence on what a difference does to objects once the staging server is promoted. */
export interface Consequence {
  readonly sentence: string;
  /** Objects would certainly be deleted: nothing else provisions them. */
  readonly deletes: boolean;
}

/** The objects that a rule is about: `user objects of contoso.com`, `user objects in Entra ID`. */
export function objectsOf(rule: SynchronizationRule, configuration: ServerConfiguration): string {
  if (rule.direction === "Inbound") return `${rule.sourceObjectType} objects of ${rule.connector}`;
  return `${rule.targetObjectType} objects in ${isEntra(rule, configuration) ? "Entra ID" : rule.connector}`;
}

function isEntra(rule: SynchronizationRule, configuration: ServerConfiguration): boolean {
  return configuration.connectors.some((connector) => connector.id === rule.connectorId && connector.kind === "entra");
}

function otherProvisioners(
  rule: SynchronizationRule,
  configuration: ServerConfiguration,
): readonly SynchronizationRule[] {
  return configuration.rules.filter(
    (other) =>
      other.id !== rule.id &&
      !other.disabled &&
      other.linkType === "Provision" &&
      other.direction === rule.direction &&
      other.connector.toLowerCase() === rule.connector.toLowerCase() &&
      other.sourceObjectType === rule.sourceObjectType &&
      other.targetObjectType === rule.targetObjectType,
  );
}

/** What becomes of objects that a provisioning rule lets go of, on the staging server. */
function fate(
  rule: SynchronizationRule,
  staging: ServerConfiguration,
  configuration = staging,
): { text: string; deletes: boolean } {
  const others = otherProvisioners(rule, staging);
  const end =
    rule.direction === "Inbound" || isEntra(rule, configuration)
      ? "they would be deleted from Entra ID"
      : `they would be disconnected or deleted in ${rule.connector}`;
  if (others.length === 0) return { text: `no other rule provisions them, so ${end}`, deletes: true };
  const names = others.map((other) => `"${other.name}"`).join(", ");
  return { text: `where ${names} does not provision them either, ${end}`, deletes: false };
}

/** The rule is missing, disabled, or no longer provisions on the staging server. */
export function stopped(
  rule: SynchronizationRule,
  staging: ServerConfiguration,
  active: ServerConfiguration,
): Consequence {
  const objects = objectsOf(rule, active);
  if (rule.linkType === "Provision") {
    const { text, deletes } = fate(rule, staging, active);
    return { sentence: `It would no longer provision ${objects}; ${text}.`, deletes };
  }
  const flows = rule.mappings.length;
  if (flows === 0) return { sentence: `${upper(objects)} would no longer be joined by this rule.`, deletes: false };
  return {
    sentence: `${upper(objects)} would lose what this rule gives them (${listOf(rule.mappings.map((mapping) => mapping.target))}), unless another rule gives it.`,
    deletes: false,
  };
}

/** The rule exists, is enabled, or provisions on the staging server only. */
export function started(rule: SynchronizationRule, staging: ServerConfiguration): Consequence {
  const objects = objectsOf(rule, staging);
  const sentence =
    rule.linkType === "Provision"
      ? `It would provision ${objects} that the active server does not: they would appear in ${rule.direction === "Inbound" || isEntra(rule, staging) ? "Entra ID" : rule.connector}.`
      : rule.mappings.length === 0
        ? `${upper(objects)} would be joined by this rule as well.`
        : `${upper(objects)} would get values from this rule (${listOf(rule.mappings.map((mapping) => mapping.target))}) that the active server does not give them.`;
  return { sentence, deletes: false };
}

/** Another scope filter: says who is left out and who comes in, where that follows from the conditions. */
export function scopeChanged(
  active: SynchronizationRule,
  staging: SynchronizationRule,
  configuration: ServerConfiguration,
): Consequence {
  const objects = objectsOf(staging, configuration);
  const fewer = implies(staging.scope, active.scope);
  const more = implies(active.scope, staging.scope);
  if (fewer && more)
    return { sentence: "The filters are written differently but select the same objects.", deletes: false };
  const consequence =
    active.linkType === "Provision"
      ? `if no other rule provisions them, ${fate(active, configuration).text.replace(/^.*(they would be)/, "$1")}`
      : "they would lose what this rule gives them, unless another rule gives it";
  const filter = filterText(staging.scope);
  if (fewer)
    return {
      sentence: `This rule no longer applies to ${objects} outside the filter ${filter}${added(active.scope, staging.scope)}; ${consequence}.`,
      deletes: false,
    };
  if (more)
    return {
      sentence: `This rule applies to more ${objects} than on the active server (filter ${filter}): they would be ${active.linkType === "Provision" ? "provisioned" : "given what this rule gives"} as well.`,
      deletes: false,
    };
  return {
    sentence: `This rule applies to other ${objects} than on the active server. For those it no longer applies to: ${consequence}.`,
    deletes: false,
  };
}

type Scope = readonly (readonly ScopeCondition[])[];

/** True if every object that the first filter selects is certainly selected by the second. */
function implies(first: Scope, second: Scope): boolean {
  const groups = second.filter((group) => group.length > 0);
  if (groups.length === 0) return true;
  const own = first.filter((group) => group.length > 0);
  if (own.length === 0) return false;
  return own.every((group) => {
    const has = new Set(group.map(scopeText));
    return groups.some((other) => other.every((condition) => has.has(scopeText(condition))));
  });
}

function filterText(scope: Scope): string {
  const groups = scope.filter((group) => group.length > 0).map((group) => `"${scopeGroupText(group)}"`);
  return groups.length === 0 ? "(none: every object)" : groups.join(" or ");
}

function added(active: Scope, staging: Scope): string {
  const had = new Set(active.flat().map(scopeText));
  const fresh = [...new Set(staging.flat().map(scopeText))].filter((text) => !had.has(text));
  return fresh.length === 0 || active.flat().length === 0 ? "" : ` (new: ${fresh.join(", ")})`;
}

const filtered =
  "sets whether objects are filtered out: objects for which it becomes True would be deleted from Entra ID";
const special: Record<string, string> = {
  cloudfiltered: filtered,
  sourceanchor: "identifies the object: with another value it is taken for another object",
  sourceanchorbinary: "identifies the object: with another value it is taken for another object",
  userprincipalname: "is the name users sign in with",
  accountenabled: "decides whether users can sign in",
};

/** An attribute flow that is missing, new or different on the staging server. */
export function flowChanged(
  change: "missing" | "added" | "changed",
  mapping: AttributeMapping,
  rule: SynchronizationRule,
  staging: ServerConfiguration,
): string {
  const objects = objectsOf(rule, staging);
  const { target } = mapping;
  const note = special[target.toLowerCase()];
  const onward = rule.direction === "Inbound" ? onwardFlow(target, rule, staging) : "";
  const said =
    change === "changed"
      ? `${upper(objects)} would get another value in ${target}`
      : change === "missing"
        ? `${upper(objects)} would no longer get ${target} from this rule${successor(target, rule, staging)}`
        : `${upper(objects)} would get ${target} from this rule`;
  return `${said}${onward}${note === undefined ? "" : `; ${target} ${note}`}.`;
}

function successor(target: string, rule: SynchronizationRule, staging: ServerConfiguration): string {
  const next = staging.rules.find(
    (other) =>
      other.id !== rule.id &&
      !other.disabled &&
      other.direction === rule.direction &&
      other.targetObjectType === rule.targetObjectType &&
      (rule.direction === "Inbound" || other.connector.toLowerCase() === rule.connector.toLowerCase()) &&
      other.mappings.some((mapping) => mapping.target === target),
  );
  return next === undefined ? ", nor from any other: the value would be removed" : `; "${next.name}" may give it`;
}

/** Where a metaverse attribute goes from here: the attributes of Entra ID that take it. */
function onwardFlow(target: string, rule: SynchronizationRule, staging: ServerConfiguration): string {
  const onward = new Set<string>();
  for (const out of staging.rules) {
    if (out.direction !== "Outbound" || out.disabled || out.sourceObjectType !== rule.targetObjectType) continue;
    if (!isEntra(out, staging)) continue;
    for (const { flow, target: attribute } of out.mappings) {
      const sources = flow.kind === "direct" ? flow.source.split(", ") : flow.kind === "expression" ? flow.sources : [];
      if (sources.includes(target)) onward.add(attribute);
    }
  }
  return onward.size === 0 ? "" : ` (in the metaverse, and from there ${listOf([...onward].sort())} in Entra ID)`;
}

export function joinChanged(rule: SynchronizationRule, staging: ServerConfiguration): string {
  return `${upper(objectsOf(rule, staging))} would be joined by other attributes: some could be joined to another object, or made anew instead of joined.`;
}

export function listOf(names: readonly string[]): string {
  return names.length <= 4 ? names.join(", ") : `${names.slice(0, 4).join(", ")} and ${names.length - 4} more`;
}

function upper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
