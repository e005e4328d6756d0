import { real } from "./events";
import { type Walk, walk } from "./explore";
import { mutants } from "./mutants";
import { scenarios } from "./scenarios";

/** The whole walk, one line a beginning: `npm run walk-switch [-- deep] [part of a beginning's name]`. */
function main(): void {
  const words = process.argv.slice(2);
  const deep = words.includes("deep");
  const named = words.find((word) => word !== "deep") ?? "";
  const walks: Walk[] = [];
  for (const scenario of scenarios.filter(({ name }) => name.includes(named))) {
    const found = walk(scenario, scenario.depth[deep ? 1 : 0], real);
    walks.push(found);
    say(
      `${scenario.name}: ${found.states} worlds and ${found.steps} steps within ${found.depth} events, ${found.promotions} permitted promotions${found.closed ? "; these are all there are, whatever follows" : ""}`,
    );
    if (found.counterexample !== null) say(`  TWO EXPORTERS: ${found.counterexample.join("; ")}`);
  }
  const sum = (of: (each: Walk) => number): number => walks.reduce((total, each) => total + of(each), 0);
  say(
    `in all ${sum(({ states }) => states)} worlds, ${sum(({ steps }) => steps)} steps, ${sum(({ promotions }) => promotions)} permitted promotions`,
  );
  let caught = 0;
  for (const { name, scenario, depth, concluding } of mutants) {
    const start = scenarios.find((each) => each.name === scenario);
    const found = start === undefined ? null : walk(start, depth, concluding).counterexample;
    if (found !== null) caught++;
    say(found === null ? `NOT CAUGHT: ${name}` : `caught: ${name} (${found.length - 1} events)`);
  }
  const sound = walks.every(({ counterexample }) => counterexample === null) && caught === mutants.length;
  process.exitCode = sound ? 0 : 1;
}

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

main();
