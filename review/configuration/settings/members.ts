import { isJsonObject, type JsonObject } from "../../evidence";
import type { Json } from "../../verdict";
import type { RawValue } from "../model";
import { jsonValues } from "../read/jsonValues";

/**
 * Members of a JSON object by name, whatever its case: PowerShell writes both `Name` and `name`. What is not asked
 * for, or has another type than expected, stays in `rest`.
 */
export class Members {
  private readonly left: Map<string, Json>;

  constructor(object: JsonObject) {
    this.left = new Map(Object.entries(object));
  }

  text(name: string): string | undefined {
    return this.take(name, (value) => (typeof value === "string" ? value : undefined));
  }

  number(name: string): number | undefined {
    return this.take(name, (value) => {
      if (typeof value === "number") return value;
      return typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : undefined;
    });
  }

  truth(name: string): boolean | undefined {
    return this.take(name, (value) => {
      if (typeof value === "boolean") return value;
      return typeof value === "string" && /^(true|false)$/i.test(value) ? value.toLowerCase() === "true" : undefined;
    });
  }

  /** A list that `read` understands; otherwise it stays in `rest`. */
  list<Value>(name: string, read: (values: readonly Json[]) => Value | undefined): Value | undefined {
    return this.take(name, (value) => (Array.isArray(value) ? read(value as readonly Json[]) : undefined));
  }

  object(name: string): JsonObject | undefined {
    return this.take(name, (value) => (isJsonObject(value) ? value : undefined));
  }

  /** PowerShell unwraps a list of one: a single object is that one. */
  objects(name: string): readonly JsonObject[] | undefined {
    return this.take(name, (value) => {
      if (isJsonObject(value)) return [value];
      if (!Array.isArray(value)) return undefined;
      const entries: readonly Json[] = value;
      return entries.every((entry): entry is JsonObject => isJsonObject(entry)) ? entries : undefined;
    });
  }

  /** A single text is a list of one, as above. */
  texts(name: string): readonly string[] | undefined {
    return this.take(name, (value) => {
      if (typeof value === "string") return [value];
      if (!Array.isArray(value)) return undefined;
      const entries: readonly Json[] = value;
      return entries.every((entry): entry is string => typeof entry === "string") ? entries : undefined;
    });
  }

  rest(path = ""): RawValue[] {
    return jsonValues(Object.fromEntries(this.left), path).filter(({ value }) => value !== "{}" || this.left.size > 0);
  }

  private take<Value>(name: string, accept: (value: Json) => Value | undefined): Value | undefined {
    for (const [key, value] of this.left) {
      if (key.toLowerCase() !== name.toLowerCase()) continue;
      const accepted = accept(value);
      if (accepted === undefined) continue;
      this.left.delete(key);
      return accepted;
    }
    return undefined;
  }
}
