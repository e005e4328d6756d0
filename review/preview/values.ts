import { isJsonObject } from "../evidence/json";
import { isHidden, isUnknown } from "../posture/resource";
import type { Json } from "../verdict";

/** What stands in a report for a value that is not known before the run, and for one that is secret. */
export const unknownWord = "[known after up]";
export const secretWord = "[secret]";
/** Deeper than any provider nests: what lies below is not compared, and that is said. */
export const deepest = 60;
export const tooDeepWord = "[nested too deep to compare]";

/** Name by which the engine marks a value that is more than JSON. */
export const signature = "4dabf18193072939515e22adb298388d";
const assetSignatures: ReadonlySet<string> = new Set([
  "c44067f5952c0a294b673a41bacd8c17",
  "0def7320c3a5731c473e5ecbe6d01bc7",
]);

/**
 * A value as a report may hold it: secrets and unknowns are words, an asset is its hash and its file's name (its folder
 * is a path of somebody's machine).
 */
export function plain(value: Json | undefined): Json {
  if (value === undefined || value === null) return null;
  if (typeof value === "string") return isUnknown(value) ? unknownWord : value;
  if (typeof value !== "object") return value;
  if (isHidden(value)) return secretWord;
  if (Array.isArray(value)) return value.map((item: Json) => plain(item));
  const object = value as { readonly [key: string]: Json };
  if (typeof object[signature] === "string")
    return assetSignatures.has(object[signature]) ? assetOf(object) : sealed(object);
  return Object.fromEntries(Object.entries(object).map(([key, item]) => [key, plain(item)]));
}

function assetOf(asset: { readonly [key: string]: Json }): Json {
  const hash = typeof asset.hash === "string" && asset.hash !== "" ? asset.hash : "without hash";
  const place = [asset.path, asset.uri].find((each): each is string => typeof each === "string" && each !== "");
  return `asset ${hash}${place === undefined ? "" : ` (${baseName(place)})`}`;
}

/** A marked value of a kind that this does not know (an output value, a resource reference): without its envelope. */
function sealed(object: { readonly [key: string]: Json }): Json {
  if (object.secret === true) return secretWord;
  if (typeof object.urn === "string") return object.urn;
  return "value" in object ? plain(object.value) : unknownWord;
}

export const baseName = (path: string): string => path.split(/[\\/]/u).at(-1) || path;

export function holdsTooDeep(value: Json): boolean {
  return holds(value, (text) => text === tooDeepWord);
}

/** Cuts off, in place, what lies too deep: from here on nothing runs out of stack. */
export function cutDeep(value: Json | undefined, depth = 0): void {
  if (typeof value !== "object" || value === null) return;
  const inside = value as Record<string, Json>;
  for (const key of Object.keys(inside)) {
    const inner = inside[key];
    if (typeof inner !== "object" || inner === null) continue;
    if (depth >= deepest) inside[key] = tooDeepWord;
    else cutDeep(inner, depth + 1);
  }
}

function holds(value: Json, test: (text: string) => boolean): boolean {
  if (typeof value === "string") return test(value);
  if (Array.isArray(value)) return value.some((item: Json) => holds(item, test));
  return isJsonObject(value) && Object.values(value).some((item) => holds(item, test));
}

/** The same text for the same value, whatever the order of its names. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map((item: Json) => canonical(item)).join(",")}]`;
  if (isJsonObject(value))
    return `{${Object.keys(value)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${canonical(value[key] ?? null)}`)
      .join(",")}}`;
  return JSON.stringify(value);
}
