import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ArmResource } from "../../rehearsal/world/contract";
import { azureTypesFolder } from "./repository";

/** The part of bicep's types.json that a body can be checked with. */
type Type =
  | { $type: "ObjectType"; name: string; properties: Record<string, Property>; additionalProperties?: Reference }
  | {
      $type: "DiscriminatedObjectType";
      discriminator: string;
      baseProperties: Record<string, Property>;
      elements: Record<string, Reference>;
    }
  | { $type: "ArrayType"; itemType: Reference }
  | { $type: "UnionType"; elements: Reference[] }
  | { $type: "StringLiteralType"; value: string }
  | { $type: "StringType" | "IntegerType" | "BooleanType" | "AnyType" }
  | { $type: "ResourceType"; name: string; body: Reference };
interface Reference {
  $ref: string;
}
interface Property {
  type: Reference;
  flags: number;
}

type At = (reference: Reference) => Type;

const required = 1;
/** Filled in by the envelope of every resource, not by its body. */
const envelope = new Set(["apiVersion", "type", "id", "name"]);

let files: { readonly types: readonly Type[] }[] | undefined;

function load(): { readonly types: readonly Type[] }[] {
  files ??= readdirSync(azureTypesFolder)
    .filter((name) => name.endsWith(".json"))
    .map((name) => ({ types: JSON.parse(readFileSync(join(azureTypesFolder, name), "utf8")) }));
  return files;
}

/** What of a resource's body the published type does not allow. `known` is false where the data has no such type. */
export function problemsOfBody({ type, apiVersion, body }: ArmResource): {
  known: boolean;
  problems: readonly string[];
} {
  const wanted = `${type}@${apiVersion}`.toLowerCase();
  for (const { types } of load()) {
    const resource = types.find((each) => each.$type === "ResourceType" && each.name.toLowerCase() === wanted);
    if (resource?.$type !== "ResourceType") continue;
    const at: At = ({ $ref }) => {
      const found = types[Number($ref.replace(/^#\//, ""))];
      if (found === undefined) throw new Error(`dangling reference ${$ref}`);
      return found;
    };
    return { known: true, problems: check(at(resource.body), body, "", at) };
  }
  return { known: false, problems: [] };
}

function check(type: Type, value: unknown, path: string, at: At): readonly string[] {
  const wrong = (what: string): readonly string[] => [`${path || "body"}: ${what}`];
  switch (type.$type) {
    case "ObjectType":
      return isObject(value)
        ? objectProblems(type.properties, type.additionalProperties, value, path, at)
        : wrong(`is no object (${type.name})`);
    case "DiscriminatedObjectType": {
      if (!isObject(value)) return wrong("is no object");
      const element = type.elements[String(value[type.discriminator])];
      const branch = element === undefined ? undefined : at(element);
      if (branch?.$type !== "ObjectType")
        return wrong(`unknown ${type.discriminator} ${String(value[type.discriminator])}`);
      return objectProblems(
        { ...type.baseProperties, ...branch.properties },
        branch.additionalProperties,
        value,
        path,
        at,
      );
    }
    case "ArrayType":
      if (!Array.isArray(value)) return wrong("is no array");
      return value.flatMap((each, index) => check(at(type.itemType), each, `${path}[${index}]`, at));
    case "UnionType":
      return type.elements.some((element) => check(at(element), value, path, at).length === 0)
        ? []
        : wrong(`${JSON.stringify(value)} is none of its values`);
    case "StringLiteralType":
      return value === type.value ? [] : wrong(`is not ${type.value}`);
    case "StringType":
      return typeof value === "string" ? [] : wrong("is no string");
    case "IntegerType":
      return Number.isInteger(value) ? [] : wrong("is no integer");
    case "BooleanType":
      return typeof value === "boolean" ? [] : wrong("is no boolean");
    default:
      return [];
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function objectProblems(
  properties: Record<string, Property>,
  additional: Reference | undefined,
  value: Record<string, unknown>,
  path: string,
  at: At,
): readonly string[] {
  const inner = (name: string): string => (path === "" ? name : `${path}.${name}`);
  const ofEnvelope = (name: string): boolean => path === "" && envelope.has(name);
  const known = Object.entries(properties).flatMap(([name, { type, flags }]) => {
    if (value[name] !== undefined) return check(at(type), value[name], inner(name), at);
    return (flags & required) !== 0 && !ofEnvelope(name) ? [`${inner(name)}: is required`] : [];
  });
  const others = Object.keys(value).filter((name) => !(name in properties) && !ofEnvelope(name));
  return [
    ...known,
    ...others.flatMap((name) =>
      additional === undefined
        ? [`${inner(name)}: is not a property`]
        : check(at(additional), value[name], inner(name), at),
    ),
  ];
}
