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
}

interface Visited {
  readonly world: World;
  readonly from: Visited | null;
  readonly what: string;
}

/** Every world within so many events, breadth first: each once, whatever way leads there. */
export function walk(scenario: Scenario, depth: number, concluding: Concluding): Walk {
  const seen = new Set([keyOf(scenario.start)]);
  let frontier: Visited[] = [{ world: scenario.start, from: null, what: "" }];
  const counts = { steps: 0, promotions: 0 };
  for (let level = 0; level < depth && frontier.length > 0; level++) {
    const next: Visited[] = [];
    for (const place of frontier)
      for (const { what, world } of stepsFrom(place.world, scenario, concluding)) {
        counts.steps++;
        if (/: promote /u.test(what)) counts.promotions++;
        const here: Visited = { world, from: place, what };
        if (world.violation !== null)
          return { ...counts, scenario: scenario.name, depth, states: seen.size, counterexample: wayTo(here, world) };
        const key = keyOf(world);
        if (seen.has(key)) continue;
        seen.add(key);
        next.push(here);
      }
    frontier = next;
  }
  return { ...counts, scenario: scenario.name, depth, states: seen.size, counterexample: null };
}

function wayTo(place: Visited, { violation }: World): readonly string[] {
  const way: string[] = [violation ?? ""];
  for (let at: Visited | null = place; at !== null; at = at.from) if (at.what !== "") way.unshift(at.what);
  return way;
}
