import { BadInput, type Json } from "../verdict";
import { type EvidenceFile, limits } from "./evidence";
import { decodeText, positionIn } from "./text";

export type JsonObject = { readonly [key: string]: Json };

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A member by its name, whatever its case: PowerShell writes both `Name` and `name`. */
export function memberOf(object: JsonObject, name: string): Json | undefined {
  return Object.entries(object).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}

/** Reads a JSON file in UTF-8 or UTF-16. Throws `BadInput` with `file:line:column`. */
export function readJson(file: EvidenceFile): Json {
  if (file.bytes.length > limits.fileBytes)
    throw new BadInput(`${file.name}: ${file.bytes.length} bytes; JSON files above ${limits.fileBytes} are refused.`);
  const { text } = decodeText(file);
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    const message = (error as Error).message;
    const at = /position (\d+)/.exec(message)?.[1];
    const offset = at === undefined ? text.length : Number(at);
    const reason = /Unexpected end/.test(message)
      ? "it ends in the middle: the file is cut short"
      : message.replace(/ in JSON at position.*$/, "");
    throw new BadInput(
      `${file.name}:${positionIn(text, offset)}: this is not JSON (${reason}). Copy the file again from the server as it is.`,
    );
  }
  if (deeperThan(value, limits.jsonDepth))
    throw new BadInput(`${file.name}: values are nested deeper than ${limits.jsonDepth}: no file of Entra Connect is.`);
  return value;
}

export function deeperThan(value: Json, depth: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (depth === 0) return true;
  return Object.values(value).some((inner: Json) => deeperThan(inner, depth - 1));
}
