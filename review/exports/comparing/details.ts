import { BadInput } from "../../verdict";
import type { ObjectReaderOptions } from "../reading/attributeReading";
import type { ObjectChange } from "../reading/change";
import { sentinelBytes } from "../reading/exportFile";
import { ObjectReader } from "../reading/objectReader";
import { byteWindow, wordWindow } from "../reading/read";
import { Scanner } from "../reading/scanner";
import { NotAnExport } from "../reading/sink";
import { Handover } from "../reading/window";
import type { Snapshot } from "./side";

/**
 * Reads chosen objects of a file again, this time with their identity and values, in the order of the file: at their
 * places, which the first reading noted.
 */
export async function readDetails(
  snapshot: Snapshot,
  rows: readonly number[],
  options: ObjectReaderOptions,
  use: (row: number, change: ObjectChange) => void,
): Promise<void> {
  if (rows.length === 0) return;
  const { file, table, by } = snapshot;
  if (by === "library") {
    await readWithLibrary(snapshot, rows, options, use);
    return;
  }
  let current: ObjectChange | undefined;
  const scanner = new Scanner(
    new ObjectReader((change) => {
      current = change;
    }, options),
    file.unitSize,
  );
  const feed = (bytes: Buffer) => {
    const stretch = { buffer: bytes, start: 0, end: bytes.length - sentinelBytes, origin: 0, last: true };
    const window = file.unitSize === 1 ? byteWindow(stretch) : wordWindow(stretch);
    if (scanner.scan(window) !== window.end) throw new Handover("the object ends early");
  };
  const encoding = file.unitSize === 1 ? "utf8" : "utf16le";
  feed(Buffer.concat([Buffer.from("<cs-objects>", encoding), Buffer.alloc(sentinelBytes)]));
  for (const row of [...rows].sort((a, b) => a - b)) {
    const { from, to } = table.place(row);
    try {
      feed(file.bytes(from, to, sentinelBytes));
    } catch (error) {
      if (!(error instanceof Handover) && !(error instanceof NotAnExport)) throw error;
      current = undefined;
    }
    if (current === undefined || current.dn !== table.dn(row)) {
      throw changed(file.path, from, table.dn(row));
    }
    use(row, current);
    current = undefined;
  }
}

/** The library knows where objects begin; with what stands before the first one it reads each of them by itself. */
async function readWithLibrary(
  { file, table }: Snapshot,
  rows: readonly number[],
  options: ObjectReaderOptions,
  use: (row: number, change: ObjectChange) => void,
): Promise<void> {
  const { decodeBytes, LibraryReading } = await import("../reading/library.js");
  let current: ObjectChange | undefined;
  const sink = new ObjectReader((change) => {
    current = change;
  }, options);
  const reading = new LibraryReading(file, sink);
  const feed = (from: number, to: number) =>
    reading.feed(decodeBytes(file, file.bytes(from, to), from, true), from, true);
  feed(file.preamble.markBytes, table.place(0).from);
  for (const row of [...rows].sort((a, b) => a - b)) {
    const { from } = table.place(row);
    feed(from, row + 1 < table.size ? table.place(row + 1).from : file.size);
    if (current === undefined || current.dn !== table.dn(row)) throw changed(file.path, from, table.dn(row));
    use(row, current);
    current = undefined;
  }
  await file.assertUnchanged();
}

const changed = (path: string, byte: number, dn: string): BadInput =>
  new BadInput(`${path}: byte ${byte}: ${dn} is not there any more: the file changed. Try again.`);
