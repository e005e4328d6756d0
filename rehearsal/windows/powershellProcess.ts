/** Processes of the test PowerShell, each of which runs one script after the other: a fresh one costs more than most scripts. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { endOfScript } from "./endOfScript";
import { stubFolder } from "./stubFolder";
import type { TestPowershell } from "./testPowershell";

export interface ScriptInProcess {
  /** What the script finds in its environment beside what every process has. */
  readonly environment: Readonly<Record<string, string>>;
  readonly stdin: Buffer;
  readonly onStdout: (chunk: Buffer) => void;
  readonly onStderr: (chunk: Buffer) => void;
}

/** Each holds about 150 MB. */
const mostIdle = 2;
/** Real time after which one that nobody takes ends. */
const idleMilliseconds = 20_000;
/** What the engine keeps of every script adds up. */
const mostScripts = 200;

/** Nothing of the user's environment: no token, no key, no proxy. */
const environment = (powershell: TestPowershell): NodeJS.ProcessEnv => ({
  PATH: "/usr/bin:/bin",
  HOME: powershell.home,
  TZ: "UTC",
  NO_COLOR: "1",
  // The engine is compiled beforehand; to compile it again while it runs cost a quarter of the processor time of 40 scripts.
  DOTNET_TieredCompilation: "0",
});

const idle = new Map<string, PowershellProcess[]>();
const living = new Set<PowershellProcess>();
process.once("exit", () => {
  for (const each of living) each.kill();
});

/** One that is free, else a new one; it is free again by itself when its script has ended. */
export function takeProcess(powershell: TestPowershell): PowershellProcess {
  const free = idle.get(powershell.path)?.pop();
  return free ?? new PowershellProcess(powershell);
}

export class PowershellProcess {
  readonly #powershell: TestPowershell;
  readonly #child: ChildProcess;
  readonly #stdout: Readable;
  readonly #stderr: Readable;
  readonly #requests: Writable;
  /** With its exit code, or undefined where it was killed. */
  readonly #ended: Promise<number | undefined>;
  #scripts = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(powershell: TestPowershell) {
    this.#powershell = powershell;
    const words = ["-NoProfile", "-NonInteractive", "-File", join(stubFolder, "worker.ps1")];
    this.#child = spawn(powershell.path, words, {
      cwd: powershell.home,
      // A group of its own, so that what a script started ends with it.
      detached: true,
      stdio: ["ignore", "pipe", "pipe", "pipe"],
      env: environment(powershell),
    });
    const [, stdout, stderr, requests] = this.#child.stdio;
    this.#stdout = stdout as Readable;
    this.#stderr = stderr as Readable;
    this.#requests = requests as Writable;
    // One that has ended reads no more; how it ended is told below.
    this.#requests.on("error", () => undefined);
    living.add(this);
    this.#ended = new Promise((resolve, reject) => {
      this.#child.once("error", reject);
      this.#child.once("close", (code) => resolve(code ?? undefined));
    });
    this.#ended
      .catch(() => undefined)
      .finally(() => {
        living.delete(this);
        this.#leaveIdle();
      });
  }

  /** Resolves with the exit code; undefined: killed. Nothing is said to `onStdout` and `onStderr` after that. */
  async run(script: ScriptInProcess): Promise<number | undefined> {
    this.#leaveIdle();
    this.#hold(true);
    this.#scripts += 1;
    const mark = `\0${randomBytes(16).toString("hex")}`;
    const over = Promise.all([
      endOfScript(this.#stdout, mark, script.onStdout),
      endOfScript(this.#stderr, mark, script.onStderr),
    ]);
    const request = { mark, environment: script.environment, input: script.stdin.toString("base64") };
    this.#requests.write(`${JSON.stringify(request)}\n`);
    const end = await Promise.race([over, this.#ended]);
    if (!Array.isArray(end)) return end;
    const [{ code, alone }] = end;
    this.#hold(false);
    if (alone && this.#scripts < mostScripts) this.#waitIdle();
    else this.kill();
    return code;
  }

  kill(): void {
    this.#leaveIdle();
    if (this.#child.pid === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    try {
      process.kill(-this.#child.pid, "SIGKILL");
    } catch {
      this.#child.kill("SIGKILL");
    }
  }

  #waitIdle(): void {
    const others = idle.get(this.#powershell.path) ?? [];
    if (others.length >= mostIdle) {
      this.kill();
      return;
    }
    idle.set(this.#powershell.path, [...others, this]);
    this.#timer = setTimeout(() => this.kill(), idleMilliseconds).unref();
  }

  #leaveIdle(): void {
    clearTimeout(this.#timer);
    const others = idle.get(this.#powershell.path) ?? [];
    idle.set(
      this.#powershell.path,
      others.filter((each) => each !== this),
    );
  }

  /** One that waits for a script keeps nobody's program from ending. */
  #hold(held: boolean): void {
    const change = held ? "ref" : "unref";
    this.#child[change]();
    for (const stream of [this.#stdout, this.#stderr, this.#requests]) {
      const handle = stream as { ref?: () => void; unref?: () => void };
      handle[change]?.();
    }
  }
}
