import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { runToEnd } from "../../engine/childProcess";
import { findNode } from "../../engine/findNode";
import { findPulumi } from "../../engine/findPulumi";
import { silent } from "../../engine/progress";
import { requiresEngine } from "../support/engine";
import { lay } from "../support/laidOut";
import { npm } from "../support/packed";
import { repositoryRoot } from "../support/repository";

const bare = {
  version: 3,
  deployment: {
    manifest: { time: "2026-01-01T00:00:00Z", magic: "", version: "" },
    resources: [
      { urn: "urn:pulumi:dev::p::pulumi:pulumi:Stack::p-dev", custom: false, type: "pulumi:pulumi:Stack" },
      {
        urn: "urn:pulumi:dev::p::azure-native:compute:VirtualMachine::vm",
        custom: true,
        id: "vm",
        type: "azure-native:compute:VirtualMachine",
        inputs: {},
        outputs: {},
      },
    ],
  },
};

describe("the policy pack as another project gets it", function () {
  this.timeout(900_000);
  let folder = "";
  let state = "";
  let files: readonly string[] = [];
  const pack = () => join(folder, "node_modules", "pulumi-entra-connect-policy");

  before(async function () {
    await requiresEngine(this);
    folder = mkdtempSync(join(tmpdir(), "entra-connect-policy-"));
    const packed = await npm(["pack", "--json", "--pack-destination", folder], join(repositoryRoot, "policy"));
    assert.equal(packed.code, 0, packed.stderr);
    const [told] = JSON.parse(packed.stdout.slice(packed.stdout.indexOf("["))) as [
      { filename: string; files: { path: string }[] },
    ];
    files = told.files.map(({ path }) => path);
    writeFileSync(
      join(folder, "package.json"),
      JSON.stringify({ name: "consumer", private: true, dependencies: { "pulumi-entra-connect-policy": "*" } }),
    );
    await lay(this, folder, join(folder, told.filename), "pulumi-entra-connect-policy");
    state = join(folder, "state.json");
    writeFileSync(state, JSON.stringify(bare));
  });
  after(() => {
    if (folder) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  async function analyze(policyPack: string, path: readonly string[] = []) {
    const [cli, node] = [await findPulumi({ progress: silent, sources: [] }), await findNode({ progress: silent })];
    const ended = await runToEnd(
      cli.path,
      ["policy", "analyze", "--file", state, "--policy-pack", policyPack, "--non-interactive", "--color", "never"],
      {
        cwd: folder,
        environment: {
          ...process.env,
          PULUMI_HOME: join(folder, "home"),
          PULUMI_SKIP_UPDATE_CHECK: "true",
          PATH: [...path, join(node, ".."), process.env.PATH].join(delimiter),
        },
        timeout: 900_000,
      },
    );
    return { code: ended.code, text: ended.stdout + ended.stderr };
  }

  it("holds the compiled rules, how to start them, and nothing of the workshop", () => {
    for (const needed of ["PulumiPolicy.yaml", "index.js", "start.js", "README.md", "LICENSE", "dist/policy/pack.js"])
      assert.ok(files.includes(needed), `${needed} is missing`);
    assert.deepEqual(
      files.filter((file) => /\.(ts|map)$|prepare|document|test/.test(file)),
      [],
    );
  });

  it("is started as a program", async () => {
    const { code, text } = await analyze(join(pack(), "start.js"));
    assert.match(text, /encryption-at-host-off/);
    assert.match(
      text,
      new RegExp(`entra-connect@v${JSON.parse(readFileSync(join(pack(), "package.json"), "utf8")).version}`),
    );
    assert.equal(code, 1);
  });

  it("is started from its folder, as by the plugin that comes with Pulumi's own CLI", async function () {
    if (process.platform === "win32") this.skip();
    // What Pulumi's own distribution has beside the CLI, for packs in Node.
    const plugins = join(folder, "plugins");
    mkdirSync(plugins);
    const runner = join(folder, "node_modules", "@pulumi", "pulumi", "cmd", "run-policy-pack");
    writeFileSync(join(plugins, "pulumi-analyzer-policy-nodejs"), `#!/bin/sh\nexec node '${runner}' "$@"\n`, {
      mode: 0o755,
    });
    const { code, text } = await analyze(pack(), [plugins]);
    assert.match(text, /encryption-at-host-off/, text);
    assert.equal(code, 1);
  });
});
