import { BadInput } from "../../verdict";
import type { ObjectReaderOptions } from "../reading/attributeReading";
import type { ObjectChange } from "../reading/change";
import { sentinelBytes } from "../reading/exportFile";
import { ObjectReader } from "../reading/objectReader";
import { byteWindow, readInto, wordWindow } from "../reading/read";
import { Scanner } from "../reading/scanner";
import { NotAnExport } from "../reading/sink";
import { Handover } from "../reading/window";
import type { Snapshot } from "./side";

/**
 * Reads chosen objects of a file again, this time with their identity and values, in the order of the file: at their
 * places where the scanner noted them, else by reading the whole file through the library once more.
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
    const wanted = new Set(rows);
    const sink = () => {
      // Rows are numbered in the order of the file, which is the same at every reading.
      let row = 0;
      return new ObjectReader((change) => {
        if (wanted.has(row)) use(row, change);
        row++;
      }, options);
    };
    await readInto(file, sink, { reader: "library" });
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
      throw new BadInput(
        `${file.path}: byte ${from}: ${table.dn(row)} is not there any more: the file changed. Try again.`,
      );
    }
    use(row, current);
    current = undefined;
  }
}
