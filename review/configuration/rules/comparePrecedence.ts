import type { Comparison, DifferenceClass } from "../compare/comparison";
import { outsideImport, subjectOf } from "./compareRules";
import { movedRules, overtaken, type PairedRules } from "./order";

/** Compares precedence and the rules that rules are placed before or after. Returns the identifiers of the rules that moved. */
export function comparePrecedence(comparison: Comparison, pairs: readonly PairedRules[]): ReadonlySet<string> {
  const different = pairs.filter(({ active, staging }) => active.precedence !== staging.precedence);
  const reported = new Set<string>();
  if (different.length > 0) {
    const moved = movedRules(pairs);
    for (const pair of different.filter((candidate) => moved.has(candidate))) {
      reportMove(comparison, pair, pairs);
      reported.add(pair.active.id);
    }
    const renumbered = different.filter((candidate) => !moved.has(candidate));
    if (renumbered.length > 0) reportRenumbered(comparison, renumbered);
  }
  for (const pair of pairs) compareNeighbours(comparison, pair);
  return reported;
}

function classOf(comparison: Comparison, { active, staging }: PairedRules): DifferenceClass {
  if (!active.standard && (outsideImport(active) || outsideImport(staging))) return "known-import-gap";
  if (!active.standard) return "your-change";
  return comparison.buildsDiffer ? "build-difference" : "unexplained";
}

const causes: Record<DifferenceClass, string> = {
  "known-import-gap": "The wizard's import places custom rules outside the precedences 0 to 99 wrongly, or not at all.",
  "your-change": "The precedence of a custom rule was changed on one server only.",
  "build-difference": "Builds order their standard rules differently.",
  unexplained:
    "Standard rules are numbered when they are made; on one server they were made in another order or moved by hand.",
  expected: "",
};

function reportMove(comparison: Comparison, pair: PairedRules, pairs: readonly PairedRules[]): void {
  const effects = overtaken(pair, pairs);
  const kind = classOf(comparison, pair);
  comparison.add({
    code: "rule-precedence-differs",
    severity: effects.length > 0 && kind !== "build-difference" ? "warning" : "info",
    class: kind,
    subject: subjectOf(pair.active),
    title:
      effects.length > 0
        ? `The rule stands in another place: ${effects.slice(0, 3).join("; ")}${effects.length > 3 ? `; and ${effects.length - 3} more` : ""}.`
        : "The rule stands in another place, but it shares no attribute with the rules it passed: no effect on objects.",
    active: pair.active.precedence,
    staging: pair.staging.precedence,
    cause: causes[kind],
    next:
      effects.length > 0 && kind !== "build-difference"
        ? "Give the rule the same place on both servers, in the Rules Editor."
        : "",
  });
}

function reportRenumbered(comparison: Comparison, pairs: readonly PairedRules[]): void {
  const byClass = new Map<DifferenceClass, PairedRules[]>();
  for (const pair of pairs) {
    const kind = classOf(comparison, pair);
    byClass.set(kind, [...(byClass.get(kind) ?? []), pair]);
  }
  for (const [kind, members] of byClass) {
    const names = members.map(
      ({ active }) => `${active.name} (${active.direction.toLowerCase()}, ${active.connector})`,
    );
    comparison.add({
      code: "rule-precedence-renumbered",
      severity: "info",
      class: kind,
      subject:
        members.length === 1 && members[0] !== undefined ? subjectOf(members[0].active) : `${members.length} rules`,
      title: `${members.length === 1 ? "The rule has" : `${members.length} rules have`} another precedence number but the same place among the rules that both servers have: no effect on objects.`,
      active: members.map(({ active }, index) => `${names[index]}: ${active.precedence}`),
      staging: members.map(({ staging }, index) => `${names[index]}: ${staging.precedence}`),
      cause: causes[kind],
      next: "",
    });
  }
}

function compareNeighbours(comparison: Comparison, { active, staging }: PairedRules): void {
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
      subject: subjectOf(active),
      title: `The rule is placed ${word} another rule: its precedence will follow that one.`,
      active: name(here, comparison.active.rules),
      staging: name(there, comparison.staging.rules),
      cause:
        "Where a rule stands can be given by the rule it comes before or after (precedence-before, precedence-after).",
      next: "Give the rule the same place on both servers, in the Rules Editor.",
    });
  }
}
