import { bracket, entityText, greaterThan, whiteSpace } from "./characters";

/** One code unit each: bytes of UTF-8, or the 16-bit units of UTF-16. */
export type Units = Uint8Array | Uint16Array;

/**
 * A stretch of the file in memory. `units[end]` must be 0 (never allowed in XML): every loop below stops there without
 * asking for the end.
 */
export interface Window {
  readonly units: Units;
  readonly start: number;
  readonly end: number;
  /** The same bytes as `units`, for looking at four at a time. */
  readonly view: DataView;
  /** What units[0] is in the file, in bytes; may be negative. */
  readonly origin: number;
  readonly decode: (from: number, to: number) => string;
}

/** Something the scanner does not know, or knows to be wrong: the library reads the file again and decides. */
export class Handover extends Error {
  override readonly name = "Handover";
}

/** What the functions below return where more of the file is needed to judge. */
export const incomplete = -1;

export function passWhiteSpace(units: Units, from: number): number {
  let at = from;
  while (whiteSpace[units[at] as number] === 1) at++;
  return at;
}

/** Over an entity that XML itself knows. */
export function passEntity(window: Window, at: number): number {
  const { units, end } = window;
  for (let i = at + 1; i < at + 12; i++) {
    if (i >= end) return incomplete;
    if (units[i] === 59) {
      if (entityText(window.decode(at + 1, i)) === undefined) throw new Handover("an entity");
      return i + 1;
    }
  }
  throw new Handover("an entity");
}

export function passBracket(units: Units, at: number, end: number): number {
  if (at + 2 >= end) return incomplete;
  if (units[at + 1] === bracket && units[at + 2] === greaterThan) throw new Handover("]]> in text");
  return at + 1;
}

/** A surrogate pair, or a character of UTF-8 that begins with 0xEF; U+FFFE and U+FFFF are not allowed. */
export function passSuspicious(units: Units, at: number, end: number): number {
  const unit = units[at] as number;
  if (unit === 0xef) {
    if (at + 2 >= end) return incomplete;
    if (units[at + 1] === 0xbf && (units[at + 2] as number) >= 0xbe) throw new Handover("a character");
    return at + 3;
  }
  if (at + 1 >= end) return incomplete;
  const second = units[at + 1] as number;
  if (unit > 0xdbff || second < 0xdc00 || second > 0xdfff) throw new Handover("half a character");
  return at + 2;
}

/** Over units that need no look, from unit `at` on: several at once. */
export const passPlain = (view: DataView, at: number, end: number, unitSize: 1 | 2): number =>
  unitSize === 1 ? passPlainBytes(view, at, end) : passPlainWords(view, at * 2, end * 2) / 2;

/**
 * Over bytes that need no look, four at a time: printable ASCII other than `<`, `&` and `]`. Stops at or before the first
 * other one; each term has the highest bit of a byte set where that byte is one (and, rarely, where its neighbour is).
 */
function passPlainBytes(view: DataView, from: number, end: number): number {
  const last = end - 4;
  let at = from;
  while (at <= last) {
    const word = view.getInt32(at, true);
    const less = word ^ 0x3c3c3c3c;
    const and = word ^ 0x26262626;
    const closing = word ^ 0x5d5d5d5d;
    const found =
      word |
      ((word - 0x20202020) & ~word) |
      ((less - 0x01010101) & ~less) |
      ((and - 0x01010101) & ~and) |
      ((closing - 0x01010101) & ~closing);
    if ((found & -2139062144) !== 0) break;
    at += 4;
  }
  return at;
}

/** The same for 16-bit units, two at a time. Places are those of bytes; the first is even. */
function passPlainWords(view: DataView, from: number, end: number): number {
  const last = end - 4;
  let at = from;
  while (at <= last) {
    const pair = view.getInt32(at, true);
    const less = pair ^ 0x003c003c;
    const and = pair ^ 0x00260026;
    const closing = pair ^ 0x005d005d;
    const found =
      ((pair - 0x00200020) & ~pair) |
      ((less - 0x00010001) & ~less) |
      ((and - 0x00010001) & ~and) |
      ((closing - 0x00010001) & ~closing);
    if ((pair & -8323200) !== 0 || (found & 0x00800080) !== 0) break;
    at += 4;
  }
  return at;
}
