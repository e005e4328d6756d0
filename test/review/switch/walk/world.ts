import type {
  Course,
  FenceKind,
  FenceSeen,
  Moment,
  Permission,
  Reading,
  TenantSeen,
} from "../../../../review/switch/model";

/** The true state of things, which nobody sees but through evidence; and everything that people hold in their hands. */
export interface World {
  readonly now: Moment;
  readonly machines: Readonly<Record<MachineName, Machine>>;
  /** A restored disk somewhere: exports since then, and is in no settings. */
  readonly ghost: Moment | null;
  /** Collections that lie about, of each machine the newest and the one before. */
  readonly pool: Readonly<Record<MachineName, readonly Reading[]>>;
  /** The newest answer about a fence that somebody kept. */
  readonly fenceAnswer: FenceSeen | null;
  readonly operators: readonly Operator[];
  /** What the record says; where each operator has a record of his own, one for each. */
  readonly courses: readonly Course[];
  /** How many events that are not ours may still happen. */
  readonly strokes: number;
  /** Set where a permitted step met another exporter: the walk ends here. */
  readonly violation: string | null;
}

export type MachineName = "A" | "B";
export const names: readonly MachineName[] = ["A", "B"];
export const otherOf = (name: MachineName): MachineName => (name === "A" ? "B" : "A");

export interface Machine {
  /** The true flag: not in staging mode. */
  readonly active: boolean;
  readonly up: boolean;
  readonly fence: { readonly kind: FenceKind; readonly at: Moment } | null;
  /** An export is under way, whatever the flag says. */
  readonly running: boolean;
  /** Since when it would export if it ran, and whether a step of ours made it so; null: it would not. */
  readonly exporting: { readonly since: Moment; readonly ours: boolean } | null;
}

/** A page in somebody's hand: what it allows, and up to when the evidence behind it reached. */
export interface Held extends Permission {
  readonly basis: Readonly<Record<string, Moment>>;
}

export interface Operator {
  readonly holds: Held | null;
}

const minute = 60_000;
/** Two of them are within the age that evidence may have, three are not. */
export const tick = 24 * minute;
export const maxAge = 60 * minute;
export const tokenLife = 60 * minute;
const instant = 1;

/** A dead machine whose flag is off is an exporter that sleeps. */
export function wouldExport({ active, running, fence }: Machine, now: Moment): boolean {
  if (!active && !running) return false;
  if (fence === null) return true;
  return fence.kind === "identity-disabled" && now < fence.at + tokenLife;
}

/** The world a moment later, with this machine changed; remembers who made it export. */
export function changed(world: World, name: MachineName, change: Partial<Machine>, ours: boolean): World {
  const machine: Machine = { ...world.machines[name], ...change };
  const would = wouldExport(machine, world.now);
  const exporting = would ? (machine.exporting ?? { since: world.now, ours }) : null;
  return { ...world, machines: { ...world.machines, [name]: { ...machine, exporting } } };
}

/** An event takes a moment; time passes in ticks. What a disabled identity still could ends by itself. */
export function later(world: World, by: Moment = instant): World {
  const now = world.now + by;
  let next: World = { ...world, now };
  for (const name of names) {
    const { exporting } = next.machines[name];
    if (exporting !== null && !wouldExport(next.machines[name], now)) next = changed(next, name, {}, false);
  }
  return next;
}

export function collect(world: World, name: MachineName): Reading | null {
  const { up, active, running } = world.machines[name];
  return up ? { ...collectedOf(name), at: world.now, role: active ? "active" : "staging", running } : null;
}

export const collectedOf = (machine: MachineName): Reading => ({
  machine,
  at: null,
  role: "unknown",
  running: false,
  wizardOpen: false,
  schedulerOn: true,
  lastExport: null,
  lastGoodExport: null,
  applicationId: null,
});

export function tenantAnswer({ ghost, now }: World): TenantSeen {
  const exporters = ghost === null ? [] : [{ machine: "GHOST", at: ghost, by: "directoryAudits" as const }];
  return { at: now, lastSynchronization: null, exporters, asked: ["directoryAudits"] };
}

/** The record into which this operator looks. */
export function courseOf({ courses }: World, index: number): Course {
  const course = courses[index] ?? courses[0];
  if (course === undefined) throw new Error("a world without a record");
  return course;
}

/** The same for two worlds that cannot be told apart by anything that may still happen. */
export function keyOf(world: World): string {
  const times: number[] = [];
  const timed = (at: Moment | null | undefined): string => {
    if (at === null || at === undefined) return "-";
    times.push(at);
    return "#";
  };
  const reading = (each: Reading): string => `${each.machine}${each.role[0]}${Number(each.running)}${timed(each.at)}`;
  const machines = names.map((name) => {
    const { active, up, fence, running, exporting } = world.machines[name];
    const flags = Number(active) * 4 + Number(up) * 2 + Number(running);
    return `${flags}${fence === null ? "" : fence.kind[0] + timed(fence.at)}${exporting === null ? "" : `${Number(exporting.ours)}${timed(exporting.since)}`}`;
  });
  const pool = names.map((name) => world.pool[name].map(reading).join(","));
  const answer = world.fenceAnswer;
  const record = (of: Readonly<Record<string, Moment>>): string =>
    Object.keys(of)
      .sort()
      .map((key) => key + timed(of[key]))
      .join();
  const folded = (course: Course): string => {
    const known = Object.keys(course.known)
      .sort()
      .map((key) => key + timed(course.known[key]?.at))
      .join();
    const fences = Object.keys(course.fences)
      .sort()
      .map((key) => key + timed(course.fences[key]?.since) + timed(course.fences[key]?.at))
      .join();
    const { from, to, activeSeen, strangers, cloudSync } = course;
    const plain = [from, to, activeSeen, Object.keys(strangers).join(), cloudSync].join();
    return `${plain};${known};${record(course.promotable)};${fences}`;
  };
  const head = [
    ...machines,
    timed(world.ghost),
    ...pool,
    answer === null ? "" : `${answer.machine}${answer.kind[0]}${answer.holds}${timed(answer.at)}`,
    ...world.courses.map(folded),
    world.strokes,
  ].join("|");
  const from = times.length;
  const operators = world.operators.map(({ holds }) =>
    holds === null ? "" : `${holds.step[0]}${holds.machine}${timed(holds.until)}${record(holds.basis)}`,
  );
  return `${head}|${operators.join("|")}|${ranked(times, world.now)}|${from}`;
}

/** Order among the times, and how many ticks each is away: more is never asked. */
function ranked(times: readonly number[], now: Moment): string {
  const order = [...new Set(times)].sort((a, b) => a - b);
  const place = new Map(order.map((at, index) => [at, index]));
  return times.map((at) => `${place.get(at)}:${Math.max(-4, Math.min(6, Math.floor((now - at) / (tick / 2))))}`).join();
}
