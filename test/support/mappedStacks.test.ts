import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "./repository";

const loaded = join(repositoryRoot, "dist", "test", "support", "mappedStacks.js");

/** What a program that has loaded the mapping prints. */
function printed(program: string): string {
  const { stdout, stderr } = spawnSync(process.execPath, ["--require", loaded, "-e", program], { encoding: "utf8" });
  return stdout + stderr;
}

describe("the stack of a test that fails", () => {
  it("names the source and its line", () => {
    const source = join(repositoryRoot, "test", "support", "requires.ts");
    const compiled = JSON.stringify(join(repositoryRoot, "dist", "test", "support", "requires.js"));
    const stack = printed(
      `process.env.REQUIRE_ALL = "1";
       try { require(${compiled}).requires({}, "a thing", false) } catch (error) { console.log(error.stack) }`,
    );
    const line =
      readFileSync(source, "utf8")
        .split("\n")
        .findIndex((each) => each.includes("throw new Error(")) + 1;
    assert.match(stack, /^Error: REQUIRE_ALL=1, but a thing is missing here\n/);
    assert.ok(stack.includes(`${source}:${line}:`), stack);
  });

  it("is left as it is in files without a map, and where the SDK notes a promise", () => {
    assert.match(printed("console.log(new Error('told').stack)"), /^Error: told\n {4}at \[eval\]:1:13\n/);
    const noted = printed(
      "function debuggablePromise() { return new Error().stack } console.log(String(debuggablePromise()))",
    );
    assert.match(noted, /^Error\n {4}at debuggablePromise \(\[eval\]:1:39\)/);
  });
});
