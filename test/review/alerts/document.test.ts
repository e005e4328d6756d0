import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { alertTable } from "../../../review/alerts";
import { withTables } from "../../../review/alerts/document";
import { repositoryRoot } from "../../support/repository";

describe("what is written about alerts", () => {
  const folder = mkdtempSync(join(tmpdir(), "alerts-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const run = (...words: readonly string[]) =>
    spawnSync(process.execPath, [join(repositoryRoot, "dist", "cli", "main.js"), "alerts", ...words], {
      encoding: "utf8",
      cwd: folder,
    });
  const rehearsed = join(repositoryRoot, "Pulumi.rehearsal.yaml");

  it("docs/monitoring.md has the tables of the code (npm run document-alerts)", () => {
    const page = readFileSync(join(repositoryRoot, "docs", "monitoring.md"), "utf8");
    assert.equal(page, withTables(page));
  });

  it("the command prints every alert of a server by its role, and what is not made and why", () => {
    const { status, stdout } = run("--config", rehearsed);
    assert.equal(status, 0);
    assert.match(stdout, /aadc-stg-g1 \(passive\)/);
    assert.match(stdout, /export-not-allowed\s+0 critical/);
    assert.doesNotMatch(stdout, /password-sync-silent/);
  });

  it("as CSV: one line a rule, with what to do first", () => {
    const { status, stdout } = run("--config", rehearsed, "--format", "csv");
    assert.equal(status, 0);
    const [head, ...lines] = stdout.trim().split("\n");
    assert.equal(head, "server,role,alert,severity,looksBack,asks,title,why,first,rule");
    assert.ok(lines.length > 10 && lines.length <= alertTable.length + 1);
    assert.ok(lines.some((line) => line.includes("aadc-stg-g1-agent-silent")));
  });

  it("says where nothing is watched, and which setting is wrong", () => {
    const text = readFileSync(rehearsed, "utf8");
    const without = join(folder, "Pulumi.none.yaml");
    writeFileSync(without, text.replace(/ {2}entra-connect:monitoring:\n(?: {4}.*\n)+/, ""));
    assert.match(run("--config", without).stdout, /Nothing is watched/);
    const wrong = join(folder, "Pulumi.wrong.yaml");
    writeFileSync(wrong, text.replace("emails: [identity-platform@contoso.com]", "emails: []"));
    const { status, stderr } = run("--config", wrong);
    assert.equal(status, 3);
    assert.match(stderr, /monitoring\.notify: names nobody/);
  });
});
