import { assign } from "../compare/assignment";
import { compareRaw } from "../compare/compareRaw";
import type { Comparison, DifferenceClass } from "../compare/comparison";
import { tagParts } from "../rules/content";
import { tightExpression } from "../rules/text";
import type { SettingsConnector, SettingsRule } from "./model";

/** Compares the rules of one connector by name (and direction, where the file says it). */
export function compareSettingsRules(
  comparison: Comparison,
  active: SettingsConnector,
  staging: SettingsConnector,
  bothSame: boolean,
): void {
  const here = byKey(active.rules);
  const there = byKey(staging.rules);
  const renumbered: { name: string; active: number; staging: number }[] = [];
  for (const key of new Set([...here.keys(), ...there.keys()]))
    for (const [left, right] of assign(here.get(key) ?? [], there.get(key) ?? [], distance)) {
      const rule = left ?? right;
      if (rule === undefined) continue;
      const subject = `rule "${rule.name}" (${active.name})`;
      if (left === undefined || right === undefined) oneSided(comparison, subject, rule, right === undefined);
      else {
        comparePair(comparison, subject, left, right, bothSame);
        if (left.precedence === undefined || right.precedence === undefined || left.precedence === right.precedence)
          continue;
        if (left.standard) renumbered.push({ name: left.name, active: left.precedence, staging: right.precedence });
        else comparePrecedence(comparison, subject, left.precedence, right.precedence);
      }
    }
  if (renumbered.length > 0)
    comparison.add({
      code: "rule-precedence-renumbered",
      severity: "info",
      class: comparison.buildsDiffer ? "build-difference" : "unexplained",
      subject: `${renumbered.length} standard rules of ${active.name}`,
      title: `${renumbered.length} standard rules have other precedence numbers. Whether their order differs, a comparison of two folders shows.`,
      active: renumbered.map((rule) => `${rule.name}: ${rule.active}`),
      staging: renumbered.map((rule) => `${rule.name}: ${rule.staging}`),
      cause: "Standard rules are numbered when they are made.",
      next: "",
    });
}

function byKey(rules: readonly SettingsRule[]): ReadonlyMap<string, readonly SettingsRule[]> {
  const result = new Map<string, SettingsRule[]>();
  for (const rule of rules) {
    const key = `${rule.standard}\n${rule.name.trim().toLowerCase()}`;
    result.set(key, [...(result.get(key) ?? []), rule]);
  }
  return result;
}

function distance(a: SettingsRule, b: SettingsRule): number {
  let cost = (a.tag === b.tag ? 0 : 2) + (a.precedence === b.precedence ? 0 : 1);
  if (a.parts.get("direction")?.toLowerCase() !== b.parts.get("direction")?.toLowerCase()) cost += 10;
  for (const [label, value] of a.parts) if (b.parts.get(label) !== value) cost += 0.5;
  for (const label of b.parts.keys()) if (!a.parts.has(label)) cost += 0.5;
  return cost;
}

function oneSided(comparison: Comparison, subject: string, rule: SettingsRule, missing: boolean): void {
  const build = rule.standard && comparison.buildsDiffer;
  const gap =
    missing && !rule.standard && rule.precedence !== undefined && (rule.precedence < 0 || rule.precedence > 99);
  const kind: DifferenceClass = build
    ? "build-difference"
    : gap
      ? "known-import-gap"
      : rule.standard
        ? "unexplained"
        : "your-change";
  const value = { name: rule.name, precedence: rule.precedence ?? null, tag: rule.tag };
  comparison.add({
    code: missing ? "rule-missing-on-staging" : "rule-only-on-staging",
    severity: build ? "info" : "warning",
    class: kind,
    subject,
    title: missing ? "The staging server does not have this rule." : "Only the staging server has this rule.",
    active: missing ? value : null,
    staging: missing ? null : value,
    cause: build
      ? `Builds bring different standard rules (${comparison.versions}).`
      : gap
        ? `The wizard's import carries custom rules with a precedence from 0 to 99 only; this one has ${rule.precedence}.`
        : "The rule was made or deleted on one server only.",
    next: build ? "" : "Have the rule on both servers or on neither.",
  });
}

function comparePrecedence(comparison: Comparison, subject: string, active: number, staging: number): void {
  const gap = active < 0 || active > 99 || staging < 0 || staging > 99;
  comparison.add({
    code: "rule-precedence-differs",
    severity: "warning",
    class: gap ? "known-import-gap" : "your-change",
    subject,
    title: "The custom rule has another precedence: another rule may win for the attributes it gives.",
    active,
    staging,
    cause: gap
      ? "The wizard's import places custom rules outside the precedences 0 to 99 wrongly, or not at all."
      : "The precedence of a custom rule was changed on one server only.",
    next: "Give the rule the same place on both servers, in the Rules Editor.",
  });
}

function comparePair(
  comparison: Comparison,
  subject: string,
  active: SettingsRule,
  staging: SettingsRule,
  bothSame: boolean,
): void {
  if (active.tag !== staging.tag) {
    const build = comparison.buildsDiffer && tagParts(active.tag).base === tagParts(staging.tag).base;
    comparison.add({
      code: build ? "rule-revised" : "rule-tag-differs",
      severity: build ? "info" : "warning",
      class: build ? "build-difference" : "unexplained",
      subject,
      title: build
        ? "The build brings another revision of this standard rule."
        : "The two servers have different revisions of this standard rule.",
      active: active.tag,
      staging: staging.tag,
      cause: build
        ? `Microsoft revises standard rules from build to build (${comparison.versions}).`
        : "Both servers run the same build, or the build is not known.",
      next: build ? "" : "Compare exported folders of both servers to see what differs.",
    });
  }
  for (const label of new Set([...active.parts.keys(), ...staging.parts.keys()])) {
    const left = active.parts.get(label);
    const right = staging.parts.get(label);
    // Between a file and a folder, a member that one of them does not have is not a difference.
    if (left === right || (!bothSame && (left === undefined || right === undefined) && !label.startsWith("flow of ")))
      continue;
    if (left !== undefined && right !== undefined) {
      if (
        tightExpression(left).toLowerCase() === tightExpression(right).toLowerCase() &&
        !label.startsWith("flow of ")
      ) {
        comparison.folded.add("case", `${subject}: ${label}`);
        continue;
      }
      if (tightExpression(left) === tightExpression(right)) {
        comparison.folded.add("white-space", `${subject}: ${label}`);
        continue;
      }
    }
    comparison.add({
      code: label.startsWith("flow of ") ? "rule-flow-differs" : `rule-${label.replaceAll(" ", "-")}-differs`,
      severity: label === "description" ? "info" : "warning",
      class: active.standard ? "known-import-gap" : "your-change",
      subject,
      title: `${label.charAt(0).toUpperCase()}${label.slice(1)} of the rule differs.`,
      active: left ?? null,
      staging: right ?? null,
      cause: "The rule was changed on one server only.",
      next: label === "description" ? "" : "Make the rule alike on both servers, in the Rules Editor.",
    });
  }
  if (bothSame) compareRaw(comparison, { subject, where: subject }, active.rest, staging.rest);
}
