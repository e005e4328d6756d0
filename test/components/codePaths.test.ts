import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { repositoryRoot } from "../support/repository";

/** In a process of its own: what is loaded here was loaded by other tests. */
function inOwnProcess(source: string): unknown {
  const begin = `require(${JSON.stringify(join(repositoryRoot, "dist/components/codePaths.js"))}).lateCodePaths();
    const reader = require.resolve("@npmcli/arborist");
    const loaded = () => Object.keys(require.cache).filter((each) => each.includes("arborist") && each !== reader).length;
    const parser = () => Object.keys(require.cache).some((each) => /[\\\\/]typescript[\\\\/]lib[\\\\/]/.test(each));`;
  return JSON.parse(
    execFileSync(process.execPath, ["-e", `${begin}\n${source}`], { cwd: repositoryRoot, encoding: "utf8" }),
  );
}

describe("what the SDK loads for serialized functions", () => {
  it("is not loaded by a program that serializes none", () => {
    const loaded = inOwnProcess(`require("@pulumi/pulumi"); console.log(JSON.stringify([loaded(), parser()]));`);
    assert.deepEqual(loaded, [0, false], "the SDK uses its package reader or TypeScript at start-up now");
  });

  it("is the real one for a program that asks for the packages of a function", () => {
    const told = inOwnProcess(`
      const pulumi = require("@pulumi/pulumi");
      pulumi.runtime.computeCodePaths().then((paths) => {
        const real = require("@npmcli/arborist");
        console.log(JSON.stringify([paths.size > 0, loaded() > 0, new real.Arborist({ path: "." }) instanceof real]));
      });`);
    assert.deepEqual(told, [true, true, true]);
  });

  it("is the real one for a program that serializes a function", () => {
    const told = inOwnProcess(`
      const pulumi = require("@pulumi/pulumi");
      const captured = 41;
      class Greeter { greet() { return captured + 1; } }
      class Polite extends Greeter { greet() { return super.greet(); } }
      pulumi.runtime.serializeFunction(() => new Polite().greet()).then(({ text }) => {
        console.log(JSON.stringify([text.includes("41"), parser()]));
      });`);
    assert.deepEqual(told, [true, true]);
  });

  it("tells what is wrong with a function that cannot be serialized", () => {
    const told = inOwnProcess(`
      const pulumi = require("@pulumi/pulumi");
      pulumi.runtime.serializeFunction(Math.random).then(
        () => console.log(JSON.stringify("serialized")),
        (error) => console.log(JSON.stringify(error.message)));`);
    assert.match(String(told), /could not be serialized because/);
  });
});
