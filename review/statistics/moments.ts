/**
 * A moment as servers write it: ISO 8601, `/Date(1700000000000)/` of ConvertTo-Json, or the local form of the server's
 * language (`05.01.2023 20:28:37`, `9/29/2025 12:51:47 PM`). A local form has no zone: it is read as UTC, as the
 * scheduler gives it, and only where day and month cannot be confused.
 */
export function momentOf(text: string): string | null {
  const written = text.trim();
  const milliseconds = /^\\?\/Date\((-?\d{1,15})(?:[+-]\d{4})?\)\\?\/$/u.exec(written)?.[1];
  if (milliseconds !== undefined) return isoOf(Number(milliseconds));
  if (/^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}|$)/u.test(written)) {
    const zoned = /(?:Z|[+-]\d{2}:?\d{2})$/iu.test(written) || !/\d:\d/u.test(written);
    return isoOf(Date.parse(zoned ? written : `${written.replace(" ", "T")}Z`));
  }
  const local = /^(\d{1,2})([./-])\d{1,2}\2\d{4}(?:,? (\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?([AP])\.?M\.?)?)?$/iu.exec(
    written,
  );
  if (local === null) return null;
  const [first = 0, second = 0, year = 0] = (/^[\d./-]+/u.exec(written)?.[0] ?? "").split(/[./-]/u).map(Number);
  const [, , separator, hours = "0", minutes = "0", seconds = "0", half] = local;
  const [day, month] = dayFirst(first, second, separator ?? "", half !== undefined);
  if (day === undefined || month === undefined) return null;
  const twelve = half === undefined ? Number(hours) : (Number(hours) % 12) + (/p/iu.test(half) ? 12 : 0);
  const moment = Date.UTC(year, month - 1, day, twelve, Number(minutes), Number(seconds));
  return new Date(moment).getUTCDate() === day ? isoOf(moment) : null;
}

/** Dots stand between day and month; slashes with AM or PM between month and day; otherwise the numbers must tell. */
function dayFirst(first: number, second: number, separator: string, twelveHours: boolean): [number?, number?] {
  const fits = (day: number, month: number) => day >= 1 && day <= 31 && month >= 1 && month <= 12;
  if (separator === ".") return fits(first, second) ? [first, second] : [];
  if (separator === "/" && twelveHours) return fits(second, first) ? [second, first] : [];
  if (first > 12) return fits(first, second) ? [first, second] : [];
  if (second > 12) return fits(second, first) ? [second, first] : [];
  return first === second && fits(first, second) ? [first, second] : [];
}

function isoOf(milliseconds: number): string | null {
  const moment = new Date(milliseconds);
  return Number.isNaN(moment.getTime()) ? null : moment.toISOString().replace(/\.000Z$/u, "Z");
}
