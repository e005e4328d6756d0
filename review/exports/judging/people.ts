import type { EachChange, State } from "../comparing/comparison";
import { readDetails } from "../comparing/details";
import type { Side } from "../comparing/side";
import { type Identity, removes } from "../reading/change";
import type { Group } from "./groups";
import type { ConnectorKind } from "./risk";
import type { RiskClass } from "./thresholds";

/** Objects of each kind that are looked at; beyond that their number alone is reason enough to stop. */
const most = 5000;
/** With fewer updates than this their source anchors are looked up, instead of being believed from their names. */
const mostUpdates = 500;

interface Looked {
  readonly row: number;
  readonly state: State;
}

/** Where the objects stand that the staging server alone would delete: organizational unit, then type. */
export type Places = ReadonlyMap<string, ReadonlyMap<string, number>>;

/**
 * What only shows when people are recognised: somebody deleted and added again, an add that takes over the source anchor
 * of another object, and whose organizational units lose objects.
 */
export async function lookAtPeople(
  each: EachChange,
  sides: { readonly active: Side | undefined; readonly staging: Side },
  kind: ConnectorKind,
  risks: ReadonlyMap<RiskClass, Group>,
): Promise<Places> {
  const { staging } = sides;
  const { table } = staging.last;
  const deletes: Looked[] = [];
  const adds: Looked[] = [];
  const others: number[] = [];
  const anchors = new Set<string>();
  each((state, side, row) => {
    const operation = side.last.table.operation(row);
    if (kind === "entra" && operation !== "add") {
      const anchor = anchorIn(side.last.table.dn(row));
      if (anchor !== undefined) anchors.add(anchor);
    }
    if (side.role !== "staging") return;
    if (removes(operation)) {
      if (operation !== "delete-add" && deletes.length < most) deletes.push({ row, state });
    } else if (operation === "add") {
      if (adds.length < most) adds.push({ row, state });
    } else if (others.length < mostUpdates) others.push(row);
  });
  const places = new Map<string, Map<string, number>>();
  const news = adds.some(({ state }) => state !== "both");
  const removed = deletes.some(({ state }) => state !== "both");
  if (!news && !removed) return places;
  const wanted = new Set([...deletes, ...adds].map(({ row }) => row));
  // The anchor of an object is in its name; where that is few objects' work, the attribute is looked at as well.
  if (news && kind === "entra" && others.length < mostUpdates) for (const row of others) wanted.add(row);
  const known = new Map<number, Identity>();
  await readDetails(staging.last, [...wanted], { identity: true }, (row, { identity }) => known.set(row, identity));

  const added = new Map<string, State>();
  for (const { row, state } of adds)
    for (const name of namesOf(known.get(row))) if (added.get(name) !== "onlyStaging") added.set(name, state);
  for (const { row, state } of deletes) {
    const identity = known.get(row);
    // Where both servers do both, the active one does it already.
    const again = namesOf(identity).some(
      (name) => added.has(name) && !(state === "both" && added.get(name) === "both"),
    );
    if (again) risks.get("recreations")?.add(staging, row);
    if (state === "both") continue;
    const place = placeOf(table.dn(row), identity, kind);
    const types = places.get(place) ?? new Map<string, number>();
    types.set(table.type(row), (types.get(table.type(row)) ?? 0) + 1);
    places.set(place, types);
  }
  if (kind !== "entra") return places;
  for (const row of known.keys()) {
    const anchor = table.operation(row) === "add" ? undefined : known.get(row)?.sourceAnchor;
    if (anchor !== undefined) anchors.add(anchor);
  }
  for (const { row, state } of adds) {
    const anchor = known.get(row)?.sourceAnchor ?? anchorIn(table.dn(row));
    if (state !== "both" && anchor !== undefined && anchors.has(anchor)) risks.get("hardMatches")?.add(staging, row);
  }
  return places;
}

const namesOf = (identity: Identity | undefined): string[] =>
  [identity?.userPrincipalName, identity?.mail].flatMap((name) => (name ? [name.toLowerCase()] : []));

/** The name of an object in the Entra connector is its source anchor, as hexadecimal digits. */
function anchorIn(dn: string): string | undefined {
  const digits = /^CN=\{([0-9a-f]+)\}$/i.exec(dn)?.[1];
  return digits === undefined || digits.length % 2 !== 0 ? undefined : Buffer.from(digits, "hex").toString("latin1");
}

function placeOf(dn: string, identity: Identity | undefined, kind: ConnectorKind): string {
  const full = kind === "entra" ? identity?.onPremisesDistinguishedName : dn;
  if (full !== undefined) return /^(?:\\.|[^,\\])*,\s*(.+)$/s.exec(full)?.[1] ?? full;
  return identity?.dnsDomainName ?? "(not in the file)";
}
