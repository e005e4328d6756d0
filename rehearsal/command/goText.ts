/** Texts as the genuine plugin, a Go program, writes them. */

const escapes: ReadonlyMap<string, string> = new Map([
  ["\u0007", "\\a"],
  ["\b", "\\b"],
  ["\f", "\\f"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
  ["\u000b", "\\v"],
  ['"', '\\"'],
  ["\\", "\\\\"],
]);

const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;
const hexadecimal = (value: number, width: number): string => value.toString(16).padStart(width, "0");

/** Go's %q: printable Unicode stays, everything else is escaped. */
export function quote(value: string): string {
  let quoted = "";
  for (const character of value) {
    const code = character.codePointAt(0) ?? 0;
    const short = escapes.get(character);
    if (short !== undefined) quoted += short;
    else if (printable.test(character)) quoted += character;
    else if (code < 0x20 || code === 0x7f) quoted += `\\x${hexadecimal(code, 2)}`;
    else if (code < 0x10000) quoted += `\\u${hexadecimal(code, 4)}`;
    else quoted += `\\U${hexadecimal(code, 8)}`;
  }
  return `"${quoted}"`;
}

/** Bytes as text; every byte that is no UTF-8 becomes one U+FFFD (in an error), or every run of them (in a log line). */
export function readable(bytes: Buffer, replacing: "every byte" | "every run"): string {
  if (isUtf8(bytes)) return bytes.toString("utf8");
  let result = "";
  let broken = false;
  for (let position = 0; position < bytes.length; ) {
    const size = sequenceLength(bytes, position);
    if (size > 0) result += bytes.toString("utf8", position, position + size);
    else if (replacing === "every byte" || !broken) result += "\ufffd";
    broken = size === 0;
    position += Math.max(size, 1);
  }
  return result;
}

const decoder = new TextDecoder("utf-8", { fatal: true });

export function isUtf8(bytes: Buffer): boolean {
  try {
    decoder.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Length of the valid UTF-8 sequence at this place, 0 if there is none. */
function sequenceLength(bytes: Buffer, position: number): number {
  const first = bytes[position] ?? 0;
  const length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (length === 0 || position + length > bytes.length) return 0;
  return isUtf8(bytes.subarray(position, position + length)) ? length : 0;
}

/** host:port, with brackets around IPv6. */
export function joinHostPort(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

const errnoTexts: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EADDRNOTAVAIL: "cannot assign requested address",
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection reset by peer",
  EHOSTUNREACH: "no route to host",
  EINVAL: "invalid argument",
  EISDIR: "is a directory",
  ELOOP: "too many levels of symbolic links",
  EMFILE: "too many open files",
  ENAMETOOLONG: "file name too long",
  ENETUNREACH: "network is unreachable",
  ENOENT: "no such file or directory",
  ENOTDIR: "not a directory",
  ENOTSOCK: "socket operation on non-socket",
  EPERM: "operation not permitted",
  EPIPE: "broken pipe",
  EPROTOTYPE: "protocol wrong type for socket",
  ETIMEDOUT: "connection timed out",
};

export function errorCode(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** The operating system's own words for an error of Node's. */
export function errnoText(error: unknown): string {
  const known = errnoTexts[errorCode(error) ?? ""];
  if (known !== undefined) return known;
  return error instanceof Error ? error.message : String(error);
}
