import { after, decide, emptyCourse, situationOf } from "../../review/switch/machine";
import { type Course, defaultLimits, type FenceSeen, type Reading, type Seen } from "../../review/switch/model";
import { lineOf, noHash } from "../../review/switch/record/chain";
import { recordSchema } from "../../review/switch/record/entry";
import { madeBy } from "../../review/version";

const minute = 60_000;

/** One call of `entra-connect switch`: what both servers said of themselves. */
export interface Call {
  /** Minutes after the call before. */
  readonly after?: number;
  readonly source: "active" | "staging" | null;
  readonly target: "active" | "staging";
  readonly proven?: boolean;
  readonly fences?: readonly FenceSeen["kind"][];
}

/** The three calls of a switch that went well. */
export const switched: readonly Call[] = [
  { source: "active", target: "staging" },
  { source: "staging", target: "staging" },
  { source: "staging", target: "active", proven: true },
];

/** Text of record.jsonl, concluded and hashed as the command does it. */
export function recordText(from: string, to: string, calls: readonly Call[], begin: string, host = "ADMIN1"): string {
  let course: Course = emptyCourse;
  let previous = noHash;
  let now = Date.parse(begin);
  const lines = calls.map((call, index) => {
    now += (call.after ?? 5) * minute;
    const seen: Seen = {
      now,
      from,
      to,
      turned: false,
      source: call.source === null ? null : reading(from, call.source, now - minute),
      target: reading(to, call.target, now - minute),
      alsoRead: [],
      fences: (call.fences ?? []).map((kind) => ({ machine: from, kind, at: now - minute, holds: true })),
      tenant: null,
      cuts: [],
      cloudSync: null,
    };
    const judged = { open: true, proven: call.proven ?? false, overridden: [] };
    const decision = decide(situationOf(seen, course, defaultLimits, new Set()), { ...judged, overridden: new Set() });
    course = after(course, seen, decision, defaultLimits);
    const { line, entry } = lineOf({
      schema: recordSchema,
      number: index + 1,
      at: new Date(now).toISOString(),
      by: { account: "ada", host, name: "Ada Lovelace" },
      made: madeBy(),
      previous,
      maxAgeMinutes: 60,
      inputs: [],
      seen,
      judged,
      decision,
      findings: [],
      overrides: [],
      next: "the next step",
    });
    previous = entry.hash;
    return line;
  });
  return lines.join("");
}

function reading(machine: string, role: "active" | "staging", at: number): Reading {
  return {
    machine,
    at,
    role,
    running: false,
    wizardOpen: false,
    schedulerOn: true,
    lastExport: null,
    lastGoodExport: null,
    applicationId: null,
  };
}
