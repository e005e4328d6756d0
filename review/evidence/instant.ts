/** A point in time as evidence writes it; `certain` is false where no zone is said. */
export interface Instant {
  readonly at: Date;
  readonly certain: boolean;
}

/**
 * Reads what Entra Connect's files and PowerShell write, whatever the culture: ISO 8601, `2016-05-03 14:28:09.784` (no
 * zone: taken as UTC), `\/Date(1700000000000)\/`, `Tue, 03 May 2016 14:39:16 GMT`, `05.01.2023 20:28:37` (dots stand
 * behind the day), `9/29/2025 12:51:47 PM`. Undefined for anything else, and where day and month could be meant the other
 * way round (`9/5/2025`: the fifth of September or the ninth of May; AM and PM are written in Sydney too): never guessed.
 */
export function readInstant(text: string): Instant | undefined {
  const value = text.trim();
  const json = /^\\?\/Date\((-?\d{1,15})(?:[+-]\d{4})?\)\\?\/$/u.exec(value);
  if (json !== null) return instant(Number(json[1]), true);
  const iso = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)\s*(Z|[+-]\d\d:?\d\d)?)?$/iu.exec(value);
  if (iso !== null) {
    const time = iso[2]?.replace(/(\.\d{3})\d+$/u, "$1") ?? "00:00";
    return instant(Date.parse(`${iso[1]}T${time}${iso[3]?.toUpperCase() ?? "Z"}`), iso[3] !== undefined);
  }
  if (/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/u.test(value)) return instant(Date.parse(value), true);
  return readLocal(value);
}

/** ISO 8601, UTC; null where the text says no moment, or not for certain which day. */
export function momentOf(text: string): string | null {
  const at = readInstant(text)?.at;
  return at === undefined ? null : at.toISOString().replace(/\.000Z$/u, "Z");
}

const local =
  /^(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})(?:[\s,]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?\s*(?:([AP])\.?M\.?)?)?$/iu;

function readLocal(value: string): Instant | undefined {
  const found = local.exec(value);
  if (found === null) return undefined;
  const [, first, separator, second, third, hours = "0", minutes = "0", seconds = "0", half] = found;
  const [a, b, c] = [Number(first), Number(second), Number(third)];
  const yearFirst = a > 31;
  const year = yearFirst ? a : c;
  if (year < 1900 || year > 9999) return undefined;
  const [day, month] = yearFirst ? [c, b] : dayFirst(a, b, separator ?? "");
  if (day === undefined || month === undefined) return undefined;
  const hour = half === undefined ? Number(hours) : (Number(hours) % 12) + (/p/iu.test(half) ? 12 : 0);
  const at = Date.UTC(year, month - 1, day, hour, Number(minutes), Number(seconds));
  const read = new Date(at);
  if (read.getUTCMonth() !== month - 1 || read.getUTCDate() !== day || hour > 23) return undefined;
  return instant(at, false);
}

/** Dots stand behind the day everywhere; with any other separator the numbers must tell. */
function dayFirst(first: number, second: number, separator: string): readonly [number?, number?] {
  if (separator === "." || first > 12 || first === second) return [first, second];
  return second > 12 ? [second, first] : [];
}

function instant(milliseconds: number, certain: boolean): Instant | undefined {
  const at = new Date(milliseconds);
  return Number.isNaN(at.getTime()) ? undefined : { at, certain };
}
