import { isAscii } from "node:buffer";
import { BadInput } from "../verdict";
import type { EvidenceFile } from "./evidence";

interface Encoding {
  readonly label: "utf-8" | "utf-16le" | "utf-16be";
  /** Length of the byte order mark in bytes; 0 where there is none. */
  readonly mark: number;
}

function encodingOf(bytes: Buffer): Encoding {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return { label: "utf-8", mark: 3 };
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { label: "utf-16le", mark: 2 };
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { label: "utf-16be", mark: 2 };
  return { label: "utf-8", mark: 0 };
}

/** `file:line:column`, counted from 1, of an offset in a text. */
export function positionIn(text: string, offset: number): string {
  const before = text.slice(0, offset);
  return `${before.split("\n").length}:${offset - before.lastIndexOf("\n")}`;
}

export interface DecodedText {
  readonly text: string;
  readonly encoding: Encoding["label"];
  readonly marked: boolean;
}

/**
 * The text of a file in UTF-8 or UTF-16 (by its byte order mark). Throws `BadInput` for an empty file and for bytes
 * that are not what the mark says, instead of replacing them silently.
 */
export function decodeText(file: EvidenceFile): DecodedText {
  const { bytes, name } = file;
  if (bytes.length === 0)
    throw new BadInput(`${name}: the file is empty (0 bytes). Copy it again from the server, or make a new export.`);
  const { label, mark } = encodingOf(bytes);
  const body = mark === 0 ? bytes : bytes.subarray(mark);
  if (label !== "utf-8" && body.length % 2 !== 0)
    throw new BadInput(
      `${name}: starts with a UTF-16 mark but has an odd number of bytes (${bytes.length}): the file is cut short or its mark is wrong. Copy it again from the server.`,
    );
  // The usual case; Node makes a compact string of it, which the XML parser reads in half the time.
  if (label === "utf-8" && isAscii(body)) return { text: body.toString("latin1"), encoding: label, marked: mark > 0 };
  try {
    const text = new TextDecoder(label, { fatal: true, ignoreBOM: true }).decode(body);
    return { text, encoding: label, marked: mark > 0 };
  } catch {
    throw new BadInput(
      `${name}: the bytes are not valid ${label.toUpperCase()}${mark > 0 ? ", although the mark at the beginning says so" : ""}${badUtf8At(body, label)}. Copy the file again as it is, without converting or editing it.`,
    );
  }
}

/** Where the first bad byte is, for UTF-8 only: `, first at byte 1234`. */
function badUtf8At(body: Buffer, label: Encoding["label"]): string {
  if (label !== "utf-8") return "";
  const replaced = body.toString("utf8");
  const at = replaced.indexOf("\ufffd");
  if (at < 0) return "";
  return `, first at ${positionIn(replaced, at)} (line:column)`;
}
