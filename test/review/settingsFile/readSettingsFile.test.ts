import assert from "node:assert/strict";
import { readSettingsFile } from "../../../review/settingsFile";
import { contentOf, customRule, looseFile, readLoose } from "./file";

const text = JSON.stringify(looseFile());

describe("reading a settings file of the wizard", () => {
  it("says when, where and by which build it was made", () => {
    const content = contentOf();
    assert.equal(content.madeAt, "2026-11-20 10:00:00Z");
    assert.equal(content.made?.at.toISOString(), "2026-11-20T10:00:00.000Z");
    assert.equal(content.build, "2.6.84.0");
    assert.equal(content.hostName, "aadc01.corp.contoso.com");
    assert.equal(content.serviceAccount, "NT SERVICE\\ADSync");
    assert.deepEqual(content.database, { server: "(localdb)", instance: "ADSync2019", name: "ADSync" });
  });

  it("gives directories with their filters, and rules apart by their kind", () => {
    const content = contentOf();
    const [directory, ...more] = content.directories;
    assert.deepEqual(more, []);
    assert.equal(directory?.name, "corp.contoso.com");
    assert.equal(directory?.forest, "corp.contoso.com");
    assert.deepEqual(directory?.partitions[0]?.inclusions, ["OU=People,DC=corp,DC=contoso,DC=com"]);
    assert.deepEqual(
      content.customRules.map(({ name }) => name),
      ["In from AD - Ours"],
    );
    assert.deepEqual(
      content.standardRules.map(({ name }) => name),
      ["In from AD - User Join"],
    );
    assert.equal(content.configuration.connectors.length, 2);
    assert.deepEqual(content.notUnderstood, []);
  });

  for (const [what, bytes] of [
    ["UTF-8", Buffer.from(text)],
    ["UTF-8 with a byte order mark", Buffer.from(`\uFEFF${text}`)],
    ["UTF-16 as Windows PowerShell writes it", Buffer.from(`\uFEFF${text}`, "utf16le")],
    ["UTF-16 without a mark", Buffer.from(text, "utf16le")],
    ["UTF-16 of the other byte order", Buffer.from(`\uFEFF${text}`, "utf16le").swap16()],
  ] as const)
    it(`reads ${what}`, () => {
      const reading = readSettingsFile(bytes);
      assert.ok(reading.kind === "read");
      assert.equal(reading.content.hostName, "aadc01.corp.contoso.com");
    });

  it("takes a text with the mark still in it", () => {
    assert.equal(readSettingsFile(`\uFEFF${text}`).kind, "read");
  });

  it("finds keys in whatever letter case", () => {
    const shout = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(shout)
        : typeof value === "object" && value !== null
          ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.toUpperCase(), shout(inner)]))
          : value;
    const reading = readSettingsFile(JSON.stringify(shout(looseFile())));
    assert.ok(reading.kind === "read", JSON.stringify(reading));
    assert.deepEqual({ ...reading.content, configuration: 0 }, { ...contentOf(), configuration: 0 });
  });

  it("takes a single object where a list of one was unwrapped, and a list of one where an object is known", () => {
    const content = contentOf((file) => {
      const [directory] = file.onpremisesDirectoryPolicy;
      Object.assign(directory ?? {}, {
        customSynchronizationRules: customRule({ attributeMappings: { destination: "title", source: "title" } }),
        partitionFilters: {
          distinguishedName: "DC=corp",
          containerInclusions: "OU=People,DC=corp",
          containerExclusions: [],
        },
      });
      Object.assign(file, { onpremisesDirectoryPolicy: directory, azureDirectoryPolicy: [file.azureDirectoryPolicy] });
    });
    assert.equal(content.directories.length, 1);
    assert.deepEqual(content.directories[0]?.partitions[0]?.inclusions, ["OU=People,DC=corp"]);
    assert.deepEqual(
      content.customRules.map(({ mappings }) => mappings.map(({ target }) => target)),
      [["title"]],
    );
    assert.deepEqual(content.notUnderstood, []);
  });

  it("keeps what it does not know, with its path", () => {
    const content = contentOf((file) => {
      file.newInNextYear = { deep: ["x"] };
      Object.assign(file.onpremisesDirectoryPolicy[0] ?? {}, { deviceWritebackThing: true });
    });
    assert.ok(content.unknown.some(({ path, value }) => path.startsWith("newInNextYear/deep") && value === "x"));
    assert.ok(content.unknown.some(({ path }) => path.endsWith("deviceWritebackThing")));
  });

  it("names a known list that holds something else, instead of taking it for empty", () => {
    const content = contentOf((file) => {
      Object.assign(file.azureDirectoryPolicy, { customSynchronizationRules: ["a text", 3] });
      Object.assign(file.onpremisesDirectoryPolicy[0] ?? {}, {
        customSynchronizationRules: [customRule({ attributeMappings: ["title"] })],
      });
    });
    assert.deepEqual(content.notUnderstood, [
      "azureDirectoryPolicy/customSynchronizationRules",
      "rule[In from AD - Ours]/attributeMappings",
    ]);
  });

  it("takes null and missing lists for empty ones", () => {
    const content = contentOf((file) => {
      Object.assign(file.azureDirectoryPolicy, {
        customSynchronizationRules: null,
        standardSynchronizationRules: null,
      });
      file.onpremisesDirectoryPolicy = [{ friendlyName: "corp" }];
      Object.assign(file, { deploymentMetadata: null });
    });
    assert.deepEqual([content.customRules, content.notUnderstood, content.hostName], [[], [], undefined]);
  });

  it("refuses what MigrateSettings.ps1 made, by its type and by its name, and says what to use", () => {
    const byType = readLoose((file) => {
      file.policyMetadata.type = "Migration";
    });
    const byName = readSettingsFile(text, { name: "C:\\backup\\Exported-ServerConfiguration-1\\migratedpolicy.json" });
    for (const reading of [byType, byName]) {
      assert.ok(reading.kind === "refused");
      assert.equal(reading.why, "migrated");
      assert.match(reading.problem, /whole folder/);
      assert.match(reading.write, /View or export current configuration/);
    }
  });

  for (const [what, file, why, words] of [
    ["nothing", "", "empty", /empty/],
    ["white space", Buffer.from("\uFEFF \n", "utf16le"), "empty", /empty/],
    ["no JSON", "CANARY not json", "not-json", /^is not JSON$/],
    ["a file that was cut off", text.slice(0, -40).replaceAll("contoso", "CANARY"), "cut-short", /not copied whole/],
    ["bytes that are no text", Buffer.from([0x7b, 0xff, 0xfe, 0xfd]), "not-text", /valid UTF-8/],
    ["half a UTF-16 character", Buffer.from([0xff, 0xfe, 0x7b]), "not-text", /valid UTF-8 or UTF-16/],
    ["a list", '["CANARY"]', "not-a-settings-file", /no policyMetadata/],
    ["another object", '{"CANARY":1}', "not-a-settings-file", /no policyMetadata and no onpremises/],
    [
      "a text where a list of directories is known",
      JSON.stringify({ ...looseFile(), onpremisesDirectoryPolicy: "CANARY" }),
      "not-a-settings-file",
      /no onpremisesDirectoryPolicy$/,
    ],
    ["endless nesting", `${"[".repeat(5000)}${"]".repeat(5000)}`, "not-json", /nested deeper/],
    ["more than a settings file can hold", Buffer.alloc(64 * 1024 * 1024 + 1, "{"), "too-large", /67108865 bytes/],
  ] as const)
    it(`refuses ${what}, without a word of its content`, () => {
      const reading = readSettingsFile(file);
      assert.ok(reading.kind === "refused");
      assert.equal(reading.why, why);
      assert.match(reading.problem, words);
      assert.doesNotMatch(JSON.stringify(reading), /CANARY/);
    });

  it("survives names that are no names", () => {
    for (const name of [0, null, "__proto__", "", { a: 1 }]) {
      const reading = readLoose((file) => {
        Object.assign(file.onpremisesDirectoryPolicy[0] ?? {}, {
          friendlyName: name,
          fullyQualifiedDomainName: name,
          customSynchronizationRules: [customRule({ name, precedence: "fifty", direction: 4 })],
        });
        Object.assign(file.policyMetadata, { timeCreated: name, azureADConnectVersion: name });
      });
      assert.equal(reading.kind, "read");
    }
  });
});
