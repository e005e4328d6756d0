/** What an emulated script works with: the same files that the test PowerShell's stub module reads and changes. */
import { createHash } from "node:crypto";
import { mkdir, open, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ScriptAnswers, ScriptName } from "../../../scripts/assemble";
import type { KnownCause } from "../../../scripts/causes";
import type { ServerFolder } from "../../world/contract";
import { changeServerWorld, codeOf, pathOnDrive, readServerWorld } from "../serverFiles";
import type { ServerWorld } from "../serverWorld";
import { instantText, simulatedNow } from "../simulatedTime";
import { atThisMoment } from "../synchronizationCycles";
import { NotRehearsed } from "./notRehearsed";
import { toAscii } from "./text";

/** A script stops with one of its refusal texts. */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    readonly values: Readonly<Record<string, string>> = {},
  ) {
    super(`refused: ${code}`);
  }
}

/** @throws NotRehearsed as it is */
export function asRefusal(error: unknown): Refusal {
  if (error instanceof NotRehearsed) throw error;
  if (error instanceof Refusal) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new Refusal("unexpected", { reason, where: "the emulation" });
}

function recordOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return /^\s*\{[\s\S]*\}\s*$/.test(text) ? (JSON.parse(text) as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** What a script says beyond what every answer has. */
export type Said<Name extends ScriptName> = ScriptAnswers[Name] extends infer Answer
  ? Answer extends unknown
    ? Omit<Answer, "script" | "collectedAt" | "warnings" | "computerName" | "changes">
    : never
  : never;

export const libraryFolder = "C:\\ProgramData\\pulumi-entra-connect";

export interface SessionOptions {
  readonly name: ScriptName;
  readonly server: ServerFolder;
  /** The JSON document, or the named parameters; undefined where there is none. */
  readonly given: Readonly<Record<string, unknown>> | undefined;
  readonly tell: (line: string) => void;
  readonly signal?: AbortSignal;
}

export class Session {
  readonly changes: string[] = [];
  readonly warnings: string[] = [];
  /** Said between the reason and the advice of a refusal. */
  readonly notes: string[] = [];
  /** Remedies of known causes: first of what to do. */
  readonly advice: string[] = [];
  /** Values that every refusal's text may name. */
  known: Readonly<Record<string, string>> = {};
  private lockFile: string | undefined;

  constructor(readonly options: SessionOptions) {}

  get server(): ServerFolder {
    return this.options.server;
  }

  /** As its cmdlets show it at this moment; what is changed in it is not kept. */
  async world(): Promise<ServerWorld> {
    return atThisMoment(await readServerWorld(this.server));
  }

  edit<Result>(change: (world: ServerWorld) => Result): Promise<Result> {
    return changeServerWorld(this.server, change);
  }

  async now(): Promise<Date> {
    return simulatedNow((await this.world()).clock);
  }

  async instant(): Promise<string> {
    return instantText(await this.now());
  }

  async sleep(simulatedSeconds: number): Promise<void> {
    const { scale } = (await this.world()).clock;
    await new Promise((resolve) => setTimeout(resolve, (1000 * simulatedSeconds) / scale));
    this.options.signal?.throwIfAborted();
  }

  /** Mirrors Write-Progressing. */
  async tell(text: string): Promise<void> {
    const { computerName } = await this.world();
    this.options.tell(toAscii(`${this.options.name} on ${computerName}: ${text}`));
  }

  /** Mirrors Enter-Lock: the named lock that scripts hold while they act; whoever holds it is waited for. */
  async enterLock(minutes = 15, name = "Global_pulumi-entra-connect", ownMilliseconds = 10_000): Promise<void> {
    const began = (await this.now()).getTime();
    for (;;) {
      if (await this.requestLock(join(this.server.path, `${name}.mutex`), ownMilliseconds)) return;
      const waited = Math.floor(((await this.now()).getTime() - began) / 60_000);
      if (waited >= minutes) throw new Refusal("another-run", { minutes: String(minutes) });
      await this.tell(
        "another script of pulumi-entra-connect is still at work here, perhaps this one of a run before; " +
          `waited ${waited} of ${minutes} min`,
      );
      await this.sleep(50);
    }
  }

  /** A dead holder's lock is taken over. */
  private async requestLock(file: string, milliseconds: number): Promise<boolean> {
    const { scale } = (await this.world()).clock;
    const until = Date.now() + Math.max(300, milliseconds / scale);
    for (;;) {
      try {
        const handle = await open(file, "wx");
        await handle.writeFile(String(process.pid));
        await handle.close();
        this.lockFile = file;
        return true;
      } catch (error) {
        if (codeOf(error) !== "EEXIST") throw error;
      }
      const holder = Number((await readFile(file, "utf8").catch(() => "")).trim());
      if (holder > 0 && !isAlive(holder)) await rm(file, { force: true });
      if (Date.now() > until) return false;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async leaveLock(): Promise<void> {
    if (this.lockFile !== undefined) await rm(this.lockFile, { force: true });
  }

  path(windowsPath: string): string {
    return pathOnDrive(this.server, windowsPath);
  }

  async exists(windowsPath: string): Promise<boolean> {
    return stat(this.path(windowsPath)).then(
      () => true,
      () => false,
    );
  }

  async readText(windowsPath: string): Promise<string | undefined> {
    try {
      return await readFile(this.path(windowsPath), "utf8");
    } catch (error) {
      if (codeOf(error) === "ENOENT") return undefined;
      throw error;
    }
  }

  /** Mirrors Read-Record: a whole new one counts where no old one lies, and one that is damaged is never taken for none. */
  async readRecord(windowsPath: string): Promise<Readonly<Record<string, unknown>> | undefined> {
    const text = await this.readText(windowsPath);
    if (text === undefined) return recordOf((await this.readText(`${windowsPath}.new`)) ?? "");
    const record = recordOf(text);
    if (record === undefined) throw new Refusal("record-damaged", { path: windowsPath });
    return record;
  }

  async removeRecord(windowsPath: string): Promise<void> {
    for (const each of [`${windowsPath}.new`, windowsPath]) await rm(this.path(each), { force: true });
  }

  /** Mirrors Add-Cause. */
  addCauses(rows: readonly KnownCause[]): void {
    for (const { cause, remedy } of rows) {
      const note = `Known cause: ${cause}`;
      if (this.notes.includes(note)) continue;
      this.notes.push(note);
      this.advice.push(remedy);
    }
  }

  async write(windowsPath: string, text: string): Promise<void> {
    const path = this.path(windowsPath);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }

  async names(windowsFolder: string): Promise<string[]> {
    return readdir(this.path(windowsFolder)).catch((error: unknown) => {
      if (codeOf(error) === "ENOENT") return [];
      throw error;
    });
  }

  async sha256(windowsPath: string): Promise<string> {
    return createHash("sha256")
      .update(await readFile(this.path(windowsPath)))
      .digest("hex");
  }

  /** The arguments, with every expected name present. */
  expect(...names: string[]): Readonly<Record<string, unknown>> {
    const { given } = this.options;
    if (given === undefined) throw new Refusal("bad-arguments", { problem: "there is no JSON document" });
    for (const name of names)
      if (!(name in given)) throw new Refusal("bad-arguments", { problem: `'${name}' is missing` });
    return given;
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}
