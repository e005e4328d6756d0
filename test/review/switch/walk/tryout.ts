import { real } from "./events";
import { walk } from "./explore";
import { scenarios } from "./scenarios";

const depth = Number(process.argv[2] ?? 4);
const only = process.argv[3] ?? "";
for (const s of scenarios.filter((x) => x.name.includes(only))) {
  const t = Date.now();
  const w = walk(s, depth, real);
  console.log(Date.now() - t, "ms", JSON.stringify(w));
}
