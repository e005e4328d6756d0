import { foreign, greaterThan, isNameStart, nameCharacters, question, suspicious, whiteSpace } from "./characters";
import { Handover, incomplete, passSuspicious, type Window } from "./window";

/** What stands between tags and is no element: one comment must not send a whole file to the library. */
export interface Apart {
  readonly kind: "comment" | "cdata" | "instruction";
  /** Its content, in units of the window; `after` is behind its end. */
  readonly from: number;
  readonly to: number;
  readonly after: number;
}

const codes = (text: string): readonly number[] => [...text].map((character) => character.charCodeAt(0));
const [commentStart, cdataStart] = [codes("<!--"), codes("<![CDATA[")];
const [hyphen, bracket] = [45, 93];

/**
 * A comment, a CDATA section or a processing instruction that begins at `at`, checked to its end. Whatever else begins
 * so (DOCTYPE, a second XML declaration) and every error is the library's.
 */
export function readApart(window: Window, at: number, classes: Uint8Array): Apart | typeof incomplete {
  const { units, end } = window;
  const starts = (start: readonly number[]): boolean => start.every((code, index) => units[at + index] === code);
  if (starts(commentStart)) {
    const to = find(window, at + 4, classes, (i) => units[i] === hyphen && units[i + 1] === hyphen, 3);
    if (to === incomplete) return incomplete;
    if (units[to + 2] !== greaterThan) throw new Handover("-- in a comment");
    return { kind: "comment", from: at + 4, to, after: to + 3 };
  }
  if (starts(cdataStart)) {
    const closes = (i: number) => units[i] === bracket && units[i + 1] === bracket && units[i + 2] === greaterThan;
    const to = find(window, at + 9, classes, closes, 3);
    return to === incomplete ? incomplete : { kind: "cdata", from: at + 9, to, after: to + 3 };
  }
  if (units[at + 1] === question) return readInstruction(window, at, classes);
  if (at + cdataStart.length > end) return incomplete;
  throw new Handover("markup that is not an element");
}

function readInstruction(window: Window, at: number, classes: Uint8Array): Apart | typeof incomplete {
  const { units, end } = window;
  let i = at + 2;
  while (nameCharacters[units[i] as number] === 1) i++;
  if (i + 1 >= end) return incomplete;
  const ended = units[i] === question && units[i + 1] === greaterThan;
  const name = window.decode(at + 2, i);
  if (!isNameStart(units[at + 2] as number) || /^xml$/i.test(name) || !(ended || whiteSpace[units[i] as number] === 1))
    throw new Handover("an instruction");
  const to = find(window, i, classes, (place) => units[place] === question && units[place + 1] === greaterThan, 2);
  return to === incomplete ? incomplete : { kind: "instruction", from: i, to, after: to + 2 };
}

/** The first place from `from` on where `found` holds; every character before must be one that XML allows. */
function find(
  window: Window,
  from: number,
  classes: Uint8Array,
  found: (at: number) => boolean,
  length: number,
): number {
  const { units, end } = window;
  let at = from;
  while (at + length <= end) {
    if (found(at)) return at;
    const kind = classes[units[at] as number];
    if (kind === foreign) throw new Handover("a character");
    const next = kind === suspicious ? passSuspicious(units, at, end) : at + 1;
    if (next === incomplete) return incomplete;
    at = next;
  }
  return incomplete;
}
