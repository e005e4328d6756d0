import { BadInput } from "../../verdict";
import type { ObjectChange } from "../reading/change";
import { ExportFile, type ReadOptions } from "../reading/exportFile";
import { ObjectReader } from "../reading/objectReader";
import { readInto } from "../reading/read";
import { NotAnExport } from "../reading/sink";
import { ChangeTable, type Vocabulary } from "./changeTable";

export type ServerRole = "active" | "staging";

/** One file, read: its table, and the file itself still open so that details can be read again. */
export interface Snapshot {
  readonly file: ExportFile;
  readonly table: ChangeTable;
  readonly connector: string | undefined;
  readonly by: "scanner" | "library";
}

/** The snapshots of one server, reduced to what is in all of them. */
export interface Side {
  readonly role: ServerRole;
  /** The last snapshot: what is reported comes from here. */
  readonly last: Snapshot;
  readonly snapshots: number;
  /** For each row of the last snapshot: an export is pending, and it was in every snapshot with the same change. */
  readonly stays: Uint8Array;
  readonly transient: number;
}

/** Reads one file into a table. @throws BadInput naming file and position */
export async function readSnapshot(file: ExportFile, vocabulary: Vocabulary, options: ReadOptions): Promise<Snapshot> {
  const make = () => new Collecting(vocabulary);
  const { sink, by } = await readInto(file, make, options);
  return { file, table: sink.table, connector: sink.connector, by };
}

class Collecting extends ObjectReader {
  readonly table: ChangeTable;
  private name: string | undefined;
  private id: string | undefined;

  constructor(vocabulary: Vocabulary) {
    super((change) => this.take(change));
    this.table = new ChangeTable(vocabulary);
  }

  get connector(): string | undefined {
    return this.name;
  }

  private take(change: ObjectChange): void {
    this.name = oneConnector(this.name, change.connectorName, change.dn);
    this.id = oneConnector(this.id, change.connectorId, change.dn);
    if (!this.table.add(change)) {
      throw new NotAnExport(`${change.dn} is in the file twice: it is damaged, or several exports were joined`);
    }
  }
}

/** Connector names differ in letter case between servers; a GUID is that of one server, but there is one for a file. */
function oneConnector(known: string | undefined, found: string | undefined, dn: string): string | undefined {
  if (known === undefined || found === undefined || sameConnector(known, found)) return known ?? found;
  throw new NotAnExport(
    `objects of two connectors are mixed, "${known}" and "${found}" (from ${dn} on); give the exports of one connector a call`,
  );
}

export const sameConnector = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

export async function openAll(paths: readonly string[]): Promise<ExportFile[]> {
  const files: ExportFile[] = [];
  try {
    for (const path of paths) files.push(await ExportFile.open(path));
    return files;
  } catch (error) {
    for (const file of files) await file.close();
    throw error;
  }
}

/** @throws BadInput naming both files where they are of different connectors */
export function assertOneConnector(snapshots: readonly Snapshot[]): string | undefined {
  const named = snapshots.filter((snapshot) => snapshot.connector !== undefined);
  const [first] = named;
  for (const snapshot of named) {
    if (first?.connector === undefined || snapshot.connector === undefined) continue;
    if (sameConnector(first.connector, snapshot.connector)) continue;
    throw new BadInput(
      `${first.file.path} is an export of the connector "${first.connector}", ${snapshot.file.path} one of ` +
        `"${snapshot.connector}". Give the exports of one connector a call.`,
    );
  }
  return first?.connector;
}

/** What is not in every snapshot with the same change is transient: it is on its way, or was exported meanwhile. */
export function sideOf(role: ServerRole, snapshots: readonly Snapshot[]): Side | undefined {
  const last = snapshots.at(-1);
  if (last === undefined) return undefined;
  const { table } = last;
  const earlier = snapshots.slice(0, -1).map((snapshot) => snapshot.table);
  const stays = new Uint8Array(table.size);
  const dropped = new Set<string>();
  for (let row = 0; row < table.size; row++) {
    if (table.operation(row) === "none") continue;
    const dn = table.dn(row);
    const always = earlier.every((before) => {
      const there = before.row(dn);
      return there !== undefined && table.sameChange(row, before, there);
    });
    if (always) stays[row] = 1;
    else dropped.add(dn.toLowerCase());
  }
  for (const before of earlier) {
    for (let row = 0; row < before.size; row++) {
      if (before.operation(row) === "none") continue;
      const now = table.row(before.dn(row));
      if (now === undefined || stays[now] === 0) dropped.add(before.dn(row).toLowerCase());
    }
  }
  return { role, last, snapshots: snapshots.length, stays, transient: dropped.size };
}
