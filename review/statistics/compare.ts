import { madeFrom, madeNow, readEvidence, stagingModeOf } from "../evidence";
import { type Clock, type Finding, identified, systemClock, verdictOf } from "../verdict";
import { connectorFindings, notCounted } from "./connectorFindings";
import {
  type ComparedConnector,
  type ConnectorStatistics,
  defaultTolerances,
  type NotAvailable,
  type RunResult,
  type ServerStatistics,
  type ServerSummary,
  type StatisticsReport,
  type Tolerances,
} from "./model";
import { readStatistics } from "./read";
import { runFindings } from "./runFindings";
import { notAvailableFindings, serverFindings } from "./serverFindings";
import { compareCounts, compareValues } from "./values";

/**
 * Compares the statistics of two servers from the collector's archives. `progress` hears what is being done.
 * Throws `BadInput` for anything else than two sound archives with statistics.
 */
export async function compareStatisticsOf(
  activeSource: string,
  stagingSource: string,
  tolerances: Tolerances = defaultTolerances,
  progress: (doing: string) => void = () => {},
  clock: Clock = systemClock,
): Promise<StatisticsReport> {
  progress(`reading ${activeSource}`);
  const active = readStatistics(await readEvidence(activeSource));
  progress(`reading ${stagingSource}`);
  const staging = readStatistics(await readEvidence(stagingSource));
  return compareStatistics(active, staging, tolerances, clock);
}

/** The same for statistics already read. */
export function compareStatistics(
  active: ServerStatistics,
  staging: ServerStatistics,
  tolerances: Tolerances = defaultTolerances,
  clock: Clock = systemClock,
): StatisticsReport {
  const now = clock();
  const connectors = pairsOf(active, staging).map((pair) => comparedOf(pair, tolerances));
  const notAvailable = missingOnEither(active, staging);
  const found: Finding[] = [
    ...serverFindings(active, staging, tolerances, now),
    ...(connectors.length === 0 ? [notCounted("connectors")] : []),
    ...connectors.flatMap((connector) => connectorFindings(connector)),
    ...connectors.flatMap((connector) => runFindings(connector, active, staging, tolerances)),
    ...notAvailableFindings(notAvailable),
  ];
  const findings = identified(found);
  return {
    verdict: verdictOf(findings),
    findings,
    summary: {
      active: summaryOf(active),
      staging: summaryOf(staging),
      tolerances,
      connectors,
      notAvailable,
      made: madeNow(now, [madeFrom("active", active.identity), madeFrom("staging", staging.identity)]),
    },
  };
}

interface Pair {
  readonly active?: ConnectorStatistics;
  readonly staging?: ConnectorStatistics;
}

/** By name, whatever its case: identifiers of AD connectors are made anew on each server. */
function pairsOf(active: ServerStatistics, staging: ServerStatistics): readonly Pair[] {
  const pairs = new Map<string, Pair>();
  for (const connector of active.connectors) pairs.set(connector.name.toLowerCase(), { active: connector });
  for (const connector of staging.connectors) {
    const key = connector.name.toLowerCase();
    pairs.set(key, { ...pairs.get(key), staging: connector });
  }
  return [...pairs.keys()].sort().map((key) => pairs.get(key) ?? {});
}

function comparedOf({ active, staging }: Pair, tolerances: Tolerances): ComparedConnector {
  const either = active ?? staging;
  const counted = active?.objectTypes !== undefined && staging?.objectTypes !== undefined;
  const none = new Map<string, never>();
  const profiles = [...new Set([...(active?.runs ?? []), ...(staging?.runs ?? [])].map((run) => run.profile))].sort();
  return {
    name: either?.name ?? "",
    type: either?.type ?? "",
    on: active === undefined ? "staging" : staging === undefined ? "active" : "both",
    objectTypes: (counted ? compareCounts : compareValues)(
      active?.objectTypes ?? none,
      staging?.objectTypes ?? none,
      tolerances,
    ),
    figures: compareValues(active?.figures ?? none, staging?.figures ?? none, tolerances),
    runsKnown: { active: active?.runsKnown ?? false, staging: staging?.runsKnown ?? false },
    runs: profiles.map((profile) => ({
      profile,
      active: newestOf(active?.runs, profile),
      staging: newestOf(staging?.runs, profile),
    })),
  };
}

/** An archive can hold a run in progress beside the last completed one: the completed one says how old the data is. */
function newestOf(runs: readonly RunResult[] | undefined, profile: string): RunResult | null {
  const own = (runs ?? []).filter((run) => run.profile === profile);
  const ended = own
    .filter((run) => run.endedAt !== null)
    .sort((a, b) => ((a.endedAt ?? "") < (b.endedAt ?? "") ? 1 : -1));
  return ended[0] ?? own[0] ?? null;
}

function missingOnEither(active: ServerStatistics, staging: ServerStatistics): readonly NotAvailable[] {
  const reasonIn = (server: ServerStatistics, name: string): string | null =>
    server.notAvailable.find((missing) => missing.name === name)?.reason ?? null;
  const names = new Set([...active.notAvailable, ...staging.notAvailable].map((missing) => missing.name));
  return [...names].map((name) => ({ name, active: reasonIn(active, name), staging: reasonIn(staging, name) }));
}

function summaryOf({ identity, computerName, collectedAt, scheduler }: ServerStatistics): ServerSummary {
  return {
    source: identity.source,
    computerName,
    collectedAt,
    engineVersion: identity.engine ?? null,
    wizardVersion: identity.wizard ?? null,
    stagingMode: stagingModeOf(identity) ?? null,
    ...scheduler,
    sha256: identity.sha256 ?? null,
  };
}
