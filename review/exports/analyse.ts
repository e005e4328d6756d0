import { stat } from "node:fs/promises";
import { madeNow } from "../evidence/header";
import { BadInput, type Clock, type MadeFrom, systemClock, verdictOf } from "../verdict";
import { Vocabulary } from "./comparing/changeTable";
import { eachChange, summarizeSide } from "./comparing/comparison";
import {
  assertOneConnector,
  databaseOf,
  openAll,
  readSnapshot,
  type Side,
  type Snapshot,
  sideOf,
} from "./comparing/side";
import { filterOf } from "./judging/evidence";
import { examplesOf } from "./judging/examples";
import { findingsOf } from "./judging/findings";
import { group } from "./judging/grouping";
import { lookAtPeople, type Places } from "./judging/people";
import type { ExportsReport, ExportsSummary, InputFile } from "./judging/report";
import { connectorKindOf } from "./judging/risk";
import {
  defaultTenantDeleteThreshold,
  defaultThresholds,
  type TenantDeleteThreshold,
  type Thresholds,
} from "./judging/thresholds";
import { notShown } from "./judging/wording";
import type { ExportFile, ReadOptions } from "./reading/exportFile";
import { startHashing } from "./reading/hash";

export interface AnalyseExports {
  /** Export files of the active server, the oldest first; none: staging is judged alone. */
  readonly active?: readonly string[];
  /** Export files of the passive (staging) server, the oldest first; at least one. */
  readonly staging: readonly string[];
  readonly thresholds?: Thresholds;
  /** More deletes than this stop an export to Entra ID; default Microsoft's 500. */
  readonly tenantDeleteThreshold?: number | "off";
  /** The staging server's database was restored from the active one's: equal ids then prove nothing. */
  readonly restoredDatabase?: boolean;
  /** Objects named in a finding; default 10. */
  readonly examples?: number;
  /** Write every change of every object here, for a spreadsheet. */
  readonly csv?: string;
  /** Told after each piece read; `total` is the size of all files in bytes. */
  readonly onProgress?: (read: number, total: number) => void;
  readonly clock?: Clock;
  /** For tests and comparisons. */
  readonly reading?: Pick<ReadOptions, "chunkBytes" | "reader">;
}

/**
 * What the passive server would export if it were promoted now, and how that differs from what the active server would.
 * Memory does not grow with the size of an object, and by some hundred bytes for each object (see docs/exports.md).
 *
 * @throws BadInput naming file and position, for anything that is not a complete export of one connector
 */
export async function analyseExports(options: AnalyseExports): Promise<ExportsReport> {
  const [active = [], { staging }] = [options.active, options];
  if (staging.length === 0) throw new BadInput("--staging: give at least one export file of the staging server.");
  const paths = [...active, ...staging];
  const files = await openAll(paths);
  const hashing = startHashing(files);
  try {
    await refuseTwice(files);
    const snapshots = await readAll(files, options);
    const hashes = await hashing.result();
    refuseCopies(files, hashes, snapshots, active.length);
    const sides = {
      active: sideOf("active", snapshots.slice(0, active.length)),
      staging: sideOf("staging", snapshots.slice(active.length)),
    };
    if (sides.staging === undefined) throw new BadInput("--staging: give at least one export file.");
    return await judge({ ...sides, staging: sides.staging }, snapshots, hashes, options);
  } finally {
    await hashing.stop();
    for (const file of files) await file.close();
  }
}

/** The same file under one or two names (a link) is one file. */
async function refuseTwice(files: readonly ExportFile[]): Promise<void> {
  const seen = new Map<string, string>();
  for (const { path } of files) {
    const { dev, ino } = await stat(path, { bigint: true });
    const key = ino === 0n ? path : `${dev} ${ino}`;
    const before = seen.get(key);
    if (before !== undefined) {
      const names = before === path ? "the same file is given twice" : `this is the same file as ${before}`;
      throw new BadInput(`${path}: ${names}; a server compared with itself would always look right.`);
    }
    seen.set(key, path);
  }
}

/** Two servers never write the same bytes: each object has an id of its own database. */
function refuseCopies(
  files: readonly ExportFile[],
  hashes: readonly string[],
  snapshots: readonly Snapshot[],
  actives: number,
): void {
  for (let here = 0; here < actives; here++)
    for (let there = actives; there < files.length; there++) {
      if (hashes[here] !== hashes[there] || snapshots[here]?.table.size === 0) continue;
      throw new BadInput(
        `${files[there]?.path}: has the same content as ${files[here]?.path}, which is given for the active server. ` +
          "Two servers never write the same file (every object has an id of its own database): this is one server's export, copied. Export on the other server.",
      );
    }
}

/** Has objects, and none says of which connector. */
const isUnnamed = ({ connector, table }: Snapshot): boolean => connector === undefined && table.size > 0;

async function readAll(files: readonly ExportFile[], options: AnalyseExports): Promise<Snapshot[]> {
  const vocabulary = new Vocabulary();
  const total = files.reduce((sum, file) => sum + file.size, 0);
  let read = 0;
  const onBytes = (bytes: number) => {
    read += bytes;
    options.onProgress?.(read, total);
  };
  const snapshots: Snapshot[] = [];
  for (const file of files) {
    snapshots.push(await readSnapshot(file, vocabulary, { ...options.reading, onBytes }));
    assertOneConnector(snapshots);
  }
  return snapshots;
}

export interface Sides {
  readonly active: Side | undefined;
  readonly staging: Side;
}

async function judge(
  sides: Sides,
  snapshots: readonly Snapshot[],
  hashes: readonly string[],
  options: AnalyseExports,
): Promise<ExportsReport> {
  const { active, staging } = sides;
  const clock = options.clock ?? systemClock;
  const connector = assertOneConnector(snapshots);
  const both = active === undefined ? [staging] : [staging, active];
  const kind = connectorKindOf(both.map((side) => side.last.table));
  const database = active === undefined ? "unknown" : databaseOf(staging.last.table, active.last.table);
  if (database === "one" && options.restoredDatabase !== true) {
    throw new BadInput(
      `${staging.last.file.path}: its objects have the same ids as those of ${active?.last.file.path}. Every database gives its objects ids of its own: both files come from one server. ` +
        "Export on the other server. Only where the staging server's database was restored from the active one's, say so with --restored-database.",
    );
  }
  const each = eachChange(active, staging);
  const grouped = await group(each, sides, kind, options.examples ?? 10);
  const places = await lookAtPeople(each, sides, kind, grouped.risks);
  const detail = await examplesOf(sides, [...grouped.risks.values(), ...grouped.others]);
  const thresholds = options.thresholds ?? defaultThresholds;
  const tenantDeleteThreshold: TenantDeleteThreshold =
    options.tenantDeleteThreshold === undefined
      ? defaultTenantDeleteThreshold
      : { value: options.tenantDeleteThreshold, given: true };
  const transient = staging.transient + (active?.transient ?? 0);
  const findings = findingsOf({
    ...grouped,
    connector: connector ?? "(connector not named)",
    connectorKnown: connector !== undefined,
    unnamed: connector === undefined ? [] : snapshots.filter(isUnnamed).map(({ file }) => file.path),
    connectorKind: kind,
    hasActive: active !== undefined,
    snapshots: { active: active?.snapshots ?? 0, staging: staging.snapshots },
    totals: grouped.tally.total,
    transient,
    thresholds,
    tenantDeleteThreshold,
    places,
    filters: both.map(filterOf),
    database,
    detail,
  });
  if (options.csv !== undefined) {
    const { writeCsv } = await import("./judging/csv.js");
    await writeCsv(options.csv, each, sides, kind, grouped.effects);
  }
  const files = await filesOf(snapshots, hashes, options.active?.length ?? 0);
  const summary: ExportsSummary = {
    connector: connector ?? null,
    connectorKind: kind,
    active: active === undefined ? null : summarizeSide(active),
    staging: summarizeSide(staging),
    ...grouped.tally.total,
    transient,
    operations: grouped.tally.operations(),
    attributes: grouped.tally.attributes(),
    deletePlaces: sortedPlaces(places),
    tenantDeleteThreshold,
    thresholds,
    files,
    notShown,
    made: madeNow(clock(), files.map(madeFromFile)),
  };
  return { verdict: verdictOf(findings), findings, summary };
}

/** A csexport file says neither its server nor when it was made: it is dated by its last writing. */
const madeFromFile = ({ role, path, sha256, bytes, writtenAt }: InputFile): MadeFrom => ({
  role,
  source: path,
  server: null,
  tool: "csexport",
  madeAt: writtenAt,
  build: null,
  engine: null,
  bytes,
  sha256,
  contentSha256: sha256,
});

async function filesOf(
  snapshots: readonly Snapshot[],
  hashes: readonly string[],
  actives: number,
): Promise<InputFile[]> {
  return snapshots.map(({ file, table, by }, index) => ({
    role: index < actives ? "active" : "staging",
    path: file.path,
    bytes: file.size,
    sha256: hashes[index] ?? "",
    writtenAt: file.writtenAt.toISOString(),
    encoding: file.preamble.encoding,
    objects: table.size,
    readBy: by,
    bytesRead: file.bytesRead,
  }));
}

function sortedPlaces(places: Places): ExportsSummary["deletePlaces"] {
  const total = (types: ReadonlyMap<string, number>) => [...types.values()].reduce((sum, count) => sum + count, 0);
  return [...places]
    .sort(([a, left], [b, right]) => total(right) - total(left) || (a < b ? -1 : 1))
    .map(([place, types]) => ({ place, byType: Object.fromEntries([...types].sort()) }));
}
