import { spawn } from "node:child_process";
import { join } from "node:path";
import type { ServerFolder } from "../world/contract";
import type { GivenWords } from "./commandLine";
import { stubFolder } from "./stubFolder";
import type { TestPowershell } from "./testPowershell";

export interface PowershellRun {
  /** File of this machine that holds the script's text. */
  readonly scriptFile: string;
  readonly parameters?: GivenWords;
  /** How the run ends where the text does not say, or cannot be read; default 0 and 1. */
  readonly codeAtEnd?: number;
  readonly computerName: string;
  /** Where the machine's own way to Azure ends on loopback; undefined: nobody answers. */
  readonly http?: string;
  readonly stdin: Buffer;
  readonly onStdout: (chunk: Buffer) => void;
  readonly onStderr: (chunk: Buffer) => void;
  readonly signal?: AbortSignal;
  readonly timeoutMilliseconds: number;
}

/** How an ended run that did not end by itself is told from one that did. */
export const killedExitCode = 1;

/** One script in a process of its own, over the files of one simulated machine. Resolves with the exit code. */
export async function runInPowershell(
  powershell: TestPowershell,
  server: ServerFolder,
  run: PowershellRun,
): Promise<number> {
  const child = spawn(powershell.path, ["-NoProfile", "-NonInteractive", "-File", join(stubFolder, "run.ps1")], {
    cwd: powershell.home,
    // A group of its own, so that the launcher's child ends with it.
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
    // Nothing of the user's environment: no token, no key, no proxy.
    env: {
      PATH: "/usr/bin:/bin",
      HOME: powershell.home,
      TZ: "UTC",
      NO_COLOR: "1",
      TEST_REGISTRY: join(server.path, "registry.json"),
      REHEARSAL_SERVER: server.path,
      COMPUTERNAME: run.computerName,
      REHEARSAL_SCRIPT: run.scriptFile,
      ...(run.http !== undefined && { REHEARSAL_HTTP: run.http }),
      ...(run.codeAtEnd !== undefined && { REHEARSAL_CODE_AT_END: String(run.codeAtEnd) }),
      ...(run.parameters && { REHEARSAL_PARAMETERS: JSON.stringify(run.parameters) }),
    },
  });
  const kill = () => {
    if (child.pid === undefined || child.exitCode !== null) return;
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      child.kill("SIGKILL");
    }
  };
  const timer = setTimeout(kill, run.timeoutMilliseconds);
  process.once("exit", kill);
  run.signal?.addEventListener("abort", kill, { once: true });
  if (run.signal?.aborted) kill();
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.stdout.on("data", run.onStdout);
      child.stderr.on("data", run.onStderr);
      // A script that ends without reading its input is no failure.
      child.stdin.on("error", () => undefined);
      child.stdin.end(run.stdin);
      child.once("close", (code) => resolve(code ?? killedExitCode));
    });
  } finally {
    clearTimeout(timer);
    process.removeListener("exit", kill);
    run.signal?.removeEventListener("abort", kill);
  }
}
