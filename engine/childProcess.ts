import { type ChildProcess, spawn } from "node:child_process";

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Set where the program could not be started or took too long. */
  readonly problem?: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly environment?: NodeJS.ProcessEnv;
  /** Milliseconds; none: as long as it takes. */
  readonly timeout?: number;
  readonly onOutput?: (stream: "stdout" | "stderr", text: string) => void;
  /** Only for npm on Windows, which is a command file. Never with words from outside. */
  readonly shell?: boolean;
}

/** Runs a program to its end and never throws: what went wrong is in the answer. */
export function runToEnd(program: string, args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  return new Promise((resolve) => {
    let stdout = "";
    let stderr = "";
    let problem: string | undefined;
    let child: ChildProcess;
    try {
      child = spawn(program, args, {
        cwd: options.cwd,
        env: options.environment ?? process.env,
        stdio: ["ignore", "pipe", "pipe"],
        shell: options.shell ?? false,
        windowsHide: true,
      });
    } catch (error) {
      resolve({ code: null, signal: null, stdout, stderr, problem: String(error) });
      return;
    }
    const timer =
      options.timeout === undefined
        ? undefined
        : setTimeout(() => {
            problem = `no answer within ${options.timeout} ms`;
            child.kill("SIGKILL");
          }, options.timeout);
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      options.onOutput?.("stdout", text);
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      options.onOutput?.("stderr", text);
    });
    child.once("error", (error) => {
      problem = error.message;
      // A program that never started has no "close".
      if (child.pid === undefined) finish(null, null);
    });
    child.once("close", finish);
    function finish(code: number | null, signal: NodeJS.Signals | null): void {
      clearTimeout(timer);
      resolve({ code, signal, stdout, stderr, ...(problem === undefined ? {} : { problem }) });
    }
  });
}
