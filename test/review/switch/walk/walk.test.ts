import { strict as assert } from "node:assert";
import { real, type Scenario } from "./events";
import { type Walk, walk } from "./explore";
import { mutants } from "./mutants";
import { scenarios, twoRecords } from "./scenarios";

describe("the exhaustive walk of the role switch", function () {
  this.timeout(900_000);
  const walked = new Map<string, Walk>();
  const walkOf = (scenario: Scenario): Walk => {
    const known = walked.get(scenario.name) ?? walk(scenario, scenario.depth[0], real);
    walked.set(scenario.name, known);
    return known;
  };

  for (const scenario of scenarios)
    it(`${scenario.name}: no permitted step ever meets another exporter, within ${scenario.depth[0]} events`, () => {
      const found = walkOf(scenario);
      assert.deepEqual(found.counterexample, null);
      assert.ok(found.states > 10, `${found.states} worlds`);
    });

  it("has seen many worlds, and promotions in them: otherwise it would prove nothing", () => {
    const all = scenarios.map(walkOf);
    const sum = (of: (each: Walk) => number): number => all.reduce((total, each) => total + of(each), 0);
    const [worlds, promotions] = [sum(({ states }) => states), sum((each) => each.promotions)];
    assert.ok(worlds > 10_000 && promotions > 100, `${worlds} worlds, ${promotions} promotions`);
    console.log(
      `      ${worlds} different worlds, ${sum(({ steps }) => steps)} steps, ${promotions} permitted promotions`,
    );
  });

  it("does not hold for two records of one pair, as docs/switch.md says: there has to be one", () => {
    const { counterexample } = walk(twoRecords, twoRecords.depth[0], real);
    assert.match(counterexample?.join("\n") ?? "", /operator 1: promote B[\s\S]*promoted while/);
  });

  for (const { name, scenario, depth, concluding } of mutants)
    it(`finds two exporters with a machine that ${name}`, () => {
      const start = scenarios.find((each) => each.name === scenario);
      assert.ok(start !== undefined, scenario);
      assert.notEqual(walk(start, depth, concluding).counterexample, null);
    });
});
