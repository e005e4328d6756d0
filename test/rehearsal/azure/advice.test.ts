import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../../support/repository";

describe("What the rehearsal advises", () => {
  it("is never an import by hand: at the root of the stack it ends in an unguarded deletion", () => {
    const folders = ["rehearsal", "engine"].map((name) => join(repositoryRoot, name));
    const sources = folders.flatMap((folder) =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && /\.(ts|mjs|ps1|psm1)$/.test(entry.name))
        .map((entry) => join(entry.parentPath, entry.name)),
    );
    assert.ok(sources.length > 100, "the sources were found");
    const advising = sources.filter((file) => /pulumi import\b/.test(readFileSync(file, "utf8")));
    assert.deepEqual(advising, []);
  });
});
