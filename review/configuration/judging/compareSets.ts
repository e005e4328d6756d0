import type { Comparison } from "./comparison";

export interface SetDifference {
  readonly onlyActive: readonly string[];
  readonly onlyStaging: readonly string[];
}

/** Compares two lists in which neither order nor case nor repetition means anything. Folded noise is counted. */
export function compareSets(
  comparison: Comparison,
  place: string,
  active: readonly string[],
  staging: readonly string[],
): SetDifference {
  const here = new Map(active.map((value) => [value.toLowerCase(), value]));
  const there = new Map(staging.map((value) => [value.toLowerCase(), value]));
  const onlyActive = [...here].filter(([key]) => !there.has(key)).map(([, value]) => value);
  const onlyStaging = [...there].filter(([key]) => !here.has(key)).map(([, value]) => value);
  if (onlyActive.length + onlyStaging.length === 0) {
    const folded = active.join("\n").toLowerCase() !== staging.join("\n").toLowerCase() ? "order" : "case";
    if (active.join("\n") !== staging.join("\n")) comparison.folded.add(folded, place);
  }
  return { onlyActive, onlyStaging };
}
