import { isAscii } from "node:buffer";
import { BadInput } from "../verdict";
import { decodeBytes, type Encoding, encodingOf } from "./encoding";
import type { EvidenceFile } from "./evidence";

/** `file:line:column`, counted from 1, of an offset in a text. */
export function positionIn(text: string, offset: number): string {
  const before = text.slice(0, offset);
  return `${before.split("\n").length}:${offset - before.lastIndexOf("\n")}`;
}

export interface DecodedText {
  readonly text: string;
  readonly encoding: Encoding;
  readonly marked: boolean;
}

/**
 * The text of a file in UTF-8 or UTF-16 (by its byte order mark, or by its first bytes). Throws `BadInput` for an empty file and for bytes
 * that are not what the mark says, instead of replacing them silently.
 */
export function decodeText(file: EvidenceFile): DecodedText {
  const { bytes, name } = file;
  if (bytes.length === 0)
    throw new BadInput(`${name}: the file is empty (0 bytes). Copy it again from the server, or make a new export.`);
  const { encoding: label, bytes: mark } = encodingOf(bytes);
  const body = mark === 0 ? bytes : bytes.subarray(mark);
  if (label !== "utf-8" && body.length % 2 !== 0)
    throw new BadInput(
      `${name}: ${mark > 0 ? "starts with a UTF-16 mark" : "is UTF-16 by its first bytes"} but has an odd number of bytes (${bytes.length}): the file is cut short or its mark is wrong. Copy it again from the server.`,
    );
  // The usual case; Node makes a compact string of it, which the XML parser reads in half the time.
  if (label === "utf-8" && isAscii(body)) return { text: body.toString("latin1"), encoding: label, marked: mark > 0 };
  try {
    const text = decodeBytes(body, label);
    return { text, encoding: label, marked: mark > 0 };
  } catch {
    throw new BadInput(
      `${name}: the bytes are not valid ${label.toUpperCase()}${mark > 0 ? ", although the mark at the beginning says so" : ""}${badUtf8At(body, label)}. Copy the file again as it is, without converting or editing it.`,
    );
  }
}

/** Where the first bad byte is, for UTF-8 only: `, first at byte 1234`. */
function badUtf8At(body: Buffer, label: Encoding): string {
  if (label !== "utf-8") return "";
  const replaced = body.toString("utf8");
  const at = replaced.indexOf("\ufffd");
  if (at < 0) return "";
  return `, first at ${positionIn(replaced, at)} (line:column)`;
}
