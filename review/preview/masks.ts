import { secretWord } from "./values";

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/gu, "\\$&");

const shortest = 4;

/** A secret in the forms in which it can stand elsewhere. */
function formsOf(secret: string): readonly string[] {
  const lines = secret.includes("\n") ? secret.split(/\r?\n/u).filter((line) => line.trim().length >= 8) : [];
  return [secret, secret.replace(/\s+/gu, " ").trim(), ...lines.map((line) => line.trim())].flatMap(writtenAs);
}

function writtenAs(text: string): readonly string[] {
  const json = JSON.stringify(text).slice(1, -1);
  const percent = encodeURIComponent(text);
  const form = new URLSearchParams([["", text]]).toString().slice(1);
  const html = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
  const lower = (encoded: string): string => encoded.replace(/%[0-9A-F]{2}/gu, (byte) => byte.toLowerCase());
  const encodings = (["utf8", "utf16le"] as const).map((encoding) => Buffer.from(text, encoding));
  return [
    text,
    json,
    JSON.stringify(json).slice(1, -1),
    percent,
    lower(percent),
    form,
    lower(form),
    html,
    html.replaceAll("'", "&#39;"),
    text.replaceAll("'", "''"),
    text.replaceAll('"', '`"'),
    ...encodings.flatMap((bytes) => [
      ...base64Forms(bytes),
      bytes.toString("hex"),
      bytes.toString("hex").toUpperCase(),
    ]),
  ];
}

/** Alone, and in the middle of something longer (`user:password`), where its bytes begin in any of three places. */
function base64Forms(bytes: Buffer): readonly string[] {
  const whole = bytes.toString("base64");
  const inside = [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString("base64")
      .replace(/=+$/u, "");
    const begin = Math.ceil((offset * 8) / 6);
    const end = Math.floor(((offset + bytes.length) * 8) / 6);
    return text.slice(begin, end);
  });
  const all = [whole, whole.replace(/=+$/u, ""), ...inside.filter((text) => text.length >= 8)];
  return [...all, ...all.map((text) => text.replaceAll("+", "-").replaceAll("/", "_"))];
}

/** All forms by their first characters, longest first: one walk through a text finds any of them. */
type Forms = ReadonlyMap<string, readonly string[]>;

function formsByBeginning(secrets: Iterable<string>): Forms {
  const byBeginning = new Map<string, string[]>();
  for (const form of new Set([...secrets].flatMap(formsOf))) {
    if (form.length < shortest) continue;
    const key = form.slice(0, shortest);
    const known = byBeginning.get(key);
    if (known === undefined) byBeginning.set(key, [form]);
    else known.push(form);
  }
  for (const forms of byBeginning.values()) forms.sort((a, b) => b.length - a.length);
  return byBeginning;
}

function withoutSecrets(text: string, forms: Forms): string {
  let result = "";
  let from = 0;
  for (let at = 0; at + shortest <= text.length; ) {
    const found = forms.get(text.slice(at, at + shortest))?.find((form) => text.startsWith(form, at));
    if (found === undefined) at++;
    else {
      result += text.slice(from, at) + secretWord;
      at += found.length;
      from = at;
    }
  }
  return from === 0 ? text : result + text.slice(from);
}

const cut = "…";

/** A long value was shortened before it came here: what is left of a secret beside the cut is one too. */
function withoutRests(text: string, forms: readonly string[]): string {
  let parts = text.split(cut);
  if (parts.length === 1) return text;
  parts = parts.map((part, index) => {
    const [isCutBefore, isCutAfter] = [index > 0, index < parts.length - 1];
    let rest = part;
    if (isCutBefore) {
      const length = Math.max(0, ...forms.map((form) => endLength(rest, form, isCutAfter)));
      if (length >= shortest) rest = secretWord + rest.slice(length);
    }
    if (isCutAfter) {
      const length = Math.max(0, ...forms.map((form) => beginLength(rest, form)));
      if (length >= shortest) rest = rest.slice(0, rest.length - length) + secretWord;
    }
    return rest;
  });
  return parts.join(cut);
}

/** How much of the text's beginning is the end of the form, or, cut on both sides, anything out of its middle. */
function endLength(text: string, form: string, isCutAfter: boolean): number {
  if (isCutAfter && text.length >= shortest && form.includes(text)) return text.length;
  const probe = text.slice(0, shortest);
  if (probe.length < shortest) return 0;
  for (let at = form.indexOf(probe); at >= 0; at = form.indexOf(probe, at + 1))
    if (text.startsWith(form.slice(at))) return form.length - at;
  return 0;
}

/** How much of the text's end is the beginning of the form. */
function beginLength(text: string, form: string): number {
  const probe = form.slice(0, shortest);
  for (let at = text.indexOf(probe, Math.max(0, text.length - form.length)); at >= 0; at = text.indexOf(probe, at + 1))
    if (form.startsWith(text.slice(at))) return text.length - at;
  return 0;
}

/** Home and working folders of the usual machines and pipelines, down to the last name. */
const somebodysFolder =
  /(?<![\w:/.$])(?:file:\/\/)?(?:\/(?:home|Users|root|tmp|private|var\/folders|var\/lib|mnt|work|workspace|builds|github|runner|opt\/(?:agent|hostedtoolcache)|__w|agent|azp)(?=\/)|[A-Za-z]:[\\/]+(?:Users|a|agent|actions-runner|work)(?=[\\/]))(?:[\\/]+[^\s\\/:'"()<>|,;]+)*[\\/]+([^\s\\/:'"()<>|,;]+)/gu;

/** What is to be printed without any of the secrets, and without paths of other folders. */
export function masker(secrets: Iterable<string>, folders: readonly string[] = []): (text: string) => string {
  const forms = formsByBeginning(secrets);
  const all = [...forms.values()].flat();
  const own = folders.filter((folder) => folder.length > 3).sort((a, b) => b.length - a.length);
  const known =
    own.length === 0
      ? undefined
      : new RegExp(
          `(?:${own.map(escaped).join("|")})(?:[\\\\/]+[^\\s\\\\/:'"()<>|,;]+)*?[\\\\/]+(?=[^\\s\\\\/:'"()<>|,;]+(?:[\\s:'"()<>|,;]|$))`,
          "gu",
        );
  return (text) => {
    let masked = forms.size === 0 ? text : withoutRests(withoutSecrets(text, forms), all);
    if (known !== undefined) masked = masked.replace(known, "…/");
    return masked.replace(somebodysFolder, "…/$1");
  };
}

/** Every text in a value, names of properties included. */
export function maskAll<Value>(value: Value, mask: (text: string) => string): Value {
  const walk = (inner: unknown): unknown => {
    if (typeof inner === "string") return mask(inner);
    if (typeof inner === "number") return mask(String(inner)) === secretWord ? secretWord : inner;
    if (Array.isArray(inner)) return inner.map(walk);
    if (typeof inner !== "object" || inner === null) return inner;
    return Object.fromEntries(Object.entries(inner).map(([key, item]) => [mask(key), walk(item)]));
  };
  return walk(value) as Value;
}
