import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { settingsSchema, validate } from "../../components";
import { settingsDocument } from "../../components/settings/document";
import { secretNames } from "../../components/settings/schema";
import { repositoryRoot } from "../support/repository";

const read = (file: string): string => readFileSync(join(repositoryRoot, file), "utf8");
const parsed = (file: string): { config: Record<string, unknown> } => parse(read(file));
const prefix = "entra-connect:";

function settingsIn(file: string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(parsed(file).config).map(([key, value]) => [key.slice(prefix.length), value]),
  );
}

describe("what is written about settings", () => {
  it("docs/settings.md says what the schema says (npm run document-settings)", () =>
    assert.equal(read("docs/settings.md"), settingsDocument()));

  it("Pulumi.yaml declares every setting and secret with a type and a description, and nothing else", () => {
    const { config } = parsed("Pulumi.yaml");
    assert.deepEqual(Object.keys(config).sort(), [...Object.keys(settingsSchema.properties), ...secretNames].sort());
    for (const [name, declared] of Object.entries(config as Record<string, { type?: string; description?: string }>)) {
      assert.ok(declared.type, name);
      assert.ok((declared.description ?? "").length > 10, name);
    }
  });

  for (const file of ["Pulumi.prod.yaml", "Pulumi.rehearsal.yaml"])
    it(`${file} is right but for the files that only its user has`, () => {
      const result = validate(settingsIn(file), { projectFolder: repositoryRoot, today: new Date("2026-11-22") });
      const problems = result.kind === "invalid" ? result.problems : [];
      assert.deepEqual(problems.map((each) => each.path).sort(), [
        "connect.installer.path",
        "connect.settingsFile.path",
      ]);
    });
});
