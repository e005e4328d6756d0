import { spawn } from "node:child_process";
import { type EngineLog, LineCutter } from "./engineLog";

/** The SDK's runner ends with this code when it has already shown the user what went wrong. */
const alreadyReported = 32;

export type ProgramEnd =
  | { readonly kind: "done" }
  | { readonly kind: "already-reported" }
  | { readonly kind: "failed"; readonly error: string };

export interface RunningProgram {
  readonly ended: Promise<ProgramEnd>;
  /** Ends the program and everything it started. */
  kill(): void;
}

export function startProgram(
  node: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly environment: NodeJS.ProcessEnv; readonly log: EngineLog },
): RunningProgram {
  // A process group of its own: Ctrl-C in the terminal reaches the engine, which lets calls in flight finish; the
  // program must not die under it.
  const detached = process.platform !== "win32";
  const child = spawn(node, args, {
    cwd: options.cwd,
    env: options.environment,
    stdio: ["ignore", "pipe", "pipe"],
    detached,
    windowsHide: true,
  });
  let killed = false;
  const kill = (): void => {
    killed = true;
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    try {
      if (detached) process.kill(-child.pid, "SIGKILL");
      else child.kill("SIGKILL");
    } catch {
      // ended meanwhile
    }
  };
  process.once("exit", kill);

  const ended = new Promise<ProgramEnd>((resolve) => {
    const out = new LineCutter((line) => options.log.line("stdout", line));
    const err = new LineCutter((line) => options.log.line("stderr", line));
    child.stdout.setEncoding("utf8").on("data", (text: string) => out.push(text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => err.push(text));
    child.once("error", (error) => {
      if (child.pid === undefined) {
        settle({ kind: "failed", error: `Node could not be started for the program (${node}): ${error.message}` });
      }
    });
    child.once("close", (code, signal) => {
      out.end();
      err.end();
      if (code === 0) settle({ kind: "done" });
      else if (code === alreadyReported) settle({ kind: "already-reported" });
      else if (killed) settle({ kind: "failed", error: "the program was stopped because the run was cancelled" });
      else
        settle({
          kind: "failed",
          error: `Program exited with ${signal ? `signal ${signal}` : `non-zero exit code: ${code}`}`,
        });
    });
    function settle(end: ProgramEnd): void {
      process.removeListener("exit", kill);
      void options.log.close().then(() => resolve(end));
    }
  });
  return { ended, kill };
}
