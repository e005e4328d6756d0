import { walk } from "./explore";
import { mutants } from "./mutants";
import { scenarios } from "./scenarios";

const only = process.argv[2] ?? "";
for (const m of mutants.filter((x) => x.name.includes(only))) {
  let found = false;
  for (const s of scenarios.filter((x) => x.name === m.scenario)) {
    const t = Date.now();
    const w = walk(s, m.depth, m.concluding);
    console.log(m.name, "|", s.name, Date.now() - t, "ms", w.states, JSON.stringify(w.counterexample));
    found = true;
  }
  if (!found) console.log("NO SCENARIO", m.name);
}
