import assert from "node:assert/strict";
import { installedPackages } from "../../engine/languageHost/dependencies";
import { LineCutter } from "../../engine/languageHost/engineLog";
import {
  findRunner,
  type RunRequestFacts,
  runnerArguments,
  runnerEnvironment,
  runtimeOptions,
  splitArguments,
} from "../../engine/languageHost/program";
import { repositoryRoot } from "../support/repository";

const request: RunRequestFacts = {
  project: "p",
  stack: "s",
  organization: "organization",
  pwd: "/program",
  dryRun: true,
  parallel: 4,
  monitorAddress: "127.0.0.1:1",
  engineAddress: "127.0.0.1:2",
  rootDirectory: "/root",
  entryPoint: "index.ts",
  args: [],
  config: new Map([["p:key", "value"]]),
  secretKeys: ["p:secret"],
};

describe("the language host", () => {
  it("reads runtime options as Pulumi's own host does", () => {
    assert.deepEqual(runtimeOptions({}), { typescript: true, nodeargs: [], tsconfig: undefined });
    assert.equal(runtimeOptions({ typescript: false }).typescript, false);
    const options = runtimeOptions({ nodeargs: "--max-old-space-size=4096 --title 'a b'", tsconfig: "other.json" });
    assert.deepEqual(options.nodeargs, ["--max-old-space-size=4096", "--title", "a b"]);
    assert.equal(options.tsconfig, "other.json");
  });

  it("splits node arguments as a shell would", () => {
    assert.deepEqual(splitArguments(`a "b c" 'd "e"' f\\ g --x="y z"`), ["a", "b c", 'd "e"', "f g", "--x=y z"]);
    assert.deepEqual(splitArguments("   "), []);
  });

  it("hands the run on to the SDK's runner, node's own arguments first, the project's after ours so that they win", () => {
    const args = runnerArguments("/sdk/cmd/run", runtimeOptions({ nodeargs: "--trace-warnings" }), request);
    assert.deepEqual(args.slice(0, 3), ["--min-semi-space-size=16", "--trace-warnings", "/sdk/cmd/run"]);
    assert.ok(args.includes("--dry-run"));
    assert.equal(args[args.indexOf("--monitor") + 1], "127.0.0.1:1");
    assert.equal(args[args.indexOf("--engine") + 1], "127.0.0.1:2");
    assert.equal(args.at(-1), "index.ts");
  });

  it("passes configuration and the TypeScript switch through the environment", () => {
    const typescript = runnerEnvironment({}, runtimeOptions({}), request);
    assert.equal(typescript.PULUMI_CONFIG, '{"p:key":"value"}');
    assert.equal(typescript.PULUMI_CONFIG_SECRET_KEYS, '["p:secret"]');
    assert.equal(typescript.PULUMI_NODEJS_TYPESCRIPT, "true");
    const javascript = runnerEnvironment({}, runtimeOptions({ typescript: false }), request);
    assert.ok(!("PULUMI_NODEJS_TYPESCRIPT" in javascript));
  });

  it("says what to do when a program has no Pulumi SDK", () => {
    assert.throws(() => findRunner("/"), /has no @pulumi\/pulumi: run "npm install"/);
  });

  it("finds the provider SDKs that a program depends on", () => {
    const packages = installedPackages(repositoryRoot, false);
    const providers = packages.flatMap((each) => each.provider?.name ?? []);
    assert.deepEqual(providers, ["azure-native", "command"]);
    assert.ok(packages.some((each) => each.name === "@pulumi/pulumi" && /^3\./.test(each.version)));
  });

  it("cuts output into lines wherever the pieces break", () => {
    const lines: string[] = [];
    const cutter = new LineCutter((line) => lines.push(line));
    for (const piece of ["a\r", "\nb", "c\n\nlast"]) cutter.push(piece);
    cutter.end();
    assert.deepEqual(lines, ["a", "bc", "", "last"]);
  });
});
