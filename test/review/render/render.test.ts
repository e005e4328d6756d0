import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { type Page, renderHtml, renderJson, renderMarkdown, renderText, writeReport } from "../../../review/render";
import { CouldNotRun } from "../../../review/verdict";
import { findings, hostile, page, report } from "./samplePage";

const small: Page = {
  title: "Pair",
  verdict: "review",
  headline: "One to review.",
  sections: [
    {
      id: "counts",
      title: "Counts",
      blocks: [
        {
          kind: "table",
          columns: [{ title: "Connector" }, { title: "Objects", align: "right" }],
          rows: [
            ["contoso.com", "95123"],
            ["fabrikam|x", "7"],
          ],
        },
      ],
    },
  ],
};

describe("rendering a page", () => {
  it("prints text with the verdict first and numbers right-aligned", () => {
    assert.equal(
      renderText(small, { colour: false, width: 80 }),
      `Pair
====

[REVIEW] One to review.

Counts
======
Connector    Objects
contoso.com    95123
fabrikam|x         7
`,
    );
  });

  it("writes Markdown in which a name cannot become markup", () => {
    assert.equal(
      renderMarkdown(small),
      `# Pair

> **REVIEW** One to review.

## Counts

| Connector | Objects |
| --- | ---: |
| contoso.com | 95123 |
| fabrikam\\|x | 7 |
`,
    );
    const hostilePage = renderMarkdown(page);
    assert.ok(!hostilePage.includes("<script"));
    assert.ok(!/[^\\]\]\(/u.test(hostilePage), "no link");
  });

  it("keeps every line of text inside the width, colour or not", () => {
    for (const width of [40, 80, 120]) {
      const lines = renderText(page, { colour: false, width }).split("\n");
      for (const line of lines) assert.ok([...line].length <= Math.max(width, 64), `${width}: ${line}`);
    }
  });

  it("says the same with colour as without", () => {
    const coloured = renderText(page, { colour: true, width: 90 });
    assert.ok(coloured.includes("\u001b["));
    const plain = stripVTControlCharacters(coloured);
    const words = (text: string): string => text.split(/\s+/u).join(" ");
    assert.equal(words(plain), words(renderText(page, { colour: false, width: 90 })));
  });

  it("shows terminal escapes and direction overrides of evidence instead of sending them", () => {
    const text = renderText(page, { colour: false, width: 200 });
    const all = text + renderMarkdown(page) + renderHtml(page);
    for (const character of ["\u001b", "\u202e"]) assert.ok(!all.includes(character));
    assert.ok(text.includes("\\u{1b}[2J\\u{202e}"));
  });

  it("lays out cells of many lines, as documents have them", () => {
    const cell = Array.from({ length: 200 }, (_, index) => `person.attribute ← rule ${index}`).join("\n");
    const rows = Array.from({ length: 100 }, (_, index) => [`attribute${index}`, cell, cell]);
    const columns = [{ title: "Target" }, { title: "Written by" }, { title: "Fed by" }];
    const long: Page = {
      title: "Flows",
      sections: [{ id: "f", title: "F", blocks: [{ kind: "table", columns, rows }] }],
    };
    assert.equal(renderText(long, { colour: false, width: 120 }).split("\n").length, 5 + 1 + 100 * 200 + 1);
  });

  it("groups findings by severity, worst first", () => {
    const text = renderText(page, { colour: false, width: 90 });
    const places = ["Blocking (1)", "Warning (1)", "Information (1)"].map((title) => text.indexOf(title));
    assert.deepEqual(
      [...places].sort((a, b) => a - b),
      places,
    );
    assert.ok(places.every((place) => place > 0));
  });

  it("escapes hostile text everywhere in HTML and allows only its own script and style", () => {
    const html = renderHtml(page);
    assert.equal(html.match(/<script/gu)?.length, 1);
    assert.equal(html.match(/<style/gu)?.length, 1);
    assert.ok(!html.includes("<img"));
    assert.ok(!html.includes('" onfocus'));
    assert.match(html, /default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'/u);
    assert.ok(!/(src|href)="(?!#)/u.test(html), "nothing refers to anything outside the file");
  });

  it("is the same every time", () => {
    assert.equal(renderHtml(page), renderHtml(structuredClone(page)));
    assert.equal(renderMarkdown(page), renderMarkdown(structuredClone(page)));
  });

  it("writes JSON that reads back as the report, hostile names included", () => {
    const read = JSON.parse(renderJson(report)) as typeof report;
    assert.deepEqual(read, { verdict: "blocked", findings: [...findings], summary: { compared: 3 } });
    assert.equal(read.findings.find((finding) => finding.code === "hostile-name")?.subject, hostile);
    assert.deepEqual(Object.keys(read), ["verdict", "findings", "summary"]);
  });
});

describe("writing a report", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "report-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("replaces the file as a whole and leaves nothing beside it", async () => {
    const output = join(folder, "report.md");
    writeFileSync(output, "old");
    await writeReport({ page: small, report, format: "markdown", output });
    assert.equal(readFileSync(output, "utf8"), renderMarkdown(small));
    assert.deepEqual(readdirSync(folder), ["report.md"]);
  });

  it("says where and what to do when the file cannot be written, and leaves nothing behind", async () => {
    mkdirSync(join(folder, "taken"));
    await assert.rejects(
      writeReport({ page: small, report, format: "html", output: join(folder, "taken") }),
      (error) => {
        assert.ok(error instanceof CouldNotRun);
        assert.match(error.message, /taken.*\nNothing was written/su);
        return true;
      },
    );
    await assert.rejects(
      writeReport({ page: small, report, format: "html", output: join(folder, "none", "x.html") }),
      CouldNotRun,
    );
    assert.deepEqual(readdirSync(folder), ["taken"]);
  });

  it("prints plain text of a fixed width where there is no terminal, and survives a reader that closes early", () => {
    const program = `
      const { writeReport } = require(${JSON.stringify(join(__dirname, "../../../review/render"))});
      const page = { title: "Long", sections: [{ id: "a", title: "A", blocks: [{ kind: "list", items: Array(200000).fill("item") }] }] };
      writeReport({ page, report: { verdict: "ok", findings: [], summary: {} }, format: "text" }).then(() => process.exit(0), (e) => { console.error(e); process.exit(1); });`;
    const file = join(folder, "print.js");
    writeFileSync(file, program);
    const shell = (command: string): string => execFileSync("sh", ["-c", command], { encoding: "utf8" });
    assert.equal(shell(`"${process.execPath}" "${file}" | wc -l`).trim(), "200005");
    assert.equal(shell(`"${process.execPath}" "${file}" | head -1; exit 0`), "Long\n");
  });
});
