import { type ChildProcess, fork } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { duration } from "../../engine/progress";
import { faultEffects } from "../../rehearsal/world/faultEffects";
import {
  keyOf,
  type Point,
  pairs,
  pointsOf,
  type Strike,
  sample,
  selected,
  strikeOf,
  strikesText,
  type Visit,
  withoutShared,
} from "./points";
import type { Answered, Asked } from "./protocol";
import { addResult, readResults } from "./results";
import { type Scenario, scenarioOf, scenarios } from "./scenarios";
import { isWanting, table, wanting, written } from "./table";

interface Options {
  readonly scenario: readonly string[];
  readonly effect: readonly string[];
  readonly point: readonly string[];
  readonly sample?: number;
  readonly pairs?: number;
  readonly second?: Strike;
  readonly seed: number;
  readonly jobs: number;
  readonly results: string;
  readonly fresh: boolean;
  readonly list: boolean;
  readonly report: boolean;
  readonly again: boolean;
  readonly keep?: string;
  readonly write?: string;
}

const effects = faultEffects.map(({ effect, meaning }) => `  ${effect.padEnd(18)} ${meaning}`).join("\n");
const names = scenarios.map(({ name, meaning }) => `  ${name.padEnd(18)} ${meaning}`).join("\n");

const help = `
One command of a user is disturbed at one point, everything else is as always. Then the user's next command is given: the
same one, at most three times (after recover --yes, where the engine was killed or the run interrupted). A point has
survived if that ends where an undisturbed run ends (every resource in the simulated Azure, every resource and its inputs
in the state, and on each server our files, its services and packages), if no promise was broken at any moment, and if
each failed run said where it failed, why, and what to do next.

Scenarios (--scenario):
${names}

Effects (--effect); which place takes which is in docs/rehearsal.md:
${effects}

What is not struck twice: where a scenario extends another one from the same start (join and kept-ready extend first-up),
the same call with the same name at the same visit is struck in the other one only.

Results are kept, a line a point, in the file of --results; the same command again goes on where it was interrupted.
Worlds lie in the folder for temporary files and are removed.

Examples:
  npm run sweep -- --list                                             how many points there are
  npm run sweep -- --scenario first-up --effect lost --effect kill    two effects in one scenario
  npm run sweep -- --sample 40                                        forty points, spread over all
  npm run sweep -- --pairs 40                                         one fault, and another one in the run after it
  npm run sweep -- --report                                           the table of what was swept so far
`;

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];
const whole = (value: string): number => {
  if (!/^[1-9][0-9]{0,8}$/.test(value)) throw new InvalidArgumentError("A whole number from 1 on is expected.");
  return Number(value);
};
const fault = (value: string): Strike => {
  const found = strikeOf(value);
  if (found === undefined) throw new InvalidArgumentError("A fault with its visit is expected: ssh:reach=lost@1.");
  return found;
};
const oneOf =
  (known: readonly string[]) =>
  (value: string, before: readonly string[]): readonly string[] => {
    if (!known.includes(value)) throw new InvalidArgumentError(`One of ${known.join(", ")} is expected.`);
    return collect(value, before);
  };

const command = new Command("npm run sweep --")
  .description(
    "Strikes every call, script and copied file of the main commands with every fault, and says what survives.",
  )
  .option("--scenario <name>", "only this scenario; may be repeated", oneOf(scenarios.map(({ name }) => name)), [])
  .option("--effect <effect>", "only this effect; may be repeated", oneOf(faultEffects.map(({ effect }) => effect)), [])
  .option("--point <pattern>", "only places (or whole faults) like this, * for any text; may be repeated", collect, [])
  .option("--sample <number>", "only so many of the points, spread over all", whole)
  .option("--pairs <number>", "so many pairs drawn from the points: one, and in the next run another one", whole)
  .option("--second <fault>", "of every point a pair with this one in the next run", fault)
  .option("--seed <number>", "which ones --sample and --pairs take", whole, 1)
  .option("--jobs <number>", "worlds at a time; much of a run is waiting", whole, availableParallelism() + 1)
  .option("--results <file>", "where results are kept and read", "sweep.jsonl")
  .option("--fresh", "strike again what the file has already", false)
  .option("--again", "of the points in the file, only those that did not survive, again", false)
  .option("--list", "say how many points there are, and end", false)
  .option("--report", "say what the file has, and end", false)
  .option("--keep <folder>", "keep the world of every point that did not survive there")
  .option("--write <page>", "put the table between the marks of this page (docs/evidence.md)")
  .addHelpText("after", help);

const say = (text: string) => process.stdout.write(`${text}\n`);
const tell = (text: string) => process.stderr.write(`${text}\n`);

/** One process that has at most one question to answer. */
class Worker {
  private readonly child: ChildProcess;
  private waiting: { resolve: (answered: Answered) => void; reject: (error: Error) => void } | undefined;

  constructor() {
    // A group of its own: Ctrl-C is for the sweep, and would be an interrupt of the run that is just swept.
    this.child = fork(join(__dirname, "worker.js"), { detached: true, stdio: ["ignore", "ignore", "inherit", "ipc"] });
    this.child.on("message", (answered) => this.waiting?.resolve(answered as Answered));
    this.child.on("exit", (code, signal) => this.waiting?.reject(new Error(`a worker ended (${signal ?? code})`)));
  }

  ask(asked: Asked): Promise<Answered> {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.child.send(asked);
    });
  }

  end(): void {
    this.waiting = undefined;
    if (this.child.connected) this.child.disconnect();
  }
}

async function main(): Promise<number> {
  const options: Options = command.parse().opts();
  if (options.report) return report(options);
  const jobs = Array.from({ length: options.jobs }, () => new Worker());
  const end = () => {
    for (const job of jobs) job.end();
  };
  process.once("SIGINT", () => {
    end();
    tell(`\ninterrupted; the same command again goes on from ${options.results}.`);
    process.exit(130);
  });
  try {
    const wanted = options.scenario.length > 0 ? options.scenario.map(scenarioOf) : scenarios;
    const visits = await findVisits(jobs, wanted);
    const all = wanted.flatMap((scenario) => pointsOf(scenario.name, ownVisits(scenario, visits)));
    const chosen = choose(all, options);
    tellCounts(wanted, all, chosen, options);
    if (options.list) return 0;
    await strike(jobs, chosen, options);
    return report(options, new Set(chosen.map(keyOf)));
  } finally {
    end();
  }
}

/** Every scenario, and what one extends, is run once undisturbed. */
async function findVisits(jobs: readonly Worker[], wanted: readonly Scenario[]) {
  const needed = [...new Set(wanted.flatMap(({ name, extends: other }) => (other ? [other, name] : [name])))];
  const visits = new Map<string, readonly Visit[]>();
  await eachOf(jobs, needed, async (job, scenario) => {
    const answered = await job.ask({ ask: "visits", scenario });
    if (answered.answer === "failed") throw new Error(answered.why);
    if (answered.answer === "visits") visits.set(scenario, answered.visits);
    tell(`${scenario}: undisturbed, ${visits.get(scenario)?.length} places`);
  });
  return visits;
}

function ownVisits(
  { name, extends: other }: Scenario,
  visits: ReadonlyMap<string, readonly Visit[]>,
): readonly Visit[] {
  const own = visits.get(name) ?? [];
  return other === undefined ? own : withoutShared(own, visits.get(other) ?? []);
}

function choose(all: readonly Point[], options: Options): readonly Point[] {
  const known = new Map(readResults(options.results).map((line) => [keyOf(line.point), line]));
  const asked = selected(all, { effects: options.effect, patterns: options.point });
  const drawn = options.pairs === undefined ? asked : pairs(asked, options.pairs, options.seed);
  const paired = options.second === undefined ? drawn : drawn.map((point) => ({ ...point, second: options.second }));
  const sampled = options.sample === undefined ? paired : sample(paired, options.sample, options.seed);
  if (options.fresh) return sampled;
  return sampled.filter((point) => {
    const line = known.get(keyOf(point));
    return options.again ? line !== undefined && isWanting(line) : line === undefined;
  });
}

function tellCounts(
  wanted: readonly Scenario[],
  all: readonly Point[],
  chosen: readonly Point[],
  options: Options,
): void {
  for (const { name } of wanted) {
    const of = (points: readonly Point[]) => points.filter(({ scenario }) => scenario === name).length;
    say(`${name.padEnd(18)} ${String(of(all)).padStart(5)} points, ${of(chosen)} to be struck now`);
  }
  const sampled = options.sample === undefined ? "" : `; a sample of ${options.sample}, seed ${options.seed}`;
  say(`${"all".padEnd(18)} ${String(all.length).padStart(5)} points, ${chosen.length} to be struck now${sampled}`);
}

async function strike(jobs: readonly Worker[], points: readonly Point[], options: Options): Promise<void> {
  const began = Date.now();
  let done = 0;
  await eachOf(jobs, points, async (job, point) => {
    const answered = await job.ask({ ask: "disturb", point, ...(options.keep ? { keep: options.keep } : {}) });
    done += 1;
    if (answered.answer === "failed") throw new Error(answered.why);
    if (answered.answer !== "result") return;
    const { outcome, why, words } = answered.result;
    addResult(options.results, { point, outcome, why, words, cpuSeconds: answered.cpuSeconds });
    const left = ((Date.now() - began) / done) * (points.length - done);
    const said = words.length > 0 ? `, ${words.join(", ")}` : "";
    const took = `${Math.round(answered.seconds)} s, ${answered.cpuSeconds.toFixed(1)} of processor`;
    tell(
      `[${done}/${points.length}] ${point.scenario} ${strikesText(point)}: ${outcome}${said} (${took}; ${duration(left)} left)`,
    );
  });
}

/** Each worker takes the next one as soon as it is free. */
async function eachOf<T>(jobs: readonly Worker[], all: readonly T[], work: (job: Worker, one: T) => Promise<void>) {
  const queue = [...all];
  await Promise.all(
    jobs.map(async (job) => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) await work(job, next);
    }),
  );
}

function report(options: Options, only?: ReadonlySet<string>): number {
  const all = readResults(options.results);
  const lines = only === undefined ? all : all.filter(({ point }) => only.has(keyOf(point)));
  const left = wanting(lines);
  if (left) say(`\n${left}`);
  const cpu = lines.reduce((sum, line) => sum + line.cpuSeconds, 0);
  say(`\n${table(lines)}\n\n${Math.round(cpu)} s of processor for ${lines.length} points.`);
  if (options.write !== undefined)
    writeFileSync(options.write, written(readFileSync(options.write, "utf8"), `\n${table(all)}\n`));
  return lines.every((line) => !isWanting(line)) ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    tell(error instanceof Error ? error.message : String(error));
    process.exit(4);
  },
);
