import assert from "node:assert/strict";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { describe, it } from "mocha";
import { pathOnDrive } from "../../../rehearsal/windows/serverFiles";
import { archiveFolder } from "../../../scripts/assemble";
import type { CollectedHealth } from "../../../scripts/health";
import { assertChain, chainPath, evidenceOf, placeOf } from "./archiveCollections";
import { type Instead, refused, useArchiveWorlds } from "./archiveWorld";

describe("what a run of the archive's task that died leaves behind, in the test PowerShell", function () {
  this.timeout(900_000);
  const worlds = useArchiveWorlds("powershell");

  it("is taken away, and a record that was being replaced is found", async () => {
    const world = await worlds();
    await world.pair.put(`${archiveFolder}\\.partial-12345678`, "half");
    await world.pair.put(`${archiveFolder}\\.collecting-12345678\\manifest.json`, "{");
    assert.equal((await world.collected()).archive.state, "uploaded");
    assert.deepEqual(
      (await world.pair.names(archiveFolder)).filter((name) => name.startsWith(".")),
      [],
    );
    await world.each((server) => rename(pathOnDrive(server, chainPath), pathOnDrive(server, `${chainPath}.new`)));
    assert.equal((await world.collected()).archive.state, "uploaded");
    assert.equal(world.archive.kept.length, 3);
    await assertChain(world.archive.kept);
  });
});

describe("the chain of the archive's task, in PowerShell and emulated", function () {
  this.timeout(900_000);
  const worlds = useArchiveWorlds();

  it("makes a chain of nine that nothing breaks: answers lost, an archive out of reach, runs that died anywhere", async () => {
    const world = await worlds();
    const { archive } = world;
    // 2: the role does not count yet, then it does.
    world.insteadOfPuts(
      refused(403, "AuthorizationPermissionMismatch"),
      refused(403, "AuthorizationPermissionMismatch"),
    );
    assert.equal((await world.collected()).archive.state, "uploaded");
    // 3: it arrives, and its answer does not: the next attempt of the same run meets its own blob.
    world.insteadOfPuts("lost");
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
    assert.equal((await world.waiting()).length, 1);
    // 5: it is there again, and what waited goes first.
    await world.each(async (_, { insteadOfToken }) => {
      insteadOfToken.push({ status: 404, headers: {}, body: "" }, { status: 429, headers: {}, body: "" });
    });
    assert.equal((await world.collected()).archive.state, "uploaded");
    assert.deepEqual(await world.waiting(), []);
    // 6 and 7: the run died after the collection lay in the queue, before the record of the chain was written.
    world.insteadOfPuts(refused(404, "ContainerNotFound"));
    await world.each(async (server) => {
      await rename(pathOnDrive(server, chainPath), pathOnDrive(server, `${chainPath}.kept`));
      await writeFile(pathOnDrive(server, chainPath), await readFile(pathOnDrive(server, `${chainPath}.kept`)));
    });
    assert.match((await world.collected()).archive.why ?? "", /404 ContainerNotFound/);
    await world.each((server) => rename(pathOnDrive(server, `${chainPath}.kept`), pathOnDrive(server, chainPath)));
    assert.equal((await world.collected()).archive.state, "uploaded");
    // 8: it died after the blob had arrived, before the collection left the queue.
    world.insteadOfPuts("lost", ...Array<Instead>(59).fill("closed"));
    assert.equal((await world.collected()).archive.state, "queued");
    world.insteadOfPuts();
    // 9
    const ninth = await world.collected();
    assert.equal(ninth.archive.state, "uploaded");
    assert.match(ninth.archive.why ?? "", /00000008-.*was in the archive already/);
    assert.equal(archive.kept.length, 9);
    await assertChain(archive.kept);
  });

  it("starts anew where its record is lost or damaged, and says why", async () => {
    const world = await worlds();
    await world.each((server) => writeFile(pathOnDrive(server, chainPath), Buffer.alloc(200)));
    await world.collected();
    await world.each((server) => rm(pathOnDrive(server, chainPath)));
    await world.collected();
    const anew = await Promise.all(world.archive.kept.map(async ({ body }) => placeOf(await evidenceOf(body))));
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

  it("goes on under a clock that says nonsense: the sequence orders, not the time", async () => {
    const world = await worlds();
    assert.equal((await world.collected("1969-06-01T08:00:00.000Z")).archive.state, "uploaded");
    const [, second] = world.archive.kept;
    assert.match(second?.name ?? "", /\/00000002-1969/);
    await assertChain(world.archive.kept);
  });
});
