import { type Ledger, nextLedger } from "../../../components/memory/ledger";
import type { Question } from "../../../components/memory/question";
import type { RememberedGeneration } from "../../../components/memory/remembered";
import { roleChangeProblems, type SwitchRecordRead } from "../../../components/memory/roleChanges";
import { roles as rolesCheck } from "../../../components/settings/checks/roles";
import type { GenerationSettings, Role, Settings } from "../../../components/settings/settings";
import { after, decide, situationOf } from "../../../review/switch/machine";
import { defaultLimits, type Reading, type Seen } from "../../../review/switch/model";
import { saysOf } from "../../../review/switch/said";
import { blockFixture, settingsFixture } from "../../support/settingsFixture";
import { changed, exporters, generationOf, isExporting, type Name, names, otherOf, type World } from "./world";

/** What decides: the library's own checks, or ones that are wrong on purpose. */
export interface Deciding {
  readonly problems: (question: Question, record: SwitchRecordRead) => number;
  readonly twoActive: (settings: Settings) => number;
  /** Whether a run lifts the fence of a generation that is not proven. */
  readonly liftsUnproven: boolean;
  /** Whether reinstate starts what was not proven staging when it was fenced. */
  readonly startsUnproven: boolean;
}

export const real: Deciding = {
  problems: (question, record) => roleChangeProblems(question, record).length,
  twoActive: (settings) => rolesCheck.judge(settings, { today, written: {}, built: {} }).length,
  liftsUnproven: false,
  startsUnproven: false,
};

export interface Scenario {
  readonly name: string;
  readonly depth: number;
  readonly start: World;
  /** Roles that somebody may declare; all where it is absent. */
  readonly roles?: readonly Role[];
  /** Fences cut the network too. */
  readonly cutOutbound: boolean;
}

export interface Step {
  readonly what: string;
  readonly world: World;
}

const minute = 60_000;
export const begin = Date.parse("2026-11-26T08:00:00Z");
/** Never more than a week passes within a walk: ages of records have tests of their own. */
const today = new Date(begin + 24 * 60 * minute);
const vmIds: Readonly<Record<Name, string>> = {
  A: "3f1c0b52-0000-4000-8000-00000000000a",
  B: "3f1c0b52-0000-4000-8000-00000000000b",
};
export const machineOf = (name: Name): string => `AADC-STG-G${generationOf(name)}`;

export function* stepsFrom(world: World, scenario: Scenario, deciding: Deciding): Iterable<Step> {
  yield* looks(world);
  if (world.held !== null) yield acts(world, world.held);
  yield* declarations(world, scenario, deciding);
  if (world.strokes > 0) yield* strokes({ ...world, strokes: world.strokes - 1, unseen: true });
}

/** Somebody calls `entra-connect switch` with fresh archives of both. A dead one cannot be collected. */
function* looks(world: World): Iterable<Step> {
  for (const turned of [false, true]) {
    const [from, to] = (turned ? [world.course.to, world.course.from] : [world.course.from, world.course.to]) as [
      string,
      string,
    ];
    const nameOf = (machine: string): Name => (machine === machineOf("A") ? "A" : "B");
    const seen: Seen = {
      now: world.now,
      from,
      to,
      turned,
      source: reading(world, nameOf(from)),
      target: reading(world, nameOf(to)),
      alsoRead: [],
      fences: [],
      tenant: null,
      cuts: [],
      cloudSync: null,
    };
    const judged = { open: true, proven: isExporting(world.machines[nameOf(to)]), overridden: new Set<string>() };
    const decision = decide(situationOf(seen, world.course, defaultLimits, judged.overridden), judged);
    yield {
      what: `look${turned ? ", turned" : ""}: ${decision.state}`,
      world: {
        ...world,
        // Each entry a moment later; permissions end between two events, as they do for whoever waits.
        now: world.now + 66 * minute,
        course: after(world.course, seen, decision, defaultLimits),
        held: decision.permission,
        record: saysOf({ decision, seen }, 1, "0".repeat(64)),
        copy: turned ? world.record : world.copy,
        unseen: false,
      },
    };
  }
}

function reading({ machines, now }: World, name: Name): Reading | null {
  const { active, up, service } = machines[name];
  if (!up || service !== "automatic") return null;
  return {
    machine: machineOf(name),
    at: now,
    role: active ? "active" : "staging",
    running: false,
    wizardOpen: false,
    schedulerOn: true,
    lastExport: null,
    lastGoodExport: null,
    applicationId: null,
  };
}

/** The wizard's page, as the run book allows it. It needs the server's way to Entra ID, and a running service. */
function acts(world: World, held: NonNullable<World["held"]>): Step {
  const name: Name = held.machine === machineOf("A") ? "A" : "B";
  const { up, service, cut } = world.machines[name];
  const what = `${held.step} ${name}`;
  if (!up || cut || service !== "automatic") return { what, world: { ...world, held: null } };
  return { what, world: { ...changed(world, name, { active: held.step === "promote" }), held: null } };
}

/** Not ours. */
function* strokes(world: World): Iterable<Step> {
  for (const name of names) {
    const { active, up, service, cut } = world.machines[name];
    if (up && service === "automatic" && !cut)
      yield { what: `not ours: the wizard on ${name}`, world: changed(world, name, { active: !active }) };
    yield { what: `not ours: ${name} ${up ? "dies" : "returns"}`, world: changed(world, name, { up: !up }) };
  }
}

const allRoles: readonly Role[] = ["passive", "active", "fenced", "lost"];

/** An edit of both roles, and `up`: with the record, an old copy of it, or none; with the exception that brings back. */
function* declarations(world: World, scenario: Scenario, deciding: Deciding): Iterable<Step> {
  const { roles = allRoles } = scenario;
  for (const A of roles)
    for (const B of roles)
      for (const which of ["record", "copy", "none"] as const) {
        const record: SwitchRecordRead =
          which === "none" || world[which] === null ? { kind: "absent" } : { kind: "read", says: world[which] };
        if (which !== "none" && record.kind === "absent") continue;
        const question = questionOf(world, { A, B });
        if (deciding.twoActive(question.settings) + deciding.problems(question, record) > 0) continue;
        const declared = { A, B };
        const moved = up({ ...world, now: world.now + minute }, declared, scenario, deciding);
        yield {
          what: `up with ${A}, ${B} (${which})`,
          world: { ...moved, violation: judged(world, moved, which) },
        };
      }
}

function judged(before: World, after: World, which: "record" | "copy" | "none"): string | null {
  if (after.violation !== null) return after.violation;
  const [had, has] = [exporters(before), exporters(after)];
  const made = has.filter((name) => !had.includes(name));
  if (made.length > 0) return `the library made ${made.join()} export`;
  const active = names.filter((name) => after.declared[name] === "active");
  if (active.length > 1) return "two are declared active";
  for (const name of active) {
    if (before.declared[name] === "active" || before.unseen) continue;
    // A copy that is younger than the last declaration cannot be told from the record: docs/switch.md says so.
    const declaredLast = Math.max(before.since.A ?? 0, before.since.B ?? 0);
    if (which === "copy" && (before.copy?.at ?? 0) + 5 * minute > declaredLast) continue;
    const { machines } = before;
    if (!machines[name].active) return `${name} is declared active (${which}), and it is passive`;
    if (isExporting(machines[otherOf(name)]))
      return `${name} is declared active (${which}) while ${otherOf(name)} exports`;
  }
  for (const name of names)
    if (after.declared[name] === "fenced" && after.machines[name].up && isExporting(after.machines[name]))
      return `${name} is fenced, and it exports`;
  return null;
}

/** What the library does in a run, by the role of each; nothing of it is believed here that a script does not prove. */
function up(world: World, declared: World["declared"], { cutOutbound }: Scenario, deciding: Deciding): World {
  let next: World = { ...world, declared };
  for (const name of names) {
    const [before, now] = [world.declared[name], declared[name]];
    if (before !== now) next = { ...next, since: { ...next.since, [name]: next.now } };
    const { active, up: running, service } = next.machines[name];
    if (now === "fenced") {
      if (cutOutbound) next = changed(next, name, { cut: true });
      if (running && service === "automatic")
        next = changed(next, name, { service: active ? "disabled, was not" : "disabled, was staging" });
    }
    const unproven = now === "passive" && (before !== "passive" || world.unproven[name]);
    next = { ...next, unproven: { ...next.unproven, [name]: unproven } };
    if (now !== "passive") continue;
    if (unproven && !deciding.liftsUnproven) next = asked(next, name, deciding);
    else next = changed(next, name, { cut: false });
  }
  return next;
}

/** `reinstate`, where there is something to bring back, and `verify-staging`; the fence stands until both have passed. */
function asked(world: World, name: Name, { startsUnproven }: Deciding): World {
  const { up: running, service, active, cut } = world.machines[name];
  if (!running) return world;
  let next = world;
  if (service === "disabled, was staging" || (startsUnproven && service !== "automatic")) {
    if (active && !cut) return { ...world, violation: `${name} exports while it is asked` };
    if (!active) next = changed(next, name, { service: "automatic" });
  }
  const proven = next.machines[name].service === "automatic" && !active;
  return proven ? { ...next, unproven: { ...next.unproven, [name]: false } } : next;
}

const settingsByRoles = new Map<string, Settings>();

function settingsOf({ A, B }: World["declared"]): Settings {
  const key = `${A} ${B}`;
  const known = settingsByRoles.get(key);
  if (known !== undefined) return known;
  const plain = settingsFixture((written) => {
    written.generations = { "1": blockFixture(), "2": blockFixture() };
  });
  const withRole = (block: GenerationSettings): GenerationSettings => {
    const name: Name = block.generation === 1 ? "A" : "B";
    const role = block.generation === 1 ? A : B;
    const vmId = vmIds[name];
    const exceptions: GenerationSettings["exceptions"] =
      role === "passive" ? [{ kind: "reinstate", reason: "brought back", until: "2026-12-31", vmId }] : [];
    return { ...block, role, exceptions };
  };
  const settings = { ...plain, generations: plain.generations.map(withRole) };
  settingsByRoles.set(key, settings);
  return settings;
}

function questionOf(world: World, declared: World["declared"]): Question {
  const settings = settingsOf(declared);
  const before = nextLedger(undefined, settingsOf(world.declared), { library: "1" });
  const entry = (name: Name) => {
    const since = world.since[name];
    const known = before.generations[generationOf(name)];
    if (known === undefined) throw new Error("no entry");
    return since === null ? known : { ...known, roleSince: new Date(since).toISOString() };
  };
  const ledger: Ledger = { ...before, generations: { "1": entry("A"), "2": entry("B") } };
  const generation = (name: Name): RememberedGeneration => {
    const { service } = world.machines[name];
    const base = { guarded: true, copies: [], vmId: vmIds[name], proof: "proven" };
    return service === "automatic" ? base : { ...base, fence: fenceAnswer(name, service === "disabled, was staging") };
  };
  return {
    settings,
    remembered: {
      ledger,
      generations: { 1: generation("A"), 2: generation("B") },
      items: {},
      storageEndpoint: false,
      parts: new Set(),
      worn: new Map(),
      heldElsewhere: new Map(),
      others: [],
    },
    identity: {},
    gone: new Map(),
    today,
  };
}

function fenceAnswer(name: Name, staging: boolean): string {
  return JSON.stringify({
    script: "fence",
    collectedAt: "2026-11-26T08:00:00Z",
    warnings: [],
    computerName: machineOf(name),
    changes: [],
    vmId: vmIds[name],
    generation: generationOf(name),
    outcome: "fenced",
    staging: staging ? "on" : "off",
    startMode: "Auto",
    fencedAt: "2026-11-26T08:00:00Z",
  });
}
