import assert from "node:assert/strict";
import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, it } from "mocha";
import { pathOnDrive } from "../../../rehearsal/windows/serverFiles";
import type { ServerFolder } from "../../../rehearsal/world/contract";
import { archivedScriptPath, archivingPath } from "../../../scripts/assemble";
import { queueFolder } from "./archiveCollections";
import { ArchiveWorld, refused, useArchiveWorlds } from "./archiveWorld";

async function queueElsewhere(server: ServerFolder): Promise<void> {
  const queue = pathOnDrive(server, queueFolder);
  await rm(queue, { recursive: true });
  await mkdir(join(dirname(queue), "elsewhere"));
  await symlink(join(dirname(queue), "elsewhere"), queue);
}

describe("a run of the archive's task on a server that somebody changed, in the test PowerShell", function () {
  this.timeout(900_000);
  const worlds = useArchiveWorlds("powershell");

  it("is not run where script, settings or folder are not as they were installed, and says it by event", async () => {
    const world = await worlds();
    const { pair } = world;
    const script = (await pair.readFile(archivedScriptPath)) ?? "";
    await pair.put(archivedScriptPath, `${script}\n# planted\nWrite-Output 'planted'\n`);
    const changed = await world.failed(43);
    assert.match(changed.what, /archive-configuration\.ps1 is not as it was installed, so it was not run/);
    assert.match(changed.next, /pulumi up/);
    await pair.remove(archivedScriptPath);
    assert.match((await world.runTask()).health === undefined ? "" : "told", /told/);
    await pair.put(archivedScriptPath, script);
    const settings = (await pair.readFile(archivingPath)) ?? "";
    await pair.put(archivingPath, settings.replace("stcontoso1", "stevil1"));
    assert.match((await world.failed(43)).what, /archiving\.json is not as it was installed/);
    await pair.put(archivingPath, settings);
    await pair.edit((state) => {
      state.writableByUsers = [archivedScriptPath];
    });
    assert.match((await world.failed(43)).what, /S-1-5-32-545 may write to .*archive-configuration\.ps1/);
    await pair.edit((state) => {
      delete state.writableByUsers;
    });
    await pair.each(queueElsewhere);
    assert.match((await world.failed(43)).what, /queue is a link or mount point/);
    assert.equal(world.archive.kept.length, 1);
  });

  it("does not begin in a busy engine, or without one", async () => {
    const world = await worlds({ laid: { waitMinutes: 30 } });
    const { pair } = world;
    await pair.edit((state) => {
      state.peculiarities.busyConnector = "contoso.com";
    });
    assert.match(
      (await world.failed(41)).what,
      /The engine was busy for 30 minutes: the connector contoso\.com is busy/,
    );
    await pair.edit((state) => {
      state.peculiarities = {};
      delete state.services.ADSync;
    });
    assert.match((await world.failed(41)).what, /There is no service ADSync/);
  });
});

describe("a run of the archive's task that does not begin, in PowerShell and emulated", function () {
  this.timeout(900_000);
  const worlds = useArchiveWorlds();

  const emulatedAlone = async (): Promise<ArchiveWorld | undefined> => {
    const { pair, archives } = await worlds();
    const [, emulated] = pair.members;
    const [, archive] = archives;
    return emulated && archive && new ArchiveWorld(pair.alone(emulated), [archive]);
  };
  const notRehearsed = (what: string) => new RegExp(`does not rehearse ${what}; the test PowerShell does`);

  it("is not run emulated where its script is not as it was installed, and says that this is not rehearsed", async () => {
    const alone = await emulatedAlone();
    if (alone === undefined) return;
    await alone.pair.put(archivedScriptPath, "Write-Output 'planted'\n");
    const { why, next } = await alone.failed(1);
    assert.match(why, notRehearsed("an archive's task whose script or settings somebody changed on the server"));
    assert.match(next, /^Rehearse it in the test PowerShell/);
    assert.equal(alone.archive.kept.length, 1);
  });

  it("is not run emulated where its queue is a link", async () => {
    const alone = await emulatedAlone();
    if (alone === undefined) return;
    await alone.pair.each(queueElsewhere);
    const { why } = await alone.failed(1);
    assert.match(why, notRehearsed("a folder of ours on the server that is a link or mount point"));
    assert.equal(alone.archive.kept.length, 1);
  });

  it("never takes other bytes in the archive for its own, emulated, however often it is run", async () => {
    for (const instead of [
      refused(409, "BlobAlreadyExists"),
      { status: 201, headers: { "content-md5": "AAAAAAAAAAAAAAAAAAAAAA==" }, body: "" },
    ]) {
      const alone = await emulatedAlone();
      if (alone === undefined) return;
      alone.insteadOfPuts(instead, refused(409, "BlobAlreadyExists"));
      for (let run = 0; run < 2; run++) {
        const { why } = await alone.failed(1);
        assert.match(why, notRehearsed("an archive that has other bytes than the server sent"));
      }
    }
  });

  it("does not begin beside another run or a stopped engine; without its event source nobody hears of it", async () => {
    const world = await worlds();
    const { pair } = world;
    // The holder is alive: this process.
    await pair.each((server) =>
      writeFile(join(server.path, "Global_pulumi-entra-connect-archive.mutex"), String(process.pid)),
    );
    assert.deepEqual(await world.runTask().then(({ result, id }) => [result, id]), [42, undefined]);
    await pair.each((server) => rm(join(server.path, "Global_pulumi-entra-connect-archive.mutex")));
    await pair.edit((state) => {
      Object.assign(state.services.ADSync ?? {}, { status: "Stopped", startType: "Disabled" });
    });
    assert.match((await world.failed(41)).what, /The service ADSync is Stopped, start type Disabled/);
    await pair.each(async (server) => {
      const file = join(server.path, "registry.json");
      const registry = JSON.parse(await readFile(file, "utf8")) as Record<string, unknown>;
      for (const key of Object.keys(registry)) if (/EventLog/i.test(key)) delete registry[key];
      await writeFile(file, JSON.stringify(registry));
    });
    assert.deepEqual(await world.runTask().then(({ result, id }) => [result, id]), [44, undefined]);
  });
});
