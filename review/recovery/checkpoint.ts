/** What a state of Pulumi says, or what is still to be seen in one that cannot be read. */
export type Reading = ReadableState | UnreadableState;

export interface ReadableState {
  readonly kind: "state";
  /** When the engine wrote it, ISO 8601; null where it says nothing (a stack that was never updated). */
  readonly writtenAt: string | null;
  readonly resources: readonly StateResource[];
  readonly pending: readonly PendingOperation[];
}

export interface UnreadableState {
  readonly kind: "unreadable";
  /** What is the matter with it, for people. */
  readonly reason: string;
  readonly bytes: number;
  /** URNs that its remains name. */
  readonly named: readonly string[];
  /** It was not read, which says nothing of it: it may be whole, or its stack may have another name by now. */
  readonly mayBeWhole?: true;
}

export interface StateResource {
  readonly urn: string;
  readonly type: string;
  /** The provider reported that it is there, but not as it should be; an update comes next. */
  readonly halfMade: boolean;
  /** A replaced original whose deletion is still to come. */
  readonly toBeDeleted: boolean;
}

/** What the engine had begun and nobody saw the end of. */
export interface PendingOperation {
  /** In the engine's words: creating, updating, deleting, reading, importing. */
  readonly operation: string;
  readonly urn: string;
  readonly type: string;
}

/**
 * Reads a state as Pulumi's file backend keeps it (`{ version, checkpoint: { latest } }`) or as `pulumi stack export` prints it
 * (`{ version, deployment }`).
 */
export function readCheckpoint(text: string): Reading {
  const bytes = Buffer.byteLength(text);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return unreadable(text, bytes, unreadableReason(text, bytes));
  }
  const whole = record(parsed);
  const isFile = "checkpoint" in whole;
  if (!isFile && !("deployment" in whole)) return unreadable(text, bytes, "it is JSON, but no state of Pulumi");
  const deployment = isFile ? record(record(whole.checkpoint).latest) : record(whole.deployment);
  const time = record(deployment.manifest).time;
  return {
    kind: "state",
    // Go's zero time stands for none.
    writtenAt: typeof time === "string" && !time.startsWith("0001-") ? time : null,
    resources: list(deployment.resources).map((each) => ({
      urn: word(each.urn),
      type: word(each.type),
      halfMade: Array.isArray(each.initErrors) && each.initErrors.length > 0,
      toBeDeleted: each.delete === true,
    })),
    pending: list(deployment.pending_operations).map((each) => {
      const resource = record(each.resource);
      return { operation: word(each.type), urn: word(resource.urn), type: word(resource.type) };
    }),
  };
}

/** A state that could not even be fetched, by what was said instead. */
export function unfetched(reason: string): UnreadableState {
  return { kind: "unreadable", reason, bytes: 0, named: [] };
}

/** A state that was not read at all; an older one in its place might undo what happened since. */
export function unread(reason: string, bytes = 0): UnreadableState {
  return { kind: "unreadable", reason, bytes, named: [], mayBeWhole: true };
}

function unreadableReason(text: string, bytes: number): string {
  if (bytes === 0) return "it is empty";
  if (/^\0+$/.test(text)) return "it is full of zeros, as a crash or a full disk leaves files";
  if (text.trimStart().startsWith("{")) return "it ends in the middle";
  return "it is no JSON";
}

function unreadable(text: string, bytes: number, reason: string): UnreadableState {
  const named = [...text.matchAll(/"urn":\s*"((?:[^"\\]|\\.)*)"/g)].map(([, urn = ""]) => urn);
  return { kind: "unreadable", reason, bytes, named: [...new Set(named)] };
}

/** The last part of a URN: the name that the program gave. Names may hold "::" themselves, types may not. */
export function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::") || urn;
}

/** The type that a URN ends with: `azure-native:compute:VirtualMachine`. */
export function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").pop() ?? "";
}

function list(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.map(record) : [];
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}

function word(value: unknown): string {
  return typeof value === "string" ? value : "";
}
