import { isJsonObject } from "../evidence/json";
import type { Json } from "../verdict";
import { namesIn, type PropertyChange } from "./changes";
import { meantChanges, type ResourceChange } from "./steps";
import { unknownWord } from "./values";

/** One value that differs, at the end of its path; where a whole object came or went, one entry a value in it. */
export interface LeafChange extends PropertyChange {
  /** Names of the path without indices: `securityProfile.uefiSettings.secureBootEnabled`. */
  readonly at: string;
}

export function leavesOf(change: ResourceChange): readonly LeafChange[] {
  return meantChanges(change).flatMap((each) => expand(each));
}

function expand({ path, old, new: next }: PropertyChange): readonly LeafChange[] {
  const names = [...keysOf(old), ...keysOf(next)];
  if (names.length === 0) return [{ path, old, new: next, at: withoutIndices(path) }];
  return [...new Set(names)].flatMap((name) =>
    expand({
      path: Array.isArray(old) || Array.isArray(next) ? `${path}[${name}]` : `${path}.${name}`,
      old: inside(old, name),
      // Of an object that is not known yet no part is.
      new: next === unknownWord ? unknownWord : inside(next, name),
    }),
  );
}

function keysOf(value: Json): readonly string[] {
  if (Array.isArray(value)) return value.map((_, index) => String(index));
  return isJsonObject(value) ? Object.keys(value) : [];
}

function inside(value: Json, name: string): Json {
  if (Array.isArray(value)) return (value as Json[])[Number(name)] ?? null;
  return isJsonObject(value) ? (value[name] ?? null) : null;
}

export const withoutIndices = (path: string): string =>
  namesIn(path)
    .filter((name) => typeof name === "string")
    .join(".");
