import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readFile, rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import Ajv from "ajv";
import { describe, it } from "mocha";
import { pathOnDrive } from "../../../rehearsal/windows/serverFiles";
import { type CollectedEvidence, readEvidence } from "../../../review/evidence";
import { archivedScriptPath, archiveFolder, archivingPath, validateAnswer } from "../../../scripts/assemble";
import type { CollectedHealth, FailedHealth } from "../../../scripts/health";
import { repositoryRoot } from "../../support/repository";
import { ArchiveWorld, archiving, type Kept, keeping, refused, taskName, useArchiveWorlds } from "./archiveWorld";
import { retireArguments } from "./stages";

const queueFolder = `${archiveFolder}\\queue`;
const chainPath = `${archiveFolder}\\chain.json`;
const settingsFolder = "C:\\ProgramData\\AADConnect";

interface Manifest {
  readonly archive: {
    readonly sequence: number;
    readonly previous: { readonly name: string; readonly manifestSha256: string } | null;
    readonly startedAnew: string | null;
  };
}

async function evidenceOf(zip: Buffer): Promise<CollectedEvidence> {
  const folder = await mkdtemp(join(tmpdir(), "entra-connect-archived-"));
  try {
    await writeFile(join(folder, "one.zip"), zip);
    const evidence = await readEvidence(join(folder, "one.zip"));
    assert.ok(evidence.kind === "collected");
    return evidence;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const manifestOf = async (zip: Buffer) => (await evidenceOf(zip)).manifest.document as unknown as Manifest;

/** SHA-256 of the bytes of manifest.json, taken out of the archive. */
async function manifestHash(zip: Buffer): Promise<string> {
  const { openPromise } = await import("yauzl");
  const folder = await mkdtemp(join(tmpdir(), "entra-connect-archived-"));
  try {
    await writeFile(join(folder, "one.zip"), zip);
    const archive = await openPromise(join(folder, "one.zip"));
    for await (const entry of archive.eachEntry()) {
      if (entry.fileName !== "manifest.json") continue;
      const hash = createHash("sha256");
      for await (const chunk of await archive.openReadStreamPromise(entry)) hash.update(chunk as Buffer);
      archive.close();
      return hash.digest("hex");
    }
    throw new Error("no manifest");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Every collection says which one came before it. */
async function assertChain(kept: readonly Kept[]): Promise<void> {
  for (const [index, { name, body, headers }] of kept.entries()) {
    const { archive } = await manifestOf(body);
    const before = kept[index - 1];
    assert.equal(archive.sequence, index + 1);
    assert.equal(archive.startedAnew, null);
    assert.deepEqual(
      archive.previous,
      before === undefined ? null : { name: before.name, manifestSha256: await manifestHash(before.body) },
    );
    assert.match(
      name,
      new RegExp(`^${archiving.chain}/aadc-stg-g1/${String(index + 1).padStart(8, "0")}-\\d{8}T\\d{6}Z\\.zip$`),
    );
    assert.equal(headers["x-ms-meta-sha256"], createHash("sha256").update(body).digest("hex"));
    assert.equal(headers["x-ms-meta-manifestsha256"], await manifestHash(body));
    assert.equal(headers["x-ms-meta-sequence"], String(index + 1));
  }
}

async function failedOf(world: ArchiveWorld, code: number): Promise<FailedHealth["failed"]> {
  const { result, id, health } = await world.runTask();
  assert.equal(result, code, JSON.stringify(health));
  assert.equal(id, 110);
  assert.ok(health !== undefined && "failed" in health);
  return health.failed;
}

const waits = (world: ArchiveWorld) =>
  world.pair.names(queueFolder).then((names) => names.filter((name) => name.endsWith(".zip")).sort());

/** Whoever reads an archive has to be able to say what is wrong with it. */
const isManifest = new Ajv({ allErrors: true, allowUnionTypes: true });

describe("the archive's task, in PowerShell and emulated", function () {
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

  it("makes a chain of ten that nothing breaks: answers lost, an archive out of reach, runs that died anywhere", async () => {
    const world = await worlds();
    const { archive } = world;
    // 2: the role does not count yet, then it does.
    await world.each(async (_, { insteadOfPut }) => {
      insteadOfPut.push(
        refused(403, "AuthorizationPermissionMismatch"),
        refused(403, "AuthorizationPermissionMismatch"),
      );
    });
    assert.equal((await world.collected()).archive.state, "uploaded");
    // 3: it arrives, and its answer does not: the next attempt of the same run meets its own blob.
    await world.each(async (_, { insteadOfPut }) => {
      insteadOfPut.push("lost");
    });
    const third = await world.collected();
    assert.equal(third.archive.state, "uploaded");
    assert.match(third.archive.why ?? "", /an earlier attempt arrived and its answer did not/);
    // 4: the machine has no identity for the moment.
    await world.each(async (_, { insteadOfToken }) => {
      insteadOfToken.push({
        status: 400,
        headers: {},
        body: '{"error":"invalid_request","error_description":"Identity not found"}',
      });
    });
    const fourth = await world.runTask();
    assert.deepEqual([fourth.result, fourth.id], [40, 101]);
    const health = fourth.health as CollectedHealth;
    assert.equal(health.archive.state, "queued");
    assert.equal(health.archive.queue.count, 1);
    assert.match(
      health.archive.why ?? "",
      /400 Identity not found; the virtual machine needs a system-assigned identity/,
    );
    assert.equal((await waits(world)).length, 1);
    // 5: it is there again, and what waited goes first. A run that died left pieces behind.
    await world.pair.put(`${archiveFolder}\\.partial-12345678`, "half");
    await world.pair.put(`${archiveFolder}\\.collecting-12345678\\manifest.json`, "{");
    await world.each(async (_, { insteadOfToken }) => {
      insteadOfToken.push({ status: 404, headers: {}, body: "" }, { status: 429, headers: {}, body: "" });
    });
    assert.equal((await world.collected()).archive.state, "uploaded");
    assert.deepEqual(await waits(world), []);
    assert.deepEqual(
      (await world.pair.names(archiveFolder)).filter((name) => name.startsWith(".")),
      [],
    );
    // 6 and 7: the run died after the collection lay in the queue, before the record of the chain was written.
    await world.each(async (server, { insteadOfPut }) => {
      insteadOfPut.push(refused(404, "ContainerNotFound"));
      await rename(pathOnDrive(server, chainPath), pathOnDrive(server, `${chainPath}.kept`));
      await writeFile(pathOnDrive(server, chainPath), await readFile(pathOnDrive(server, `${chainPath}.kept`)));
    });
    assert.match((await world.collected()).archive.why ?? "", /404 ContainerNotFound/);
    await world.each((server) => rename(pathOnDrive(server, `${chainPath}.kept`), pathOnDrive(server, chainPath)));
    assert.equal((await world.collected()).archive.state, "uploaded");
    // 8: it died between the two steps in which the record is replaced.
    await world.each((server) => rename(pathOnDrive(server, chainPath), pathOnDrive(server, `${chainPath}.new`)));
    assert.equal((await world.collected()).archive.state, "uploaded");
    // 9: it died after the blob had arrived, before the collection left the queue.
    await world.each(async (_, { insteadOfPut }) => {
      for (let n = 0; n < 60; n += 1) insteadOfPut.push(n === 0 ? "lost" : "closed");
    });
    assert.equal((await world.collected()).archive.state, "queued");
    await world.each(async (_, { insteadOfPut }) => {
      insteadOfPut.length = 0;
    });
    // 10
    const tenth = await world.collected();
    assert.equal(tenth.archive.state, "uploaded");
    assert.match(tenth.archive.why ?? "", /00000009-.*was in the archive already/);
    assert.equal(archive.kept.length, 10);
    await assertChain(archive.kept);
  });

  it("keeps the oldest and the newest of a full queue, and says so; the chain stays whole", async () => {
    const world = await worlds({ laid: { queue: { count: 3, megabytes: 500 } } });
    const early = "Applied-SynchronizationPolicy-20200101-000000.JSON";
    await world.each(async (_, { insteadOfPut }) => {
      for (let n = 0; n < 6; n += 1) insteadOfPut.push(refused(403, "AuthorizationFailure"));
    });
    for (const count of [1, 2, 3]) {
      if (count === 3) {
        await world.pair.put(`${settingsFolder}\\${early}`, "{}");
        // Not the newest, which every collection has.
        const long = new Date("2020-01-01T00:00:00Z");
        await world.each((server) => utimes(pathOnDrive(server, `${settingsFolder}\\${early}`), long, long));
      }
      assert.equal((await world.collected()).archive.queue.count, count);
    }
    const before = await waits(world);
    const fourth = await world.collected();
    assert.equal(fourth.sequence, 4);
    assert.match(fourth.archive.why ?? "", /is full: this collection took the place of 00000004-/);
    const fifth = await world.runTask();
    assert.equal(fifth.id, 101);
    const now = await waits(world);
    assert.deepEqual(now.slice(0, 2), before.slice(0, 2));
    assert.notEqual(now[2], before[2]);
    await world.each(async (_, { insteadOfPut }) => {
      insteadOfPut.length = 0;
    });
    const last = await world.collected();
    assert.deepEqual([last.archive.state, last.archive.queue.count], ["uploaded", 0]);
    await assertChain(world.archive.kept);
    assert.equal(world.archive.kept.length, 4);
    // It was new in the collection whose place two others took.
    const { others } = await evidenceOf(world.archive.kept[3]?.body ?? Buffer.alloc(0));
    assert.ok(
      others.some(({ path }) => path === `settings/${early}`),
      others.map(({ path }) => path).join(),
    );
  });

  it("gives no second content to a name under which something may have arrived, however full the queue is", async () => {
    const world = await worlds({ laid: { queue: { count: 2, megabytes: 500 } } });
    await world.each(async (_, { insteadOfPut }) => {
      for (let n = 0; n < 200; n += 1) insteadOfPut.push("closed");
    });
    await world.collected();
    await world.each(async (_, { insteadOfPut }) => {
      insteadOfPut.length = 0;
      // The first goes, the second does not come back.
      insteadOfPut.push("lost", "closed");
      for (let n = 0; n < 200; n += 1) insteadOfPut.push("closed");
    });
    await world.collected();
    await world.pair.each(async (server) => {
      for (const name of await namesOf(pathOnDrive(server, queueFolder)))
        if (name.endsWith(".zip")) await writeFile(join(pathOnDrive(server, queueFolder), `${name}.tried`), "sent");
    });
    await world.collected().catch(() => undefined);
    const { health } = await world.runTask();
    const { archive, sequence } = health as CollectedHealth;
    assert.deepEqual([sequence, archive.name, archive.state], [null, null, "failed"]);
    assert.match(archive.why ?? "", /is full and this collection was not kept/);
  });

  it("puts aside what the archive has and this server never sent, what arrived otherwise, and what is damaged here", async () => {
    const world = await worlds();
    await world.each(async (_, { insteadOfPut }) => {
      insteadOfPut.push(refused(409, "BlobAlreadyExists"));
    });
    const foreign = await world.runTask();
    const first = foreign.health as CollectedHealth;
    assert.deepEqual([foreign.result, foreign.id, first.archive.state], [40, 101, "failed"]);
    assert.match(first.archive.why ?? "", /that this server never sent; it was put aside as .*\.zip\.foreign/);
    await world.each(async (_, { insteadOfPut }) => {
      insteadOfPut.push({ status: 201, headers: { "content-md5": "AAAAAAAAAAAAAAAAAAAAAA==" }, body: "" });
    });
    assert.match((await world.collected()).archive.why ?? "", /other bytes arrived of .*\.zip\.differs/);
    await world.each(async (_, { insteadOfPut }) => {
      insteadOfPut.push(refused(404, "ContainerNotFound"));
    });
    await world.collected();
    await world.each(async (server) => {
      const [waiting = ""] = (await namesOf(pathOnDrive(server, queueFolder))).filter((name) => name.endsWith(".zip"));
      await writeFile(join(pathOnDrive(server, queueFolder), waiting), Buffer.alloc(4000));
    });
    const { archive } = await world.collected();
    assert.equal(archive.state, "uploaded");
    assert.match(archive.why ?? "", /is damaged on this server.*\.zip\.damaged/);
  });

  it("starts anew where its record is lost or damaged, and says why", async () => {
    const world = await worlds();
    await world.each((server) => writeFile(pathOnDrive(server, chainPath), Buffer.alloc(200)));
    await world.collected();
    await world.each((server) => rm(pathOnDrive(server, chainPath)));
    await world.collected();
    const anew = await Promise.all(world.archive.kept.map(async ({ body }) => (await manifestOf(body)).archive));
    assert.deepEqual(
      anew.map(({ sequence, previous }) => [sequence, previous]),
      [
        [1, null],
        [1, null],
        [1, null],
      ],
    );
    assert.equal(anew[0]?.startedAnew, null);
    assert.match(anew[1]?.startedAnew ?? "", /chain\.json was damaged or of another chain/);
    assert.match(anew[2]?.startedAnew ?? "", /chain\.json was not there/);
  });

  it("is not run where script, settings or folder are not as they were installed, and says it by event", async () => {
    const world = await worlds();
    const [put] = [world.pair];
    const script = (await put.readFile(archivedScriptPath)) ?? "";
    await put.put(archivedScriptPath, `${script}\n# planted\nWrite-Output 'planted'\n`);
    const changed = await failedOf(world, 43);
    assert.match(changed.what, /archive-configuration\.ps1 is not as it was installed, so it was not run/);
    assert.match(changed.next, /pulumi up/);
    await put.remove(archivedScriptPath);
    assert.match((await world.runTask()).health === undefined ? "" : "told", /told/);
    await put.put(archivedScriptPath, script);
    const settings = (await put.readFile(archivingPath)) ?? "";
    await put.put(archivingPath, settings.replace("stcontoso1", "stevil1"));
    assert.match((await failedOf(world, 43)).what, /archiving\.json is not as it was installed/);
    await put.put(archivingPath, settings);
    await put.edit((state) => {
      state.writableByUsers = [archivedScriptPath];
    });
    assert.match((await failedOf(world, 43)).what, /S-1-5-32-545 may write to .*archive-configuration\.ps1/);
    await put.edit((state) => {
      delete state.writableByUsers;
    });
    await put.each(async (server) => {
      const queue = pathOnDrive(server, queueFolder);
      await rm(queue, { recursive: true });
      await mkdir(join(dirname(queue), "elsewhere"));
      await symlink(join(dirname(queue), "elsewhere"), queue);
    });
    assert.match((await failedOf(world, 43)).what, /queue is a link or mount point/);
    assert.equal(world.archive.kept.length, 1);
  });

  it("does not begin beside another run, in a busy engine, or without one; without its event source nobody hears of it", async () => {
    const world = await worlds({ laid: { waitMinutes: 30 } });
    const { pair } = world;
    // The holder is alive: this process.
    await pair.each((server) =>
      writeFile(join(server.path, "Global_pulumi-entra-connect-archive.mutex"), String(process.pid)),
    );
    assert.deepEqual(await world.runTask().then(({ result, id }) => [result, id]), [42, undefined]);
    await pair.each((server) => rm(join(server.path, "Global_pulumi-entra-connect-archive.mutex")));
    await pair.edit((state) => {
      state.peculiarities.busyConnector = "contoso.com";
    });
    assert.match(
      (await failedOf(world, 41)).what,
      /The engine was busy for 30 minutes: the connector contoso\.com is busy/,
    );
    await pair.edit((state) => {
      state.peculiarities = {};
      Object.assign(state.services.ADSync ?? {}, { status: "Stopped", startType: "Disabled" });
    });
    assert.match((await failedOf(world, 41)).what, /The service ADSync is Stopped, start type Disabled/);
    await pair.edit((state) => {
      delete state.services.ADSync;
    });
    assert.match((await failedOf(world, 41)).what, /There is no service ADSync/);
    await pair.each(async (server) => {
      const file = join(server.path, "registry.json");
      const registry = JSON.parse(await readFile(file, "utf8")) as Record<string, unknown>;
      for (const key of Object.keys(registry)) if (/EventLog/i.test(key)) delete registry[key];
      await writeFile(file, JSON.stringify(registry));
    });
    assert.deepEqual(await world.runTask().then(({ result, id }) => [result, id]), [44, undefined]);
  });

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

  it("goes on under a clock that says nonsense: the sequence orders, not the time", async () => {
    const world = await worlds();
    assert.equal((await world.collected("1969-06-01T08:00:00.000Z")).archive.state, "uploaded");
    const [, second] = world.archive.kept;
    assert.match(second?.name ?? "", /\/00000002-1969/);
    await assertChain(world.archive.kept);
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

  it("keeps collections on the server where no archive is configured", async () => {
    const world = await worlds({ laid: { endpoint: "", container: "", queue: { count: 2, megabytes: 500 } } });
    const { result, id, health } = await world.runTask();
    assert.deepEqual([result, id, (health as CollectedHealth).archive.state], [40, 101, "disabled"]);
    const before = await waits(world);
    assert.equal(before.length, 2);
    // What somebody may have fetched is never given another content.
    const third = (await world.runTask()).health as CollectedHealth;
    assert.deepEqual([third.sequence, third.archive.state], [null, "failed"]);
    assert.deepEqual(await waits(world), before);
    assert.equal(world.archive.puts, 0);
  });

  it("is registered again where somebody changed or disabled it, and taken away with all but what was not archived", async () => {
    const world = await worlds();
    const { pair } = world;
    const answered = async (change: Partial<ReturnType<typeof keeping>> = {}) => {
      const { exitCode, stdout, stderr } = await pair.run("keep-archiving", { ...keeping(), ...change });
      assert.equal(exitCode, 0, stderr);
      return validateAnswer("keep-archiving", stdout);
    };
    await pair.edit((state) => {
      const task = state.tasks?.[taskName];
      if (task) task.xml = task.xml.replace("powershell.exe", "evil.exe");
    });
    const changed = await answered();
    assert.equal(changed.before?.task, "another");
    assert.deepEqual(changed.changes, ["scheduled task registered"]);
    assert.doesNotMatch((await pair.world()).tasks?.[taskName]?.xml ?? "", /evil/);
    await pair.edit((state) => {
      const task = state.tasks?.[taskName];
      if (task) task.state = "Disabled";
    });
    assert.equal((await answered()).before?.task, "another");
    await world.each(async (_, { insteadOfPut }) => {
      insteadOfPut.push(refused(404, "ContainerNotFound"));
    });
    await world.collected();
    const gone = await answered({ wanted: false });
    assert.deepEqual(gone.kept, [queueFolder, chainPath]);
    assert.equal(gone.waiting, 1);
    assert.equal(gone.task, null);
    assert.equal(gone.changes.length, 4);
    assert.deepEqual((await answered({ wanted: false })).changes, []);
    // Laid down again it goes on where it stopped.
    await answered();
    await assertChain(world.archive.kept);
  });

  it("is told as missing where a policy takes it out again, and as not run where somebody changed its script", async () => {
    const { pair } = await worlds({ laid: false });
    const answered = async () => {
      const { exitCode, stdout, stderr } = await pair.run("keep-archiving", keeping());
      assert.equal(exitCode, 0, stderr);
      return validateAnswer("keep-archiving", stdout);
    };
    await pair.edit((state) => {
      state.peculiarities.archiveScriptChanged = true;
    });
    const changed = await answered();
    assert.deepEqual([changed.firstRun?.result, changed.firstRun?.event?.id], [43, 110]);
    assert.match(changed.firstRun?.event?.why ?? "", /is not as it was installed, so it was not run/);
    await pair.edit((state) => {
      state.peculiarities = { tasksTakenOut: true };
    });
    const missing = await answered();
    assert.deepEqual([missing.firstRun, missing.task], [null, null]);
    assert.deepEqual(missing.changes, ["archive-configuration.ps1 laid down"]);
  });

  it("touches nothing on a server that is not proven staging, is another machine, or has no Entra Connect", async () => {
    const { pair } = await worlds({ laid: false });
    const refusedWith = async (code: string, change: Partial<ReturnType<typeof keeping>> = {}) => {
      const { exitCode, stderr } = await pair.run("keep-archiving", { ...keeping(), ...change });
      assert.equal(exitCode, 1);
      assert.ok(stderr.includes(`[${code}]`), stderr);
      assert.equal((await pair.world()).tasks, undefined);
      assert.deepEqual(await pair.names(archiveFolder), []);
    };
    await refusedWith("not-this-machine", { vmId: "11111111-2222-4333-8444-555555555555" });
    await pair.edit((state) => {
      if (state.adsync) state.adsync.globalParameters["Microsoft.Synchronize.StagingMode"] = "False";
    });
    await refusedWith("not-proven-staging");
    await pair.edit((state) => {
      if (state.adsync) state.adsync.globalParameters["Microsoft.Synchronize.StagingMode"] = "True";
      state.peculiarities.tasksRefused = "Access is denied.";
    });
    const { stderr } = await pair.run("keep-archiving", keeping());
    assert.match(stderr, /\[task-refused\][\s\S]*Access is denied/);
    await pair.edit((state) => {
      delete state.services.ADSync;
    });
    assert.match((await pair.run("keep-archiving", keeping())).stderr, /\[not-set-up\]/);
  });

  it("ends with the server: its guard takes the task out, and a failure of that is a warning", async () => {
    const world = await worlds();
    const { pair } = world;
    await pair.edit((state) => {
      state.peculiarities.tasksRefused = "Access is denied.";
    });
    const { exitCode, stdout, stderr } = await pair.run("retire", retireArguments);
    assert.equal(exitCode, 0, stderr);
    assert.match(
      validateAnswer("retire", stdout).warnings.join(),
      /archive's task could not be taken out: Access is denied/,
    );
    await pair.edit((state) => {
      state.peculiarities = {};
    });
    const again = validateAnswer("retire", (await pair.run("retire", retireArguments)).stdout);
    assert.equal(again.outcome, "already-retired");
    assert.deepEqual((await pair.world()).tasks ?? {}, {});
  });
});

async function namesOf(folder: string): Promise<readonly string[]> {
  const { readdir } = await import("node:fs/promises");
  return (await readdir(folder)).sort();
}
