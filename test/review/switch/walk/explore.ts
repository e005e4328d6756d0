import { type Concluding, type Scenario, stepsFrom } from "./events";
import { keyOf, type World } from "./world";

export interface Walk {
  readonly scenario: string;
  readonly depth: number;
  /** Different worlds reached. */
  readonly states: number;
  /** Steps taken, permitted or not. */
  readonly steps: number;
  /** Permitted promotions that were done. */
  readonly promotions: number;
  /** The shortest way to a permitted promotion that met another exporter; null where there is none. */
  readonly counterexample: readonly string[] | null;
  /** The last events led nowhere new: this is every world there is, however many events may follow. */
  readonly closed: boolean;
}

/** How a world was reached; the worlds on the way are forgotten. */
interface Trail {
  readonly what: string;
  readonly from: Trail | null;
}

/** Every world within so many events, breadth first: each once, whatever way leads there. */
export function walk(scenario: Scenario, depth: number, concluding: Concluding): Walk {
  const seen = new Set([keyOf(scenario.start)]);
  let frontier: { readonly world: World; readonly trail: Trail | null }[] = [{ world: scenario.start, trail: null }];
  const counts = { steps: 0, promotions: 0 };
  let before = 0;
  const found = (counterexample: Walk["counterexample"]): Walk => ({
    ...counts,
    scenario: scenario.name,
    depth,
    states: seen.size,
    counterexample,
    closed: counterexample === null && seen.size === before,
  });
  for (let level = 0; level < depth && frontier.length > 0; level++) {
    const next: typeof frontier = [];
    before = seen.size;
    for (const place of frontier)
      for (const { what, world } of stepsFrom(place.world, scenario, concluding)) {
        counts.steps++;
        if (/: promote /u.test(what)) counts.promotions++;
        const trail: Trail = { what, from: place.trail };
        if (world.violation !== null) return found([...wayTo(trail), world.violation]);
        const key = keyOf(world);
        if (seen.has(key)) continue;
        seen.add(key);
        if (level + 1 < depth) next.push({ world, trail });
      }
    frontier = next;
  }
  return found(null);
}

function wayTo(trail: Trail): readonly string[] {
  const way: string[] = [];
  for (let at: Trail | null = trail; at !== null; at = at.from) way.unshift(at.what);
  return way;
}
