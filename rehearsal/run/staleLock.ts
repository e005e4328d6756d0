import { join } from "node:path";
import { stackFiles } from "../../engine/recovery/fileBackend";
import { locksIn } from "../../engine/recovery/locks";

/** Where Pulumi's file backend keeps a stack. */
export function stackFile(state: string, project: string, stack: string): string {
  return join(state, ".pulumi", "stacks", project, `${stack}.json`);
}

/**
 * Whether the stack is locked only by engines that are gone (killed): every lock names this machine and a process that
 * no longer runs. A lock of a living engine is never called stale.
 */
export function isLockedByTheDead(state: string, project: string, stack: string): boolean {
  const locks = locksIn(stackFiles(state, project, stack).locks);
  return locks.length > 0 && locks.every(({ holder }) => holder === "dead");
}
