import type { ScopeCondition } from "../model";

/** Groups are alternatives; the conditions of one group must all hold. Without any condition: every object. */
export type Scope = readonly (readonly ScopeCondition[])[];

interface Literal {
  readonly condition: ScopeCondition;
  readonly holds: boolean;
}

/** So many combinations are tried at most; real filters need a handful. Beyond it nothing is claimed. */
const largestSearch = 20_000;

/**
 * True if every object that `inner` selects is certainly selected by one of `outers`. False means "not shown", which
 * for a report on what could be lost is the side to err on.
 */
export function covers(outers: readonly Scope[], inner: Scope): boolean {
  const alternatives = outers.flatMap(alternativesOf);
  if (alternatives.some((group) => group.length === 0)) return true;
  const budget = { left: largestSearch };
  return alternativesOf(inner).every((group) =>
    impossible(
      group.map((condition) => ({ condition, holds: true })),
      alternatives,
      0,
      budget,
    ),
  );
}

/** The alternatives of a filter; one without conditions for a filter that selects every object. */
function alternativesOf(scope: Scope): readonly (readonly ScopeCondition[])[] {
  const groups = scope.filter((group) => group.length > 0);
  return groups.length === 0 ? [[]] : groups;
}

/** Whether no object can meet the literals and miss every alternative from `at` on: one condition of each must fail. */
function impossible(
  literals: readonly Literal[],
  alternatives: readonly (readonly ScopeCondition[])[],
  at: number,
  budget: { left: number },
): boolean {
  if (contradictory(literals)) return true;
  const group = alternatives[at];
  if (group === undefined || budget.left-- <= 0) return false;
  return group.every((condition) =>
    impossible([...literals, { condition, holds: false }], alternatives, at + 1, budget),
  );
}

function contradictory(literals: readonly Literal[]): boolean {
  const last = literals.at(-1);
  if (last === undefined) return false;
  // Called after each one that was added, so only the last can be at odds with an earlier one; the first call has them all.
  return literals.some((literal) => literals.some((other) => literal !== other && atOdds(literal, other)));
}

const opposites: Readonly<Record<string, string>> = {
  EQUAL: "NOTEQUAL",
  ISNULL: "ISNOTNULL",
  CONTAINS: "NOTCONTAINS",
  STARTSWITH: "NOTSTARTSWITH",
  ENDSWITH: "NOTENDSWITH",
  ISBITSET: "ISBITNOTSET",
  ISIN: "ISNOTIN",
};

/** What follows from the operators alone. Nothing is assumed of values, which can be many and are compared by the engine. */
function atOdds(a: Literal, b: Literal): boolean {
  if (a.condition.attribute.toLowerCase() !== b.condition.attribute.toLowerCase()) return false;
  const [left, right] = [a.condition.operator.toUpperCase(), b.condition.operator.toUpperCase()];
  const sameValue = a.condition.value === b.condition.value;
  if (left === right && sameValue) return a.holds !== b.holds;
  if (a.holds && b.holds)
    return (
      (sameValue && opposite(left, right)) ||
      (left === "ISNULL" && needsValue(right)) ||
      (right === "ISNULL" && needsValue(left))
    );
  if (!a.holds && !b.holds) return isPresence(left) && isPresence(right);
  const [met, missed] = a.holds ? [left, right] : [right, left];
  return missed === "ISNOTNULL" && needsValue(met);
}

function opposite(left: string, right: string): boolean {
  return opposites[left] === right || opposites[right] === left;
}

function isPresence(operator: string): boolean {
  return operator === "ISNULL" || operator === "ISNOTNULL";
}

/** Operators that only an object with a value meets. */
function needsValue(operator: string): boolean {
  return /^(EQUAL|CONTAINS|STARTSWITH|ENDSWITH|ISBITSET|ISIN|ISNOTNULL)$/.test(operator);
}
