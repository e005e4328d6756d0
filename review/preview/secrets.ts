import { plainSecrets } from "../posture";
import { hasInlineSecret, inlineSecretValues } from "../posture/commandText";
import { pathText } from "../posture/resource";
import type { Json } from "../verdict";
import { namesIn } from "./changes";
import type { RawPreview, RawStep } from "./rawPreview";
import { kindOfType } from "./resourceKinds";
import { scriptIn } from "./scriptText";
import { secretsInValue, secretsInWords } from "./secretText";
import { withoutApiVersion } from "./steps";
import { signature } from "./values";

/** A secret that this preview shows: where, and what must not be shown again. */
export interface ShownSecret {
  /** URN of the resource; empty for a setting of the stack or a message. */
  readonly urn: string;
  /** `inputs.osProfile.adminPassword`, `settings app:dbPassword`. */
  readonly path: string;
}

export interface Secrets {
  readonly shown: readonly ShownSecret[];
  readonly values: ReadonlySet<string>;
}

const parts = ["inputs", "outputs"] as const;

/** Every secret in plain text in a preview: settings, inputs and outputs before and after, messages. */
export function secretsIn(preview: RawPreview): Secrets {
  const values = new Set<string>();
  const shown: ShownSecret[] = [];
  const known = new Set<string>();
  const tell = (urn: string, path: string): void => {
    const key = `${urn}\n${path}`;
    if (known.has(key)) return;
    known.add(key);
    shown.push({ urn, path });
  };
  // A name is judged without its namespace: `app:dbPassword`.
  for (const [key, setting] of Object.entries(preview.settings))
    if (plainIn({ [key.slice(key.lastIndexOf(":") + 1)]: setting }, values).length > 0) tell("", `setting ${key}`);
  for (const step of preview.steps) {
    if (inWords(step.urn, values)) tell(step.urn, "its name");
    for (const [state, word] of statesOf(step))
      for (const part of parts)
        for (const path of [...plainIn(state[part], values), ...inCommand(step, state[part], values)])
          tell(step.urn, `${word}${part}.${path}`);
  }
  for (const { text, urn } of preview.said) if (inWords(text, values)) tell(urn, "a message");
  for (const { text, urn, policy } of preview.policies)
    if (inWords(text, values)) tell(urn, `the message of ${policy}`);
  return { shown, values };
}

function* statesOf(step: RawStep): Generator<readonly [NonNullable<RawStep["oldState"]>, string]> {
  if (step.oldState !== undefined)
    yield [step.oldState, step.newState === undefined || step.op === "same" ? "" : "old "];
  // What stays as it is stands there twice.
  if (step.newState !== undefined && (step.op !== "same" || step.oldState === undefined)) yield [step.newState, ""];
}

/** Paths; the values are added to what is masked. */
function plainIn(bag: Json | undefined, values: Set<string>): readonly string[] {
  if (bag === undefined || bag === null) return [];
  const named = plainSecrets(bag).map(({ path }) => {
    collect(lookUp(bag, path), values);
    return path;
  });
  const inside: string[] = [];
  walk(
    bag,
    [],
    (path, found) => {
      for (const value of found) add(value, values);
      if (found.length > 0 && !named.includes(pathText(path))) inside.push(pathText(path));
    },
    values,
  );
  return [...named, ...inside];
}

/** Every text in a value and every name in it; the content of a secret that is shown (`--show-secrets`) is masked. */
function walk(
  value: Json,
  path: readonly (string | number)[],
  tell: (path: readonly (string | number)[], found: readonly string[]) => void,
  values: Set<string>,
): void {
  if (typeof value === "string") tell(path, secretsInValue(value));
  else if (Array.isArray(value))
    for (const [index, item] of (value as Json[]).entries()) walk(item, [...path, index], tell, values);
  else if (typeof value === "object" && value !== null) {
    if (signature in value) {
      const { plaintext } = value as { readonly plaintext?: Json };
      if (typeof plaintext === "string") collectAll(parsedAny(plaintext), values);
      return;
    }
    for (const [name, item] of Object.entries(value)) {
      if (/[=:]/u.test(name)) tell([...path, name], secretsInWords(name));
      walk(item as Json, [...path, name], tell, values);
    }
  }
}

function parsedAny(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

function collectAll(value: Json, values: Set<string>): void {
  if (typeof value === "string" || typeof value === "number") add(String(value), values);
  else if (typeof value === "object" && value !== null)
    for (const item of Object.values(value)) collectAll(item, values);
}

const add = (value: string, values: Set<string>): void => {
  if (value.length >= shortest) values.add(value);
};

/** What somebody says, the name of a resource included; whether there is a secret in it. */
function inWords(text: string, values: Set<string>): boolean {
  const found = secretsInWords(text);
  for (const value of found) add(value, values);
  const lines = text.split("\n").flatMap((line) => plainIn({ line }, values));
  return found.length + lines.length > 0;
}

const commandTexts = [
  "create",
  "update",
  "delete",
  "stdin",
  "source.script",
  "commandToExecute",
  "settings.commandToExecute",
  "protectedSettings.commandToExecute",
  "customData",
  "userData",
];

/** A password written into a command line or script, where a resource runs one. */
function inCommand({ type }: RawStep, bag: Json | undefined, values: Set<string>): readonly string[] {
  const kind = kindOfType(withoutApiVersion(type));
  if (bag === undefined || (kind !== "command" && kind !== "runCommand" && kind !== "machine")) return [];
  return commandTexts.filter((path) => {
    const text = lookUp(bag, path);
    if (typeof text !== "string" || scriptIn(text) !== undefined || !hasInlineSecret(text)) return false;
    for (const value of inlineSecretValues(text)) if (value.length >= shortest) values.add(value);
    return true;
  });
}

function lookUp(bag: Json, path: string): Json {
  let here: Json = bag;
  for (const name of namesIn(path)) {
    if (Array.isArray(here)) here = (here as Json[])[Number(name)] ?? null;
    else if (typeof here === "object" && here !== null) here = (here as { readonly [key: string]: Json })[name] ?? null;
  }
  return here;
}

/** Shorter than this a value is no secret worth the name, and masking it everywhere would eat the report. */
const shortest = 4;

function collect(value: Json, values: Set<string>): void {
  if (typeof value === "number") add(String(value), values);
  if (typeof value !== "string") return;
  const inside = parsed(value);
  if (inside !== undefined) {
    // Settings as JSON in a string: only what is secret in them.
    for (const { path } of plainSecrets(inside)) collect(lookUp(inside, path), values);
    return;
  }
  const text = value.trim();
  if (text.length >= shortest) values.add(text);
  for (const [, , part = ""] of text.matchAll(
    /(password|pwd|accountkey|sharedaccesskey|client_?secret|access_?token|sig)\s*=\s*([^\s;&"']+)/giu,
  ))
    if (part.length >= shortest) values.add(part);
  const [, inAddress = ""] = /^\w+:\/\/[^\s/@:]+:([^\s/@]+)@/u.exec(text) ?? [];
  if (inAddress.length >= shortest) values.add(inAddress);
}

function parsed(text: string): Json | undefined {
  if (!/^\s*[[{]/u.test(text)) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
