import { readDetails } from "../comparing/details";
import type { ServerRole, Side } from "../comparing/side";
import type { ObjectChange } from "../reading/change";
import type { Group, ObjectPlace } from "./groups";

/** Reads the objects that findings name once more, now with identity and values. */
export async function examplesOf(
  { active, staging }: { readonly active: Side | undefined; readonly staging: Side },
  groups: readonly Group[],
) {
  const wanted: Record<ServerRole, Set<number>> = { active: new Set(), staging: new Set() };
  for (const example of groups.flatMap((group) => group.examples)) {
    wanted[example.role].add(example.row);
    if (example.other !== undefined) wanted.active.add(example.other);
  }
  const known: Record<ServerRole, Map<number, ObjectChange>> = { active: new Map(), staging: new Map() };
  for (const side of [active, staging]) {
    if (side === undefined) continue;
    const { role, last } = side;
    await readDetails(last, [...wanted[role]], { identity: true, keepValues: 5 }, (row, change) =>
      known[role].set(row, change),
    );
  }
  return (place: ObjectPlace, role: ServerRole): ObjectChange | undefined => {
    const row = place.role === role ? place.row : role === "active" ? place.other : undefined;
    return row === undefined ? undefined : known[role].get(row);
  };
}
