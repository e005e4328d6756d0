/**
 * Markup seen before. Between two texts an export file repeats the same few stretches of markup endlessly:
 * `</value>⏎ </attr>⏎ <attr name="city" type="string" multivalued="false">⏎ <value>`. Such a run has been checked tag by
 * tag once; when the same bytes come again, comparing them four at a time is enough, and its effect on the open elements
 * is known. Which run follows which is learned too, so the right one is usually tried first.
 */
export interface Run {
  readonly bytes: number;
  readonly words: Int32Array;
  /** The last four bytes, which may overlap the last word. */
  readonly tail: number;
  /** Elements it closes that were open before, innermost first; then those it leaves open, outermost first. */
  readonly closes: readonly string[];
  readonly opens: readonly string[];
  /** How much deeper than its beginning it goes. */
  readonly rise: number;
  first: Run | undefined;
  second: Run | undefined;
  third: Run | undefined;
  fourth: Run | undefined;
}

export const longestRun = 1024;
const mostRuns = 2048;

const makeRun = (view: DataView, at: number, bytes: number, closes: string[], opens: string[], rise: number): Run => {
  const words = new Int32Array(bytes >> 2);
  for (let i = 0; i < words.length; i++) words[i] = view.getInt32(at + i * 4, true);
  const tail = view.getInt32(at + bytes - 4, true);
  const none = undefined;
  return { bytes, words, tail, closes, opens, rise, first: none, second: none, third: none, fourth: none };
};

export class MarkupMemory {
  private known = new Map<number, Run>();
  /** Digests of what was seen once: a run that never comes again is not worth remembering. */
  private readonly seen = new Int32Array(4096);
  private last: Run = makeRun(new DataView(new ArrayBuffer(4)), 0, 4, [], [], 0);

  /** The run that begins at byte `at` of the view, if it is one of those expected here. */
  recall(view: DataView, at: number, end: number): Run | undefined {
    const { last } = this;
    const { first } = last;
    if (first === undefined) return undefined;
    if (stands(first, view, at, end)) {
      this.last = first;
      return first;
    }
    const { second, third, fourth } = last;
    let found: Run | undefined;
    if (second !== undefined && stands(second, view, at, end)) {
      found = second;
    } else if (third !== undefined && stands(third, view, at, end)) {
      found = third;
      last.third = second;
    } else if (fourth !== undefined && stands(fourth, view, at, end)) {
      found = fourth;
      last.fourth = third;
      last.third = second;
    } else {
      return undefined;
    }
    last.second = first;
    last.first = found;
    this.last = found;
    return found;
  }

  /** To be called with bytes [at, end) of the view that were checked tag by tag. */
  learn(view: DataView, at: number, end: number, closes: string[], opens: string[], rise: number): void {
    const bytes = end - at;
    if (bytes < 4 || bytes > longestRun) return;
    let digest = bytes;
    for (let i = at; i < end; i++) digest = (Math.imul(digest, 31) + view.getUint8(i)) | 0;
    let run = this.known.get(digest);
    if (run === undefined) {
      const slot = digest & (this.seen.length - 1);
      if (this.seen[slot] !== digest) {
        this.seen[slot] = digest;
        return;
      }
      if (this.known.size === mostRuns) this.known = new Map();
      run = makeRun(view, at, bytes, closes, opens, rise);
      this.known.set(digest, run);
    } else if (run.bytes !== bytes || !stands(run, view, at, end)) {
      return;
    }
    const { last } = this;
    if (last.first === run) return;
    last.fourth = last.third;
    last.third = last.second;
    last.second = last.first;
    last.first = run;
    this.last = run;
  }
}

function stands(run: Run, view: DataView, at: number, end: number): boolean {
  const { bytes, words } = run;
  if (at + bytes > end || view.getInt32(at + bytes - 4, true) !== run.tail) return false;
  const { length } = words;
  for (let i = 0, place = at; i < length; i++, place += 4) {
    if (view.getInt32(place, true) !== words[i]) return false;
  }
  return true;
}
