import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { type Expected, found, judgedRecording, pagesOf, recordedFile, recordedNames } from "./golden";
import { scenarios } from "./scenarios";

describe("recorded previews", () => {
  const names = recordedNames();

  it("are of at least 40 scenarios, each with its expectation and its pages", () => {
    assert.ok(names.length >= 40, `${names.length}`);
    const missing = names.flatMap((name) =>
      ["expected.json", "txt", "md"]
        .filter((ending) => !existsSync(recordedFile(name, ending)))
        .map((ending) => `${name}.${ending}`),
    );
    assert.deepEqual(missing, []);
    assert.deepEqual(names, scenarios.map(({ name }) => name).sort());
  });

  for (const name of names)
    describe(name, () => {
      it("comes to what is expected: verdict, each hazard, each server", () => {
        const expected = JSON.parse(readFileSync(recordedFile(name, "expected.json"), "utf8")) as Expected;
        assert.deepEqual(found(judgedRecording(name)), { ...expected, hazards: [...expected.hazards].sort() });
      });

      it("is shown as its pages (npm run update-previews writes them anew)", () => {
        for (const [ending, page] of Object.entries(pagesOf(judgedRecording(name))))
          assert.equal(page, readFileSync(recordedFile(name, ending), "utf8"), `${name}.${ending}`);
      });
    });
});
