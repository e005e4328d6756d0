import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { keyOf } from "./points";
import type { Line } from "./table";

/** The results so far; a line that was cut off by an interruption is passed over. */
export function readResults(file: string): readonly Line[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n").flatMap(parse);
  // A point that was struck again counts once, by its newest result.
  return [...new Map(lines.map((line) => [keyOf(line.point), line])).values()];
}

export function addResult(file: string, line: Line): void {
  const torn = existsSync(file) && !/(^|\n)$/.test(readFileSync(file, "utf8"));
  appendFileSync(file, `${torn ? "\n" : ""}${JSON.stringify(line)}\n`);
}

function parse(text: string): Line[] {
  try {
    const line = JSON.parse(text) as Partial<Line>;
    return line.point && line.outcome ? [line as Line] : [];
  } catch {
    return [];
  }
}
