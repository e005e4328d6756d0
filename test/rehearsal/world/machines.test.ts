import assert from "node:assert/strict";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { openCallLog } from "../../../rehearsal/world/callLog";
import { startClock, worldBegins } from "../../../rehearsal/world/clock";
import { openMachines } from "../../../rehearsal/world/machines";
import { machine, machineId, ScriptedWindows, temporaryFolder } from "./scriptedWorld";

describe("a machine that restarts as its world ends", () => {
  it("goes down, and does not come up in a world that is over: that is for the next one", async () => {
    const folder = await temporaryFolder();
    try {
      const servers = join(folder, "servers");
      await mkdir(servers);
      // Forty simulated seconds are an hour here: a restart that outlives its world is one that is waited for.
      const clock = startClock(40 / 3600, worldBegins);
      const windows = new ScriptedWindows("");
      const machines = await openMachines(servers, windows, clock, openCallLog(join(folder, "calls.jsonl"), clock));
      await machines.create(machine);
      const restart = assert.rejects(machines.restart(machineId), /the world was closed/);
      assert.equal(machines.find(machineId)?.restarting, true);
      await machines.close();
      await restart;
      assert.deepEqual(windows.booted, []);
      await assert.doesNotReject(machines.restart(machineId));
      assert.deepEqual(windows.booted, []);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
