import { appendFileSync, readFileSync } from "node:fs";
import { isMissing } from "./atomicFile";
import type { CallLog, CallLogEntry, Clock } from "./contract";

/**
 * The call log in calls.jsonl, one entry a line, kept across runs. Written at once, so that it is complete when the
 * process is killed. It never holds a script, its arguments or its output.
 */
export function openCallLog(path: string, clock: Clock): CallLog {
  const { entries, tornLine } = readEntries(path);
  if (tornLine) appendFileSync(path, "\n");
  return {
    record(entry) {
      const complete: CallLogEntry = { at: clock.now().toISOString(), ...entry };
      entries.push(complete);
      appendFileSync(path, `${JSON.stringify(complete)}\n`, { mode: 0o600 });
    },
    entries: () => [...entries],
  };
}

/** The entries on disk; a line that a killed process left unfinished is passed over. */
export function readCallLog(path: string): readonly CallLogEntry[] {
  return readEntries(path).entries;
}

function readEntries(path: string): { entries: CallLogEntry[]; tornLine: boolean } {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return { entries: [], tornLine: false };
    throw error;
  }
  const entries: CallLogEntry[] = [];
  for (const line of text.split("\n")) {
    const entry = parseLine(line);
    if (entry) entries.push(entry);
  }
  return { entries, tornLine: text !== "" && !text.endsWith("\n") };
}

function parseLine(line: string): CallLogEntry | undefined {
  if (line === "") return undefined;
  try {
    return JSON.parse(line) as CallLogEntry;
  } catch {
    return undefined;
  }
}
