import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { repositoryRoot } from "../support/repository";

/** In a process of its own: what is loaded here was loaded by other tests. */
function inOwnProcess(source: string): unknown {
  const begin = `require(${JSON.stringify(join(repositoryRoot, "dist/components/codePaths.js"))}).lateCodePaths();
    const reader = require.resolve("@npmcli/arborist");
    const loaded = () => Object.keys(require.cache).filter((each) => each.includes("arborist") && each !== reader).length;`;
  return JSON.parse(
    execFileSync(process.execPath, ["-e", `${begin}\n${source}`], { cwd: repositoryRoot, encoding: "utf8" }),
  );
}

describe("what the SDK loads to find the packages of a serialized function", () => {
  it("is not loaded by a program that serializes none", () => {
    const loaded = inOwnProcess(`require("@pulumi/pulumi"); console.log(loaded());`);
    assert.equal(loaded, 0, "the SDK uses its package reader at start-up now");
  });

  it("is the real one for a program that does", () => {
    const told = inOwnProcess(`
      const pulumi = require("@pulumi/pulumi");
      pulumi.runtime.computeCodePaths().then((paths) => {
        const real = require("@npmcli/arborist");
        console.log(JSON.stringify([paths.size > 0, loaded() > 0, new real.Arborist({ path: "." }) instanceof real]));
      });`);
    assert.deepEqual(told, [true, true, true]);
  });
});
