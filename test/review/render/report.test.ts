import { strict as assert } from "node:assert";
import { renderHtml, renderMarkdown, renderText, todoSection } from "../../../review/render";
import { headlineOf } from "../../../review/render/headline";
import type { Page } from "../../../review/render/page";
import { type Finding, identified, type Severity, type Tool } from "../../../review/verdict";

const finding = (code: string, severity: Severity, more: Partial<Finding> = {}): Finding => ({
  code,
  severity,
  class: "x",
  subject: "contoso.com",
  title: `contoso.com: ${code}.`,
  active: null,
  staging: null,
  cause: "because",
  next: "",
  ...more,
});

describe("a report for a change board", () => {
  const pageOf = (findings: readonly Finding[], more: Partial<Page> = {}): Page => {
    const todo = todoSection(findings);
    return {
      title: "Report",
      verdict: "blocked",
      headline: headlineOf(findings, "good"),
      sections: [
        { id: "findings", title: "Findings", blocks: [{ kind: "findings", findings }] },
        ...(todo === undefined ? [] : [todo]),
      ],
      ...more,
    };
  };

  it("has a headline that says what blocks, and how much more there is", () => {
    const [a, b, c] = [finding("a", "blocking"), finding("b", "blocking"), finding("c", "warning")];
    assert.equal(headlineOf([c, a, b], "good"), "contoso.com: a. 1 more blocks. 1 more to look at.");
    assert.equal(headlineOf([c], "good"), "contoso.com: c.");
    const accepted = { reason: "r", until: "2026-12-31", by: null, severity: "warning" } as const;
    assert.equal(headlineOf([{ ...c, severity: "info", accepted }], "Good."), "Good. 1 accepted.");
  });

  it("has one list of things to do, by tool, each thing once and what blocks first", () => {
    const todo = (tool: Tool, next: string) => ({ tool, next });
    const section = todoSection(
      identified([
        finding("b", "warning", todo("wizard", "Open it.")),
        finding("a", "blocking", todo("wizard", "Close it.")),
        finding("d", "warning", { subject: "x", ...todo("wizard", "Open it.") }),
        finding("c", "warning", todo("evidence", "Export.")),
        finding("e", "info", todo("wizard", "Nothing.")),
      ]),
    );
    assert.deepEqual(
      section?.sections?.map(({ title, blocks }) => [title, blocks]),
      [
        ["Evidence: export or collect again", [{ kind: "list", start: 1, items: ["Export. (for c)"] }]],
        [
          "Microsoft Entra Connect wizard",
          [{ kind: "list", start: 2, items: ["Close it. (blocks: a)", "Open it. (for b, d)"] }],
        ],
      ],
    );
    assert.equal(todoSection([finding("a", "info", { next: "x" })]), undefined);
  });

  it("takes the tool that a finding names, and guesses none from its words", () => {
    const section = todoSection([
      finding("a", "warning", { next: "Use the wizard." }),
      finding("b", "warning", { next: "Look at it.", tool: "rules-editor" }),
    ]);
    assert.deepEqual(
      section?.sections?.map(({ title }) => title),
      ["Synchronization Rules Editor", "Otherwise"],
    );
  });

  it("gives findings ids that stay, and HTML anchors and links for them", () => {
    const findings = identified([
      finding("a", "blocking", { section: "rule-1" }),
      finding("b", "warning", { subject: "One Rule" }),
      finding("b", "warning", { subject: "Other" }),
      finding("b", "warning", { subject: "Other" }),
    ]);
    assert.deepEqual(
      findings.map(({ id }) => id),
      ["a", "b-one-rule", "b-other", "b-other-2"],
    );
    const html = renderHtml(pageOf(findings));
    for (const part of ['id="f-s-b-other-2"', 'href="#f-s-a"', 'href="#s-rule-1"'])
      assert.ok(html.includes(part), part);
  });

  it("shows what is accepted as accepted, with reason, day and name", () => {
    const accepted = { reason: "known", until: "2026-12-31", by: "Ada", severity: "blocking" } as const;
    const page = pageOf([finding("a", "info", { accepted })]);
    for (const text of [renderHtml(page), renderMarkdown(page), renderText(page, { colour: false, width: 200 })])
      assert.match(text, /known \(by Ada, until 2026-12-31; otherwise blocking\)/);
  });

  it("says when it was made, by which version, from which inputs with their hashes", () => {
    const input = {
      role: "active",
      source: "a.zip",
      server: "SYNC01",
      tool: "collect.ps1",
      madeAt: null,
      build: "2.6.92.0",
      engine: null,
      bytes: 1,
      sha256: "f".repeat(64),
      contentSha256: null,
    };
    const page = pageOf([], { made: { at: "2026-11-26T10:00:00.000Z", by: "tool 1.2.3", inputs: [input] } });
    for (const text of [renderHtml(page), renderMarkdown(page), renderText(page, { colour: false, width: 300 })])
      for (const part of [
        "2026-11-26T10:00:00.000Z",
        "tool 1.2.3",
        "f".repeat(64),
        "SYNC01",
        "collect.ps1",
        "2.6.92.0",
      ])
        assert.ok(text.includes(part), part);
  });

  it("fits a comment in Markdown: details and the least severe go first, what blocks stays, and it is said", () => {
    const many = (severity: Severity, count: number) =>
      Array.from({ length: count }, (_, index) =>
        finding(`${severity}-${index}`, severity, { cause: "c".repeat(300) }),
      );
    const big = (rows: number): Page["sections"][number] => ({
      id: "big",
      title: "A big table",
      folded: true,
      blocks: [
        { kind: "table", columns: [{ title: "A" }], rows: Array.from({ length: rows }, () => ["x".repeat(100)]) },
      ],
    });
    const shown = (page: Page) => renderMarkdown(page);
    const folded = shown({
      ...pageOf(many("blocking", 3)),
      sections: [...pageOf(many("blocking", 3)).sections, big(1000)],
    });
    assert.ok(folded.length <= 60_000 && !folded.includes("A big table") && /Left out: folded sections\./.test(folded));
    assert.ok(folded.includes("c".repeat(300)));
    const infos = shown(pageOf([...many("blocking", 2), ...many("warning", 20), ...many("info", 3000)]));
    assert.ok(infos.length <= 60_000);
    assert.ok(infos.includes("blocking-1") && infos.includes("warning-19") && /3000 more, not shown here/.test(infos));
    const blocking = shown(pageOf(many("blocking", 5000)));
    assert.ok(blocking.length <= 60_000 && blocking.includes("blocking-0") && /all but the first/.test(blocking));
    const short = pageOf(many("warning", 3));
    assert.ok(!shown(short).includes("Shortened"));
    const document = { ...pageOf(many("info", 900)), verdict: undefined };
    assert.ok(shown(document).length > 60_000);
  });

  it("draws bars and orders with a text alternative, and shows them as tables elsewhere", () => {
    const page = pageOf([], {
      sections: [
        {
          id: "p",
          title: "Pictures",
          blocks: [
            {
              kind: "bars",
              caption: "Deletes",
              what: "Unit",
              parts: ["user", "group"],
              rows: [{ label: "OU=<b>Sales", values: [3, 1] }],
            },
            {
              kind: "order",
              caption: "Who wins department",
              left: { title: "Active", items: ["Rule A", "Rule B"] },
              right: { title: "Staging", items: ["Rule B", "Rule A"] },
            },
          ],
        },
      ],
    });
    const html = renderHtml(page);
    assert.equal(html.match(/<svg role="img"/g)?.length, 2);
    assert.ok(html.includes("<desc>OU=&lt;b&gt;Sales: 3 user, 1 group</desc>"));
    assert.ok(html.includes("Active: Rule A, then Rule B. Staging: Rule B, then Rule A."));
    assert.equal(html.match(/class="crossing"/g)?.length, 2);
    assert.ok(!/ style=/.test(html));
    for (const text of [renderMarkdown(page), renderText(page, { colour: false, width: 100 })])
      for (const part of ["Who wins department", "Rule B", "Unit"]) assert.ok(text.includes(part), part);
  });
});
