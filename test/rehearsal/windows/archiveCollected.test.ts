import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFile, utimes } from "node:fs/promises";
import { join } from "node:path";
import Ajv from "ajv";
import { describe, it } from "mocha";
import { pathOnDrive } from "../../../rehearsal/windows/serverFiles";
import { validateAnswer } from "../../../scripts/assemble";
import type { CollectedHealth } from "../../../scripts/health";
import { repositoryRoot } from "../../support/repository";
import { evidenceOf, settingsFolder } from "./archiveCollections";
import { ArchiveWorld, keeping, useArchiveWorlds } from "./archiveWorld";

/** Whoever reads an archive has to be able to say what is wrong with it. */
const isManifest = new Ajv({ allErrors: true, allowUnionTypes: true });

describe("what the archive's task says of a large network, in the test PowerShell", function () {
  this.timeout(900_000);
  const worlds = useArchiveWorlds("powershell");

  it("says of five hundred ports those that are not open, in an event that Windows takes", async () => {
    const ports = Array.from({ length: 500 }, (_, n) => ({
      host: `dc${n}.branch-office.corp.contoso.com`,
      port: n < 490 ? 636 : 9999,
    }));
    const world = await worlds({ laid: { ports } });
    await world.pair.edit((state) => {
      state.surroundings.closedEverywhere = [9999];
    });
    const health = await world.collected();
    assert.equal(health.shortened?.ports, 500);
    assert.equal(health.ports.filter(({ state }) => state === "closed").length, 10);
    const { eventLog = [] } = await world.pair.world();
    assert.ok((eventLog.at(-1)?.message.length ?? 0) > 10_000);
    const whole = await evidenceOf(world.archive.kept.at(-1)?.body ?? Buffer.alloc(0));
    const file = whole.others.find(({ path }) => path === "health/health.json");
    assert.equal((JSON.parse(file?.bytes.toString("utf8") ?? "{}") as CollectedHealth).ports.length, 500);
  });
});

describe("what the archive's task collects, in PowerShell and emulated", function () {
  this.timeout(900_000);
  const worlds = useArchiveWorlds();

  it("is laid down, runs at once, and its first collection is in the archive", async () => {
    const world = await worlds({ laid: false });
    const { pair, archive } = world;
    const { exitCode, stdout, stderr } = await pair.run("keep-archiving", keeping());
    assert.equal(exitCode, 0, stderr);
    const answer = validateAnswer("keep-archiving", stdout);
    assert.equal(answer.firstRun?.result, 0);
    assert.equal(answer.firstRun?.event?.id, 100);
    assert.deepEqual(
      archive.kept.map(({ name }) => name),
      [answer.firstRun?.event?.name],
    );
    assert.deepEqual(answer.before, { script: null, archiving: null, task: "none" });
    assert.equal(answer.task?.state, "Ready");
    assert.match(answer.task?.nextRunAt ?? "", /T04:10:00Z$/);
    const again = validateAnswer("keep-archiving", (await pair.run("keep-archiving", keeping())).stdout);
    assert.deepEqual([again.changes, again.firstRun, again.before?.task], [[], null, "same"]);
    const [first] = archive.kept;
    assert.ok(first);
    const schema = JSON.parse(
      await readFile(join(repositoryRoot, "scripts", "collect.manifest.schema.json"), "utf8"),
    ) as object;
    const { manifest, others, configuration } = await evidenceOf(first.body);
    assert.ok(isManifest.validate(schema, manifest.document), JSON.stringify(isManifest.errors));
    assert.ok(configuration.some(({ path }) => path.startsWith("SynchronizationRules/")));
    assert.deepEqual(
      others.map(({ path }) => path.replace(/-[\d-]+\.JSON$/, "-<stamp>.JSON")),
      ["health/health.json", "settings/Applied-SynchronizationPolicy-<stamp>.JSON"],
    );
    // What both ways archive is the same, apart from what the test PowerShell says of itself.
    const contents = await Promise.all(
      world.archives.map(async ({ kept }) => {
        const evidence = await evidenceOf(kept[0]?.body ?? Buffer.alloc(0));
        const { server, files, ...rest } = evidence.manifest.document as unknown as Record<string, unknown>;
        assert.ok(server);
        const paths = (files as { path: string }[]).map(({ path }) => path);
        const texts = evidence.statistics.map(({ path, bytes }) => `${path} ${bytes.toString("utf8")}`);
        const text = JSON.stringify({ paths, rest, texts });
        return text
          .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, "<instant>")
          .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<identifier>")
          .replace(/Policy-[\d-]+/g, "Policy-<stamp>");
      }),
    );
    for (const each of contents) assert.equal(each, contents[0]);
  });

  it("knows the export of one connector, however many runs another has had since", async () => {
    const world = await worlds();
    const exportedAt = "2026-11-02T01:00:00Z";
    await world.pair.edit(({ adsync }) => {
      const [one, other] = adsync?.connectors ?? [];
      assert.ok(adsync && one && other);
      const run = (connector: typeof one, runProfileName: string, at: Date) => ({
        runHistoryId: randomUUID(),
        connectorIdentifier: connector.identifier,
        connectorName: connector.name,
        runProfileName,
        result: "success",
        startDate: at.toISOString(),
        endDate: at.toISOString(),
        stepTypes: [],
      });
      adsync.runHistory.unshift(run(one, "Export", new Date(exportedAt)));
      for (let minute = 1; minute <= 220; minute++)
        adsync.runHistory.unshift(run(other, "Delta Import", new Date(Date.parse(exportedAt) + minute * 60_000)));
    });
    const { runs } = await world.collected();
    assert.deepEqual([runs.lastExportAt, runs.lastImportAt], [exportedAt, "2026-11-02T04:40:00Z"]);
  });

  it("leaves no secret in what it archives, and collects each settings file once", async () => {
    const world = await worlds();
    const [first] = world.pair.members;
    assert.ok(first);
    const canary = "hunter2-canary";
    const alone = world.pair.alone(first);
    const clean = '{"policyMetadata":{"azureADConnectVersion":"2.6.92.0"}}';
    await alone.put(`${settingsFolder}\\Applied-SynchronizationPolicy-20261101-070000.JSON`, clean);
    await alone.put(
      `${settingsFolder}\\Exported-SynchronizationPolicy-20261101-070001.json`,
      `{"password":"${canary}"}`,
    );
    // Older than what the wizard wrote: the newest of each kind is in every collection.
    await alone.each(async (server) => {
      const old = new Date("2020-01-01T00:00:00Z");
      await utimes(
        pathOnDrive(server, `${settingsFolder}\\Applied-SynchronizationPolicy-20261101-070000.JSON`),
        old,
        old,
      );
    });
    await alone.edit((state) => {
      if (state.adsync) state.adsync.globalParameters["Contoso.ProxyPassword"] = canary;
    });
    const lone = new ArchiveWorld(alone, [world.archive]);
    const health = await lone.collected();
    if (first.executor.kind === "powershell")
      assert.ok(
        health.notAvailable.some(({ reason }) => /holds a value named password/.test(reason)),
        JSON.stringify(health),
      );
    await lone.collected();
    const settings = await Promise.all(
      world.archive.kept.map(async ({ body }) => {
        const evidence = await evidenceOf(body);
        if (first.executor.kind === "powershell")
          for (const { bytes } of [...evidence.others, ...evidence.configuration, ...evidence.statistics])
            assert.ok(!bytes.includes(canary));
        return evidence.others.flatMap(({ path }) => /Policy-20261101-07/.exec(path) ?? []).length;
      }),
    );
    // Emulated nothing is looked for in files.
    assert.deepEqual(settings, first.executor.kind === "powershell" ? [0, 1, 0] : [0, 2, 1]);
  });
});
