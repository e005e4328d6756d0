import { existsSync, readdirSync, readFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
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
    holder: holderOf(pid, host, username),
    ...(typeof pid === "number" ? { pid } : {}),
    ...(typeof username === "string" ? { user: username } : {}),
    ...(typeof host === "string" ? { host } : {}),
    ...(typeof timestamp === "string" ? { since: timestamp } : {}),
  };
}

/**
 * Only a process of this machine can be told to be dead; one of another user runs as well. One name can be two places: WSL has
 * its Windows' name, a container can have its host's, and neither sees the other's processes. A lock from there carries another
 * user's name most often (Windows writes DOMAIN\\user, a container's is root), and then nothing is said of its process.
 */
function holderOf(pid: unknown, host: unknown, user: unknown): SeenLock["holder"] {
  if (typeof pid !== "number" || !Number.isInteger(pid) || pid <= 0 || typeof host !== "string") return "unreadable";
  if (host !== hostname()) return "elsewhere";
  try {
    process.kill(pid, 0);
    return "alive";
  } catch (error) {
    const gone = error instanceof Error && "code" in error && error.code === "ESRCH";
    if (!gone) return "alive";
    return isOwnName(user) ? "dead" : "elsewhere";
  }
}

/** As Go's user.Current() names whoever runs this: on Windows with the domain in front. */
function isOwnName(user: unknown): boolean {
  if (typeof user !== "string") return false;
  const windows = process.platform === "win32";
  if (user.includes("\\") !== windows) return false;
  const name = user.slice(user.lastIndexOf("\\") + 1);
  return windows ? name.toLowerCase() === ownName().toLowerCase() : name === ownName();
}

function ownName(): string {
  try {
    return userInfo().username;
  } catch {
    // A number without an entry among the users: then Go takes the environment's.
    return process.env.USER ?? "";
  }
}
