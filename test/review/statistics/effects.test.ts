import { strict as assert } from "node:assert";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { momentOf } from "../../../review/evidence";
import { compareStatisticsOf, defaultTolerances, type StatisticsReport } from "../../../review/statistics";
import type { Finding } from "../../../review/verdict";
import { serverArchive, type Told } from "./servers";

describe("statistics that would mislead", () => {
  const folder = mkdtempSync(join(tmpdir(), "statistics-"));
  after(() => rmSync(folder, { recursive: true, force: true }));

  const compare = async (active: Told, staging: Told): Promise<StatisticsReport> =>
    compareStatisticsOf(
      await serverArchive(join(folder, "active.zip"), active),
      await serverArchive(join(folder, "staging.zip"), { staging: true, ...staging }),
      defaultTolerances,
      () => {},
      () => new Date("2026-10-06T12:00:00Z"),
    );
  const find = ({ findings }: StatisticsReport, code: string): Finding => {
    const found = findings.find((finding) => finding.code === code);
    assert.ok(found, `no ${code} among ${findings.map((finding) => finding.code).join(", ")}`);
    return found;
  };

  it("nothing against something is never tolerated, nor is half of few", async () => {
    const at = async (user: number, other: number) =>
      (await compare({ counts: { user } }, { counts: { user: other } })).summary.connectors[0]?.objectTypes[0]?.state;
    assert.equal(await at(9, 0), "differs");
    assert.equal(await at(0, 1), "differs");
    assert.equal(await at(20, 10), "differs");
    assert.equal(await at(20, 11), "tolerated");
    assert.equal(await at(0, 0), "same");
  });

  it("a scheduler that says something else than the manifest is a contradiction, and the server may be exporting", async () => {
    const files = { "statistics/scheduler.json": JSON.stringify({ StagingModeEnabled: false }) };
    const contradiction = find(await compare({ counts: null }, { files }), "staging-reads-disagree");
    assert.equal(contradiction.severity, "blocking");
    assert.match(contradiction.title, /scheduler on.*statistics\/scheduler\.json off/);
  });

  it("a scheduler's file without the manifest's own reads proves no role", async () => {
    const files = { "statistics/scheduler.json": JSON.stringify({ StagingModeEnabled: true }) };
    assert.notEqual((await compare({}, { staging: null, files })).verdict, "ok");
  });

  it("what only waits to be worked off may be none; objects that are there may not", async () => {
    const figures = (ImportAdds: number, TotalConnectors: number) => ({ statistics: { ImportAdds, TotalConnectors } });
    const report = await compare(figures(0, 9), figures(7, 0));
    const states = Object.fromEntries(
      (report.summary.connectors[0]?.figures ?? []).map(({ name, state }) => [name, state]),
    );
    assert.deepEqual(states, { "statistics/ImportAdds": "tolerated", "statistics/TotalConnectors": "differs" });
    assert.match(
      find(report, "figure-differs").title,
      /TotalConnectors \(objects of this connector.*is 9 on the active and 0/,
    );
  });

  it("names of the cmdlet have their meaning: exports pile up on staging, imports wait", async () => {
    const report = await compare(
      { statistics: { ExportDeletes: 0, ImportUpdates: 0 } },
      { statistics: { ExportDeletes: 964, ImportUpdates: 500 } },
    );
    assert.equal(find(report, "pending-exports-differ").severity, "info");
    assert.match(
      find(report, "pending-exports-differ").title,
      /ExportDeletes \(objects to be deleted by the next export\)/,
    );
    assert.equal(find(report, "pending-imports-differ").severity, "warning");
  });

  it("two archives of one server are named, whatever their letter case", async () => {
    const report = await compare({ computerName: "SYNC01" }, { computerName: "sync01" });
    assert.equal(find(report, "same-server-twice").severity, "warning");
  });

  it("a connector that never ran on staging but on the active server blocks", async () => {
    const runs = (second: readonly object[] | undefined) => ({
      connectors: ["contoso.com", "cloud"],
      files: {
        "statistics/run-results.json": JSON.stringify([
          {
            connector: "contoso.com",
            runs: [{ RunProfileName: "Delta Synchronization", Result: "success", EndDate: "2026-10-06T07:35:00Z" }],
          },
          ...(second === undefined ? [] : [{ connector: "cloud", runs: second }]),
        ]),
      },
    });
    const ran = runs([{ RunProfileName: "Delta Synchronization", Result: "success", EndDate: "2026-10-06T07:35:00Z" }]);
    assert.equal(find(await compare(ran, runs([])), "connector-never-ran").severity, "blocking");
    assert.equal(find(await compare(ran, runs(undefined)), "connector-never-ran").severity, "warning");
    assert.equal(find(await compare(runs([]), ran), "connector-never-ran").severity, "warning");
  });

  it("a synchronization in progress gives way to the last completed one, or its age is not known", async () => {
    const running = { profile: "Delta Synchronization", result: "in-progress" };
    const done = { profile: "Delta Synchronization", ended: "2026-10-06T07:35:00Z" };
    assert.equal((await compare({}, { runs: [running, done] })).verdict, "ok");
    const unknown = await compare({}, { runs: [running] });
    assert.equal(find(unknown, "synchronization-age-unknown").severity, "warning");
    assert.equal(unknown.verdict, "review");
  });

  it("reads of staging mode that contradict each other are told on either server", async () => {
    const report = await compare({}, { staging: true, globalParameter: false });
    assert.match(find(report, "staging-reads-disagree").title, /AADC2 .*scheduler on, global parameter off/);
    assert.equal(report.verdict, "review");
  });

  it("a recalled build on staging blocks, one without support is a review, an old active server is information", async () => {
    assert.equal(find(await compare({}, { engine: "2.6.79.0" }), "version-recalled").severity, "blocking");
    assert.equal(find(await compare({}, { engine: "2.5.76.0" }), "version-below-minimum").severity, "warning");
    assert.equal(find(await compare({ engine: "2.3.20.0" }, {}), "version-below-minimum").severity, "info");
  });

  it("runs are dated in every form that servers write", async () => {
    for (const ended of ["/Date(1791272100000)/", "2026-10-06 07:35:00", "06.10.2026 07:35:00"]) {
      const report = await compare({}, { runs: [{ profile: "Delta Synchronization", ended }] });
      assert.equal(report.summary.connectors[0]?.runs.at(-1)?.staging?.endedAt, "2026-10-06T07:35:00Z", ended);
      assert.equal(report.verdict, "ok", ended);
    }
    for (const ended of ["06/10/2026 07:35:00", "10/6/2026 7:35:00 AM", "06-10-2026 07:35:00"]) {
      const unclear = await compare({}, { runs: [{ profile: "Delta Synchronization", ended }] });
      assert.match(find(unclear, "synchronization-age-unknown").title, /cannot be read for certain/, ended);
    }
  });

  it("moments are read, or not at all", () => {
    const read: Record<string, string | null> = {
      "05.01.2023 20:28:37": "2023-01-05T20:28:37Z",
      "9/29/2025 12:51:47 PM": "2025-09-29T12:51:47Z",
      "9/29/2025 12:05:00 AM": "2025-09-29T00:05:00Z",
      "29/09/2025 12:51:47": "2025-09-29T12:51:47Z",
      "\\/Date(1700000000000)\\/": "2023-11-14T22:13:20Z",
      "2025-09-29T12:51:47+02:00": "2025-09-29T10:51:47Z",
      "01/02/2025 10:00:00": null,
      "1/2/2025 10:00:00 AM": null,
      "2/2/2025 10:00:00 AM": "2025-02-02T10:00:00Z",
      "31.02.2025 10:00:00": null,
      yesterday: null,
      "": null,
    };
    for (const [text, moment] of Object.entries(read)) assert.equal(momentOf(text), moment, text);
  });

  it("titles name what they are about", async () => {
    const report = await compare(
      { counts: { user: 100 } },
      { counts: { user: 0 }, runs: [{ profile: "Delta Synchronization" }] },
    );
    for (const { title, subject, severity } of report.findings)
      if (severity !== "info") assert.ok(title.includes(subject.split(":")[0] ?? ""), title);
  });
});
