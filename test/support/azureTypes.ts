import type { JsonObject } from "../../rehearsal/azure/properties/json";
import { problemsOfBody as problemsIn } from "../../rehearsal/azure/published/check";
import { publishedTypes } from "../../rehearsal/azure/published/published";
import type { ArmResource } from "../../rehearsal/world/contract";

/** What of a resource's body the published type does not allow. `known` is false where the package has no such type. */
export function problemsOfBody({ type, apiVersion, body }: ArmResource): {
  known: boolean;
  problems: readonly string[];
} {
  const found = problemsIn(publishedTypes(), type, apiVersion, body as JsonObject);
  return {
    known: found !== undefined,
    problems: (found ?? []).map(({ path, kind, shown, allowed }) => `${path}: ${kind}: ${shown} (${allowed})`),
  };
}
