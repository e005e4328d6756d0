import { BadInput } from "../verdict";
import { type CollectionName, isChain, readName } from "./name";

/** What keeps a version from being changed or deleted; null where the source cannot say. */
export interface Protection {
  readonly until: Date | null;
  /** An unlocked policy can be shortened and taken away by whoever has rights over it. */
  readonly mode: "unlocked" | "locked" | null;
  readonly legalHold: boolean | null;
}

/** One version of one blob, as its store lists it. */
export interface StoredBlob {
  readonly name: string;
  /** Null where the store keeps no versions. */
  readonly versionId: string | null;
  /** False for a version that another one, or a deletion, has replaced. */
  readonly current: boolean;
  readonly size: number;
  readonly createdAt: Date | null;
  /** Of the content, lower-case hexadecimal, as the store computed it. */
  readonly md5: string | null;
  /** Names in lower case; null where the source cannot say. */
  readonly metadata: Readonly<Record<string, string>> | null;
  readonly protection: Protection | null;
}

export interface Listing {
  /** What a person knows it by: the address of the container, or the folder. */
  readonly source: string;
  readonly kind: "account" | "folder";
  readonly blobs: readonly StoredBlob[];
  /** What is not said by this kind of source, for the page. */
  readonly cannotSay: readonly string[];
}

/** One name of the archive with everything that was ever written under it. */
export interface Member extends CollectionName {
  /** The oldest first. What was written first counts: later versions are somebody else's work. */
  readonly versions: readonly StoredBlob[];
  readonly first: StoredBlob;
  /** No version is the current one: somebody deleted it, and the store has kept it. */
  readonly deleted: boolean;
  /** A server that lost its record counts from 1 again: which of these counts, from 0. */
  readonly run: number;
}

/** Everything of one machine, in the order in which it was collected. */
export interface Chain {
  readonly id: string;
  /** In the order in which they appear; more than one is wrong. */
  readonly computers: readonly string[];
  readonly members: readonly Member[];
  readonly newest: Member;
  readonly oldest: Member;
}

export interface Sorted {
  readonly chains: readonly Chain[];
  /** Names that are none of an archive. */
  readonly strays: readonly string[];
}

/** What lies in an archive, by machine; the machine with the newest collection first. */
export function sortListing({ blobs }: Pick<Listing, "blobs">): Sorted {
  const names = new Map<string, StoredBlob[]>();
  for (const blob of blobs) names.set(blob.name, [...(names.get(blob.name) ?? []), blob]);
  const strays: string[] = [];
  const byChain = new Map<string, Member[]>();
  for (const [name, found] of names) {
    const read = readName(name);
    if (read === undefined) {
      strays.push(name);
      continue;
    }
    const versions = found.toSorted(byAge);
    const [first] = versions;
    if (first === undefined) continue;
    const member = { ...read, versions, first, deleted: !versions.some(({ current }) => current), run: 0 };
    byChain.set(read.chain, [...(byChain.get(read.chain) ?? []), member]);
  }
  const chains = [...byChain].map(([id, unsorted]) => chainOf(id, unsorted));
  return {
    chains: chains.sort((a, b) => b.newest.collectedAt.getTime() - a.newest.collectedAt.getTime()),
    strays: strays.sort(),
  };
}

/** The sequence orders, not the time: a server's clock may say nonsense. */
function chainOf(id: string, unsorted: readonly Member[]): Chain {
  const members = inRuns(unsorted).sort(
    (a, b) => a.run - b.run || a.sequence - b.sequence || timeOf(a) - timeOf(b) || (a.name < b.name ? -1 : 1),
  );
  const [newest, oldest] = [members.at(-1), members[0]] as [Member, Member];
  return { id, members, newest, oldest, computers: [...new Set(members.map(({ computer }) => computer))] };
}

/** The store's clock where it says when each was added; else the server's own. */
const timeOf = ({ first, collectedAt }: Member): number => (first.createdAt ?? collectedAt).getTime();

/** Each further number 1 begins another count; what came after it belongs there. */
function inRuns(members: readonly Member[]): Member[] {
  const begins = members
    .filter(({ sequence }) => sequence === 1)
    .map(timeOf)
    .sort((a, b) => a - b);
  const earliest = Math.min(...members.map(timeOf));
  // What is older than the first of them is of a count whose beginning is gone.
  const later = begins[0] === undefined || begins[0] <= earliest ? begins.slice(1) : begins;
  return members.map((member) => ({ ...member, run: later.filter((begin) => begin <= timeOf(member)).length }));
}

/** A version's id is the moment of its writing, in a form that sorts. */
function byAge(a: StoredBlob, b: StoredBlob): number {
  if (a.versionId !== null && b.versionId !== null && a.versionId !== b.versionId)
    return a.versionId < b.versionId ? -1 : 1;
  return (a.createdAt?.getTime() ?? 0) - (b.createdAt?.getTime() ?? 0);
}

/** Whether somebody means this chain: by its id, or by the name of its computer with or without its domain. */
export function isNamed({ id, computers }: Pick<Chain, "id" | "computers">, name: string): boolean {
  const meant = name.trim().toLowerCase();
  return meant === id || computers.includes(meant.split(".")[0] ?? "");
}

/**
 * The chains that somebody names; all where nobody names any.
 *
 * @throws BadInput where a name means none
 */
export function named(chains: readonly Chain[], names: readonly string[], source: string): readonly Chain[] {
  for (const name of names)
    if (!chains.some((chain) => isNamed(chain, name))) throw new BadInput(nothingOf(chains, name, source));
  return names.length === 0 ? chains : chains.filter((chain) => names.some((name) => isNamed(chain, name)));
}

/**
 * The one chain that is meant: of several of one computer (rebuilt under its name) the newest.
 *
 * @throws BadInput where the name means none
 */
export function oneNamed(chains: readonly Chain[], name: string, source: string): Chain {
  const [found] = named(chains, [name], source);
  if (found === undefined) throw new BadInput(nothingOf(chains, name, source));
  return found;
}

function nothingOf(chains: readonly Chain[], name: string, source: string): string {
  const what = isChain(name.trim().toLowerCase()) ? "chain" : "computer";
  const there = chains.map(({ id, computers }) => `${computers.join(", ")} (${id})`);
  return `${source}: there is no collection of the ${what} ${name}. ${there.length === 0 ? "There is no collection at all." : `There are those of ${there.join("; ")}.`}`;
}
