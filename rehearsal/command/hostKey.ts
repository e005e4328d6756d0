import { Failure } from "./failure";
import { type KeyBlob, readKeyBlob } from "./keyBlob";

/** A pinned host key. */
export type HostKey = KeyBlob;

/**
 * Reads the first usable line as authorized_keys has them: `[options] type base64 [comment]`. The word before the key
 * is not compared with the key, so a known_hosts line passes too (facts: hostKey accepted, hostKey refused).
 */
export function parseHostKey(lines: string): HostKey {
  let lastProblem: string | undefined;
  for (const rawLine of lines.split("\n")) {
    const line = trim(rawLine.split("\r")[0] ?? "");
    if (line === "" || line.startsWith("#")) continue;
    const afterFirst = rest(line);
    if (afterFirst === undefined) continue;
    const direct = parseKey(afterFirst);
    if (typeof direct !== "string") return direct;
    lastProblem = direct;
    const afterOptions = withoutOptions(line);
    const key = afterOptions === undefined ? undefined : rest(afterOptions);
    if (key === undefined) continue;
    const behindOptions = parseKey(key);
    if (typeof behindOptions !== "string") return behindOptions;
    lastProblem = behindOptions;
  }
  const problem = lastProblem === undefined ? "" : `; last parsing error for ignored line: ${lastProblem}`;
  throw new Failure(`failed to parse host key: ssh: no key found${problem}`);
}

const trim = (line: string): string => line.replace(/^[\s\u0085]+|[\s\u0085]+$/g, "");

/** What follows the first word; undefined for a line of one word. */
function rest(line: string): string | undefined {
  const space = line.search(/[ \t]/);
  return space === -1 ? undefined : line.slice(space);
}

/** The line behind its options, in which blanks may stand between quotes; undefined where nothing follows. */
function withoutOptions(line: string): string | undefined {
  let quoted = false;
  for (let index = 0; index < line.length; index++) {
    const character = line.charAt(index);
    if (!quoted && /[ \t]/.test(character)) return trim(line.slice(index));
    if (character === '"' && line.charAt(index - 1) !== "\\") quoted = !quoted;
  }
  return undefined;
}

function parseKey(field: string): HostKey | string {
  const encoded = trim(field).split(/[ \t]/)[0] ?? "";
  const illegal = illegalBase64(encoded);
  if (illegal !== undefined) return `illegal base64 data at input byte ${illegal}`;
  return readKeyBlob(Buffer.from(encoded, "base64"));
}

/** Where Go's strict decoder stops; undefined for proper base64 with padding. */
function illegalBase64(encoded: string): number | undefined {
  for (let index = 0; index < encoded.length; index++) {
    const character = encoded.charAt(index);
    if (/[A-Za-z0-9+/]/.test(character)) continue;
    if (character !== "=" || index % 4 < 2) return index;
    if (index % 4 === 2) {
      if (index + 1 >= encoded.length) return encoded.length;
      if (encoded.charAt(index + 1) !== "=") return index;
      return index + 2 < encoded.length ? index + 2 : undefined;
    }
    return index + 1 < encoded.length ? index + 1 : undefined;
  }
  return encoded.length % 4 === 0 ? undefined : encoded.length - (encoded.length % 4);
}
