import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderText } from "../../../review/render";
import {
  compareStatisticsOf,
  defaultTolerances,
  type StatisticsReport,
  statisticsPage,
} from "../../../review/statistics";
import { BadInput, type Finding } from "../../../review/verdict";
import { repositoryRoot, sampleConfiguration } from "../../support/repository";
import { requires } from "../../support/requires";
import { manifestOf, writeArchive } from "../evidence/archives";
import { serverArchive, type Told } from "./servers";

describe("statistics of a pair", () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "statistics-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function compare(active: Told, staging: Told, tolerances = defaultTolerances): Promise<StatisticsReport> {
    return compareStatisticsOf(
      await serverArchive(join(folder, "active.zip"), active),
      await serverArchive(join(folder, "staging.zip"), { staging: true, ...staging }),
      tolerances,
      () => {},
      () => new Date("2026-10-06T21:00:00Z"),
    );
  }
  const codes = (report: StatisticsReport): string[] => report.findings.map((finding) => finding.code);
  const find = (report: StatisticsReport, code: string): Finding => {
    const found = report.findings.find((finding) => finding.code === code);
    assert.ok(found, `no ${code} among ${codes(report).join(", ")}`);
    return found;
  };

  it("is ok without a finding for a pair that counts alike", async () => {
    const alike: Told = { counts: { user: 1000, group: 50 }, statistics: { TotalConnectors: 1050, PendingImport: 0 } };
    const report = await compare(alike, alike);
    assert.deepEqual([report.verdict, report.findings], ["ok", []]);
    assert.deepEqual(report.summary.connectors[0]?.objectTypes, [
      { name: "group", active: 50, staging: 50, state: "same" },
      { name: "user", active: 1000, staging: 1000, state: "same" },
    ]);
  });

  it("tolerates per cent or objects, whichever allows more, and not one object beyond", async () => {
    const at = async (user: number, other: number) =>
      (await compare({ counts: { user } }, { counts: { user: other } })).summary.connectors[0]?.objectTypes[0]?.state;
    assert.equal(await at(100_000, 99_000), "tolerated");
    assert.equal(await at(100_000, 98_999), "differs");
    assert.equal(await at(20, 30), "tolerated");
    assert.equal(await at(20, 31), "differs");
    const strict = await compare(
      { counts: { user: 5 } },
      { counts: { user: 6 } },
      { ...defaultTolerances, percent: 0, objects: 0 },
    );
    assert.equal(strict.verdict, "review");
    assert.deepEqual(
      [find(strict, "object-count-differs").active, find(strict, "object-count-differs").staging],
      [5, 6],
    );
  });

  it("counts a type that one server does not have as none", async () => {
    const report = await compare({ counts: { User: 5, device: 500 } }, { counts: { user: 5 } });
    const found = find(report, "object-count-differs");
    assert.deepEqual([found.subject, found.active, found.staging], ["contoso.com: device", 500, 0]);
    assert.equal(report.findings.length, 1);
  });

  it("compares figures by equal name whatever their case, and never one name with another", async () => {
    const report = await compare(
      { statistics: { TotalConnectors: 1000, OnlyHere: 7, Kind: "a" } },
      { statistics: { totalconnectors: 500, OnlyThere: 7, Kind: "b" } },
    );
    assert.deepEqual(codes(report).sort(), ["figure-differs", "value-differs"]);
    const states = report.summary.connectors[0]?.figures.map(({ name, state }) => [name, state]);
    assert.deepEqual(states, [
      ["statistics/Kind", "differs"],
      ["statistics/OnlyHere", "one-sided"],
      ["statistics/OnlyThere", "one-sided"],
      ["statistics/TotalConnectors", "differs"],
    ]);
  });

  it("expects exports to pile up on the staging server", async () => {
    const report = await compare(
      { statistics: { Pending: { ExportAdd: 0 } } },
      { statistics: { Pending: { ExportAdd: 900 } } },
    );
    assert.equal(find(report, "pending-exports-differ").class, "expected");
    assert.equal(report.verdict, "ok");
  });

  it("matches connectors by name whatever its case, and names those without a partner", async () => {
    assert.deepEqual(codes(await compare({ connectors: ["Contoso.COM"] }, { connectors: ["contoso.com"] })), []);
    const report = await compare({ connectors: ["contoso.com", "fabrikam.com"] }, { connectors: ["contoso.com"] });
    assert.equal(find(report, "connector-missing").subject, "fabrikam.com");
  });

  it("names what is not available with its reason, and invents nothing", async () => {
    const missing = [{ name: "metaverse object counts", reason: "no known cmdlet gives them" }];
    const told: Told = { notAvailable: missing, counts: null, statistics: { TotalConnectors: 5 } };
    const report = await compare(told, told);
    assert.equal(report.verdict, "ok");
    assert.equal(find(report, "not-available").cause, "no known cmdlet gives them");
    const text = renderText(statisticsPage(report), { colour: false, width: 100 });
    assert.match(text, /Object counts by type: not available\./u);
  });

  it("does not call it agreement when nothing could be compared", async () => {
    assert.equal(find(await compare({ counts: null }, {}), "nothing-counted").severity, "warning");
    assert.equal(find(await compare({ connectors: [] }, { connectors: [] }), "nothing-counted").subject, "connectors");
  });

  it("blocks two active servers and swapped archives, and reviews two in staging or unknown", async () => {
    assert.equal(find(await compare({}, { staging: false }), "two-active-servers").severity, "blocking");
    assert.equal(find(await compare({ staging: true }, { staging: false }), "roles-swapped").severity, "blocking");
    assert.equal(find(await compare({ staging: true }, {}), "both-staging").severity, "warning");
    assert.equal(find(await compare({ staging: null }, {}), "staging-mode-unknown").severity, "warning");
  });

  it("reports failed runs, exports on a staging server, and schedulers that stand still", async () => {
    const fresh = { profile: "Delta Synchronization", ended: "2026-10-06T07:35:00Z" };
    const report = await compare(
      { runs: [fresh, { profile: "Export", result: "completed-export-errors", ended: "2026-10-06T07:40:00Z" }] },
      {
        runs: [fresh, { profile: "Export", ended: "2026-10-01T07:40:00Z" }],
        syncCycleEnabled: false,
        schedulerSuspended: true,
      },
    );
    assert.deepEqual(codes(report), [
      "scheduler-disabled",
      "scheduler-suspended",
      "run-not-successful",
      "export-on-staging",
    ]);
    assert.equal(find(report, "run-not-successful").active, "completed-export-errors");
  });

  it("measures the last synchronization against the time of collecting: a day to review, seven days block", async () => {
    const ran = (ended: string): Told => ({ runs: [{ profile: "Delta Synchronization", ended }] });
    const fresh = ran("2026-10-06T07:00:00Z");
    assert.equal((await compare(fresh, ran("2026-10-05T09:00:00Z"))).verdict, "ok");
    assert.equal(
      find(await compare(fresh, ran("2026-10-04T08:00:00Z")), "synchronization-too-old").severity,
      "warning",
    );
    assert.equal(
      find(await compare(fresh, ran("2026-09-29T07:59:00Z")), "synchronization-too-old").severity,
      "blocking",
    );
    assert.equal(
      find(await compare(ran("2026-09-01T00:00:00Z"), fresh), "synchronization-too-old").severity,
      "warning",
    );
    const none = await compare(fresh, { runs: [{ profile: "Full Import", ended: "2026-10-06T07:00:00Z" }] });
    assert.match(find(none, "synchronization-too-old").title, /no completed synchronization/u);
  });

  it("says that archives made far apart count at different times, and which versions differ", async () => {
    const report = await compare({ engine: "2.6.84.0" }, { collectedAt: "2026-10-06T20:00:00Z" });
    assert.deepEqual(codes(report), ["program-version-differs", "evidence-apart"]);
  });

  it("refuses what is no archive of the collector, or one with odd or no statistics, by name", async () => {
    const good = await serverArchive(join(folder, "good.zip"));
    const refused = async (path: string, message: RegExp) =>
      assert.rejects(compareStatisticsOf(good, path), (error) => {
        assert.ok(error instanceof BadInput);
        assert.ok(error.message.includes(path), error.message);
        assert.match(error.message, message);
        return true;
      });
    const settings = join(folder, "settings.json");
    writeFileSync(settings, "{}");
    await refused(settings, /settings file and holds no statistics.*collect\.ps1/su);
    await refused(
      await serverArchive(join(folder, "odd.zip"), { files: { "statistics/connectors.json": '{"a": 1}' } }),
      /connectors\.json: is not a list/u,
    );
    await refused(
      await serverArchive(join(folder, "broken.zip"), { files: { "statistics/connectors.json": '[{"name": ' } }),
      /connectors\.json:1:\d+: this is not JSON/u,
    );
    await refused(await serverArchive(join(folder, "count.zip"), { counts: { user: -1 } }), /user is not a number/u);
    await refused(
      await serverArchive(join(folder, "twice.zip"), { connectors: ["a", "A"] }),
      /the name A of another one/u,
    );
    const other = { "settings/x.json": "{}" };
    await refused(
      await writeArchive(join(folder, "none.zip"), { "manifest.json": manifestOf(other), ...other }),
      /holds no statistics/u,
    );
  });

  it("refuses a configuration folder", async function () {
    requires(this, "the Contoso sample", sampleConfiguration);
    await assert.rejects(compareStatisticsOf(sampleConfiguration, sampleConfiguration), /is a server configuration/u);
  });

  it("runs as a command: formats, tolerances, output and exit codes", async () => {
    const active = await serverArchive(join(folder, "a.zip"), { counts: { user: 100 } });
    const staging = await serverArchive(join(folder, "s.zip"), { counts: { user: 130 }, staging: true });
    const run = (...args: readonly string[]) =>
      spawnSync(process.execPath, [join(repositoryRoot, "dist/cli/main.js"), "statistics", ...args], {
        encoding: "utf8",
      });
    const plain = run(active, staging);
    assert.equal(plain.status, 1, plain.stderr);
    assert.match(plain.stdout, /\[REVIEW\] contoso\.com: the connector spaces hold 100 and 130 objects of type user/u);
    assert.equal(run(active, staging, "--tolerance-objects", "30").status, 0);
    assert.equal(run(active, staging, "--tolerance-percent", "x").status, 3);
    const output = join(folder, "report.html");
    assert.equal(run(active, staging, "--output", output).status, 1);
    assert.match(readFileSync(output, "utf8"), /^<!doctype html>/u);
    const report = JSON.parse(run(active, staging, "--format", "json").stdout) as StatisticsReport;
    assert.deepEqual(Object.keys(report), ["verdict", "findings", "summary"]);
    const refused = run(active, staging, "--output", staging);
    assert.equal(refused.status, 3);
    assert.match(refused.stderr, /would be overwritten/u);
  });
});
