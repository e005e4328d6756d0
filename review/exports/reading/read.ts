import { isUtf8 } from "node:buffer";
import { BadInput } from "../../verdict";
import { characterBoundary } from "./encoding";
import type { ExportFile, ReadOptions, Stretch } from "./exportFile";
import { lineAndColumn } from "./position";
import { Scanner } from "./scanner";
import { type ElementSink, NotAnExport } from "./sink";
import { Handover, type Window } from "./window";

/**
 * Reads an export file from beginning to end into a sink. The scanner goes first; where it meets anything it does not
 * know, the library reads the whole file again into a new sink and decides. So the caller must not believe a sink before
 * this has returned it.
 *
 * @throws BadInput naming file and position
 */
export async function readInto<Sink extends ElementSink>(
  file: ExportFile,
  newSink: () => Sink,
  options: ReadOptions = {},
): Promise<{ readonly sink: Sink; readonly by: "scanner" | "library"; readonly reason?: string }> {
  let reason = "asked for";
  let counted = 0;
  const onBytes = (bytes: number) => {
    counted += bytes;
    options.onBytes?.(bytes);
  };
  if (options.reader !== "library") {
    const sink = newSink();
    try {
      await scan(file, sink, { ...options, onBytes });
      return { sink, by: "scanner" };
    } catch (error) {
      if (!(error instanceof Handover)) throw error;
      reason = error.message;
    }
  }
  options.onBytes?.(-counted);
  const sink = newSink();
  const { readWithLibrary } = await import("./library.js");
  await readWithLibrary(file, sink, options);
  return { sink, by: "library", reason };
}

async function scan(file: ExportFile, sink: ElementSink, options: ReadOptions): Promise<void> {
  const { encoding, contentStart, usual } = file.preamble;
  if (!usual || encoding === "utf-16be") throw new Handover("an unusual beginning");
  const scanner = new Scanner(sink, file.unitSize);
  try {
    const fitted = await file.stretches(contentStart, options, (stretch) => {
      const window = file.unitSize === 1 ? byteWindow(stretch) : wordWindow(stretch);
      const used = scanner.scan(window) * file.unitSize;
      if (stretch.last && used !== stretch.end) throw new Handover("the file ends early");
      return used;
    });
    if (!fitted) throw new Handover("a very long tag");
    scanner.finish();
  } catch (error) {
    if (!(error instanceof NotAnExport)) throw error;
    throw new BadInput(`${file.path}: ${lineAndColumn(file, scanner.place)}: ${error.message}.`);
  }
}

export function byteWindow({ buffer, start, end, origin, last }: Stretch): Window {
  const whole = last ? end : characterBoundary(buffer, start, end, "utf-8");
  if (!isUtf8(buffer.subarray(start, whole))) throw new Handover("bytes that are not UTF-8");
  // What is cut off comes again with the next stretch; the scanner needs its zero where the window ends.
  const units = whole === end ? buffer : cutAt(buffer, whole);
  const view = new DataView(units.buffer, units.byteOffset, units.byteLength);
  const decode = (from: number, to: number) => units.toString("utf8", from, to);
  return { units, view, start, end: whole, origin, decode };
}

function cutAt(buffer: Buffer, end: number): Buffer {
  const copy = Buffer.alloc(end + 8);
  buffer.copy(copy, 0, 0, end);
  return copy;
}

export function wordWindow({ buffer, start, end, origin }: Stretch): Window {
  const whole = end - ((end - start) % 2);
  const units = new Uint16Array(buffer.buffer, buffer.byteOffset, Math.floor(buffer.length / 2));
  const decode = (from: number, to: number) => buffer.toString("utf16le", from * 2, to * 2);
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  return { units, view, start: start / 2, end: whole / 2, origin, decode };
}
