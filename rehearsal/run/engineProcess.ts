import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { isatty } from "node:tty";
import { withoutColours } from "../../review/preview/bytes";
import { CouldNotRun } from "../../review/verdict";

export interface EngineCall {
  readonly pulumi: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Its standard output: `kept` for the answer (default), `shown` to the person as it comes, `unread`. */
  readonly display?: EngineDisplay;
}

export type EngineDisplay = "kept" | "shown" | "unread";

/**
 * The engine's live tree has the state of a resource behind its type and name, of which the longest of ours take 122 columns. In a
 * narrower terminal nobody would see it: there it tells line by line.
 */
const treeColumns = 140;

export interface EngineEnd {
  /** null where a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Standard output, where it is kept. */
  readonly output: string;
  readonly errors: string;
  /** An interrupt was passed on while it ran. */
  readonly interrupted: boolean;
}

/** How to find a running engine: `ownGroup` says that it leads its own process group. */
export interface EngineProcessFacts {
  readonly pid: number;
  readonly ownGroup: boolean;
}

/**
 * The Pulumi engine of one rehearsal: at most one at a time, in a process group of its own. Ctrl-C is passed on once
 * for each time it is pressed: the first lets calls in flight finish, the second does not wait (measured).
 */
export class EngineProcess {
  private child: ChildProcess | undefined;

  /** `onRunning` is told which engine runs (it leads its own process group), and undefined when it has ended. */
  constructor(private readonly onRunning: (engine: EngineProcessFacts | undefined) => void = () => {}) {}

  /** SIGKILL for the engine and all it started, as a lost workstation would; nothing where none runs. */
  kill(): void {
    this.send("SIGKILL");
  }

  run(call: EngineCall): Promise<EngineEnd> {
    if (this.child) throw new Error("the engine of this rehearsal is already running");
    const { display = "kept" } = call;
    const live = display === "shown" && isatty(0) && isatty(1) && process.stdout.columns >= treeColumns;
    const plain = [...(live ? [] : ["--non-interactive"]), ...(display === "shown" ? [] : ["--color", "never"])];
    const child = spawn(call.pulumi, [...call.args, ...plain], {
      cwd: call.cwd,
      env: { ...call.environment },
      stdio: [
        // Without a terminal there it shows neither tree nor colours.
        display === "shown" && isatty(0) ? "inherit" : "ignore",
        display === "kept" ? "pipe" : display === "shown" ? "inherit" : "ignore",
        "pipe",
      ],
      detached: process.platform !== "win32",
      windowsHide: true,
    });
    this.child = child;
    if (child.pid !== undefined) this.onRunning({ pid: child.pid, ownGroup: process.platform !== "win32" });
    let interrupted = false;
    const passOn = (): void => {
      interrupted = true;
      this.send("SIGINT");
    };
    const end = (): void => this.send("SIGKILL");
    process.on("SIGINT", passOn);
    process.on("SIGTERM", passOn);
    process.once("exit", end);

    return new Promise((resolve, reject) => {
      let output = "";
      let errors = "";
      child.stdout?.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
      child.stderr?.setEncoding("utf8").on("data", (text: string) => {
        errors += text;
      });
      const over = (): void => {
        this.child = undefined;
        this.onRunning(undefined);
        process.removeListener("SIGINT", passOn);
        process.removeListener("SIGTERM", passOn);
        process.removeListener("exit", end);
      };
      child.once("error", (error) => {
        if (child.pid !== undefined) return;
        over();
        reject(new CouldNotRun(`the Pulumi engine ${call.pulumi} could not be started: ${error.message}`));
      });
      child.once("close", (code, signal) => {
        over();
        if (live && code === null) mendTerminal();
        resolve({ code, signal, output, errors: withoutColours(errors), interrupted });
      });
    });
  }

  private send(signal: NodeJS.Signals): void {
    const child = this.child;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    try {
      // An interrupt is for the engine alone, which tells the others; a kill is for everything.
      if (signal === "SIGKILL" && process.platform !== "win32") process.kill(-child.pid, signal);
      else child.kill(signal);
    } catch {
      // ended meanwhile
    }
  }
}

/** In its live tree the engine makes the terminal raw, to read ^C itself, and hides the cursor. Killed, it leaves both so. */
function mendTerminal(): void {
  // Where there is no stty (Windows) the engine does not make a terminal raw.
  spawnSync("stty", ["sane"], { stdio: ["inherit", "ignore", "ignore"] });
  process.stdout.write(`${String.fromCharCode(27)}[?25h\n`);
}
