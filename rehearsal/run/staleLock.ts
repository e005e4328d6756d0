import { existsSync, readdirSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { record } from "./findProject";

/** Where Pulumi's file backend keeps a stack and its locks. */
export function stackFile(state: string, project: string, stack: string): string {
  return join(state, ".pulumi", "stacks", project, `${stack}.json`);
}

/**
 * Whether the stack is locked only by engines that are gone (killed): every lock names this machine and a process that
 * no longer runs. A lock of a living engine is never called stale.
 */
export function isLockedByTheDead(state: string, project: string, stack: string): boolean {
  const folder = join(state, ".pulumi", "locks", "organization", project, stack);
  if (!existsSync(folder)) return false;
  const locks = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return locks.length > 0 && locks.every((name) => isDead(join(folder, name)));
}

function isDead(path: string): boolean {
  let lock: Readonly<Record<string, unknown>>;
  try {
    lock = record(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return false;
  }
  if (typeof lock.pid !== "number" || lock.hostname !== hostname()) return false;
  try {
    process.kill(lock.pid, 0);
    return false;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ESRCH";
  }
}
