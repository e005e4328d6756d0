import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { byteProgress } from "../../../cli/byteProgress";
import { analyseExports, exportsPage } from "../../../review/exports";
import { renderHtml, renderMarkdown, renderText } from "../../../review/render";
import { repositoryRoot } from "../../support/repository";
import { dnOf, Folder, type ObjectXml } from "./exportXml";

const main = join(repositoryRoot, "dist", "cli", "main.js");
const anna: ObjectXml = {
  dn: dnOf("anna"),
  attributes: [
    { name: "title", operation: "replace", values: ["=1+2"] },
    {
      name: "proxyAddresses",
      operation: "update",
      values: [
        ["add", "smtp:a@x"],
        ["delete", "smtp:b@x"],
      ],
    },
  ],
  holograms: {
    "unapplied-export-hologram": {
      displayName: "@Anna <b>",
      userPrincipalName: "anna@contoso.com",
      sourceAnchor: "+abc",
    },
  },
};
const bob: ObjectXml = {
  dn: dnOf("bob"),
  operation: "delete",
  holograms: { "synchronized-hologram": { displayName: "Bob" } },
};

describe("entra-connect exports", () => {
  const folder = new Folder();
  after(() => folder.remove());
  const run = (...args: string[]) => spawnSync(process.execPath, [main, "exports", ...args], { encoding: "utf8" });

  it("writes every change as a row, and nothing that a spreadsheet would calculate", async () => {
    const csv = join(folder.path, "changes.csv");
    const active = folder.export(
      { ...anna, attributes: [{ name: "title", operation: "replace", values: ["x"] }] },
      { dn: dnOf("eve") },
    );
    await analyseExports({ active: [active], staging: [folder.export(anna, bob)], csv });
    const text = readFileSync(csv, "utf8");
    assert.ok(text.startsWith("\uFEFFstate,server,operation,objectType,displayName,"));
    const rows = text.slice(1).trim().split("\r\n");
    assert.equal(rows.length, 1 + 2 + 1 + 2);
    assert.ok(rows[1]?.startsWith("differs,staging,update,user,'@Anna <b>,anna@contoso.com,,'+abc,"), rows[1]);
    assert.ok(rows[1]?.includes(",title,replace,1,'=1+2,"), rows[1]);
    assert.ok(rows[2]?.includes('proxyAddresses,update,2,"add: smtp:a@x\ndelete: smtp:b@x"'), rows[2]);
    assert.ok(rows[3]?.startsWith("onlyStaging,staging,delete,user,Bob,") && rows[3].endsWith(",deletes"), rows[3]);
    assert.deepEqual(
      rows
        .slice(4)
        .map((row) => row.split(",").slice(0, 3).join(","))
        .sort(),
      ["differs,active,update", "onlyActive,active,update"],
    );
  });

  it("makes a page that every format can show", async () => {
    const report = await analyseExports({ staging: [folder.export(anna, bob)] });
    const page = exportsPage(report);
    assert.equal(page.verdict, "review");
    for (const text of [renderText(page, { colour: false, width: 120 }), renderMarkdown(page), renderHtml(page)]) {
      for (const word of ["Bob", "Deletes", "Password hashes", "proxyAddresses"]) {
        assert.ok(text.toLowerCase().includes(word.toLowerCase()), word);
      }
    }
    assert.ok(!renderHtml(page).includes("@Anna <b>"));
  });

  it("prints one JSON document, and says the verdict by its exit code", () => {
    const [annaFile, both] = [folder.export(anna), folder.export(anna, bob)];
    const same = run("--active", annaFile, "--staging", folder.export(anna), "--format", "json");
    assert.equal(same.status, 0, same.stderr);
    assert.equal(JSON.parse(same.stdout).verdict, "ok");
    const review = run("--active", annaFile, "--staging", both, "--format", "json");
    assert.equal(review.status, 1, review.stderr);
    const { verdict, findings, summary } = JSON.parse(review.stdout);
    assert.deepEqual([verdict, summary.onlyStaging, summary.staging.delete], ["review", 1, 1]);
    assert.deepEqual(Object.keys(findings[0]).sort(), [
      "active",
      "cause",
      "class",
      "code",
      "id",
      "next",
      "severity",
      "staging",
      "subject",
      "title",
      "tool",
    ]);
    const blocked = run("--active", annaFile, "--staging", both, "--threshold", "deletes.block=1");
    assert.equal(blocked.status, 2, blocked.stderr);
    assert.match(blocked.stdout, /BLOCKED/i);
  });

  it("takes several snapshots a side, a thresholds file, and writes report and table where told", () => {
    const [first, second] = [folder.export(anna, bob), folder.export(bob)];
    const [thresholds, output, csv] = [
      folder.file("deletes: { block: 5 }", "t.yaml"),
      join(folder.path, "r.html"),
      join(folder.path, "r.csv"),
    ];
    const result = run(
      "--staging",
      first,
      second,
      "--active",
      folder.export(bob),
      "--thresholds",
      thresholds,
      "--output",
      output,
      "--csv",
      csv,
    );
    assert.equal(result.status, 0, result.stderr);
    assert.match(readFileSync(output, "utf8"), /^<!doctype html>/i);
    assert.ok(existsSync(csv));
  });

  it("refuses bad input with code 3, names the file and leaves no report", () => {
    const output = join(folder.path, "none.json");
    const broken = folder.file("<cs-objects><cs-object");
    const result = run("--staging", broken, "--output", output);
    assert.equal(result.status, 3);
    assert.equal(result.stdout, "");
    assert.ok(result.stderr.includes(broken) && /line 1, column/.test(result.stderr), result.stderr);
    assert.ok(!existsSync(output));
    assert.equal(run("--active", broken).status, 3);
    assert.equal(run("--staging", folder.export(anna), "--threshold", "x").status, 3);
  });

  it("never writes over what it reads", () => {
    const path = folder.export(anna);
    const before = readFileSync(path, "utf8");
    assert.equal(run("--staging", path, "--csv", path).status, 3);
    assert.equal(run("--staging", path, "--output", path).status, 3);
    assert.equal(readFileSync(path, "utf8"), before);
  });

  it("could not run (4) where the table cannot be written", () => {
    assert.equal(run("--staging", folder.export(anna), "--csv", join(folder.path, "no", "folder.csv")).status, 4);
  });
});

describe("progress", () => {
  const follow = (isTTY: boolean, times: readonly number[]): string => {
    let [written, time] = ["", 0];
    const stream = { isTTY, write: (text: string) => (written += text) };
    const progress = byteProgress("reading", stream, () => time);
    for (const next of times) {
      time = next;
      progress.update(next * 1e5, 1e9);
    }
    progress.end();
    return written;
  };

  it("is silent in the first second", () => {
    assert.equal(follow(true, [100, 500, 900]), "");
  });

  it("is one changing line on a terminal, cleared at the end", () => {
    const written = follow(true, [500, 1100, 1150, 1400]);
    assert.equal(written.split("\r").length - 1, 3);
    assert.ok(!written.includes("\n") && written.endsWith("\r\u001b[K"));
    assert.match(written, /reading: 110 of 1000 MB \(11%, 100 MB\/s\)/);
  });

  it("is a line every ten seconds elsewhere", () => {
    const written = follow(
      false,
      Array.from({ length: 250 }, (_, index) => index * 100),
    );
    assert.equal(written.trim().split("\n").length, 3);
    assert.ok(!written.includes("\r"));
  });
});
