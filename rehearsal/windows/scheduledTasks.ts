/** Runs what the task scheduler of a simulated machine has to run: as its definition says, in the test PowerShell or emulated. */
import { readFile, writeFile } from "node:fs/promises";
import { archivedScriptPath } from "../../scripts/assemble";
import type { ServerFolder } from "../world/contract";
import { changeServerWorld, pathOnDrive, readServerWorld } from "./serverFiles";
import type { ServerWorld, TaskWorld } from "./serverWorld";
import { simulatedNow } from "./simulatedTime";

/** Runs the text behind `-Command` and gives its exit code. */
export type TaskRunner = (server: ServerFolder, command: string, signal?: AbortSignal) => Promise<number>;

export const notYetRun = 0x41303;
const runs = 0x41301;

/** What the definition starts: the text behind PowerShell's `-Command`. */
export function commandOf(xml: string): string {
  const given = /<Arguments>([\s\S]*?)<\/Arguments>/.exec(xml)?.[1] ?? "";
  const line = given.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
  return /-Command "([^"]*)"/.exec(line)?.[1] ?? "";
}

/** The first instant after `after` at which the task is due; the machine's own time zone is UTC. */
export function nextRun(xml: string, after: Date): Date {
  const start = Date.parse(`${/<StartBoundary>([^<]*)</.exec(xml)?.[1] ?? "2026-01-01T00:00:00"}Z`);
  const hours = Number(/<Interval>PT(\d+)H</.exec(xml)?.[1] ?? 24);
  const step = hours * 3_600_000;
  const passed = Math.floor((after.getTime() - start) / step) + 1;
  return new Date(start + Math.max(0, passed) * step);
}

/** Whether the scheduler would start it now: somebody asked, or its time has come since it last looked. */
function isDue(task: TaskWorld, now: Date): boolean {
  if (task.state !== "Ready") return false;
  const last = task.lastRunAt ?? task.registeredAt;
  return task.startRequested || nextRun(task.xml, new Date(last)) <= now;
}

/** Runs those that are due, one after the other; which ones. A missed time is made up for once, as `StartWhenAvailable` says. */
export async function runDueTasks(
  server: ServerFolder,
  run: TaskRunner,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const ran: string[] = [];
  for (;;) {
    const begun = await changeServerWorld(server, (world): { name: string; xml: string } | undefined => {
      const now = simulatedNow(world.clock);
      const [name, task] = Object.entries(world.tasks ?? {}).find(([, each]) => isDue(each, now)) ?? [];
      if (name === undefined || task === undefined) return undefined;
      Object.assign(task, {
        state: "Running",
        startRequested: false,
        lastRunAt: now.toISOString(),
        lastResult: runs,
      } satisfies Partial<TaskWorld>);
      return { name, xml: task.xml };
    });
    if (begun === undefined) return ran;
    let code = 1;
    try {
      await tamper(server);
      code = await run(server, commandOf(begun.xml), signal);
    } finally {
      await changeServerWorld(server, (world) => ended(world, begun, code));
    }
    ran.push(begun.name);
    if (signal?.aborted) return ran;
  }
}

async function tamper(server: ServerFolder): Promise<void> {
  if (!(await readServerWorld(server)).peculiarities.archiveScriptChanged) return;
  const script = pathOnDrive(server, archivedScriptPath);
  const text = await readFile(script, "utf8").catch(() => undefined);
  if (text !== undefined && !text.endsWith(changed)) await writeFile(script, text + changed);
}

const changed = "\n# changed by somebody\n";

/** Somebody may have taken it out or put another in its place meanwhile. */
function ended(world: ServerWorld, { name, xml }: { readonly name: string; readonly xml: string }, code: number): void {
  const task = world.tasks?.[name];
  if (task === undefined || task.xml !== xml) return;
  task.state = "Ready";
  task.lastResult = code;
  if (world.peculiarities.tasksTakenOut) delete world.tasks?.[name];
}

/** A machine that went down in the middle of a run: Windows says that it was ended. */
export function endedByRestart(world: ServerWorld): void {
  for (const task of Object.values(world.tasks ?? {}))
    if (task.state === "Running") {
      task.state = "Ready";
      task.lastResult = 0x41306;
    }
}
