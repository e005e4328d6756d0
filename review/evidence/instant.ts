/** A point in time as evidence writes it; `certain` is false where day and month could be meant the other way round, or no zone is said. */
export interface Instant {
  readonly at: Date;
  readonly certain: boolean;
}

/**
 * Reads what Entra Connect's files and PowerShell write, whatever the culture: ISO 8601, `2016-05-03 14:28:09.784` (no
 * zone: taken as UTC), `\/Date(1700000000000)\/`, `Tue, 03 May 2016 14:39:16 GMT`, `05.01.2023 20:28:37` (day first),
 * `9/29/2025 12:51:47 PM` (month first, unless that is no month). Undefined for anything else.
 */
export function readInstant(text: string): Instant | undefined {
  const value = text.trim();
  const json = /^\\?\/Date\((-?\d{1,15})(?:[+-]\d{4})?\)\\?\/$/u.exec(value);
  if (json !== null) return instant(Number(json[1]), true);
  const iso = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)\s*(Z|[+-]\d\d:?\d\d)?$/iu.exec(value);
  if (iso !== null) {
    const time = iso[2]?.replace(/(\.\d{3})\d+$/u, "$1");
    return instant(Date.parse(`${iso[1]}T${time}${iso[3]?.toUpperCase() ?? "Z"}`), iso[3] !== undefined);
  }
  if (/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/u.test(value)) return instant(Date.parse(value), true);
  return readLocal(value);
}

const local = /^(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})[ T,]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?\s*(AM|PM)?$/iu;

function readLocal(value: string): Instant | undefined {
  const found = local.exec(value);
  if (found === null) return undefined;
  const [, first, separator, second, third, hours, minutes, seconds, half] = found;
  const [a, b, c] = [Number(first), Number(second), Number(third)];
  const yearFirst = a > 31;
  const year = yearFirst ? a : c;
  if (year < 1900 || year > 9999) return undefined;
  const dayFirst = !yearFirst && (separator === "." || (separator === "-" && b <= 12) || a > 12);
  const [day, month] = yearFirst ? [c, b] : dayFirst ? [a, b] : [b, a];
  const hour = half === undefined ? Number(hours) : (Number(hours) % 12) + (/pm/iu.test(half) ? 12 : 0);
  const at = Date.UTC(year, month - 1, day, hour, Number(minutes), Number(seconds ?? 0));
  const read = new Date(at);
  if (read.getUTCMonth() !== month - 1 || read.getUTCDate() !== day || hour > 23) return undefined;
  return instant(at, false);
}

function instant(milliseconds: number, certain: boolean): Instant | undefined {
  const at = new Date(milliseconds);
  return Number.isNaN(at.getTime()) ? undefined : { at, certain };
}
