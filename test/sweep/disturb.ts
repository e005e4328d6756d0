import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../rehearsal/run/run";
import type { Session } from "../../rehearsal/run/session";
import type { RunSummary } from "../../rehearsal/run/summary";
import { readCallLog } from "../../rehearsal/world/callLog";
import type { Rehearsal } from "../support/rehearsal";
import { differences, type EndState, endStateOf, namesIn, namesOf, pendingOperations } from "./endState";
import { faultText, type Point, type Visit, visitsIn } from "./points";
import { brokenPromises } from "./promises";
import type { Scenario } from "./scenarios";
import { wordsMissing } from "./words";

export type Outcome = "survived" | "needed hands" | "broken" | "not met";

export interface Result {
  readonly outcome: Outcome;
  /** Why it did not survive. */
  readonly why: readonly string[];
  /** What a failed run on the way did not say. */
  readonly words: readonly string[];
  readonly runs: readonly { readonly result: string; readonly said: readonly string[] }[];
}

/** A scenario that is ready to be disturbed again and again: its start is kept, its undisturbed end known. */
export interface Prepared {
  readonly scenario: Scenario;
  readonly world: Rehearsal;
  readonly visits: readonly Visit[];
  readonly end: EndState;
  /** Where the next command ends, of a scenario that leaves something to it. */
  readonly nextEnd?: EndState;
  readonly names: (place: string) => readonly string[];
  reset(): void;
  remove(): void;
}

/** How often the user's next command is given. */
const attempts = 3;
/** Nothing of ours takes so long; a run that does is ended and counted as broken. */
const longestMinutes = 20;

export async function prepare(scenario: Scenario): Promise<Prepared> {
  const world = scenario.make();
  const kept = mkdtempSync(join(tmpdir(), "entra-connect-sweep-"));
  const remove = () => {
    world.remove();
    rmSync(kept, { recursive: true, force: true });
  };
  try {
    await scenario.start(world);
    scenario.change?.(world);
    cpSync(world.world, kept, { recursive: true });
    const before = (await world.picture()).calls.length;
    // Of what goes in this run the state tells only before, of what comes only after.
    const namesBefore = namesIn(world);
    const undisturbed = await world.run(scenario.action);
    if (undisturbed.result !== "succeeded")
      throw new Error(`${scenario.name} fails without any fault: ${saidOf(undisturbed).join("; ")}`);
    const { calls } = await world.picture();
    const places = visitsIn(calls.slice(before));
    const names = [...namesBefore, ...namesIn(world)];
    const end = await endStateOf(world);
    const broken = brokenPromises(await happened(world, before, scenario));
    if (broken.length > 0) throw new Error(`${scenario.name} breaks a promise without any fault: ${broken.join("; ")}`);
    return {
      scenario,
      world,
      visits: places,
      end,
      ...(scenario.next === undefined ? {} : { nextEnd: await nextEndOf(world, scenario) }),
      names: (place) => namesOf(place, names),
      reset() {
        rmSync(world.world, { recursive: true, force: true });
        cpSync(kept, world.world, { recursive: true });
      },
      remove,
    };
  } catch (error) {
    remove();
    throw error;
  }
}

async function nextEndOf(world: Rehearsal, { name, action }: Scenario): Promise<EndState> {
  const next = await world.run(action);
  if (next.result !== "succeeded") throw new Error(`the command after ${name} fails: ${saidOf(next).join("; ")}`);
  return endStateOf(world);
}

/**
 * One fault in one run, and of a pair another one in the next; then the user's next command until it succeeds. The world is
 * left as it ended.
 */
export async function disturb(prepared: Prepared, point: Point): Promise<Result> {
  const { world, scenario } = prepared;
  prepared.reset();
  const before = (await world.picture()).calls.length;
  const runs: RunSummary[] = [];
  const last = () => runs.at(-1) as RunSummary;
  try {
    runs.push(await runWith(world, scenario, [faultText(point)]));
    if (notMet(last())) return result("not met", ["nothing was struck"]);
    let { second } = point;
    while (
      last().result !== "succeeded" &&
      runs.length <= attempts + (point.second ? 1 : 0) &&
      !saysTheSameTwice(runs)
    ) {
      // docs/after-an-interruption.md
      if (last().result !== "failed") await recoverWorld(world);
      runs.push(await runWith(world, scenario, second ? [faultText(second)] : []));
      if (second && notMet(last())) return result("not met", ["the second one was not struck"]);
      second = undefined;
    }
    if (second) return result("not met", ["the run healed itself: there was no second one"]);
  } catch (error) {
    // The command itself gave up: a state that cannot be read, a world that cannot be opened.
    return result("needed hands", [error instanceof Error ? error.message : String(error)]);
  }
  const promises = brokenPromises(await happened(world, before, scenario));
  if (last().result !== "succeeded")
    return result(promises.length > 0 ? "broken" : "needed hands", [...promises, ...saidOf(last())]);
  const end = await endStateOf(world);
  const differs = differences(prepared.end, end);
  // The one after a run that was repeated may be the next command already.
  const ended = differs.length === 0 || (prepared.nextEnd && differences(prepared.nextEnd, end).length === 0);
  const why = [...promises, ...(ended ? [] : differs)];
  if (why.length > 0) return result("broken", why);
  const pending = pendingOperations(world);
  return result(
    pending.length > 0 ? "needed hands" : "survived",
    pending.map((each) => `${each} stays pending`),
  );

  function result(outcome: Outcome, reasons: readonly string[]): Result {
    const words = runs.flatMap((each, index) =>
      // Later failures are of another place: they are to name some cause and next step.
      wordsMissing(each, index === 0 ? point.place : "", index === 0 ? prepared.names(point.place) : []),
    );
    return {
      outcome,
      why: reasons,
      words: [...new Set(words)],
      runs: runs.map((each) => ({ result: each.result, said: saidOf(each) })),
    };
  }
}

export async function runWith(
  world: Rehearsal,
  scenario: Pick<Scenario, "action">,
  faults: readonly string[],
): Promise<RunSummary> {
  const session = await world.open({ faults });
  const given = impatience(session, join(world.world, "calls.jsonl"));
  try {
    return (await run(session, scenario.action)).summary;
  } finally {
    given();
    await session.close();
  }
}

/** `recover --yes`, for a stack whose run was killed or interrupted. */
export async function recoverWorld(world: Rehearsal): Promise<void> {
  const { verdict, findings } = await world.recover("--yes");
  if (verdict !== "ok")
    throw new Error(`recover --yes leaves ${findings.map(({ title }) => title).join("; ") || "something"}`);
}

/** Somebody who presses Ctrl-C where nothing answers any more, and a second time if that does not end it. */
function impatience({ engine }: Session, log: string): () => void {
  const before = readCallLog(log).length;
  let length = before;
  let quiet = 0;
  const looks = setInterval(() => {
    const entries = readCallLog(log);
    quiet = entries.length === length ? quiet + 1 : 0;
    length = entries.length;
    if (quiet > 0 && quiet % 8 === 0 && entries.slice(before).some(({ result }) => /no answer$/.test(result)))
      process.emit("SIGINT", "SIGINT");
  }, 1000);
  const end = setTimeout(() => engine.kill(), longestMinutes * 60_000);
  return () => {
    clearInterval(looks);
    clearTimeout(end);
  };
}

const notMet = ({ findings }: RunSummary): boolean => findings.some(({ code }) => code === "fault-not-met");

function saysTheSameTwice(runs: readonly RunSummary[]): boolean {
  const [one, other] = [runs.at(-1), runs.at(-2)];
  return runs.length > 2 && one !== undefined && other !== undefined && saidOf(one).join() === saidOf(other).join();
}

function saidOf({ result, findings }: RunSummary): readonly string[] {
  const said = findings.filter(({ severity }) => severity === "blocking");
  return [result, ...said.map(({ subject, title, cause }) => `${subject}: ${title} ${cause}`.slice(0, 600))];
}

async function happened(world: Rehearsal, before: number, scenario: Scenario) {
  const { calls, servers } = await world.picture();
  const deleted = world.deletedMachines().map((name) => ({ name, state: world.deletedServer(name) }));
  return { calls, before, servers: [...servers, ...deleted], untouched: scenario.untouched ?? [] };
}
