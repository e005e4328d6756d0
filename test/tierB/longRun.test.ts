import assert from "node:assert/strict";
import { simulatedNow } from "../../rehearsal/windows/simulatedTime";
import { findTestPowershell } from "../../rehearsal/windows/testPowershell";
import { requiresEngine } from "../support/engine";
import { eventually } from "../support/eventually";
import { changed, first, nothing, ownRuns, text } from "../support/pairOfServers";
import { Rehearsal } from "../support/rehearsal";
import { requires } from "../support/requires";

describe("a first import of hours whose connection breaks, on the real engine", () => {
  before(async function () {
    requires(this, "the test PowerShell", (await findTestPowershell()) !== undefined);
    await requiresEngine(this);
  });
  const world = new Rehearsal("powershell");
  after(() => world.remove());
  const peculiarities = ["long-first-synchronization"];

  it("fails at once while script and engine go on; the next up meets both, takes their results, and repeats nothing", async () => {
    const [up, again] = await world.upTwice({ peculiarities, faults: ["ssh:first-synchronization=lost"] }, async () => {
      // The connection is gone before the script has begun its first run.
      await eventually("the first import", () => ownRuns(world.server(first)).length > 0);
      const server = world.server(first);
      const [run, ...more] = ownRuns(server);
      assert.equal(run?.runProfileName, "Full Import");
      assert.deepEqual(more, []);
      assert.ok(Date.parse(run?.finishesAt ?? "") > simulatedNow(server.clock).getTime(), "it is still in progress");
    });
    assert.equal(up.result, "failed", text(up.changes));
    assert.ok(!up.findings.some(({ code }) => code === "fault-not-met"), text(up.findings));
    assert.equal(again.result, "succeeded", text(again.messages));
    assert.equal(
      ownRuns(world.server(first)).length,
      4,
      "one import and one synchronization for each of two connectors",
    );
    assert.deepEqual(world.server(first).violations, [], "nothing ran beside it");
    const { calls } = await world.picture();
    assert.ok(
      calls.some(({ action }) => action === "ended first-synchronization"),
      "the first one ended by itself",
    );
    assert.deepEqual(changed(await world.up({ peculiarities })), nothing);
  });
});
