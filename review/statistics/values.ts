import { type FigureKind, kindOfFigure } from "./figures";
import type { ComparedValue, Scalar, Tolerances } from "./model";

/** Values of both servers by equal name, whatever its case; in the order of the names. */
export function compareValues(
  active: ReadonlyMap<string, Scalar>,
  staging: ReadonlyMap<string, Scalar>,
  tolerances: Tolerances,
): readonly ComparedValue[] {
  const here = byLowerName(active);
  const there = byLowerName(staging);
  return [...new Set([...here.keys(), ...there.keys()])].sort().map((key): ComparedValue => {
    const left = here.get(key);
    const right = there.get(key);
    const name = left?.name ?? right?.name ?? key;
    const values = { name, active: left?.value ?? null, staging: right?.value ?? null };
    if (left === undefined || right === undefined) return { ...values, state: "one-sided" };
    return { ...values, state: stateOf(left.value, right.value, tolerances, kindOfFigure(name)) };
  });
}

/** Object counts: a type that one server does not name is a count of nothing there. */
export function compareCounts(
  active: ReadonlyMap<string, number>,
  staging: ReadonlyMap<string, number>,
  tolerances: Tolerances,
): readonly ComparedValue[] {
  const zeros = (names: Iterable<string>): [string, number][] => [...names].map((name) => [name.toLowerCase(), 0]);
  const lower = (counts: ReadonlyMap<string, number>): [string, number][] =>
    [...counts].map(([name, count]) => [name.toLowerCase(), count]);
  return compareValues(
    new Map([...zeros(staging.keys()), ...lower(active)]),
    new Map([...zeros(active.keys()), ...lower(staging)]),
    tolerances,
  );
}

function byLowerName(values: ReadonlyMap<string, Scalar>): ReadonlyMap<string, { name: string; value: Scalar }> {
  return new Map([...values].map(([name, value]) => [name.toLowerCase(), { name, value }]));
}

/**
 * Nothing against something is never within a tolerance, and no tolerance reaches half of the larger number: for few
 * objects ten more or less is everything. What only waits to be worked off may be none at any moment.
 */
function stateOf(active: Scalar, staging: Scalar, tolerances: Tolerances, kind: FigureKind): ComparedValue["state"] {
  if (active === staging) return "same";
  if (typeof active !== "number" || typeof staging !== "number") return "differs";
  const larger = Math.max(Math.abs(active), Math.abs(staging));
  const allowed = Math.max(tolerances.objects, (tolerances.percent / 100) * larger);
  const difference = Math.abs(active - staging);
  if (difference > allowed) return "differs";
  return kind === "stock" && difference * 2 >= larger ? "differs" : "tolerated";
}
