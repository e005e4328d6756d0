/** Azure's `recurEvery` of a maintenance configuration, as far as the library takes it (types of Microsoft.Maintenance 2023-10-01-preview). */

export type Recurrence =
  | { readonly kind: "days" }
  | { readonly kind: "weekdays"; readonly weekdays: readonly number[] }
  | { readonly kind: "monthDays"; readonly days: readonly number[] }
  | { readonly kind: "monthWeekday"; readonly week: number; readonly weekday: number; readonly offset: number };

const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;
/** `Last` counts from the end. */
const weeks = { First: 1, Second: 2, Third: 3, Fourth: 4, Last: -1 } as const;

const names = weekdays.join("|");
const forms = {
  days: /^[1-9][0-9]?Days?$|^Day$/,
  weeks: new RegExp(`^(?:[1-9][0-9]?Weeks?|Week) ((?:${names})(?:, ?(?:${names}))*)$`),
  monthDays: /^(?:[1-9][0-9]?Months?|Month) (day[0-9]{1,2}(?:, ?day[0-9]{1,2})*)$/,
  monthWeekday: new RegExp(
    `^(?:[1-9][0-9]?Months?|Month) (${Object.keys(weeks).join("|")}) (${names})(?: Offset(-?[0-6]))?$`,
  ),
} as const;

/** What to write, for whoever wrote something else. */
export const recurrenceForms =
  '"Day", "Week Sunday", "Week Saturday,Sunday", "Month day15", "Month Second Tuesday" or "Month Second Tuesday Offset5" (five days after it), each also with a number in front: "2Weeks Sunday"';

/**
 * Undefined for what is of no such form. A number in front (every second week) is left out: which week it is depends on
 * the first one, and for what must never meet it is right to think of all.
 */
export function parseRecurrence(written: string): Recurrence | undefined {
  if (forms.days.test(written)) return { kind: "days" };
  const [, listed] = forms.weeks.exec(written) ?? [];
  if (listed !== undefined) return { kind: "weekdays", weekdays: listed.split(/, ?/).map(weekdayOf) };
  const [, dayList] = forms.monthDays.exec(written) ?? [];
  if (dayList !== undefined) {
    const days = dayList.split(/, ?/).map((day) => Number(day.slice("day".length)));
    return days.every((day) => day >= 1 && day <= 31) ? { kind: "monthDays", days } : undefined;
  }
  const [, week, weekday, offset] = forms.monthWeekday.exec(written) ?? [];
  if (week === undefined || weekday === undefined) return undefined;
  return {
    kind: "monthWeekday",
    week: weeks[week as keyof typeof weeks],
    weekday: weekdayOf(weekday),
    offset: Number(offset ?? 0),
  };
}

const weekdayOf = (name: string): number => weekdays.indexOf(name as (typeof weekdays)[number]);

const dayLength = 86_400_000;

/** Whether it begins on this day. @param day midnight UTC of a calendar day, of whatever zone */
export function beginsOn(recurrence: Recurrence, day: Date): boolean {
  switch (recurrence.kind) {
    case "days":
      return true;
    case "weekdays":
      return recurrence.weekdays.includes(day.getUTCDay());
    case "monthDays":
      return recurrence.days.includes(day.getUTCDate());
    case "monthWeekday": {
      const counted = new Date(day.getTime() - recurrence.offset * dayLength);
      if (counted.getUTCDay() !== recurrence.weekday) return false;
      if (recurrence.week > 0) return Math.ceil(counted.getUTCDate() / 7) === recurrence.week;
      return new Date(counted.getTime() + 7 * dayLength).getUTCMonth() !== counted.getUTCMonth();
    }
  }
}

/** Whether its days come round with the week, so that a year shows all there is. */
export function isWeekly(recurrence: Recurrence): boolean {
  return recurrence.kind === "days" || recurrence.kind === "weekdays";
}
