import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import semver from "semver";
import { parse } from "yaml";
import { settingRows, settingsDocument } from "../../components/settings/document";
import { generationSecretNames, secretNames, settingsSchema } from "../../components/settings/schema";
import { validate } from "../../components/settings/validate";
import { repositoryRoot } from "../support/repository";

const read = (file: string): string => readFileSync(join(repositoryRoot, file), "utf8");
const prefix = "entra-connect:";
const today = new Date("2026-11-22");

function settingsIn(text: string): Record<string, unknown> {
  const { config }: { config: Record<string, unknown> } = parse(text);
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key.slice(prefix.length), value]));
}

/** The file after somebody took the comment signs off the block of a generation. */
function withBlock(text: string, number: string): string {
  const lines = text.split("\n");
  const first = lines.findIndex((line) => line.trim() === `# "${number}":`);
  assert.notEqual(first, -1, `there is a commented block "${number}"`);
  const length = lines.slice(first).findIndex((line) => !line.trim().startsWith("#"));
  return lines
    .map((line, index) => (index >= first && index < first + length ? line.replace("# ", "") : line))
    .join("\n");
}

describe("what is written about settings", () => {
  it("docs/settings.md says what the schema says (npm run document-settings)", () =>
    assert.equal(read("docs/settings.md"), settingsDocument()));

  it("says of every setting what it means and what a change does to a running server", () => {
    const rows = [...settingRows().values()].flat();
    assert.ok(rows.length > 60, String(rows.length));
    for (const { path, description, change, value } of rows) {
      assert.ok(description.length >= 10, `${path}: ${description}`);
      assert.match(change, /^(in place|rebuild|refused|see its parts)/, path);
      if (change.includes("rebuild")) assert.match(change, /write another generation block/i, path);
      assert.ok(value.length > 0, path);
    }
  });

  it("has every setting of a generation, by the number it stands under", () => {
    const paths = [...settingRows().values()].flat().map(({ path }) => path);
    for (const path of ["role", "connect.installer.sha256", "connect.database.server", "exceptions[].until"])
      assert.ok(paths.includes(`generations.<N>.${path}`), path);
    assert.equal(new Set(paths).size, paths.length);
  });

  it("Pulumi.yaml declares every setting and secret with a type and a description, and nothing else", () => {
    const { config }: { config: Record<string, { type?: string; description?: string; default?: unknown }> } = parse(
      read("Pulumi.yaml"),
    );
    assert.deepEqual(Object.keys(config).sort(), [...Object.keys(settingsSchema.properties), ...secretNames].sort());
    // The engine asks for everything that has no default, and the program then cannot say more: not even that `server`
    // of an earlier release is called something else now.
    const toldByProgram = ["name", "generations"];
    const askedByEngine: readonly string[] = [
      ...settingsSchema.required.filter((name) => !toldByProgram.includes(name)),
      "administratorPassword",
      "sshPrivateKey",
    ];
    const known: Readonly<Record<string, { readonly type: string; readonly default?: unknown } | undefined>> =
      settingsSchema.properties;
    for (const [name, declared] of Object.entries(config)) {
      const secret = (generationSecretNames as readonly string[]).includes(name) ? "object" : "string";
      assert.equal(declared.type, known[name]?.type ?? secret, name);
      assert.ok((declared.description ?? "").length > 10, name);
      assert.equal(declared.default === undefined, askedByEngine.includes(name), name);
      if (known[name]?.default !== undefined) assert.deepEqual(declared.default, known[name]?.default, name);
    }
  });

  it("Pulumi.yaml refuses engines that ignore a replacement trigger without a word", () => {
    const { requiredPulumiVersion }: { requiredPulumiVersion: string } = parse(read("Pulumi.yaml"));
    assert.equal(semver.satisfies("3.207.0", requiredPulumiVersion), false);
    assert.equal(semver.satisfies("3.208.0", requiredPulumiVersion), true);
  });

  for (const file of ["Pulumi.prod.yaml", "Pulumi.rehearsal.yaml"])
    it(`${file} is right`, () => {
      const result = validate(settingsIn(read(file)), { today, built: {} });
      assert.deepEqual(result.kind === "invalid" ? result.problems : [], []);
    });

  it("Pulumi.prod.yaml is right too with its second block, which is a newer Windows beside the first", () => {
    const result = validate(settingsIn(withBlock(read("Pulumi.prod.yaml"), "2")), { today, built: {} });
    assert.deepEqual(result.kind === "invalid" ? result.problems : [], []);
    if (result.kind !== "valid") return;
    const { generations } = result.settings;
    assert.deepEqual(
      generations.map(({ generation, image }) => [generation, image.sku]),
      [
        [1, "2022-datacenter-g2"],
        [2, "2025-datacenter-azure-edition"],
      ],
    );
  });

  it("the worked stacks switch the scheduler on, and the production one says what to check first", () => {
    for (const file of ["Pulumi.prod.yaml", "Pulumi.rehearsal.yaml"])
      assert.deepEqual((settingsIn(read(file)).gate as { enableScheduler?: boolean }).enableScheduler, true, file);
    assert.match(read("Pulumi.prod.yaml"), /SyncCycleEnabled must say True[\s\S]{0,300}enableScheduler: true/);
  });
});
