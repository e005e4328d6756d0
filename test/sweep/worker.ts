import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { disturb, type Prepared, prepare } from "./disturb";
import { keyOf } from "./points";
import type { Answered, Asked } from "./protocol";
import { scenarioOf } from "./scenarios";
import { isWanting } from "./table";

/** A process of its own for every job: worlds, engine and language host are in it. */
let current: Prepared | undefined;
let queue = Promise.resolve();

process.on("message", (asked: Asked) => {
  queue = queue.then(async () => {
    try {
      tell(await answer(asked));
    } catch (error) {
      tell({ answer: "failed", why: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  });
});
process.once("disconnect", () => {
  // An engine that runs is ended by its own handler of this event.
  process.exit(0);
});
process.once("exit", () => current?.remove());

function tell(answered: Answered): void {
  process.send?.(answered);
}

async function answer(asked: Asked): Promise<Answered> {
  const began = cpuSeconds();
  const at = Date.now();
  if (asked.ask === "visits") {
    const { visits } = await ready(asked.scenario);
    return { answer: "visits", scenario: asked.scenario, visits, cpuSeconds: cpuSeconds() - began };
  }
  const { point, keep } = asked;
  const prepared = await ready(point.scenario);
  const result = await disturb(prepared, point);
  if (keep !== undefined && isWanting({ point, ...result })) {
    const folder = join(keep, keyOf(point).replaceAll(/[^A-Za-z0-9.@=-]+/g, "_"));
    cpSync(prepared.world.folder, folder, { recursive: true, filter: (path) => !path.endsWith("node_modules") });
  }
  const seconds = (Date.now() - at) / 1000;
  return { answer: "result", point, result, cpuSeconds: cpuSeconds() - began, seconds };
}

async function ready(scenario: string): Promise<Prepared> {
  if (current?.scenario.name === scenario) return current;
  current?.remove();
  current = undefined;
  current = await prepare(scenarioOf(scenario));
  return current;
}

/** Of this process and of everything that it started and that has ended; 0 where the system does not tell. */
function cpuSeconds(): number {
  try {
    const [, rest = ""] = /^\d+ \(.*\) (.*)$/s.exec(readFileSync("/proc/self/stat", "latin1")) ?? [];
    // user, system, and both of ended children, in hundredths of a second (proc(5), fields 14 to 17).
    return (
      rest
        .split(" ")
        .slice(11, 15)
        .reduce((sum, field) => sum + Number(field), 0) / 100
    );
  } catch {
    return 0;
  }
}
