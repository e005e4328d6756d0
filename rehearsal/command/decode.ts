import type { Property, PropertyMap } from "./property";
import { list, map, nullProperty, numeric, plain, text } from "./property";
import type { Field, ObjectShape, Shape } from "./shape";
import { goTypeName } from "./shape";

/** One reason why properties do not fit their shape; `property` is a field name of the outermost object. */
export interface DecodeFailure {
  readonly property: string;
  readonly reason: string;
}

export interface Decoded {
  /** What fits, plain: without marks of secrets and unknowns; unknowns are the zero value of their type. */
  readonly fields: PropertyMap;
  readonly failures: readonly DecodeFailure[];
}

/** Reads properties into a shape; nothing of it is optional in the genuine plugin's texts, so neither here. */
export function decode(properties: PropertyMap, shape: ObjectShape): Decoded {
  const aligned = align(map(properties), shape, false);
  return fitObject(aligned.kind === "map" ? aligned.entries : new Map(), shape);
}

/** The text of a refused decode in Create, Update and Delete. */
export function decodeFailureText(failures: readonly DecodeFailure[]): string {
  const lines = failures.map((failure) => `\n\t${failure.property}: ${failure.reason}`);
  return `${failures.length} failures decoding:${lines.join("")}`;
}

/** Takes the marks off; where a value is unknown (`typed`), puts the zero value of its shape in place. */
function align(value: Property, shape: Shape | undefined, typed: boolean): Property {
  if (value.kind === "unknown") {
    const placeholder = value.secret || value.dependencies.length > 0 ? nullProperty : text("");
    return align(placeholder, shape, shape !== undefined);
  }
  switch (shape?.kind) {
    case "object": {
      if (value.kind !== "map" && !typed) return unmarked(value);
      const entries = new Map(value.kind === "map" ? value.entries : []);
      for (const field of shape.fields) {
        const inner = entries.get(field.name);
        if (inner !== undefined) entries.set(field.name, align(inner, field.shape, typed));
        else if (typed && field.required) entries.set(field.name, align(nullProperty, field.shape, true));
      }
      return map(entries);
    }
    case "assetOrArchive":
      if (value.kind === "asset" || value.kind === "archive") return unmarked(value);
      return value.kind === "map" ? alignChildren(value, undefined, false) : map(new Map());
    case "list":
      return value.kind === "list" || !typed ? alignChildren(value, shape.element, typed) : list([]);
    case "map":
      return value.kind === "map" || !typed ? alignChildren(value, shape.element, typed) : map(new Map());
    case "string":
      return !typed || value.kind === "string" ? alignChildren(value, undefined, false) : text("");
    case "boolean":
      return !typed || value.kind === "boolean"
        ? alignChildren(value, undefined, false)
        : plain({ kind: "boolean", value: false });
    case "number":
    case "integer":
      return !typed || value.kind === "number" ? alignChildren(value, undefined, false) : numeric(0);
    default:
      return alignChildren(value, undefined, false);
  }
}

function alignChildren(value: Property, element: Shape | undefined, typed: boolean): Property {
  if (value.kind === "list") return list(value.items.map((item) => align(item, element, typed)));
  if (value.kind === "map") {
    return map(new Map([...value.entries].map(([key, item]) => [key, align(item, element, typed)])));
  }
  return unmarked(value);
}

function unmarked(value: Property): Property {
  return { ...value, secret: false, dependencies: [] };
}

function fitObject(entries: PropertyMap, shape: ObjectShape): Decoded {
  const fields = new Map<string, Property>();
  const failures: DecodeFailure[] = [];
  for (const field of shape.fields) {
    const value = entries.get(field.name);
    if (value === undefined || value.kind === "null") {
      if (field.required) failures.push(missing(field, shape));
      if (field.always) fields.set(field.name, zero(field.shape));
      continue;
    }
    const fitted = fitValue(value, field.shape, shape, field.name);
    if (fitted.ok) fields.set(field.name, fitted.value);
    else {
      failures.push({ property: fitted.at, reason: fitted.reason });
      // The genuine plugin has made the object before it finds the failure inside, and answers with it empty.
      if (field.always || field.shape.kind === "object") fields.set(field.name, zero(field.shape));
    }
  }
  for (const key of entries.keys()) {
    if (shape.fields.some((field) => field.name === key)) continue;
    failures.push({ property: key, reason: `Unrecognized field '${key}' on '${goTypeName(shape)}'` });
  }
  return { fields, failures };
}

function missing(field: Field, shape: ObjectShape): DecodeFailure {
  return { property: field.name, reason: `Missing required field '${field.name}' on '${goTypeName(shape)}'` };
}

function zero(shape: Shape): Property {
  return shape.kind === "string" ? text("") : map(new Map());
}

type Fitted =
  | { readonly ok: true; readonly value: Property }
  | { readonly ok: false; readonly at: string; readonly reason: string };

function fitValue(value: Property, shape: Shape, owner: ObjectShape, at: string): Fitted {
  const wrong = (): Fitted => ({
    ok: false,
    at,
    reason: `Field '${at}' on '${goTypeName(owner)}' must be a '${goTypeName(shape)}'; got '${goKind(value)}' instead`,
  });
  const nested = (problem: string): Fitted => ({
    ok: false,
    at,
    reason: `An error occurred decoding '${owner.goName}.${at}': ${problem}`,
  });
  const notAnObject = (): Fitted =>
    nested(`Cannot decode Object{} to type ${goTypeName(shape)}; it isn't a struct, and no custom decoder exists`);
  switch (shape.kind) {
    case "any":
      return { ok: true, value };
    case "string":
      if (value.kind === "string") return { ok: true, value };
      break;
    case "boolean":
      if (value.kind === "boolean") return { ok: true, value };
      break;
    case "number":
      if (value.kind === "number") return { ok: true, value };
      break;
    case "integer":
      if (value.kind === "number") return { ok: true, value: numeric(Math.trunc(value.value)) };
      break;
    case "list":
      if (value.kind === "list") return fitItems(value.items, shape.element, owner, at);
      break;
    case "map":
      if (value.kind === "map") return fitEntries(value.entries, shape.element, owner, at);
      break;
    case "assetOrArchive":
      if (value.kind === "asset" || value.kind === "archive") return { ok: true, value };
      if (value.kind === "map") {
        if (value.entries.size === 0) return { ok: true, value };
        const strange = [...value.entries.keys()].map((property) => ({
          property,
          reason: `Unrecognized field '${property}' on '${goTypeName(shape)}'`,
        }));
        return nested(decodeFailureText(strange));
      }
      break;
    case "object":
      if (value.kind === "map") {
        const inner = fitObject(value.entries, shape);
        if (inner.failures.length > 0) return nested(decodeFailureText(inner.failures));
        return { ok: true, value: map(inner.fields) };
      }
      break;
  }
  return value.kind === "map" ? notAnObject() : wrong();
}

function fitItems(items: readonly Property[], element: Shape, owner: ObjectShape, at: string): Fitted {
  const fitted: Property[] = [];
  for (const [index, item] of items.entries()) {
    const result = fitValue(item, element, owner, `${at}[${index}]`);
    if (!result.ok) return { ...result, at: result.at };
    fitted.push(result.value);
  }
  return { ok: true, value: list(fitted) };
}

function fitEntries(entries: PropertyMap, element: Shape, owner: ObjectShape, at: string): Fitted {
  const fitted = new Map<string, Property>();
  for (const [key, entry] of entries) {
    const result = fitValue(entry, element, owner, `${at}[${key}] value`);
    if (!result.ok) return result;
    fitted.set(key, result.value);
  }
  return { ok: true, value: map(fitted) };
}

/** How Go prints the type of a value that came over the wire. */
function goKind(value: Property): string {
  switch (value.kind) {
    case "boolean":
      return "bool";
    case "number":
      return "float64";
    case "string":
      return "string";
    case "list":
      return "[]interface {}";
    case "map":
      return "map[string]interface {}";
    case "asset":
      return "asset.Asset";
    case "archive":
      return "archive.Archive";
    case "reference":
      return "resource.ResourceReference";
    case "null":
    case "unknown":
      return "interface {}";
  }
}
