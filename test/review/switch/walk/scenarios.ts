import { emptyCourse } from "../../../../review/switch/machine";
import { type Course, defaultLimits, type Reading } from "../../../../review/switch/model";
import type { Scenario } from "./events";
import { collectedOf, type Machine, tick, type World } from "./world";

const begin = 1_000 * tick;
const staging: Machine = { active: false, up: true, fence: null, running: false, exporting: null };
const active: Machine = { ...staging, active: true, exporting: { since: 0, ours: false } };
const dead: Machine = { ...active, up: false };

function world(machines: World["machines"], course: Partial<Course> = {}, more: Partial<World> = {}): World {
  return {
    now: begin,
    machines,
    ghost: null,
    pool: { A: [], B: [] },
    fenceAnswer: null,
    operators: [{ holds: null }, { holds: null }],
    courses: [{ ...emptyCourse, from: "A", to: "B", ...course }],
    strokes: 1,
    violation: null,
    ...more,
  };
}

/** After the demotion: the record has seen A active, and both operators hold a page that allows to promote B. */
function promotionAllowed(): World {
  const until = begin + defaultLimits.maxAge;
  const holds = { step: "promote" as const, machine: "B", until, basis: { A: begin, B: begin } };
  const known = { A: { at: begin, role: "staging" as const }, B: { at: begin, role: "staging" as const } };
  const course = { activeSeen: true, known, lastAt: begin, promotable: { B: until } };
  return world({ A: staging, B: staging }, course, { now: begin + 1, operators: [{ holds }, { holds }] });
}

/** A said that it was passive; somebody made it active soon after, and nobody has looked for an hour. */
function oldCollection(): World {
  const said: Reading = { ...collectedOf("A"), at: begin, role: "staging" };
  const exporting = { since: begin + 1, ours: false };
  const known = { A: { at: begin, role: "staging" as const } };
  return world(
    { A: { ...active, exporting }, B: staging },
    { activeSeen: true, known, lastAt: begin },
    { now: begin + 3 * tick, pool: { A: [said], B: [] }, strokes: 0 },
  );
}

/** A was deallocated, which was proven; somebody has started it, and the record has read it since. */
function fencedAndBack(): World {
  const answer = { machine: "A", kind: "deallocated" as const, at: begin, holds: true };
  const exporting = { since: begin + 1, ours: false };
  const known = { A: { at: begin + 2, role: "active" as const } };
  const fences = { "deallocated A": { since: begin, at: begin } };
  return world(
    { A: { ...active, exporting }, B: staging },
    { activeSeen: true, known, fences, lastAt: begin + 2 },
    { now: begin + 3, fenceAnswer: answer, strokes: 0 },
  );
}

/** A's identity was disabled in another incident, hours ago, and the record knows it; since then it was enabled again. */
function disabledBefore(): World {
  const fences = { "identity-disabled A": { since: begin, at: begin } };
  return world(
    { A: { ...active, exporting: { since: begin + 1, ours: false } }, B: staging },
    { activeSeen: true, fences, lastAt: begin },
    { now: begin + 9 * tick, strokes: 0 },
  );
}

/** A has just been demoted, and an export that began before goes on. */
function exportUnderWay(): World {
  const running: Machine = { ...staging, running: true, exporting: { since: begin - 1, ours: true } };
  return world({ A: running, B: staging }, { activeSeen: true });
}

/** A's word that it was passive still lies about, and the record has read since that it no longer is. */
function youngerKnown(): World {
  const said: Reading = { ...collectedOf("A"), at: begin, role: "staging" };
  const now: Reading = { ...said, at: begin + 2, role: "active" };
  const exporting = { since: begin + 1, ours: false };
  const known = { A: { at: begin + 2, role: "active" as const } };
  return world(
    { A: { ...active, exporting }, B: staging },
    { activeSeen: true, known, lastAt: begin + 2 },
    { now: begin + 3, pool: { A: [now, said], B: [] }, strokes: 0 },
  );
}

const noStrokes = { strokes: 0 };

/** Where walks begin, and how far they go: in the tests, and with `npm run walk-switch`. */
export const scenarios: readonly Scenario[] = [
  { name: "a pair in order", depth: [4, 5], start: world({ A: active, B: staging }) },
  { name: "a promotion is allowed", depth: [3, 5], start: promotionAllowed() },
  {
    name: "the active server is dead",
    depth: [3, 5],
    start: world({ A: dead, B: staging }, {}, { strokes: 2 }),
    fences: true,
  },
  { name: "a stranger", depth: [3, 5], start: world({ A: staging, B: staging }, { activeSeen: true }), tenant: true },
  {
    name: "Cloud Sync provisions",
    depth: [3, 5],
    start: world({ A: staging, B: staging }, { activeSeen: true, cloudSync: "2027-01-31" }),
  },
  { name: "both passive, no history", depth: [3, 5], start: world({ A: staging, B: staging }) },
  { name: "an export is under way", depth: [3, 4], start: exportUnderWay() },
  { name: "two active", depth: [3, 4], start: world({ A: active, B: active }), fences: true },
  { name: "an old collection lies about", depth: [3, 5], start: oldCollection() },
  { name: "a younger collection is known", depth: [3, 5], start: youngerKnown() },
  { name: "a fenced machine has come back", depth: [3, 4], start: fencedAndBack(), fences: true },
  { name: "an identity was disabled before", depth: [3, 4], start: disabledBefore(), fences: true },
  {
    name: "two operators from a pair in order",
    depth: [10, 40],
    start: world({ A: active, B: staging }, {}, noStrokes),
    narrow: true,
  },
  {
    name: "two operators, a promotion is allowed",
    depth: [9, 40],
    start: { ...promotionAllowed(), ...noStrokes },
    narrow: true,
  },
  {
    name: "two operators, and one stroke of somebody else",
    depth: [7, 10],
    start: world({ A: active, B: staging }),
    narrow: true,
  },
];

/** What one record prevents: each operator has a record of his own here, and they switch against each other. */
export const twoRecords: Scenario = {
  name: "two records of one pair",
  depth: [8, 8],
  start: {
    ...world({ A: staging, B: staging }, {}, noStrokes),
    courses: [
      { ...emptyCourse, from: "A", to: "B", activeSeen: true },
      { ...emptyCourse, from: "B", to: "A", activeSeen: true },
    ],
  },
  narrow: true,
};
