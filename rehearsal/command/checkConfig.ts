import type { Property, PropertyMap } from "./property";
import { list, map, nullProperty, numeric, plain, text, unknown } from "./property";
import { unknownText } from "./wire";

const frameworkVersion = "1.2.0";

/** CheckConfig takes every key; strings that are JSON are read as such, and the framework's version is added. */
export function checkConfig(news: PropertyMap): PropertyMap {
  const inputs = new Map([...news].map(([key, value]) => [key, read(value)]));
  return inputs.set("__pulumi-go-provider-version", text(frameworkVersion));
}

function read(value: Property): Property {
  if (value.kind !== "string") return value;
  try {
    return { ...fromJson(JSON.parse(value.value)), secret: value.secret };
  } catch {
    return value;
  }
}

function fromJson(json: unknown): Property {
  if (json === null || json === undefined) return nullProperty;
  if (typeof json === "boolean") return plain({ kind: "boolean", value: json });
  if (typeof json === "number") return numeric(json);
  if (typeof json === "string") return json === unknownText ? unknown() : text(json);
  if (Array.isArray(json)) return list(json.map(fromJson));
  return map(new Map(Object.entries(json).map(([key, value]) => [key, fromJson(value)])));
}
