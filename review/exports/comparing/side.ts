import { BadInput } from "../../verdict";
import type { ObjectChange } from "../reading/change";
import { ExportFile, type ReadOptions } from "../reading/exportFile";
import { ObjectReader } from "../reading/objectReader";
import { readInto } from "../reading/read";
import { NotAnExport } from "../reading/sink";
import { ChangeTable, type Vocabulary } from "./changeTable";
import { Pairing } from "./pairing";

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
  private oneName: string | undefined;
  private oneId: string | undefined;

  constructor(vocabulary: Vocabulary) {
    super((change) => this.take(change));
    this.table = new ChangeTable(vocabulary);
  }

  get connector(): string | undefined {
    return this.oneName;
  }

  private take(change: ObjectChange): void {
    this.oneName = oneConnector(this.oneName, change.connectorName, change.dn);
    this.oneId = oneConnector(this.oneId, change.connectorId, change.dn);
    if (!this.table.add(change)) {
      throw new NotAnExport(
        `${change.dn} is in the file twice (with the same id, or without one): it is damaged, or several exports were joined`,
      );
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
  const pairings = earlier.map((before) => new Pairing(table, before, true));
  let transient = 0;
  for (let row = 0; row < table.size; row++) {
    if (table.operation(row) === "none") continue;
    const always = earlier.every((before, index) => {
      const there = pairings[index]?.there(row);
      return there !== undefined && table.sameChange(row, before, there);
    });
    if (always) stays[row] = 1;
    else transient++;
  }
  // Those pending only before: counted once, though several snapshots had them.
  const gone = new Set<string>();
  earlier.forEach((before, index) => {
    for (let row = 0; row < before.size; row++) {
      if (before.operation(row) === "none") continue;
      const now = pairings[index]?.here(row);
      if (now === undefined || table.operation(now) === "none") gone.add(before.dn(row).toLowerCase());
    }
  });
  return { role, last, snapshots: snapshots.length, stays, transient: transient + gone.size };
}

/**
 * Whether two tables come from one database: the ids of objects are made anew by each. `restored`: some ids agree and
 * others do not, as in a database that was restored from the other server's.
 */
export function databaseOf(ours: ChangeTable, theirs: ChangeTable): "one" | "restored" | "two" | "unknown" {
  let [same, different] = [0, 0];
  for (let row = 0; row < ours.size; row++) {
    const other = theirs.row(ours.dn(row));
    const equal = other === undefined ? undefined : ours.sameId(row, theirs, other);
    if (equal === true) same++;
    else if (equal === false) different++;
  }
  if (same === 0) return different === 0 ? "unknown" : "two";
  return different === 0 ? "one" : "restored";
}
