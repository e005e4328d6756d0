/**
 * What is secret: never shown and never compared. The collector (scripts/collect.ps1) empties the same before it leaves
 * the server; a test holds the expressions together.
 */
export const secretName =
  "(^|[-_.\\s])(\\w*(password|passphrase|secret|accesstoken|privatekey)|pwd|passwd|private-key|encryption-key)$";

export const notShown = "(not shown)";

const named = new RegExp(secretName, "iu");

/** Names that need not be secrets: a key or token that is none costs a line in a report, one that is costs the tenant. */
const likely =
  /((password|passphrase|secret)[-_.]?(value|text|plain|plaintext|string|hash)|(api|access|account|shared|shared[-_.]?access|storage|subscription|function|master|signing|client)[-_.]?key|(?<!public[-_.]?key[-_.]?)tokens?|sastoken|credentials?)$/iu;

/** A value that gives itself away: a connection string or address with a password in it, a private key, a signed token. */
const telling =
  /(^|[;?&\s"'])(password|pwd|accountkey|sharedaccesskey|client_?secret|access_?token|sig)\s*=\s*[^\s;&"'[]|-----BEGIN [A-Z ]*PRIVATE KEY-----|^\s*(bearer|basic)\s+[\w+/=.-]{8,}\s*$|^\s*eyJ[\w-]+\.[\w-]+\.[\w-]*\s*$|^\w+:\/\/[^\s/@:]+:[^\s/@]+@/iu;

/** As text, for the collector's test. */
export const likelySecretName = likely.source;
export const tellingValue = telling.source;

/** Whether the last part of a path is named like a secret; PasswordHashSync is a switch and is none. */
export function isSecret(path: string): boolean {
  const known = answered.get(path);
  if (known !== undefined) return known;
  const answer = isNamedSecret(path);
  if (path.length < 100 && answered.size < mostAnswers) answered.set(path, answer);
  return answer;
}

/** The same few names come a hundred thousand times. */
const answered = new Map<string, boolean>();
const mostAnswers = 10_000;

function isNamedSecret(path: string): boolean {
  if (/(^|\/)encrypted-attributes([/@[]|$)/iu.test(path)) return true;
  const name = lastName(path);
  return named.test(name) || likely.test(name);
}

/** `parameter[Client.Secret]` → `Client.Secret`, `a/b@c` → `c`. */
export function lastName(path: string): string {
  const last = path.slice(path.lastIndexOf("/", path.endsWith("]") ? path.lastIndexOf("[") : path.length) + 1);
  const key = /\[(.*)\]$/su.exec(last)?.[1];
  return (key ?? last).replace(/^.*@/u, "");
}

/** Recognised by the value alone. What Windows' data protection (DPAPI) makes begins so in Base64, whatever it is called. */
export function isSecretValue(value: string): boolean {
  return value.trimStart().startsWith("AQAAANCMnd8B") || telling.test(value);
}

/** Paths of values that an attribute beside them declares as encrypted: `a/b` where there is `a/b@encrypted` = 1. */
export function encryptedPaths(
  values: readonly { readonly path: string; readonly value: string }[],
): ReadonlySet<string> {
  return new Set(
    values
      .filter(({ path, value }) => path.endsWith("@encrypted") && /^(1|true)$/iu.test(value))
      .map(({ path }) => path.slice(0, -"@encrypted".length)),
  );
}

/** Declared as encrypted, by the attributes of a parameter. */
export function isEncrypted(attributes: Readonly<Record<string, string>>): boolean {
  return attributes.encrypted === "1" || attributes.encrypted === "true" || /encrypted/iu.test(attributes.type ?? "");
}
