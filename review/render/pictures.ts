import { beforeAfterPicture, beforeAfterTable } from "./beforeAfter";
import type { BarsBlock, BeforeAfterBlock, Block, OrderBlock } from "./page";
import { shortened, svg, text } from "./svg";

type Table = Extract<Block, { kind: "table" }>;

/** The same as a table: what text and Markdown show, and what stands under each picture for those who cannot see it. */
export function tableOf(block: BarsBlock | OrderBlock | BeforeAfterBlock): Table {
  if (block.kind === "beforeAfter") return beforeAfterTable(block);
  if (block.kind === "bars") {
    const totals = block.rows.map(({ values }) => values.reduce((sum, value) => sum + value, 0));
    const several = block.parts.length > 1;
    return {
      kind: "table",
      caption: block.caption,
      columns: [
        { title: block.what },
        ...block.parts.map((title) => ({ title, align: "right" as const })),
        ...(several ? [{ title: "all", align: "right" as const }] : []),
      ],
      rows: block.rows.map(({ label, values }, index) => [
        label,
        ...values.map(String),
        ...(several ? [String(totals[index])] : []),
      ]),
    };
  }
  const { left, right } = block;
  const rows = Math.max(left.items.length, right.items.length);
  return {
    kind: "table",
    caption: block.caption,
    columns: [{ title: "Place", align: "right" }, { title: left.title }, { title: right.title }],
    rows: Array.from({ length: rows }, (_, index) => {
      const [here = "", there = ""] = [left.items[index], right.items[index]];
      const tone = here === there ? ("muted" as const) : ("attention" as const);
      return [String(index + 1), { text: here, tone }, { text: there, tone }];
    }),
  };
}

export function picture(block: BarsBlock | OrderBlock | BeforeAfterBlock): string {
  if (block.kind === "beforeAfter") return beforeAfterPicture(block);
  return block.kind === "bars" ? bars(block) : order(block);
}

const line = 44;
const barWidth = 620;

function bars({ caption, parts, rows }: BarsBlock): string {
  const most = Math.max(1, ...rows.map(({ values }) => values.reduce((sum, value) => sum + value, 0)));
  const scale = barWidth / most;
  const body = rows.map(({ label, values }, index) => {
    const y = 30 + index * line;
    let x = 0;
    const pieces = values.map((value, part) => {
      const width = value === 0 ? 0 : Math.max(2, value * scale);
      const piece =
        width === 0
          ? ""
          : `<rect x="${x.toFixed(1)}" y="${y + 6}" width="${width.toFixed(1)}" height="16" class="part${part % 5}"/>`;
      x += width;
      return piece;
    });
    const total = values.reduce((sum, value) => sum + value, 0);
    return `<text x="0" y="${y}">${text(shortened(label, 78))}</text>${pieces.join("")}<text x="${(x + 6).toFixed(1)}" y="${y + 19}">${total}</text>`;
  });
  const legend =
    parts.length < 2
      ? ""
      : parts
          .map((part, index) => {
            const y = 30 + rows.length * line + index * 24;
            return `<rect x="0" y="${y - 11}" width="14" height="14" class="part${index % 5}"/><text x="22" y="${y + 1}">${text(shortened(part, 60))}</text>`;
          })
          .join("");
  const height = 20 + rows.length * line + (parts.length < 2 ? 0 : parts.length * 24 + 10);
  const spoken = rows.map(
    ({ label, values }) => `${label}: ${values.map((value, i) => `${value} ${parts[i] ?? ""}`).join(", ")}`,
  );
  return svg(700, height, caption, spoken.join("; "), body.join("") + legend);
}

/** The same item on both sides is joined; a line that is not level says that its place differs. */
function order({ caption, left, right }: OrderBlock): string {
  const rows = Math.max(left.items.length, right.items.length);
  const y = (index: number) => 56 + index * 30;
  const side = (items: readonly string[], other: readonly string[], x: number) =>
    items
      .map((item, index) => {
        const state = other[index] === item ? "" : other.includes(item) ? ' class="moved"' : ' class="gone"';
        return `<text x="${x}" y="${y(index)}"${state}>${index + 1}. ${text(shortened(item, 28))}</text>`;
      })
      .join("");
  const lines = left.items.map((item, index) => {
    const there = right.items.indexOf(item);
    if (there < 0) return "";
    return `<line x1="300" y1="${y(index) - 5}" x2="396" y2="${y(there) - 5}" class="${there === index ? "level" : "crossing"}"/>`;
  });
  const head = `<text x="0" y="22" class="head">${text(left.title)}</text><text x="404" y="22" class="head">${text(right.title)}</text>`;
  const spoken = `${left.title}: ${left.items.join(", then ") || "nobody"}. ${right.title}: ${right.items.join(", then ") || "nobody"}.`;
  return svg(
    700,
    50 + rows * 30,
    caption,
    spoken,
    head + lines.join("") + side(left.items, right.items, 0) + side(right.items, left.items, 404),
  );
}
