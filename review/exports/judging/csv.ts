import { closeSync, openSync, writeSync } from "node:fs";
import { stringify } from "csv-stringify/sync";
import { CouldNotRun } from "../../verdict";
import type { EachChange, State } from "../comparing/comparison";
import { readDetails } from "../comparing/details";
import type { ServerRole, Side } from "../comparing/side";
import { type ObjectChange, shownAttributes } from "../reading/change";
import type { Effects } from "./effects";
import { type ConnectorKind, risksOf } from "./risk";

export const csvColumns = [
  "state",
  "server",
  "operation",
  "objectType",
  ...shownAttributes,
  "dn",
  "newDn",
  "attribute",
  "attributeOperation",
  "valueCount",
  "values",
  "risks",
] as const;

/** A cell of a spreadsheet holds 32,767 characters. */
const longestCell = 30_000;
const keepValues = 100;
const batchRows = 500;

/**
 * One row for each changed attribute of each object (one for an object without), with a mark so that spreadsheets read
 * UTF-8. What would start a formula is written with an apostrophe in front. Objects that differ have rows of both servers.
 *
 * @throws CouldNotRun if the file cannot be written
 */
export async function writeCsv(
  path: string,
  each: EachChange,
  sides: { readonly active: Side | undefined; readonly staging: Side },
  kind: ConnectorKind,
  effects: ReadonlyMap<number, Effects>,
): Promise<void> {
  const rows: Record<ServerRole, Map<number, { state: State; risks: string }>> = {
    active: new Map(),
    staging: new Map(),
  };
  each((state, side, row, other) => {
    const there =
      other === undefined || sides.active === undefined ? undefined : { table: sides.active.last.table, row: other };
    const risky = state === "onlyStaging" || state === "differs";
    const risks = risky
      ? [...risksOf(state, side.last.table, row, there, kind, effects.get(row)).counts.keys()].join(" ")
      : "";
    rows[side.role].set(row, { state, risks });
    if (state === "differs" && other !== undefined) rows.active.set(other, { state, risks: "" });
  });
  const output = new CsvFile(path);
  try {
    for (const side of [sides.staging, sides.active]) {
      if (side === undefined) continue;
      const known = rows[side.role];
      await readDetails(
        side.last,
        [...known.keys()],
        { identity: true, keepValues, keepCharacters: 2000 },
        (row, change) => {
          const { state = "both", risks = "" } = known.get(row) ?? {};
          output.add(rowsOf(change, state, state === "both" ? "both" : side.role, risks));
        },
      );
    }
  } finally {
    output.close();
  }
}

function rowsOf(change: ObjectChange, state: State, server: string, risks: string): string[][] {
  const identity = shownAttributes.map((name) => change.identity[name] ?? "");
  const head = [state, server, change.operation, change.type, ...identity, change.dn, change.newDn ?? ""];
  const attributes = change.attributes.filter((attribute) => !attribute.name.startsWith("("));
  if (attributes.length === 0) return [[...head, "", "", "", "", risks]];
  return attributes.map(({ name, operation, valueCount, values }) => {
    const texts = values.map((value) => (value.operation === "" ? value.text : `${value.operation}: ${value.text}`));
    if (valueCount > values.length) texts.push(`… and ${valueCount - values.length} more`);
    return [...head, name, operation, String(valueCount), texts.join("\n").slice(0, longestCell), risks];
  });
}

class CsvFile {
  private readonly descriptor: number;
  private waiting: string[][] = [[...csvColumns]];
  private first = true;

  constructor(private readonly path: string) {
    this.descriptor = this.attempt(() => openSync(path, "w"));
  }

  add(rows: readonly string[][]): void {
    this.waiting.push(...rows);
    if (this.waiting.length >= batchRows) this.flush();
  }

  private flush(): void {
    const text = stringify(this.waiting, {
      escape_formulas: true,
      record_delimiter: "windows",
      quoted_match: /[\r\n]/,
      bom: this.first,
    });
    this.first = false;
    this.waiting = [];
    this.attempt(() => writeSync(this.descriptor, text));
  }

  close(): void {
    this.flush();
    this.attempt(() => closeSync(this.descriptor));
  }

  private attempt<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw new CouldNotRun(`${this.path}: cannot be written: ${(error as Error).message}`);
    }
  }
}
