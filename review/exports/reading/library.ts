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
    reading.feed(decode(file, buffer.subarray(start, whole), origin + start, last));
    return whole;
  });
  reading.finish();
}

class LibraryReading {
  private readonly parser: SaxesParser<{ xmlns: true }>;
  private readonly interests: Interest[] = [];
  private skippedFrom = 0;
  private fed = 0;
  /** `fed` when the parser last told anything. */
  private told = 0;
  /** The object being read, for messages. */
  private object: string | undefined;

  constructor(
    private readonly file: ExportFile,
    private readonly sink: ElementSink,
  ) {
    const parser = new SaxesParser({ xmlns: true, defaultXMLVersion: "1.0", forceXMLVersion: true, position: true });
    this.parser = parser;
    parser.on("error", (error) => {
      const what = error.message.replace(/^\d+:\d+: /, "");
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

  feed(text: string): void {
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
    const interest = this.sink.open(name, values, -1);
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

function decode(file: ExportFile, bytes: Buffer, place: number, last: boolean): string {
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
