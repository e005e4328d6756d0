import {
  bracket,
  closingBracket,
  entity,
  entityText,
  equals,
  greaterThan,
  isNameStart,
  lessThan,
  nameCharacters,
  slash,
  stop,
  suspicious,
  textClasses,
  unescaped,
  valueClasses,
  whiteSpace,
} from "./characters";
import { Interner } from "./interner";
import { MarkupMemory, type Run } from "./markupMemory";
import {
  type Attributes,
  deepest,
  type ElementSink,
  type Interest,
  isSkipped,
  objectElement,
  read,
  refuse,
  sift,
} from "./sink";

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

const incomplete = -1;
const mostAttributes = 32;
const longestName = 256;

/**
 * Reads the one known shape of an export file directly in its code units. Every unit is looked at once and every tag
 * is matched, also in what is skipped, so nothing is accepted that a parser would refuse; but nothing is decoded that
 * nobody asked for. Comments, CDATA, DOCTYPE, processing instructions, namespaces, names outside ASCII, unusual white
 * space in tags and every error are not dealt with here but thrown as Handover.
 */
export class Scanner implements Attributes {
  private readonly text: Uint8Array;
  private readonly value: Uint8Array;
  private readonly unitSize: number;
  /** Names of the open elements; the outermost is at 1. */
  private readonly names = new Array<string>(deepest + 2).fill("");
  private readonly interests = new Uint8Array(deepest + 2);
  private depth = 0;
  /** Depth of the outermost skipped element, 0 outside of one. */
  private skippedFrom = 0;
  private rootSeen = false;
  private readonly interner = new Interner();
  private readonly inSkipped = new MarkupMemory();
  /** One for each name of a sifted element, and the one that goes with each open element. */
  private readonly inSifted = new Map<string, MarkupMemory>();
  private readonly memories: MarkupMemory[];
  /** The run of markup being checked tag by tag to be remembered: where it begins, -1 if there is none. */
  private runStart = -1;
  /** The element it stays in, and how deep it began. */
  private runBase = 0;
  private runDepth = 0;
  private runCloses: string[] = [];
  private runOpens: string[] = [];
  private runRise = 0;

  /** Where the tag told last begins (start tag) or ends (end tag), in bytes of the file. */
  place = 0;

  private window: Window | undefined;
  private attributeCount = 0;
  private readonly attributeStarts = new Int32Array(mostAttributes);
  private readonly attributeEnds = new Int32Array(mostAttributes);
  private readonly valueStarts = new Int32Array(mostAttributes);
  private readonly valueEnds = new Int32Array(mostAttributes);
  private readonly valueEntities = new Uint8Array(mostAttributes);

  constructor(
    private readonly sink: ElementSink,
    unitSize: 1 | 2,
  ) {
    this.unitSize = unitSize;
    this.text = textClasses(unitSize === 1);
    this.value = valueClasses(unitSize === 1);
    this.memories = new Array<MarkupMemory>(deepest + 2).fill(this.inSkipped);
  }

  /** Reads as far as it can; returns where it stopped. What is left must be the beginning of the next window. */
  scan(window: Window): number {
    this.window = window;
    const { units, end } = window;
    let at = window.start;
    this.runStart = -1;
    for (;;) {
      if (this.runStart >= 0) {
        at = this.continueRun(window, at);
      } else if (this.skippedFrom > 0 || this.interests[this.depth] === sift) {
        at = this.passKnown(window, at);
        if (at < end && units[at] === lessThan) this.beginRun(at);
      } else {
        at = this.depth === 0 ? this.passOutside(window, at) : this.passText(window, at);
      }
      if (at >= end || units[at] !== lessThan) return at;
      const next = units[at + 1] === slash ? this.endTag(window, at) : this.startTag(window, at);
      if (next === incomplete) return at;
      at = next;
    }
  }

  /** Passes text that is not wanted and markup that stood the same way before; stops where only a closer look helps. */
  private passKnown(window: Window, from: number): number {
    const { units, view } = window;
    const { text: classes, unitSize } = this;
    const endByte = window.end * unitSize;
    const base = this.skippedFrom > 0 ? this.skippedFrom - 1 : this.depth;
    const sifted = this.interests[base] === sift;
    const memory = sifted ? (this.memories[base] as MarkupMemory) : this.inSkipped;
    const outermost = sifted ? base : this.skippedFrom;
    let at = from;
    for (;;) {
      while (classes[units[at] as number] === 0) at++;
      if (units[at] !== lessThan) {
        at = this.passText(window, at);
        if (units[at] !== lessThan) return at;
      }
      const run = memory.recall(view, at * unitSize, endByte);
      if (run === undefined || !this.follow(run, outermost)) return at;
      if (sifted) this.skippedFrom = this.depth > base ? base + 1 : 0;
      at += run.bytes / unitSize;
    }
  }

  /** Closes and opens what the run closes and opens, if it fits the elements that are open. */
  private follow({ closes, opens, rise }: Run, outermost: number): boolean {
    const { names } = this;
    let { depth } = this;
    if (depth - closes.length < outermost || depth + rise > deepest) return false;
    for (let i = 0; i < closes.length; i++) if (names[depth - i] !== closes[i]) return false;
    depth -= closes.length;
    for (let i = 0; i < opens.length; i++) names[++depth] = opens[i] as string;
    this.depth = depth;
    return true;
  }

  private beginRun(at: number): void {
    this.runStart = at;
    this.runBase = this.skippedFrom > 0 ? this.skippedFrom - 1 : this.depth;
    this.runDepth = this.depth;
    this.runCloses = [];
    this.runOpens = [];
    this.runRise = 0;
  }

  /** Between two tags of a run there is white space only; anything else ends the run at the tag before. */
  private continueRun(window: Window, from: number): number {
    const { units } = window;
    let at = from;
    while (whiteSpace[units[at] as number] === 1) at++;
    if (units[at] === lessThan) return at;
    this.endRun(window, from);
    return this.passText(window, from);
  }

  /** Remembers the run from its beginning to `at`. */
  private endRun(window: Window, at: number): void {
    const memory =
      this.interests[this.runBase] === sift ? (this.memories[this.runBase] as MarkupMemory) : this.inSkipped;
    const { unitSize, runStart } = this;
    memory.learn(window.view, runStart * unitSize, at * unitSize, this.runCloses, this.runOpens, this.runRise);
    this.runStart = -1;
  }

  /** To be called after the last window was read to its end. */
  finish(): void {
    if (!this.rootSeen || this.depth > 0) throw new Handover("the file ends early");
  }

  private passOutside({ units, end }: Window, from: number): number {
    let at = from;
    while (whiteSpace[units[at] as number] === 1) at++;
    if (at < end && units[at] !== lessThan) throw new Handover("text outside the root element");
    return at;
  }

  /** Over text, up to the next `<`, the end of the window, or something that cannot be judged before more is read. */
  private passText(window: Window, from: number): number {
    const { units, end } = window;
    const classes = this.text;
    const wanted = this.skippedFrom === 0 && this.interests[this.depth] === read;
    let at = from;
    for (;;) {
      while (classes[units[at] as number] === 0) at++;
      const kind = classes[units[at] as number];
      if (kind === stop || at >= end) break;
      const next =
        kind === entity
          ? this.passEntity(window, at)
          : kind === closingBracket
            ? passBracket(units, at, end)
            : kind === suspicious
              ? passSuspicious(units, at, end)
              : incomplete;
      if (next === incomplete) {
        if (kind !== entity && kind !== closingBracket && kind !== suspicious) throw new Handover("a character");
        break;
      }
      at = next;
    }
    // A carriage return at the end waits for the line feed that may follow: together they are one line end.
    if (wanted && at === end && at > from && units[at - 1] === 13) at--;
    if (wanted && at > from) this.sink.text(unescaped(window.decode(from, at)));
    return at;
  }

  private passEntity(window: Window, at: number): number {
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

  private endTag(window: Window, at: number): number {
    const { units, end } = window;
    if (this.depth === 0) throw new Handover("an end tag without a start tag");
    const name = this.names[this.depth] as string;
    const { length } = name;
    let i = at + 2;
    let k = 0;
    while (k < length && units[i] === name.charCodeAt(k)) {
      i++;
      k++;
    }
    if (k === length) while (whiteSpace[units[i] as number] === 1) i++;
    if (units[i] !== greaterThan || k < length) {
      if (i >= end) return incomplete;
      throw new Handover("an end tag that does not match");
    }
    if (this.runStart >= 0) {
      const outermost = this.interests[this.runBase] === sift ? this.runBase : this.skippedFrom;
      if (this.depth === outermost) this.endRun(window, at);
      else if (this.runOpens.length > 0) this.runOpens.pop();
      else this.runCloses.push(name);
    }
    this.place = window.origin + (i + 1) * this.unitSize;
    this.leave();
    return i + 1;
  }

  private startTag(window: Window, at: number): number {
    const { units, end } = window;
    let i = at + 1;
    let unit = units[i] as number;
    if (i < end && !isNameStart(unit)) throw new Handover("markup that is not an element");
    while (nameCharacters[unit] === 1) {
      unit = units[++i] as number;
    }
    const nameEnd = i;
    if (nameEnd - at > longestName) throw new Handover("a very long name");
    this.attributeCount = 0;
    if (unit !== greaterThan) {
      i = this.attributes(window, i);
      if (i === incomplete) return incomplete;
      unit = units[i] as number;
    }
    const empty = unit === slash;
    if (empty) unit = units[++i] as number;
    if (unit !== greaterThan) {
      if (i >= end) return incomplete;
      throw new Handover("a tag");
    }
    this.place = window.origin + at * this.unitSize;
    this.open(window, at, this.interner.text(units, at + 1, nameEnd));
    if (empty) {
      this.place = window.origin + (i + 1) * this.unitSize;
      if (this.runStart >= 0) this.runOpens.pop();
      this.leave();
    }
    return i + 1;
  }

  /** From behind the element's name to the `>` or `/` that ends the tag. */
  private attributes(window: Window, from: number): number {
    const { units, end } = window;
    let i = from;
    for (;;) {
      const gap = i;
      while (whiteSpace[units[i] as number] === 1) i++;
      if (units[i] === greaterThan || units[i] === slash) return i;
      if (i >= end) return incomplete;
      if (i === gap || !isNameStart(units[i] as number)) throw new Handover("a tag");
      const count = this.attributeCount;
      if (count === mostAttributes) throw new Handover("many attributes");
      this.attributeStarts[count] = i;
      while (nameCharacters[units[i] as number] === 1) i++;
      this.attributeEnds[count] = i;
      if (i + 1 >= end) return incomplete;
      const quote = units[i + 1] as number;
      if (units[i] !== equals || (quote !== 34 && quote !== 39)) throw new Handover("an attribute");
      i = this.attributeValue(window, i + 2, quote);
      if (i === incomplete) return incomplete;
      this.attributeCount = count + 1;
      this.checkAttribute(units, count);
    }
  }

  private attributeValue(window: Window, from: number, quote: number): number {
    const { units, end } = window;
    const classes = this.value;
    const count = this.attributeCount;
    this.valueEntities[count] = 0;
    let i = from;
    for (;;) {
      while (classes[units[i] as number] === 0) i++;
      const kind = classes[units[i] as number];
      if (kind === stop) {
        if (units[i] === quote) break;
        i++;
      } else if (i >= end) {
        return incomplete;
      } else if (kind === entity || kind === suspicious) {
        if (kind === entity) this.valueEntities[count] = 1;
        i = kind === entity ? this.passEntity(window, i) : passSuspicious(units, i, end);
        if (i === incomplete) return incomplete;
      } else {
        throw new Handover("an attribute value");
      }
    }
    this.valueStarts[count] = from;
    this.valueEnds[count] = i;
    return i + 1;
  }

  /** No attribute twice, no namespaces. */
  private checkAttribute(units: Units, index: number): void {
    const start = this.attributeStarts[index] as number;
    const length = (this.attributeEnds[index] as number) - start;
    if (length === 5 && units[start] === 120 && this.nameIs(units, start, "xmlns")) throw new Handover("a namespace");
    for (let other = 0; other < index; other++) {
      const otherStart = this.attributeStarts[other] as number;
      if ((this.attributeEnds[other] as number) - otherStart !== length) continue;
      let k = 0;
      while (k < length && units[start + k] === units[otherStart + k]) k++;
      if (k === length) throw new Handover("an attribute given twice");
    }
  }

  private nameIs(units: Units, start: number, name: string): boolean {
    for (let k = 0; k < name.length; k++) if (units[start + k] !== name.charCodeAt(k)) return false;
    return true;
  }

  private open(window: Window, at: number, name: string): void {
    if (this.depth === 0) {
      if (this.rootSeen) throw new Handover("a second root element");
      this.rootSeen = true;
    }
    if (this.depth === deepest) throw new Handover("deep nesting");
    this.depth++;
    this.names[this.depth] = name;
    if (this.skippedFrom > 0) {
      if (name === objectElement) throw new Handover("an object inside another element");
    } else {
      const interest: Interest = this.sink.open(name, this, this.place);
      this.interests[this.depth] = interest;
      if (isSkipped(interest)) this.skippedFrom = this.depth;
      else if (interest === sift) this.memories[this.depth] = this.memoryFor(name);
      if (this.runStart >= 0 && interest !== refuse) this.endRun(window, at);
    }
    if (this.runStart < 0) return;
    this.runOpens.push(name);
    if (this.depth - this.runDepth > this.runRise) this.runRise = this.depth - this.runDepth;
  }

  private memoryFor(name: string): MarkupMemory {
    let memory = this.inSifted.get(name);
    if (memory === undefined) {
      memory = new MarkupMemory();
      this.inSifted.set(name, memory);
    }
    return memory;
  }

  private leave(): void {
    if (this.skippedFrom === 0) this.sink.close(this.place);
    else if (this.skippedFrom === this.depth) this.skippedFrom = 0;
    this.depth--;
  }

  /** An attribute of the element being opened. */
  get(name: string): string | undefined {
    const window = this.window;
    if (window === undefined) return undefined;
    const { units } = window;
    for (let index = 0; index < this.attributeCount; index++) {
      const start = this.attributeStarts[index] as number;
      if ((this.attributeEnds[index] as number) - start !== name.length || !this.nameIs(units, start, name)) continue;
      const from = this.valueStarts[index] as number;
      const to = this.valueEnds[index] as number;
      if (this.valueEntities[index] === 1) return unescaped(window.decode(from, to));
      return to - from <= Interner.longest ? this.interner.text(units, from, to, window) : window.decode(from, to);
    }
    return undefined;
  }
}

function passBracket(units: Units, at: number, end: number): number {
  if (at + 2 >= end) return incomplete;
  if (units[at + 1] === bracket && units[at + 2] === greaterThan) throw new Handover("]]> in text");
  return at + 1;
}

/** A surrogate pair, or a character of UTF-8 that begins with 0xEF; U+FFFE and U+FFFF are not allowed. */
function passSuspicious(units: Units, at: number, end: number): number {
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
