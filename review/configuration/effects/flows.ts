import type { Severity } from "../../verdict";
import type { AttributeMapping, SynchronizationRule } from "../model";
import { flowSource, flowText } from "../wording/ruleText";
import { decidesAnchor, isAnchor } from "./anchors";
import { type Both, type Consequence, listOf, objectsOf, upper, withFilter } from "./consequences";
import { filteredAlready, filterOfFlow, isFilter } from "./filters";

/** Attributes on which more than their own value hangs. A revision of a standard rule never excuses a change of these. */
const special: Readonly<Record<string, string>> = {
  cloudfiltered:
    "sets whether objects are filtered out: objects for which it becomes True would be deleted from Entra ID",
  sourceanchor: "identifies the object: with another value it is taken for another object",
  sourceanchorbinary: "identifies the object: with another value it is taken for another object",
  userprincipalname: "is the name users sign in with",
  accountenabled: "decides whether users can sign in",
};

export function isSpecial(target: string): boolean {
  return Object.hasOwn(special, target.toLowerCase());
}

/** A flow on both servers, or on one of them. */
export interface FlowChange {
  readonly active?: AttributeMapping;
  readonly staging?: AttributeMapping;
  /** The rule that has the flow; of two, the staging server's. */
  readonly rule: SynchronizationRule;
}

/** An attribute flow that is missing, new or different on the staging server. */
export function flowChanged(change: FlowChange, both: Both): Consequence {
  const { rule } = change;
  const mapping = change.staging ?? change.active;
  if (mapping === undefined) return { sentence: "", severity: "info" };
  const { target } = mapping;
  const note = special[target.toLowerCase()];
  const toEntra = rule.direction === "Inbound" || both.staging.toEntra(rule);
  const onward =
    rule.direction === "Inbound" ? onwardText(both.staging.takenOnward(rule.targetObjectType, target)) : "";
  const filter = isFilter(mapping) && rule.direction === "Inbound" ? filterChanged(change, both) : undefined;
  if (filter !== undefined) return filter;
  return {
    sentence: `${said(change, target, both)}${onward}${note === undefined ? "" : `; ${target} ${note}`}.`,
    severity: toEntra ? severityOf(change, target, both) : "warning",
  };
}

/** Another source anchor blocks unless another rule gives the object the same one. */
function severityOf({ active, staging, rule }: FlowChange, target: string, both: Both): Severity {
  if (!isAnchor(target)) return "warning";
  if (active !== undefined && staging !== undefined) return "blocking";
  const own = staging ?? active;
  if (own === undefined) return "warning";
  return decidesAnchor(own, rule, active === undefined ? both.active : both.staging) ? "blocking" : "warning";
}

function filterChanged({ active, staging, rule }: FlowChange, both: Both): Consequence | undefined {
  const before = active === undefined ? "never" : filterOfFlow(active);
  const after = staging === undefined ? "never" : filterOfFlow(staging);
  const objects = `${upper(objectsOf(rule, both.staging))}${withFilter(rule.scope)}`;
  const certain = both.active.reads(rule) && !filteredAlready(rule, both.active) && !both.active.configuration.partial;
  if (after === "always" && before !== "always")
    return {
      sentence: `${objects} would be deleted from Entra ID: this rule sets cloudFiltered to True for all of them.`,
      severity: certain ? "blocking" : "warning",
    };
  if (before === "never" && after === "sometimes")
    return {
      sentence: `${objects} for which cloudFiltered becomes True by this rule would be deleted from Entra ID.`,
      severity: certain ? "blocking" : "warning",
    };
  if (after === "never" && before !== "never")
    return {
      sentence: `${objects} that the active server filters out by this rule (cloudFiltered) would be added to Entra ID.`,
      severity: "warning",
    };
  return undefined;
}

function said(change: FlowChange, target: string, both: Both): string {
  const { active, staging, rule } = change;
  const objects = upper(objectsOf(rule, both.staging));
  if (active === undefined) return `${objects} would get ${target} from this rule`;
  if (staging === undefined)
    return `${objects} would no longer get ${target} from this rule${successor(target, rule, both)}`;
  if (flowText(active) === flowText(staging) || flowSource(active) === flowSource(staging)) {
    if (active.mergeType !== staging.mergeType && active.mergeType !== "" && staging.mergeType !== "")
      return `${objects}: values of ${target} from several rules would be ${mergeWord(staging.mergeType)} (${staging.mergeType}) instead of ${mergeWord(active.mergeType)} (${active.mergeType})`;
    if (active.executeOnce !== staging.executeOnce)
      return `${objects} would get ${target} from this rule ${staging.executeOnce ? "once only" : "at every synchronization"} instead of ${staging.executeOnce ? "at every synchronization" : "once only"}`;
  }
  return `${objects} would get another value in ${target}`;
}

function mergeWord(mergeType: string): string {
  return /^merge/i.test(mergeType) ? "merged" : "replaced by the winning one";
}

function successor(target: string, rule: SynchronizationRule, { staging }: Both): string {
  const next = staging.othersGiving(target, rule)[0];
  return next === undefined ? ", nor from any other: the value would be removed" : `; "${next.name}" may give it`;
}

/** Where a metaverse attribute goes from here: the attributes of Entra ID that take it. */
function onwardText(attributes: readonly string[]): string {
  return attributes.length === 0 ? "" : ` (in the metaverse, and from there ${listOf(attributes)} in Entra ID)`;
}
