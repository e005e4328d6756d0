import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findPulumi, judgeVersion, type Source } from "../../engine/findPulumi";
import type { Progress } from "../../engine/progress";
import { testedPulumi } from "../../engine/version";
import { repositoryRoot } from "../support/repository";

/** A program that answers `version`; stands for the CLI where only finding it matters. */
function fakePulumi(path: string, version: string): void {
  writeFileSync(path, `#!/bin/sh\necho v${version}\n`);
  chmodSync(path, 0o755);
}

describe("finding the Pulumi engine", () => {
  before(function () {
    if (process.platform === "win32") this.skip(); // the fake CLI is a shell script
  });

  let folder = "";
  const lines: string[] = [];
  const progress: Progress = { line: (text) => lines.push(text), status: () => {}, clear: () => {} };
  const environment = (path = ""): NodeJS.ProcessEnv => ({
    PATH: `${path}:/usr/bin:/bin`,
    ENTRA_CONNECT_CACHE: join(folder, "cache"),
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "entra-connect-pulumi-"));
    lines.length = 0;
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const builds = (onBuild: () => void): readonly Source[] => [
    { origin: "download", obtain: async () => ({ reason: "there is no network" }) },
    {
      origin: "build",
      obtain: async (part) => {
        onBuild();
        mkdirSync(join(part, "bin"));
        fakePulumi(join(part, "bin", "pulumi"), testedPulumi);
        return true;
      },
    },
  ];
  const nothing: readonly Source[] = [];

  it("takes a good enough one on PATH before anything else", async () => {
    const bin = join(folder, "bin");
    mkdirSync(bin);
    fakePulumi(join(bin, "pulumi"), testedPulumi);
    const cli = await findPulumi({ progress, environment: environment(bin), sources: nothing });
    assert.deepEqual(cli, {
      path: join(bin, "pulumi"),
      version: testedPulumi,
      origin: "path",
      languageHost: undefined,
    });
    assert.deepEqual(lines, []);
  });

  it("notices the language host beside the one on PATH", async () => {
    const bin = join(folder, "bin");
    mkdirSync(bin);
    fakePulumi(join(bin, "pulumi"), testedPulumi);
    writeFileSync(join(bin, "pulumi-language-nodejs"), "");
    const cli = await findPulumi({ progress, environment: environment(bin), sources: nothing });
    assert.equal(cli.languageHost, join(bin, "pulumi-language-nodejs"));
  });

  it("passes over an older one, says so, and builds once", async () => {
    const bin = join(folder, "bin");
    mkdirSync(bin);
    fakePulumi(join(bin, "pulumi"), "3.100.0");
    let built = 0;
    const sources = builds(() => {
      built += 1;
    });
    const first = await findPulumi({ progress, environment: environment(bin), sources });
    assert.equal(first.origin, "build");
    assert.match(lines.join("\n"), /3\.100\.0 is older than 3\.259\.0/);
    assert.match(lines.join("\n"), /no download of the Pulumi engine: there is no network/);
    const second = await findPulumi({ progress, environment: environment(bin), sources });
    assert.equal(second.origin, "cache");
    assert.equal(second.path, first.path);
    assert.equal(built, 1);
  });

  it("builds again when what is in the cache no longer answers with its version", async () => {
    let built = 0;
    const sources = builds(() => {
      built += 1;
    });
    const { path } = await findPulumi({ progress, environment: environment(), sources });
    writeFileSync(path, "#!/bin/sh\nexit 1\n");
    await findPulumi({ progress, environment: environment(), sources });
    assert.equal(built, 2);
  });

  it("lets two processes that start together build once", async () => {
    const script = `
      const { findPulumi } = require(${JSON.stringify(join(repositoryRoot, "dist", "engine", "findPulumi.js"))});
      const fs = require("fs"), path = require("path");
      findPulumi({ progress: { line() {}, status() {}, clear() {} }, pollMilliseconds: 10, sources: [{ origin: "build", obtain: async (part) => {
        fs.appendFileSync(process.env.BUILDS, "x");
        await new Promise((resolve) => setTimeout(resolve, 300));
        fs.mkdirSync(path.join(part, "bin"));
        fs.writeFileSync(path.join(part, "bin", "pulumi"), "#!/bin/sh\\necho v${testedPulumi}\\n", { mode: 0o755 });
        return true;
      } }] }).then((cli) => console.log(cli.path));`;
    const builds = join(folder, "builds");
    const run = (): Promise<string> =>
      new Promise((resolve) => {
        let told = "";
        const child = spawn(process.execPath, ["-e", script], { env: { ...environment(), BUILDS: builds } });
        child.stdout.on("data", (chunk) => {
          told += chunk;
        });
        child.stderr.on("data", (chunk) => {
          told += chunk;
        });
        child.on("close", () => resolve(told.trim()));
      });
    const paths = await Promise.all([run(), run()]);
    const expected = join(folder, "cache", `pulumi-${testedPulumi}`, "bin", "pulumi");
    assert.deepEqual(paths, [expected, expected]);
    assert.equal(readFileSync(builds, "utf8"), "x");
  });

  it("is not fooled by a build that was killed half way", async () => {
    const script = `
      const { findPulumi } = require(${JSON.stringify(join(repositoryRoot, "dist", "engine", "findPulumi.js"))});
      const fs = require("fs"), path = require("path");
      findPulumi({ progress: { line() {}, status() {}, clear() {} }, sources: [{ origin: "build", obtain: async (part) => {
        fs.mkdirSync(path.join(part, "bin"));
        fs.writeFileSync(path.join(part, "bin", "pulumi"), "half", { mode: 0o755 });
        console.log("building");
        await new Promise((resolve) => setTimeout(resolve, 60000));
        return true;
      } }] });`;
    const child = spawn(process.execPath, ["-e", script], { env: environment() });
    await new Promise((resolve) => child.stdout.once("data", resolve));
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("close", resolve));
    const cache = join(folder, "cache");
    assert.ok(!existsSync(join(cache, `pulumi-${testedPulumi}`)));
    // The dead process's lock, as it looks when it has grown old.
    rmSync(join(cache, `pulumi-${testedPulumi}.lock`), { recursive: true, force: true });
    const cli = await findPulumi({ progress, environment: environment(), sources: builds(() => {}) });
    assert.equal(cli.version, testedPulumi);
    assert.deepEqual(readdirSync(cache), [`pulumi-${testedPulumi}`]);
  });

  it("judges versions: older and other majors are passed over, newer ones are used with a note", () => {
    assert.deepEqual(judgeVersion(testedPulumi), { usable: true });
    assert.equal(judgeVersion("3.258.9").usable, false);
    assert.equal(judgeVersion("4.0.0").usable, false);
    const newer = judgeVersion("3.300.0");
    assert.equal(newer.usable, true);
    assert.match(newer.note ?? "", /newer than 3\.259\.0, the newest tested/);
  });
});
