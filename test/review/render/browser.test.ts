import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page as Tab } from "playwright-core";
import { renderHtml } from "../../../review/render";
import { findChromium } from "../../support/browser";
import { requires } from "../../support/requires";
import { type Structure, structureOfPage, weakContrasts } from "./inPage";
import { page } from "./samplePage";

describe("an HTML report in a real browser", () => {
  let folder = "";
  let address = "";
  let browser: Browser | undefined;

  before(async function () {
    const executablePath = findChromium();
    requires(this, "Chromium", executablePath !== "");
    folder = mkdtempSync(join(tmpdir(), "page-"));
    const file = join(folder, "report.html");
    writeFileSync(file, renderHtml(page));
    address = pathToFileURL(file).href;
    browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  });
  after(async () => {
    await browser?.close();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  async function open<T>(options: BrowserContextOptions, look: (tab: Tab) => Promise<T>): Promise<T> {
    assert.ok(browser);
    const context = await browser.newContext(options);
    try {
      const tab = await context.newPage();
      await tab.goto(address);
      return await look(tab);
    } finally {
      await context.close();
    }
  }

  it("opens from disk without a message in the console and asks for nothing else", async () => {
    assert.ok(browser);
    const context = await browser.newContext();
    const tab = await context.newPage();
    const messages: string[] = [];
    const requested: string[] = [];
    tab.on("console", (message) => messages.push(message.text()));
    tab.on("pageerror", (error) => messages.push(error.message));
    tab.on("request", (request) => requested.push(request.url()));
    await tab.goto(address);
    assert.deepEqual(messages, []);
    assert.deepEqual(requested, [address]);
    assert.equal(await tab.title(), "BLOCKED: Configuration compared");
    await context.close();
  });

  it("has a language, landmarks, one first heading and no skipped level", async () => {
    const seen = await open({}, (tab) => tab.evaluate<Structure>(structureOfPage));
    assert.equal(seen.language, "en");
    assert.deepEqual(seen.landmarks, [1, 1, 1, 1]);
    assert.equal(seen.levels.filter((level) => level === 1).length, 1);
    for (const [index, level] of seen.levels.entries()) {
      if (index > 0)
        assert.ok(level <= (seen.levels[index - 1] ?? 0) + 1, `h${level} follows ${seen.levels[index - 1]}`);
    }
    assert.equal(new Set(seen.ids).size, seen.ids.length);
    assert.deepEqual(seen.deadLinks, []);
    assert.equal(seen.unnamedTables, 0);
    assert.equal(seen.headersWithoutScope, 0);
  });

  it("filters while typing, opens what is folded, and says how much is left", async () => {
    await open({}, async (tab) => {
      const row = tab.locator("tr", { hasText: "displayName" });
      assert.equal(await row.isVisible(), false, "folded at first");
      await tab.getByLabel("Filter").fill("displayname");
      await row.waitFor({ state: "visible" });
      assert.equal(await tab.locator("#s-connectors").isVisible(), false);
      assert.deepEqual(await tab.locator("nav a:visible").allTextContents(), ["Rules", "In from AD - User Join"]);
      assert.match((await tab.locator("#count").textContent()) ?? "", /^1 of \d+ entries$/u);
      await tab.getByLabel("Filter").press("Escape");
      await tab.locator("#s-connectors").waitFor({ state: "visible" });
      assert.equal(await row.isVisible(), false, "folded again");
    });
  });

  it("is operated with the keyboard alone: skip link, filter, folds", async () => {
    await open({}, async (tab) => {
      await tab.keyboard.press("Tab");
      assert.equal(await tab.locator(":focus").textContent(), "Skip to the content");
      await tab.keyboard.press("Enter");
      assert.equal(new URL(tab.url()).hash, "#main");
      const fold = tab.locator("summary").first();
      await fold.focus();
      await tab.keyboard.press("Enter");
      assert.equal(await tab.locator("tr", { hasText: "displayName" }).isVisible(), true);
    });
  });

  it("opens a folded section that a link points to", async () => {
    await open({}, async (tab) => {
      await tab.getByRole("link", { name: "In from AD - User Join" }).click();
      await tab.locator("tr", { hasText: "displayName" }).waitFor({ state: "visible" });
    });
  });

  it("can be read, unfolded and reduced to the differences with JavaScript off", async () => {
    await open({ javaScriptEnabled: false }, async (tab) => {
      assert.equal(await tab.getByText("The second server is not in staging mode.").isVisible(), true);
      assert.equal(await tab.getByLabel("Filter").isVisible(), false, "no dead filter box");
      await tab.locator("summary").first().click();
      const same = tab.locator("tr.same");
      assert.equal(await same.isVisible(), true);
      await tab.getByLabel("Only differences").check();
      assert.equal(await same.isVisible(), false);
      assert.equal(await tab.locator("tr.changed").isVisible(), true);
    });
  });

  it("prints what is folded", async () => {
    await open({ javaScriptEnabled: false }, async (tab) => {
      await tab.emulateMedia({ media: "print" });
      assert.equal(await tab.locator("tr", { hasText: "displayName" }).isVisible(), true);
      assert.equal(await tab.locator("nav").isVisible(), false);
    });
  });

  for (const colorScheme of ["light", "dark"] as const) {
    it(`has a contrast of at least 4.5 to 1 everywhere (${colorScheme})`, async () => {
      const weak = await open({ colorScheme }, (tab) => tab.evaluate<string[]>(weakContrasts));
      assert.deepEqual(weak, []);
    });
  }

  it("fits a narrow window without scrolling sideways", async () => {
    const wide = await open({ viewport: { width: 380, height: 700 } }, (tab) =>
      tab.evaluate<number>("document.documentElement.scrollWidth - document.documentElement.clientWidth"),
    );
    assert.equal(wide, 0);
  });
});
