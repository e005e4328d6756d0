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

describe("a machine with many connections", () => {
  it("warns of none: a command's connection stays open until its plugin ends, and a run has twelve", async () => {
    const folder = await temporaryFolder();
    const warned: string[] = [];
    const note = (warning: Error) => warned.push(warning.name);
    process.on("warning", note);
    try {
      const servers = join(folder, "servers");
      await mkdir(servers);
      const clock = startClock(10_000, worldBegins);
      const calls = openCallLog(join(folder, "calls.jsonl"), clock);
      const machines = await openMachines(servers, new ScriptedWindows(""), clock, calls);
      await machines.create(machine);
      const begun = machines.find(machineId)?.gone;
      await machines.restart(machineId);
      const started = machines.find(machineId)?.gone;
      for (const gone of [begun, started])
        for (let connection = 0; connection < 12; connection++) gone?.addEventListener("abort", () => undefined);
      await new Promise(setImmediate);
      assert.notEqual(begun, started);
      assert.deepEqual(warned, []);
      await machines.close();
    } finally {
      process.off("warning", note);
      await rm(folder, { recursive: true });
    }
  });
});
