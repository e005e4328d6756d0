import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page as Tab } from "playwright-core";
import { previewPage } from "../../../review/preview";
import { renderHtml } from "../../../review/render";
import { findChromium } from "../../support/browser";
import { requires } from "../../support/requires";
import { type Structure, structureOfPage, weakContrasts } from "../render/inPage";
import { judgedRecording } from "./golden";

/** Contrast of the words in the picture against the box that they stand in. */
const weakInPicture = `(() => {
  const luminance = (colour) => {
    const [red, green, blue] = (colour.match(/[\\d.]+/g) ?? []).map(Number).map((value) => {
      const part = value / 255;
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const page = getComputedStyle(document.body).backgroundColor;
  const weak = [];
  let ground = page;
  for (const part of document.querySelectorAll("svg.picture rect, svg.picture text, svg.picture line")) {
    const fill = getComputedStyle(part).fill;
    if (part.tagName === "rect") ground = fill === "none" ? page : fill;
    else if (part.tagName === "line") ground = page;
    else {
      const under = part.classList.contains("head") || part.classList.contains("group") ? page : ground;
      const [light, dark] = [luminance(fill), luminance(under)].sort((a, b) => b - a);
      const ratio = (light + 0.05) / (dark + 0.05);
      if (ratio < 4.5) weak.push(part.textContent + ": " + ratio.toFixed(2));
    }
  }
  return weak;
})()`;

/** Words that leave their box. */
const outside = `(() => {
  const found = [];
  let box;
  for (const part of document.querySelectorAll("svg.picture rect, svg.picture text")) {
    const at = part.getBoundingClientRect();
    if (part.tagName === "rect") box = at;
    else if (box && !part.classList.contains("head") && !part.classList.contains("group") && at.right > box.right + 0.5)
      found.push(part.textContent);
  }
  return found;
})()`;

describe("the HTML page of a preview in a real browser", () => {
  let folder = "";
  let browser: Browser | undefined;

  before(async function () {
    const executablePath = findChromium();
    requires(this, "Chromium", executablePath !== "");
    folder = mkdtempSync(join(tmpdir(), "preview-page-"));
    browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  });
  after(async () => {
    await browser?.close();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  async function open<T>(
    name: string,
    width: number,
    colorScheme: "light" | "dark",
    look: (tab: Tab) => Promise<T>,
  ): Promise<T> {
    assert.ok(browser);
    const file = join(folder, `${name}.html`);
    writeFileSync(file, renderHtml(previewPage(judgedRecording(name))));
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
    try {
      const tab = await context.newPage();
      await tab.goto(pathToFileURL(file).href);
      return await look(tab);
    } finally {
      await context.close();
    }
  }

  for (const name of ["retired", "other-gone", "first-build", "settings-refused"])
    for (const width of [1400, 400])
      it(`fits a window of ${width} points: ${name}`, async () => {
        const wide = await open(name, width, "light", (tab) =>
          tab.evaluate<number>("document.documentElement.scrollWidth - document.documentElement.clientWidth"),
        );
        assert.equal(wide, 0);
      });

  for (const scheme of ["light", "dark"] as const)
    it(`can be read everywhere, in the picture too (${scheme})`, async () => {
      await open("retired", 1400, scheme, async (tab) => {
        assert.deepEqual(await tab.evaluate<string[]>(weakInPicture), []);
        assert.deepEqual(await tab.evaluate<string[]>(weakContrasts), []);
      });
    });

  it("draws servers, network and backup, each word inside its box, and says the same in a table", async () => {
    await open("beside", 1400, "light", async (tab) => {
      assert.deepEqual(await tab.evaluate<string[]>(outside), []);
      assert.deepEqual(await tab.locator("svg.picture .group").allTextContents(), ["Servers", "Network", "Backup"]);
      assert.match(
        (await tab.locator("svg.picture desc").textContent()) ?? "",
        /Servers, aadc-stg-g2: none, then passive/u,
      );
      await tab.getByText("The same as a table").click();
      assert.equal(
        await tab
          .getByRole("cell", { name: /^none$/u })
          .first()
          .isVisible(),
        true,
      );
    });
  });

  it("has one first heading, no skipped level, no dead link, and folds what is folded", async () => {
    await open("other-gone", 1400, "light", async (tab) => {
      const seen = await tab.evaluate<Structure>(structureOfPage);
      assert.equal(seen.levels.filter((level) => level === 1).length, 1);
      for (const [index, level] of seen.levels.entries())
        if (index > 0)
          assert.ok(level <= (seen.levels[index - 1] ?? 0) + 1, `h${level} after h${seen.levels[index - 1]}`);
      assert.deepEqual(seen.deadLinks, []);
      assert.equal(seen.unnamedTables + seen.headersWithoutScope, 0);
      assert.equal(await tab.locator("#s-resources table").isVisible(), false);
    });
  });
});
