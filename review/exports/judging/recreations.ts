import type { EachChange } from "../comparing/comparison";
import { readDetails } from "../comparing/details";
import type { Side } from "../comparing/side";
import { removes } from "../reading/change";
import type { Group } from "./groups";
import type { RiskClass } from "./thresholds";

/** Deletes and adds looked at; beyond that the deletes alone are reason enough to stop. */
const most = 5000;

/**
 * A changed source anchor is not a change in the Entra connector: the name of an object is made of it, so the old one is
 * deleted and a new one added. Finds deletes and adds of the staging server that carry the same userPrincipalName or mail.
 */
export async function findRecreations(
  each: EachChange,
  staging: Side,
  risks: ReadonlyMap<RiskClass, Group>,
): Promise<void> {
  const deletes: number[] = [];
  const adds: number[] = [];
  const { table } = staging.last;
  each((state, side, row) => {
    if (side.role !== "staging" || state === "both") return;
    const operation = table.operation(row);
    if (removes(operation) && operation !== "delete-add" && deletes.length < most) deletes.push(row);
    if (operation === "add" && adds.length < most) adds.push(row);
  });
  if (deletes.length === 0 || adds.length === 0) return;
  const added = new Set<string>();
  await readDetails(staging.last, adds, { identity: true }, (_row, { identity }) => {
    for (const name of [identity.userPrincipalName, identity.mail]) if (name) added.add(name.toLowerCase());
  });
  await readDetails(staging.last, deletes, { identity: true }, (row, { identity }) => {
    const names = [identity.userPrincipalName, identity.mail];
    if (names.some((name) => name !== undefined && added.has(name.toLowerCase())))
      risks.get("recreations")?.add(staging, row);
  });
}
