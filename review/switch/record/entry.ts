import type { Json, MadeFrom, Severity } from "../../verdict";
import type { Decision, Moment, Seen } from "../model";

export const recordSchema = "entra-connect-switch/1";
/** In the folder of a record. */
export const recordName = "record.jsonl";

/** Host of whoever calls in `entra-connect rehearse switch`: no computer has such a name. Its record is proof of nothing real. */
export const rehearsalHost = "(rehearsal)";

/** A finding that somebody went past, by name and reason. It covers what was seen then and nothing else. */
export interface Override {
  readonly code: string;
  readonly subject: string;
  readonly title: string;
  readonly severity: Severity;
  readonly by: string;
  readonly reason: string;
}

/** One call of the command: what it was told, what it concluded. One line of the record. */
export interface Entry {
  readonly schema: typeof recordSchema;
  /** From 1. */
  readonly number: number;
  /** ISO 8601, UTC, by the clock of whoever called. */
  readonly at: string;
  readonly by: { readonly account: string; readonly host: string; readonly name: string | null };
  /** Name and version of this library. */
  readonly made: string;
  /** Hash of the entry before; 64 zeros for the first. */
  readonly previous: string;
  readonly maxAgeMinutes: number;
  readonly inputs: readonly MadeFrom[];
  readonly seen: Seen;
  /** What was judged beside the safety rules. */
  readonly judged: { readonly open: boolean; readonly proven: boolean; readonly overridden: readonly string[] };
  readonly decision: Decision;
  readonly findings: readonly {
    readonly code: string;
    readonly severity: Severity;
    readonly subject: string;
    readonly title: string;
  }[];
  /** Given in this call. */
  readonly overrides: readonly Override[];
  /** The one next step, as it was printed. */
  readonly next: string;
  /** SHA-256 of this line without its hash. */
  readonly hash: string;
}

/** Members that hold moments: ISO 8601 in the record, milliseconds in the program. */
const moments: ReadonlySet<string> = new Set([
  "now",
  "at",
  "until",
  "lastExport",
  "lastGoodExport",
  "lastSynchronization",
]);

/** As it is written: moments as ISO 8601. */
export function written(value: unknown): Json {
  if (Array.isArray(value)) return value.map(written);
  if (typeof value !== "object" || value === null) return value as Json;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]): [string, Json] => [
      key,
      typeof member === "number" && moments.has(key) ? new Date(member).toISOString() : written(member),
    ]),
  );
}

/** As it is judged. `at` of the entry itself stays text: it is read where it is needed. */
export function unwritten<Value>(value: Json): Value {
  return back(value) as Value;
}

function back(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(back);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]): [string, Json] => [
      key,
      typeof member === "string" && moments.has(key) && isMoment(member) ? Date.parse(member) : back(member as Json),
    ]),
  );
}

const isMoment = (text: string): boolean => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/u.test(text);

export const momentText = (at: Moment): string => new Date(at).toISOString().replace(/:\d\d\.\d{3}Z$/u, "Z");
