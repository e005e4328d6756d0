import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import type { ValidateFunction } from "ajv";
import type { Json } from "../../verdict";
import { madeBy } from "../../version";
import { after, decide, emptyCourse, situationOf } from "../machine";
import { type Course, defaultLimits, type SwitchLimits, switchStates } from "../model";
import { type Entry, type Override, recordSchema, unwritten, written } from "./entry";

/** The record as it was read, whole and proven. */
export interface SwitchRecord {
  readonly entries: readonly Entry[];
  readonly course: Course;
  /** Overrides that hold in the present direction. */
  readonly overrides: readonly Override[];
  /** Applications with which the servers sign in, as their own archives said it last. */
  readonly applications: Readonly<Record<string, string>>;
  /** Of the newest entry; 64 zeros where there is none. */
  readonly head: string;
}

export const noHash = "0".repeat(64);
const text = { type: "string" } as const;
const hash = { type: "string", pattern: "^[0-9a-f]{64}$" } as const;

/** What an entry must have to be folded; the hash guards the rest. */
const entrySchema = {
  type: "object",
  required: [
    ...["schema", "number", "at", "by", "made", "previous", "maxAgeMinutes", "inputs", "seen", "judged"],
    ...["decision", "findings", "overrides", "next", "hash"],
  ],
  additionalProperties: false,
  properties: {
    schema: { const: recordSchema },
    number: { type: "integer", minimum: 1 },
    at: text,
    by: { type: "object", required: ["account", "host", "name"] },
    made: text,
    previous: hash,
    maxAgeMinutes: { type: "number", exclusiveMinimum: 0 },
    inputs: { type: "array" },
    seen: {
      type: "object",
      required: [
        ...["now", "from", "to", "turned", "source", "target", "alsoRead", "fences", "tenant", "cuts", "cloudSync"],
      ],
      properties: {
        now: text,
        from: text,
        to: text,
        turned: { type: "boolean" },
        fences: { type: "array" },
        cuts: { type: "array" },
      },
    },
    judged: {
      type: "object",
      required: ["open", "proven", "overridden"],
      properties: {
        open: { type: "boolean" },
        proven: { type: "boolean" },
        overridden: { type: "array", items: text },
      },
    },
    decision: {
      type: "object",
      required: ["state", "broken", "permission"],
      properties: { state: { enum: [...switchStates] }, broken: { type: "array", items: text } },
    },
    findings: { type: "array" },
    overrides: { type: "array" },
    next: text,
    hash,
  },
} as const;

let compiled: ValidateFunction | undefined;

/** With the first entry that is read: every `pulumi preview` loads this module, and hardly one reads a record. */
function entryCheck(): ValidateFunction {
  if (compiled === undefined) {
    const { Ajv } = createRequire(__filename)("ajv") as typeof import("ajv");
    compiled = new Ajv({ strict: true, strictRequired: false }).compile(entrySchema);
  }
  return compiled;
}

/** Why a record is not believed: which line, and what is the matter. */
export class BrokenChain extends Error {
  override readonly name = "BrokenChain";
}

export function limitsOf({ maxAgeMinutes }: Pick<Entry, "maxAgeMinutes">): SwitchLimits {
  return { ...defaultLimits, maxAge: maxAgeMinutes * 60_000 };
}

/** The line of an entry: its hash is of everything else in it, and everything else holds the hash before. */
export function lineOf(entry: Omit<Entry, "hash">): { readonly line: string; readonly entry: Entry } {
  const body = written(entry) as { readonly [key: string]: Json };
  const hashed = { ...body, hash: sha256(JSON.stringify(body)) };
  return { line: `${JSON.stringify(hashed)}\n`, entry: { ...entry, hash: hashed.hash } };
}

/**
 * Reads every line and proves it: whole, hashed, chained, in order, and concluded as the rules of this
 * version conclude from what the line says was seen.
 *
 * @throws BrokenChain with the first line that does not hold
 */
export function readChain(content: string): SwitchRecord {
  const entries: Entry[] = [];
  let course = emptyCourse;
  let head = noHash;
  let overrides: readonly Override[] = [];
  const applications: Record<string, string> = {};
  const lines = content.split("\n");
  if (lines.pop() !== "")
    throw new BrokenChain(
      `line ${lines.length + 1} has no end: a call died while it wrote it, so it printed nothing and allowed nothing. Remove what stands behind the last line break, and call again`,
    );
  for (const [index, line] of lines.entries()) {
    const entry = readLine(line, index + 1, head);
    const limits = limitsOf(entry);
    const judged = { ...entry.judged, overridden: new Set(entry.judged.overridden) };
    const again = decide(situationOf(entry.seen, course, limits, judged.overridden), judged);
    // Another version may have other rules; its lines are proven by their hashes alone.
    if (entry.made === madeBy() && JSON.stringify(again) !== JSON.stringify(entry.decision))
      throw new BrokenChain(
        `line ${index + 1} concludes "${entry.decision.state}" from what it says was seen; by the rules it is "${again.state}"`,
      );
    course = after(course, entry.seen, entry.decision, limits);
    overrides = [...(entry.seen.turned ? [] : overrides), ...entry.overrides];
    for (const reading of [entry.seen.source, entry.seen.target, ...entry.seen.alsoRead])
      if (reading !== null && reading.applicationId !== null && reading.machine !== "")
        applications[reading.machine] = reading.applicationId;
    head = entry.hash;
    entries.push(entry);
  }
  return { entries, course, overrides, applications, head };
}

function readLine(line: string, number: number, previous: string): Entry {
  let parsed: Json;
  try {
    parsed = JSON.parse(line) as Json;
  } catch {
    throw new BrokenChain(`line ${number} is not JSON`);
  }
  const isEntry = entryCheck();
  if (!isEntry(parsed)) {
    const [first] = isEntry.errors ?? [];
    throw new BrokenChain(
      `line ${number} is no entry of such a record (${recordSchema}): ${first?.instancePath ?? ""} ${first?.message ?? ""}`,
    );
  }
  const { hash: said, ...body } = parsed as unknown as { readonly [key: string]: Json };
  if (JSON.stringify(parsed) !== line || sha256(JSON.stringify(body)) !== said)
    throw new BrokenChain(`line ${number} does not have its hash: it was changed after it was written`);
  const entry = unwrittenEntry(parsed as unknown as { readonly [key: string]: Json });
  if (entry.previous !== previous || entry.number !== number)
    throw new BrokenChain(
      `line ${number} does not follow the one above it: a line was taken out, put in or moved (it says it is number ${entry.number})`,
    );
  return entry;
}

/** The entry's own time stays text. */
function unwrittenEntry(parsed: { readonly [key: string]: Json }): Entry {
  const entry = unwritten<Entry>(parsed);
  return { ...entry, at: parsed.at as string, inputs: parsed.inputs as unknown as Entry["inputs"] };
}

const sha256 = (content: string): string => createHash("sha256").update(content, "utf8").digest("hex");
