import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { type Reading, readCheckpoint, type SeenBackup, unread } from "../../review/recovery";

/** Where a file backend keeps one stack (Pulumi 3.259, pkg/backend/diy/store.go and state.go). */
export interface StackFiles {
  /** The state itself; it may be missing. */
  readonly state: string;
  readonly locks: string;
  readonly backups: string;
  readonly history: string;
}

/** The folder of a backend's address; undefined where the state is not in a folder. `file://~` is the home folder. */
export function folderOf(url: string, from: string): string | undefined {
  if (!url.startsWith("file://")) return undefined;
  const path = decoded(url.slice("file://".length).replace(/\?.*$/, ""));
  if (path === "~" || /^~[\\/]/.test(path)) return join(homedir(), path.slice(1));
  // file:///C:/state
  return resolve(from, /^\/[A-Za-z]:/.test(path) ? path.slice(1) : path);
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Stacks lie below their project; a backend that older Pulumi made may hold them without. */
export function stackFiles(backend: string, project: string, stack: string): StackFiles {
  const root = join(backend, ".pulumi");
  const below = (...more: readonly string[]): StackFiles => ({
    state: newestForm(join(root, "stacks", ...more)),
    locks: join(root, "locks", ...(more.length > 1 ? ["organization"] : []), ...more),
    backups: join(root, "backups", ...more),
    history: join(root, "history", ...more),
  });
  const inProject = below(project, stack);
  const without = below(stack);
  return !existsSync(inProject.state) && existsSync(without.state) ? without : inProject;
}

/** A state may be compressed; of several the newest counts. */
function newestForm(base: string): string {
  const forms = [".json", ".json.gz", ".json.zst"].map((ending) => `${base}${ending}`).filter(existsSync);
  const [newest] = forms.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  return newest ?? `${base}.json`;
}

export function readStateFile(file: string): Reading {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
    // Pulumi itself takes it away only where somebody removes or renames the stack.
    return unread(missing ? "it is not there" : `it cannot be opened (${error instanceof Error ? error.message : ""})`);
  }
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    try {
      return readCheckpoint(gunzipSync(bytes).toString("utf8"));
    } catch {
      return { kind: "unreadable", reason: "its compression ends in the middle", bytes: bytes.length, named: [] };
    }
  }
  if (bytes.length >= 4 && bytes.readUInt32LE(0) === 0xfd2fb528)
    return unread("it is compressed with zstd, which is not read here", bytes.length);
  return readCheckpoint(bytes.toString("utf8"));
}

/** The side file of a state, where it is there and cut: Pulumi reads it first. */
export function cutSideFileOf(state: string): string | undefined {
  const file = `${state}.attrs`;
  if (!existsSync(file)) return undefined;
  try {
    JSON.parse(readFileSync(file, "utf8"));
    return undefined;
  } catch {
    return file;
  }
}

const mostOfAKind = 3;

/** Older states of a stack: of before the last save, of the ends of runs, of the beginnings of runs. */
export function backupsOf({ state, backups, history }: StackFiles): readonly SeenBackup[] {
  const seen = (file: string, origin: string): SeenBackup => ({ file, origin, reading: readStateFile(file) });
  const before = `${state}.bak`;
  return [
    ...(existsSync(before) ? [seen(before, "before the last save")] : []),
    ...newestIn(history, /\.checkpoint\.json(\.gz|\.zst)?$/).map((file) => seen(file, "at the end of a run")),
    ...newestIn(backups, /\.json(\.gz|\.zst)?$/).map((file) => seen(file, "before a run")),
  ];
}

/** Names end with the time in nanoseconds: the last is the newest. */
function newestIn(folder: string, names: RegExp): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => names.test(name))
    .sort((a, b) => stampOf(a) - stampOf(b))
    .slice(-mostOfAKind)
    .reverse()
    .map((name) => join(folder, name));
}

function stampOf(name: string): number {
  return Number(/([0-9]{16,})/.exec(name)?.[1] ?? 0);
}
