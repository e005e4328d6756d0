/** The files of one simulated machine: who reads and changes them goes through here, the stub module does the same. */
import { randomBytes } from "node:crypto";
import { lstat, mkdir, readFile, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ServerFolder } from "../world/contract";
import type { ServerWorld } from "./serverWorld";

/** Somebody who died while holding the lock is waited for this long. */
const staleLockMilliseconds = 10_000;

export async function readServerWorld(server: ServerFolder): Promise<ServerWorld> {
  return JSON.parse(await readFile(join(server.path, "server.json"), "utf8")) as ServerWorld;
}

/** Changes the machine's state under its lock; nobody reads a half-written one. */
export async function changeServerWorld<Result>(
  server: ServerFolder,
  change: (world: ServerWorld) => Result | Promise<Result>,
): Promise<Result> {
  return withServerLock(server, async () => {
    const world = await readServerWorld(server);
    const result = await change(world);
    await writeServerWorld(server, world);
    return result;
  });
}

export async function writeServerWorld(server: ServerFolder, world: ServerWorld): Promise<void> {
  await replaceFile(join(server.path, "server.json"), `${JSON.stringify(world, null, 2)}\n`);
}

async function withServerLock<Result>(server: ServerFolder, work: () => Promise<Result>): Promise<Result> {
  const lock = join(server.path, "server.lock");
  await take(lock);
  try {
    return await work();
  } finally {
    await rmdir(lock);
  }
}

/** Its age is counted here, by how long one and the same lock is met: the clocks of this process and of the disk may differ. */
async function take(lock: string): Promise<void> {
  let met: string | undefined;
  let since = performance.now();
  for (;;) {
    try {
      return await mkdir(lock);
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
    }
    const now = await lstat(lock).then(
      ({ ino, birthtimeMs }) => `${ino} ${birthtimeMs}`,
      () => undefined,
    );
    if (now !== met) {
      met = now;
      since = performance.now();
    }
    if (met !== undefined && performance.now() - since > staleLockMilliseconds)
      await rm(lock, { recursive: true, force: true });
    else await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Keys and values as TestRegistry keeps them: `{"HKLM:\\SOFTWARE\\X": {"Name": 1}}`. */
export type Registry = Record<string, Record<string, string | number>>;

export async function readRegistry(server: ServerFolder): Promise<Registry> {
  return JSON.parse(await readFile(join(server.path, "registry.json"), "utf8")) as Registry;
}

export async function changeRegistry(server: ServerFolder, change: (registry: Registry) => void): Promise<void> {
  const registry = await readRegistry(server).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return {} satisfies Registry as Registry;
    throw error;
  });
  change(registry);
  await replaceFile(join(server.path, "registry.json"), `${JSON.stringify(registry, null, 2)}\n`);
}

/** A value of the registry, without regard to the case of key and name. */
export function registryValue(registry: Registry, key: string, name: string): string | number | undefined {
  const values = entryOf(registry, key);
  return values === undefined ? undefined : entryOf(values, name);
}

export function registryChildren(registry: Registry, key: string): string[] {
  const prefix = `${key}\\`.toLowerCase();
  return Object.keys(registry)
    .filter((name) => name.toLowerCase().startsWith(prefix) && !name.slice(prefix.length).includes("\\"))
    .map((name) => name.slice(prefix.length))
    .sort();
}

function entryOf<Value>(from: Record<string, Value>, name: string): Value | undefined {
  const wanted = name.toLowerCase();
  for (const [key, value] of Object.entries(from)) if (key.toLowerCase() === wanted) return value;
  return undefined;
}

/** Where `C:\x\y` lies in the machine's folder. Throws for anything that is not below C:. */
export function pathOnDrive(server: ServerFolder, windowsPath: string): string {
  const match = /^C:[\\/](.*)$/i.exec(windowsPath);
  const segments = (match?.[1] ?? "").split(/[\\/]+/).filter((segment) => segment !== "" && segment !== ".");
  if (match === null || segments.includes("..")) throw new Error(`${windowsPath} is not a path below C:`);
  return join(server.path, "C", ...segments);
}

async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}-${randomBytes(4).toString("hex")}.new`;
  await writeFile(temporary, text);
  await rename(temporary, path);
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
