import type { BeforeAfterBlock, BeforeAfterRow, Block } from "./page";
import { shortened, svg, text } from "./svg";

type Table = Extract<Block, { kind: "table" }>;

/** The same as a table, for those who cannot see the picture. */
export function beforeAfterTable({ caption, before, after, rows }: BeforeAfterBlock): Table {
  return {
    kind: "table",
    caption,
    columns: [{ title: "Part" }, { title: "What" }, { title: before }, { title: after }],
    rows: rows.map((row) => [row.group, row.name, row.before ?? "none", { text: row.after ?? "none", tone: row.tone }]),
  };
}

const [width, box, height, gap, heading] = [700, 300, 48, 10, 34] as const;

/** Two columns of boxes, what belongs together joined by a line; what is not there is a dashed box. */
export function beforeAfterPicture(block: BeforeAfterBlock): string {
  let y = heading;
  let group = "";
  const parts: string[] = [
    `<text x="0" y="18" class="head">${text(block.before)}</text>`,
    `<text x="${width - box}" y="18" class="head">${text(block.after)}</text>`,
  ];
  for (const row of block.rows) {
    if (row.group !== group) {
      group = row.group;
      y += 22;
      parts.push(`<text x="0" y="${y}" class="group">${text(group)}</text>`);
      y += 10;
    }
    const middle = y + height / 2;
    parts.push(
      boxOf(0, y, row, row.before, "neutral"),
      `<line x1="${box + 6}" y1="${middle}" x2="${width - box - 6}" y2="${middle}" class="${row.tone === "muted" ? "level" : "crossing"}"/>`,
      boxOf(width - box, y, row, row.after, row.tone),
    );
    y += height + gap;
  }
  const spoken = block.rows.map(
    ({ group: part, name, before, after }) => `${part}, ${name}: ${before ?? "none"}, then ${after ?? "none"}`,
  );
  return svg(width, y, block.caption, spoken.join("; "), parts.join(""));
}

function boxOf(
  x: number,
  y: number,
  { name }: BeforeAfterRow,
  words: string | null,
  tone: BeforeAfterRow["tone"],
): string {
  const kind = words === null ? "none" : tone;
  const inside =
    words === null
      ? `<text x="${x + 10}" y="${y + 29}" class="small quiet">not there</text>`
      : `<text x="${x + 10}" y="${y + 20}">${text(shortened(name, 32))}</text><text x="${x + 10}" y="${y + 39}" class="small">${text(shortened(words, 38))}</text>`;
  return `<rect x="${x + 1}" y="${y + 1}" width="${box - 2}" height="${height - 2}" rx="6" class="box ${kind}"/>${inside}`;
}
