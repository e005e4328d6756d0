import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { changeServerWorld } from "../../rehearsal/windows/serverFiles";
import { simulatedNow } from "../../rehearsal/windows/simulatedTime";
import { requiresEngine } from "../support/engine";
import { eventually } from "../support/eventually";
import { first, text } from "../support/pairOfServers";
import { Rehearsal } from "../support/rehearsal";

describe("a server whose scheduler runs by itself, on the real engine", () => {
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());

  it("its guard meets a cycle in the middle, waits for its end, and lets the machine go", async () => {
    const up = await world.up();
    assert.equal(up.verdict, "ok", text(up.findings));
    // The guard waits for a quarter of an hour: 45 seconds of this computer's.
    world.pace(20);
    world.changeServer(first, ({ adsync }) => {
      assert.ok(adsync);
      assert.equal(adsync.scheduler.syncCycleEnabled, true, "gate.enableScheduler");
      adsync.scheduler.cycle = { endsAt: "2099-01-01T00:00:00.000Z", toCome: [] };
    });
    const path = dirname(world.serverFile(first));
    let over = "";
    const destroyed = await world.runBeside("destroy", async () => {
      // The guard holds its lock: it is at work, and the cycle lasts another simulated minute.
      await eventually("the guard's lock", () => existsSync(join(path, "Global_pulumi-entra-connect.mutex")));
      await changeServerWorld({ name: first, path }, ({ adsync, clock }) => {
        over = new Date(simulatedNow(clock).getTime() + 60_000).toISOString();
        if (adsync?.scheduler.cycle !== undefined) adsync.scheduler.cycle.endsAt = over;
      });
    });
    assert.equal(destroyed.result, "succeeded", text(destroyed.messages));
    const { calls } = await world.picture();
    const retired = calls.find(({ action }) => action === "exec retire");
    assert.equal(retired?.result, "exit 0");
    assert.ok(retired.at >= over, `ended at ${retired.at}, before the cycle (${over})`);
  });
});
