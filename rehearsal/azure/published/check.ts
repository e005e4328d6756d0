import { familiarityOf } from "../../../azure/nearest";
import { isObject, type Json, type JsonObject } from "../properties/json";
import { filledByAzure, type Properties, type PublishedTypes, type Shape } from "./shapes";

/** What of a body its published type does not allow. */
export interface BodyProblem {
  readonly path: string;
  readonly kind: "required" | "unknown property" | "type" | "value" | "length" | "range" | "form";
  /** What stands there, for people. */
  readonly shown: string;
  /** What could stand there; empty where that is not to be listed. */
  readonly allowed: string;
}

/** Filled in by the envelope of every resource, not by its body. */
const envelope = new Set(["apiVersion", "type", "id", "name"]);
const requiredMark = "!";

/** Undefined where the table has no such type. */
export function problemsOfBody(
  { bodies, shapes }: PublishedTypes,
  type: string,
  apiVersion: string,
  body: JsonObject,
): readonly BodyProblem[] | undefined {
  const place = bodies[`${type}@${apiVersion}`.toLowerCase()];
  if (place === undefined) return undefined;
  return new Check(shapes).of(place, body, "");
}

class Check {
  readonly #shapes: readonly Shape[];

  constructor(shapes: readonly Shape[]) {
    this.#shapes = shapes;
  }

  of(place: number, value: Json, path: string): readonly BodyProblem[] {
    const shape = this.#shapes[place];
    if (shape === undefined) throw new Error(`The table of published types has no shape ${place}.`);
    const wrong = (kind: BodyProblem["kind"], allowed: string): readonly BodyProblem[] => [
      { path, kind, shown: shown(value), allowed },
    ];
    switch (shape.kind) {
      case "object":
        return isObject(value) ? this.#object(shape.properties, shape.others, value, path) : wrong("type", "an object");
      case "chosen": {
        if (!isObject(value)) return wrong("type", "an object");
        const chosen = value[shape.by];
        const branch = typeof chosen === "string" ? shape.branches[chosen] : undefined;
        const element = branch === undefined ? undefined : this.#shapes[branch];
        if (element?.kind !== "object")
          return [
            {
              path: inside(path, shape.by),
              kind: chosen === undefined ? "required" : "value",
              shown: shown(chosen),
              allowed: Object.keys(shape.branches).join(", "),
            },
          ];
        return this.#object({ ...shape.properties, ...element.properties }, element.others, value, path);
      }
      case "list":
        if (!Array.isArray(value)) return wrong("type", "a list");
        return value.flatMap((each, index) => this.of(shape.of, each, `${path}[${index}]`));
      case "one of":
        if (typeof value !== "string") return wrong("type", shape.values.join(", "));
        return shape.values.some((each) => each.toLowerCase() === value.toLowerCase())
          ? []
          : wrong("value", shape.values.join(", "));
      case "known": {
        if (typeof value !== "string") return wrong("type", shape.values.join(", "));
        const found = familiarityOf(value, shape.values);
        return found.kind === "unknown" && found.meant !== undefined ? wrong("value", shape.values.join(", ")) : [];
      }
      case "text":
        return typeof value === "string" ? textProblem(shape, value, wrong) : wrong("type", "a text");
      case "number":
        if (typeof value !== "number") return wrong("type", "a number");
        if (shape.least !== undefined && value < shape.least) return wrong("range", range(shape));
        return shape.most !== undefined && value > shape.most ? wrong("range", range(shape)) : [];
      case "truth":
        return typeof value === "boolean" ? [] : wrong("type", "true or false");
      case "anything":
        return [];
    }
  }

  #object(properties: Properties, others: number | undefined, value: JsonObject, path: string): readonly BodyProblem[] {
    const ofEnvelope = (name: string): boolean => path === "" && envelope.has(name);
    const places = new Map<string, number>();
    const problems: BodyProblem[] = [];
    for (const [marked, place] of Object.entries(properties)) {
      const required = marked.endsWith(requiredMark);
      const name = required ? marked.slice(0, -requiredMark.length) : marked;
      places.set(name, place);
      if (required && value[name] === undefined && !ofEnvelope(name))
        problems.push({ path: inside(path, name), kind: "required", shown: "nothing", allowed: "" });
    }
    for (const [name, item] of Object.entries(value)) {
      const place = places.get(name) ?? others;
      if (place === filledByAzure || ofEnvelope(name)) continue;
      if (place === undefined)
        problems.push({
          path: inside(path, name),
          kind: "unknown property",
          shown: shown(item),
          allowed: [...places.keys()].join(", "),
        });
      else problems.push(...this.of(place, item, inside(path, name)));
    }
    return problems;
  }
}

function textProblem(
  { shortest, longest, pattern }: Extract<Shape, { kind: "text" }>,
  value: string,
  wrong: (kind: BodyProblem["kind"], allowed: string) => readonly BodyProblem[],
): readonly BodyProblem[] {
  if (longest !== undefined && value.length > longest) return wrong("length", `at most ${longest} characters`);
  if (shortest !== undefined && value.length < shortest) return wrong("length", `at least ${shortest} characters`);
  return pattern !== undefined && !new RegExp(pattern).test(value) ? wrong("form", pattern) : [];
}

function inside(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

function range({ least, most }: { readonly least?: number; readonly most?: number }): string {
  return `${least ?? "any"} to ${most ?? "any"}`;
}

function shown(value: Json | undefined): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing");
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
