import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as monitorEnumerations from "@pulumi/azure-native/types/enums/monitor";
import {
  filledByAzure,
  type Properties,
  type PublishedTypes,
  type Shape,
} from "../../rehearsal/azure/published/shapes";
import { typeOfArm, typesWithRules } from "../../rehearsal/azure/types/registry";

/** The part of bicep's types.json that a body can be checked with. */
type Type =
  | { $type: "ObjectType"; name: string; properties: Record<string, Property>; additionalProperties?: Reference }
  | {
      $type: "DiscriminatedObjectType";
      discriminator: string;
      baseProperties: Record<string, Property>;
      elements: Record<string, Reference>;
    }
  | { $type: "ArrayType"; itemType: Reference; minLength?: number; maxLength?: number }
  | { $type: "UnionType"; elements: Reference[] }
  | { $type: "StringLiteralType"; value: string }
  | { $type: "StringType"; minLength?: number; maxLength?: number; pattern?: string }
  | { $type: "IntegerType"; minValue?: number; maxValue?: number }
  | { $type: "BooleanType" | "AnyType" }
  | { $type: "ResourceType"; name: string; body: Reference };
interface Reference {
  $ref: string;
}
interface Property {
  type: Reference;
  flags: number;
}

const required = 1;
const readOnly = 2;

/** Enumerations in the types that are older than what Azure takes: judged by lists of our own. */
const outgrown = ["Basic_A0"];

/**
 * Enumerations that their API calls `Known…` (the published types have no names, the SDK's have): it names some values, and
 * takes others. Microsoft.Insights alone has such: streams and kinds of data collection rules.
 */
const namedOnly: Readonly<Record<string, object>> = { "microsoft.insights": monitorEnumerations };

function knownValues(file: string): ReadonlySet<string> {
  const enumerations = namedOnly[file.split("@")[0] ?? ""] ?? {};
  const known = Object.entries(enumerations).filter(([name]) => name.startsWith("Known"));
  return new Set(known.map(([, values]) => valuesKey(Object.values(values as Record<string, string>))));
}

const valuesKey = (values: readonly string[]): string => JSON.stringify([...values].sort());

/**
 * The table of the package, made from the published types in `folder`: what a body of these types may hold, with open
 * enumerations ("literals or string") closed, since a service refuses what is none of its literals; but not those that
 * say themselves that they name only some.
 */
function publishedTable(folder: string, wanted: readonly string[]): PublishedTypes {
  const bodies: Record<string, number> = {};
  const shapes: Shape[] = [];
  const known = new Map<string, number>();
  const add = (shape: Shape): number => {
    const text = JSON.stringify(shape);
    const place = known.get(text) ?? shapes.push(shape) - 1;
    known.set(text, place);
    return place;
  };
  const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
  for (const file of files.sort()) {
    const types = JSON.parse(readFileSync(join(folder, file), "utf8")) as readonly Type[];
    const reader = new Reader(types, shapes, add, knownValues(file));
    for (const type of types) {
      if (type.$type !== "ResourceType" || !wanted.includes(type.name.toLowerCase())) continue;
      bodies[type.name.toLowerCase()] = reader.place(type.body);
    }
  }
  return {
    source: "Azure/bicep-types-az at 1f896de2 (MIT License, Copyright (c) Microsoft Corporation), without descriptions",
    bodies,
    shapes,
  };
}

class Reader {
  readonly #types: readonly Type[];
  readonly #shapes: Shape[];
  readonly #add: (shape: Shape) => number;
  readonly #known: ReadonlySet<string>;
  readonly #places = new Map<number, number>();

  constructor(types: readonly Type[], shapes: Shape[], add: (shape: Shape) => number, known: ReadonlySet<string>) {
    this.#known = known;
    this.#types = types;
    this.#shapes = shapes;
    this.#add = add;
  }

  place(reference: Reference): number {
    const index = Number(reference.$ref.replace(/^#\//, ""));
    const found = this.#places.get(index);
    if (found !== undefined) return found;
    const type = this.#types[index];
    if (type === undefined) throw new Error(`dangling reference ${reference.$ref}`);
    if (type.$type !== "ObjectType" && type.$type !== "DiscriminatedObjectType") {
      const place = this.#add(this.#plain(type));
      this.#places.set(index, place);
      return place;
    }
    // Objects may hold themselves: their place is known before what they hold.
    const place = this.#shapes.push({ kind: "anything" }) - 1;
    this.#places.set(index, place);
    this.#shapes[place] =
      type.$type === "ObjectType"
        ? {
            kind: "object",
            properties: this.#properties(type.properties),
            ...(type.additionalProperties === undefined ? {} : { others: this.place(type.additionalProperties) }),
          }
        : {
            kind: "chosen",
            by: type.discriminator,
            properties: this.#properties(type.baseProperties),
            branches: Object.fromEntries(Object.entries(type.elements).map(([name, each]) => [name, this.place(each)])),
          };
    return place;
  }

  #properties(properties: Record<string, Property>): Properties {
    return Object.fromEntries(
      Object.entries(properties).map(([name, { type, flags }]) =>
        (flags & readOnly) !== 0
          ? [name, filledByAzure]
          : [(flags & required) === 0 ? name : `${name}!`, this.place(type)],
      ),
    );
  }

  #plain(type: Exclude<Type, { $type: "ObjectType" | "DiscriminatedObjectType" }>): Shape {
    switch (type.$type) {
      case "ArrayType":
        return { kind: "list", of: this.place(type.itemType) };
      case "UnionType":
        return this.#union(type.elements);
      case "StringLiteralType":
        return { kind: "one of", values: [type.value] };
      case "StringType":
        return {
          kind: "text",
          ...(type.minLength === undefined ? {} : { shortest: type.minLength }),
          ...(type.maxLength === undefined ? {} : { longest: type.maxLength }),
          ...(type.pattern === undefined ? {} : { pattern: type.pattern }),
        };
      case "IntegerType":
        return {
          kind: "number",
          ...(type.minValue === undefined ? {} : { least: type.minValue }),
          ...(type.maxValue === undefined ? {} : { most: type.maxValue }),
        };
      case "BooleanType":
        return { kind: "truth" };
      default:
        return { kind: "anything" };
    }
  }

  #union(elements: readonly Reference[]): Shape {
    const types = elements.map(({ $ref }) => this.#types[Number($ref.replace(/^#\//, ""))]);
    const values = types.flatMap((type) => (type?.$type === "StringLiteralType" ? [type.value] : []));
    const rest = elements.filter((_, index) => types[index]?.$type !== "StringLiteralType");
    const open = types.some((type) => type?.$type === "StringType");
    if (values.some((value) => outgrown.includes(value))) return { kind: "text" };
    if (open && rest.length === 1 && this.#known.has(valuesKey(values))) return { kind: "known", values };
    if (values.length > 0 && rest.length === (open ? 1 : 0)) return { kind: "one of", values };
    throw new Error(`the table has no shape for a union of ${types.map((type) => type?.$type).join(", ")}`);
  }
}

/** The file's text: one line a shape, so that a change of one property is a change of one line. */
export function tableText(folder: string): string {
  const wanted = typesWithRules.map((type) => `${type}@${typeOfArm(type).apiVersion}`.toLowerCase());
  const { source, bodies, shapes } = publishedTable(folder, wanted);
  return [
    "{",
    `"source": ${JSON.stringify(source)},`,
    `"bodies": ${JSON.stringify(bodies)},`,
    '"shapes": [',
    shapes.map((shape) => JSON.stringify(shape)).join(",\n"),
    "]",
    "}",
    "",
  ].join("\n");
}
