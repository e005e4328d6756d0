import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { readServerConfiguration } from "../configuration/read/readServerConfiguration";
import type { Evidence } from "../evidence";
import { readStatistics } from "../statistics";
import { momentOf } from "../statistics/moments";
import type { MadeFrom } from "../verdict";

/** What one server's evidence says about itself. The one place where the pair's checks take it from. */
export interface EvidenceFacts {
  readonly source: string;
  readonly server: string | null;
  /** ISO 8601; null where the evidence does not say, or not for certain. */
  readonly madeAt: string | null;
  readonly sha256: string | null;
  readonly hasConfiguration: boolean;
  readonly hasStatistics: boolean;
  /** Names of the connectors, as far as any part of the evidence gives them; null where none does. */
  readonly connectors: readonly string[] | null;
}

export function factsOf(evidence: Evidence): EvidenceFacts {
  const { source } = evidence;
  const base = { source, sha256: hashOf(source) };
  if (evidence.kind === "settings-file")
    return { ...base, server: null, madeAt: null, hasConfiguration: true, hasStatistics: false, connectors: null };
  const hasConfiguration = evidence.configuration.length > 0;
  const configuration = hasConfiguration ? readServerConfiguration(evidence) : undefined;
  const hasStatistics = evidence.kind === "collected" && evidence.statistics.length > 0;
  const statistics = hasStatistics ? readStatistics(evidence) : undefined;
  const names = (configuration ?? statistics)?.connectors.map(({ name }) => name);
  const exportedAt = configuration?.exportedAt === undefined ? null : momentOf(configuration.exportedAt);
  return {
    ...base,
    server: statistics?.computerName || configuration?.serverName || null,
    madeAt: evidence.kind === "collected" ? evidence.manifest.collectedAt : exportedAt,
    hasConfiguration,
    hasStatistics,
    connectors: names === undefined || names.length === 0 ? null : names,
  };
}

/** Of a file; a folder has no hash of its own. */
function hashOf(source: string): string | null {
  return statSync(source).isFile() ? createHash("sha256").update(readFileSync(source)).digest("hex") : null;
}

export const madeFromFacts = (role: string, { source, sha256, madeAt, server }: EvidenceFacts): MadeFrom => ({
  role,
  source,
  sha256,
  bytes: null,
  madeAt,
  server,
});
