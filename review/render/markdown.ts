import type { Finding } from "../verdict";
import type { Block, Cell, Page, Section, SideBySideRow } from "./page";
import { tableOf as pictureTable } from "./pictures";
import { shorterPages } from "./shorter";
import { findingDetails, groupFindings, verdictWords, visible, wordedSections } from "./visible";

const marks: Record<SideBySideRow["state"], string> = {
  same: "",
  changed: "changed",
  "only-left": "only left",
  "only-right": "only right",
};

/** A comment on GitHub or Azure DevOps holds some 65,000 characters. */
export const mostMarkdown = 60_000;

/**
 * GitHub's Markdown. Line breaks in cells become `<br>`; nothing else of the text is markup. A report that is longer than
 * a comment may be is shortened, the least severe first, and says so; a document (without a verdict) never is.
 */
export function renderMarkdown(page: Page, most: number = mostMarkdown): string {
  const { marker } = page;
  if (marker === undefined) return fitting(page, most);
  // Nothing in it may end the comment.
  const comment = `<!-- ${visible(marker)
    .replace(/\s+/gu, " ")
    .replace(/[<>]|-(?=-)|-$/gu, "")} -->\n`;
  return comment + fitting(page, most - comment.length);
}

function fitting(page: Page, most: number): string {
  const whole = wholeMarkdown(page);
  if (page.verdict === undefined || whole.length <= most) return whole;
  let shortest = whole;
  for (const shorter of shorterPages({ ...page, sections: wordedSections(page), made: undefined })) {
    shortest = wholeMarkdown(shorter);
    if (shortest.length <= most) return shortest;
  }
  return shortest.slice(0, most);
}

function wholeMarkdown(page: Page): string {
  const parts = [`# ${inline(page.title)}`];
  if (page.subtitle) parts.push(inline(page.subtitle));
  if (page.verdict || page.headline) {
    const word = page.verdict ? `**${verdictWords[page.verdict]}**` : "";
    parts.push(`> ${[word, inline(page.headline ?? "")].filter((part) => part !== "").join(" ")}`);
  }
  for (const section of wordedSections(page)) parts.push(...sectionParts(section, 2));
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function sectionParts(section: Section, level: number): string[] {
  const inside = [
    ...section.blocks.map(blockPart),
    ...(section.sections ?? []).flatMap((child) => sectionParts(child, level + 1)),
  ];
  if (section.folded !== "everywhere") return [`${"#".repeat(Math.min(level, 6))} ${inline(section.title)}`, ...inside];
  // GitHub and Azure DevOps need an empty line behind the summary; in it Markdown is not read.
  const title = visible(section.title).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return [`<details>\n<summary><b>${title}</b></summary>`, ...inside, "</details>"];
}

function blockPart(block: Block): string {
  switch (block.kind) {
    case "paragraph":
      return visible(block.text)
        .split("\n")
        .map((line) => escapeLine(line))
        .join("\\\n");
    case "list":
      return block.items
        .map((item, index) => `${block.start === undefined ? "-" : `${block.start + index}.`} ${inline(item)}`)
        .join("\n");
    case "facts":
      return block.rows.map((row) => `- **${inline(row.label)}:** ${inline(row.value)}`).join("\n");
    case "table": {
      const head = block.columns.map((column) => cellText({ text: column.title }));
      const rule = block.columns.map((column) => (column.align === "right" ? "---:" : "---"));
      const rows = block.rows.map((row) =>
        block.columns.map((_, index) => {
          const cell = row[index] ?? "";
          return cellText(typeof cell === "string" ? { text: cell } : cell);
        }),
      );
      const caption = block.caption ? `${inline(block.caption)}\n\n` : "";
      return rows.length === 0 ? `${caption}(none)` : caption + tableOf(head, rule, rows);
    }
    case "bars":
    case "order":
    case "beforeAfter":
      return blockPart(pictureTable(block));
    case "findings":
      return findingsPart(block.findings);
    case "sideBySide":
      return tableOf(
        ["", "", cellText({ text: block.left }), cellText({ text: block.right })],
        ["---", "---", "---", "---"],
        block.rows.map((row) => [
          marks[row.state],
          cellText({ text: row.label ?? "" }),
          cellText({ text: row.left ?? "" }),
          cellText({ text: row.right ?? "" }),
        ]),
      );
    case "code": {
      const text = visible(block.text);
      const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
      return `${fence}\n${text}\n${fence}`;
    }
  }
}

function findingsPart(findings: readonly Finding[]): string {
  if (findings.length === 0) return "No findings.";
  return groupFindings(findings)
    .map((group) => {
      const items = group.findings.map((finding) => {
        const details = findingDetails(finding).map((row) => `  - ${row.label}: ${inline(row.value)}`);
        return [`- **${inline(finding.title)}**`, ...details].join("\n");
      });
      return `**${group.title}**\n\n${items.join("\n")}`;
    })
    .join("\n\n");
}

function tableOf(head: readonly string[], rule: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function cellText(cell: Cell): string {
  const text = visible(cell.text);
  if (!cell.code || text === "") return inline(text);
  return text
    .split("\n")
    .map((line) => {
      const fence = "`".repeat(longestRun(line) + 1);
      const pad = line.startsWith("`") || line.endsWith("`") ? " " : "";
      return line === "" ? "" : `${fence}${pad}${line.replaceAll("|", "\\|")}${pad}${fence}`;
    })
    .join("<br>");
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/gu) ?? []).map((run) => run.length));
}

function inline(text: string): string {
  return visible(text)
    .split("\n")
    .map((line) => escapeLine(line))
    .join("<br>");
}

/** Every character that could start markup, anywhere; block markers only where they would count, at the start. */
function escapeLine(line: string): string {
  return (
    line
      .replaceAll("&", "&amp;")
      .replace(/[\\`*_[\]|~]/gu, "\\$&")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      // A name calls nobody: the comment parts `@` from what follows, and is not shown.
      .replace(/(^|[^\w])@(?=[\w-])/gu, "$1@<!-- -->")
      .replace(/^(\s*)([#+=-])/u, "$1\\$2")
      .replace(/^(\s*\d+)([.)])(?=\s|$)/u, "$1\\$2")
  );
}
