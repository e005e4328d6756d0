import assert from "node:assert/strict";
import type { SwitchRecordRead } from "../../../components/memory/roleChanges";
import { emptyCourse } from "../../../review/switch/machine";
import { begin, type Deciding, machineOf, real, type Scenario, stepsFrom } from "./events";
import { keyOf, type Machine, type World } from "./world";

const staging: Machine = { active: false, up: true, service: "automatic", cut: false };
const active: Machine = { ...staging, active: true };

function world(machines: World["machines"], declared: World["declared"], more: Partial<World> = {}): World {
  return {
    now: begin,
    machines,
    declared,
    since: { A: null, B: null },
    unproven: { A: false, B: false },
    course: { ...emptyCourse, from: machineOf("A"), to: machineOf("B") },
    held: null,
    record: null,
    copy: null,
    unseen: false,
    strokes: 1,
    violation: null,
    ...more,
  };
}

const scenarios: readonly Scenario[] = [
  {
    name: "a pair in order",
    depth: 4,
    cutOutbound: true,
    start: world({ A: active, B: staging }, { A: "active", B: "passive" }),
  },
  {
    name: "a pair in order, fences without a cut",
    depth: 4,
    cutOutbound: false,
    start: world({ A: active, B: staging }, { A: "active", B: "passive" }),
  },
  {
    name: "a fenced server that was active",
    depth: 4,
    cutOutbound: true,
    start: world(
      { A: { ...active, service: "disabled, was not", cut: true }, B: staging },
      { A: "fenced", B: "passive" },
    ),
  },
  {
    name: "the active server is dead",
    depth: 4,
    cutOutbound: false,
    start: world({ A: { ...active, up: false }, B: staging }, { A: "active", B: "passive" }),
  },
  {
    name: "nobody else touches anything: a switch, and back",
    depth: 8,
    roles: ["passive", "active"],
    cutOutbound: true,
    start: world({ A: active, B: staging }, { A: "active", B: "passive" }, { strokes: 0 }),
  },
];

interface Walk {
  readonly worlds: number;
  readonly steps: number;
  readonly declarations: number;
  readonly counterexample: readonly string[] | null;
}

/** Every world within so many events, breadth first, each once. */
function walk(scenario: Scenario, deciding: Deciding, depth = scenario.depth): Walk {
  const seen = new Set([keyOf(scenario.start)]);
  let frontier = [{ world: scenario.start, way: [] as readonly string[] }];
  let [steps, declarations] = [0, 0];
  for (let level = 0; level < depth; level++) {
    const next: typeof frontier = [];
    for (const place of frontier)
      for (const step of stepsFrom(place.world, scenario, deciding)) {
        steps++;
        if (step.what.startsWith("up")) declarations++;
        const way = [...place.way, step.what];
        if (step.world.violation !== null)
          return { worlds: seen.size, steps, declarations, counterexample: [...way, step.world.violation] };
        const key = keyOf(step.world);
        if (seen.has(key)) continue;
        seen.add(key);
        if (level + 1 < depth) next.push({ world: step.world, way });
      }
    frontier = next;
  }
  return { worlds: seen.size, steps, declarations, counterexample: null };
}

/** A library that is wrong in one place, and where the walk has to meet it. */
const mutants: readonly { readonly name: string; readonly scenario: string; readonly deciding: Deciding }[] = [
  {
    name: "takes every record of these servers for one that allows it",
    scenario: "a pair in order",
    deciding: changedRecord((record) =>
      record.kind === "read"
        ? { ...record, says: { ...record.says, state: "done", roles: { [record.says.to]: "active" } } }
        : record,
    ),
  },
  {
    name: "does not ask for a record",
    scenario: "a pair in order",
    deciding: {
      ...real,
      problems: (question, record) => (record.kind === "absent" ? 0 : real.problems(question, record)),
    },
  },
  {
    name: "allows two active servers",
    scenario: "the active server is dead",
    deciding: { ...real, twoActive: () => 0, problems: () => 0 },
  },
  {
    name: "opens the network of a fenced server before it has proven anything",
    scenario: "a fenced server that was active",
    deciding: { ...real, liftsUnproven: true, problems: () => 0 },
  },
  {
    name: "starts a fenced server that was not proven staging",
    scenario: "a pair in order, fences without a cut",
    deciding: { ...real, startsUnproven: true, problems: () => 0 },
  },
  {
    name: "does not notice that a record is of an earlier switch",
    scenario: "nobody else touches anything: a switch, and back",
    deciding: {
      ...real,
      problems: (question, record) => {
        const ledger = question.remembered.ledger;
        if (ledger === undefined) return real.problems(question, record);
        const generations = Object.fromEntries(
          Object.entries(ledger.generations).map(([number, { roleSince: _, ...entry }]) => [number, entry]),
        );
        return real.problems(
          { ...question, remembered: { ...question.remembered, ledger: { ...ledger, generations } } },
          record,
        );
      },
    },
  },
];

function changedRecord(change: (record: SwitchRecordRead) => SwitchRecordRead): Deciding {
  return { ...real, problems: (question, record) => real.problems(question, change(record)) };
}

describe("the exhaustive walk of declared roles", function () {
  this.timeout(900_000);
  const walks: Walk[] = [];

  for (const scenario of scenarios)
    it(`${scenario.name}: no permitted declaration makes a server export, or names a wrong one active, within ${scenario.depth} events`, () => {
      const found = walk(scenario, real);
      walks.push(found);
      assert.deepEqual(found.counterexample, null);
      assert.ok(found.declarations > 10, `${found.declarations} declarations`);
    });

  it("has seen many worlds, and declarations in them: otherwise it would prove nothing", () => {
    const sum = (of: (each: Walk) => number): number => walks.reduce((total, each) => total + of(each), 0);
    console.log(
      `      ${sum(({ worlds }) => worlds)} different worlds, ${sum(({ steps }) => steps)} steps, ${sum(({ declarations }) => declarations)} permitted declarations`,
    );
    assert.ok(sum(({ worlds }) => worlds) > 2_000);
  });

  for (const { name, scenario, deciding } of mutants)
    it(`catches a library that ${name}`, () => {
      const start = scenarios.find((each) => each.name === scenario);
      assert.ok(start !== undefined, scenario);
      assert.notEqual(walk(start, deciding).counterexample, null);
    });
});
