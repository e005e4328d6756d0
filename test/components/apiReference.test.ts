import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runToEnd } from "../../engine/childProcess";
import { repositoryRoot } from "../support/repository";

describe("docs/api.md", function () {
  this.timeout(900_000);

  it("is what the docstrings say; write it anew with npm run document-api", async () => {
    const folder = mkdtempSync(join(tmpdir(), "entra-connect-api-"));
    try {
      const manifest = createRequire(join(repositoryRoot, "package.json")).resolve("typedoc/package.json");
      const made = await runToEnd(process.execPath, [join(dirname(manifest), "bin", "typedoc"), "--out", folder], {
        cwd: repositoryRoot,
      });
      assert.equal(made.code, 0, made.stderr || made.stdout);
      const lines = (file: string) => readFileSync(file, "utf8").replaceAll("\r\n", "\n").split("\n");
      assert.deepEqual(lines(join(repositoryRoot, "docs", "api.md")), lines(join(folder, "README.md")));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
