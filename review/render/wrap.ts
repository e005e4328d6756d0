/**
 * Lines of at most `width` characters, broken at spaces. A word that alone is longer is broken inside, or, with `whole`,
 * stands in a line of its own: an id that somebody is to copy is worth more than the width.
 */
export function wrap(text: string, width: number, longWords: "broken" | "whole" = "broken"): string[] {
  return text.split("\n").flatMap((line) => wrapLine(line.trimEnd(), Math.max(1, width), longWords === "broken"));
}

function wrapLine(line: string, width: number, breaks: boolean): string[] {
  if (lengthOf(line) <= width) return [line];
  // What goes on below a bullet or a number stands under its text, not under its mark.
  const [, blanks = "", mark = ""] = /^( *)((?:[-*•]|\d{1,2}[.)]) +)?/u.exec(line) ?? [];
  const room = Math.floor(width / 2);
  const first = blanks.slice(0, room);
  const indent = " ".repeat(Math.min(room, blanks.length + (mark === "" ? 0 : mark.trimEnd().length + 1)));
  const lines: string[] = [];
  let current = first;
  let empty = true;
  for (const word of line.trim().split(/ +/u)) {
    if (!empty && lengthOf(current) + 1 + lengthOf(word) <= width) {
      current += ` ${word}`;
      continue;
    }
    if (!empty) {
      lines.push(current);
      current = indent;
    }
    const rest = [...word];
    while (breaks && rest.length > width - lengthOf(current)) {
      lines.push(current + rest.splice(0, width - lengthOf(current)).join(""));
      current = indent;
    }
    current += rest.join("");
    empty = false;
  }
  if (!empty) lines.push(current);
  return lines;
}

/** Code points, near enough to columns for names and expressions. */
export function lengthOf(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/**
 * Widths for columns whose natural widths do not fit: the widest give way first, none below `least`
 * (or its natural width, where that is smaller).
 */
export function fitColumns(natural: readonly number[], available: number, least: number): number[] {
  const widths = [...natural];
  let over = widths.reduce((sum, width) => sum + width, 0) - available;
  while (over > 0) {
    const widest = Math.max(...widths);
    if (widest <= least) break;
    const second = Math.max(least, ...widths.filter((width) => width < widest));
    const members = widths.flatMap((width, index) => (width === widest ? [index] : []));
    const cut = Math.max(1, Math.min(widest - second, Math.floor(over / members.length)));
    for (const index of members) {
      if (over <= 0) break;
      widths[index] = widest - cut;
      over -= cut;
    }
  }
  return widths;
}
