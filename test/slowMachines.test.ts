import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { repositoryRoot } from "./support/repository";

/** What a machine three times slower, or one with other work, must not decide. */
const kinds: readonly { what: string; found: (text: string) => readonly string[] }[] = [
  {
    what: "a time limit below the net of .mocharc.json",
    found: (text) =>
      [...text.matchAll(/\btimeout\((\d[\d_]*)\)/g)]
        .filter(([, limit = ""]) => Number(limit.replaceAll("_", "")) < net)
        .map(([whole]) => whole),
  },
  {
    what: "a wait that gives up after a number of turns (test/support/eventually.ts does not)",
    found: (text) => text.match(/for \(let \w+ = 0; \w+ < [^\n]*\n?[^\n]*setTimeout[^\n]*/g) ?? [],
  },
];
const net = (JSON.parse(readFileSync(join(repositoryRoot, ".mocharc.json"), "utf8")) as { timeout: number }).timeout;

describe("the tests", () => {
  const sources = readdirSync(join(repositoryRoot, "test"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && name !== "slowMachines.test.ts")
    .map((name) => ({ name, text: readFileSync(join(repositoryRoot, "test", name), "utf8") }));
  for (const { what, found } of kinds)
    it(`hold nowhere ${what}`, () => {
      assert.ok(sources.length > 100);
      assert.deepEqual(
        sources.flatMap(({ name, text }) => found(text).map((each) => `${name}: ${each}`)),
        [],
      );
    });
});
