import { createHash } from "node:crypto";
import type * as diff from "diff";
import { escape as escapeHtml } from "html-escaper";
import type { Finding } from "../verdict";
import { script, style } from "./htmlStyle";
import type { Block, Cell, Page, Section, SideBySideRow } from "./page";
import { picture, tableOf } from "./pictures";
import { allSections, findingDetails, groupFindings, severityWords, verdictWords, visible } from "./visible";

type Table = Extract<Block, { kind: "table" }>;

const stateWords: Record<SideBySideRow["state"], string> = {
  same: "same",
  changed: "changed",
  "only-left": "only left",
  "only-right": "only right",
};

/** Word differences are marked up to this length; longer texts are only shown beside each other. */
const longestMarkedText = 4000;

/**
 * One self-contained file: nothing is loaded, nothing needs the script. The policy in the head allows exactly the
 * style and the script below by their hash, so that a slip in escaping could still not run anything.
 */
export function renderHtml(page: Page): string {
  const policy = [
    "default-src 'none'",
    `style-src '${digest(style)}'`,
    `script-src '${digest(script)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const sections = allSections(page);
  const comparing = sections.some(hasSideBySide);
  const navigated = sections.length > 1;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(page.verdict ? `${verdictWords[page.verdict]}: ${page.title}` : page.title)}</title>
<style>${style}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header>
<h1>${text(page.title)}</h1>
${page.subtitle ? `<p class="subtitle">${text(page.subtitle)}</p>\n` : ""}${banner(page)}</header>
${tools(comparing)}<div class="frame${navigated ? " navigated" : ""}">
${navigated ? navigation(sections) : ""}<main id="main" tabindex="-1">
${sections.map((section) => sectionHtml(section, 2)).join("\n")}
</main>
</div>
<script>${script}</script>
</body>
</html>
`;
}

function digest(content: string): string {
  return `sha256-${createHash("sha256").update(content).digest("base64")}`;
}

function text(value: string): string {
  return escapeHtml(visible(value));
}

function banner(page: Page): string {
  if (!page.verdict) return page.headline ? `<p>${text(page.headline)}</p>\n` : "";
  const word = verdictWords[page.verdict];
  return `<p class="verdict ${page.verdict}"><strong>${word}</strong> <span>${text(page.headline ?? "")}</span></p>\n`;
}

/** Without script the bar shows only what works without it (a checkbox and a style rule). */
function tools(comparing: boolean): string {
  const only = `<label><input type="checkbox" id="only-differences"> Only differences</label>`;
  return `<div class="tools"${comparing ? "" : " hidden"}><div>
<form role="search" hidden><label for="filter">Filter</label> <input type="search" id="filter" autocomplete="off" spellcheck="false"> <span id="count" class="count" role="status"></span></form>
${comparing ? `${only}\n` : ""}</div></div>
`;
}

function hasSideBySide(section: Section): boolean {
  return section.blocks.some((block) => block.kind === "sideBySide") || (section.sections ?? []).some(hasSideBySide);
}

function navigation(sections: readonly Section[]): string {
  const links = (members: readonly Section[], depth: number): string =>
    `<ul>${members
      .map((section) => {
        const children = depth < 2 && section.sections?.length ? links(section.sections, depth + 1) : "";
        return `<li><a href="#${anchor(section.id)}">${text(section.title)}</a>${children}</li>`;
      })
      .join("\n")}</ul>`;
  return `<nav aria-labelledby="contents"><h2 id="contents">Contents</h2>${links(sections, 1)}</nav>\n`;
}

/** As an id and behind a # alike: what is not a plain word character is written as its code. */
function anchor(id: string): string {
  return `s-${id.replace(/[^A-Za-z0-9_-]/gu, (character) => `.${character.codePointAt(0)?.toString(16)}.`)}`;
}

function sectionHtml(section: Section, level: number): string {
  const id = anchor(section.id);
  const heading = `<h${Math.min(level, 6)} id="${id}-h">${text(section.title)}</h${Math.min(level, 6)}>`;
  const body = [
    ...section.blocks.map((block) => blockHtml(block, section, level)),
    ...(section.sections ?? []).map((child) => sectionHtml(child, level + 1)),
  ].join("\n");
  const inner = section.folded ? `<details><summary>${heading}</summary>\n${body}\n</details>` : `${heading}\n${body}`;
  return `<section id="${id}" aria-labelledby="${id}-h" data-title="${text(section.title)}">\n${inner}\n</section>`;
}

function blockHtml(block: Block, section: Section, level: number): string {
  switch (block.kind) {
    case "paragraph":
      return `<p class="lines${tone(block.tone)}" data-entry>${text(block.text)}</p>`;
    case "list":
      return list(block.items, block.start);
    case "facts":
      return facts(block.rows, " data-entry");
    case "table":
      return table(block, section);
    case "bars":
    case "order":
    case "beforeAfter":
      return `<figure data-entry><figcaption>${text(block.caption)}</figcaption>${picture(block)}
<details><summary>The same as a table</summary>${table({ ...tableOf(block), caption: undefined }, section)}</details></figure>`;
    case "findings":
      return findings(block.findings, level);
    case "sideBySide":
      return sideBySide(block.left, block.right, block.rows, section);
    case "code":
      return `<pre data-entry tabindex="0"><code>${text(block.text)}</code></pre>`;
  }
}

function tone(name: Cell["tone"]): string {
  return name && name !== "neutral" ? ` ${name}` : "";
}

function list(items: readonly string[], start: number | undefined): string {
  const entries = items.map((item) => `<li class="lines" data-entry>${text(item)}</li>`).join("\n");
  return start === undefined ? `<ul>${entries}</ul>` : `<ol start="${start}">${entries}</ol>`;
}

function facts(rows: readonly { label: string; value: string }[], entry: string): string {
  const items = rows.map((row) => `<div${entry}><dt>${text(row.label)}</dt><dd>${text(row.value)}</dd></div>`);
  return `<dl>${items.join("\n")}</dl>`;
}

function table(block: Table, section: Section): string {
  if (block.rows.length === 0) {
    return `<p class="muted" data-entry>${text(block.caption ? `${block.caption}: none` : "(none)")}</p>`;
  }
  const name = block.caption ? "" : ` aria-label="${text(section.title)}"`;
  const stacked = block.columns.length >= fromColumns && block.rows.length <= mostStacked;
  const caption = block.caption ? `<caption>${text(block.caption)}</caption>` : "";
  const head = block.columns.map(
    (column) => `<th scope="col"${column.align === "right" ? ' class="right"' : ""}>${text(column.title)}</th>`,
  );
  const rows = block.rows.map((row) => {
    const cells = block.columns.map((column, index) => {
      const given = row[index] ?? "";
      const cell: Cell = typeof given === "string" ? { text: given } : given;
      const classes = `${column.align === "right" ? "right" : ""}${tone(cell.tone)}`.trim();
      const attributes = classes === "" ? "" : ` class="${classes}"`;
      const content = cell.code && cell.text !== "" ? `<code>${text(cell.text)}</code>` : text(cell.text);
      return index === 0 && block.columns.length > 1
        ? `<th scope="row"${attributes}>${content}</th>`
        : `<td${attributes}${stacked ? ` data-label="${text(column.title)}"` : ""}>${content}</td>`;
    });
    return `<tr data-entry>${cells.join("")}</tr>`;
  });
  return scrolling(
    `<table${name}${stacked ? ' class="stacked"' : ""}>${caption}<thead><tr>${head.join("")}</tr></thead>\n<tbody>${rows.join("\n")}</tbody></table>`,
    block.columns.length > 4 ? (block.caption ?? section.title) : undefined,
  );
}

/** On a narrow screen the cells of such tables stand below each other, each with its column's name. */
const fromColumns = 4;
const mostStacked = 500;

/** Wide tables scroll by themselves and can be reached with the keyboard; narrow ones break their words instead. */
function scrolling(html: string, label: string | undefined): string {
  if (label === undefined) return `<div class="scroll" data-group>${html}</div>`;
  return `<div class="scroll" data-group role="region" tabindex="0" aria-label="${text(label)}">${html}</div>`;
}

function findings(members: readonly Finding[], level: number): string {
  if (members.length === 0) return `<p class="muted">No findings.</p>`;
  const rank = Math.min(level + 1, 6);
  return groupFindings(members)
    .map((group) => {
      const items = group.findings.map(
        (
          finding,
        ) => `<li${finding.id === undefined ? "" : ` id="f-${anchor(finding.id)}"`} class="finding ${finding.severity}" data-entry>
<p><span class="severity">${finding.accepted === undefined ? severityWords[finding.severity] : "Accepted"}</span><strong>${text(finding.title)}</strong></p>
${facts(findingDetails(finding), "")}${links(finding)}</li>`,
      );
      return `<div data-group><h${rank}>${text(group.title)}</h${rank}>
<ul class="findings">${items.join("\n")}</ul></div>`;
    })
    .join("\n");
}

/** To the details, and to itself, so that a mail can point at one finding. */
function links({ id, section }: Finding): string {
  const details = section === undefined ? "" : `<a href="#${anchor(section)}">Details</a>`;
  const self = id === undefined ? "" : `<a href="#f-${anchor(id)}">Link to this finding</a>`;
  return details + self === ""
    ? ""
    : `\n<p class="links">${[details, self].filter((link) => link !== "").join(" · ")}</p>`;
}

function sideBySide(left: string, right: string, rows: readonly SideBySideRow[], section: Section): string {
  const body = rows.map((row) => {
    const [before, after] = marked(row);
    return `<tr class="${row.state}" data-entry><th scope="row">${text(row.label ?? "")}</th><td class="state">${stateWords[row.state]}</td><td data-label="${text(left)}">${before}</td><td data-label="${text(right)}">${after}</td></tr>`;
  });
  const label = `${section.title}: ${left} and ${right}`;
  return scrolling(
    `<table class="sides" aria-label="${text(label)}"><thead><tr><th scope="col">What</th><th scope="col">State</th><th scope="col">${text(left)}</th><th scope="col">${text(right)}</th></tr></thead>
<tbody>${body.join("\n")}</tbody></table>`,
    undefined,
  );
}

/** Both texts with the words that differ marked. */
function marked(row: SideBySideRow): [string, string] {
  const left = row.left ?? "";
  const right = row.right ?? "";
  if (row.state !== "changed" || left.length + right.length > longestMarkedText) return [text(left), text(right)];
  // Loaded where a page has such a row: this module is part of every preview.
  const { diffWordsWithSpace } = require("diff") as typeof diff;
  let before = "";
  let after = "";
  for (const part of diffWordsWithSpace(visible(left), visible(right))) {
    const piece = text(part.value);
    if (!part.added) before += part.removed ? `<mark>${piece}</mark>` : piece;
    if (!part.removed) after += part.added ? `<mark>${piece}</mark>` : piece;
  }
  return [before, after];
}
