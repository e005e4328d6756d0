import type { Property, PropertyMap } from "./property";
import { isOutputValue, list, map, nullProperty, numeric, secret, text } from "./property";
import type { ObjectShape, Shape } from "./shape";
import { spelledOut } from "./wire";

/** Fills in the defaults that the shape declares, in every object that is there. */
export function withDefaults(fields: PropertyMap, shape: ObjectShape): PropertyMap {
  const filled = new Map(fields);
  for (const field of shape.fields) {
    const value = filled.get(field.name);
    if (value === undefined) {
      if (typeof field.byDefault === "string") filled.set(field.name, text(field.byDefault));
      if (typeof field.byDefault === "number") filled.set(field.name, numeric(field.byDefault));
    } else if (field.shape.kind === "object" && value.kind === "map") {
      filled.set(field.name, map(withDefaults(value.entries, field.shape)));
    }
  }
  return filled;
}

/**
 * Puts the marks of the values as sent (secret, unknown, dependencies) back on the plain values made from them.
 * `keepUnknown` is false outside previews and Check: then every value is known.
 */
export function remark(value: Property, sent: Property | undefined, keepUnknown: boolean): Property {
  if (sent === undefined) return spelledOut(value);
  const marks = { secret: sent.secret, dependencies: sent.dependencies };
  if (sent.kind === "unknown") {
    const placeholder = spelledOut(value);
    return keepUnknown ? { kind: "unknown", placeholder, ...marks } : { ...placeholder, ...marks };
  }
  if (value.kind === "list" && sent.kind === "list") {
    const items = value.items.map((item, index) => remark(item, sent.items[index], keepUnknown));
    return { kind: "list", items, ...marks };
  }
  if (value.kind === "map" && sent.kind === "map") {
    return { kind: "map", entries: remarkEntries(value.entries, sent.entries, keepUnknown), ...marks };
  }
  return { ...spelledOut(value), ...marks };
}

export function remarkEntries(values: PropertyMap, sent: PropertyMap, keepUnknown: boolean): PropertyMap {
  return new Map([...values].map(([key, value]) => [key, remark(value, sent.get(key), keepUnknown)]));
}

/** Output values become plain, unknown or secret values; what they depended on is forgotten. */
export function withoutDependencies(value: Property): Property {
  const bare = { ...value, dependencies: [] };
  if (bare.kind === "list") return { ...bare, items: bare.items.map(withoutDependencies) };
  if (bare.kind === "map") return { ...bare, entries: entriesWithoutDependencies(bare.entries) };
  return bare;
}

export function entriesWithoutDependencies(entries: PropertyMap): PropertyMap {
  return new Map([...entries].map(([key, value]) => [key, withoutDependencies(value)]));
}

/** Marks as secret what the shape declares secret, as far as the values have that shape. */
export function markSecrets(entries: PropertyMap, shape: ObjectShape): PropertyMap {
  const marked = new Map(entries);
  for (const field of shape.fields) {
    const value = marked.get(field.name);
    if (value === undefined) continue;
    const inner = markWithin(value, field.shape);
    marked.set(field.name, field.secret ? secret(inner) : inner);
  }
  return marked;
}

function markWithin(value: Property, shape: Shape): Property {
  if (value.kind === "unknown") {
    if (!value.secret) return { ...value, dependencies: [] };
    // The genuine plugin loses the unknown here: a secret around an unknown becomes a known secret zero value.
    return secret(markContent(value.placeholder ?? nullProperty, shape));
  }
  if (value.secret) return { ...secret(markContent(value, shape)), dependencies: [] };
  if (isOutputValue(value)) return value;
  return markContent(value, shape);
}

function markContent(value: Property, shape: Shape): Property {
  if (shape.kind === "object" && value.kind === "map") {
    return { ...value, entries: markSecrets(value.entries, shape) };
  }
  if (shape.kind === "list" && value.kind === "list") {
    return { ...list(value.items.map((item) => markWithin(item, shape.element))), secret: value.secret };
  }
  if (shape.kind === "map" && value.kind === "map") {
    const entries = new Map([...value.entries].map(([key, item]) => [key, markWithin(item, shape.element)]));
    return { ...value, entries };
  }
  return value;
}
