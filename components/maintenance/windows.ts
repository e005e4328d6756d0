import { ianaTimeZone } from "../../azure/timeZones";
import type { WindowSettings } from "../settings/settings";
import { beginsOn, isWeekly, parseRecurrence } from "./recurrence";

/** When a window is, in instants: what its time of day is at that day in its zone, summer time included. */

const minute = 60_000;
const day = 86_400_000;

/** `HH:mm` -> minutes. */
export function minutesOf(text: string): number {
  const [hours = 0, minutes = 0] = text.split(":").map(Number);
  return hours * 60 + minutes;
}

/** Longer than any change of the clocks. */
const changeTakes = 120 * minute;

interface Interval {
  readonly from: number;
  readonly to: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Minutes by which a zone is ahead of UTC at an instant. */
function offsetAt(zone: string, instant: number): number {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
    });
    formats.set(zone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const local = Date.UTC(parts.year ?? 0, (parts.month ?? 1) - 1, parts.day ?? 1, parts.hour ?? 0, parts.minute ?? 0);
  return Math.round((local - instant) / minute);
}

/**
 * A time of day that the change to or from summer time leaves out or repeats is both: which of them Azure takes is not
 * written, and a window that must not meet another one is better taken too long.
 */
function occurrence(zone: string, midnight: number, start: number, length: number): Interval {
  const local = midnight + start * minute;
  const guess = local - offsetAt(zone, local - offsetAt(zone, local) * minute) * minute;
  const instants = [-changeTakes, changeTakes].map((near) => local - offsetAt(zone, guess + near) * minute);
  return { from: Math.min(...instants), to: Math.max(...instants) + length * minute };
}

function* occurrences(window: WindowSettings, since: number, days: number): Generator<Interval> {
  const recurrence = parseRecurrence(window.every);
  const zone = ianaTimeZone(window.timeZone);
  if (recurrence === undefined || zone === undefined) return;
  const [start, length] = [minutesOf(window.start), minutesOf(window.duration)];
  for (let count = -1; count <= days; count += 1) {
    const midnight = since + count * day;
    if (beginsOn(recurrence, new Date(midnight))) yield occurrence(zone, midnight, start, length);
  }
}

/** A year where both come round with the week; else long enough for every weekday to be every day of a month. */
const [aYear, manyYears] = [400, 2200];

export interface Overlap {
  readonly from: Date;
  readonly to: Date;
}

/**
 * The first time that both are open, or one ends as the other begins; undefined where there is none. Windows that cannot
 * be read overlap with nothing: what is wrong with them is said elsewhere.
 */
export function firstOverlap(left: WindowSettings, right: WindowSettings, today: Date): Overlap | undefined {
  const since = Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate());
  const recurrences = [left, right].map(({ every }) => parseRecurrence(every));
  const days = recurrences.every((each) => each !== undefined && isWeekly(each)) ? aYear : manyYears;
  const [lefts, rights] = [occurrences(left, since, days), occurrences(right, since, days)];
  let [a, b] = [lefts.next(), rights.next()];
  while (a.done !== true && b.done !== true) {
    const [from, to] = [Math.max(a.value.from, b.value.from), Math.min(a.value.to, b.value.to)];
    if (from <= to) return { from: new Date(from), to: new Date(to) };
    if (a.value.to < b.value.to) a = lefts.next();
    else b = rights.next();
  }
  return undefined;
}

/** Whether two windows are one and the same. */
export const sameWindow = (left: WindowSettings, right: WindowSettings): boolean =>
  (["start", "duration", "every", "timeZone"] as const).every((key) => left[key] === right[key]);
