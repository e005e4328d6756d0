import { type Encoding, encodingOf } from "../../evidence/encoding";
import { BadInput } from "../../verdict";

export type { Encoding };

export interface Preamble {
  readonly encoding: Encoding;
  /** Bytes of the byte-order mark. */
  readonly markBytes: number;
  /** The byte behind the XML declaration, or behind the mark where there is none. */
  readonly contentStart: number;
  /** False: the first line is not one the scanner knows; the library reads the file. */
  readonly usual: boolean;
}

export const unitSizeOf = (encoding: Encoding): 1 | 2 => (encoding === "utf-8" ? 1 : 2);
const spoken: Record<Encoding, string> = { "utf-8": "UTF-8", "utf-16le": "UTF-16 LE", "utf-16be": "UTF-16 BE" };
export const spokenEncoding = (encoding: Encoding): string => spoken[encoding];

/** How much of the beginning `readPreamble` wants to see. */
export const preambleBytes = 1024;

const declaration =
  /^<\?xml\s+version\s*=\s*(?:"1\.0"|'1\.0')(?:\s+encoding\s*=\s*(?:"([A-Za-z][\w.-]*)"|'([A-Za-z][\w.-]*)'))?(?:\s+standalone\s*=\s*(?:"(?:yes|no)"|'(?:yes|no)'))?\s*\?>/;
const eightBit = new Set(["utf-8", "utf8", "us-ascii", "ascii"]);
const sixteenBit = new Set(["utf-16", "utf-16le", "utf-16be", "unicode"]);

const again = "Export again with csexport and copy the file unchanged (no editor, no re-saving in another encoding).";

/**
 * Byte-order mark, encoding and XML declaration from the first bytes of a file. csexport files are UTF-16 with a mark in
 * some versions and UTF-8 in others, so both are accepted, and a contradiction between mark, bytes and declaration is
 * refused.
 *
 * @throws BadInput naming the file
 */
export function readPreamble(path: string, head: Buffer): Preamble {
  const refuse = (what: string): never => {
    throw new BadInput(`${path}: byte 0: ${what} ${again}`);
  };
  if (head.length === 0) return refuse("the file is empty (0 bytes), so csexport did not finish or the copy failed.");
  const { encoding, markBytes } = mark(head, refuse);
  const body = head.subarray(markBytes);
  const text = new TextDecoder(encoding, { ignoreBOM: true }).decode(body);
  const first = text[0] ?? "";
  if (!/[<\s]/.test(first)) {
    const bytes = head
      .subarray(0, 8)
      .toString("hex")
      .replace(/..(?=.)/g, "$& ");
    const marked = markBytes > 0 ? ` (marked as ${spoken[encoding]}, but what follows the mark is not)` : "";
    return refuse(`this is not XML${marked}: it begins with the bytes ${bytes}.`);
  }
  const found = declaration.exec(text);
  const named = (found?.[1] ?? found?.[2] ?? "").toLowerCase();
  const fits = encoding === "utf-8" ? eightBit : sixteenBit;
  if (named !== "" && !fits.has(named)) {
    const by = markBytes > 0 ? "the byte-order mark says" : "the bytes are";
    return refuse(
      eightBit.has(named) || sixteenBit.has(named)
        ? `${by} ${spoken[encoding]}, but the XML declaration says ${named.toUpperCase()}: it was converted by halves.`
        : `the XML declaration says ${named}; an export file is UTF-8 or UTF-16.`,
    );
  }
  const usual = found !== null || !text.startsWith("<?");
  const contentStart = markBytes + (found?.[0].length ?? 0) * unitSizeOf(encoding);
  return { encoding, markBytes, contentStart, usual };
}

function mark(head: Buffer, refuse: (what: string) => never): { encoding: Encoding; markBytes: number } {
  const [a, b, c, d] = head;
  if (a === 0xff && b === 0xfe && c === 0 && d === 0 && head.length >= 4)
    return refuse("the byte-order mark says UTF-32; only UTF-8 and UTF-16 are read.");
  const { encoding, bytes } = encodingOf(head);
  return { encoding, markBytes: bytes };
}

/** The last place up to `end` where no character is cut. */
export function characterBoundary(buffer: Buffer, start: number, end: number, encoding: string): number {
  if (encoding === "utf-8") {
    for (let back = 1; back <= 3 && end - back >= start; back++) {
      const byte = buffer[end - back] as number;
      if (byte < 0x80) return end;
      if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? end - back : end;
    }
    return end;
  }
  const whole = end - ((end - start) % 2);
  const high = whole - start >= 2 ? (buffer[whole - (encoding === "utf-16le" ? 1 : 2)] as number) : 0;
  return high >= 0xd8 && high <= 0xdb ? whole - 2 : whole;
}
