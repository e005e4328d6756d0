import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withTables } from "../../../review/switch/document";
import { repositoryRoot, sampleConfiguration } from "../../support/repository";
import { requires } from "../../support/requires";
import { exampleFile, exampleRunBook, masked } from "./example";
import { SwitchPair } from "./pair";

describe("what is written about the role switch", () => {
  it("docs/switch.md has the tables of the code (npm run document-switch)", () => {
    const page = readFileSync(join(repositoryRoot, "docs", "switch.md"), "utf8");
    assert.equal(page, withTables(page));
  });

  it("docs/examples has the run book that a call writes today (node dist/test/review/switch/example.js)", async function () {
    requires(this, "the Contoso sample", sampleConfiguration);
    assert.equal(readFileSync(exampleFile, "utf8"), masked(await exampleRunBook()));
  });
});

describe("the command entra-connect switch", () => {
  const folder = mkdtempSync(join(tmpdir(), "switch-command-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const main = join(repositoryRoot, "dist", "cli", "main.js");
  const run = (...words: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, "switch", ...words], {
      encoding: "utf8",
      cwd: folder,
    });
    return { status, stdout, stderr };
  };

  it("judges, records, allows, and proves its record", async () => {
    const world = new SwitchPair(folder, undefined, new Date().toISOString());
    const [active, staging] = [await world.collect("AADC1"), await world.collect("AADC2")];
    const given = ["--record", "record", "--active", active, "--staging", staging];
    const first = run(...given);
    assert.equal(first.status, 2, first.stderr);
    assert.match(first.stdout, /Not ready/);
    assert.match(first.stderr, /entry 1 of record, hash [0-9a-f]{64}/);
    const codes = ["change-not-stated", "configuration-missing", "exports-missing"];
    const statement = ["--by", "Ada", "--reason", "CHG-4711", "--format", "json"];
    const second = run(...given, "--override", ...codes, ...statement);
    assert.equal(second.status, 1, second.stderr);
    const report = JSON.parse(second.stdout);
    assert.deepEqual([report.summary.state, report.summary.permission.machine], ["ready to demote", "AADC1"]);
    const hash = /hash ([0-9a-f]{64})/.exec(second.stderr)?.[1] ?? "";
    const proven = run("verify", "record", "--expect", hash, "--format", "json");
    assert.equal(proven.status, 0, proven.stderr);
    assert.equal(JSON.parse(proven.stdout).summary.entries, 2);
    assert.equal(run("verify", "record", "--expect", "0".repeat(64)).status, 3);
    assert.equal(run("verify", "nothing").status, 3);
  });

  it("says what is missing before it touches anything", () => {
    assert.match(run().stderr, /--record FOLDER/);
    const archive = join(folder, "1-AADC1.zip");
    const overwriting = run("--record", "other", "--active", archive, "--staging", archive, "--output", archive);
    assert.deepEqual([overwriting.status, existsSync(join(folder, "other"))], [3, false]);
  });
});
