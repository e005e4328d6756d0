import { parseResourceId, type ResourceId } from "../settings/resourceId";

export type IdParts = ResourceId;

/** Undefined where it is no id of something in a resource group. */
export const idParts = parseResourceId;

/** Azure compares ids and names without regard to letter case. */
export function sameId(left: string | undefined, right: string | undefined): boolean {
  return left !== undefined && left.toLowerCase() === right?.toLowerCase();
}
