/** Reading ARM bodies, which are plain JSON of which nothing is certain. */

export type Body = Readonly<Record<string, unknown>>;

export function objectAt(value: unknown, ...path: readonly string[]): Body | undefined {
  const found = valueAt(value, path);
  return isBody(found) ? found : undefined;
}

export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = valueAt(value, path);
  return typeof found === "string" ? found : undefined;
}

export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = valueAt(value, path);
  return Array.isArray(found) ? found : [];
}

export function textsAt(value: unknown, ...path: readonly string[]): readonly string[] {
  return listAt(value, ...path).filter((entry): entry is string => typeof entry === "string");
}

/** Ids are compared without case. */
export function idAt(value: unknown, ...path: readonly string[]): string | undefined {
  return textAt(value, ...path)?.toLowerCase();
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  let at = value;
  for (const key of path) at = isBody(at) ? at[key] : undefined;
  return at;
}

function isBody(value: unknown): value is Body {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
