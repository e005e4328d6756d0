import { type Acceptance, withAccepted } from "../accepted";
import { identityOf, madeFrom, madeNow } from "../evidence";
import {
  BadInput,
  type Finding,
  identified,
  type Made,
  type MadeFrom,
  type Report,
  verdictOf,
  worstFirst,
} from "../verdict";
import { type AgeLimits, chainFindings, isEnded, listingFindings } from "./chainFindings";
import { mostBytes, type ReadCollection, readCollection } from "./collection";
import { completeFindings, secretFindings, truthFindings } from "./contentFindings";
import { healthFindings, type Role } from "./healthFindings";
import { keepingFindings } from "./keepingFindings";
import { linkFindings, type Placed } from "./linkFindings";
import { type Chain, isNamed, type Listing, type Member, named, type StoredBlob, sortListing } from "./listing";
import { found } from "./rules/table";
import { SecretScan } from "./secrets";
import { namesText, whoseText } from "./text";

/**
 * The bytes of one version; `notAtHand` where the store has it in a tier that cannot be read now. Throws `BadInput` where what
 * lies there is nothing that can be read.
 */
export type ReadBlob = (blob: StoredBlob) => Promise<Buffer | "notAtHand">;

export interface VerifyInput extends AgeLimits {
  readonly listing: Listing;
  readonly read: ReadBlob;
  /** Computers or chains; none: all. */
  readonly servers?: readonly string[];
  /** Those of retired servers: kept and proven, but no longer added to. */
  readonly ended?: readonly string[];
  /** Computers or chains that are declared active, and passive. */
  readonly active?: readonly string[];
  readonly passive?: readonly string[];
  /** Only the newest of each chain are read; default: all. */
  readonly newest?: number;
  /** Names that are read beside those, and whose evidence is kept. */
  readonly also?: readonly string[];
  readonly keptDays?: number;
  readonly locked?: boolean;
  /** Hashes (16 characters or more) of archives or manifests that have to be there. */
  readonly expect?: readonly string[];
  readonly acceptances?: readonly Acceptance[];
  readonly progress?: (doing: string) => void;
}

export interface VerifiedChain {
  readonly chain: string;
  readonly computer: string;
  readonly role: Role | null;
  readonly collections: number;
  readonly read: number;
  readonly bytes: number;
  readonly oldest: string;
  readonly newest: string;
  readonly newestName: string;
  /** Of its manifest: what --expect of a later call takes, and the next collection names. */
  readonly newestSha256: string | null;
  readonly vmId: string | null;
  readonly generation: number | null;
  readonly protectedUntil: string | null;
}

export interface VerifySummary {
  readonly source: string;
  readonly chains: readonly VerifiedChain[];
  readonly cannotSay: readonly string[];
  readonly made: Made;
}

export type VerifyReport = Report<VerifySummary>;

/** What is at hand of a chain beside the findings about it. */
export interface ProvenChain {
  readonly chain: Chain;
  readonly placed: readonly Placed[];
  /** The newest collection and the one before it, with their evidence, as far as they could be read. */
  readonly newest: ReadCollection | null;
  readonly before: ReadCollection | null;
  readonly also: readonly ReadCollection[];
}

export interface VerifyResult {
  readonly report: VerifyReport;
  readonly chains: readonly ProvenChain[];
}

/**
 * Proves an archive: every collection whole, itself, in its place, protected; and what the newest says of its server.
 * Nothing is believed that was not read.
 *
 * @throws BadInput where a name means nothing in it
 */
export async function verifyArchive(input: VerifyInput): Promise<VerifyResult> {
  const { listing, now } = input;
  const sorted = sortListing(listing);
  const all = sorted.chains;
  const looked = named(all, input.servers ?? [], listing.source);
  for (const names of [input.ended, input.active, input.passive]) named(all, names ?? [], listing.source);
  const findings: Finding[] = [...listingFindings(listing.source, sorted)];
  const scan = new SecretScan();
  const proven: ProvenChain[] = [];
  const options = {
    ...input,
    ended: endedOf(all, input.ended ?? []),
    meant: new Set([...(input.active ?? []), ...(input.passive ?? [])].map((name) => name.trim().toLowerCase())),
    looked: new Set(looked.map(({ id }) => id)),
  };
  // Of a machine that another one has followed, the last word is no news of a server.
  const retired = new Set([
    ...options.ended,
    ...all.filter((chain) => isEnded(chain, all) && !options.meant.has(chain.id)).map(({ id }) => id),
  ]);
  for (const chain of looked) {
    const one = await proveChain(chain, input, scan, retired.has(chain.id));
    proven.push(one.proven);
    findings.push(...chainFindings(chain, all, options), ...one.findings);
  }
  findings.push(...expected(input.expect ?? [], proven));
  const collected = identified(worstFirst(findings));
  const { findings: judged } = withAccepted(
    { verdict: "ok", findings: collected, summary: null },
    input.acceptances ?? [],
    now,
  );
  const summary: VerifySummary = {
    source: listing.source,
    chains: proven.map((each) => summaryOf(each, roleOf(each.chain, input))),
    cannotSay: listing.cannotSay,
    made: madeNow(now, proven.flatMap(inputOf)),
  };
  return { report: { verdict: verdictOf(judged), findings: judged, summary }, chains: proven };
}

const endedOf = (chains: readonly Chain[], names: readonly string[]): ReadonlySet<string> =>
  new Set(chains.filter((chain) => names.some((name) => isNamed(chain, name))).map(({ id }) => id));

function roleOf(chain: Chain, { active = [], passive = [] }: VerifyInput): Role | undefined {
  if (active.some((name) => isNamed(chain, name))) return "active";
  return passive.some((name) => isNamed(chain, name)) ? "passive" : undefined;
}

/** A year of them is read in a minute or so. */
const toldEvery = 25;

async function proveChain(
  chain: Chain,
  input: VerifyInput,
  scan: SecretScan,
  retired: boolean,
): Promise<{ readonly proven: ProvenChain; readonly findings: readonly Finding[] }> {
  const who = whoseText(chain);
  const findings: Finding[] = [];
  const { members } = chain;
  const newestOnes = new Set(members.slice(-(input.newest ?? members.length)));
  const wanted = members.filter((member) => newestOnes.has(member) || input.also?.includes(member.name));
  const also: ReadCollection[] = [];
  const placed: Placed[] = [];
  let [newest, before]: [ReadCollection | null, ReadCollection | null] = [null, null];
  for (const [index, member] of wanted.entries()) {
    if (index % toldEvery === 0)
      input.progress?.(`reading the collections of ${who}, ${index + 1} of ${wanted.length}`);
    const read = await readMember(member, input, scan);
    if ("code" in read) {
      findings.push({ ...read, title: `${who}: ${read.title}`, subject: who });
      [before, newest] = member === chain.newest ? [newest, null] : [before, newest];
      continue;
    }
    [before, newest] = [newest, read];
    if (input.also?.includes(member.name)) also.push(read);
    placed.push({ member, collection: read.collection });
  }
  if (wanted.length < members.length)
    findings.push(
      found(
        "not-read-back",
        who,
        `${who}: ${members.length - wanted.length} older collections were listed and not read.`,
      ),
    );
  for (const each of placed)
    findings.push(...truthFindings(who, each, input.listing.kind), ...secretFindings(who, each));
  findings.push(...linkFindings(chain, placed), ...keepingFindings(chain, input));
  const [last, earlier] = [placed.at(-1), placed.at(-2)];
  if (last !== undefined && last.member === chain.newest && !retired) {
    findings.push(...completeFindings(who, last, earlier));
    const { health, collectedAt } = last.collection;
    if (health !== null)
      findings.push(
        ...healthFindings({
          who,
          health,
          collectedAt,
          role: roleOf(chain, input),
          ...(earlier?.collection.health != null && {
            before: {
              health: earlier.collection.health,
              collectedAt: earlier.collection.collectedAt,
              name: earlier.member.name,
            },
          }),
        }),
      );
  }
  return { proven: { chain, placed, newest, before, also }, findings };
}

/** The first version, whatever came after it; a finding where it is none. */
async function readMember(
  { name, first }: Member,
  { read }: VerifyInput,
  scan: SecretScan,
): Promise<ReadCollection | Finding> {
  if (first.size > mostBytes)
    return found("unreadable", name, `${name} has ${first.size} bytes, more than any collection.`);
  try {
    const bytes = await read(first);
    if (bytes === "notAtHand") return found("not-at-hand", name, `${name} is in a tier that cannot be read now.`);
    return await readCollection(name, bytes, scan);
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    // The problems of a manifest stand in lines of their own; the advice of the collector is not what helps here.
    const [what = "", ...more] = error.message.split("\n").map((line) => line.trim());
    const problems = more.filter((line) => line.startsWith("- ")).map((line) => line.slice(2));
    return found("unreadable", name, problems.length === 0 ? what : `${what} ${namesText(problems)}.`);
  }
}

const inputOf = ({ newest }: ProvenChain): readonly MadeFrom[] =>
  newest === null
    ? []
    : [{ ...madeFrom("newest collection", identityOf(newest.evidence)), tool: "archive-configuration.ps1" }];

function expected(hashes: readonly string[], proven: readonly ProvenChain[]): readonly Finding[] {
  const known = proven.flatMap(({ placed }) =>
    placed.flatMap(({ collection: { sha256, manifestSha256 } }) => [sha256, manifestSha256]),
  );
  return hashes
    .filter((hash) => !known.some((each) => each.startsWith(hash.toLowerCase())))
    .map((hash) => found("expected-missing", "archive", `No collection that was read has the hash ${hash}.`));
}

function summaryOf({ chain, placed }: ProvenChain, role: Role | undefined): VerifiedChain {
  const last = placed.at(-1);
  const current = last?.member === chain.newest ? last.collection : undefined;
  const until = chain.members.map(({ first }) => first.protection?.until?.getTime());
  const dated = until.filter((each) => each !== undefined);
  return {
    chain: chain.id,
    computer: chain.newest.computer,
    role: role ?? null,
    collections: chain.members.length,
    read: placed.length,
    bytes: chain.members.reduce((sum, { first }) => sum + first.size, 0),
    oldest: chain.oldest.collectedAt.toISOString(),
    newest: chain.newest.collectedAt.toISOString(),
    newestName: chain.newest.name,
    newestSha256: current?.manifestSha256 ?? null,
    vmId: current?.link.vmId ?? null,
    generation: current?.link.generation ?? null,
    protectedUntil: dated.length === 0 ? null : new Date(Math.min(...dated)).toISOString(),
  };
}
