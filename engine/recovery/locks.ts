import { existsSync, readdirSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { SeenLock } from "../../review/recovery";

/**
 * The locks of a stack in a file backend: one file for each engine, `{ pid, username, hostname, timestamp }` (Pulumi 3.259,
 * pkg/backend/diy/lock.go). `pulumi cancel` deletes all of them, whoever holds them.
 *
 * @param folder where the backend keeps this stack's locks
 */
export function locksIn(folder: string): readonly SeenLock[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .map((name) => seenLock(join(folder, name)));
}

export function seenLock(file: string): SeenLock {
  let content: Readonly<Record<string, unknown>>;
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, "utf8"));
    content = typeof parsed === "object" && parsed !== null ? Object.fromEntries(Object.entries(parsed)) : {};
  } catch {
    return { file, holder: "unreadable" };
  }
  const { pid, username, hostname: host, timestamp } = content;
  return {
    file,
    holder: holderOf(pid, host),
    ...(typeof pid === "number" ? { pid } : {}),
    ...(typeof username === "string" ? { user: username } : {}),
    ...(typeof host === "string" ? { host } : {}),
    ...(typeof timestamp === "string" ? { since: timestamp } : {}),
  };
}

/** Only a process of this machine can be told to be dead; one of another user runs as well. */
function holderOf(pid: unknown, host: unknown): SeenLock["holder"] {
  if (typeof pid !== "number" || !Number.isInteger(pid) || pid <= 0 || typeof host !== "string") return "unreadable";
  if (host !== hostname()) return "elsewhere";
  try {
    process.kill(pid, 0);
    return "alive";
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ESRCH" ? "dead" : "alive";
  }
}
