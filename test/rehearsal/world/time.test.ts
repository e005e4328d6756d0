import assert from "node:assert/strict";
import { appendFile, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { openCallLog, readCallLog } from "../../../rehearsal/world/callLog";
import { continueFrom, startClock } from "../../../rehearsal/world/clock";
import { temporaryFolder } from "./scriptedWorld";

describe("simulated time", () => {
  it("passes at its scale from where it starts", () => {
    let real = 1_000_000;
    const clock = startClock(100, new Date("2026-11-22T10:00:00Z"), () => real);
    assert.equal(clock.now().toISOString(), "2026-11-22T10:00:00.000Z");
    real += 36_000;
    assert.equal(clock.now().toISOString(), "2026-11-22T11:00:00.000Z");
    const { anchor } = clock;
    const told = Date.parse(anchor.simulatedStart) + (real - Date.parse(anchor.realStart)) * anchor.scale;
    assert.equal(told, clock.now().getTime(), "who has only the anchor tells the same time");
  });

  it("does not go back when the real clock is set back", () => {
    let real = 1_000_000;
    const clock = startClock(100, new Date("2026-11-22T10:00:00Z"), () => real);
    real -= 3_600_000;
    assert.equal(clock.now().toISOString(), "2026-11-22T10:00:00.000Z");
  });

  it("goes on where it stopped, or behind what a killed predecessor may have reached", () => {
    const latest = new Date("2026-12-24T00:00:00Z");
    assert.deepEqual(continueFrom(latest, 0, 240), latest);
    assert.equal(continueFrom(latest, 6, 240).getTime(), latest.getTime() + 1440 * 1000);
  });

  it("sleeps simulated seconds, and wakes up at once when told", async () => {
    const clock = startClock(1_000_000, new Date());
    await clock.sleep(3600);
    const stop = new AbortController();
    const slow = startClock(1, new Date()).sleep(1e9, stop.signal);
    stop.abort(new Error("enough"));
    await assert.rejects(slow, /enough/);
    await assert.rejects(clock.sleep(1, stop.signal), /enough/);
  });
});

describe("the call log", () => {
  it("is kept across runs, and a line that a killed process left half-written does no harm", async () => {
    const dir = await temporaryFolder();
    const path = join(dir, "calls.jsonl");
    const clock = startClock(1, new Date("2026-11-22T10:00:00Z"), () => 0);
    openCallLog(path, clock).record({ room: "azure", action: "PUT x", target: "x", result: "201" });
    await appendFile(path, '{"at":"2026-11-22T10:0');
    const second = openCallLog(path, clock);
    second.record({ room: "ssh", action: "exec retire", target: "x", result: "exit 0" });
    assert.deepEqual(
      readCallLog(path).map((entry) => entry.action),
      ["PUT x", "exec retire"],
    );
    assert.deepEqual(second.entries(), readCallLog(path));
    assert.equal((await readFile(path, "utf8")).endsWith("\n"), true);
    await rm(dir, { recursive: true });
  });
});
