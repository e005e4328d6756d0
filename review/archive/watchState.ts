import { isJsonObject, readInstant } from "../evidence";
import { BadInput, type Finding, type Json, type Severity, type Verdict } from "../verdict";
import { found } from "./rules/table";
import { whoseText } from "./text";
import type { ProvenChain } from "./verify";

const day = 86_400_000;

/** What a watch leaves for the next one. */
export interface WatchState {
  readonly at: string;
  readonly verdict: Verdict;
  /** The newest collection of each side that a watch has seen and proven. */
  readonly seen: readonly Remembered[];
  readonly findings: readonly RememberedFinding[];
}

/** Known again by code and subject: its id depends on what else was found. */
export interface RememberedFinding {
  readonly code: string;
  readonly subject: string;
  readonly severity: Severity;
  readonly title: string;
}

export interface Remembered {
  readonly side: "active" | "staging";
  readonly chain: string;
  readonly computer: string;
  readonly name: string;
  readonly sequence: number;
  readonly collectedAt: string;
  readonly manifestSha256: string;
}

const schema = "entra-connect-watch/1";

export const writeState = (state: WatchState): string => `${JSON.stringify({ schema, ...state }, null, 2)}\n`;

/**
 * Reads what the last watch left.
 *
 * @throws BadInput where it is damaged: what was seen before would be forgotten without a word
 */
export function readState(path: string, text: string): WatchState {
  const refuse = (what: string): never => {
    throw new BadInput(
      `${path}: ${what}. It remembers what was seen, so that a deletion of the newest collections shows. If it is lost, give --state another folder; the first watch in it compares with nothing.`,
    );
  };
  let document: Json;
  try {
    document = JSON.parse(text) as Json;
  } catch (error) {
    return refuse(`is no JSON (${(error as Error).message})`);
  }
  if (!isJsonObject(document) || document.schema !== schema) return refuse(`is no state of a watch (schema ${schema})`);
  const { at, verdict, seen, findings } = document;
  const isSeen = (entry: Json): boolean =>
    isJsonObject(entry) &&
    ["side", "chain", "computer", "name", "collectedAt", "manifestSha256"].every(
      (name) => typeof entry[name] === "string",
    ) &&
    typeof entry.sequence === "number" &&
    readInstant(String(entry.collectedAt)) !== undefined;
  const isFinding = (entry: Json): boolean =>
    isJsonObject(entry) && ["code", "subject", "severity", "title"].every((name) => typeof entry[name] === "string");
  const rows = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? (value as readonly Json[]) : []);
  if (typeof at !== "string" || typeof verdict !== "string" || !Array.isArray(seen) || !Array.isArray(findings))
    return refuse("lacks a part");
  if (!rows(seen).every(isSeen) || !rows(findings).every(isFinding)) return refuse("has an entry that lacks a part");
  return document as unknown as WatchState;
}

/** No lifecycle rule that anybody means deletes as soon. */
const leastKeptDays = 7;

/** Whether what was seen before is still there. */
export function sinceFindings(remembered: Remembered | undefined, proven: ProvenChain, now: Date): readonly Finding[] {
  const { chain, placed } = proven;
  if (remembered === undefined || remembered.chain !== chain.id) return [];
  const who = whoseText(chain);
  const { newest, oldest, members } = chain;
  if (members.some(({ name }) => name === remembered.name)) {
    const read = placed.find(({ member }) => member.name === remembered.name)?.collection.manifestSha256;
    if (read === undefined || read === remembered.manifestSha256) return [];
    const title = `${who}: ${remembered.name} is another one than the last watch had seen.`;
    return [found("seen-is-gone", who, title)];
  }
  if (newest.sequence < remembered.sequence && newest.run === 0) {
    const title = `${who}: the newest collection is ${newest.name}; the last watch had seen ${remembered.name} (its manifest ${remembered.manifestSha256.slice(0, 16)}…).`;
    return [found("went-back", who, title)];
  }
  // What is older than everything that is left went by the lifecycle rule, as it is told with the beginning.
  const age = now.getTime() - Date.parse(remembered.collectedAt);
  if (new Date(remembered.collectedAt) < oldest.collectedAt && age > leastKeptDays * day) return [];
  return [found("seen-is-gone", who, `${who}: ${remembered.name}, which the last watch had seen, is not there.`)];
}

/** A name that has gone over to another chain; two servers that have changed places are the same two. */
export function machineFindings(before: WatchState | undefined, sides: readonly ProvenChain[]): readonly Finding[] {
  return sides.flatMap(({ chain }) => {
    const earlier = before?.seen.find(({ computer }) => chain.computers.includes(computer));
    if (earlier === undefined || earlier.chain === chain.id) return [];
    const who = whoseText(chain);
    return [
      found("machine-changed", who, `${who}: the last watch had seen ${earlier.computer} as chain ${earlier.chain}.`),
    ];
  });
}

export interface StateChanges {
  readonly since: string;
  readonly appeared: readonly string[];
  readonly gone: readonly string[];
}

type Told = Pick<Finding, "code" | "subject" | "title">;

/** Titles of those that are not among the others; of several of one code and subject as many as are more. */
function notIn(others: readonly Told[], findings: readonly Told[]): readonly string[] {
  const left = [...others];
  return findings.flatMap(({ code, subject, title }) => {
    const at = left.findIndex((each) => each.code === code && each.subject === subject);
    if (at < 0) return [title];
    left.splice(at, 1);
    return [];
  });
}

/** What of the findings is new, and what has gone. */
export function changesSince(before: WatchState, findings: readonly Finding[]): StateChanges {
  const open = findings.filter(({ severity }) => severity !== "info");
  const earlier = before.findings.filter(({ severity }) => severity !== "info");
  return { since: before.at, appeared: notIn(earlier, open), gone: notIn(open, earlier) };
}

/**
 * What the next watch has to know. `held`: chains of which something that was seen is gone; of those it stays remembered,
 * so that it is told until somebody has accepted it.
 */
export function nextState(
  at: Date,
  verdict: Verdict,
  findings: readonly Finding[],
  sides: readonly { readonly side: Remembered["side"]; readonly proven: ProvenChain }[],
  before: WatchState | undefined,
  held: ReadonlySet<string>,
): WatchState {
  const seen = sides.flatMap(({ side, proven: { chain, placed } }): readonly Remembered[] => {
    const earlier = before?.seen.find((each) => each.chain === chain.id);
    const last = placed.findLast(({ member }) => member === chain.newest);
    if (last === undefined || held.has(chain.id)) return earlier === undefined ? [] : [{ ...earlier, side }];
    const { name, computer, sequence, collectedAt } = last.member;
    const { manifestSha256 } = last.collection;
    return [
      { side, chain: chain.id, computer, name, sequence, collectedAt: collectedAt.toISOString(), manifestSha256 },
    ];
  });
  return {
    at: at.toISOString(),
    verdict,
    seen,
    findings: findings.map(({ code, subject, severity, title }) => ({ code, subject, severity, title })),
  };
}
