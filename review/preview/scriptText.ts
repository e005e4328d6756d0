import type { JsonObject } from "../evidence/json";
import { isJsonObject } from "../evidence/json";
import type { Json } from "../verdict";

/** One of this library's scripts, as it stands on the standard input of a command. */
export interface ScriptText {
  /** `await-wizard`; from the first line. */
  readonly name: string;
  /** What it is told; undefined where that does not stand in the text or cannot be read. */
  readonly arguments: JsonObject | undefined;
  /** The text without what it is told: another one comes with another release of the library. */
  readonly body: string;
}

const head = /^# entra-connect script: ([a-z-]+)\s*$/mu;
const given = /^\$argumentsText = @'\r?\n(.*)\r?\n'@\r?$/mu;

export function scriptIn(text: Json | undefined): ScriptText | undefined {
  if (typeof text !== "string") return undefined;
  const name = head.exec(text.slice(0, 400))?.[1];
  if (name === undefined) return undefined;
  const told = given.exec(text);
  return { name, arguments: parsed(told?.[1]), body: told === null ? text : text.replace(told[0], "") };
}

function parsed(text: string | undefined): JsonObject | undefined {
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text) as Json;
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
