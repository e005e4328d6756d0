import type { Json } from "../verdict";
import type { PropertyChange } from "./changes";

const mostNamed = 6;

/** `a, b and 3 more`. */
export function listed(names: readonly string[], most = mostNamed): string {
  if (names.length <= most) return names.join(", ");
  return `${names.slice(0, most).join(", ")} and ${names.length - most} more`;
}

export const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

const longest = 120;

/** A value in a line: one line, not too long. */
export function shownValue(value: Json, most = longest): string {
  const line = lineOf(value);
  const characters = [...line.slice(0, 4 * most)];
  return characters.length <= most ? line : `${characters.slice(0, most - 1).join("")}…`;
}

function lineOf(value: Json): string {
  if (value === null) return "none";
  if (value === "") return '""';
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.replace(/\s+/gu, " ").trim();
}

type Both = Pick<PropertyChange, "old" | "new">;

/** `old → new`; of long values the part that differs. */
export function fromTo(both: Both, most = longest): string {
  const elements = listDifference(both, most);
  if (elements !== undefined) return elements;
  const [old, next] = bothShown(both, most);
  return `${old} → ${next}`;
}

/** Of two long lists what is only in one of them. */
function listDifference({ old, new: next }: Both, most: number): string | undefined {
  if (!Array.isArray(old) || !Array.isArray(next)) return undefined;
  const [left, right] = [old.map((item: Json) => lineOf(item)), next.map((item: Json) => lineOf(item))];
  if (lineOf(old).length <= most && lineOf(next).length <= most) return undefined;
  const without = left.filter((item) => !right.includes(item));
  const added = right.filter((item) => !left.includes(item));
  if (without.length + added.length === 0) return undefined;
  const part = (word: string, items: readonly string[]): readonly string[] =>
    items.length === 0
      ? []
      : [
          `${word} ${listed(
            items.map((item) => shownValue(item, most)),
            4,
          )}`,
        ];
  return [...part("without", without), ...part("with", added)].join("; ");
}

const around = 20;

export function bothShown({ old, new: next }: Both, most = longest): readonly [string, string] {
  const [left, right] = [lineOf(old), lineOf(next)];
  if ((left.length <= most && right.length <= most) || old === null || next === null)
    return [shownValue(old, most), shownValue(next, most)];
  let begin = 0;
  while (begin < left.length && left[begin] === right[begin]) begin++;
  let end = 0;
  while (end < left.length - begin && end < right.length - begin && left.at(-1 - end) === right.at(-1 - end)) end++;
  const from = begin > around ? begin - around : 0;
  const part = (text: string): string => {
    const to = end > around ? text.length - end + around : text.length;
    const window = text.slice(from, Math.min(to, from + most));
    return `${from > 0 ? "…" : ""}${window}${from + window.length < text.length ? "…" : ""}`;
  };
  return [part(left), part(right)];
}
