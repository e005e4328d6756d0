import { SaxesParser } from "saxes";
import { BadInput } from "../../verdict";
import { characterBoundary, spokenEncoding } from "./encoding";
import type { ExportFile, ReadOptions } from "./exportFile";
import {
  deepest,
  type ElementSink,
  type Interest,
  isSkipped,
  longestValue,
  NotAnExport,
  nestedObject,
  objectElement,
  read,
  skip,
} from "./sink";

/** A root element or a DOCTYPE must show up in the first this many characters. */
const longestProlog = 1024 * 1024;
const objectStart = /<(?:[^\s<>/:]+:)?cs-object(?=[\s>/])/g;
/** A start tag is recognised by this much of it. */
const longestStart = 300;
const again = "Export again with csexport and copy the file unchanged.";

/**
 * Reads a whole export file with the XML library: slower, but it knows all of XML and can say exactly what is wrong.
 * Names are taken without their namespace prefix. DOCTYPE is refused: an export has none, and it is how entities attack.
 *
 * @throws BadInput naming file, line and column
 */
export async function readWithLibrary(file: ExportFile, sink: ElementSink, options: ReadOptions): Promise<void> {
  const reading = new LibraryReading(file, sink);
  const { encoding, markBytes } = file.preamble;
  await file.stretches(markBytes, options, ({ buffer, start, end, origin, last }) => {
    const whole = last ? end : characterBoundary(buffer, start, end, encoding);
    reading.feed(decodeBytes(file, buffer.subarray(start, whole), origin + start, last), origin + start, last);
    return whole;
  });
  reading.finish();
}

/** One run of the XML library over a file, or over chosen pieces of it. */
export class LibraryReading {
  private readonly parser: SaxesParser<{ xmlns: true }>;
  private readonly interests: Interest[] = [];
  private skippedFrom = 0;
  private fed = 0;
  /** `fed` when the parser last told anything. */
  private told = 0;
  /** Text that waits for more. */
  private held = "";
  /** Where the piece being parsed begins, in bytes of the file. */
  private pieceStart = -1;
  /** The object being read, for messages. */
  private object: string | undefined;

  constructor(
    private readonly file: ExportFile,
    private readonly sink: ElementSink,
  ) {
    const parser = new SaxesParser({ xmlns: true, defaultXMLVersion: "1.0", forceXMLVersion: true, position: true });
    this.parser = parser;
    parser.on("error", (error) => {
      const what = error.message.replace(/^\d+:\d+: /, "").replace(/\.+$/, "");
      throw this.refused(
        /character (?:reference|entity)|disallowed character/i.test(what)
          ? this.badCharacter(what)
          : `not well-formed XML, or cut off: ${what}. ${again}`,
      );
    });
    parser.on("doctype", () => {
      throw this.refused(`the file has a DOCTYPE; an export has none, and it is not read for safety. ${again}`);
    });
    parser.on("opentag", (tag) => {
      const values = new Map<string, string>();
      for (const attribute of Object.values(tag.attributes)) {
        if (attribute.prefix === "") values.set(attribute.local, attribute.value);
      }
      this.shaped(() => this.open(tag.local, values));
    });
    parser.on("closetag", () => this.shaped(() => this.close()));
    const text = (piece: string) => {
      this.told = this.fed;
      if (this.skippedFrom === 0 && this.interests.at(-1) === read && piece !== "") {
        this.shaped(() => this.sink.text(piece));
      }
    };
    parser.on("text", text);
    parser.on("cdata", text);
    for (const event of ["comment", "processinginstruction"] as const) {
      parser.on(event, () => {
        this.told = this.fed;
      });
    }
  }

  /**
   * `place`: where the text begins in the file, in bytes. The parser does not say where a tag begins in bytes; so it is
   * given the text in pieces that begin where an object may begin, and an object is where the present piece is.
   */
  feed(text: string, place: number, last: boolean): void {
    const whole = this.held + text;
    let at = place - this.bytesOf(this.held);
    const starts = [...whole.matchAll(objectStart)].map((found) => found.index);
    const open = whole.lastIndexOf("<");
    // A tag that is cut may be the beginning of an object: it waits for the rest.
    const cut =
      !last && open >= 0 && whole.length - open < longestStart && !whole.includes(">", open) ? open : whole.length;
    this.held = whole.slice(cut);
    let from = 0;
    for (const to of [...starts.filter((start) => start < cut), cut]) {
      const piece = whole.slice(from, to);
      if (piece !== "") {
        this.pieceStart = at;
        this.parse(piece);
      }
      at += this.bytesOf(piece);
      from = to;
    }
  }

  private bytesOf(text: string): number {
    return this.file.unitSize === 2 ? text.length * 2 : Buffer.byteLength(text, "utf8");
  }

  private parse(text: string): void {
    this.fed += text.length;
    this.parser.write(text);
    if (this.fed - this.told > longestValue + longestProlog || (this.told === 0 && this.fed > longestProlog * 4)) {
      throw this.refused(
        `a single tag, text or comment is longer than ${longestValue >> 20} million characters. ${again}`,
      );
    }
  }

  finish(): void {
    this.parser.close();
  }

  private open(name: string, values: Map<string, string>): void {
    this.told = this.fed;
    if (name === objectElement) this.object = values.get("cs-dn");
    if (this.interests.length === deepest) throw new NotAnExport(`elements are nested more than ${deepest} deep`);
    if (this.skippedFrom > 0) {
      if (name === objectElement) throw new NotAnExport(nestedObject);
      this.interests.push(skip);
      return;
    }
    const interest = this.sink.open(name, values, name === objectElement ? this.pieceStart : -1);
    this.interests.push(interest);
    if (isSkipped(interest)) this.skippedFrom = this.interests.length;
  }

  private close(): void {
    this.told = this.fed;
    if (this.skippedFrom === 0) this.sink.close(-1);
    else if (this.skippedFrom === this.interests.length) this.skippedFrom = 0;
    this.interests.pop();
  }

  private shaped(work: () => void): void {
    try {
      work();
    } catch (error) {
      throw error instanceof NotAnExport ? this.refused(`${error.message}.`) : error;
    }
  }

  /** Copying again does not help where csexport itself wrote the character: the value has to be mended. */
  private badCharacter(what: string): string {
    const where = this.object === undefined ? "outside any object" : `in the object ${this.object}`;
    return (
      `a character that XML does not allow, ${where} (${what}). If the file is an unchanged copy, csexport wrote it from a ` +
      "value in the directory: find the control character in that object's attributes (this line), take it out there, import, and export again."
    );
  }

  private refused(what: string): BadInput {
    return new BadInput(`${this.file.path}: line ${this.parser.line}, column ${this.parser.columnIndex + 1}: ${what}`);
  }
}

/** @throws BadInput naming file and byte where the bytes are not what the file says it is made of */
export function decodeBytes(file: ExportFile, bytes: Buffer, place: number, last: boolean): string {
  const { encoding } = file.preamble;
  const strict = () => new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  try {
    return strict().decode(bytes);
  } catch {
    let [good, bad] = [0, bytes.length];
    while (bad - good > 1) {
      const middle = (good + bad) >> 1;
      try {
        strict().decode(bytes.subarray(0, middle), { stream: true });
        good = middle;
      } catch {
        bad = middle;
      }
    }
    const cut = last && bad === bytes.length ? ", or the file is cut off in the middle of a character" : "";
    throw new BadInput(`${file.path}: byte ${place + good}: not valid ${spokenEncoding(encoding)}${cut}. ${again}`);
  }
}
