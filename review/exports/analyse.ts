import { BadInput, type Report, verdictOf } from "../verdict";
import { Vocabulary } from "./comparing/changeTable";
import {
  type AttributeCounts,
  type EachChange,
  eachChange,
  type OperationCounts,
  type SideSummary,
  type StateCounts,
  summarizeSide,
  Tally,
} from "./comparing/comparison";
import { readDetails } from "./comparing/details";
import {
  assertOneConnector,
  openAll,
  readSnapshot,
  type ServerRole,
  type Side,
  type Snapshot,
  sideOf,
} from "./comparing/side";
import { findingsOf } from "./judging/findings";
import { Group, type ObjectPlace } from "./judging/groups";
import { findRecreations } from "./judging/recreations";
import { type ConnectorKind, connectorKindOf, risksOf } from "./judging/risk";
import { defaultThresholds, type RiskClass, riskClasses, type Thresholds } from "./judging/thresholds";
import { notShown } from "./judging/wording";
import { type ObjectChange, removes } from "./reading/change";
import type { Encoding } from "./reading/encoding";
import type { ExportFile, ReadOptions } from "./reading/exportFile";

export interface AnalyseExports {
  /** Export files of the active server, the oldest first; none: staging is judged alone. */
  readonly active?: readonly string[];
  /** Export files of the passive (staging) server, the oldest first; at least one. */
  readonly staging: readonly string[];
  readonly thresholds?: Thresholds;
  /** Objects named in a finding; default 10. */
  readonly examples?: number;
  /** Write every change of every object here, for a spreadsheet. */
  readonly csv?: string;
  /** Told after each piece read; `total` is the size of all files in bytes. */
  readonly onProgress?: (read: number, total: number) => void;
  /** For tests and comparisons. */
  readonly reading?: Pick<ReadOptions, "chunkBytes" | "reader">;
}

export interface InputFile {
  readonly role: ServerRole;
  readonly path: string;
  readonly bytes: number;
  readonly encoding: Encoding;
  readonly objects: number;
  readonly readBy: "scanner" | "library";
}

/** All counts are objects. */
export interface ExportsSummary extends StateCounts {
  readonly connector: string | null;
  readonly connectorKind: ConnectorKind;
  readonly active: SideSummary | null;
  readonly staging: SideSummary;
  /** Left out because not every snapshot of their side has them with the same change. */
  readonly transient: number;
  readonly operations: readonly OperationCounts[];
  readonly attributes: readonly AttributeCounts[];
  readonly thresholds: Thresholds;
  readonly files: readonly InputFile[];
  readonly notShown: readonly string[];
}

export type ExportsReport = Report<ExportsSummary>;

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
  const twice = paths.find((path, index) => paths.indexOf(path) !== index);
  if (twice !== undefined)
    throw new BadInput(
      `${twice}: the same file is given twice; a server compared with itself would always look right.`,
    );
  const files = await openAll(paths);
  try {
    const snapshots = await readAll(files, options);
    const sides = {
      active: sideOf("active", snapshots.slice(0, active.length)),
      staging: sideOf("staging", snapshots.slice(active.length)),
    };
    if (sides.staging === undefined) throw new BadInput("--staging: give at least one export file.");
    return await judge({ ...sides, staging: sides.staging }, snapshots, options, active.length);
  } finally {
    for (const file of files) await file.close();
  }
}

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

interface Sides {
  readonly active: Side | undefined;
  readonly staging: Side;
}

async function judge(
  sides: Sides,
  snapshots: Snapshot[],
  options: AnalyseExports,
  actives: number,
): Promise<ExportsReport> {
  const { active, staging } = sides;
  const connector = assertOneConnector(snapshots);
  const kind = connectorKindOf([staging, active].flatMap((side) => (side === undefined ? [] : [side.last.table])));
  const each = eachChange(active, staging);
  const grouped = group(each, sides, kind, options.examples ?? 10);
  await findRecreations(each, staging, grouped.risks);
  const detail = await examplesOf(sides, [...grouped.risks.values(), ...grouped.others]);
  const thresholds = options.thresholds ?? defaultThresholds;
  const transient = staging.transient + (active?.transient ?? 0);
  const findings = findingsOf({
    ...grouped,
    connector: connector ?? "(connector not named)",
    connectorKnown: connector !== undefined,
    hasActive: active !== undefined,
    snapshots: { active: active?.snapshots ?? 0, staging: staging.snapshots },
    totals: grouped.tally.total,
    transient,
    thresholds,
    detail,
  });
  if (options.csv !== undefined) {
    const { writeCsv } = await import("./judging/csv.js");
    await writeCsv(options.csv, each, sides, kind);
  }
  const summary: ExportsSummary = {
    connector: connector ?? null,
    connectorKind: kind,
    active: active === undefined ? null : summarizeSide(active),
    staging: summarizeSide(staging),
    ...grouped.tally.total,
    transient,
    operations: grouped.tally.operations(),
    attributes: grouped.tally.attributes(),
    thresholds,
    files: snapshots.map(({ file, table, by }, index) => ({
      role: index < actives ? "active" : "staging",
      path: file.path,
      bytes: file.size,
      encoding: file.preamble.encoding,
      objects: table.size,
      readBy: by,
    })),
    notShown,
  };
  return { verdict: verdictOf(findings), findings, summary };
}

function group(each: EachChange, { active, staging }: Sides, kind: ConnectorKind, most: number) {
  const tally = new Tally();
  const make = () => new Group(most);
  const risks = new Map<RiskClass, Group>(riskClasses.map((name) => [name, make()]));
  const [differs, onlyActive, both, sent, withoutDetails] = [make(), make(), make(), make(), make()];
  let [bothDeletes, wholeMemberships] = [0, 0];
  each((state, side, row, other) => {
    const { table } = side.last;
    const there = other === undefined || active === undefined ? undefined : { table: active.last.table, row: other };
    tally.add(state, table, row, there);
    if (side.role === "staging" && table.withoutDetails(row)) withoutDetails.add(side, row);
    if (state === "onlyActive") onlyActive.add(side, row);
    if (state === "differs") differs.add(side, row, 1, other);
    if (state === "both") {
      both.add(side, row, 1, other);
      if (removes(table.operation(row))) bothDeletes++;
    }
    if (state !== "onlyStaging" && state !== "differs") return;
    const found = risksOf(state, table, row, there, kind);
    if (found.wholeMembership) wholeMemberships++;
    for (const [name, count] of found.counts) {
      // What merely differs is told as such; a class of its own would say it twice.
      if (state === "differs" && (name === "updates" || name === "adds")) continue;
      risks.get(name)?.add(side, row, count, other);
    }
  });
  const { table } = staging.last;
  for (let row = 0; row < table.size; row++) if (table.sent(row)) sent.add(staging, row);
  const others = [differs, onlyActive, both, sent, withoutDetails];
  return { tally, risks, differs, onlyActive, both, sent, withoutDetails, bothDeletes, wholeMemberships, others };
}

/** Reads the objects that findings name once more, now with identity and values. */
async function examplesOf({ active, staging }: Sides, groups: readonly Group[]) {
  const wanted: Record<ServerRole, Set<number>> = { active: new Set(), staging: new Set() };
  for (const example of groups.flatMap((group) => group.examples)) {
    wanted[example.role].add(example.row);
    if (example.other !== undefined) wanted.active.add(example.other);
  }
  const known: Record<ServerRole, Map<number, ObjectChange>> = { active: new Map(), staging: new Map() };
  for (const side of [active, staging]) {
    if (side === undefined) continue;
    const { role, last } = side;
    await readDetails(last, [...wanted[role]], { identity: true, keepValues: 5 }, (row, change) =>
      known[role].set(row, change),
    );
  }
  return (place: ObjectPlace, role: ServerRole): ObjectChange | undefined => {
    const row = place.role === role ? place.row : role === "active" ? place.other : undefined;
    return row === undefined ? undefined : known[role].get(row);
  };
}
