import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isObject, type Json, type JsonObject } from "../../../rehearsal/azure/properties/json";
import { azureTypesFolder } from "../../support/repository";

/** Azure's published resource types (bicep `types.json`). Flags: 1 required, 2 read-only, 4 write-only. */
type Reference = { $ref: string };
interface Property {
  type: Reference;
  flags: number;
}
interface PublishedType {
  $type: string;
  name?: string;
  value?: string;
  body?: Reference;
  properties?: Record<string, Property>;
  baseProperties?: Record<string, Property>;
  additionalProperties?: Reference;
  discriminator?: string;
  elements?: Reference[] | Record<string, Reference>;
  itemType?: Reference;
}

const files: Readonly<Record<string, string>> = {
  "microsoft.authorization/locks": "microsoft.authorization-locks@2020-05-01",
  "microsoft.compute": "microsoft.compute@2024-11-01",
  "microsoft.network": "microsoft.network@2024-05-01",
  "microsoft.recoveryservices/vaults": "microsoft.recoveryservices@2024-10-01",
  "microsoft.recoveryservices/vaults/": "microsoft.recoveryservices-backup@2024-10-01",
  "microsoft.resources": "microsoft.resources@2024-03-01",
};
const loaded = new Map<string, PublishedType[]>();

/** Everything in which a GET's body disagrees with the published type; undefined where the type is not at hand. */
export function disagreements(type: string, body: JsonObject): string[] | undefined {
  const lower = type.toLowerCase();
  const prefix = Object.keys(files)
    .sort((a, b) => b.length - a.length)
    .find(
      (candidate) => lower === candidate || lower.startsWith(candidate.endsWith("/") ? candidate : `${candidate}/`),
    );
  const file = prefix === undefined ? undefined : files[prefix];
  if (file === undefined) return undefined;
  const types =
    loaded.get(file) ?? (JSON.parse(readFileSync(join(azureTypesFolder, `${file}.json`), "utf8")) as PublishedType[]);
  loaded.set(file, types);
  const resource = types.find(
    (found) => found.$type === "ResourceType" && found.name?.toLowerCase().startsWith(`${lower}@`),
  );
  if (!resource?.body) return undefined;
  const problems: string[] = [];
  judge(body, resource.body, "", types, problems);
  return problems;
}

function judge(value: Json, reference: Reference, path: string, types: PublishedType[], problems: string[]): void {
  const type = types[Number(reference.$ref.split("/").at(-1))];
  const complain = (what: string) => problems.push(`${path === "" ? "body" : path}: ${what}`);
  if (!type) return;
  switch (type.$type) {
    case "StringType":
      if (typeof value !== "string") complain("is not a string");
      return;
    case "IntegerType":
      if (!Number.isInteger(value)) complain("is not an integer");
      return;
    case "BooleanType":
      if (typeof value !== "boolean") complain("is not a boolean");
      return;
    case "StringLiteralType":
      if (value !== type.value) complain(`is ${JSON.stringify(value)}, not '${type.value ?? ""}'`);
      return;
    case "UnionType": {
      const elements = Array.isArray(type.elements) ? type.elements : [];
      const fits = elements.some((element) => {
        const inner: string[] = [];
        judge(value, element, path, types, inner);
        return inner.length === 0;
      });
      if (!fits) complain(`has the value ${JSON.stringify(value)}, which is none of the published ones`);
      return;
    }
    case "ArrayType":
      if (!Array.isArray(value)) complain("is not an array");
      else if (type.itemType)
        for (const [index, item] of value.entries()) judge(item, type.itemType, `${path}[${index}]`, types, problems);
      return;
    case "ObjectType":
    case "DiscriminatedObjectType": {
      if (!isObject(value)) return void complain("is not an object");
      const properties = { ...type.baseProperties, ...type.properties };
      if (type.discriminator !== undefined && isObjectMap(type.elements)) {
        const kind = value[type.discriminator];
        const element = typeof kind === "string" ? type.elements[kind] : undefined;
        if (!element) return void complain(`has the unknown ${type.discriminator} ${JSON.stringify(kind)}`);
        Object.assign(properties, types[Number(element.$ref.split("/").at(-1))]?.properties);
      }
      for (const [name, property] of Object.entries(properties)) {
        const here = path === "" ? name : `${path}.${name}`;
        const item = value[name];
        if (item === undefined) {
          if (property.flags & 1 && name !== "apiVersion") problems.push(`${here}: is required`);
        } else if (property.flags & 4) problems.push(`${here}: is never returned`);
        else judge(item, property.type, here, types, problems);
      }
      for (const name of Object.keys(value))
        if (!(name in properties) && type.additionalProperties === undefined)
          complain(`has the unknown property '${name}'`);
      return;
    }
    default:
      return;
  }
}

function isObjectMap(elements: PublishedType["elements"]): elements is Record<string, Reference> {
  return elements !== undefined && !Array.isArray(elements);
}
