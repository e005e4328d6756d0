import type { Partition } from "../model";

/**
 * What a container filter covers: the nearest listed ancestor of an object decides. Evaluating both filters at every
 * name that either lists therefore shows every place where they differ, however they are spelled.
 */
export interface CoverageDifference {
  /** Distinguished names below which the staging server reads nothing but the active server does. */
  readonly lost: readonly string[];
  readonly gained: readonly string[];
}

export function compareCoverage(active: Partition, staging: Partition): CoverageDifference {
  const names = new Map<string, string>();
  for (const list of [active.inclusions, active.exclusions, staging.inclusions, staging.exclusions])
    for (const name of list) names.set(normal(name), name);
  names.set(normal(active.name), active.name);
  const here = coverageOf(active);
  const there = coverageOf(staging);
  const lost: string[] = [];
  const gained: string[] = [];
  for (const [key, name] of [...names].sort(([a], [b]) => a.length - b.length || (a < b ? -1 : 1))) {
    if (here(key) && !there(key)) lost.push(name);
    if (!here(key) && there(key)) gained.push(name);
  }
  return { lost, gained };
}

function coverageOf(partition: Partition): (name: string) => boolean {
  const listed = new Map<string, boolean>();
  for (const name of partition.inclusions) listed.set(normal(name), true);
  for (const name of partition.exclusions) if (!listed.has(normal(name))) listed.set(normal(name), false);
  return (name) => {
    if (!partition.selected) return false;
    for (let current: string | undefined = name; current !== undefined; current = parentOf(current)) {
      const answer = listed.get(current);
      if (answer !== undefined) return answer;
    }
    // An empty inclusion stands for everything (the Entra connector has it); so does a filter without inclusions.
    return listed.get("") ?? partition.inclusions.length === 0;
  };
}

/** The name without its first component; a comma behind a backslash belongs to a value. */
function parentOf(name: string): string | undefined {
  const comma = /(?<!\\)(?:\\\\)*,/.exec(name);
  return comma === null ? undefined : name.slice(comma.index + comma[0].length);
}

/** Case and blanks around commas mean nothing in a distinguished name. */
function normal(name: string): string {
  return name
    .replace(/\s*(?<!\\),\s*/g, ",")
    .trim()
    .toLowerCase();
}
