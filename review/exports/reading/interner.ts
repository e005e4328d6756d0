import type { Units, Window } from "./window";

const slots = 4096;

/** The same few names come again and again: turns code units into strings without making the string twice. */
export class Interner {
  /** Longer texts are names of objects and ids, which do not come again. */
  static readonly longest = 32;
  private readonly known: (string | undefined)[] = new Array<string | undefined>(slots).fill(undefined);

  /** Outside ASCII a unit is not a character: `window` decodes then; element names are always ASCII. */
  text(units: Units, from: number, to: number, window?: Window): string {
    let hash = to - from;
    let all = 0;
    for (let i = from; i < to; i++) {
      const unit = units[i] as number;
      all |= unit;
      hash = (Math.imul(hash, 31) + unit) | 0;
    }
    if (all > 127 && window !== undefined) return window.decode(from, to);
    const slot = (hash ^ (hash >>> 12)) & (slots - 1);
    const known = this.known[slot];
    if (known !== undefined && this.same(known, units, from, to)) return known;
    let text = "";
    for (let i = from; i < to; i++) text += String.fromCharCode(units[i] as number);
    this.known[slot] = text;
    return text;
  }

  private same(text: string, units: Units, from: number, to: number): boolean {
    if (text.length !== to - from) return false;
    for (let i = from; i < to; i++) if (text.charCodeAt(i - from) !== units[i]) return false;
    return true;
  }
}
