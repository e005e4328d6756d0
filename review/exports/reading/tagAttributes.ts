import {
  entity,
  equals,
  greaterThan,
  isNameStart,
  nameCharacters,
  slash,
  stop,
  suspicious,
  unescaped,
  valueClasses,
  whiteSpace,
} from "./characters";
import { Interner } from "./interner";
import type { Attributes } from "./sink";
import { Handover, incomplete, passEntity, passSuspicious, type Units, type Window } from "./window";

const most = 32;

/** The attributes of one tag: checked where they stand, and decoded only if somebody asks for one. */
export class TagAttributes implements Attributes {
  private readonly value: Uint8Array;
  private window: Window | undefined;
  private count = 0;
  private readonly nameStarts = new Int32Array(most);
  private readonly nameEnds = new Int32Array(most);
  private readonly valueStarts = new Int32Array(most);
  private readonly valueEnds = new Int32Array(most);
  private readonly valueEntities = new Uint8Array(most);

  constructor(
    unitSize: 1 | 2,
    private readonly interner: Interner,
  ) {
    this.value = valueClasses(unitSize === 1);
  }

  /** For a tag without attributes. */
  clear(): void {
    this.count = 0;
  }

  /** From behind the element's name to the `>` or `/` that ends the tag. */
  read(window: Window, from: number): number {
    this.window = window;
    this.count = 0;
    const { units, end } = window;
    let i = from;
    for (;;) {
      const gap = i;
      while (whiteSpace[units[i] as number] === 1) i++;
      if (units[i] === greaterThan || units[i] === slash) return i;
      if (i >= end) return incomplete;
      if (i === gap || !isNameStart(units[i] as number)) throw new Handover("a tag");
      const count = this.count;
      if (count === most) throw new Handover("many attributes");
      this.nameStarts[count] = i;
      while (nameCharacters[units[i] as number] === 1) i++;
      this.nameEnds[count] = i;
      if (i + 1 >= end) return incomplete;
      const quote = units[i + 1] as number;
      if (units[i] !== equals || (quote !== 34 && quote !== 39)) throw new Handover("an attribute");
      i = this.passValue(window, i + 2, quote);
      if (i === incomplete) return incomplete;
      this.count = count + 1;
      this.check(units, count);
    }
  }

  private passValue(window: Window, from: number, quote: number): number {
    const { units, end } = window;
    const classes = this.value;
    const count = this.count;
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
        i = kind === entity ? passEntity(window, i) : passSuspicious(units, i, end);
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
  private check(units: Units, index: number): void {
    const start = this.nameStarts[index] as number;
    const length = (this.nameEnds[index] as number) - start;
    if (length === 5 && units[start] === 120 && nameIs(units, start, "xmlns")) throw new Handover("a namespace");
    for (let other = 0; other < index; other++) {
      const otherStart = this.nameStarts[other] as number;
      if ((this.nameEnds[other] as number) - otherStart !== length) continue;
      let k = 0;
      while (k < length && units[start + k] === units[otherStart + k]) k++;
      if (k === length) throw new Handover("an attribute given twice");
    }
  }

  /** An attribute of the element being opened. */
  get(name: string): string | undefined {
    const window = this.window;
    if (window === undefined) return undefined;
    const { units } = window;
    for (let index = 0; index < this.count; index++) {
      const start = this.nameStarts[index] as number;
      if ((this.nameEnds[index] as number) - start !== name.length || !nameIs(units, start, name)) continue;
      const from = this.valueStarts[index] as number;
      const to = this.valueEnds[index] as number;
      if (this.valueEntities[index] === 1) return unescaped(window.decode(from, to));
      return to - from <= Interner.longest ? this.interner.text(units, from, to, window) : window.decode(from, to);
    }
    return undefined;
  }
}

function nameIs(units: Units, start: number, name: string): boolean {
  for (let k = 0; k < name.length; k++) if (units[start + k] !== name.charCodeAt(k)) return false;
  return true;
}
