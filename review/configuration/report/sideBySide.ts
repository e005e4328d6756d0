import type * as diff from "diff";
import type { SideBySideRow } from "../../render/page";
import { type RulePart, type SynchronizationRule, says } from "../model";
import { joinGroups, mappingText, scopeGroups, tightExpression } from "../wording/ruleText";

interface RuleLine {
  readonly label: string;
  /** What makes two lines the same place of the rule. */
  readonly key: string;
  readonly text: string;
}

/** A rule as lines: identity, scope, join, attribute flows by target. */
function linesOf(rule: SynchronizationRule, placeOf: (id: string) => string): readonly RuleLine[] {
  const line = (label: string, text: string, key = label): RuleLine => ({ label, key, text });
  const said = (part: RulePart, text: string): string => (says(rule, part) ? text : "");
  return [
    line("name", rule.name),
    line("description", rule.description),
    line("tag", rule.immutableTag),
    line("disabled", said("disabled", rule.disabled ? "yes" : "no")),
    line("objects", said("object types", `${rule.sourceObjectType} → ${rule.targetObjectType}`)),
    line("link type", rule.linkType),
    line("precedence", said("precedence", String(rule.precedence))),
    line("placed before", rule.precedenceBefore === undefined ? "" : placeOf(rule.precedenceBefore)),
    line("placed after", rule.precedenceAfter === undefined ? "" : placeOf(rule.precedenceAfter)),
    line("soft delete", rule.softDeleteExpiryInterval),
    line("password sync", said("password sync", rule.enablePasswordSync ? "yes" : "no")),
    ...scopeGroups(rule.scope).map((text, index) => line("scope", text, `scope ${index}`)),
    ...joinGroups(rule.join).map((text, index) => line("join", text, `join ${index}`)),
    ...rule.mappings
      .map((mapping) => line("flow", mappingText(mapping), `flow ${mapping.target.toLowerCase()}`))
      .sort((a, b) => (a.text.toLowerCase() < b.text.toLowerCase() ? -1 : 1)),
  ].filter((candidate) => candidate.text !== "");
}

export interface SideBySideInput {
  readonly active?: SynchronizationRule;
  readonly staging?: SynchronizationRule;
}

/** Rows for the side by side view; lines that sit at the same place of the rule stand beside each other. */
export function sideBySide(
  pair: SideBySideInput,
  names: { readonly active: (id: string) => string; readonly staging: (id: string) => string },
): readonly SideBySideRow[] {
  const left = pair.active === undefined ? [] : linesOf(pair.active, names.active);
  const right = pair.staging === undefined ? [] : linesOf(pair.staging, names.staging);
  // Loaded where two rules are shown: this module is part of every preview.
  const { diffArrays } = require("diff") as typeof diff;
  const changes = diffArrays([...left], [...right], { comparator: sameLine });
  const rows: SideBySideRow[] = [];
  let removed: RuleLine[] = [];
  const flush = (added: readonly RuleLine[]): void => {
    const open = [...added];
    for (const line of removed) {
      const at = open.findIndex((candidate) => candidate.key === line.key);
      const other = at < 0 ? undefined : open.splice(at, 1)[0];
      rows.push(
        other === undefined
          ? { label: line.label, left: line.text, state: "only-left" }
          : { label: line.label, left: line.text, right: other.text, state: "changed" },
      );
    }
    for (const line of open) rows.push({ label: line.label, right: line.text, state: "only-right" });
    removed = [];
  };
  let cursor = 0;
  for (const change of changes) {
    if (change.removed) {
      removed = change.value;
      cursor += change.value.length;
    } else if (change.added) flush(change.value);
    else {
      flush([]);
      for (const line of change.value) {
        const original = left[cursor++] ?? line;
        rows.push({ label: line.label, left: original.text, right: line.text, state: "same" });
      }
    }
  }
  flush([]);
  return rows;
}

function sameLine(a: RuleLine, b: RuleLine): boolean {
  if (a.label !== b.label) return false;
  // Only in an expression white space means nothing; in a filter's value it does.
  return a.text === b.text || (a.label === "flow" && tightExpression(a.text) === tightExpression(b.text));
}
