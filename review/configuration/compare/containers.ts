import type { Partition } from "../model";

/**
 * What a container filter covers: the nearest listed ancestor of an object decides. Evaluating both filters at every
 * name that either lists therefore shows every place where they differ, however they are spelled.
 */
export interface CoverageDifference {
  /** Places that the active server reads and the staging server does not. */
  readonly lost: readonly CoveredPlace[];
  readonly gained: readonly CoveredPlace[];
}

interface CoveredPlace {
  /** Distinguished name of a container. */
  readonly name: string;
  /** Listed containers inside it where the two servers do the same. */
  readonly except: readonly string[];
}

export function compareCoverage(active: Partition, staging: Partition): CoverageDifference {
  const names = new Map<string, string>();
  for (const list of [active.inclusions, active.exclusions, staging.inclusions, staging.exclusions])
    for (const name of list) names.set(normal(name), name);
  names.set(normal(active.name), active.name);
  const here = coverageOf(active);
  const there = coverageOf(staging);
  const sorted = [...names].sort(([a], [b]) => a.length - b.length || (a < b ? -1 : 1));
  const placesWhere = (differs: (key: string) => boolean): readonly CoveredPlace[] => {
    const found = sorted.filter(([key]) => differs(key));
    // A container below one that is named already says nothing more.
    const outermost = found.filter(
      ([key]) => !found.some(([other]) => other !== key && isBelow(key, other) && nothingBetween(key, other)),
    );
    return outermost.map(([key, name]) => ({
      name,
      except: sorted
        .filter(([inner]) => inner !== key && isBelow(inner, key) && !differs(inner))
        .map(([, inner]) => inner),
    }));
  };
  const nothingBetween = (key: string, outer: string): boolean => {
    for (let at = parentOf(key); at !== undefined && at !== outer; at = parentOf(at))
      if (names.has(at) && here(at) === there(at)) return false;
    return true;
  };
  return {
    lost: placesWhere((key) => here(key) && !there(key)),
    gained: placesWhere((key) => !here(key) && there(key)),
  };
}

function isBelow(name: string, outer: string): boolean {
  if (outer === "") return name !== "";
  for (let at = parentOf(name); at !== undefined; at = parentOf(at)) if (at === outer) return true;
  return false;
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
