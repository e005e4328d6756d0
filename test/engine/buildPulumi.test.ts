import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { BuildCounter, buildPulumi } from "../../engine/buildPulumi";
import type { Ended } from "../../engine/childProcess";
import { silent } from "../../engine/progress";
import { testedPulumi } from "../../engine/version";
import { CouldNotRun } from "../../review/verdict";
import { repositoryRoot } from "../support/repository";

const ended = (code: number | null, more: Partial<Ended> = {}): Ended => ({
  code,
  signal: null,
  stdout: "",
  stderr: "",
  ...more,
});

describe("building the engine from Go modules", () => {
  it("pins the version that the rest says is tested", () => {
    const module = readFileSync(join(repositoryRoot, "engine", "pulumi-cli", "go.mod"), "utf8");
    assert.ok(module.includes(`github.com/pulumi/pulumi/pkg/v3 v${testedPulumi}\n`));
    assert.ok(module.includes(`github.com/pulumi/pulumi/sdk/v3 v${testedPulumi} `));
  });

  it("says what to install where Go is missing", async () => {
    const run = async (): Promise<Ended> => ended(null, { problem: "spawn go ENOENT" });
    await assert.rejects(buildPulumi("nowhere", { progress: silent, run }), (error) => {
      assert.ok(error instanceof CouldNotRun);
      assert.match(error.message, /Go.*is not installed/);
      assert.match(error.message, /https:\/\/go\.dev\/dl\//);
      assert.match(error.message, /https:\/\/www\.pulumi\.com\/docs\/install\//);
      return true;
    });
  });

  it("repeats go's own reason when the build fails", async () => {
    const run = async (
      _program: string,
      args: readonly string[],
      options: { onOutput?: (stream: "stderr", text: string) => void },
    ) => {
      if (args[0] === "version") return ended(0, { stdout: "go version go1.22 linux/amd64" });
      options.onOutput?.("stderr", "go: downloading a v1\nexample.com/x\n");
      options.onOutput?.("stderr", "go: a@v1: Get: dial tcp: lookup failed\n");
      return ended(1);
    };
    await assert.rejects(
      buildPulumi(repositoryRoot, { progress: silent, run }),
      /could not be built with go version go1\.22[\s\S]*dial tcp: lookup failed[\s\S]*Go module proxy/,
    );
  });

  it("counts downloads and compiled packages as go reports them, in pieces of any size", () => {
    const counter = new BuildCounter();
    for (const piece of ["go: downlo", "ading a v1\ngo: downloading b v2\nexample.com/", "x\ncel.dev/expr\n"])
      counter.read(piece);
    assert.equal(counter.text(), "2 modules downloaded, 2 of about 1690 packages compiled");
  });
});
