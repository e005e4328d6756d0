/** How many letters differ; two that changed places count once. */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, index) => index)];
  const at = (i: number, j: number): number => rows[i]?.[j] ?? Number.POSITIVE_INFINITY;
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j++) {
      const changed = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY;
      row.push(Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, changed, swapped));
    }
  }
  return at(a.length, b.length);
}

/** The known name that is nearest to an unknown one, if it is near enough to be meant. */
export function nearest(unknown: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((name) => ({ name, distance: distance(unknown.toLowerCase(), name.toLowerCase()) }))
    .sort((left, right) => left.distance - right.distance);
  return best !== undefined && best.distance <= Math.max(1, unknown.length / 4) ? best.name : undefined;
}

/** What a list that ages can say of a name: a name that it lacks may be newer than the list. */
export type Familiarity =
  | { readonly kind: "known" }
  | { readonly kind: "unknown"; readonly meant?: string }
  /** The list does not speak of names of this kind. */
  | { readonly kind: "untold" };

export const isKnown: Familiarity = { kind: "known" };
export const untold: Familiarity = { kind: "untold" };

/** Azure compares names without regard to letter case. */
export function familiarityOf(name: string, list: readonly string[]): Familiarity {
  if (list.some((each) => each.toLowerCase() === name.toLowerCase())) return isKnown;
  return unknownBut(nearest(name, list));
}

export const unknownBut = (meant: string | undefined): Familiarity =>
  meant === undefined ? { kind: "unknown" } : { kind: "unknown", meant };
