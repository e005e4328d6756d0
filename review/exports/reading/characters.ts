/** Character classes of XML 1.0 as tables over code units, one loop step per unit. */

export const lessThan = 60;
export const greaterThan = 62;
export const slash = 47;
export const exclamation = 33;
export const question = 63;
export const equals = 61;
export const ampersand = 38;
export const bracket = 93;
export const doubleQuote = 34;
export const singleQuote = 39;

/** Classes in `textClasses` and `valueClasses`. */
export const plain = 0;
/** Ends the run: `<` in text, a quote in an attribute value. */
export const stop = 1;
/** `&`: only the predefined and the numeric entities are known here. */
export const entity = 2;
/** `]`: `]]>` is not allowed in text. */
export const closingBracket = 3;
/** Surrogates and U+FFFE, U+FFFF (in UTF-8 the byte 0xEF, which may begin one of them). */
export const suspicious = 4;
/** Never allowed in XML, or not known to the scanner. */
export const foreign = 5;

export const whiteSpace = new Uint8Array(65_536);
for (const unit of [9, 10, 13, 32]) whiteSpace[unit] = 1;

/** ASCII name characters without the colon: a name with any other is left to the library. */
export const nameCharacters = new Uint8Array(65_536);
for (const unit of Buffer.from("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789-."))
  nameCharacters[unit] = 1;
/** Those a name cannot begin with. */
export const isNameStart = (unit: number): boolean => nameCharacters[unit] === 1 && !(unit >= 45 && unit <= 57);

function classes(mark: (table: Uint8Array) => void): Uint8Array {
  const table = new Uint8Array(65_536);
  for (let unit = 0; unit < 32; unit++) table[unit] = foreign;
  table[ampersand] = entity;
  mark(table);
  return table;
}

function markSuspicious(table: Uint8Array, bytes: boolean): void {
  if (bytes) table[0xef] = suspicious;
  else {
    table.fill(suspicious, 0xd800, 0xe000);
    table[0xfffe] = foreign;
    table[0xffff] = foreign;
  }
}

export const textClasses = (bytes: boolean): Uint8Array =>
  classes((table) => {
    for (const unit of [9, 10, 13]) table[unit] = plain;
    table[lessThan] = stop;
    table[bracket] = closingBracket;
    markSuspicious(table, bytes);
  });

/** White space other than the blank inside an attribute value is normalised by XML: left to the library. */
export const valueClasses = (bytes: boolean): Uint8Array =>
  classes((table) => {
    table[lessThan] = foreign;
    table[doubleQuote] = stop;
    table[singleQuote] = stop;
    markSuspicious(table, bytes);
  });

const predefined: Record<string, string> = { lt: "<", gt: ">", amp: "&", apos: "'", quot: '"' };

/** The character an entity stands for, from what is between `&` and `;`; undefined where XML 1.0 knows none. */
export function entityText(body: string): string | undefined {
  const known = predefined[body];
  if (known !== undefined && Object.hasOwn(predefined, body)) return known;
  const numeric = /^#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))$/.exec(body);
  if (!numeric) return undefined;
  const code = numeric[1] ? Number.parseInt(numeric[1], 16) : Number.parseInt(numeric[2] ?? "", 10);
  const allowed =
    code === 9 ||
    code === 10 ||
    code === 13 ||
    (code >= 0x20 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd) ||
    (code >= 0x10000 && code <= 0x10ffff);
  return allowed ? String.fromCodePoint(code) : undefined;
}

const entities = /&([^;]*);/g;

/** Text as the reader of a document sees it; the scanner has checked the entities before. */
export function unescaped(raw: string): string {
  const lines = lineEnds(raw);
  return lines.includes("&") ? lines.replace(entities, (whole, body: string) => entityText(body) ?? whole) : lines;
}

/** Every line end is a line feed for the reader of a document. */
export const lineEnds = (raw: string): string => (raw.includes("\r") ? raw.replace(/\r\n?/g, "\n") : raw);
