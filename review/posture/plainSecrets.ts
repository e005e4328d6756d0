import { isSecret, isSecretValue } from "../configuration/known/secrets";
import { isHidden, isRecord, isUnknown, pathText } from "./resource";

/** A secret in plain text. Only where it stands: its value is never given on. */
export interface PlainSecret {
  /** `connection.privateKey`, `parameters[1].value`. */
  readonly path: string;
  /** `name`: what it is called; `value`: a private key, a signed token, a connection string with a password. */
  readonly by: "name" | "value";
}

type Path = readonly (string | number)[];

/**
 * Secrets in plain text, by name and by value, in any bag of properties. What the engine hides or does not know yet is
 * none. Recognised as everywhere in this library (`review/configuration/known/secrets.ts`).
 *
 * A policy sees secrets unpacked (`@pulumi/policy` does it): there this is no proof that a value is not a secret of
 * Pulumi's.
 */
export function plainSecrets(bag: unknown, at: Path = []): readonly PlainSecret[] {
  const found: PlainSecret[] = [];
  search(bag, at, false, (path, by) => found.push({ path: pathText(path), by }));
  return found;
}

type Tell = (path: Path, by: PlainSecret["by"]) => void;

/** JSON in a string may be nested without end; no settings are. */
const deepest = 100;

function search(value: unknown, path: Path, named: boolean, tell: Tell): void {
  if (path.length > deepest) return;
  if (isUnknown(value) || isHidden(value)) return;
  if (typeof value === "number") {
    if (named && String(value).length >= 4) tell(path, "name");
    return;
  }
  if (typeof value === "string") {
    const by = named && isContent(value) ? "name" : byValue(value);
    if (by !== undefined) tell(path, by);
    return;
  }
  if (Array.isArray(value)) {
    value.forEach((entry: unknown, index) => {
      search(entry, [...path, index], named && (typeof entry !== "object" || entry === null), tell);
    });
    return;
  }
  if (!isRecord(value)) return;
  // `{ name: "DbPassword", value: "…" }`: parameters, variables, tags in a list.
  const label = value.name ?? value.key;
  const labelled = typeof label === "string" && isSecret(label);
  for (const [key, entry] of Object.entries(value)) {
    const numbered = /secrets$/i.test(key) && isRecord(entry);
    search(entry, [...path, key], isNamed(key) || numbered || ((labelled || named) && isContentKey.test(key)), tell);
  }
}

/** `password: { value: "…" }`, `passwords: ["…"]`, `joinSecrets: { "1": "…" }` */
const isContentKey = /^(value|plain_?text|string_?value|\d{1,3})$/i;
const isNamed = (key: string): boolean =>
  isSecret(key) || (/(passwords|passphrases)$/i.test(key) && isSecret(key.slice(0, -1)));

/** JSON in a string (settings of an extension) is looked into; what is found in it stands at the string's own path. */
function byValue(text: string): PlainSecret["by"] | undefined {
  if (isSecretValue(text)) return "value";
  return /^\s*[[{]/.test(text) ? plainSecrets(parsed(text))[0]?.by : undefined;
}

/** Not a switch, a placeholder, or the address of a vault's secret. */
function isContent(text: string): boolean {
  const trimmed = text.trim();
  return (
    trimmed !== "" &&
    !/^(true|false|none|null|enabled|disabled)$/i.test(trimmed) &&
    !/^https:\/\/[\w.-]+\/secrets\/[\w-]+(\/\w+)?\/?$/i.test(trimmed) &&
    !/^@Microsoft\.KeyVault\(/i.test(trimmed) &&
    !/^\/subscriptions\//i.test(trimmed)
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
