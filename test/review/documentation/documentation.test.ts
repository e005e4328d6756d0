import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type DocumentReport, documentServer, type TargetFlow } from "../../../review/documentation";
import { renderMarkdown, renderText } from "../../../review/render";
import { BadInput } from "../../../review/verdict";
import { repositoryRoot, sampleConfiguration } from "../../support/repository";
import { requires } from "../../support/requires";
import { Contoso, entra, forest, metaverse, userJoin } from "../configuration/contoso";
import { manifestOf, writeArchive } from "../evidence/archives";

const guid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/iu;

describe("documentation of a server", () => {
  let folder = "";
  before(function () {
    requires(this, "the Contoso sample", sampleConfiguration);
    folder = mkdtempSync(join(tmpdir(), "document-"));
  });
  after(() => {
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  const written = (name: string, copy: Contoso): string => {
    for (const [path, text] of copy.files) {
      const file = join(folder, name, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    return join(folder, name);
  };
  const markdownOf = async (source: string): Promise<string> => renderMarkdown((await documentServer(source)).page);
  const targetIn = (report: DocumentReport, attribute: string): TargetFlow => {
    const found = report.summary.flows.targets.find(
      (target) => target.objectType === "user" && target.connector.endsWith("AAD") && target.attribute === attribute,
    );
    assert.ok(found, attribute);
    return found;
  };

  it("holds settings, connectors, rules, metaverse and flows of the Contoso sample", async () => {
    const { report, page } = await documentServer(sampleConfiguration);
    assert.deepEqual(report.summary.counts, {
      ...{ connectors: 2, rules: 62, standardRules: 62, customRules: 0, disabledRules: 0 },
    });
    assert.deepEqual(
      page.sections.map((section) => section.id),
      ["overview", "settings", "connectors", "rules", "flows", "metaverse", "cannot-tell"],
    );
    const text = renderText(page, { colour: false, width: 160 });
    for (const said of [
      /Microsoft\.SynchronizationOption\.AnchorAttribute\s+objectGUID/u,
      /Containers included\s+OU=CORP,DC=contoso,DC=com/u,
      /Password hash synchronization\s+off, to contoso\.onmicrosoft\.com - AAD/u,
      /Delta Import\s+1\s+delta-import\s+DC=contoso,DC=com/u,
      /100 In from AD - User Join \(contoso\.com\)/u,
      /Scope: isCriticalSystemObject ≠ TRUE/u,
      /user: cloudAnchor/u,
    ])
      assert.match(text, said);
  });

  it("follows a target attribute back to its sources in precedence order", async () => {
    const { report } = await documentServer(sampleConfiguration);
    const mail = targetIn(report, "mail");
    const precedences = mail.outbound.map((step) => step.precedence);
    assert.deepEqual(
      precedences,
      precedences.toSorted((a, b) => a - b),
    );
    const [step] = mail.outbound;
    assert.equal(step?.takes, "attribute mail");
    const inbound = step?.fedBy.find((feed) => feed.attribute === "mail")?.inbound ?? [];
    assert.ok(inbound.length > 1);
    assert.deepEqual(
      inbound.map((source) => source.precedence),
      inbound.map((source) => source.precedence).toSorted((a, b) => a - b),
    );
    assert.ok(inbound.every((source) => source.takes !== ""));
    assert.ok(inbound.some((source) => source.connector === "contoso.com"));
  });

  it("takes expressions, constants and attributes apart, and leaves disabled rules out of the flows", async () => {
    const copy = new Contoso();
    const rule = copy.rule("In from AD - User AccountEnabled");
    copy.edit(rule, "<disabled>False</disabled>", "<disabled>True</disabled>");
    const before = targetIn((await documentServer(sampleConfiguration)).report, "accountEnabled");
    const after = targetIn((await documentServer(written("disabled", copy))).report, "accountEnabled");
    const sources = (target: TargetFlow) => target.outbound[0]?.fedBy[0]?.inbound ?? [];
    assert.equal(sources(before)[0]?.takes, 'constant "True"');
    assert.equal(sources(before)[0]?.rule, "In from AD - User AccountEnabled");
    assert.ok(sources(before).some((source) => source.takes.startsWith("expression IIF(BitAnd([userAccountControl]")));
    assert.ok(sources(after).every((source) => source.rule !== "In from AD - User AccountEnabled"));
    assert.ok((await markdownOf(written("disabled", copy))).includes("standard, disabled"));
  });

  it("knows what an expression reads even where the list of sources leaves it out", async () => {
    const { report } = await documentServer(sampleConfiguration);
    const member = report.summary.flows.targets.find(
      (target) => target.objectType === "group" && target.connector.endsWith("AAD") && target.attribute === "member",
    );
    const counted = member?.outbound.find((step) => step.takes.includes("[memberCount]"));
    assert.deepEqual(counted?.reads, ["member", "memberCount"]);
  });

  it("is the same document for another export of the same configuration: new identifiers, dates, counters, file order", async () => {
    const ids = new Map<string, string>();
    const copy = new Contoso().everywhere((text) =>
      text
        .replace(new RegExp(guid.source, "giu"), (id) => {
          const key = id.toLowerCase();
          if (key.startsWith("b891884f") || /^[0-]+$/u.test(key)) return id;
          const other = ids.get(key) ?? `${(0xffffffff - ids.size).toString(16)}${key.slice(8)}`;
          ids.set(key, other);
          return other;
        })
        .replace(/(<(?:creation-time|last-modification-time)>)[^<]*/gu, "$12031-01-01 00:00:00.000")
        .replace(/export-date='[^']*'/u, "export-date='2031-01-01 00:00:00.000'")
        .replace(/<version>\d+<\/version>/gu, "<version>9999</version>"),
    );
    copy.parameter("Microsoft.Synchronize.NextStartTime", "Wed, 01 Jan 2031 00:00:00 GMT");
    const renamed = new Contoso();
    renamed.files.clear();
    for (const [path, text] of copy.files) {
      const name = path.replace(guid, (id) => ids.get(id.toLowerCase()) ?? id);
      renamed.files.set(name, text);
    }
    assert.ok(ids.size > 60);
    const here = await markdownOf(sampleConfiguration);
    assert.equal(await markdownOf(written("again", renamed)), here);
    assert.doesNotMatch(here, guid);
    assert.doesNotMatch(here, /\b20\d\d-\d\d-\d\d\b|GMT/u, "no dates");
  });

  it("changes only in the lines that say what changed", async () => {
    const copy = new Contoso()
      .parameter("Microsoft.Synchronize.StagingMode", "True")
      .edit(forest, "OU=CORP,DC=contoso,DC=com", "OU=HQ,DC=contoso,DC=com");
    const before = new Set((await markdownOf(sampleConfiguration)).split("\n"));
    const changed = (await markdownOf(written("changed", copy))).split("\n").filter((line) => !before.has(line));
    assert.deepEqual(changed, [
      "- **Staging mode:** on",
      "| Microsoft.Synchronize.StagingMode | True |",
      "- **Containers included:** OU=HQ,DC=contoso,DC=com",
    ]);
  });

  it("keeps rules apart that share name, direction and connector", async () => {
    const copy = new Contoso();
    const original = copy.files.get(copy.rule(userJoin)) ?? "";
    const id = guid.exec(original)?.[0] ?? "";
    copy.files.set("SynchronizationRules/twin.xml", original.replaceAll(id, `aaaaaaaa${id.slice(8)}`));
    const { page } = await documentServer(written("twins", copy));
    const ids = page.sections.flatMap((section) => (section.sections ?? []).map((child) => child.id));
    assert.equal(new Set(ids).size, ids.length);
    assert.equal(ids.filter((name) => name.includes(userJoin)).length, 2);
  });

  it("shows no value that is encrypted or named like a secret", async () => {
    const copy = new Contoso()
      .edit(forest, 'dataType="String" encrypted="1" />', 'dataType="String" encrypted="1">hunter2-a</parameter>')
      .edit(forest, "<forest-port>", "<forest-password>hunter2-b</forest-password><forest-port>")
      .edit(entra, 'encrypted="1" />', 'encrypted="1">hunter2-c</parameter>')
      .edit(metaverse, "<password-sync />", "<client-secret>hunter2-d</client-secret>");
    const { report, page } = await documentServer(written("secrets", copy));
    const all = JSON.stringify(report) + renderMarkdown(page);
    assert.ok(!all.includes("hunter2"), all.slice(all.indexOf("hunter2") - 200, all.indexOf("hunter2") + 20));
    assert.ok(all.includes("(not shown)"));
  });

  it("documents an archive of the collector, and says what was not collected", async () => {
    const files = Object.fromEntries([...new Contoso().files].map(([path, text]) => [`configuration/${path}`, text]));
    const manifest = JSON.stringify({
      ...(JSON.parse(manifestOf(files)) as object),
      notAvailable: [{ name: "automatic upgrade", reason: "x" }],
    });
    const archive = await writeArchive(join(folder, "collected.zip"), { "manifest.json": manifest, ...files });
    const { report } = await documentServer(archive);
    assert.equal(report.summary.counts.rules, 62);
    assert.ok(report.findings.some((finding) => finding.title === "Not collected: automatic upgrade."));
  });

  it("documents a settings file as far as its keys are known, and says what such a file cannot tell", async () => {
    const file = join(folder, "settings.json");
    writeFileSync(
      file,
      JSON.stringify({
        policyMetadata: {
          type: "migration",
          author: "CONTOSO\\admin",
          timeCreated: "2026-01-31 10:00:00Z",
          azureADConnectVersion: "2.6.92.0",
        },
        deploymentMetadata: { hostName: "aadc01.contoso.com", serviceAccount: "NT SERVICE\\ADSync" },
        onpremisesDirectoryPolicy: [
          {
            friendlyName: "contoso.com",
            uniqueIdentifier: "ae4db4cc-b16b-4eb2-acf5-837ca84e4d7d",
            partitionFilters: [
              {
                distinguishedName: "DC=contoso,DC=com",
                containerInclusions: ["OU=B,DC=contoso,DC=com", "OU=A,DC=contoso,DC=com"],
                containerExclusions: [],
              },
            ],
            standardSynchronizationRules: [
              { Name: "In from AD - User Join", immutableTag: "Microsoft.InfromADUserJoin.006", precedence: 100 },
            ],
            customSynchronizationRules: [
              {
                name: "In - Contoso",
                direction: "Inbound",
                precedence: 50,
                source: "user",
                target: "person",
                scopeFilters: [{ attribute: "c", condition: "EQUAL", value: "DE" }],
                attributeMappings: [{ destination: "title", source: "title" }],
              },
            ],
          },
        ],
        azureDirectoryPolicy: {
          standardSynchronizationRules: [],
          customSynchronizationRules: [],
          unknownSwitch: "yes",
        },
      }),
    );
    const { report, page } = await documentServer(file);
    assert.deepEqual(
      [report.verdict, report.summary.server, report.summary.version],
      ["ok", "aadc01.contoso.com", "2.6.92.0"],
    );
    const markdown = renderMarkdown(page);
    assert.match(markdown, /OU=A,DC=contoso,DC=com<br>OU=B/u);
    assert.match(markdown, /c = DE/u);
    assert.match(markdown, /unknownSwitch \| yes/u);
    assert.match(markdown, /Staging mode, source anchor, sign-in method/u);
    assert.doesNotMatch(markdown, guid);
    assert.doesNotMatch(markdown, /2026-01-31/u);
  });

  it("refuses half an export and other files by name", async () => {
    const copy = new Contoso();
    copy.files.delete(metaverse);
    await assert.rejects(documentServer(written("half", copy)), (error) => {
      assert.ok(error instanceof BadInput);
      assert.match(error.message, /half.*GlobalSettings/su);
      return true;
    });
    const broken = new Contoso().edit(forest, "</ma-data>", "");
    await assert.rejects(documentServer(written("broken", broken)), /Connector_\{ae4db4cc.*\.xml:\d+:\d+/su);
  });

  it("runs as a command in every format and ends with 0", () => {
    const run = (...args: readonly string[]) =>
      spawnSync(process.execPath, [join(repositoryRoot, "dist/cli/main.js"), "document", ...args], {
        encoding: "utf8",
        maxBuffer: 64 * 1024 * 1024,
      });
    const output = join(folder, "server.html");
    const html = run(sampleConfiguration, "--output", output);
    assert.equal(html.status, 0, html.stderr);
    assert.match(readFileSync(output, "utf8"), /<h1>Configuration of CONTOSO-SYNC01<\/h1>/u);
    assert.match(run(sampleConfiguration, "--format", "markdown").stdout, /^# Configuration of CONTOSO-SYNC01\n/u);
    const report = JSON.parse(run(sampleConfiguration, "--format", "json").stdout) as DocumentReport;
    assert.deepEqual(Object.keys(report), ["verdict", "findings", "summary"]);
    const refused = run(join(folder, "nowhere"));
    assert.equal(refused.status, 3);
    assert.match(refused.stderr, /nowhere/u);
  });
});
