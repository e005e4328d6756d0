import { readEvidence } from "../evidence";
import { type Finding, verdictOf } from "../verdict";
import { connectorFindings, notCounted } from "./connectorFindings";
import {
  type ComparedConnector,
  type ConnectorStatistics,
  defaultTolerances,
  type NotAvailable,
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
): Promise<StatisticsReport> {
  progress(`reading ${activeSource}`);
  const active = readStatistics(await readEvidence(activeSource));
  progress(`reading ${stagingSource}`);
  const staging = readStatistics(await readEvidence(stagingSource));
  return compareStatistics(active, staging, tolerances);
}

/** The same for statistics already read. */
export function compareStatistics(
  active: ServerStatistics,
  staging: ServerStatistics,
  tolerances: Tolerances = defaultTolerances,
): StatisticsReport {
  const connectors = pairsOf(active, staging).map((pair) => comparedOf(pair, tolerances));
  const notAvailable = missingOnEither(active, staging);
  const findings: Finding[] = [
    ...serverFindings(active, staging, tolerances),
    ...(connectors.length === 0 ? [notCounted("connectors")] : []),
    ...connectors.flatMap((connector) => connectorFindings(connector)),
    ...connectors.flatMap((connector) => runFindings(connector, active, staging, tolerances)),
    ...notAvailableFindings(notAvailable),
  ];
  return {
    verdict: verdictOf(findings),
    findings,
    summary: { active: summaryOf(active), staging: summaryOf(staging), tolerances, connectors, notAvailable },
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
    runs: profiles.map((profile) => ({
      profile,
      active: active?.runs.find((run) => run.profile === profile) ?? null,
      staging: staging?.runs.find((run) => run.profile === profile) ?? null,
    })),
  };
}

function missingOnEither(active: ServerStatistics, staging: ServerStatistics): readonly NotAvailable[] {
  const reasonIn = (server: ServerStatistics, name: string): string | null =>
    server.notAvailable.find((missing) => missing.name === name)?.reason ?? null;
  const names = new Set([...active.notAvailable, ...staging.notAvailable].map((missing) => missing.name));
  return [...names].map((name) => ({ name, active: reasonIn(active, name), staging: reasonIn(staging, name) }));
}

function summaryOf(server: ServerStatistics): ServerSummary {
  return {
    source: server.source,
    computerName: server.computerName,
    collectedAt: server.collectedAt,
    engineVersion: server.versions.engine,
    wizardVersion: server.versions.wizard,
    stagingMode: server.stagingMode,
    ...server.scheduler,
  };
}
