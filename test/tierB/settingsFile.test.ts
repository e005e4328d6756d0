import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { customRule, extensionAttribute, type LooseFile, looseFile } from "../review/settingsFile/file";
import { requiresEngine } from "../support/engine";
import { Rehearsal } from "../support/rehearsal";

const machine = "aadc-stg-g1";

describe("the settings file, on the real engine", function () {
  this.timeout(900_000);
  before(async function () {
    await requiresEngine(this);
  });
  const open: Rehearsal[] = [];
  const rehearsal = (): Rehearsal => {
    const made = new Rehearsal();
    open.push(made);
    return made;
  };
  after(() => {
    for (const each of open) each.remove();
  });

  /** Pins a file of one's own, as Windows PowerShell would have written it. */
  function pin(world: Rehearsal, change: (file: LooseFile) => void): void {
    const bytes = Buffer.from(`\uFEFF${JSON.stringify(looseFile(change))}`, "utf16le");
    const path = join(world.project, "Exported-SynchronizationPolicy.json");
    writeFileSync(path, bytes);
    world.block(1, ({ connect }) => {
      connect.settingsFile = { path, sha256: createHash("sha256").update(bytes).digest("hex") };
    });
  }
  const rule = (change: Record<string, unknown>) => (file: LooseFile) => {
    file.azureDirectoryPolicy.customSynchronizationRules = [
      customRule({ name: "Out to AAD - Ours", direction: "Outbound", disabled: false, ...change }),
    ];
  };

  it("is told in the preview and on the page, and once imported changes nothing any more", async () => {
    const world = rehearsal();
    pin(world, rule({ attributeMappings: [{ destination: extensionAttribute, source: "x" }] }));
    const refused = await world.run("preview");
    assert.equal(refused.result, "failed");
    assert.match(JSON.stringify(refused.messages), /breaks|import/);
    assert.match(JSON.stringify(refused.messages), /importAnyway/);

    pin(world, rule({ disabled: true }));
    const preview = await world.run("preview");
    assert.equal(preview.verdict, "review");
    assert.ok(preview.findings.some(({ code }) => code === "import-gap-disabled-rule"));

    const absent = await world.up({ operator: "absent" });
    assert.equal(absent.result, "failed");
    const page = readFileSync(join(world.world, "project", `operator-instructions-${machine}.txt`), "utf8");
    assert.match(page, /disabled custom rules: "Out to AAD - Ours"/);
    const desktop = join(world.world, "servers", machine, "C", "Users", "Public", "Desktop");
    assert.equal(
      readFileSync(join(desktop, "Entra Connect passive server - what to do now.txt"), "utf8").replace(/^\uFEFF/, ""),
      page,
    );

    const up = await world.up();
    assert.equal(up.result, "succeeded", JSON.stringify(up.messages));
    assert.equal(up.verdict, "review");
    const again = await world.up();
    assert.equal(
      again.changes.same,
      Object.values(again.changes).reduce((sum, each) => sum + each, 0),
    );
    // What came of the import, the verification says; the file itself is no reason for a review any more.
    const ofTheFile = again.findings.filter(({ code }) => /^(import-gap|settings-file)/.test(code));
    assert.deepEqual(
      ofTheFile.map(({ code, severity }) => `${severity} ${code}`),
      ["info import-gap-disabled-rule"],
      JSON.stringify(again.findings),
    );
  });

  it("may be none on purpose: everything else happens, nothing is delivered, and a file pinned later is not imported", async () => {
    const world = rehearsal();
    const pinned = world.settingsText();
    world.block(1, ({ connect }) => {
      const { settingsFile: _, ...rest } = connect;
      for (const key of Object.keys(connect)) delete (connect as Record<string, unknown>)[key];
      Object.assign(connect, rest, { withoutSettingsFile: { reason: "the old server's disk is gone" } });
    });
    const up = await world.up();
    assert.equal(up.result, "succeeded", JSON.stringify(up.messages));
    assert.ok(!(await world.scriptsRunOn(machine)).includes("receive-settings-file"));
    assert.deepEqual(
      up.findings.filter(({ severity }) => severity !== "info").map(({ code }) => code),
      ["built-without-settings-file"],
    );
    const again = await world.up();
    assert.equal(
      again.changes.same,
      Object.values(again.changes).reduce((sum, each) => sum + each, 0),
    );
    assert.equal(again.verdict, "ok");

    world.settingsText(pinned);
    const later = await world.up();
    assert.equal(later.result, "succeeded", JSON.stringify(later.messages));
    assert.equal(later.changes.delete + later.changes.replace, 0);
    assert.ok(later.findings.some(({ code }) => code === "settings-file-not-imported"));
  });
});
