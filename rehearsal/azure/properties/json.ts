/** JSON values and the few ways this room looks into them. */

export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at a dotted path of object keys; undefined where the path ends early. */
export function at(value: Json | undefined, path: string): Json | undefined {
  let here = value;
  for (const key of path.split(".")) {
    if (!isObject(here)) return undefined;
    here = here[key];
  }
  return here;
}

export function textAt(value: Json | undefined, path: string): string | undefined {
  const found = at(value, path);
  return typeof found === "string" ? found : undefined;
}

export function numberAt(value: Json | undefined, path: string): number | undefined {
  const found = at(value, path);
  return typeof found === "number" ? found : undefined;
}

export function objectAt(value: Json | undefined, path: string): JsonObject | undefined {
  const found = at(value, path);
  return isObject(found) ? found : undefined;
}

/** The objects of the array at `path`; empty where there is none. */
export function objectsAt(value: Json | undefined, path: string): JsonObject[] {
  const found = at(value, path);
  return Array.isArray(found) ? found.filter(isObject) : [];
}

export function textsAt(value: Json | undefined, path: string): string[] {
  const found = at(value, path);
  return Array.isArray(found) ? found.filter((item) => typeof item === "string") : [];
}

/** Sets the value at a dotted path, making the objects on the way; undefined removes the last key. */
export function put(target: JsonObject, path: string, value: Json | undefined): void {
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  let here = target;
  for (const key of keys) {
    const next = here[key];
    if (isObject(next)) here = next;
    else if (value === undefined) return;
    else {
      const made: JsonObject = {};
      here[key] = made;
      here = made;
    }
  }
  if (value === undefined) delete here[last];
  else here[last] = value;
}

/** Sets the value at a path only where nothing is there yet. */
export function putDefault(target: JsonObject, path: string, value: Json): void {
  if (at(target, path) === undefined) put(target, path, value);
}

export function equal(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => equal(item, b[i]));
  if (isObject(a) && isObject(b)) {
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...keys].every((key) => equal(a[key], b[key]));
  }
  return false;
}

export function clone<T extends Json>(value: T): T {
  return structuredClone(value);
}

/** Azure compares names, types and ids without case. */
export function same(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && a.toLowerCase() === b.toLowerCase();
}
