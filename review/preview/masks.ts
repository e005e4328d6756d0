import { secretWord } from "./values";

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/gu, "\\$&");

/** A secret in the forms in which it can stand elsewhere. */
function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret, "utf8");
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    bytes.toString("base64"),
    bytes.toString("base64").replace(/=+$/u, ""),
  ];
}

/** Home and working folders of the usual machines and pipelines, down to the last name. */
const somebodysFolder =
  /(?<![\w:/.$])(?:file:\/\/)?(?:\/(?:home|Users|root|tmp|private|var\/folders|var\/lib|mnt|work|workspace|builds|github|runner|opt\/(?:agent|hostedtoolcache)|__w|agent|azp)(?=\/)|[A-Za-z]:[\\/]+(?:Users|a|agent|actions-runner|work)(?=[\\/]))(?:[\\/]+[^\s\\/:'"()<>|,;]+)*[\\/]+([^\s\\/:'"()<>|,;]+)/gu;

/** What is to be printed without any of the secrets, and without paths of other folders. */
export function masker(secrets: Iterable<string>, folders: readonly string[] = []): (text: string) => string {
  const forms = [...new Set([...secrets].flatMap(formsOf))]
    .filter((form) => form.length >= 4)
    .sort((a, b) => b.length - a.length);
  const hidden = forms.length === 0 ? undefined : new RegExp(forms.map(escaped).join("|"), "gu");
  const own = folders.filter((folder) => folder.length > 3).sort((a, b) => b.length - a.length);
  const known =
    own.length === 0
      ? undefined
      : new RegExp(
          `(?:${own.map(escaped).join("|")})(?:[\\\\/]+[^\\s\\\\/:'"()<>|,;]+)*?[\\\\/]+(?=[^\\s\\\\/:'"()<>|,;]+(?:[\\s:'"()<>|,;]|$))`,
          "gu",
        );
  return (text) => {
    let masked = hidden === undefined ? text : text.replace(hidden, secretWord);
    if (known !== undefined) masked = masked.replace(known, "…/");
    return masked.replace(somebodysFolder, "…/$1");
  };
}

/** Every text in a value, names of properties included. */
export function maskAll<Value>(value: Value, mask: (text: string) => string): Value {
  const walk = (inner: unknown): unknown => {
    if (typeof inner === "string") return mask(inner);
    if (Array.isArray(inner)) return inner.map(walk);
    if (typeof inner !== "object" || inner === null) return inner;
    return Object.fromEntries(Object.entries(inner).map(([key, item]) => [mask(key), walk(item)]));
  };
  return walk(value) as Value;
}
