import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Ended, runToEnd } from "../../engine/childProcess";
import { requiresEngine } from "../support/engine";
import { repositoryRoot } from "../support/repository";
import { requires } from "../support/requires";

/** What a program of another project may do with the public surface, checked as strictly as TypeScript can. */
const consumer = `
import * as pulumi from "@pulumi/pulumi";
import { PassiveServer, preparePassiveServer, portTable, type Settings, SettingsError } from "pulumi-entra-connect";

export = async () => {
  const prepared = await preparePassiveServer();
  const settings: Settings = prepared.settings;
  const server = new PassiveServer(settings.server.name, prepared, { protect: true });
  const verdict: pulumi.Output<string> = server.verdict;
  if (portTable.length === 0) throw new SettingsError([]);
  return { verdict };
};
`;

const npm = ([command = "", ...args]: readonly string[], cwd: string): Promise<Ended> => {
  const script = process.env.npm_execpath;
  const all = [command, "--no-audit", "--no-fund", "--loglevel=error", ...args];
  return script && /npm-cli\.c?js$/.test(script)
    ? runToEnd(process.execPath, [script, ...all], { cwd })
    : runToEnd("npm", all, { cwd, shell: process.platform === "win32" });
};

describe("the package as another project gets it", function () {
  this.timeout(300_000);
  let folder = "";
  let installed = "";
  let packed: readonly string[] = [];

  before(async function () {
    folder = mkdtempSync(join(tmpdir(), "entra-connect-package-"));
    // The sources are compiled already: these tests run from there.
    const pack = await npm(["pack", "--ignore-scripts", "--json", "--pack-destination", folder], repositoryRoot);
    assert.equal(pack.code, 0, pack.stderr);
    const [{ filename, files }] = JSON.parse(pack.stdout) as [{ filename: string; files: { path: string }[] }];
    packed = files.map(({ path }) => path);
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "consumer", version: "1.0.0", private: true }));
    const install = await npm(["install", "--prefer-offline", "--ignore-scripts", join(folder, filename)], folder);
    const unreachable = /ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENOTCACHED/.test(install.stderr);
    if (install.code !== 0 && unreachable) requires(this, "the npm registry", false);
    assert.equal(install.code, 0, install.stderr || install.stdout);
    installed = join(folder, "node_modules", "pulumi-entra-connect");
  });
  after(() => {
    if (folder) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it("holds what runs and nothing of the workshop", () => {
    for (const needed of [
      "dist/index.js",
      "dist/cli/main.js",
      "dist/components/index.js",
      "dist/components/index.d.ts",
      "Pulumi.yaml",
      "Pulumi.prod.yaml",
      "Pulumi.rehearsal.yaml",
      "engine/pulumi-cli/go.mod",
      "engine/pulumi-cli/go.sum",
      "scripts/retire.ps1",
      "scripts/retire.answer.schema.json",
      "LICENSE",
    ]) {
      assert.ok(packed.includes(needed), `${needed} is missing`);
    }
    const workshop = packed.filter(
      (path) =>
        /^(dist\/)?(test|bench)\//.test(path) ||
        (path.endsWith(".ts") && !path.endsWith(".d.ts")) ||
        /\.map$|\.tsbuildinfo$|^dist\/\.compiled|^\./.test(path),
    );
    assert.deepEqual(workshop, []);
  });

  it("brings no development tools and no platform with it", () => {
    for (const tool of ["mocha", "@biomejs/biome", "playwright-core", "yazl", "typescript"]) {
      assert.ok(!existsSync(join(folder, "node_modules", tool)), tool);
    }
    const manifest = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
    assert.ok(!("main" in manifest), "Pulumi would run it as the program");
    assert.ok(!("os" in manifest) && !("cpu" in manifest));
  });

  it("compiles a strict TypeScript program against it", async () => {
    writeFileSync(join(folder, "index.ts"), consumer);
    const options = {
      compilerOptions: {
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        target: "es2022",
        module: "node20",
        moduleResolution: "node16",
        skipLibCheck: true,
        noEmit: true,
        types: [],
      },
      files: ["index.ts"],
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(options));
    const tsc = createRequire(join(repositoryRoot, "package.json")).resolve("typescript/bin/tsc");
    const compiled = await runToEnd(process.execPath, [tsc, "-p", folder], { cwd: folder });
    assert.equal(compiled.code, 0, compiled.stdout);
  });

  it("loads the library, and runs its command line", async () => {
    const load =
      'const c = require("pulumi-entra-connect"); console.log(typeof c.PassiveServer, c.portTable.length > 0)';
    const loaded = await runToEnd(process.execPath, ["-e", load], { cwd: folder });
    assert.equal(loaded.stdout.trim(), "function true", loaded.stderr);
    const help = await npm(["exec", "--offline", "entra-connect", "--", "--help"], folder);
    assert.equal(help.code, 0, help.stderr);
    assert.match(help.stdout, /rehearse/);
    assert.match(help.stdout, /Exit codes: 0 ok, 1 review, 2 blocked, 3 bad input, 4 could not run/);
  });

  it("rehearses from where it is installed, on compiled JavaScript", async function () {
    await requiresEngine(this);
    const ended = await npm(["exec", "--offline", "entra-connect", "--", "rehearse", "--json"], folder);
    assert.equal(ended.code, 0, `${ended.stderr}\n${ended.stdout}`);
    const told = JSON.parse(ended.stdout) as { held: boolean; second: { changes: { same: number } } };
    assert.equal(told.held, true);
    assert.ok(told.second.changes.same > 20);
    assert.match(readFileSync(join(folder, ".rehearsal", "project", "Pulumi.yaml"), "utf8"), /dist[\\/]index\.js/);
  });
});
