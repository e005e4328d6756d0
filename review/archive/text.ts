import type { Chain } from "./listing";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** As people count: minutes, hours, days from two on. */
export function ageText(milliseconds: number): string {
  const counted = (value: number, word: string): string => `${value} ${word}${value === 1 ? "" : "s"}`;
  if (milliseconds < hour) return counted(Math.round(milliseconds / minute), "minute");
  return milliseconds < 2 * day
    ? counted(Math.round(milliseconds / hour), "hour")
    : `${Math.round(milliseconds / day)} days`;
}

export const agoText = (at: Date, now: Date): string => `${ageText(now.getTime() - at.getTime())} ago`;

const mostNamed = 6;

/** `a, b and c`; of many the first few and how many more. */
export function namesText(names: readonly string[]): string {
  const shown = names.length > mostNamed ? names.slice(0, mostNamed - 1) : names;
  const rest = names.length - shown.length;
  const all = rest > 0 ? [...shown, `${rest} more`] : shown;
  return all.length < 2 ? all.join("") : `${all.slice(0, -1).join(", ")} and ${all.at(-1)}`;
}

/** How a chain is called in sentences: by its computer, and by its id where that is needed to tell it from another. */
export const whoseText = ({ newest, id }: Pick<Chain, "newest" | "id">): string =>
  `${newest.computer} (${id.slice(0, 8)})`;

export function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(0)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
