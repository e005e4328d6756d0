import { after, decide, situationOf } from "../../../../review/switch/machine";
import {
  type Course,
  type Decision,
  defaultLimits,
  type FenceKind,
  type FenceSeen,
  type Reading,
  type Seen,
} from "../../../../review/switch/model";
import {
  changed,
  collect,
  courseOf,
  type Held,
  later,
  type MachineName,
  maxAge,
  names,
  otherOf,
  tenantAnswer,
  tick,
  type World,
} from "./world";

/** What concludes: the real machine, or one with a rule that is wrong on purpose. */
export interface Concluding {
  readonly conclude: (seen: Seen, course: Course) => Decision;
  readonly fold: (course: Course, seen: Seen, decision: Decision) => Course;
}

const judged = { open: true, proven: false, overridden: new Set(["nobody-exported-before"]) };

/** Checks of readiness leave every step open, and every override that there is has been given: the worst case. */
export const real: Concluding = {
  conclude: (seen, course) => decide(situationOf(seen, course, defaultLimits, judged.overridden), judged),
  fold: (course, seen, decision) => after(course, seen, decision, defaultLimits),
};

export interface Scenario {
  readonly name: string;
  readonly start: World;
  /** Events in a row: in the tests, and in the deep walk. */
  readonly depth: readonly [tests: number, deep: number];
  /** Evidence is always fresh and whole: a narrow walk that reaches deep into what two operators do to each other. */
  readonly narrow?: boolean;
  /** Fences are made, asked about and undone. */
  readonly fences?: boolean;
  /** The tenant is asked at every look, and a machine that nobody knows may begin to export. */
  readonly tenant?: boolean;
}

export interface Step {
  readonly what: string;
  readonly world: World;
}

/** Everything that may happen next. */
export function* stepsFrom(world: World, scenario: Scenario, concluding: Concluding): Iterable<Step> {
  for (const [index, { holds }] of world.operators.entries()) {
    yield* looks(world, index, scenario, concluding);
    if (holds !== null) yield* acts(world, index, holds);
  }
  if (scenario.fences) yield* fencing(world);
  for (const name of names) {
    const { active, up, running, fence } = world.machines[name];
    if (running)
      yield { what: `${name}: its export ends`, world: later(changed(world, name, { running: false }, false)) };
    else if (active && up && fence === null)
      yield { what: `${name}: an export begins`, world: later(changed(world, name, { running: true }, true)) };
  }
  if (world.strokes > 0) yield* strokes({ ...world, strokes: world.strokes - 1 }, scenario);
  yield { what: "time passes", world: later(world, tick) };
}

/** Not ours: somebody in the wizard out of order, a machine that dies or comes back, a backup restored, a stranger. */
function* strokes(world: World, { fences, tenant }: Scenario): Iterable<Step> {
  const stroke = (what: string, name: MachineName, change: Parameters<typeof changed>[2]): Step => ({
    what: `not ours: ${name} ${what}`,
    world: later(changed(world, name, change, false)),
  });
  for (const name of names) {
    const { active, up, fence } = world.machines[name];
    if (up) {
      yield stroke(active ? "is put into staging mode" : "is taken out of staging mode", name, { active: !active });
      yield stroke("dies", name, { up: false, running: false });
    } else {
      yield stroke("returns", name, { up: true, fence: fence?.kind === "deallocated" ? null : fence });
      yield stroke("is restored from a backup of when it was active", name, { up: true, active: true, fence: null });
    }
    if (fences && fence !== null && fence.kind !== "deallocated")
      yield stroke("is let out of its fence", name, { fence: null });
  }
  if (tenant && world.ghost === null)
    yield { what: "not ours: a restored disk begins to export", world: later({ ...world, ghost: world.now }) };
}

/** Ours: a fence is made. That it is proven is another matter. */
function* fencing(world: World): Iterable<Step> {
  for (const name of names) {
    if (world.machines[name].fence !== null) continue;
    const dead = { up: false, running: false, fence: { kind: "deallocated" as const, at: world.now } };
    yield { what: `${name} is deallocated`, world: later(changed(world, name, dead, true)) };
    const cut = { fence: { kind: "identity-disabled" as const, at: world.now } };
    yield { what: `${name}: its identity is disabled`, world: later(changed(world, name, cut, true)) };
  }
}

/** An operator does what the page in hand allows, as long as it allows it; the walk looks who else exports. */
function* acts(world: World, index: number, held: Held): Iterable<Step> {
  const name = held.machine as MachineName;
  if (world.now > held.until || !world.machines[name].up) return;
  const active = held.step === "promote";
  const next = changed(world, name, { active }, true);
  const violation = active ? metBy(world, name, held) : null;
  yield { what: `operator ${index + 1}: ${held.step} ${name}`, world: later({ ...next, violation }) };
}

/**
 * Who else exports, or would if it ran. Not held against us: what somebody else turned on after the newest evidence of it
 * that the record had, and no longer ago than evidence may be old; nobody can see that before it is collected.
 */
function metBy(world: World, name: MachineName, { basis }: Held): string | null {
  const other = otherOf(name);
  const { exporting } = world.machines[other];
  if (exporting !== null) {
    const unseen = !exporting.ours && exporting.since > (basis[other] ?? 0) && world.now - exporting.since <= maxAge;
    if (!unseen) return `${name} is promoted while ${other} exports`;
  }
  if (world.ghost !== null && basis.GHOST !== undefined && basis.GHOST > world.ghost)
    return `${name} is promoted while a stranger exports that the tenant had named`;
  return courseOf(world, 0).cloudSync === null ? null : `${name} is promoted while Cloud Sync provisions`;
}

type Evidence = Pick<Seen, "source" | "target" | "fences">;

function* looks(world: World, index: number, scenario: Scenario, concluding: Concluding): Iterable<Step> {
  const known = courseOf(world, index);
  for (const turned of [false, true]) {
    const [from, to] = (turned ? [known.to, known.from] : [known.from, known.to]) as [MachineName, MachineName];
    for (const [what, evidence] of evidences(world, from, to, scenario)) {
      const seen: Seen = {
        now: world.now,
        from,
        to,
        turned,
        tenant: scenario.tenant ? tenantAnswer(world) : null,
        cloudSync: null,
        alsoRead: [],
        cuts: [],
        ...evidence,
      };
      const decision = concluding.conclude(seen, known);
      const course = concluding.fold(known, seen, decision);
      const operators = world.operators.map((operator, each) =>
        each === index && decision.permission !== null
          ? { holds: heldOf(decision.permission, course, seen) }
          : operator,
      );
      const { pool, fenceAnswer } = scenario.narrow ? world : kept(world, evidence);
      yield {
        what: `operator ${index + 1} looks${turned ? " and turns back" : ""} (${what}): ${decision.state}`,
        world: later({
          ...world,
          courses: world.courses.map((each) => (each === known ? course : each)),
          operators,
          pool,
          fenceAnswer,
        }),
      };
    }
  }
}

function heldOf(permission: NonNullable<Decision["permission"]>, course: Course, { tenant, fences }: Seen): Held {
  const basis: Record<string, number> = {};
  for (const name of names) basis[name] = course.known[name]?.at ?? 0;
  for (const { machine, at, holds } of fences) if (holds) basis[machine] = Math.max(basis[machine] ?? 0, at);
  if (tenant !== null) basis.GHOST = tenant.at;
  return { ...permission, basis };
}

/** What lies about afterwards: the newest collection of each machine and the one before, and the last answer of a fence. */
function kept(world: World, { source, target, fences }: Evidence): Pick<World, "pool" | "fenceAnswer"> {
  let pool = world.pool;
  for (const reading of [source, target]) {
    if (reading === null || reading.at !== world.now || reading.role === "unknown") continue;
    const name = reading.machine as MachineName;
    const [newest] = pool[name];
    if (newest?.at === reading.at) continue;
    pool = { ...pool, [name]: newest === undefined ? [reading] : [reading, newest] };
  }
  return { pool, fenceAnswer: fences.find(({ at }) => at === world.now) ?? world.fenceAnswer };
}

/** What somebody may put on the table: fresh, old, swapped, unreadable or none; an old answer about a fence. */
function* evidences(
  world: World,
  from: MachineName,
  to: MachineName,
  { fences, narrow }: Scenario,
): Iterable<readonly [string, Evidence]> {
  const [source, target] = [collect(world, from), collect(world, to)];
  const none: readonly FenceSeen[] = [];
  yield ["both fresh", { source, target, fences: none }];
  if (narrow) return;
  for (const [age, old] of world.pool[from].entries())
    yield [`source ${age === 0 ? "as collected before" : "older still"}`, { source: old, target, fences: none }];
  const [before] = world.pool[to];
  if (before !== undefined) yield ["target as collected before", { source, target: before, fences: none }];
  yield ["the target's archive twice", { source: target, target, fences: none }];
  yield ["the two swapped", { source: target, target: source, fences: none }];
  if (source !== null) yield ["role of the source not readable", { source: unreadable(source), target, fences: none }];
  yield ["no source", { source: null, target, fences: none }];
  if (!fences) return;
  const answers: FenceSeen[] = (["deallocated", "identity-disabled"] as const).map((kind) =>
    answerOf(world, from, kind),
  );
  for (const answer of answers)
    yield [`no source, ${answer.kind} ${answer.holds}`, { source: null, target, fences: [answer] }];
  const { fenceAnswer } = world;
  if (fenceAnswer !== null) yield ["no source, an old answer", { source: null, target, fences: [fenceAnswer] }];
  const [old] = world.pool[from];
  const [power] = answers;
  if (old !== undefined && power !== undefined)
    yield ["source as collected before, power", { source: old, target, fences: [power] }];
}

const unreadable = (reading: Reading): Reading => ({ ...reading, role: "unknown" });

function answerOf(world: World, machine: MachineName, kind: FenceKind): FenceSeen {
  return { machine, kind, at: world.now, holds: world.machines[machine].fence?.kind === kind };
}
