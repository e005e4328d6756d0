import type { ExportFile } from "./exportFile";

/** Where a byte is, for people: reads the file up to there once more, which only an error does. */
export function lineAndColumn(file: ExportFile, byte: number): string {
  const step = 4 * 1024 * 1024;
  let line = 1;
  let lineStart = file.preamble.markBytes;
  for (let at = lineStart; at < byte; at += step) {
    const bytes = file.bytes(at, Math.min(at + step, byte));
    for (let i = bytes.indexOf(10); i >= 0; i = bytes.indexOf(10, i + 1)) {
      if (file.unitSize === 2 && (i % 2 !== 0 || bytes[i + 1] !== 0)) continue;
      line++;
      lineStart = at + i + file.unitSize;
    }
  }
  return `line ${line}, column ${(byte - lineStart) / file.unitSize + 1} (byte ${byte})`;
}
