import { isJsonObject, type JsonObject } from "../evidence";
import type { Json } from "../verdict";

/** An object, a list of one, or an empty one in place of anything else. */
export function objectOf(value: Json | undefined): JsonObject {
  if (Array.isArray(value) && value.length === 1) return objectOf(value[0] as Json);
  return isJsonObject(value) ? value : {};
}

export function textOf(value: Json | undefined): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}
