import type { Json } from "../../verdict";
import type { RawValue } from "../model";
import { wholeText } from "./remaining";

/** Members that name an object in a list, so that its place does not matter. In this order. */
const keyMembers = [
  "name",
  "friendlyname",
  "distinguishedname",
  "fullyqualifieddomainname",
  "attribute",
  "destination",
];

/** Every value of a JSON document with its path: `a/b[Full Import]/c`. */
export function jsonValues(value: Json, path = ""): RawValue[] {
  if (typeof value !== "object" || value === null) return [{ path, value: String(value) }];
  const entries: readonly (readonly [string, Json])[] = Array.isArray(value)
    ? value.map((entry: Json): readonly [string, Json] => [`${path}[${keyOf(entry)}]`, entry])
    : Object.entries(value).map(([name, entry]): readonly [string, Json] => [
        path === "" ? name : `${path}/${name}`,
        entry,
      ]);
  if (entries.length === 0) return [{ path, value: Array.isArray(value) ? "[]" : "{}" }];
  return entries.flatMap(([inner, entry]) => {
    // Members that nothing tells apart stay whole: see `Remaining`.
    const whole =
      typeof entry === "object" && entry !== null && entries.some(([other, b]) => other === inner && b !== entry);
    return whole ? [{ path: inner, value: wholeText(jsonValues(entry)) }] : jsonValues(entry, inner);
  });
}

function keyOf(entry: Json): string {
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) return "";
  for (const wanted of keyMembers)
    for (const [name, value] of Object.entries(entry))
      if (name.toLowerCase() === wanted && typeof value === "string") return value;
  return "";
}
