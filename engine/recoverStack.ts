import { existsSync, readFileSync, statSync } from "node:fs";
import { copyFile, mkdtemp, rename, rm } from "node:fs/promises";
import { hostname, tmpdir, uptime } from "node:os";
import { join } from "node:path";
import { type Here, type Lock, readLock, readState, type StackFacts, type Step } from "../review/recover";
import { CouldNotRun } from "../review/verdict";
import { runToEnd } from "./childProcess";
import { filesIn, folderOfBackend, placesOf, textOfState } from "./stackFiles";

/** How Pulumi is called for one stack: always its own commands, with the caller's login, backend and environment. */
export interface StackCall {
  readonly pulumi: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Folder of the project, and its name. */
  readonly folder: string;
  readonly project: string;
  readonly stack: string;
}

export function thisMachine(now: Date = new Date()): Here {
  return {
    host: hostname(),
    bootedAt: new Date(now.getTime() - uptime() * 1000).toISOString(),
    isRunning(pid) {
      try {
        process.kill(pid, 0);
        return true;
      } catch (error) {
        // Somebody else's process may not be signalled, and runs.
        return !(error instanceof Error && "code" in error && error.code === "ESRCH");
      }
    },
  };
}

/** What is known of a stack after an interruption. Changes nothing. */
export async function readStackFacts(call: StackCall): Promise<StackFacts> {
  const { stack, project } = call;
  const backend = await backendOf(call);
  const folder = folderOfBackend(backend);
  const shown = backend.replace(/\/\/[^/@]*@/, "//").replace(/\?.*$/, "");
  if (folder === undefined) {
    const { output, said } = await exported(call);
    const state = output === undefined ? undefined : readState(output);
    return { stack, backend: shown, local: false, state, path: "", ...nothingLocal, said };
  }
  const places = placesOf(folder, project, stack);
  const lockFiles = filesIn(places.locks, /\.json$/).map((path) => ({
    path,
    lock: readLock(path, readFileSync(path, "utf8")),
  }));
  const emptySideFiles = places.sideFiles.filter((path) => statSync(path).size === 0);
  return {
    stack,
    backend: shown,
    local: true,
    state: places.state === "" ? undefined : readState(textOfState(places.state)),
    path: places.state,
    locks: lockFiles.flatMap(({ lock }): readonly Lock[] => (lock === undefined ? [] : [lock])),
    unreadLocks: lockFiles.flatMap(({ path, lock }) => (lock === undefined ? [path] : [])),
    emptySideFiles,
    copies: places.copies.map((path) => ({ path, state: readState(textOfState(path)) })),
    said: places.state === "" ? `there is no stack ${stack} of the project ${project} in ${folder}` : "",
  };
}

const nothingLocal = { locks: [], unreadLocks: [], emptySideFiles: [], copies: [] } as const;

async function backendOf(call: StackCall): Promise<string> {
  const { code, stdout, stderr } = await run(call, ["whoami", "--verbose", "--json"]);
  if (code !== 0)
    throw new CouldNotRun(`pulumi does not say which backend it uses here: ${stderr.trim() || stdout.trim()}`);
  const { url } = JSON.parse(stdout) as { readonly url?: string };
  if (typeof url !== "string")
    throw new CouldNotRun("pulumi whoami --verbose --json names no backend. Log in first: pulumi login.");
  return url;
}

async function exported(call: StackCall): Promise<{ readonly output?: string; readonly said: string }> {
  const { code, stdout, stderr } = await run(call, ["stack", "export", "--stack", call.stack]);
  return code === 0 ? { output: stdout, said: "" } : { said: stderr.trim() };
}

/**
 * Does one step, and throws CouldNotRun where it could not be done. Never runs `up`, and asks Azure nothing.
 *
 * @param at for the names of what is kept
 */
export async function doStep(call: StackCall, step: Step, at: Date = new Date()): Promise<void> {
  const mark = at.toISOString().replace(/[-:]|\.\d+/g, "");
  switch (step.kind) {
    case "clearLock": {
      // Whoever took the stack meanwhile is alive: cancel would take that lock away too.
      const still = step.locks.filter(({ path }) => existsSync(path));
      if (still.length === 0) return;
      await must(call, ["cancel", "--yes", "--stack", call.stack]);
      return;
    }
    case "sideFiles":
      for (const path of step.paths) await rename(path, `${path}.cut-${mark}`);
      return;
    case "restore": {
      await copyFile(step.path, `${step.path}.cut-${mark}`);
      const partial = `${step.path}.partial-${mark}`;
      await copyFile(step.from, partial);
      await rename(partial, step.path);
      return;
    }
    case "settle": {
      const folder = await mkdtemp(join(tmpdir(), "entra-connect-recover-"));
      try {
        const file = join(folder, "state.json");
        await must(call, ["stack", "export", "--stack", call.stack, "--file", file]);
        await must(call, ["stack", "import", "--stack", call.stack, "--file", file]);
      } finally {
        // Secrets in it are encrypted; nobody needs it all the same.
        await rm(folder, { recursive: true, force: true });
      }
      return;
    }
  }
}

async function must(call: StackCall, args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await run(call, args);
  if (code === 0) return;
  throw new CouldNotRun(
    `pulumi ${args.join(" ")} failed: ${stderr.trim() || stdout.trim()}\nWhat was done before it stays done; run recover again to see where it stands.`,
  );
}

async function run({ pulumi, environment, folder }: StackCall, args: readonly string[]) {
  const ended = await runToEnd(pulumi, [...args, "--non-interactive", "--color", "never"], {
    cwd: folder,
    environment: { ...environment, PULUMI_SKIP_UPDATE_CHECK: "true" },
  });
  if (ended.problem !== undefined) throw new CouldNotRun(`${pulumi} could not be run: ${ended.problem}`);
  return ended;
}
