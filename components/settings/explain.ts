import type { ErrorObject } from "ajv";
import { nearest } from "../../azure/nearest";
import { formWords } from "./forms";
import { idKind } from "./resourceId";
import { settingsSchema } from "./schema";
import type { Problem } from "./settings";

/** What the schema found wrong, in words: where, what, and what to write. */

interface Described {
  readonly const?: unknown;
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Described>>;
  readonly patternProperties?: Readonly<Record<string, Described>>;
  readonly items?: Described;
  readonly oneOf?: readonly Described[];
}

const root: Described = settingsSchema;

/** Every setting's place, found from the schema; `<N>` stands for a generation's number. */
function placesIn(schema: Described, at: readonly string[]): readonly (readonly string[])[] {
  return [
    ...Object.entries(schema.properties ?? {}).flatMap(([key, child]) => [
      [...at, key],
      ...placesIn(child, [...at, key]),
    ]),
    ...Object.values(schema.patternProperties ?? {}).flatMap((child) => placesIn(child, [...at, "<N>"])),
    ...(schema.items === undefined ? [] : placesIn(schema.items, [...at.slice(0, -1), `${at.at(-1) ?? ""}[]`])),
    ...(schema.oneOf ?? []).flatMap((branch) => placesIn(branch, at)),
  ];
}
const places = [...new Map(placesIn(root, []).map((place) => [place.join("."), place])).values()];

/** Where in the settings something is: `generations.1.exceptions[0].until`. */
class Place {
  private constructor(
    readonly parts: readonly string[],
    readonly text: string,
  ) {}

  static of(pointer: string, data: unknown): Place {
    const parts = pointer
      .split("/")
      .slice(1)
      .map((part) => part.replace(/~1/g, "/").replace(/~0/g, "~"));
    let value = data;
    let text = "";
    for (const part of parts) {
      text = Array.isArray(value) ? `${text}[${part}]` : text === "" ? part : `${text}.${part}`;
      value = (value as Readonly<Record<string, unknown>> | undefined)?.[part];
    }
    return new Place(parts, text);
  }

  child(key: string): string {
    return this.text === "" ? key : `${this.text}.${key}`;
  }

  /** A place of the schema as this user would write it, with the number of the generation that is meant. */
  like(place: readonly string[]): string {
    const [first, number] = this.parts;
    return place.map((part) => (part === "<N>" && first === "generations" && number ? number : part)).join(".");
  }
}

/** A key that is right somewhere else, or spelled almost like one. */
function meantBy(key: string, at: Place, siblings: readonly string[]): string {
  const named = (name: string): string[] =>
    places.filter((place) => place.at(-1)?.toLowerCase() === name.toLowerCase()).map((place) => at.like(place));
  const elsewhere = named(key);
  const sameName = siblings.find((name) => name.toLowerCase() === key.toLowerCase());
  if (sameName !== undefined) return `${at.child(sameName)}, in exactly these letters`;
  if (elsewhere.length > 0 && elsewhere.length <= 3) return `it at ${elsewhere.join(" or ")}, where it belongs`;
  const near = nearest(key, siblings);
  if (near !== undefined) return `${at.child(near)}, if that is what you mean`;
  const far = nearest(key, [...new Set(places.map((place) => place.at(-1) ?? ""))]);
  if (far !== undefined) {
    const there = named(far);
    if (there.length <= 3) return `${there.join(" or ")}, if that is what you mean`;
  }
  return elsewhere.length > 0 ? `it at one of ${elsewhere.join(", ")}` : `one of ${siblings.join(", ")}, or nothing`;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text === undefined ? "nothing" : text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

const articles: Readonly<Record<string, string>> = {
  object: "an object",
  array: "a list",
  string: "a text",
  integer: "a whole number",
  boolean: "true or false",
};

/** A description without what a change does, which is of no help in a refusal. */
function meaning(schema: Described): string {
  return schema.description?.replace(/ \[[^\]]*\]$/, "") ?? "see Pulumi.prod.yaml for a worked example";
}

function explainType(error: ErrorObject, place: Place, schema: Described): Problem {
  const type = String(error.params.type);
  const scalar = typeof error.data === "number" || typeof error.data === "boolean";
  const text = String(error.data);
  // YAML has made a number of a long row of digits and lost some of them.
  const inQuotes =
    /e/.test(text) || text.length > 15 ? "the same in quotes: YAML has taken it for a number" : `"${text}", in quotes`;
  return {
    path: place.text,
    problem: `is ${shown(error.data)}, which is not ${articles[type] ?? type}`,
    write: type === "string" && scalar ? inQuotes : meaning(schema),
  };
}

/** What people write in place of the form that is meant: capitals, blanks, an address without its length, 2:00. */
const slips: readonly ((written: string) => string)[] = [
  (written) => written.trim(),
  (written) => written.trim().toLowerCase(),
  (written) => written.toLowerCase().replaceAll(" ", ""),
  (written) =>
    written
      .trim()
      .toLowerCase()
      .replace(/[ _.]+/g, "-"),
  (written) => `${written.trim()}/32`,
  (written) => `0${written.trim()}`,
];

function explainPattern(error: ErrorObject, path: string, schema: Described): Problem {
  const pattern = String(error.params.pattern);
  const form = new RegExp(pattern, "u");
  const meant = slips.map((slip) => slip(String(error.data))).find((each) => form.test(each));
  return {
    path,
    problem: `is ${shown(error.data)}, which does not have the right form`,
    write: meant === undefined ? `${meaning(schema)} (form: ${pattern})` : `"${meant}", if that is what you mean`,
  };
}

function explain(error: ErrorObject, data: unknown): Problem | undefined {
  const place = Place.of(error.instancePath, data);
  const path = place.text;
  const schema = (error.parentSchema ?? {}) as Described;
  const is = `is ${shown(error.data)}`;
  switch (error.keyword) {
    case "additionalProperties": {
      const key = String(error.params.additionalProperty);
      if (path === "generations")
        return {
          path: `generations.${key}`,
          problem: "is not the number of a generation",
          write: '"1" to "999", in quotes and without leading zeros, and the settings of that generation below it',
        };
      return {
        path: place.child(key),
        problem: "there is no such setting",
        write: meantBy(key, place, Object.keys(schema.properties ?? {})),
      };
    }
    case "required": {
      const key = String(error.params.missingProperty);
      const child = schema.properties?.[key];
      return {
        path: place.child(key),
        problem: "is missing",
        write: child === undefined ? `a value for ${key}` : meaning(child),
      };
    }
    case "type":
      return explainType(error, place, schema);
    case "enum":
      return { path, problem: is, write: `one of ${(error.params.allowedValues as unknown[]).map(String).join(", ")}` };
    case "pattern":
      return explainPattern(error, path, schema);
    case "format": {
      const { name, example } = formWords(String(error.params.format));
      const kind = typeof error.data === "string" ? idKind(error.data) : undefined;
      return { path, problem: `${is}, which is ${kind === undefined ? "" : `${kind}, `}not ${name}`, write: example };
    }
    case "minProperties":
    case "maxProperties":
      return {
        path,
        problem: `has ${Object.keys(error.data as object).length} blocks`,
        write: "1 to 4 generations, each in a block under its number",
      };
    case "oneOf":
      return { path, problem: is, write: meaning(schema) };
    case "const":
    case "if":
      return undefined;
    default:
      return { path, problem: `${is}: ${error.message ?? "not allowed"}`, write: meaning(schema) };
  }
}

/** Errors inside the branches of a oneOf would tell of alternatives that nobody meant; the oneOf itself says enough. */
function withoutBranches(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  return errors.filter((error) => !/\/oneOf\/[0-9]+\//.test(error.schemaPath));
}

/** A value of the wrong type has the wrong form too; the type says enough. */
function withoutConsequences(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const wrongType = new Set(errors.filter(({ keyword }) => keyword === "type").map(({ instancePath }) => instancePath));
  return errors.filter(({ keyword, instancePath }) => keyword === "type" || !wrongType.has(instancePath));
}

export function explainErrors(errors: readonly ErrorObject[], data: unknown): readonly Problem[] {
  return withoutConsequences(withoutBranches(errors)).flatMap((error) => explain(error, data) ?? []);
}
