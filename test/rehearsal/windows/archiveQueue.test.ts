import assert from "node:assert/strict";
import { readdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "mocha";
import { pathOnDrive } from "../../../rehearsal/windows/serverFiles";
import type { CollectedHealth } from "../../../scripts/health";
import { assertChain, evidenceOf, queueFolder, settingsFolder } from "./archiveCollections";
import { type Instead, refused, useArchiveWorlds } from "./archiveWorld";

describe("a full queue, and what the archive gives back, in the test PowerShell", function () {
  this.timeout(900_000);
  const worlds = useArchiveWorlds("powershell");

  it("keeps the oldest and the newest of a full queue, and says so; the chain stays whole", async () => {
    const world = await worlds({ laid: { queue: { count: 3, megabytes: 500 } } });
    const early = "Applied-SynchronizationPolicy-20200101-000000.JSON";
    world.insteadOfPuts(...Array<Instead>(6).fill(refused(403, "AuthorizationFailure")));
    for (const count of [1, 2, 3]) {
      if (count === 3) {
        await world.pair.put(`${settingsFolder}\\${early}`, "{}");
        // Not the newest, which every collection has.
        const long = new Date("2020-01-01T00:00:00Z");
        await world.each((server) => utimes(pathOnDrive(server, `${settingsFolder}\\${early}`), long, long));
      }
      assert.equal((await world.collected()).archive.queue.count, count);
    }
    const before = await world.waiting();
    const fourth = await world.collected();
    assert.equal(fourth.sequence, 4);
    assert.match(fourth.archive.why ?? "", /is full: this collection took the place of 00000004-/);
    const fifth = await world.runTask();
    assert.equal(fifth.id, 101);
    const now = await world.waiting();
    assert.deepEqual(now.slice(0, 2), before.slice(0, 2));
    assert.notEqual(now[2], before[2]);
    world.insteadOfPuts();
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
    world.insteadOfPuts(...Array<Instead>(200).fill("closed"));
    await world.collected();
    // The first goes, the second does not come back.
    world.insteadOfPuts("lost", ...Array<Instead>(201).fill("closed"));
    await world.collected();
    await world.pair.each(async (server) => {
      for (const name of await readdir(pathOnDrive(server, queueFolder)))
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
    world.insteadOfPuts(refused(409, "BlobAlreadyExists"));
    const foreign = await world.runTask();
    const first = foreign.health as CollectedHealth;
    assert.deepEqual([foreign.result, foreign.id, first.archive.state], [40, 101, "failed"]);
    assert.match(first.archive.why ?? "", /that this server never sent; it was put aside as .*\.zip\.foreign/);
    world.insteadOfPuts({ status: 201, headers: { "content-md5": "AAAAAAAAAAAAAAAAAAAAAA==" }, body: "" });
    assert.match((await world.collected()).archive.why ?? "", /other bytes arrived of .*\.zip\.differs/);
    world.insteadOfPuts(refused(404, "ContainerNotFound"));
    await world.collected();
    await world.each(async (server) => {
      const [waiting = ""] = (await readdir(pathOnDrive(server, queueFolder)))
        .sort()
        .filter((name) => name.endsWith(".zip"));
      await writeFile(join(pathOnDrive(server, queueFolder), waiting), Buffer.alloc(4000));
    });
    const { archive } = await world.collected();
    assert.equal(archive.state, "uploaded");
    assert.match(archive.why ?? "", /is damaged on this server.*\.zip\.damaged/);
  });

  it("keeps of a full queue what somebody may have fetched", async () => {
    const world = await worlds({ laid: { endpoint: "", container: "", queue: { count: 2, megabytes: 500 } } });
    await world.runTask();
    const before = await world.waiting();
    assert.equal(before.length, 2);
    // Never given another content.
    const third = (await world.runTask()).health as CollectedHealth;
    assert.deepEqual([third.sequence, third.archive.state], [null, "failed"]);
    assert.deepEqual(await world.waiting(), before);
  });
});

describe("what waits for the archive on a server, in PowerShell and emulated", function () {
  this.timeout(900_000);
  const worlds = useArchiveWorlds();

  it("keeps collections on the server where no archive is configured", async () => {
    const world = await worlds({ laid: { endpoint: "", container: "", queue: { count: 2, megabytes: 500 } } });
    const { result, id, health } = await world.runTask();
    assert.deepEqual([result, id, (health as CollectedHealth).archive.state], [40, 101, "disabled"]);
    assert.equal((await world.waiting()).length, 2);
    assert.equal(world.archive.puts, 0);
  });
});
