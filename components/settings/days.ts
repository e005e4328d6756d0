/** The last instant of a day `yyyy-MM-dd`, in UTC: exceptions hold to the end of the day that they name. */
export function endOfDay(day: string): Date {
  return new Date(`${day}T23:59:59.999Z`);
}
