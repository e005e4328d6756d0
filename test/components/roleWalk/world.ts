import type { Role } from "../../../components/settings/settings";
import type { Course, Permission } from "../../../review/switch/model";
import type { RecordSays } from "../../../review/switch/said";

/**
 * Two generations of one stack: what is true of them, what the settings last declared, and what the record of the switch
 * says. The walk of the switch itself (test/review/switch/walk) is about evidence and time; this one is about declarations.
 */
export interface World {
  readonly now: number;
  readonly machines: Readonly<Record<Name, Machine>>;
  readonly declared: Readonly<Record<Name, Role>>;
  /** When each role was declared, where it was another one before. */
  readonly since: Readonly<Record<Name, number | null>>;
  /** Declared passive after something else, and not proven since. */
  readonly unproven: Readonly<Record<Name, boolean>>;
  readonly course: Course;
  readonly held: Permission | null;
  /** The record as it is, and as a copy from before the last change of direction. */
  readonly record: RecordSays | null;
  readonly copy: RecordSays | null;
  /** Somebody else has changed something since the newest entry: nobody can know it. */
  readonly unseen: boolean;
  readonly strokes: number;
  readonly violation: string | null;
}

export type Name = "A" | "B";
export const names: readonly Name[] = ["A", "B"];
export const otherOf = (name: Name): Name => (name === "A" ? "B" : "A");
export const generationOf = (name: Name): number => (name === "A" ? 1 : 2);

export interface Machine {
  /** The true flag: not in staging mode. */
  readonly active: boolean;
  readonly up: boolean;
  /** Whether its service runs when it is up; a fence disables it, and remembers whether staging was proven then. */
  readonly service: "automatic" | "disabled, was staging" | "disabled, was not";
  readonly cut: boolean;
}

export const isExporting = ({ active, up, service, cut }: Machine): boolean =>
  active && up && service === "automatic" && !cut;

export const exporters = ({ machines }: World): readonly Name[] => names.filter((name) => isExporting(machines[name]));

export function changed(world: World, name: Name, change: Partial<Machine>): World {
  return { ...world, machines: { ...world.machines, [name]: { ...world.machines[name], ...change } } };
}

/** The same for two worlds that no event can tell apart: times count by their order alone. */
export function keyOf(world: World): string {
  const { record, copy, since, course } = world;
  const times = [since.A, since.B, record?.at ?? null, copy?.at ?? null];
  const order = [...new Set(times.filter((at) => at !== null))].sort((a, b) => a - b);
  const said = (says: RecordSays | null): string => (says === null ? "" : `${says.state}${says.from}`);
  return JSON.stringify([
    names.map((name) => Object.values(world.machines[name]).join()),
    Object.values(world.declared),
    Object.values(world.unproven),
    said(record),
    said(copy),
    times.map((at) => (at === null ? -1 : order.indexOf(at))),
    [course.from, course.to, course.activeSeen, Object.keys(course.promotable), course.state],
    names.map((name) => course.known[name]?.role),
    world.held === null ? "" : world.held.step + world.held.machine,
    world.unseen,
    world.strokes,
  ]);
}
