import assert from "node:assert/strict";
import { mkdir, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { changeServerWorld, readServerWorld } from "../../../rehearsal/windows/serverFiles";
import type { ServerWorld } from "../../../rehearsal/windows/serverWorld";
import { temporaryFolder } from "../world/scriptedWorld";

describe("the file of a simulated machine", () => {
  const now = Date.now;
  let path = "";
  beforeEach(async () => {
    path = await temporaryFolder();
    await writeFile(join(path, "server.json"), JSON.stringify({ bootedAt: "0" }));
  });
  afterEach(async () => {
    Date.now = now;
    await rm(path, { recursive: true });
  });
  const count = (world: ServerWorld) => {
    world.bootedAt = String(Number(world.bootedAt) + 1);
  };

  it("loses no change of many at once, whatever year this process believes it is", async () => {
    Date.now = () => now() + 7 * 365 * 24 * 3_600_000;
    const server = { name: "m", path };
    await Promise.all(Array.from({ length: 60 }, () => changeServerWorld(server, count)));
    assert.equal((await readServerWorld(server)).bootedAt, "60");
  });

  it("is free again some time after whoever held it has died", async () => {
    const lock = join(path, "server.lock");
    await mkdir(lock);
    const longAgo = new Date(now() - 3_600_000);
    await utimes(lock, longAgo, longAgo);
    const server = { name: "m", path };
    await changeServerWorld(server, count);
    assert.equal((await readServerWorld(server)).bootedAt, "1");
  });
});
