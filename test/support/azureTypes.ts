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
export function problemsOfBody({ type, apiVersion, body }: ArmResource): { known: boolean; problems: string[] } {
  const wanted = `${type}@${apiVersion}`.toLowerCase();
  for (const { types } of load()) {
    const resource = types.find((each) => each.$type === "ResourceType" && each.name.toLowerCase() === wanted);
    if (resource?.$type !== "ResourceType") continue;
    const at = ({ $ref }: Reference): Type => {
      const found = types[Number($ref.replace(/^#\//, ""))];
      if (found === undefined) throw new Error(`dangling reference ${$ref}`);
      return found;
    };
    const problems: string[] = [];
    check(at(resource.body), body, "", at, problems);
    return { known: true, problems };
  }
  return { known: false, problems: [] };
}

function check(type: Type, value: unknown, path: string, at: (reference: Reference) => Type, problems: string[]): void {
  const wrong = (what: string): void => {
    problems.push(`${path || "body"}: ${what}`);
  };
  switch (type.$type) {
    case "ObjectType":
      if (typeof value !== "object" || value === null || Array.isArray(value))
        return wrong(`is no object (${type.name})`);
      return object(type.properties, type.additionalProperties, value as Record<string, unknown>, path, at, problems);
    case "DiscriminatedObjectType": {
      const fields = value as Record<string, unknown>;
      const element = type.elements[String(fields?.[type.discriminator])];
      if (element === undefined) return wrong(`unknown ${type.discriminator} ${String(fields?.[type.discriminator])}`);
      const branch = at(element);
      if (branch.$type !== "ObjectType") return wrong("branch is no object");
      return object(
        { ...type.baseProperties, ...branch.properties },
        branch.additionalProperties,
        fields,
        path,
        at,
        problems,
      );
    }
    case "ArrayType":
      if (!Array.isArray(value)) return wrong("is no array");
      value.forEach((each, index) => {
        check(at(type.itemType), each, `${path}[${index}]`, at, problems);
      });
      return;
    case "UnionType": {
      const branches = type.elements.map((element) => {
        const found: string[] = [];
        check(at(element), value, path, at, found);
        return found;
      });
      if (!branches.some((found) => found.length === 0)) wrong(`${JSON.stringify(value)} is none of its values`);
      return;
    }
    case "StringLiteralType":
      if (value !== type.value) wrong(`is not ${type.value}`);
      return;
    case "StringType":
      if (typeof value !== "string") wrong("is no string");
      return;
    case "IntegerType":
      if (!Number.isInteger(value)) wrong("is no integer");
      return;
    case "BooleanType":
      if (typeof value !== "boolean") wrong("is no boolean");
      return;
    default:
  }
}

function object(
  properties: Record<string, Property>,
  additional: Reference | undefined,
  value: Record<string, unknown>,
  path: string,
  at: (reference: Reference) => Type,
  problems: string[],
): void {
  for (const [name, property] of Object.entries(properties)) {
    const inner = path === "" ? name : `${path}.${name}`;
    if (value[name] !== undefined) check(at(property.type), value[name], inner, at, problems);
    else if ((property.flags & required) !== 0 && !(path === "" && envelope.has(name)))
      problems.push(`${inner}: is required`);
  }
  for (const name of Object.keys(value)) {
    if (name in properties || (path === "" && envelope.has(name))) continue;
    if (additional === undefined) problems.push(`${path === "" ? name : `${path}.${name}`}: is not a property`);
    else check(at(additional), value[name], `${path}.${name}`, at, problems);
  }
}
