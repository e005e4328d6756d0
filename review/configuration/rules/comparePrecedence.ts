import { fromGap } from "../../importGaps";
import type { DifferenceClass } from "../classes";
import { isAnchor } from "../effects/anchors";
import { filterOf, keeps } from "../effects/filters";
import { type OrderEffect, orderEffects } from "../effects/order";
import type { Comparison } from "../judging/comparison";
import { says } from "../model";
import type { PairedRules } from "./matchRules";
import { outsideImport, type RuleNames } from "./subject";

export interface ComparedOrder {
  /** Identifiers, on the active server, of the rules that were named. */
  readonly named: ReadonlySet<string>;
  /** Where not the same rule wins. */
  readonly effects: readonly OrderEffect<PairedRules>[];
}

/** Compares precedence and the rules that rules are placed before or after. */
export function comparePrecedence(
  comparison: Comparison,
  names: RuleNames,
  pairs: readonly PairedRules[],
): ComparedOrder {
  const known = pairs.filter(({ active, staging }) => says(active, "precedence") && says(staging, "precedence"));
  const reported = new Set<string>();
  const effects = comparison.partial ? [] : orderEffects(known);
  for (const group of bySubject(effects.filter(({ kind }) => kind !== "tied on both"))) {
    reportOrder(comparison, names, group);
    reported.add(group.subject.active.id);
  }
  for (const effect of effects.filter(({ kind }) => kind === "tied on both")) reportTie(comparison, names, effect);
  const renumbered = known.filter(
    ({ active, staging }) => active.precedence !== staging.precedence && !reported.has(active.id),
  );
  const custom = comparison.partial ? renumbered.filter(({ active }) => !active.standard) : [];
  for (const pair of custom) reportNumber(comparison, names, pair);
  const rest = renumbered.filter((pair) => !custom.includes(pair));
  if (rest.length > 0) reportRenumbered(comparison, names, rest, effects.length > 0);
  for (const pair of pairs)
    if (says(pair.active, "neighbours") && says(pair.staging, "neighbours")) compareNeighbours(comparison, names, pair);
  return { named: reported, effects };
}

interface Moved {
  readonly subject: PairedRules;
  readonly effects: readonly OrderEffect<PairedRules>[];
}

/**
 * One finding a rule instead of one a pair: again and again the rule with the most effects, of several the custom one
 * and the one whose number changed.
 */
function bySubject(effects: readonly OrderEffect<PairedRules>[]): readonly Moved[] {
  const left = new Set(effects);
  const result: Moved[] = [];
  while (left.size > 0) {
    const count = new Map<PairedRules, OrderEffect<PairedRules>[]>();
    for (const effect of left)
      for (const rule of [effect.first, effect.second]) count.set(rule, [...(count.get(rule) ?? []), effect]);
    const [best] = [...count].sort(
      ([a, hits], [b, others]) =>
        others.length - hits.length || weight(b) - weight(a) || a.staging.precedence - b.staging.precedence,
    );
    if (best === undefined) break;
    const [subject, hits] = best;
    for (const effect of hits) left.delete(effect);
    result.push({ subject, effects: hits });
  }
  return result;
}

function weight({ active, staging }: PairedRules): number {
  return (active.standard ? 0 : 2) + (active.precedence === staging.precedence ? 0 : 1);
}

function classOf(comparison: Comparison, rules: readonly PairedRules[]): DifferenceClass {
  const custom = rules.filter(({ active }) => !active.standard);
  if (custom.some(({ active, staging }) => outsideImport(active) || outsideImport(staging))) return outOfRange.class;
  if (custom.length > 0) return "your-change";
  return comparison.buildsDiffer ? "build-difference" : "unexplained";
}

const outOfRange = fromGap("rule-precedence");

const causes: Record<DifferenceClass, string> = {
  "known-import-gap": outOfRange.cause,
  "your-change": "The precedence of a custom rule was changed on one server only.",
  "build-difference": "Builds order their standard rules differently.",
  unexplained:
    "Standard rules are numbered when they are made; on one server they were made in another order or moved by hand.",
  expected: "",
};

function reportOrder(comparison: Comparison, names: RuleNames, { subject, effects }: Moved): void {
  const kind = classOf(
    comparison,
    effects.flatMap(({ first, second }) => [first, second]),
  );
  const sentences = effects.map((effect) => orderText(names, effect));
  const build = kind === "build-difference";
  const anchor = effects.some(({ attributes }) => attributes.some(isAnchor));
  const filtered = effects.some(filtersNow);
  comparison.add({
    code: effects.some((effect) => effect.kind === "inverted") ? "rule-precedence-differs" : "rule-precedence-tied",
    // Which rule gives the anchor decides which object it is, whoever moved it.
    severity: anchor || filtered ? "blocking" : build ? "info" : "warning",
    class: kind,
    subject: names.subject(subject.active),
    title: `On the staging server ${sentences.slice(0, 3).join("; ")}${sentences.length > 3 ? `; and ${sentences.length - 3} more` : ""}.${filtered ? " Objects for which cloudFiltered so becomes True would be deleted from Entra ID." : ""}`,
    active: subject.active.precedence,
    staging: subject.staging.precedence,
    cause: causes[kind],
    next:
      build && !anchor && !filtered
        ? ""
        : "Give the rules the same order on both servers, in the Rules Editor, and no two of them one number.",
  });
}

/** A rule that filters objects out no longer stands behind one that keeps them, or nobody knows any more. */
function filtersNow({ first, second, kind }: OrderEffect<PairedRules>): boolean {
  if (kind !== "inverted" && kind !== "tied") return false;
  const [winner, loser] = first.active.precedence > second.active.precedence ? [first, second] : [second, first];
  return filterOf(winner.staging) !== "never" && keeps(loser.staging);
}

function orderText(names: RuleNames, { first, second, attributes, kind }: OrderEffect<PairedRules>): string {
  const list =
    attributes.length <= 4
      ? attributes.join(", ")
      : `${attributes.slice(0, 4).join(", ")} and ${attributes.length - 4} more`;
  const name = (one: PairedRules, other: PairedRules) => names.beside(one.staging, other.staging);
  if (kind === "tied")
    return `${name(first, second)} and ${name(second, first)} have the same precedence ${first.staging.precedence}: which of them wins for ${list} is not defined`;
  const [winner, loser] = first.staging.precedence < second.staging.precedence ? [first, second] : [second, first];
  return kind === "untied"
    ? `${name(winner, loser)} wins over ${name(loser, winner)} for ${list}; on the active server both have the precedence ${first.active.precedence}, and which of them wins is not defined`
    : `${name(winner, loser)} now wins over ${name(loser, winner)} for ${list}`;
}

function reportTie(
  comparison: Comparison,
  names: RuleNames,
  { first, second, attributes }: OrderEffect<PairedRules>,
): void {
  comparison.add({
    code: "rule-precedence-tied",
    severity: "info",
    class: "your-change",
    subject: names.subject(first.active),
    title: `On both servers ${names.beside(first.active, second.active)} and ${names.beside(second.active, first.active)} have the same precedence: which of them wins for ${attributes.join(", ")} is not defined and can differ between the servers.`,
    active: first.active.precedence,
    staging: first.staging.precedence,
    cause: "Two rules were given one number by hand.",
    next: "Give one of the two another precedence, on both servers.",
  });
}

/** Where not all rules are known, whether another one wins cannot be told. */
function reportNumber(comparison: Comparison, names: RuleNames, pair: PairedRules): void {
  const kind = classOf(comparison, [pair]);
  comparison.add({
    code: "rule-precedence-differs",
    severity: "warning",
    class: kind,
    subject: names.subject(pair.active),
    title: `The custom rule "${pair.active.name}" has another precedence: another rule may win for the attributes it gives.`,
    active: pair.active.precedence,
    staging: pair.staging.precedence,
    cause: causes[kind],
    next: "Give the rule the same place on both servers, in the Rules Editor.",
  });
}

function reportRenumbered(
  comparison: Comparison,
  names: RuleNames,
  pairs: readonly PairedRules[],
  others: boolean,
): void {
  const byClass = new Map<DifferenceClass, PairedRules[]>();
  for (const pair of pairs) {
    const kind = classOf(comparison, [pair]);
    byClass.set(kind, [...(byClass.get(kind) ?? []), pair]);
  }
  for (const [kind, members] of byClass) {
    const shown = members.map(
      ({ active }) => `${active.name} (${active.direction.toLowerCase()}, ${active.connector})`,
    );
    const many =
      members.length === 1
        ? "The rule has another precedence number"
        : `${members.length} rules have other precedence numbers`;
    comparison.add({
      code: "rule-precedence-renumbered",
      severity: "info",
      class: kind,
      subject:
        members.length === 1 && members[0] !== undefined ? names.subject(members[0].active) : `${members.length} rules`,
      title: comparison.partial
        ? `${many}. Whether their order differs, a comparison of two folders shows.`
        : `${many}, but wherever two rules give one attribute${others ? ", beyond what other findings say," : ""} the same one wins on both servers: no effect on objects.`,
      active: members.map(({ active }, index) => `${shown[index]}: ${active.precedence}`),
      staging: members.map(({ staging }, index) => `${shown[index]}: ${staging.precedence}`),
      cause: causes[kind],
      next: "",
    });
  }
}

function compareNeighbours(comparison: Comparison, names: RuleNames, { active, staging }: PairedRules): void {
  for (const [key, word] of [
    ["precedenceBefore", "before"],
    ["precedenceAfter", "after"],
  ] as const) {
    const here = active[key];
    const there = staging[key];
    if (here === undefined && there === undefined) continue;
    if (here !== undefined && there !== undefined && comparison.identities.arePaired(here, there)) {
      if (here !== there) comparison.folded.add("identifier", `rule ${active.name}: placed ${word}`);
      continue;
    }
    if (here === there && !comparison.active.rules.some((rule) => rule.id === here)) continue;
    const name = (id: string | undefined, rules: typeof comparison.active.rules): string | null =>
      id === undefined ? null : (rules.find((rule) => rule.id === id)?.name ?? id);
    comparison.add({
      code: `rule-placed-${word}-differs`,
      severity: active.standard && comparison.buildsDiffer ? "info" : "warning",
      class: active.standard ? (comparison.buildsDiffer ? "build-difference" : "unexplained") : "your-change",
      subject: names.subject(active),
      title: `The rule "${active.name}" is placed ${word} another rule: its precedence will follow that one.`,
      active: name(here, comparison.active.rules),
      staging: name(there, comparison.staging.rules),
      cause:
        "Where a rule stands can be given by the rule it comes before or after (precedence-before, precedence-after).",
      next: "Give the rule the same place on both servers, in the Rules Editor.",
    });
  }
}
