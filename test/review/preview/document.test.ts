import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { hazardDocument, noiseDocument } from "../../../review/preview/document";
import { hazardTable } from "../../../review/preview/hazardTable";
import { resourceKinds } from "../../../review/preview/resourceKinds";
import { repositoryRoot } from "../../support/repository";

const page = readFileSync(join(repositoryRoot, "docs", "preview.md"), "utf8");

describe("docs/preview.md", () => {
  it("holds the tables of the code, row by row", () => {
    for (const table of [hazardDocument(), noiseDocument()])
      for (const row of table.split("\n")) assert.ok(page.includes(row), row);
    const documented = [...page.matchAll(/^\| `([a-z-]+)` \| (?:blocks|look|told) \|/gmu)].map(([, code]) => code);
    assert.deepEqual(
      documented,
      hazardTable.map(({ code }) => code),
    );
  });
});

describe("the table of hazards", () => {
  it("says of every hazard what to do, unless it only tells", () => {
    for (const { code, severity, remedy, sentence, looksAt } of hazardTable) {
      assert.equal(remedy === "", severity === "info", code);
      assert.ok(sentence.length > 10 && looksAt.length > 5, code);
    }
  });
  it("is at least as strict as was agreed", () => {
    const severities = Object.fromEntries(hazardTable.map(({ code, severity }) => [code, severity]));
    for (const code of [
      "management-port-open",
      "soft-delete-lowered",
      "retention-lowered",
      "immutability-lowered",
      "recovery-points-lost",
      "guard-removed",
      "active-touched",
      "machine-unguarded",
      "secret-in-plain-text",
    ])
      assert.equal(severities[code], "blocking", code);
    for (const code of ["unknown-operation", "unknown-value", "machine-restarts", "machine-resized"])
      assert.equal(severities[code], "warning", code);
  });
});

describe("the table of kinds", () => {
  it("has every type once", () => {
    const all: string[] = Object.values(resourceKinds).flat();
    assert.equal(new Set(all).size, all.length);
  });
});
