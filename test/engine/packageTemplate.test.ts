import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { runToEnd } from "../../engine/childProcess";
import { offlineEnvironment } from "../../engine/environment";
import { findNode } from "../../engine/findNode";
import { findPulumi } from "../../engine/findPulumi";
import { startLanguageHost } from "../../engine/languageHost/languageHost";
import { silent } from "../../engine/progress";
import { requiresEngine } from "../support/engine";
import { lay } from "../support/laidOut";
import { npm, packed } from "../support/packed";
import { repositoryRoot } from "../support/repository";

const template = join(repositoryRoot, "template");

describe("a project that pulumi new starts from the template", () => {
  let folder = "";
  let project = "";

  before(async function () {
    folder = mkdtempSync(join(tmpdir(), "entra-connect-template-"));
    project = join(folder, "identity");
    await requiresEngine(this);
    const node = await findNode({ progress: silent });
    const cli = await findPulumi({ progress: silent, sources: [] });
    const home = join(folder, "home");
    const state = join(folder, "state");
    for (const made of [project, home, state]) mkdirSync(made);
    const offline = { state, home, passphrase: "", providers: {}, node, pulumi: cli.path, compileCache: home };
    const host = await startLanguageHost({ node, environment: () => offlineEnvironment(process.env, offline) });
    const made = await runToEnd(
      cli.path,
      ["new", template, "--generate-only", "--yes", "--name", "identity", "--description", "The standby"],
      { cwd: project, environment: offlineEnvironment(process.env, { ...offline, languageHostPort: host.port }) },
    );
    await host.stop();
    assert.equal(made.code, 0, made.stderr);
    await lay(this, project, (await packed()).tarball, "pulumi-entra-connect");
  });
  after(() => {
    if (folder) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it("is of the types that its own compiler settings check", async () => {
    const tsc = join(project, "node_modules", "typescript", "bin", "tsc");
    const compiled = await runToEnd(process.execPath, [tsc, "--noEmit", "--noCheck", "false", "--pretty", "false"], {
      cwd: project,
    });
    assert.equal(compiled.code, 0, compiled.stdout);
  });

  it("rehearses its worked stack", async function () {
    await requiresEngine(this);
    const run = ["exec", "--offline", "entra-connect", "--", "rehearse", "preview", "--stack", "prod", "--json"];
    const ended = await npm(run, project);
    assert.equal(ended.code, 0, `${ended.stderr}\n${ended.stdout}`);
    const described = parse(readFileSync(join(project, "Pulumi.yaml"), "utf8"));
    assert.deepEqual([described.name, described.description], ["identity", "The standby"]);
    const told = JSON.parse(ended.stdout) as { changes: { create: number }; stack: string };
    assert.ok(told.changes.create > 20);
    const ran = parse(readFileSync(join(project, ".rehearsal", "project", "Pulumi.yaml"), "utf8"));
    assert.equal(ran.name, "identity");
    assert.equal(ran.main, project);
  });
});

describe("the template", () => {
  it("shows the worked stack of this repository", () => {
    const stack = (folder: string) => parse(readFileSync(join(folder, "Pulumi.prod.yaml"), "utf8"));
    assert.deepEqual(stack(template), stack(repositoryRoot));
  });

  it("runs the program of this repository", () => {
    const lines = (file: string) =>
      readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => line.startsWith("export") || line.startsWith("const server"));
    assert.deepEqual(lines(join(template, "index.ts")), lines(join(repositoryRoot, "index.ts")));
  });

  it("asks for secrets as secrets", () => {
    const { config } = parse(readFileSync(join(template, "Pulumi.yaml"), "utf8")).template;
    for (const name of ["administratorPassword", "sshPrivateKey"])
      assert.equal(config[`entra-connect:${name}`].secret, true);
  });
});
