import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ConfigurationReport, compareServers } from "../../../review/configuration";
import { BadInput, type Json } from "../../../review/verdict";
import { sampleConfiguration } from "../../support/repository";
import { requires } from "../../support/requires";

type Settings = Record<string, unknown>;

/** A settings file as far as its keys are known, with some that are not. */
function settings(): Settings {
  return {
    policyMetadata: {
      type: "applied",
      author: "CONTOSO\\admin",
      timeCreated: "2026-01-31 10:00:00Z",
      azureADConnectVersion: "2.6.84.0",
    },
    deploymentMetadata: {
      hostName: "aadc01.contoso.com",
      serviceAccount: "NT SERVICE\\ADSync",
      databaseName: "ADSync",
    },
    onpremisesDirectoryPolicy: [
      {
        friendlyName: "contoso.com",
        fullyQualifiedDomainName: "contoso.com",
        uniqueIdentifier: "11111111-1111-1111-1111-111111111111",
        partitionFilters: [
          {
            distinguishedName: "DC=contoso,DC=com",
            containerInclusions: ["OU=CORP,DC=contoso,DC=com"],
            containerExclusions: ["DC=contoso,DC=com"],
          },
        ],
        standardSynchronizationRules: [
          {
            Name: "In from AD - User Join",
            uniqueIdentifier: "a",
            immutableTag: "Microsoft.InfromADUserJoin.003",
            precedence: 100,
          },
        ],
        customSynchronizationRules: [
          {
            name: "Ours",
            description: "",
            direction: "Inbound",
            precedence: 50,
            source: "user",
            target: "person",
            linkType: "Join",
            internalIdentifier: "b",
            uniqueIdentifier: "c",
            scopeFilters: [{ attribute: "department", condition: "EQUAL", value: "Sales" }],
            attributeMappings: [{ destination: "title", source: "Trim([title])" }],
          },
        ],
        unknownDirectoryKey: { deep: [1, 2] },
      },
    ],
    azureDirectoryPolicy: { standardSynchronizationRules: [], customSynchronizationRules: [] },
    someUnknownKey: "value",
  };
}

describe("comparing settings files", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "settings-"));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const write = (name: string, value: unknown): string => {
    writeFileSync(join(folder, name), JSON.stringify(value));
    return join(folder, name);
  };
  /** The file with one text replaced by another, wherever it stands. */
  const replaced = (from: string, to: string): Settings => {
    const text = JSON.stringify(settings());
    assert.ok(text.includes(from), from);
    return JSON.parse(text.replaceAll(from, to)) as Settings;
  };
  /** The same settings as another server writes them. */
  const partner = (staging: Settings): Settings =>
    JSON.parse(JSON.stringify(staging).replaceAll("aadc01", "aadc02")) as Settings;
  const now = new Date("2026-02-01T08:00:00Z");
  const compare = async (staging: Settings, active = settings()): Promise<ConfigurationReport> =>
    (
      await compareServers(write("active.json", active), write("staging.json", partner(staging)), undefined, {
        clock: () => now,
      })
    ).report;
  const found = (report: ConfigurationReport): readonly Json[] =>
    report.findings.map((finding) => [finding.code, finding.class, finding.severity]);

  it("finds nothing in equal files, and says what such a file cannot show", async () => {
    const report = await compare(settings());
    assert.deepEqual(report.findings, []);
    assert.equal(report.verdict, "ok");
    assert.match(report.summary.notCompared.join("\n"), /Staging mode.*not documented/);
    assert.match(report.summary.notCompared.join("\n"), /\d+ values .* no known meaning/);
  });

  it("stays silent on metadata, identifiers, order of keys and lists, and the spelling of Name", async () => {
    const other = JSON.parse(
      JSON.stringify(settings())
        .replace('"Name":', '"name":')
        .replace("aadc01", "aadc02")
        .replace("2026-01-31", "2026-01-30")
        .replace("CONTOSO\\\\admin", "CONTOSO\\\\other")
        .replace("11111111-1111", "22222222-2222")
        .replace('"uniqueIdentifier":"c"', '"uniqueIdentifier":"z"'),
    ) as Settings;
    const report = await compare(Object.fromEntries(Object.entries(other).reverse()));
    assert.deepEqual(report.findings, []);
    assert.deepEqual(
      report.summary.folded.map(({ reason }) => reason),
      ["date", "server-name", "metadata"],
    );
  });

  const kinds: readonly (readonly [string, string, string, string, string, string])[] = [
    [
      "a directory",
      '"friendlyName":"contoso.com","fullyQualifiedDomainName":"contoso.com"',
      '"friendlyName":"fabrikam.com","fullyQualifiedDomainName":"fabrikam.com"',
      "connector-missing-on-staging",
      "your-change",
      "blocking",
    ],
    ["containers", "OU=CORP,DC", "OU=LAB,DC", "containers-missing-on-staging", "your-change", "blocking"],
    [
      "a partition",
      '"distinguishedName":"DC=contoso',
      '"distinguishedName":"DC=fabrikam',
      "partition-missing-on-staging",
      "your-change",
      "blocking",
    ],
    ["a tag in the same build", "UserJoin.003", "UserJoin.012", "rule-tag-differs", "unexplained", "warning"],
    [
      "the precedence of a custom rule",
      '"precedence":50',
      '"precedence":60',
      "rule-precedence-differs",
      "your-change",
      "warning",
    ],
    ["a scope filter", '"Sales"', '"Marketing"', "rule-scope-differs", "your-change", "warning"],
    ["a flow", "Trim([title])", "[title]", "rule-flow-differs", "your-change", "warning"],
    ["a link type", '"linkType":"Join"', '"linkType":"Provision"', "rule-link-type-differs", "your-change", "warning"],
    ["a custom rule", '"name":"Ours"', '"name":"Theirs"', "rule-missing-on-staging", "your-change", "warning"],
    [
      "a key of which nothing is known",
      '"someUnknownKey":"value"',
      '"someUnknownKey":"other"',
      "raw-value-differs",
      "unexplained",
      "warning",
    ],
    ["a nested key of which nothing is known", "[1,2]", "[1,3]", "raw-value-differs", "unexplained", "warning"],
  ];
  for (const [what, from, to, ...expected] of kinds)
    it(`finds ${what}`, async () => {
      assert.deepEqual(found(await compare(replaced(from, to)))[0], expected);
    });

  it("takes another tag revision in another build for what it is", async () => {
    const report = await compare(
      JSON.parse(
        JSON.stringify(settings()).replace("UserJoin.003", "UserJoin.012").replace("2.6.84.0", "2.6.92.0"),
      ) as Settings,
    );
    assert.deepEqual(found(report), [
      ["build-differs", "build-difference", "info"],
      ["rule-revised", "build-difference", "info"],
    ]);
    assert.equal(report.verdict, "ok");
  });

  it("compares a file with a folder in what both hold, and names the rest", async function () {
    requires(this, "the Contoso sample", sampleConfiguration);
    const { report } = await compareServers(
      write("active.json", replaced("2.6.84.0", "1.1.130.0")),
      sampleConfiguration,
    );
    const codes = report.findings.map(({ code, subject }) => `${code}: ${subject}`);
    assert.equal(codes[0], "staging-mode-off: staging mode");
    assert.ok(codes.includes('rule-missing-on-staging: rule "Ours" (inbound, contoso.com)'), codes.join("\n"));
    assert.ok(
      !codes.some((code) => code.includes("partition") || code.includes('"In from AD - User Join"')),
      codes.join("\n"),
    );
    assert.match(report.summary.notCompared.join("\n"), /What only the folder holds/);
    assert.match(report.summary.notCompared.join("\n"), /What only the settings file .* holds: \d+ values/);
  });

  it("refuses JSON that is no settings file", async () => {
    const good = write("good.json", settings());
    const bad = write("bad.json", { hello: 1 });
    await assert.rejects(compareServers(good, bad), (error: unknown) => {
      assert.ok(error instanceof BadInput);
      assert.match(error.message, /not a settings file of the wizard: it has no policyMetadata object/);
      return true;
    });
  });
});
