/** What a state file of Pulumi's holds, as far as it can be read. No values: names, types, ids and times only. */

export interface StateEntry {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** Empty where there is none yet. */
  readonly id: string;
}

export type PendingKind = "creating" | "updating" | "deleting" | "reading" | "importing";

export interface PendingOperation extends StateEntry {
  /** In the engine's own word; another one than we know is kept as it is. */
  readonly operation: PendingKind | (string & {});
}

export interface ReadableState {
  readonly kind: "readable";
  readonly resources: readonly StateEntry[];
  readonly pending: readonly PendingOperation[];
  /** When it was written, ISO 8601; empty where it does not say. */
  readonly writtenAt: string;
  /** Version of the engine that wrote it. */
  readonly engine: string;
}

export interface UnreadableState {
  readonly kind: "unreadable";
  readonly why: string;
  readonly bytes: number;
  /** URNs that can still be made out in what is left of it. */
  readonly urns: readonly string[];
}

export type ReadState = ReadableState | UnreadableState;

/** Reads a checkpoint of a file backend, or what `pulumi stack export` printed. */
export function readState(content: string): ReadState {
  const unreadable = (why: string): UnreadableState => ({
    kind: "unreadable",
    why,
    bytes: Buffer.byteLength(content),
    urns: [...new Set([...content.matchAll(/"urn":\s*"(urn:pulumi:[^"\\]+)"/g)].map(([, urn = ""]) => urn))],
  });
  if (content.trim() === "") return unreadable("it is empty");
  if (/^\0+$/.test(content)) return unreadable("it holds nothing but zeros");
  let parsed: unknown;
  try {
    parsed = JSON.parse(content);
  } catch {
    return unreadable("it ends in the middle, or is damaged: it is no JSON any more");
  }
  const { checkpoint, deployment } = recordOf(parsed);
  const latest = checkpoint === undefined ? deployment : recordOf(checkpoint).latest;
  // A stack that was made and never run.
  if (checkpoint !== undefined && (latest === undefined || latest === null)) return nothingYet;
  if (typeof latest !== "object" || latest === null) return unreadable("it is no state of Pulumi's");
  const { resources, pending_operations: pending, manifest } = recordOf(latest);
  const { time, version } = recordOf(manifest);
  return {
    kind: "readable",
    resources: listOf(resources).map(entryOf),
    pending: listOf(pending).map((each) => {
      const { resource, type } = recordOf(each);
      return { ...entryOf(resource), operation: textOf(type) };
    }),
    // Go's zero time: never.
    writtenAt: textOf(time).startsWith("0001-") ? "" : textOf(time),
    engine: textOf(version),
  };
}

const nothingYet: ReadableState = { kind: "readable", resources: [], pending: [], writtenAt: "", engine: "" };

function entryOf(value: unknown): StateEntry {
  const { urn, type, id } = recordOf(value);
  const text = textOf(urn);
  return { urn: text, type: textOf(type), name: text.split("::").slice(3).join("::"), id: textOf(id) };
}

/** Somebody holds the stack: what a file backend's lock says (backend/diy/lock.go, read at 3.206 to 3.274). */
export interface Lock {
  /** Its file. */
  readonly path: string;
  readonly pid: number;
  readonly user: string;
  readonly host: string;
  /** ISO 8601. */
  readonly since: string;
}

export function readLock(path: string, content: string): Lock | undefined {
  try {
    const { pid, username, hostname, timestamp } = recordOf(JSON.parse(content));
    if (typeof pid !== "number" || typeof hostname !== "string") return undefined;
    return { path, pid, user: textOf(username), host: hostname, since: textOf(timestamp) };
  } catch {
    return undefined;
  }
}

/** Facts of this machine by which a lock is judged. */
export interface Here {
  readonly host: string;
  /** ISO 8601: what began before it has ended. */
  readonly bootedAt: string;
  isRunning(pid: number): boolean;
}

export type Holder = "dead" | "alive" | "elsewhere";

/**
 * Dead is only what this machine can vouch for: a process of its own that no longer runs, or one from before its last start.
 * Another machine's process is never called dead from here.
 */
export function holderOf({ host, pid, since }: Lock, here: Here): Holder {
  if (host.toLowerCase() !== here.host.toLowerCase()) return "elsewhere";
  const [began, booted] = [Date.parse(since), Date.parse(here.bootedAt)];
  if (Number.isFinite(began) && Number.isFinite(booted) && began < booted) return "dead";
  return here.isRunning(pid) ? "alive" : "dead";
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
