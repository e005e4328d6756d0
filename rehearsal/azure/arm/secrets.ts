import { clone, isObject, type Json, type JsonObject, put } from "../properties/json";
import type { ResourceType } from "../types/resourceType";

/** What the engine marked as secret in the inputs of a PUT. */
export interface SecretValues {
  /** Secret strings. */
  readonly texts: ReadonlySet<string>;
  /** Strings inside secret objects and arrays, where nobody can tell which part is meant. */
  readonly parts: ReadonlySet<string>;
}

export const noSecrets: SecretValues = { texts: new Set(), parts: new Set() };

/**
 * The body as it may be stored. What ARM never returns is taken out; any other string that the program marked as
 * secret is replaced by a fingerprint, so that nothing secret reaches the disk, an output or a report. Ids stay: other
 * resources are found by them.
 */
export function keepSecretsOut(
  body: JsonObject,
  type: ResourceType,
  secrets: SecretValues,
  fingerprint: (value: Json) => string,
): JsonObject {
  const kept = clone(body);
  for (const path of type.secrets ?? []) put(kept, path, undefined);
  const hide = (value: Json): Json => {
    if (typeof value === "string") {
      const secret = secrets.texts.has(value) || (type.generic && secrets.parts.has(value));
      return secret && !value.startsWith("/subscriptions/") ? `secret:${fingerprint(value)}` : value;
    }
    if (Array.isArray(value)) return value.map(hide);
    if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, hide(item)]));
    return value;
  };
  for (const [key, value] of Object.entries(kept))
    if (!["id", "name", "type", "location"].includes(key)) kept[key] = hide(value);
  return kept;
}
