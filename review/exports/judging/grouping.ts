import { type EachChange, Tally } from "../comparing/comparison";
import { readDetails } from "../comparing/details";
import type { Side } from "../comparing/side";
import { removes } from "../reading/change";
import { type Effects, effectsOf } from "./effects";
import { Group } from "./groups";
import { type ConnectorKind, needsBefore, ownAttributes, risksOf, type There } from "./risk";
import { type RiskClass, riskClasses } from "./thresholds";

/** Objects read again to see what they were; beyond that the change alone is believed. */
const mostRead = 20_000;

interface Sides {
  readonly active: Side | undefined;
  readonly staging: Side;
}

const thereOf = ({ active }: Sides, other: number | undefined): There | undefined =>
  other === undefined || active === undefined ? undefined : { table: active.last.table, row: other };

/** Puts every object into the groups that findings are made of. */
export async function group(each: EachChange, sides: Sides, kind: ConnectorKind, most: number) {
  const tally = new Tally();
  const effects = await effectsBefore(each, sides);
  const make = () => new Group(most);
  const risks = new Map<RiskClass, Group>(riskClasses.map((name) => [name, make()]));
  const [differs, onlyActive, both, sent, withoutDetails] = [make(), make(), make(), make(), make()];
  const [contradictions, repeating, namesakes] = [make(), make(), make()];
  let [bothDeletes, wholeMemberships, deletes] = [0, 0, 0];
  each((state, side, row, other) => {
    const { table } = side.last;
    const there = thereOf(sides, other);
    tally.add(state, table, row, there);
    if (side.role === "staging") {
      if (table.withoutDetails(row)) withoutDetails.add(side, row);
      if (table.contradicts(row)) contradictions.add(side, row);
      if (table.isNamesake(row)) namesakes.add(side, row);
      if (removes(table.operation(row))) deletes++;
    }
    const failsThere = side.role === "active" ? table.failure(row) : there?.table.failure(there.row);
    if (failsThere !== undefined && state !== "differs" && sides.active !== undefined) {
      repeating.add(sides.active, side.role === "active" ? row : (other ?? row));
      if (state === "onlyActive") return;
    }
    if (state === "onlyActive") onlyActive.add(side, row);
    if (state === "differs") differs.add(side, row, 1, other);
    if (state === "both") {
      both.add(side, row, 1, other);
      if (removes(table.operation(row))) bothDeletes++;
    }
    if (state !== "onlyStaging" && state !== "differs") return;
    const found = risksOf(state, table, row, there, kind, effects.get(row));
    if (found.wholeMembership) wholeMemberships++;
    for (const [name, count] of found.counts) {
      // What merely differs is told as such; a class of its own would say it twice.
      if (state === "differs" && isPlain(name)) continue;
      risks.get(name)?.add(side, row, count, other, found.counts.size);
    }
  });
  const { table } = sides.staging.last;
  for (let row = 0; row < table.size; row++) if (table.sent(row)) sent.add(sides.staging, row);
  const others = [differs, onlyActive, both, sent, withoutDetails, contradictions, repeating, namesakes];
  const told = { differs, onlyActive, both, sent, withoutDetails, contradictions, repeating, namesakes };
  return { tally, risks, effects, ...told, bothDeletes, wholeMemberships, deletes, others };
}

const isPlain = (name: RiskClass): boolean =>
  name === "updates" || name === "adds" || name === "additions" || name === "knownAdditions";

/** What the changes do whose effect depends on what the object was: those are read once more, with their hologram. */
async function effectsBefore(each: EachChange, sides: Sides): Promise<ReadonlyMap<number, Effects>> {
  const wanted = new Map<number, ReadonlySet<string>>();
  each((state, side, row, other) => {
    if (side.role !== "staging" || (state !== "onlyStaging" && state !== "differs")) return;
    const { table } = side.last;
    const there = thereOf(sides, other);
    if (wanted.size >= mostRead || !needsBefore(state, table, row, there)) return;
    const own = ownAttributes(state, table, row, there);
    wanted.set(row, new Set(own.map(({ attribute }) => table.vocabulary.attributes.text(attribute))));
  });
  const effects = new Map<number, Effects>();
  const options = { before: true, keepValues: 1_000_000, keepCharacters: 4000 };
  await readDetails(sides.staging.last, [...wanted.keys()], options, (row, change) =>
    effects.set(row, effectsOf(change, wanted.get(row) ?? new Set())),
  );
  return effects;
}
