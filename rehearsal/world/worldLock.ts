import { readFileSync, writeFileSync } from "node:fs";
import { rmdir } from "node:fs/promises";
import { join } from "node:path";
import { lock } from "proper-lockfile";
import { CouldNotRun } from "../../review/verdict";

export const lockEntries = ["world.lock", "world.pid"] as const;

/** proper-lockfile touches a lock that is in use; one untouched for this long counts as left behind. */
const staleMilliseconds = 10_000;

/**
 * Takes the lock of a world. A lock left by a killed process is taken over at once. Throws CouldNotRun, naming the
 * process, where another one has the world open.
 * @param onLost called if another process took the world over while this one was suspended
 */
export async function lockWorld(
  dir: string,
  onLost: (why: Error) => void,
  stale = staleMilliseconds,
): Promise<() => Promise<void>> {
  let taken: ReturnType<typeof lock>;
  const take = (): ReturnType<typeof lock> => {
    taken = lock(dir, {
      lockfilePath: join(dir, "world.lock"),
      stale,
      onCompromised: (why) => {
        // A computer that slept is late for its lock. If nobody came meanwhile, the world is still ours.
        if (holderOf(dir) !== process.pid) onLost(why);
        else take().catch(() => onLost(why));
      },
    });
    return taken;
  };
  try {
    await take();
  } catch (error) {
    if (!isLocked(error)) throw error;
    await breakDeadLock(dir);
    await take().catch((again: unknown) => {
      throw isLocked(again) ? inUse(dir) : again;
    });
  }
  writeFileSync(join(dir, "world.pid"), `${process.pid}\n`);
  // One that is being taken again is given up when it is there: it would stay behind.
  return async () => (await taken)();
}

async function breakDeadLock(dir: string): Promise<void> {
  const holder = holderOf(dir);
  if (holder === undefined || isAlive(holder)) {
    // The holder writes its number just after the lock: look once more before saying that nobody is named.
    await new Promise((resolve) => setTimeout(resolve, 300));
    const named = holderOf(dir);
    if (named === undefined || isAlive(named)) throw inUse(dir);
  }
  await rmdir(join(dir, "world.lock")).catch(() => undefined);
}

function holderOf(dir: string): number | undefined {
  try {
    const pid = Number(readFileSync(join(dir, "world.pid"), "utf8").trim());
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function isLocked(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ELOCKED";
}

function inUse(dir: string): CouldNotRun {
  const holder = holderOf(dir);
  const who = holder === undefined ? "another process" : `process ${holder}`;
  return new CouldNotRun(
    `The rehearsal's world in ${dir} is open in ${who}. Two rehearsals cannot share one world: wait for it, ` +
      `end it (a running "entra-connect rehearse serve"?), or use another folder with --dir. ` +
      `A world left by a crashed process is taken over by itself within ${staleMilliseconds / 1000} seconds.`,
  );
}
