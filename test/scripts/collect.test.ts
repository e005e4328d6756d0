import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import Ajv from "ajv";
import { findTestPowershell, type TestPowershell } from "../../rehearsal/windows/testPowershell";
import { type CollectedEvidence, readEvidence } from "../../review/evidence";
import { compareStatisticsOf } from "../../review/statistics";
import { BadInput } from "../../review/verdict";
import { collectorFile as assembledCollector } from "../../scripts/assembleCollector";
import { repositoryRoot, sampleConfiguration } from "../support/repository";
import { requires } from "../support/requires";
import { type CollectRun, collect, collectorFile, collectorText } from "./collectRun";

const schemaOf = (name: string): object =>
  JSON.parse(readFileSync(join(repositoryRoot, "scripts", `collect.${name}.schema.json`), "utf8")) as object;
const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
const isAnswer = ajv.compile(schemaOf("answer"));
const isManifest = ajv.compile(schemaOf("manifest"));

interface Answer {
  readonly archive: string;
  readonly sha256: string;
  readonly size: number;
  readonly warnings: readonly string[];
  readonly notAvailable: readonly string[];
}

const settingsFile = "Applied-SynchronizationPolicy-1.JSON";
const settings = '{"policyMetadata":{"type":"x"}}';

describe("the collector in the test PowerShell", () => {
  let powershell: TestPowershell | undefined;
  let folder = "";

  before(async function () {
    powershell = await findTestPowershell();
    requires(this, "the test PowerShell", powershell !== undefined);
    requires(this, "the Contoso sample", sampleConfiguration);
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "collect-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const once = new Map<boolean, Promise<CollectRun>>();
  const kept: string[] = [];
  after(() => {
    for (const each of kept) rmSync(each, { recursive: true, force: true });
  });
  /** The plain server's collection, made once for all that only look at it. */
  function collected({ countObjects = false } = {}): Promise<CollectRun> {
    const known = once.get(countObjects) ?? collectOnce(countObjects);
    once.set(countObjects, known);
    return known;
  }
  function collectOnce(countObjects: boolean): Promise<CollectRun> {
    assert.ok(powershell);
    const own = mkdtempSync(join(tmpdir(), "collect-once-"));
    kept.push(own);
    mkdirSync(join(own, "C", "ProgramData", "AADConnect"), { recursive: true });
    writeFileSync(join(own, "C", "ProgramData", "AADConnect", settingsFile), settings);
    return collectAgain(own, countObjects);
  }
  function collectAgain(where: string, countObjects = false): Promise<CollectRun> {
    assert.ok(powershell);
    const parameters = { OutputFolder: "C:\\Evidence", ...(countObjects ? { CountObjects: true } : {}) };
    return collect(powershell, where, { configuration: sampleConfiguration }, parameters);
  }

  async function run(
    plan: Partial<Parameters<typeof collect>[2]> = {},
    parameters?: Parameters<typeof collect>[3],
    surroundings?: Parameters<typeof collect>[4],
  ): Promise<CollectRun> {
    assert.ok(powershell);
    return collect(powershell, folder, { configuration: sampleConfiguration, ...plan }, parameters, surroundings);
  }

  function answerOf(result: CollectRun): Answer {
    assert.equal(result.exitCode, 0, result.stderr);
    assert.match(result.stdout, /^[\x20-\x7e\n]*$/u, "ASCII only");
    const answer: unknown = JSON.parse(result.stdout.trimEnd().split("\n").at(-1) ?? "");
    assert.ok(isAnswer(answer), JSON.stringify(isAnswer.errors));
    return answer as unknown as Answer;
  }

  async function evidenceOf(result: CollectRun): Promise<CollectedEvidence> {
    const evidence = await readEvidence(answerOf(result).archive);
    assert.ok(evidence.kind === "collected");
    assert.ok(isManifest(evidence.manifest.document), JSON.stringify(isManifest.errors));
    return evidence;
  }

  function refused(result: CollectRun, exitCode: number, what: RegExp): void {
    assert.equal(result.exitCode, exitCode, result.stderr);
    assert.match(result.stderr, what);
    assert.match(result.stderr, /^Next: \S/mu);
    assert.deepEqual(
      result.left.filter((name) => name !== "keep.txt"),
      [],
      "nothing is left behind",
    );
    assert.equal(result.stdout, "", "no answer");
  }

  it("makes one archive whose manifest, hashes and content review accepts", async () => {
    const result = await collected();
    const answer = answerOf(result);
    const bytes = readFileSync(answer.archive);
    assert.equal(answer.sha256, createHash("sha256").update(bytes).digest("hex"));
    assert.equal(answer.size, bytes.length);
    const evidence = await evidenceOf(result);
    assert.equal(evidence.configuration.length, countFiles(sampleConfiguration));
    for (const file of evidence.configuration)
      assert.ok(file.bytes.equals(readFileSync(join(sampleConfiguration, file.path))), `${file.path} unchanged`);
    assert.deepEqual(
      evidence.statistics.map((file) => file.path),
      [
        ...["auto-upgrade.json", "connector-space-groups.json", "connector-statistics.json", "connectors.json"],
        ...["database.json", "entra-connector-identity.json", "global-parameters.json", "run-results.json"],
        "scheduler.json",
      ],
    );
    assert.deepEqual(
      evidence.others.map((file) => [file.path, file.bytes.toString()]),
      [[`settings/${settingsFile}`, settings]],
    );
    assert.deepEqual(evidence.manifest.document.staging, {
      ...{ scheduler: true, globalParameter: true, syncCycleEnabled: true, schedulerSuspended: false },
    });
    assert.ok(answer.notAvailable.includes("metaverse object counts"));
  });

  it("keeps statistics under the names as found, per connector, and the newest run of each run profile", async () => {
    const { statistics } = await evidenceOf(await collected());
    const json = (name: string): unknown =>
      JSON.parse(statistics.find((file) => file.path === name)?.bytes.toString() ?? "null");
    assert.deepEqual((json("connector-statistics.json") as unknown[])[0], {
      connector: "contoso.com é",
      statistics: {
        ...{ TotalConnectors: 95123, PendingImport: 2, Nested: { ExportAdd: 5, Stamp: "2026-10-06T10:00:00Z" } },
        ...{ ServicePassword: null, RefreshToken: null, Endpoint: null, Kinds: ["one"] },
      },
    });
    const runs = json("run-results.json") as { connector: string; runs: Record<string, string>[] }[];
    assert.equal(runs.length, 2);
    assert.deepEqual(
      runs[0]?.runs.map((entry) => [entry.RunProfileName, entry.StartDate]),
      [
        ["Delta Import", "2026-10-02T10:00:00Z"],
        ["Delta Synchronization", "2026-10-02T10:00:00Z"],
      ],
    );
  });

  it("counts objects by type only when asked, page by page", async () => {
    assert.ok(!(await collected()).calls.includes("Get-ADSyncCSObject"));
    const { statistics } = await evidenceOf(await collected({ countObjects: true }));
    const counts = statistics.find((file) => file.path === "object-counts.json")?.bytes.toString() ?? "";
    assert.deepEqual((JSON.parse(counts) as { objectTypes: unknown }[])[0]?.objectTypes, { group: 500, user: 1000 });
  });

  it("makes what entra-connect statistics reads", async () => {
    const { archive } = answerOf(await collected());
    const { summary, findings } = await compareStatisticsOf(archive, archive);
    assert.deepEqual(
      summary.connectors.map(({ name, on }) => [name, on]),
      [
        ["contoso.com é", "both"],
        ["contoso.onmicrosoft.com - AAD", "both"],
      ],
    );
    assert.deepEqual(
      summary.connectors[0]?.figures.find(({ name }) => name === "statistics/TotalConnectors")?.active,
      95123,
    );
    const [twice, staging] = findings;
    assert.deepEqual([twice?.code, staging?.code], ["same-evidence-twice", "both-staging"]);
  });

  it("lets no secret travel, wherever it stands, and says from which file it was taken", async () => {
    const configuration = join(folder, "configuration");
    cpSync(sampleConfiguration, configuration, { recursive: true });
    const connectors = join(configuration, "Connectors");
    const file = readdirSync(connectors).find((name) => name.includes("ae4db4cc")) ?? "";
    const text = readFileSync(join(connectors, file), "utf8");
    const changed = text
      .replace('dataType="String" encrypted="1" />', 'dataType="String" encrypted="1">hunter2-parameter</parameter>')
      .replace(
        "<encrypted-attributes />",
        "<encrypted-attributes><attribute>hunter2-attribute</attribute></encrypted-attributes>",
      )
      .replace(
        "<forest-port>",
        '<forest-password key-password="hunter2-nested">hunter2-element</forest-password><storage-key>hunter2-likely</storage-key><proxy address="http://me:hunter2-url@proxy.contoso.com:8080">Server=db1;pwd=hunter2-telling</proxy><blob>AQAAANCMnd8BFdERhunter2</blob><note>Basic YWRtaW46aHVudGVyMi1iYXNpYw==</note><forest-port>',
      );
    for (const secret of ["parameter", "attribute", "nested", "element", "likely", "url", "telling"])
      assert.ok(changed.includes(`hunter2-${secret}`));
    writeFileSync(join(connectors, file), changed);
    mkdirSync(join(folder, "C", "ProgramData", "AADConnect"), { recursive: true });
    writeFileSync(
      join(folder, "C", "ProgramData", "AADConnect", "Exported-SynchronizationPolicy-1.json"),
      '{"a": {"clientSecret": "hunter2-json"}}',
    );
    writeFileSync(
      join(folder, "C", "ProgramData", "AADConnect", "Applied-SynchronizationPolicy-1.JSON"),
      '{"a": {"source": "https://me:hunter2-json@db1.contoso.com/x"}}',
    );
    const result = await run({ configuration });
    const evidence = await evidenceOf(result);
    const all = [...evidence.configuration, ...evidence.statistics, ...evidence.others]
      .map((entry) => entry.bytes.toString())
      .concat(JSON.stringify(evidence.manifest.document), result.stdout)
      .join("\n");
    assert.ok(
      !all.includes("hunter2"),
      all.slice(Math.max(0, all.indexOf("hunter2") - 100), all.indexOf("hunter2") + 50),
    );
    assert.deepEqual(evidence.manifest.document.scrubbed, [{ path: `configuration/Connectors/${file}`, values: 9 }]);
    const scrubbed =
      evidence.configuration.find((entry) => entry.path === `Connectors/${file}`)?.bytes.toString() ?? "";
    assert.ok(scrubbed.includes('<parameter name="password" type="encrypted-string"'), "the parameter itself stays");
    assert.ok(scrubbed.includes("<password-sync-allowed>0"), "switches stay");
  });

  it("finds engine and module in another folder, with its database, its file of settings and its certificate", async () => {
    const bin = join(folder, "C", "AADC", "Bin");
    mkdirSync(join(bin, "ADSync"), { recursive: true });
    mkdirSync(join(folder, "C", "AADC", "Data", "ADSync2019"), { recursive: true });
    cpSync(join(repositoryRoot, "test", "scripts", "stub", "ADSync"), join(bin, "ADSync"), { recursive: true });
    writeFileSync(join(bin, "ADSync", "ADSync.psd1"), "@{ RootModule = 'ADSync.psm1'; ModuleVersion = '1.0' }");
    writeFileSync(
      join(bin, "miiserver.exe.config"),
      '<configuration><enforceFIPSPolicy enabled="false"/></configuration>',
    );
    writeFileSync(join(folder, "C", "AADC", "Data", "ADSync2019", "ADSync.mdf"), "x");
    mkdirSync(join(folder, "none"));
    const result = await run(
      { engine: "C:\\AADC\\Bin\\miiserver.exe", events: [{ id: 1013, at: "2026-09-06T00:00:00Z" }] },
      undefined,
      { modules: join(folder, "none") },
    );
    const { statistics } = await evidenceOf(result);
    const json = (name: string): unknown =>
      JSON.parse(statistics.find((file) => file.path === name)?.bytes.toString() ?? "null");
    assert.deepEqual(json("database.json"), {
      ...{ kind: "localdb", usedMB: 9420, fileMB: 1, server: "(localdb)", instance: ".\\ADSync2019", name: "ADSync" },
      localDbVersions: [],
    });
    assert.deepEqual(json("entra-connector-identity.json"), {
      ...{ type: "Application", applicationId: "5f0c1d2e-0000-4000-8000-00000000000a", certificateEndsAt: null },
    });
    assert.deepEqual(json("certificate-events.json"), [{ id: 1013, at: "2026-09-06T00:00:00Z" }]);
    assert.deepEqual(json("engine-config.json"), {
      sha256: createHash("sha256")
        .update(readFileSync(join(bin, "miiserver.exe.config")))
        .digest("hex"),
      fipsEdit: true,
    });
    const { archive } = answerOf(result);
    const { findings } = await compareStatisticsOf(
      archive,
      archive,
      undefined,
      undefined,
      () => new Date("2026-11-26T00:00:00Z"),
    );
    const said = findings
      .filter(({ code }) => /database|certificate/u.test(code))
      .map(({ code, title }) => `${code} ${title}`);
    assert.equal(said.length, 4, said.join("\n"));
    assert.match(said.join("\n"), /database-near-limit The LocalDB of AADC-STG-G1 has 9\.2 GB of the 10 GB/u);
    assert.match(said.join("\n"), /certificate-ends-soon .* ends on 2026-12-05/u);
  });

  it("says in the manifest what of it could not be read, and takes the usual places where Windows names none", async () => {
    const answer = answerOf(await collected());
    for (const name of ["miiserver.exe.config", "events of the application's certificate"])
      assert.ok(answer.notAvailable.includes(name), answer.notAvailable.join());
    assert.match(answer.warnings.join("\n"), /Windows does not say where the engine is/u);
  });

  it("is exactly its pieces put together", () => {
    assert.equal(collectorText(), assembledCollector(), "npm run assemble-collector writes it");
  });

  it("goes on when one cmdlet fails, and names it with its reason", async () => {
    const result = await run({ failing: { "Get-ADSyncAutoUpgrade": "Der Dienst antwortet nicht: ü" } });
    const evidence = await evidenceOf(result);
    assert.ok(evidence.statistics.every((file) => file.path !== "auto-upgrade.json"));
    const missing = (evidence.manifest.document.notAvailable as { name: string; reason: string }[]).find(
      (entry) => entry.name === "automatic upgrade",
    );
    assert.equal(missing?.reason, "Der Dienst antwortet nicht: ü");
  });

  it("does not call a cmdlet that is not there or asks for what is not documented", async () => {
    const result = await run({ absent: ["Get-ADSyncConnectorStatistics"], asking: ["Get-ADSyncCSGroupStatistics"] });
    const answer = answerOf(result);
    assert.ok(answer.notAvailable.includes("statistics of connector contoso.com é"));
    assert.match(answer.warnings.join("\n"), /Get-ADSyncCSGroupStatistics asks for the parameter GroupKind/u);
    assert.ok(!result.calls.includes("Get-ADSyncCSGroupStatistics"));
  });

  it("leaves no half configuration in the archive when the export breaks off", async () => {
    const evidence = await evidenceOf(await run({ failing: { "half-way": "x" } }));
    assert.deepEqual(evidence.configuration, []);
    const names = (evidence.manifest.document.notAvailable as { name: string }[]).map((entry) => entry.name);
    assert.ok(names.includes("server configuration"));
  });

  it("calls nothing but reading cmdlets", async () => {
    const { calls } = await collected({ countObjects: true });
    assert.ok(calls.length > 10);
    for (const name of calls) assert.match(name, /^Get-ADSync/u);
    const text = readFileSync(collectorFile, "utf8");
    assert.doesNotMatch(text, /\b(Set|Invoke|Start|Enable|Disable|Add|New|Remove|Stop|Import)-ADSync/u);
  });

  it("runs twice and keeps both archives", async () => {
    const { archives, drive } = await collected();
    assert.equal(archives.length, 1);
    const before = archives.map((archive) => readFileSync(archive));
    const again = await collectAgain(dirname(drive));
    assert.equal(again.archives.length, 2);
    assert.deepEqual(
      archives.map((archive) => readFileSync(archive)),
      before,
    );
  });

  it("refuses where the module is missing, saying where to run it", async () => {
    mkdirSync(join(folder, "empty"));
    refused(await run({}, undefined, { modules: join(folder, "empty") }), 3, /ADSync module cannot be loaded/u);
  });

  it("refuses where nothing may be read, instead of making an empty archive", async () => {
    const failing = Object.fromEntries(
      [
        ...["Get-ADSyncScheduler", "Get-ADSyncGlobalSettingsParameter", "Get-ADSyncConnector", "Get-ADSyncAutoUpgrade"],
        ...["Get-ADSyncEntraConnectorCredential", "Get-ADSyncServerConfiguration", "Get-ADSyncDatabaseConfiguration"],
      ].map((name) => [name, "Access is denied."]),
    );
    refused(await run({ failing }), 4, /Why: Access is denied\.\nNext: Run as a local administrator/u);
  });

  it("refuses without an output folder, or with one that cannot be made", async () => {
    refused(await run({}, {}), 2, /There is no output folder/u);
    writeFileSync(join(folder, "C", "taken"), "a file");
    refused(await run({}, { OutputFolder: "C:\\taken\\inside" }), 2, /cannot be used/u);
  });

  it("leaves nothing behind when the disk is full", async () => {
    const configuration = join(folder, "rules");
    cpSync(join(sampleConfiguration, "SynchronizationRules"), join(configuration, "SynchronizationRules"), {
      recursive: true,
    });
    refused(await run({ configuration }, undefined, { fileBlocks: "60" }), 5, /archive could not be written/u);
  });

  it("makes archives that are refused once damaged or partial", async () => {
    const bytes = readFileSync(answerOf(await collected()).archive);
    const archive = join(folder, "damaged.zip");
    writeFileSync(archive, bytes.subarray(0, bytes.length - 200));
    await assert.rejects(readEvidence(archive), BadInput);
    bytes.writeUInt8((bytes[5000] ?? 0) ^ 0xff, 5000);
    writeFileSync(archive, bytes);
    await assert.rejects(readEvidence(archive), BadInput);
  });

  it("is plain ASCII and avoids what Windows PowerShell 5.1 does not know", () => {
    const text = readFileSync(collectorFile, "utf8");
    assert.match(text, /^[\x20-\x7e\n]*$/u);
    assert.match(text, /^# entra-connect script: collect\n/u);
    const code = text.replace(/'[^'\n]*'|"[^"\n]*"/gu, "''");
    for (const later of [
      /\?\?/u,
      /\?\./u,
      /&&/u,
      /\|\|/u,
      /-Parallel/u,
      /-AsHashtable/u,
      /\s\?\s[^{]*\s:\s/u,
      /::new\(/u,
    ])
      assert.doesNotMatch(code, later);
    assert.ok(statSync(collectorFile).size < 40_000);
  });
});

function countFiles(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;
}
