/** Runs what arrives at a simulated machine, in the test PowerShell or emulated from the same world. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunScriptRequest, RunScriptResult, ScriptRun, ServerFolder, WindowsExecutor } from "../world/contract";
import { handOver, notRecognised, readCommandLine, scriptNameIn, shellKey, shellOf } from "./commandLine";
import { emulateTask } from "./emulation/archiveConfiguration";
import { type EmulatedRun, emulateScript } from "./emulation/emulate";
import { writeExportedConfiguration } from "./exportedConfiguration";
import { needsPowershell } from "./peculiarities";
import { runInPowershell } from "./powershellRun";
import { runDueTasks, type TaskRunner } from "./scheduledTasks";
import { readRegistry, readServerWorld, registryValue } from "./serverFiles";
import { findTestPowershell } from "./testPowershell";
import type { WayToAzure } from "./wayToAzure";

/** Azure returns only the end of each stream (azure.md 11.8). */
const runCommandOutputBytes = 4096;
/** Real time after which a script that hangs is killed. */
const longestRunMilliseconds = 15 * 60_000;

/** A script's text, ready to run. */
interface Prepared extends EmulatedRun {
  readonly timeoutMilliseconds: number;
}

type Runner = (server: ServerFolder, prepared: Prepared) => Promise<number>;

/** Runs scripts, and what the task scheduler of a machine has to run. */
export interface TaskingExecutor extends WindowsExecutor {
  /** Those that are due now, one after the other; their names. */
  runDueTasks(server: ServerFolder, signal?: AbortSignal): Promise<readonly string[]>;
}

/** Real time between two looks at what a script has asked the task scheduler for. */
const lookMilliseconds = 50;

/**
 * @param options.powershell path of the test PowerShell or `off`; default ENTRA_CONNECT_TEST_POWERSHELL, else the bundle
 * beside the repository, else emulation
 * @throws CouldNotRun where a PowerShell is named that is not the test PowerShell
 */
export async function createExecutor(
  options: {
    readonly powershell?: string | "off";
    /** How machines get to tokens and blobs, asked at every run; default: nobody answers. */
    readonly way?: () => WayToAzure | undefined;
  } = {},
): Promise<TaskingExecutor> {
  const way = () => options.way?.();
  const powershell = await findTestPowershell(options.powershell);
  const runner: Runner =
    powershell === undefined
      ? (server, prepared) => emulateWhereItCan(server, prepared.onStderr, () => emulateScript(server, prepared))
      : async (server, { text, ...rest }) =>
          withFile(text, async (scriptFile) => {
            const { computerName } = await readServerWorld(server);
            const http = way()?.base?.(server.name);
            return runInPowershell(powershell, server, { ...rest, scriptFile, computerName, http });
          });
  const runTask: TaskRunner = async (server, command, signal) => {
    await writeExportedConfiguration(server);
    const quiet = { onStdout: () => undefined, onStderr: () => undefined, stdin: Buffer.alloc(0) };
    if (powershell === undefined)
      return emulateWhereItCan(server, quiet.onStderr, () => emulateTask(server, command, way(), signal));
    return runner(server, { ...quiet, text: command, signal, timeoutMilliseconds: longestRunMilliseconds });
  };
  const dueTasks = (server: ServerFolder, signal?: AbortSignal) => runDueTasks(server, runTask, signal);
  return {
    kind: powershell === undefined ? "emulated" : "powershell",
    exec: (server, run) => besideTasks(server, run, dueTasks, () => execute(runner, server, run)),
    runScript: (server, request) => runCommand(runner, server, request),
    runDueTasks: dueTasks,
  };
}

/** A machine with a peculiarity is left as it is, whatever runs there. */
async function emulateWhereItCan(
  server: ServerFolder,
  onStderr: (chunk: Buffer) => void,
  emulate: () => Promise<number>,
): Promise<number> {
  const refusal = needsPowershell(await readServerWorld(server));
  if (refusal === undefined) return emulate();
  onStderr(Buffer.from(`${refusal}\n`));
  return 1;
}

/** A script that asks the task scheduler for a run waits for it. */
async function besideTasks(
  server: ServerFolder,
  run: ScriptRun,
  runDue: TaskingExecutor["runDueTasks"],
  work: () => Promise<number>,
): Promise<number> {
  if (scriptNameIn(run.stdin.subarray(0, 200).toString("utf8")) !== "keep-archiving") return work();
  let over = false;
  const going = work().finally(() => {
    over = true;
  });
  while (!over) {
    await runDue(server, run.signal).catch(() => []);
    await Promise.race([going.catch(() => 0), new Promise((resolve) => setTimeout(resolve, lookMilliseconds))]);
  }
  return going;
}

async function execute(runner: Runner, server: ServerFolder, run: ScriptRun): Promise<number> {
  const { commandLine, stdin, onStdout, onStderr, signal } = run;
  const streams = { onStdout, onStderr, signal, timeoutMilliseconds: longestRunMilliseconds };
  const shell = shellOf(registryValue(await readRegistry(server), shellKey, "DefaultShell"));
  const request = readCommandLine(commandLine, shell);
  switch (request.kind) {
    case "unknown":
      onStderr(Buffer.from(notRecognised(request.firstWord, shell)));
      return 1;
    case "standard-input": {
      const text = stdin.toString("utf8");
      const { codeAtEnd, codeSeen } = request;
      if (text.trim() === "") return codeSeen(codeAtEnd);
      return codeSeen(await runner(server, { ...streams, text, codeAtEnd, stdin: Buffer.alloc(0) }));
    }
  }
}

async function runCommand(runner: Runner, server: ServerFolder, request: RunScriptRequest): Promise<RunScriptResult> {
  let output = Buffer.alloc(0);
  let error = Buffer.alloc(0);
  const exitCode = await runner(server, {
    text: request.script,
    parameters: handOver(request.parameters),
    stdin: Buffer.alloc(0),
    timeoutMilliseconds: Math.min(request.timeoutInSeconds * 1000, longestRunMilliseconds),
    onStdout: (chunk) => {
      output = Buffer.concat([output, chunk]);
    },
    onStderr: (chunk) => {
      error = Buffer.concat([error, chunk]);
    },
  });
  const end = (bytes: Buffer) => bytes.subarray(-runCommandOutputBytes).toString("utf8");
  return { exitCode, output: end(output), error: end(error) };
}

/** Outside the machine's folder: what is on its C: drive stays what the scripts put there. */
async function withFile<Result>(text: string, use: (file: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "entra-connect-script-"));
  try {
    const file = join(folder, "script.ps1");
    await writeFile(file, text, { mode: 0o600 });
    return await use(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
