import type { Acceptance } from "../accepted";
import { withAccepted } from "../accepted";
import { compareInputs, readInput } from "../configuration";
import { madeNow, XmlReader } from "../evidence";
import type { Thresholds } from "../exports";
import { type ExportsGiven, judgeReady, type ReadyResult } from "../pair";
import { bareName, type TenantAnswers } from "../pair/graph";
import { defaultTolerances } from "../statistics";
import { BadInput, type Finding, identified, type Made, type Report, verdictOf, worstFirst } from "../verdict";
import type { AgeLimits } from "./chainFindings";
import { differencesOf } from "./documentPages";
import { type Listing, oneNamed, sortListing } from "./listing";
import { found } from "./rules/table";
import { tenantFindings } from "./tenantFindings";
import { whoseText } from "./text";
import { type ProvenChain, type ReadBlob, type VerifiedChain, verifyArchive } from "./verify";
import {
  changesSince,
  machineFindings,
  nextState,
  type StateChanges,
  sinceFindings,
  type WatchState,
} from "./watchState";

export interface WatchInput extends AgeLimits {
  readonly listing: Listing;
  readonly read: ReadBlob;
  /** Computer name or chain. */
  readonly active: string;
  readonly staging: string;
  /** How many of each chain are read; default 3, at least 2. */
  readonly newest?: number;
  readonly keptDays?: number;
  readonly locked?: boolean;
  readonly exports?: readonly ExportsGiven[];
  readonly thresholds?: Thresholds;
  readonly tenantDeleteThreshold?: number | "off";
  /** What Microsoft Graph answered; null: nobody asked. */
  readonly tenant?: TenantAnswers | null;
  /** What the last watch left. */
  readonly before?: WatchState;
  readonly acceptances?: readonly Acceptance[];
  readonly progress?: (doing: string) => void;
}

export interface WatchSummary {
  readonly source: string;
  readonly active: VerifiedChain;
  readonly staging: VerifiedChain;
  /** Null: one of the newest collections could not be read, so the pair was not compared. */
  readonly ready: ReadyResult["report"]["summary"] | null;
  readonly tenant: TenantAnswers | null;
  /** Null: nothing was remembered. */
  readonly changes: StateChanges | null;
  readonly cannotSay: readonly string[];
  readonly made: Made;
}

export interface WatchResult {
  readonly report: Report<WatchSummary>;
  readonly sides: { readonly active: ProvenChain; readonly staging: ProvenChain };
  readonly next: WatchState;
}

/**
 * The regular look at a pair: both archives' newest collections proven, both servers' health, the pair as `ready` judges it,
 * the tenant where it was asked, and what changed since the last look.
 *
 * @throws BadInput where a name means nothing in the archive, or both mean one machine
 */
export async function watchPair(input: WatchInput): Promise<WatchResult> {
  const { listing, now, before: last } = input;
  const { chains } = sortListing(listing);
  const active = oneNamed(chains, input.active, listing.source);
  const staging = oneNamed(chains, input.staging, listing.source);
  if (active.id === staging.id)
    throw new BadInput(`--active ${input.active} and --staging ${input.staging} are one machine (chain ${active.id}).`);
  const remembered = (chain: string) => last?.seen.find((each) => each.chain === chain);
  const { report: archive, chains: proven } = await verifyArchive({
    ...input,
    servers: [active.id, staging.id],
    active: [active.id],
    passive: [staging.id],
    newest: Math.max(2, input.newest ?? 3),
    also: [active.id, staging.id].flatMap((id) => remembered(id)?.name ?? []),
    acceptances: [],
  });
  const provenOf = (id: string): ProvenChain => {
    const one = proven.find(({ chain }) => chain.id === id);
    if (one === undefined) throw new Error(`chain ${id} was not looked at`);
    return one;
  };
  const sides = { active: provenOf(active.id), staging: provenOf(staging.id) };
  const { ready, findings: ofPair } = await pairOf(input, sides);
  const tenant = input.tenant ?? null;
  const ofTenant =
    tenant === null
      ? []
      : tenantFindings(tenant, {
          active: bareName(active.newest.computer),
          passive: bareName(staging.newest.computer),
          now,
          warnHours: input.warnHours,
          activeSince: sides.active.placed.at(-2)?.collection.collectedAt ?? active.newest.collectedAt,
        });
  const both = [sides.active, sides.staging];
  const since = [
    ...both.flatMap((side) => [...sinceFindings(remembered(side.chain.id), side, now), ...changed(side)]),
    ...machineFindings(last, both),
  ];
  const all = identified(worstFirst([...since, ...toldOnce(archive.findings, ofPair, whoseText(active)), ...ofTenant]));
  const { findings } = withAccepted({ verdict: "ok", findings: all, summary: null }, input.acceptances ?? [], now);
  const verdict = verdictOf(findings);
  const chainOf = (id: string) => archive.summary.chains.find(({ chain }) => chain === id) as VerifiedChain;
  const summary: WatchSummary = {
    source: listing.source,
    active: chainOf(active.id),
    staging: chainOf(staging.id),
    ready: ready?.report.summary ?? null,
    tenant,
    changes: last === undefined ? null : changesSince(last, findings),
    cannotSay: listing.cannotSay,
    made: madeNow(now, ready?.report.summary.made.inputs ?? []),
  };
  const goneCodes: readonly string[] = ["went-back", "seen-is-gone"];
  const held = both.filter(({ chain }) =>
    findings.some(
      ({ code, subject, severity }) =>
        goneCodes.includes(code) && severity === "blocking" && subject === whoseText(chain),
    ),
  );
  const next = nextState(
    now,
    verdict,
    findings,
    [
      { side: "active", proven: sides.active },
      { side: "staging", proven: sides.staging },
    ],
    last,
    new Set(held.map(({ chain }) => chain.id)),
  );
  return { report: { verdict, findings, summary }, sides, next };
}

/** Collections are made once a day: two that are made at the two ends of one day are of the same time. */
const apartHours = 26;

interface JudgedPair {
  readonly ready: ReadyResult | null;
  readonly findings: readonly Finding[];
}

async function pairOf(input: WatchInput, { active, staging }: WatchResult["sides"]): Promise<JudgedPair> {
  const not = (why: string): JudgedPair => ({
    ready: null,
    findings: [found("pair-not-compared", "pair", `The pair was not compared: ${why}`)],
  });
  const unread = [active, staging].find(({ newest }) => newest === null);
  if (active.newest === null || staging.newest === null)
    return not(`${unread?.chain.newest.name ?? ""} could not be read.`);
  const exports = input.exports ?? [];
  let ready: ReadyResult;
  try {
    ready = await judgeReady({
      active: active.newest.evidence,
      staging: staging.newest.evidence,
      exports,
      // A daily look has no csexport files; before a switch `ready` asks for them.
      withoutExports: exports.length === 0,
      tolerances: { ...defaultTolerances, apartHours },
      thresholds: input.thresholds,
      tenantDeleteThreshold: input.tenantDeleteThreshold ?? input.tenant?.synchronization?.deleteThreshold ?? undefined,
      evidenceHours: input.warnHours,
      clock: () => input.now,
      progress: input.progress,
    });
  } catch (error) {
    // Files of --exports are the caller's; what lies in the archive is what is watched.
    if (!(error instanceof BadInput) || exports.length > 0) throw error;
    return not(error.message);
  }
  return { ready, findings: ready.report.findings };
}

/** Since what the last watch saw; without one, since the collection before the newest. */
function changed({ chain, newest, before, also }: ProvenChain): readonly Finding[] {
  const [remembered] = also;
  const since = remembered ?? before;
  if (newest === null || since === null || since === newest) return [];
  if (newest.evidence.configuration.length === 0 || since.evidence.configuration.length === 0) return [];
  const reader = new XmlReader();
  let count: number;
  try {
    const comparison = compareInputs(readInput(since.evidence, reader), readInput(newest.evidence, reader), {
      oneServer: true,
      clock: () => newest.collection.collectedAt,
    });
    count = differencesOf(comparison);
  } catch (error) {
    // Collections of two computers in one chain: told with the chain.
    if (error instanceof BadInput) return [];
    throw error;
  }
  if (count === 0) return [];
  const who = chain.newest.computer;
  return [
    found(
      "configuration-changed",
      who,
      `${who}: ${count === 1 ? "one difference" : `${count} differences`} in its configuration since ${since.collection.collectedAt.toISOString()}: archive document shows ${count === 1 ? "it" : "them"}.`,
    ),
  ];
}

/** What `ready` says in other words of the same matter: by its code, what of the archive's findings it replaces. */
const sameMatter: readonly (readonly [archive: string, ready: RegExp])[] = [
  ["version-to-look-at", /^version-(?!staging-older)/u],
  ["database-near-limit", /^database-near-limit$/u],
  ["certificate-ends", /^certificate-/u],
  ["scheduler-off", /^scheduler-/u],
  ["exported-while-passive", /^export-on-staging$/u],
  ["staging-flag", /^(two-active-servers|roles-swapped|staging-reads-disagree)$/u],
];

/**
 * The archive's finding stays where both tell a matter of one server, since it says what it found on which machine; of ready's,
 * what is its own.
 */
function toldOnce(archive: readonly Finding[], ready: readonly Finding[], activeSubject: string): readonly Finding[] {
  const late = archive.some(({ code }) => code === "chain-late" || code === "chain-silent");
  const own = ready.filter(
    ({ code, severity, ...shown }) =>
      !(late && code === "evidence-old") &&
      !sameMatter.some(
        ([mine, theirs]) =>
          theirs.test(code) &&
          archive.some(
            (each) =>
              each.code === mine && worse(each.severity, severity) && isOf(each.subject === activeSubject, shown),
          ),
      ),
  );
  return [...archive, ...own];
}

/** Whether what `ready` shows is of the active server, or of the passive one; of both where it shows both or neither. */
const isOf = (active: boolean, { active: here, staging: there }: Pick<Finding, "active" | "staging">): boolean =>
  (here === null) === (there === null) || (here !== null) === active;

const rank = { info: 0, warning: 1, blocking: 2 } as const;
/** At least as bad. */
const worse = (one: Finding["severity"], other: Finding["severity"]): boolean => rank[one] >= rank[other];
