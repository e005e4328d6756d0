/** What people met before, as tables: which text tells it, why it happens, what to do. Scripts and emulation read the same. */
import type { ScriptName } from "./arguments";
import { readAsset } from "./assets";

export interface KnownCause {
  /** Regular expression, in the words that .NET and JavaScript share; compared without case. */
  readonly pattern: string;
  /** Counts only where no more particular row fits. */
  readonly general?: boolean;
  readonly cause: string;
  readonly remedy: string;
  /** Where it was met or is documented. Does not travel to the server. */
  readonly source: string;
}

/** A fragment's table counts for every script that has the fragment; a script's own has its name. */
export type CauseTable = "staging" | Extract<ScriptName, "await-wizard" | "join-domain">;

export const causeTables: readonly CauseTable[] = ["staging", "await-wizard", "join-domain"];

/** Fragments that look things up in a script's table. */
const lookedUpBy: Partial<Record<CauseTable, string>> = { staging: "staging", "join-domain": "netsetup" };

export function knownCauses(table: CauseTable): readonly KnownCause[] {
  return JSON.parse(readAsset(...pathOf(table))) as KnownCause[];
}

/** The rows whose pattern fits the text, in the table's order; general ones where no other fits. */
export function findCauses(table: CauseTable, text: string): readonly KnownCause[] {
  const fitting = knownCauses(table).filter(({ pattern }) => new RegExp(pattern, "i").test(text));
  const particular = fitting.filter(({ general }) => general !== true);
  return particular.length > 0 ? particular : fitting;
}

/** The tables of one script, as they travel with it; empty where it has none. */
export function causesOf(name: ScriptName, fragments: readonly string[]): Readonly<Record<string, readonly object[]>> {
  const tables = causeTables.filter(
    (table) => table === name || fragments.some((fragment) => fragment === lookedUpBy[table]),
  );
  return Object.fromEntries(tables.map((table) => [table, knownCauses(table).map(({ source: _, ...row }) => row)]));
}

function pathOf(table: CauseTable): string[] {
  return table === "staging" ? ["fragments", "staging.causes.json"] : [`${table}.causes.json`];
}

/** What must not be shown of a log, replaced one after the other. `by` may name the first group as `$1`. */
export interface SecretMask {
  readonly masks: string;
  readonly pattern: string;
  readonly by: string;
}

export function secretMasks(): readonly SecretMask[] {
  return JSON.parse(readAsset("fragments", "trace.masks.json")) as SecretMask[];
}

export function hideSecrets(text: string): string {
  return secretMasks().reduce((shown, { pattern, by }) => shown.replace(new RegExp(pattern, "gi"), by), text);
}
