/** Mirrors scripts/fragments/trace.ps1, for the short logs in UTF-8 that the simulated wizard writes. */
import { readdir, readFile, stat } from "node:fs/promises";
import { findCauses, hideSecrets, type KnownCause } from "../../../scripts/causes";
import { instantText } from "../simulatedTime";
import { appliedFolder } from "./connect";
import { NotRehearsed } from "./notRehearsed";
import type { Session } from "./session";
import { toAscii } from "./text";

const shownEntries = 4;
const shownLength = 400;

export interface WizardTrace {
  readonly path: string;
  readonly at: string;
  readonly shown: readonly string[];
  readonly causes: readonly KnownCause[];
}

/** @param after what was written before these files is no news */
export async function wizardTrace(session: Session, after: readonly string[]): Promise<WizardTrace | undefined> {
  const written = (path: string) =>
    stat(session.path(path)).then(
      ({ mtimeMs }) => mtimeMs,
      () => Number.NEGATIVE_INFINITY,
    );
  const names = await readdir(session.path(appliedFolder)).catch(() => []);
  const logs = await Promise.all(
    names
      .filter((name) => /^trace-.*\.log$/i.test(name))
      .map(async (name) => ({ path: `${appliedFolder}\\${name}`, at: await written(`${appliedFolder}\\${name}`) })),
  );
  const newest = logs.sort((one, other) => one.at - other.at || one.path.localeCompare(other.path)).at(-1);
  if (newest === undefined) return undefined;
  for (const path of after) if ((await written(path)) >= newest.at) return undefined;
  const text = await readFile(session.path(newest.path), "utf8");
  if (text.includes("\0")) throw new NotRehearsed("log");
  const entries = entriesOf(text);
  const failures = entries.filter((entry) => /^.{0,40}\[\s*(?:ERROR|FATAL)\s*\]/i.test(entry)).slice(-shownEntries);
  return {
    path: newest.path,
    at: instantText(new Date(newest.at)),
    shown: failures.map(shownOf),
    causes: failures.length === 0 ? [] : findCauses("await-wizard", entries.join(" ")).slice(0, 3),
  };
}

function shownOf(entry: string): string {
  const shown = toAscii(hideSecrets(entry.replace(/\s+/g, " ")));
  return shown.length > shownLength ? `${shown.slice(0, shownLength)} ...` : shown;
}

/** Errors and warnings; lines that do not begin as an entry belong to the one before. */
function entriesOf(text: string): string[] {
  const entries: string[] = [];
  for (const line of text.split(/\r\n|\r|\n/)) {
    const last = entries.at(-1);
    if (/^\s*\[\d\d?:\d\d:\d\d/.test(line)) entries.push(line.trim());
    else if (last !== undefined) entries[entries.length - 1] = `${last} ${line.trim()}`;
  }
  return entries
    .filter((entry) => /^.{0,40}\[\s*(?:ERROR|WARN|WARNING|FATAL)\s*\]/i.test(entry))
    .map((entry) => entry.trim());
}
