import { decodeBytes, encodingOf, limits } from "../evidence";

const largest = limits.fileBytes;

export type Decoded =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "not"; readonly why: "empty" | "too-large" | "not-text"; readonly problem: string };

/** Text of a file in UTF-8 or UTF-16, by its byte order mark or its first bytes; Windows PowerShell writes the latter. */
export function decoded(file: Uint8Array | string): Decoded {
  const bytes = typeof file === "string" ? Buffer.byteLength(file) : file.length;
  if (bytes > largest)
    return { kind: "not", why: "too-large", problem: `has ${bytes} bytes, more than any settings file (${largest})` };
  const text = typeof file === "string" ? file.replace(/^\uFEFF/, "") : textOfBytes(file);
  if (text === undefined)
    return { kind: "not", why: "not-text", problem: "is not JSON: its bytes are not valid UTF-8 or UTF-16" };
  return text.trim() === ""
    ? { kind: "not", why: "empty", problem: "is not JSON: it is empty" }
    : { kind: "text", text };
}

function textOfBytes(bytes: Uint8Array): string | undefined {
  const { encoding, bytes: mark } = encodingOf(bytes);
  const body = bytes.subarray(mark);
  if (encoding !== "utf-8" && body.length % 2 !== 0) return undefined;
  try {
    return decodeBytes(body, encoding);
  } catch {
    return undefined;
  }
}
