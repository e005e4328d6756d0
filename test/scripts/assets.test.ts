import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, it } from "mocha";
import { runCommandText, validateAnswer } from "../../scripts/assemble";
import { repositoryRoot } from "../support/repository";

const print = "const a = require(process.argv[1]); console.log(a.runCommandText('enable-remote-access').length)";

describe("scripts: found wherever this library runs", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "entra-connect-assets-"));
    await symlink(join(repositoryRoot, "node_modules"), join(folder, "node_modules"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const lengthPrintedBy = async (module: string) =>
    (await promisify(execFile)(process.execPath, ["-e", print, module])).stdout.trim();

  const copyAssets = async () => {
    await cp(join(repositoryRoot, "scripts"), join(folder, "scripts"), {
      recursive: true,
      filter: (source) => !source.endsWith(".ts"),
    });
  };

  it("by the compiled modules of the package, two floors below", async () => {
    await copyAssets();
    await cp(join(repositoryRoot, "dist", "scripts"), join(folder, "dist", "scripts"), { recursive: true });
    assert.equal(
      await lengthPrintedBy(join(folder, "dist", "scripts", "assemble.js")),
      String(runCommandText("enable-remote-access").length),
    );
  });

  it("by modules beside them, as when the sources are run", async () => {
    await copyAssets();
    await cp(join(repositoryRoot, "dist", "scripts"), join(folder, "scripts"), { recursive: true });
    assert.equal(
      await lengthPrintedBy(join(folder, "scripts", "assemble.js")),
      String(runCommandText("enable-remote-access").length),
    );
  });

  it("and an incomplete package says so", async () => {
    await cp(join(repositoryRoot, "dist", "scripts"), join(folder, "dist", "scripts"), { recursive: true });
    await assert.rejects(lengthPrintedBy(join(folder, "dist", "scripts", "assemble.js")), /package is incomplete/);
  });

  it("no script lies there that nobody knows", async () => {
    const files = await readdir(join(repositoryRoot, "scripts"));
    for (const name of files.filter((file) => file.endsWith(".refusals.json")))
      assert.ok(files.includes(name.replace(".refusals.json", ".ps1")), name);
  });
});

describe("scripts: an answer is believed only as a whole", () => {
  const good = {
    script: "receive-settings-file",
    collectedAt: "2026-11-01T08:00:00Z",
    warnings: [],
    computerName: "AADC-STG-G1",
    changes: [],
    path: "C:\\x",
    sha256: "0".repeat(64),
    bytes: 3,
  };
  const validate = (stdout: string) => validateAnswer("receive-settings-file", stdout);

  it("from the last line, whatever came before, with either line end", () => {
    assert.equal(validate(`progress\r\n${JSON.stringify(good)}\r\n`).bytes, 3);
  });

  const bad: readonly (readonly [string, string, RegExp])[] = [
    ["nothing was printed", "\r\n", /without an answer/],
    ["the line was cut off", JSON.stringify(good).slice(0, -5), /is not JSON/],
    ["another script answered", JSON.stringify({ ...good, script: "retire" }), /not as its schema says[\s\S]*\/script/],
    ["something is missing", JSON.stringify({ ...good, sha256: undefined }), /sha256/],
    ["something is there that nobody knows", JSON.stringify({ ...good, stagingMode: true }), /additional properties/],
  ];
  for (const [what, stdout, message] of bad)
    it(`not where ${what}`, () => assert.throws(() => validate(stdout), { name: "AnswerProblem", message }));

  it("a guard's answer carries what its outcome needs, and nothing of another outcome", () => {
    const guard = {
      ...{ script: "retire", collectedAt: "2026-11-01T08:00:00Z", warnings: [], computerName: "A", changes: [] },
      vmId: "x",
      generation: 1,
    };
    const said = (more: object) => () => validateAnswer("retire", JSON.stringify({ ...guard, ...more }));
    assert.doesNotThrow(said({ outcome: "proven-staging" }));
    assert.throws(said({ outcome: "proven-staging", reason: "because" }));
    assert.throws(said({ outcome: "overridden", objection: "active" }));
    assert.throws(said({ outcome: "overridden", objection: "active", reason: "because" }));
    assert.doesNotThrow(said({ outcome: "overridden", objection: "active", reason: "because", until: "2026-12-31" }));
    assert.throws(said({ outcome: "already-retired" }));
  });
});
