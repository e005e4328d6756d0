import type { Page } from "../render/page";
import { BadInput, type Clock, type Report, systemClock } from "../verdict";
import { madeBy } from "../version";
import type { SwitchState } from "./model";
import { momentText } from "./record/entry";
import { readRecord } from "./record/file";

export interface VerifiedRecord {
  readonly entries: number;
  readonly head: string;
  readonly state: SwitchState | null;
  /** Promotions that somebody may still do: machine, until. */
  readonly open: readonly { readonly machine: string; readonly until: string }[];
  /** Lines of other versions: proven by their hashes, not by concluding again. */
  readonly notConcludedAgain: number;
}

/**
 * Proves a record: every line whole, hashed, chained, in order, and concluded as the rules conclude. That lines were cut off
 * at its end shows only against a hash that was noted elsewhere: `expect`.
 *
 * @throws BadInput where it does not hold
 */
export function verifyRecord(
  folder: string,
  expect?: string,
  clock: Clock = systemClock,
): { readonly report: Report<VerifiedRecord>; readonly page: Page } {
  const { entries, head, course } = readRecord(folder, true);
  if (expect !== undefined && !entries.some(({ hash }) => hash.startsWith(expect.toLowerCase()) && expect.length >= 16))
    throw new BadInput(
      `${folder}: no entry has the hash ${expect}${expect.length < 16 ? " (give at least 16 characters of it)" : ": lines were cut off, or this is another record"}. Its newest is ${head}.`,
    );
  const now = clock();
  const open = Object.entries(course.promotable)
    .filter(([, until]) => until >= now.getTime())
    .map(([machine, until]) => ({ machine, until: new Date(until).toISOString() }));
  const summary: VerifiedRecord = {
    entries: entries.length,
    head,
    state: course.state,
    open,
    notConcludedAgain: entries.filter(({ made }) => made !== madeBy()).length,
  };
  const page: Page = {
    title: `Record of a role switch: ${course.from ?? "nobody"} → ${course.to ?? "nobody"}`,
    verdict: "ok",
    headline: `${entries.length === 1 ? "One entry, which holds" : `${entries.length} entries, and every one holds`}: hashes, order, and what was concluded.`,
    sections: [
      {
        id: "record",
        title: "Record",
        blocks: [
          {
            kind: "facts",
            rows: [
              { label: "State by the newest entry", value: course.state ?? "none" },
              { label: "Hash of the newest entry", value: head },
              {
                label: "Somebody may still promote",
                value: open.map(({ machine, until }) => `${machine}, until ${until}`).join("; ") || "nobody",
              },
              { label: "Lines of other versions", value: `${summary.notConcludedAgain} (proven by hash alone)` },
            ],
          },
          {
            kind: "list",
            items: entries.map(
              ({ number, seen, by, decision }) =>
                `${number}: ${momentText(seen.now)}, ${by.name ?? by.account}: ${decision.state}`,
            ),
          },
        ],
      },
    ],
    made: { at: now.toISOString(), by: madeBy(), inputs: [] },
  };
  return { report: { verdict: "ok", findings: [], summary }, page };
}
