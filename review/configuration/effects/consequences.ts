import type { Severity } from "../../verdict";
import type { SynchronizationRule } from "../model";
import { scopeGroupText, scopeText } from "../wording/ruleText";
import { decidesAnchor, isAnchor } from "./anchors";
import type { Effects } from "./effects";
import { filteredAlready, filteredOut, filterOf } from "./filters";
import { covers, type Scope } from "./scope";

/** One plain sentence on what a difference does to objects once the staging server is promoted, and how bad it is. */
export interface Consequence {
  readonly sentence: string;
  readonly severity: Severity;
}

export interface Both {
  readonly active: Effects;
  readonly staging: Effects;
}

/** The objects that a rule is about: `user objects of contoso.com`, `user objects in Entra ID`. */
export function objectsOf(rule: SynchronizationRule, effects: Effects): string {
  if (rule.direction === "Inbound") return `${rule.sourceObjectType} objects of ${rule.connector}`;
  return `${rule.targetObjectType} objects in ${effects.toEntra(rule) ? "Entra ID" : rule.connector}`;
}

/** What becomes of objects that an active rule provisions and the staging server's rules might not. */
function fate(rule: SynchronizationRule, { active, staging }: Both, itself?: string): Consequence {
  if (staging.configuration.partial || active.configuration.partial)
    return { sentence: "whether another rule provisions them, a settings file does not say", severity: "warning" };
  const others = staging.provisioners(rule).filter(({ id }) => id !== itself);
  if (staging.provisionsAll(rule))
    return {
      sentence:
        others.length === 0
          ? "all of them are still provisioned"
          : `${namesOf(others)} ${others.length === 1 ? "provisions" : "provision"} them as well`,
      severity: "warning",
    };
  const [end, severity] = endOf(rule, active);
  if (others.length === 0) return { sentence: `no other rule provisions them, so they ${end}`, severity };
  return {
    sentence: `${namesOf(others)} ${others.length === 1 ? "provisions" : "provision"} only those inside ${filterText(others.flatMap(({ scope }) => scope))}; the others ${end}`,
    severity,
  };
}

function endOf(rule: SynchronizationRule, active: Effects): readonly [string, Severity] {
  if (active.reachesEntra(rule)) return ["would be deleted from Entra ID", "blocking"];
  if (rule.direction === "Outbound") return [`would be disconnected or deleted in ${rule.connector}`, "blocking"];
  return ["would leave the metaverse (no rule provisions them to Entra ID)", "warning"];
}

/** The rule is missing, disabled, or no longer provisions on the staging server. */
export function stopped(rule: SynchronizationRule, both: Both): Consequence {
  const objects = objectsOf(rule, both.active);
  if (rule.linkType === "Provision") {
    const { sentence, severity } = fate(rule, both);
    return { sentence: `It would no longer provision ${objects}: ${sentence}.`, severity };
  }
  if (filterOf(rule) !== "never") return { sentence: filteredNoMore(rule, objects), severity: "warning" };
  const targets = rule.mappings.map((mapping) => mapping.target);
  return {
    sentence:
      targets.length === 0
        ? `${upper(objects)} would no longer be joined by this rule.`
        : `${upper(objects)} would lose what this rule gives them (${listOf(targets)}), unless another rule gives it.`,
    severity: "warning",
  };
}

function filteredNoMore(rule: SynchronizationRule, objects: string): string {
  return `${upper(objects)}${withFilter(rule.scope)} would no longer be filtered out by it (cloudFiltered) and would be added to Entra ID.`;
}

/** The rule exists, is enabled, or provisions on the staging server only. */
export function started(rule: SynchronizationRule, both: Both): Consequence {
  const { active, staging } = both;
  const objects = objectsOf(rule, staging);
  const sentences: string[] = [];
  let severity: Severity = "warning";
  const filter = filterOf(rule);
  if (filter !== "never" && !filteredAlready(rule, active) && (active.reads(rule) || active.configuration.partial)) {
    sentences.push(filteredOut(rule, `${upper(objects)}${withFilter(rule.scope)}`));
    if (!active.configuration.partial) severity = "blocking";
  }
  const anchors = rule.mappings.filter(
    (mapping) =>
      isAnchor(mapping.target) &&
      active.othersGiving(mapping.target, rule).length > 0 &&
      decidesAnchor(mapping, rule, active),
  );
  if (anchors.length > 0) {
    sentences.push(
      `${upper(objects)}${withFilter(rule.scope)} would get another ${anchors.map(({ target }) => target).join(" and ")}: they would be taken for other objects.`,
    );
    severity = "blocking";
  }
  const targets = rule.mappings.map((mapping) => mapping.target);
  if (rule.linkType === "Provision")
    sentences.push(
      active.provisionsAll(rule)
        ? `It would provision ${objects} that other rules of the active server provision too.`
        : `It would provision ${objects} that the active server does not: they would appear in ${rule.direction === "Inbound" || staging.toEntra(rule) ? "Entra ID" : rule.connector}.`,
    );
  else if (sentences.length === 0)
    sentences.push(
      targets.length === 0
        ? `${upper(objects)} would be joined by this rule as well.`
        : `${upper(objects)} would get values from this rule (${listOf(targets)}) that the active server does not give them.`,
    );
  return { sentence: sentences.join(" "), severity };
}

/** Another scope filter: says who is left out and who comes in, where that follows from the conditions. */
export function scopeChanged(active: SynchronizationRule, staging: SynchronizationRule, both: Both): Consequence {
  const objects = objectsOf(staging, both.staging);
  const fewer = covers([active.scope], staging.scope);
  const more = covers([staging.scope], active.scope);
  if (fewer && more)
    return { sentence: "The filters are written differently but select the same objects.", severity: "info" };
  const filter = filterText(staging.scope);
  const gone = leftOut(active, staging, both);
  const come = cameIn(active, staging, both);
  if (fewer)
    return {
      sentence: `This rule no longer applies to ${objects} outside the filter ${filter}${added(active.scope, staging.scope)}; ${gone.sentence}.`,
      severity: gone.severity,
    };
  if (more)
    return {
      sentence: `This rule applies to more ${objects} than on the active server (filter ${filter}; ${dropped(active.scope, staging.scope)}): ${come.sentence}.`,
      severity: come.severity,
    };
  return {
    sentence:
      `This rule applies to other ${objects} than on the active server (filter ${filter} instead of ${filterText(active.scope)}). For those it no longer applies to: ${gone.sentence}. ${come.severity === "blocking" ? `For those it newly applies to: ${come.sentence}.` : ""}`.trim(),
    severity: gone.severity === "blocking" ? gone.severity : come.severity,
  };
}

function leftOut(active: SynchronizationRule, staging: SynchronizationRule, both: Both): Consequence {
  if (active.linkType === "Provision") return fate(active, both, staging.id);
  if (filterOf(active) === "always")
    return {
      sentence: "it filtered them out (cloudFiltered), so they would be added to Entra ID",
      severity: "warning",
    };
  return { sentence: "they would lose what this rule gives them, unless another rule gives it", severity: "warning" };
}

function cameIn(active: SynchronizationRule, staging: SynchronizationRule, both: Both): Consequence {
  if (filterOf(staging) === "always" && !filteredAlready(staging, both.active) && both.active.reads(active))
    return { sentence: "they would be filtered out (cloudFiltered) and deleted from Entra ID", severity: "blocking" };
  return {
    sentence: `they would be ${active.linkType === "Provision" ? "provisioned" : "given what this rule gives"} as well`,
    severity: "warning",
  };
}

/** The rule is for other objects on the staging server. */
export function objectTypeChanged(active: SynchronizationRule, staging: SynchronizationRule, both: Both): Consequence {
  const side = active.sourceObjectType === staging.sourceObjectType ? "targetObjectType" : "sourceObjectType";
  const lead = `The rule is for ${staging[side]} instead of ${active[side]} objects on the staging server`;
  if (active.linkType !== "Provision")
    return { sentence: `${lead}: neither kind gets what it gets from the active server.`, severity: "warning" };
  const { sentence, severity } = fate(active, both, staging.id);
  return {
    sentence: `${lead}. It would no longer provision ${objectsOf(active, both.active)}: ${sentence}.`,
    severity,
  };
}

export function filterText(scope: Scope): string {
  const groups = scope.filter((group) => group.length > 0).map((group) => `"${scopeGroupText(group)}"`);
  return groups.length === 0 ? "(none: every object)" : groups.join(" or ");
}

/** ` with extensionAttribute15 = NoSync`, nothing for a filter that selects every object. */
export function withFilter(scope: Scope): string {
  const groups = scope.filter((group) => group.length > 0).map(scopeGroupText);
  return groups.length === 0 ? "" : ` with ${groups.join(" or ")}`;
}

function dropped(active: Scope, staging: Scope): string {
  const kept = new Set(staging.flat().map(scopeText));
  const gone = [...new Set(active.flat().map(scopeText))].filter((text) => !kept.has(text));
  return gone.length === 0 ? `on the active server ${filterText(active)}` : `no longer asked: ${gone.join(", ")}`;
}

/** Conditions that only the second filter has. */
function added(first: Scope, second: Scope, word = "new"): string {
  const had = new Set(first.flat().map(scopeText));
  const fresh = [...new Set(second.flat().map(scopeText))].filter((text) => !had.has(text));
  return fresh.length === 0 || first.flat().length === 0 ? "" : ` (${word}: ${fresh.join(", ")})`;
}

function namesOf(rules: readonly SynchronizationRule[]): string {
  return rules.map((rule) => `"${rule.name}"`).join(", ");
}

export function listOf(names: readonly string[]): string {
  return names.length <= 4 ? names.join(", ") : `${names.slice(0, 4).join(", ")} and ${names.length - 4} more`;
}

export function upper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
