import { isSecret, isSecretValue } from "../configuration/known/secrets";

/**
 * Secrets written into a command line or script. Names are recognised as everywhere in this library
 * (`review/configuration/known/secrets.ts`); what is added here is how a command gives a name its value. A reference
 * (`$password`, `%PASSWORD%`, `$(…)`) is none.
 */
export function hasInlineSecret(text: string): boolean {
  if (ways.some((way) => way.test(text))) return true;
  if (isSecretValue(text.replace(reference, "=;"))) return true;
  for (const { groups } of text.matchAll(assigned)) if (isWritten(groups)) return true;
  for (const { groups } of text.matchAll(switched)) if (isWritten(groups)) return true;
  return false;
}

/** The secrets themselves, so that a report can hide them; what `hasInlineSecret` recognises, value by value. */
export function inlineSecretValues(text: string): readonly string[] {
  const written = [assigned, switched].flatMap((pattern) =>
    [...text.matchAll(pattern)].flatMap(({ groups }) => (isWritten(groups) ? [writtenIn(groups)] : [])),
  );
  // Their secret is the last word that was recognised, to its end.
  const unnamed = ways.flatMap((way) => {
    const found = way.exec(text);
    if (found === null) return [];
    const last = /[^\s"':=]+["'@]?$/u.exec(found[0]);
    const begin = found.index + (last?.index ?? 0);
    return [/^[^\s"'@;&|]+/u.exec(text.slice(begin))?.[0] ?? ""];
  });
  return [...written, ...unnamed].filter((value) => value !== "");
}

const reference = /=\s*["']?(\$\{?[\w:]+\}?|\$\([^)]*\)|%\w+%)/g;

/**
 * `PASSWORD=…`, `$password = '…'`: code may compute what stands without quotes after a space. A name is tried only from
 * its beginning: in a long run of letters (Base64) each letter would else be one.
 */
const assigned =
  /(?<![\w.:-])(?<name>[A-Za-z_][\w.:-]*)(?:=(?<plain>[^\s;&|"'$%(@<`)=][^\s;&|)]*)|\s*=\s*(?:"(?<double>[^"$`]+)"|'(?<single>[^']+)'))/g;
/** `--password …`, `-Password '…'`, `/password:…` */
const switched =
  /(?<=^|\s)(?:--?|\/)(?<name>[A-Za-z][\w-]*)(?:\s+|[:=]\s*)(?:"(?<double>[^"$`]+)"|'(?<single>[^']+)'|(?<plain>[^\s;&|"'$%(@<`/-][^\s;&|)]*))/g;

/** Ways of giving a secret that have no name beside it. */
const ways: readonly RegExp[] = [
  /ConvertTo-SecureString\s+(?:-String\s+)?(?:"[^"$]+"|'[^']+')/i,
  /\bnet1?(?:\.exe)?\s+user\s+(?:"[^"]+"|[^\s/]+)\s+(?:"[^"$]+"|[^\s/$%*"|&;>]+)/i,
  /\bsshpass\s+-p\s*["']?[^\s"'$]/,
  /\bauthorization:\s*(?:bearer|basic)\s+[\w+/=.-]{6,}/i,
  /:\/\/[^\s/@:$%"']+:[^\s/@$%"']+@/,
];

function isWritten(groups: Readonly<Record<string, string | undefined>> | undefined): boolean {
  if (groups === undefined) return false;
  const { name = "" } = groups;
  const value = writtenIn(groups);
  return (
    isSecret(name.replace(/^env:/i, "")) &&
    value !== "" &&
    !/^(\[secret\]|true|false|none|null|read-host)$/i.test(value)
  );
}

const writtenIn = ({ plain, double, single }: Readonly<Record<string, string | undefined>> = {}): string =>
  (plain ?? double ?? single ?? "").trim();

/** SSH told not to care whom it talks to. */
export function ignoresHostKey(text: string): boolean {
  return (
    /StrictHostKeyChecking[=\s]+["']?(no|off|accept-new)\b/i.test(text) ||
    /UserKnownHostsFile[=\s]+["']?(\/dev\/null|NUL)\b/i.test(text)
  );
}
