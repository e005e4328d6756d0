import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { compareConfigurations, comparisonPage, readServerConfiguration } from "../../../review/configuration";
import { analyseExports } from "../../../review/exports";
import { exportsPage } from "../../../review/exports/judging/page";
import { judgeReady, readyPage } from "../../../review/pair";
import { mostMarkdown, type Page, renderHtml, renderMarkdown } from "../../../review/render";
import { findChromium } from "../../support/browser";
import { sampleConfiguration } from "../../support/repository";
import { requires } from "../../support/requires";
import { Contoso } from "../configuration/contoso";
import { dnOf, Folder } from "../exports/exportXml";
import { serverArchive } from "../statistics/servers";
import { type Structure, structureOfPage, weakContrasts } from "./inPage";

describe("the reports of compare, exports and ready in a real browser", () => {
  const exported = new Folder();
  const folder = mkdtempSync(join(tmpdir(), "reports-"));
  const pages = new Map<string, Page>();
  let browser: Browser | undefined;

  before(async function () {
    requires(this, "the Contoso sample", sampleConfiguration);
    const executablePath = findChromium();
    requires(this, "Chromium", executablePath !== "");
    browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
    const rules = (base: Contoso, first: number, second: number) => {
      base
        .addCustom("In from AD - User Common", "Ours", first)
        .addCustom("In from AD - User Common", "Theirs", second, "{21111111-2222-3333-4444-555555555555}");
      return base.edit(base.rule("Theirs"), /<attr>[^<]*<\/attr>/, "<attr>info</attr>");
    };
    const [active, staging] = [rules(new Contoso(), 50, 51), rules(Contoso.partner(), 51, 50)];
    pages.set(
      "compare",
      comparisonPage(
        compareConfigurations(readServerConfiguration(active.evidence()), readServerConfiguration(staging.evidence())),
      ),
    );
    const object = (name: string, operation?: string) => ({
      dn: dnOf(name),
      ...(operation !== undefined && { operation }),
      attributes: operation === "delete" ? [] : [{ name: "title", operation: "replace", values: ["x"] }],
    });
    const gone = Array.from({ length: 12 }, (_, index) => object(`gone ${index}`, "delete"));
    const given = {
      connector: "contoso.onmicrosoft.com - AAD",
      active: [exported.export(object("a"))],
      staging: [exported.export(object("a"), ...gone)],
    };
    pages.set("exports", exportsPage(await analyseExports(given)));
    const archive = (copy: Contoso, name: string, staging: boolean) =>
      serverArchive(join(folder, name), {
        staging,
        files: Object.fromEntries([...copy.files].map(([path, text]) => [`configuration/${path}`, text])),
      });
    const ready = await judgeReady({
      active: await archive(active, "active.zip", false),
      staging: await archive(staging, "staging.zip", true),
      exports: [given],
    });
    pages.set("ready", readyPage(ready));
  });
  after(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
    exported.remove();
  });

  for (const name of ["compare", "exports", "ready"])
    for (const width of [1400, 400])
      it(`${name} at ${width} px: nothing scrolls sideways, no dead link, findings first, pictures with words`, async () => {
        const page = pages.get(name);
        assert.ok(page && browser);
        const file = join(folder, `${name}.html`);
        writeFileSync(file, renderHtml(page));
        const tab = await browser.newPage({ viewport: { width, height: 900 } });
        try {
          await tab.goto(pathToFileURL(file).href);
          const beyond = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
          assert.equal(await tab.evaluate<number>(beyond), 0);
          const [word] = await tab.locator(".verdict strong").all();
          assert.ok(((await word?.boundingBox())?.height ?? 99) < 40, "the verdict is one word on one line");
          const seen = await tab.evaluate<Structure>(structureOfPage);
          assert.deepEqual(seen.deadLinks, []);
          assert.equal(new Set(seen.ids).size, seen.ids.length);
          assert.deepEqual(await tab.evaluate<string[]>(weakContrasts), []);
          assert.equal(await tab.locator("main section").first().getAttribute("id"), "s-findings");
          const pictures = await tab.locator("svg[role=img]").count();
          assert.ok(pictures > 0, "a picture");
          assert.equal(await tab.locator("svg[role=img] > desc").count(), pictures);
        } finally {
          await tab.close();
        }
      });

  it("fit a comment in Markdown", () => {
    for (const page of pages.values()) assert.ok(renderMarkdown(page).length <= mostMarkdown);
  });
});
