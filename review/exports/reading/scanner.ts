import { readApart } from "./apart";
import {
  closingBracket,
  entity,
  exclamation,
  greaterThan,
  isNameStart,
  lessThan,
  lineEnds,
  nameCharacters,
  question,
  slash,
  stop,
  suspicious,
  textClasses,
  unescaped,
} from "./characters";
import { Interner } from "./interner";
import { MarkupMemory, type Run } from "./markupMemory";
import { deepest, type ElementSink, type Interest, isSkipped, objectElement, read, refuse, sift } from "./sink";
import { TagAttributes } from "./tagAttributes";
import {
  Handover,
  incomplete,
  passBracket,
  passEntity,
  passPlain,
  passSuspicious,
  passWhiteSpace,
  type Window,
} from "./window";

const longestName = 256;

/**
 * Reads the one known shape of an export file directly in its code units. Every unit is looked at once and every tag
 * is matched, also in what is skipped, so nothing is accepted that a parser would refuse; but nothing is decoded that
 * nobody asked for. DOCTYPE, namespaces, names outside ASCII, unusual white
 * space in tags and every error are not dealt with here but thrown as Handover.
 */
export class Scanner {
  private readonly text: Uint8Array;
  private readonly attributes: TagAttributes;
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

  constructor(
    private readonly sink: ElementSink,
    private readonly unitSize: 1 | 2,
  ) {
    this.text = textClasses(unitSize === 1);
    this.attributes = new TagAttributes(unitSize, this.interner);
    this.memories = new Array<MarkupMemory>(deepest + 2).fill(this.inSkipped);
  }

  /** Reads as far as it can; returns where it stopped. What is left must be the beginning of the next window. */
  scan(window: Window): number {
    const { units, end } = window;
    let at = window.start;
    this.runStart = -1;
    for (;;) {
      if (this.runStart >= 0) {
        // Between two tags of a run there is white space only; anything else ends it at the tag before.
        const after = passWhiteSpace(units, at);
        if (units[after] !== lessThan) {
          this.endRun(window, at);
          continue;
        }
        at = after;
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
      at = passPlain(view, at, window.end, unitSize);
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
    const at = passWhiteSpace(units, from);
    if (at < end && units[at] !== lessThan) throw new Handover("text outside the root element");
    return at;
  }

  /** Over text, up to the next `<`, the end of the window, or something that cannot be judged before more is read. */
  private passText(window: Window, from: number): number {
    const { units, end } = window;
    const classes = this.text;
    const wanted = this.skippedFrom === 0 && this.interests[this.depth] === read;
    let at = from;
    at = passPlain(window.view, at, end, this.unitSize);
    for (;;) {
      while (classes[units[at] as number] === 0) at++;
      const kind = classes[units[at] as number];
      if (kind === stop || at >= end) break;
      const next =
        kind === entity
          ? passEntity(window, at)
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
    if (k === length) i = passWhiteSpace(units, i);
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
    if (unit === exclamation || unit === question) return this.apart(window, at);
    if (i < end && !isNameStart(unit)) throw new Handover("markup that is not an element");
    while (nameCharacters[unit] === 1) {
      unit = units[++i] as number;
    }
    const nameEnd = i;
    if (nameEnd - at > longestName) throw new Handover("a very long name");
    this.attributes.clear();
    if (unit !== greaterThan) {
      i = this.attributes.read(window, i);
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

  private apart(window: Window, at: number): number {
    if (this.runStart >= 0) this.endRun(window, at);
    const found = readApart(window, at, this.text);
    if (found === incomplete) return incomplete;
    if (found.kind === "cdata") {
      if (this.depth === 0) throw new Handover("text outside the root element");
      const wanted = this.skippedFrom === 0 && this.interests[this.depth] === read;
      if (wanted && found.to > found.from) this.sink.text(lineEnds(window.decode(found.from, found.to)));
    }
    return found.after;
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
      const interest: Interest = this.sink.open(name, this.attributes, this.place);
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
}
