import { type PendingOperation, pendingOperations } from "../reading/change";
import { type ChangeTable, comparedIfBoth } from "./changeTable";
import { Pairing } from "./pairing";
import type { Side } from "./side";

export const states = ["onlyStaging", "onlyActive", "both", "differs"] as const;
/** Who would do a change: one server, both alike, or both but with different values. */
export type State = (typeof states)[number];
export type StateCounts = Record<State, number>;

export type SideSummary = Record<PendingOperation, number> & {
  /** Objects with a pending export that was in every snapshot. */
  objects: number;
  byType: Record<string, number>;
  snapshots: number;
  transient: number;
  /** Objects with an export that was sent and not confirmed. */
  sent: number;
};

export interface OperationCounts extends StateCounts {
  readonly operation: PendingOperation;
  readonly type: string;
}

export interface AttributeCounts extends StateCounts {
  readonly operation: PendingOperation;
  readonly type: string;
  readonly attribute: string;
}

/** Calls `use` with every object of either server that stays; `other` is its row on the active server. */
export type EachChange = (use: (state: State, side: Side, row: number, other: number | undefined) => void) => void;

export function eachChange(active: Side | undefined, staging: Side): EachChange {
  if (active === undefined)
    return (use) => {
      for (let row = 0; row < staging.last.table.size; row++)
        if (staging.stays[row] === 1) use("onlyStaging", staging, row, undefined);
    };
  const [ours, theirs] = [staging.last.table, active.last.table];
  const pairing = new Pairing(ours, theirs, false);
  const standing = (side: Side, row: number | undefined) =>
    row !== undefined && side.stays[row] === 1 ? row : undefined;
  return (use) => {
    for (let row = 0; row < ours.size; row++) {
      if (staging.stays[row] === 0) continue;
      const other = standing(active, pairing.there(row));
      if (other === undefined) use("onlyStaging", staging, row, undefined);
      else use(ours.sameChange(row, theirs, other) ? "both" : "differs", staging, row, other);
    }
    for (let row = 0; row < theirs.size; row++) {
      if (active.stays[row] === 0 || standing(staging, pairing.here(row)) !== undefined) continue;
      use("onlyActive", active, row, undefined);
    }
  };
}

export function summarizeSide({ last: { table }, stays, snapshots, transient }: Side): SideSummary {
  const counts = Object.fromEntries(pendingOperations.map((operation) => [operation, 0])) as Record<
    PendingOperation,
    number
  >;
  const byType: Record<string, number> = Object.create(null);
  let [objects, sent] = [0, 0];
  for (let row = 0; row < table.size; row++) {
    if (table.sent(row)) sent++;
    const operation = table.operation(row);
    if (stays[row] === 0 || operation === "none") continue;
    objects++;
    counts[operation]++;
    byType[table.type(row)] = (byType[table.type(row)] ?? 0) + 1;
  }
  return { objects, ...counts, byType: sorted(byType), snapshots, transient, sent };
}

const sorted = (counts: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));

/** Counts objects per state, per operation and type, and per operation, type and attribute. */
export class Tally {
  readonly total: StateCounts = noCounts();
  private readonly byOperation = new Map<string, OperationCounts>();
  private readonly byAttribute = new Map<string, AttributeCounts>();

  add(state: State, table: ChangeTable, row: number, other: { table: ChangeTable; row: number } | undefined): void {
    const operation = table.operation(row);
    if (operation === "none") return;
    const type = table.type(row);
    this.total[state]++;
    grown(this.byOperation, `${operation}\n${type}`, () => ({ operation, type, ...noCounts() }))[state]++;
    const count = (attribute: number, attributeState: State) => {
      const name = table.vocabulary.attributes.text(attribute);
      if (comparedIfBoth.has(name) && attributeState !== "differs") return;
      const key = `${operation}\n${type}\n${name}`;
      grown(this.byAttribute, key, () => ({ operation, type, attribute: name, ...noCounts() }))[attributeState]++;
    };
    if (state === "differs" && other !== undefined) {
      table.compareAttributes(row, other.table, other.row, (compared, { attribute }) => {
        count(
          attribute,
          ({ same: "both", differs: "differs", here: "onlyStaging", there: "onlyActive" } as const)[compared],
        );
      });
    } else {
      for (const { attribute } of table.attributesOf(row)) count(attribute, state);
    }
  }

  operations(): OperationCounts[] {
    return byKey(this.byOperation);
  }

  attributes(): AttributeCounts[] {
    return byKey(this.byAttribute);
  }
}

const noCounts = (): StateCounts => ({ onlyStaging: 0, onlyActive: 0, both: 0, differs: 0 });

function grown<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

const byKey = <Value>(map: Map<string, Value>): Value[] =>
  [...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
