import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readExportsOption, readExportsOptions } from "../../../cli/commands/ready";
import { judgeReady, type ReadyInput, type ReadyResult, readyPage } from "../../../review/pair";
import { renderHtml, renderMarkdown } from "../../../review/render";
import type { Finding } from "../../../review/verdict";
import { repositoryRoot, sampleConfiguration } from "../../support/repository";
import { requires } from "../../support/requires";
import { Contoso } from "../configuration/contoso";
import { dnOf, Folder, type ObjectXml } from "../exports/exportXml";
import { serverArchive, type Told } from "../statistics/servers";

const [directory, cloud] = ["contoso.com", "contoso.onmicrosoft.com - AAD"];

describe("may this server be promoted? (entra-connect ready)", () => {
  const folder = new Folder();
  after(() => folder.remove());
  before(function () {
    requires(this, "the Contoso sample", sampleConfiguration);
  });

  const configuration = (staging: boolean): Record<string, string> => {
    const copy = (staging ? Contoso.staging() : new Contoso()).small().version("2.6.92.0");
    // Evidence of today; the sample is of 2016.
    copy.edit("GlobalSettings/MV.xml", /server='[^']*'|server="[^"]*"/, `server='${staging ? "AADC2" : "AADC1"}'`);
    return Object.fromEntries([...copy.files].map(([path, text]) => [`configuration/${path}`, text]));
  };
  const server = (staging: boolean, told: Told = {}): Promise<string> =>
    serverArchive(join(folder.path, staging ? "staging.zip" : "active.zip"), {
      staging,
      connectors: [directory, cloud],
      runs: [
        { profile: "Delta Import", ended: "2026-10-06T07:30:00Z" },
        { profile: "Delta Synchronization", ended: "2026-10-06T07:35:00Z" },
      ],
      ...told,
      files: { ...configuration(staging), ...told.files },
    });
  const run = { RunProfileName: "Delta Synchronization", Result: "success", EndDate: "2026-10-06T07:35:00Z" };
  const bothRan = {
    "statistics/run-results.json": JSON.stringify([
      { connector: directory, runs: [run] },
      { connector: cloud, runs: [run] },
    ]),
  };

  /** Written when the evidence was made, as far as the clock of the test is concerned. */
  const exported = (...objects: ObjectXml[]): string => folder.export(...objects);
  const inDirectory = (name: string): ObjectXml => ({
    dn: `CN=${name},OU=People,DC=contoso,DC=com`,
    connector: directory,
    attributes: [{ name: "title", operation: "replace", values: ["x"] }],
  });
  const inCloud = (name: string, more: Partial<ObjectXml> = {}): ObjectXml => ({
    dn: dnOf(name),
    attributes: [{ name: "title", operation: "replace", values: ["x"] }],
    ...more,
  });

  async function ready(
    more: Partial<ReadyInput> & { readonly activeTold?: Told; readonly stagingTold?: Told } = {},
  ): Promise<ReadyResult> {
    const { activeTold, stagingTold, ...input } = more;
    return judgeReady({
      active: await server(false, { files: bothRan, ...activeTold }),
      staging: await server(true, { files: bothRan, ...stagingTold }),
      exports: [
        { connector: directory, active: [exported(inDirectory("a"))], staging: [exported(inDirectory("a"))] },
        { connector: cloud, active: [exported(inCloud("a"))], staging: [exported(inCloud("a"))] },
      ],
      // The files of exports are written now; evidence of 2026-10-06 is then of any age.
      evidenceHours: 1e9,
      clock: () => new Date(Math.max(Date.now(), Date.parse("2026-10-06T09:00:00Z"))),
      ...input,
    });
  }
  const open = ({ report }: ReadyResult): string[] =>
    report.findings.filter(({ severity }) => severity !== "info").map(({ code }) => code);
  const find = ({ report }: ReadyResult, code: string): Finding => {
    const found = report.findings.find((finding) => finding.code === code);
    assert.ok(found, `no ${code} among ${report.findings.map((finding) => finding.code).join(", ")}`);
    return found;
  };

  it("is ok when the servers are alike in everything that was asked for", async () => {
    const result = await ready();
    assert.deepEqual(open(result), []);
    assert.equal(result.report.verdict, "ok");
    assert.deepEqual(
      result.report.summary.parts.map(({ name, verdict }) => [name, verdict]),
      [
        ["evidence", "ok"],
        ["configuration", "ok"],
        ["statistics", "ok"],
        [`exports of ${directory}`, "ok"],
        [`exports of ${cloud}`, "ok"],
      ],
    );
  });

  it("is never ok by absence: every connector without exports is named", async () => {
    const result = await ready({ exports: [] });
    assert.equal(result.report.verdict, "review");
    assert.deepEqual(
      result.report.findings.filter(({ code }) => code === "exports-missing").map(({ subject }) => subject),
      [cloud, directory].sort(),
    );
  });

  it("names a connector of which the archive of the staging server knows no run", async () => {
    const runs = (...connectors: string[]) => ({
      files: {
        "statistics/run-results.json": JSON.stringify(connectors.map((connector) => ({ connector, runs: [run] }))),
      },
    });
    const result = await ready({ activeTold: runs(directory), stagingTold: runs(directory) });
    assert.deepEqual([result.report.verdict, find(result, "runs-missing").subject], ["review", cloud]);
  });

  it("is at best a review without statistics, and without the active server's exports", async () => {
    const path = join(folder.path, "bare.zip");
    await serverArchive(path, { files: configuration(true), staging: true });
    const bare = await ready({ exports: [{ connector: cloud, active: [], staging: [exported()] }] });
    assert.equal(find(bare, "exports-one-sided").severity, "warning");
    assert.equal(find(bare, "exports-say-nothing").severity, "warning");
    const folders = await judgeReady({ active: sampleConfiguration, staging: path, exports: [] });
    assert.equal(find(folders, "statistics-missing").severity, "warning");
    assert.notEqual(folders.report.verdict, "ok");
  });

  it("counts ages from its clock: evidence of the day before yesterday is a review, and so is one from the future", async () => {
    const at = (text: string) =>
      ready({ exports: [], evidenceHours: 24, clock: () => new Date(text) }).then((result) =>
        result.report.findings.filter(({ code }) => code.startsWith("evidence-")).map(({ code }) => code),
      );
    assert.deepEqual(await at("2026-10-06T20:00:00Z"), []);
    assert.deepEqual(await at("2026-10-08T09:00:00Z"), ["evidence-old", "evidence-old"]);
    assert.deepEqual(await at("2026-10-01T09:00:00Z"), ["evidence-from-the-future", "evidence-from-the-future"]);
  });

  it("blocks for what any part blocks for, and the headline says it", async () => {
    const gone = { operation: "delete", attributes: [] };
    const deleted = Array.from({ length: 12 }, (_, index) => inCloud(`gone ${index}`, gone));
    const result = await ready({
      exports: [
        { connector: directory, active: [exported(inDirectory("a"))], staging: [exported(inDirectory("a"))] },
        { connector: cloud, active: [exported(inCloud("a"))], staging: [exported(inCloud("a"), ...deleted)] },
      ],
    });
    assert.equal(result.report.verdict, "blocked");
    const page = readyPage(result);
    assert.match(page.headline ?? "", /delete 12 objects/);
    assert.match(page.headline ?? "", /contoso\.onmicrosoft\.com/);
    const html = renderHtml(page);
    assert.ok(html.includes('<svg role="img"') && html.includes("deletes by organizational unit"));
    assert.ok(html.includes('id="s-todo"'));
    assert.ok(renderMarkdown(page).length <= 60_000);
  });

  it("says that the passive server does not synchronize by itself, and how to start it", async () => {
    const finding = find(await ready({ stagingTold: { syncCycleEnabled: false } }), "scheduler-disabled");
    assert.match(finding.title, /passive server AADC2 does not synchronize by itself/);
    assert.match(finding.next, /Set-ADSyncScheduler -SyncCycleEnabled \$true/);
    assert.match(finding.next, /staging mode is on/);
  });

  it("blocks where files of another connector were given for one", async () => {
    const [one, two] = [exported(inCloud("a")), exported(inCloud("a"))];
    const result = await ready({ exports: [{ connector: directory, active: [one], staging: [two] }] });
    assert.equal(find(result, "exports-of-another-connector").severity, "blocking");
  });

  it("names every input with its hash, and gives every finding an id of its own", async () => {
    const { report } = await ready({ exports: [] });
    for (const { sha256 } of report.summary.made.inputs) assert.match(sha256 ?? "", /^[0-9a-f]{64}$/);
    const ids = report.findings.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    assert.ok(ids.every((id) => id !== undefined && id !== ""));
  });

  it("is a command with the exit codes of the others", async () => {
    // The command asks the real clock.
    const collectedAt = new Date(Date.now() - 60_000).toISOString();
    const told = {
      collectedAt,
      files: {
        "statistics/run-results.json": bothRan["statistics/run-results.json"].replaceAll(
          "2026-10-06T07:35:00Z",
          collectedAt,
        ),
      },
    };
    const [active, staging] = [await server(false, told), await server(true, told)];
    const [here, there] = [exported(inCloud("a")), exported(inCloud("a"))];
    const output = join(folder.path, "ready.json");
    const command = (...args: string[]) =>
      spawnSync(process.execPath, [join(repositoryRoot, "dist/cli/main.js"), "ready", ...args], { encoding: "utf8" });
    const given = ["--exports", `${cloud}:active=${here},staging=${there}`];
    const result = command(active, staging, ...given, "--output", output);
    assert.equal(result.status, 1, result.stderr);
    const report = JSON.parse(readFileSync(output, "utf8"));
    assert.deepEqual([report.verdict, report.summary.parts.length], ["review", 4]);
    const acceptance = folder.file(
      `- { code: exports-missing, subject: ${directory}, reason: nothing is written back, until: 2999-12-31 }`,
      "accepted.yaml",
    );
    assert.equal(command(active, staging, ...given, "--accept", acceptance).status, 0);
    assert.equal(command(active, staging, "--exports", "no colon").status, 3);
    assert.equal(command(active, staging, "--output", active).status, 3);
    writeFileSync(acceptance, "- { code: x }");
    assert.equal(command(active, staging, "--accept", acceptance).status, 3);
  });

  it("is a command over everything of both servers: 0 where all of it is there and alike, never by absence", async () => {
    const collectedAt = new Date(Date.now() - 60_000).toISOString();
    const runs = bothRan["statistics/run-results.json"].replaceAll("2026-10-06T07:35:00Z", collectedAt);
    const told = { collectedAt, files: { "statistics/run-results.json": runs } };
    const [active, staging] = [await server(false, told), await server(true, told)];
    const gone = { operation: "delete", attributes: [] };
    const deleted = Array.from({ length: 12 }, (_, index) => inCloud(`gone ${index}`, gone));
    const exports = (connector: string, object: ObjectXml, ...more: ObjectXml[]) => [
      "--exports",
      `${connector}:active=${exported(object)},staging=${exported(object, ...more)}`,
    ];
    const output = join(folder.path, "whole.json");
    const command = (...args: readonly string[]) => {
      const path = [join(repositoryRoot, "dist/cli/main.js"), "ready", ...args, "--output", output];
      const { status, stderr } = spawnSync(process.execPath, path, { encoding: "utf8" });
      assert.ok(status !== null && status < 3, stderr);
      const report = JSON.parse(readFileSync(output, "utf8")) as ReadyResult["report"];
      return { status, report };
    };
    const both = [...exports(directory, inDirectory("a")), ...exports(cloud, inCloud("a"))];
    const whole = command(active, staging, ...both);
    assert.equal(whole.status, 0, JSON.stringify(whole.report.findings.filter(({ severity }) => severity !== "info")));
    assert.equal(whole.report.summary.parts.length, 5);
    assert.ok(whole.report.summary.parts.every(({ verdict }) => verdict === "ok"));
    assert.equal(whole.report.summary.made.inputs.length, 6);
    const said = whole.report.findings.map(({ code, subject }) => `${code} ${subject}`);
    assert.equal(new Set(said).size, said.length, "nothing is told twice");
    assert.equal(command(active, staging, ...exports(cloud, inCloud("a"))).status, 1);
    assert.equal(command(active, staging).status, 1);
    assert.equal(command(sampleConfiguration, staging, ...both).status !== 0, true);
    const blocked = command(
      active,
      staging,
      ...exports(directory, inDirectory("a")),
      ...exports(cloud, inCloud("a"), ...deleted),
    );
    assert.equal(blocked.status, 2);
    // One archive for both servers: said once, by the part about the evidence.
    const once = command(active, active, ...both).report.findings.filter(({ code }) =>
      /^(same|two-active)-/.test(code),
    );
    assert.equal(new Set(once.map(({ code }) => code)).size, once.length);
    assert.ok(once.length > 0);
  });

  it("reads names with colons and commas, several snapshots, and refuses half an option", () => {
    assert.deepEqual(readExportsOption("a: b, c:staging=C:\\s1.xml,s2.xml,active=a.xml"), {
      connector: "a: b, c",
      active: ["a.xml"],
      staging: ["C:\\s1.xml", "s2.xml"],
    });
    for (const text of ["x", "x:active=a.xml", "x:staging=", "x:staging=a,staging=b"])
      assert.throws(() => readExportsOption(text), /Write it as CONNECTOR/);
  });

  it("takes each connector once, for a switch too, whatever the letters", () => {
    assert.equal(readExportsOptions(["A:staging=a.xml", "B:staging=b.xml"]).length, 2);
    assert.throws(() => readExportsOptions(["A:staging=a.xml", "a:staging=b.xml"]), /connector is given twice/);
  });
});
