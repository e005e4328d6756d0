import type { Json } from "../../../review/verdict";
import { manifestOf, writeArchive } from "../evidence/archives";

export interface Told {
  readonly collectedAt?: string;
  readonly staging?: boolean | null;
  readonly computerName?: string;
  readonly globalParameter?: boolean;
  readonly schedulerSuspended?: boolean;
  readonly syncCycleEnabled?: boolean;
  readonly engine?: string;
  readonly connectors?: readonly string[];
  /** Of every connector; null: the collector counted none. */
  readonly counts?: Readonly<Record<string, number>> | null;
  readonly statistics?: Json;
  readonly runs?: readonly { readonly profile: string; readonly result?: string; readonly ended?: string }[];
  readonly notAvailable?: readonly { readonly name: string; readonly reason: string }[];
  /** Its place in a chain, as the scheduled task writes it. */
  readonly archive?: Json;
  /** Further or other files. */
  readonly files?: Readonly<Record<string, string>>;
}

const directory = "contoso.com";

/** Writes an archive as the collector makes it, for one connector (and others without figures). */
export function serverArchive(path: string, told: Told = {}): Promise<string> {
  return writeArchive(path, serverFiles(told));
}

/** What is in such an archive. */
export function serverFiles(told: Told = {}): Readonly<Record<string, string>> {
  const connectors = told.connectors ?? [directory];
  const [first = directory] = connectors;
  const runs = told.runs ?? [
    { profile: "Delta Import", ended: "2026-10-06T07:30:00Z" },
    { profile: "Delta Synchronization", ended: "2026-10-06T07:35:00Z" },
  ];
  const files: Record<string, string> = {
    "statistics/connectors.json": JSON.stringify(
      connectors.map((name) => ({ name, identifier: "x", type: "AD", subtype: null })),
    ),
    "statistics/run-results.json": JSON.stringify([
      {
        connector: first,
        runs: runs.map(({ profile, result = "success", ended = null }) => ({
          RunProfileName: profile,
          Result: result,
          EndDate: ended,
        })),
      },
    ]),
    ...(told.counts !== null && {
      "statistics/object-counts.json": JSON.stringify(
        connectors.map((connector) => ({ connector, objectTypes: told.counts ?? { user: 100 } })),
      ),
    }),
    ...(told.statistics !== undefined && {
      "statistics/connector-statistics.json": JSON.stringify([{ connector: first, statistics: told.statistics }]),
    }),
    ...told.files,
  };
  const manifest = {
    ...(JSON.parse(manifestOf(files)) as object),
    collectedAt: told.collectedAt ?? "2026-10-06T08:00:00Z",
    server: {
      computerName: told.computerName ?? (told.staging ? "AADC2" : "AADC1"),
      fqdn: null,
      os: null,
      versions: { wizard: "2.6.92.0", engine: told.engine ?? "2.6.92.0" },
    },
    staging: {
      scheduler: told.staging === undefined ? false : told.staging,
      globalParameter: told.globalParameter ?? null,
      syncCycleEnabled: told.syncCycleEnabled ?? true,
      schedulerSuspended: told.schedulerSuspended ?? false,
    },
    warnings: [],
    notAvailable: told.notAvailable ?? [],
    scrubbed: [],
    ...(told.archive !== undefined && { archive: told.archive }),
  };
  return { "manifest.json": JSON.stringify(manifest), ...files };
}
