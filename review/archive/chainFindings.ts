import type { Finding } from "../verdict";
import type { Chain, Member, Sorted } from "./listing";
import { found } from "./rules/table";
import { ageText, agoText, namesText, whoseText } from "./text";

export interface AgeLimits {
  readonly now: Date;
  /** A newest collection that is older is a warning… */
  readonly warnHours: number;
  /** …and one that is older than this blocks. */
  readonly blockHours: number;
}

export interface ChainOptions extends AgeLimits {
  /** Days for which a collection has to be kept; undefined: not said. */
  readonly keptDays?: number;
  /** Chains of retired servers: their age is not judged. */
  readonly ended: ReadonlySet<string>;
  /** Chains that are meant themselves, not their computer: that another machine goes on excuses nothing. */
  readonly meant: ReadonlySet<string>;
  /** Chains that are looked at: two of them tell a matter once. */
  readonly looked: ReadonlySet<string>;
}

const hour = 3_600_000;
const day = 24 * hour;
/** Clocks of a domain agree within five minutes; that much again for the others. */
export const clockMargin = 15 * 60_000;

/** What the listing tells as a whole, whichever chains are looked at. */
export function listingFindings(source: string, { chains, strays }: Sorted): readonly Finding[] {
  return [
    ...(chains.length > 0 ? [] : [found("archive-empty", "archive", `${source} holds no collection.`)]),
    ...(strays.length === 0
      ? []
      : [
          found("name-of-nothing", "archive", `${strays.length} names are none of a collection: ${namesText(strays)}.`),
        ]),
  ];
}

/** What the names and versions of one chain tell, before anything is read; `all`: every chain of the archive. */
export function chainFindings(chain: Chain, all: readonly Chain[], options: ChainOptions): readonly Finding[] {
  return [
    ...ages(chain, all, options),
    ...machines(chain, all, options),
    ...gaps(chain),
    ...beginning(chain, options),
    ...backwards(chain),
    ...waited(chain),
    ...rewritten(chain),
  ];
}

/** A later machine with the same name that began after this one's last collection. */
function successorOf(chain: Chain, all: readonly Chain[]): Chain | undefined {
  return all.find(
    (other) =>
      other.id !== chain.id &&
      other.computers.some((computer) => chain.computers.includes(computer)) &&
      other.oldest.collectedAt > chain.newest.collectedAt,
  );
}

/** Whether a later machine goes on under its name. */
export const isEnded = (chain: Chain, all: readonly Chain[]): boolean => successorOf(chain, all) !== undefined;

function ages(chain: Chain, all: readonly Chain[], options: ChainOptions): readonly Finding[] {
  const { now, ended, meant } = options;
  const who = whoseText(chain);
  const { newest } = chain;
  const age = now.getTime() - newest.collectedAt.getTime();
  if (age < -clockMargin)
    return [found("from-the-future", who, `${who}: ${newest.name} says that it was made ${ageText(-age)} after now.`)];
  if (ended.has(chain.id)) return [];
  const successor = successorOf(chain, all);
  if (successor === undefined) return late(chain, options);
  const ending = found(
    "chain-ended",
    who,
    `${who}: this chain has ended ${agoText(newest.collectedAt, now)}; the computer goes on as chain ${successor.id}.`,
    meant.has(chain.id)
      ? { severity: "warning", next: `Give the computer's name, or chain ${successor.id} if that is the server.` }
      : {},
  );
  return meant.has(chain.id) ? [ending, ...late(chain, options)] : [ending];
}

function late(chain: Chain, { now, warnHours, blockHours }: ChainOptions): readonly Finding[] {
  const who = whoseText(chain);
  const { newest } = chain;
  const age = now.getTime() - newest.collectedAt.getTime();
  if (age <= warnHours * hour) return [];
  const code = age > blockHours * hour ? "chain-silent" : "chain-late";
  return [found(code, who, `${who}: the newest collection is ${ageText(age)} old (${newest.name}).`)];
}

function machines(chain: Chain, all: readonly Chain[], { now, blockHours, looked }: ChainOptions): readonly Finding[] {
  const who = whoseText(chain);
  const several =
    chain.computers.length < 2
      ? []
      : [found("computer-changes", who, `Chain ${chain.id} holds collections of ${namesText(chain.computers)}.`)];
  const twin = all.find(
    (other) =>
      other.id !== chain.id &&
      (other.id < chain.id || !looked.has(other.id)) &&
      other.computers.some((computer) => chain.computers.includes(computer)) &&
      other.oldest.collectedAt <= chain.newest.collectedAt &&
      chain.oldest.collectedAt <= other.newest.collectedAt,
  );
  if (twin === undefined) return several;
  return [
    ...several,
    found(
      "two-machines-one-name",
      who,
      `Two machines add as ${chain.newest.computer}: chain ${chain.id} and chain ${twin.id}, the one since ${laterOf(chain, twin).toISOString()} beside the other.`,
      // One that was stopped long ago is history: its collections stay.
      { severity: [chain, twin].every(({ newest }) => hoursOf(newest, now) <= blockHours) ? "blocking" : "warning" },
    ),
  ];
}

const hoursOf = ({ collectedAt }: Member, now: Date): number => (now.getTime() - collectedAt.getTime()) / hour;

const laterOf = (one: Chain, other: Chain): Date =>
  one.oldest.collectedAt > other.oldest.collectedAt ? one.oldest.collectedAt : other.oldest.collectedAt;

/** Numbers between the first and the last of each count that no collection has, as ranges. */
export function missingNumbers({ members }: Pick<Chain, "members">): readonly (readonly [number, number])[] {
  return members.flatMap((member, index) => {
    const before = members[index - 1];
    if (before === undefined || before.run !== member.run || member.sequence <= before.sequence + 1) return [];
    return [[before.sequence + 1, member.sequence - 1] as const];
  });
}

function gaps(chain: Chain): readonly Finding[] {
  const ranges = missingNumbers(chain);
  if (ranges.length === 0) return [];
  const who = whoseText(chain);
  const count = ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
  const told = ranges.map(([from, to]) => (from === to ? String(from) : `${from} to ${to}`));
  return [
    found(
      "sequence-gap",
      who,
      `${who}: ${count === 1 ? "number" : "numbers"} ${namesText(told)} ${count === 1 ? "is" : "are"} missing.`,
    ),
  ];
}

/** The lifecycle rule takes the oldest away; whether it was that, only their age can say. */
function beginning(chain: Chain, { now, keptDays }: ChainOptions): readonly Finding[] {
  const lowest = chain.members[0];
  if (lowest === undefined || lowest.sequence === 1) return [];
  const who = whoseText(chain);
  const gone = lowest.sequence - 1;
  const age = now.getTime() - lowest.collectedAt.getTime();
  // The one before was made a little earlier: two days for whoever collects daily or waits at a week-end.
  if (keptDays !== undefined && age < (keptDays - 2) * day)
    return [
      found(
        "beginning-deleted",
        who,
        `${who}: the first ${gone} are gone, although number ${lowest.sequence} is only ${ageText(age)} old and collections are kept for ${keptDays} days.`,
      ),
    ];
  return [found("beginning-missing", who, `${who}: the first ${gone} are gone; the oldest is ${ageText(age)} old.`)];
}

function backwards(chain: Chain): readonly Finding[] {
  const who = whoseText(chain);
  return chain.members.flatMap((member, index) => {
    const before = chain.members[index - 1];
    if (before === undefined || before.run !== member.run || member.sequence !== before.sequence + 1) return [];
    const back = before.collectedAt.getTime() - member.collectedAt.getTime();
    if (back <= clockMargin) return [];
    return [
      found(
        "time-backwards",
        who,
        `${who}: number ${member.sequence} was made ${ageText(back)} before number ${before.sequence}.`,
      ),
    ];
  });
}

function waited(chain: Chain): readonly Finding[] {
  const who = whoseText(chain);
  const arrived = chain.members.filter(
    ({ first, collectedAt }) => first.createdAt !== null && first.createdAt.getTime() - collectedAt.getTime() > day,
  );
  const [one] = arrived;
  if (one === undefined) return [];
  const more = arrived.length === 1 ? "" : `, and ${arrived.length - 1} more`;
  return [
    found(
      "uploaded-late",
      who,
      `${who}: number ${one.sequence} arrived ${ageText((one.first.createdAt as Date).getTime() - one.collectedAt.getTime())} after it was made${more}.`,
    ),
  ];
}

function rewritten(chain: Chain): readonly Finding[] {
  const who = whoseText(chain);
  return chain.members.flatMap((member): readonly Finding[] => [
    ...(member.deleted
      ? [found("deleted", who, `${who}: ${member.name} was deleted; a version of it is still there.`)]
      : []),
    ...versionsOf(who, member),
  ]);
}

function versionsOf(who: string, { name, versions, first }: Member): readonly Finding[] {
  const later = versions.slice(1);
  if (later.length === 0) return [];
  const changed = later.filter(({ md5, size }) => size !== first.size || md5 === null || md5 !== first.md5);
  if (changed.length === 0)
    return [found("written-again", who, `${who}: ${name} has ${versions.length} versions of one content.`)];
  const when = changed[0]?.createdAt?.toISOString();
  return [
    found(
      "overwritten",
      who,
      `${who}: ${name} was overwritten${when === undefined ? "" : ` at ${when}`}; ${versions.length} versions.`,
    ),
  ];
}
