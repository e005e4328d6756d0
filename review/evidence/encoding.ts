/** The three encodings of evidence. */
export type Encoding = "utf-8" | "utf-16le" | "utf-16be";

export interface Mark {
  readonly encoding: Encoding;
  /** Length of the byte order mark in bytes; 0 where there is none. */
  readonly bytes: number;
}

/**
 * How a file is encoded, by its byte order mark, and without one by its first character, which in XML and JSON is never
 * beyond ASCII: a zero byte beside it means UTF-16.
 */
export function encodingOf(head: Uint8Array): Mark {
  const [a, b, c] = head;
  if (a === 0xef && b === 0xbb && c === 0xbf) return { encoding: "utf-8", bytes: 3 };
  if (a === 0xff && b === 0xfe) return { encoding: "utf-16le", bytes: 2 };
  if (a === 0xfe && b === 0xff) return { encoding: "utf-16be", bytes: 2 };
  if (isFirst(a) && b === 0) return { encoding: "utf-16le", bytes: 0 };
  if (a === 0 && isFirst(b)) return { encoding: "utf-16be", bytes: 0 };
  return { encoding: "utf-8", bytes: 0 };
}

/** `<`, `{`, `[` or white space. */
function isFirst(byte: number | undefined): boolean {
  return (
    byte === 0x3c || byte === 0x7b || byte === 0x5b || byte === 0x20 || byte === 0x0d || byte === 0x0a || byte === 0x09
  );
}

/** Text of bytes of which the mark is cut off; throws where they are not what they should be. */
export function decodeBytes(body: Uint8Array, encoding: Encoding): string {
  return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(body);
}
