import { existsSync, readdirSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { lock } from "proper-lockfile";
import { CouldNotRun } from "../review/verdict";
import { duration, type Progress } from "./progress";

export interface CachedThing {
  readonly cache: string;
  /** Folder name in the cache; holds the version, so that another version is another thing. */
  readonly name: string;
  /** Whether the thing in `folder` is whole and works: asked before it is trusted, old or new. */
  readonly verify: (folder: string) => Promise<boolean>;
  /** Makes it in an empty folder; throws where it cannot. */
  readonly make: (folder: string) => Promise<void>;
  readonly progress: Progress;
  /** How often the lock is tried for, and how old an untouched lock counts as abandoned. For tests. */
  readonly pollMilliseconds?: number;
  readonly staleMilliseconds?: number;
}

/**
 * The thing's folder in the cache, made at most once: a second process waits and takes what the first one made. It is
 * made under another name and renamed when it has proved itself, so an interrupted making is never mistaken for a
 * finished one; what that left behind is swept up by the next.
 */
export async function cached(thing: CachedThing): Promise<{ folder: string; made: boolean }> {
  const folder = join(thing.cache, thing.name);
  if (existsSync(folder) && (await thing.verify(folder))) return { folder, made: false };

  await mkdir(thing.cache, { recursive: true }).catch((error: Error) => {
    throw new CouldNotRun(
      `the cache folder ${thing.cache} cannot be made (${error.message}). Set ENTRA_CONNECT_CACHE to a folder that can be written.`,
    );
  });
  const release = await waitForLock(thing, folder);
  try {
    if (existsSync(folder) && (await thing.verify(folder))) return { folder, made: false };
    await sweep(thing);
    const part = await mkdtemp(`${folder}.part-`);
    try {
      await thing.make(part);
      if (!(await thing.verify(part))) {
        throw new CouldNotRun(`${thing.name} was made, but does not work on this machine (it was tried in ${part}).`);
      }
      await rm(folder, { recursive: true, force: true });
      await rename(part, folder);
    } catch (error) {
      await rm(part, { recursive: true, force: true });
      throw error;
    }
    return { folder, made: true };
  } finally {
    await release().catch(() => {});
  }
}

async function waitForLock(thing: CachedThing, folder: string): Promise<() => Promise<void>> {
  const began = Date.now();
  const poll = thing.pollMilliseconds ?? 500;
  for (;;) {
    try {
      const release = await lock(folder, {
        realpath: false,
        stale: thing.staleMilliseconds ?? 30_000,
        update: (thing.staleMilliseconds ?? 30_000) / 3,
        // A lock lost while the machine slept: the rename is atomic and the result is verified, so work can go on.
        onCompromised: () => {},
      });
      thing.progress.clear();
      return release;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ELOCKED")) throw error;
      thing.progress.status(
        `another process is preparing ${thing.name}; waiting for it (${duration(Date.now() - began)})`,
      );
      await new Promise((resolve) => setTimeout(resolve, poll));
    }
  }
}

/** We hold the lock, so every unfinished folder was left by somebody who was interrupted. */
async function sweep(thing: CachedThing): Promise<void> {
  for (const entry of readdirSync(thing.cache)) {
    if (entry.startsWith(`${thing.name}.part-`)) await rm(join(thing.cache, entry), { recursive: true, force: true });
  }
}
