import { fencesAfter, fencesOfMachine } from "./fences";
import type { Course, Decision, Exporter, Moment, Permission, Reading, Seen, SwitchLimits, SwitchState } from "./model";
import { type SafetyRule, type Situation, safetyRules, strangersOf } from "./rules";

export const emptyCourse: Course = {
  entries: 0,
  lastAt: null,
  from: null,
  to: null,
  known: {},
  lastStaging: {},
  lastActive: {},
  roleSince: {},
  activeSeen: false,
  promotable: {},
  fences: {},
  strangers: {},
  exported: {},
  cloudSync: null,
  cuts: {},
  state: null,
};

/** Whether what is judged beside safety (checks of readiness) leaves a step open, and whether the promotion is proven. */
export interface Judged {
  readonly open: boolean;
  readonly proven: boolean;
  readonly overridden: ReadonlySet<string>;
}

/** The situation after this call's answers: what they say of fences and strangers counts at once. */
export function situationOf(
  seen: Seen,
  before: Course,
  limits: SwitchLimits,
  overridden: ReadonlySet<string>,
): Situation {
  const course = learned(before, seen, limits);
  const reads = [seen.source, ...seen.alsoRead].filter((reading) => reading?.machine === seen.from);
  const lastRead = reads.reduce<Moment | null>((newest, reading) => Math.max(newest ?? 0, reading?.at ?? 0), null);
  const fences = { ...before, exported: course.exported };
  const { provenAt, doubts } = fencesOfMachine(seen.from, seen, fences, lastRead, limits);
  return {
    ...seen,
    limits,
    overridden,
    // Readings are compared with those before this call: with themselves they would always be the newest.
    course: { ...course, known: before.known, activeSeen: before.activeSeen, lastAt: before.lastAt },
    fencedAt: provenAt,
    doubts,
  };
}

/** Concludes state and permission from what was seen and what the record knows. Pure; rules can be exchanged to test them. */
export function decide(situation: Situation, judged: Judged, rules: readonly SafetyRule[] = safetyRules): Decision {
  const broken = rules.filter(
    (rule) => !(rule.override && situation.overridden.has(rule.code)) && rule.broken(situation),
  );
  const stops = broken.some(({ stops: what }) => what === "state");
  const state = stops ? "unknown" : stateOf(situation, judged, broken);
  const open = judged.open && broken.length === 0;
  return { state, broken: broken.map(({ code }) => code), permission: permissionOf(state, situation, open) };
}

function stateOf(situation: Situation, judged: Judged, broken: readonly SafetyRule[]): SwitchState {
  const { source, target, fencedAt, course, cloudSync } = situation;
  const fenced = fencedAt !== undefined;
  const sourceExports = !fenced && source?.role === "active";
  const targetExports = target?.role === "active";
  if ((sourceExports && targetExports) || ((sourceExports || targetExports) && strangersOf(situation).length > 0))
    return "two active";
  // That Cloud Sync provisions is a reason to demote, not one to wait.
  const stands = broken.some(({ code }) => code !== "cloud-sync-provisions");
  if (sourceExports) return judged.open && !stands ? "ready to demote" : "not ready";
  if (targetExports) return judged.proven ? "done" : "promoted, unproven";
  if (cloudSync === null ? course.cloudSync !== null : cloudSync.active) return "cloud sync active";
  if (fenced) return "fenced";
  return broken.length === 0 && judged.open ? "ready to promote" : "nobody exports";
}

/** A step is to be done while the evidence that allows it is young enough. */
function permissionOf(
  state: SwitchState,
  { from, to, source, target, fencedAt, limits }: Situation,
  open: boolean,
): Permission | null {
  const until =
    Math.min(fencedAt ?? source?.at ?? Number.NEGATIVE_INFINITY, target?.at ?? Number.NEGATIVE_INFINITY) +
    limits.maxAge;
  if (state === "ready to demote") return { step: "demote", machine: from, until };
  if (state === "ready to promote" || (state === "fenced" && open)) return { step: "promote", machine: to, until };
  return null;
}

/** The record after one more call. */
export function after(
  before: Course,
  seen: Seen,
  { state, permission }: Pick<Decision, "state" | "permission">,
  limits: SwitchLimits,
): Course {
  const course = learned(before, seen, limits);
  const promoted = permission?.step === "promote" ? permission : null;
  return {
    ...course,
    promotable:
      promoted === null
        ? course.promotable
        : {
            ...course.promotable,
            [promoted.machine]: Math.max(promoted.until, course.promotable[promoted.machine] ?? promoted.until),
          },
    state,
  };
}

function learned(before: Course, seen: Seen, limits: SwitchLimits): Course {
  const { maxAge } = limits;
  let activeSeen = before.activeSeen;
  const known: Record<string, { at: Moment; role: Reading["role"] }> = { ...before.known };
  const lastStaging: Record<string, Moment> = { ...before.lastStaging };
  const lastActive: Record<string, Moment> = { ...before.lastActive };
  const roleSince: Record<string, { role: Reading["role"]; since: Moment }> = { ...before.roleSince };
  for (const reading of [seen.source, seen.target, ...seen.alsoRead]) {
    // A time that lies ahead would make every later collection an old one.
    if (reading === null || reading.at === null || reading.machine === "" || reading.at > seen.now) continue;
    if (reading.at < (known[reading.machine]?.at ?? Number.NEGATIVE_INFINITY)) continue;
    known[reading.machine] = { at: reading.at, role: reading.role };
    if (reading.role === "staging") lastStaging[reading.machine] = reading.at;
    if (reading.role === "active") lastActive[reading.machine] = reading.at;
    if (roleSince[reading.machine]?.role !== reading.role)
      roleSince[reading.machine] = { role: reading.role, since: reading.at };
    const ofPair = reading.machine === seen.from || reading.machine === seen.to;
    if (ofPair && reading.role === "active" && seen.now - reading.at <= maxAge) activeSeen = true;
  }
  return {
    ...before,
    entries: before.entries + 1,
    lastAt: Math.max(seen.now, before.lastAt ?? seen.now),
    from: seen.from,
    to: seen.to,
    known,
    lastStaging,
    lastActive,
    roleSince,
    activeSeen,
    fences: fencesAfter(before.fences, seen.fences, seen.now, limits),
    strangers: strangersAfter(before.strangers, seen),
    exported: exportedAfter(before.exported, seen),
    cuts: { ...before.cuts, ...Object.fromEntries(seen.cuts.map(({ machine, at }) => [machine, at])) },
    cloudSync: seen.cloudSync === null ? before.cloudSync : seen.cloudSync.active ? (seen.cloudSync.until ?? "") : null,
  };
}

function strangersAfter(known: Course["strangers"], { tenant, from, to }: Seen): Course["strangers"] {
  if (tenant === null) return known;
  const ofPair = tenant.exporters.some(
    ({ machine, by }) => by === "currentExportData" && (machine === from || machine === to),
  );
  const kept = Object.entries(known).filter(([, { by, at }]) => by === "directoryAudits" || !ofPair || tenant.at < at);
  const named = tenant.exporters
    .filter(({ machine }) => machine !== from && machine !== to)
    .map((exporter): [string, Exporter] => [exporter.machine, exporter]);
  // What the audit log says of a machine outlasts what the last export says of it.
  const rank = ([, { by }]: [string, Exporter]): number => (by === "directoryAudits" ? 1 : 0);
  return Object.fromEntries([...kept, ...named].sort((a, b) => rank(a) - rank(b)));
}

function exportedAfter(known: Course["exported"], { tenant, source, target, alsoRead }: Seen): Course["exported"] {
  const after: Record<string, Moment> = { ...known };
  const traces = [
    ...(tenant?.exporters ?? []).filter(({ by }) => by === "directoryAudits"),
    ...[source, target, ...alsoRead].flatMap((reading) =>
      reading === null || reading.lastGoodExport === null || reading.machine === ""
        ? []
        : [{ machine: reading.machine, at: Math.min(reading.lastGoodExport, reading.at ?? reading.lastGoodExport) }],
    ),
  ];
  for (const { machine, at } of traces) after[machine] = Math.max(at, after[machine] ?? at);
  return after;
}
