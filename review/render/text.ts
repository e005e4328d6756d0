import { createColors } from "picocolors";
import type { Finding, Outcome, Severity } from "../verdict";
import type { Block, Cell, Page, Section, SideBySideRow, Tone } from "./page";
import { tableOf } from "./pictures";
import { findingDetails, groupFindings, verdictWords, visible, wordedSections } from "./visible";
import { fitColumns, lengthOf, wrap } from "./wrap";

export interface TextOptions {
  readonly colour: boolean;
  /** Columns of the terminal. */
  readonly width: number;
}

type Paint = (text: string) => string;

interface Pen extends TextOptions {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly tone: Record<Tone, Paint>;
  readonly verdict: Record<Outcome, Paint>;
  readonly severity: Record<Severity, Paint>;
}

const marks: Record<SideBySideRow["state"], string> = { same: " ", changed: "~", "only-left": "-", "only-right": "+" };
const stateTones: Record<SideBySideRow["state"], Tone> = {
  same: "muted",
  changed: "attention",
  "only-left": "bad",
  "only-right": "good",
};

/** For a terminal. Without colour it carries the same information. */
export function renderText(page: Page, options: TextOptions): string {
  const pen = penOf(options);
  const lines = [pen.bold(visible(page.title)), "=".repeat(Math.min(lengthOf(page.title), pen.width))];
  if (page.subtitle) lines.push(...wrap(visible(page.subtitle), pen.width));
  if (page.verdict || page.headline) {
    const word = page.verdict ? `[${verdictWords[page.verdict]}] ` : "";
    const [first = "", ...rest] = wrap(word + visible(page.headline ?? ""), pen.width);
    const paint: Paint = page.verdict ? pen.verdict[page.verdict] : (text) => text;
    lines.push("", paint(first.slice(0, word.length)) + first.slice(word.length), ...rest);
  }
  for (const section of wordedSections(page)) for (const line of sectionLines(section, 1, pen)) lines.push(line);
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}

function penOf(options: TextOptions): Pen {
  const c = createColors(options.colour);
  const plain: Paint = (text) => text;
  return {
    colour: options.colour,
    width: Math.max(40, options.width),
    bold: c.bold,
    dim: c.dim,
    tone: { neutral: plain, good: c.green, attention: c.yellow, bad: c.red, muted: c.dim },
    verdict: {
      ok: (text) => c.bold(c.green(text)),
      review: (text) => c.bold(c.yellow(text)),
      blocked: (text) => c.bold(c.red(text)),
      couldNotRun: (text) => c.bold(c.red(text)),
    },
    severity: { info: c.cyan, warning: c.yellow, blocking: c.red },
  };
}

function* sectionLines(section: Section, depth: number, pen: Pen): Iterable<string> {
  const title = visible(section.title);
  yield "";
  yield pen.bold(title);
  if (depth <= 2) yield (depth === 1 ? "=" : "-").repeat(Math.min(lengthOf(title), pen.width));
  for (const [index, block] of section.blocks.entries()) {
    if (index > 0) yield "";
    yield* blockLines(block, pen);
  }
  for (const child of section.sections ?? []) yield* sectionLines(child, depth + 1, pen);
}

function blockLines(block: Block, pen: Pen): string[] {
  switch (block.kind) {
    case "paragraph":
      return wrap(visible(block.text), pen.width).map(pen.tone[block.tone ?? "neutral"]);
    case "list":
      return block.items.flatMap((item, index) =>
        hanging(block.start === undefined ? "  - " : `  ${block.start + index}. `, item, pen),
      );
    case "facts":
      return labelled(block.rows, "", pen);
    case "table": {
      const rows = block.rows.map((row) => row.map((cell): Cell => (typeof cell === "string" ? { text: cell } : cell)));
      const caption = block.caption ? wrap(visible(block.caption), pen.width) : [];
      return [...caption, ...tableLines(block.columns, rows, pen)];
    }
    case "bars":
    case "order":
    case "beforeAfter":
      return blockLines(tableOf(block), pen);
    case "findings":
      return findingLines(block.findings, pen);
    case "sideBySide":
      return tableLines(
        [{ title: "" }, { title: "" }, { title: block.left }, { title: block.right }],
        block.rows.map((row) => {
          const tone = stateTones[row.state];
          return [
            { text: marks[row.state], tone },
            { text: row.label ?? "" },
            { text: row.left ?? "", tone },
            { text: row.right ?? "", tone },
          ];
        }),
        pen,
      );
    case "code":
      return visible(block.text)
        .split("\n")
        .map((line) => `    ${line}`);
  }
}

function hanging(lead: string, text: string, pen: Pen): string[] {
  return wrap(visible(text), pen.width - lead.length).map(
    (line, index) => (index === 0 ? lead : " ".repeat(lead.length)) + line,
  );
}

function labelled(rows: readonly { label: string; value: string }[], indent: string, pen: Pen): string[] {
  const longest = rows.reduce((length, row) => Math.max(length, lengthOf(visible(row.label))), 0);
  const widest = Math.min(longest, Math.floor(pen.width / 2) - indent.length);
  return rows.flatMap((row) => {
    const label = visible(row.label);
    const lead = `${indent}${pen.dim(label)}${" ".repeat(Math.max(0, widest - lengthOf(label)))}  `;
    const room = pen.width - indent.length - widest - 2;
    const fits = lengthOf(label) <= widest;
    const lines = wrap(visible(row.value), room);
    const margin = " ".repeat(indent.length + widest + 2);
    if (!fits) return [lead.trimEnd(), ...lines.map((line) => margin + line)];
    return lines.map((line, index) => (index === 0 ? lead : margin) + line);
  });
}

function findingLines(findings: readonly Finding[], pen: Pen): string[] {
  if (findings.length === 0) return ["No findings."];
  return groupFindings(findings).flatMap((group, index) => [
    ...(index > 0 ? [""] : []),
    pen.severity[group.severity](group.title),
    ...group.findings.flatMap((finding) => [
      "",
      ...hanging("  * ", finding.title, pen).map(pen.bold),
      ...labelled(findingDetails(finding), "    ", pen),
    ]),
  ]);
}

function tableLines(
  columns: readonly { readonly title: string; readonly align?: "left" | "right" }[],
  rows: readonly (readonly Cell[])[],
  pen: Pen,
): string[] {
  if (rows.length === 0) return [pen.dim("(none)")];
  const natural = columns.map((column, index) =>
    Math.max(
      1,
      lengthOf(visible(column.title)),
      ...rows.map((row) =>
        Math.max(
          ...visible(row[index]?.text ?? "")
            .split("\n")
            .map(lengthOf),
        ),
      ),
    ),
  );
  // Two spaces between columns and nothing else: the rows stay readable in a narrow terminal and in a log.
  const widths = fitColumns(natural, pen.width - 2 * (columns.length - 1), 8);
  const line = (cells: readonly Cell[], paintAll?: Paint): string[] => {
    const wrapped = columns.map((_, index) => wrap(visible(cells[index]?.text ?? ""), widths[index] ?? 1));
    const height = Math.max(...wrapped.map((lines) => lines.length));
    return Array.from({ length: height }, (_, at) =>
      columns
        .map((column, index) => {
          const text = wrapped[index]?.[at] ?? "";
          const space = " ".repeat(Math.max(0, (widths[index] ?? 0) - lengthOf(text)));
          const paint = paintAll ?? pen.tone[cells[index]?.tone ?? "neutral"];
          const painted = text === "" ? "" : paint(text);
          return column.align === "right" ? space + painted : painted + space;
        })
        .join("  "),
    );
  };
  return [
    line(
      columns.map((column) => ({ text: column.title })),
      pen.bold,
    ),
    ...rows.map((row) => line(row)),
  ].flat();
}
