import assert from "node:assert/strict";
import { findTestPowershell } from "../../rehearsal/windows/testPowershell";
import { requiresEngine } from "../support/engine";
import { changed, first, nothing, text } from "../support/pairOfServers";
import { Rehearsal } from "../support/rehearsal";
import { requires } from "../support/requires";

describe("a first import of hours whose connection breaks, on the real engine", function () {
  this.timeout(600_000);
  before(async function () {
    requires(this, "the test PowerShell", (await findTestPowershell()) !== undefined);
    await requiresEngine(this);
  });
  const world = new Rehearsal("powershell");
  after(() => world.remove());
  const peculiarities = ["long-first-synchronization"];

  it("fails while the run goes on in the engine", async () => {
    const up = await world.up({ peculiarities, faults: ["ssh:first-synchronization=lost"] });
    assert.equal(up.result, "failed", text(up.changes));
    assert.ok(!up.findings.some(({ code }) => code === "fault-not-met"), text(up.findings));
    const [run, ...more] = world.server(first).adsync?.runHistory ?? [];
    assert.equal(run?.runProfileName, "Full Import");
    assert.deepEqual(more, []);
    assert.ok(run?.finishesAt !== undefined, "it is still in progress");
  });

  it("the next up waits for that run, takes its result, and repeats nothing", async () => {
    const again = await world.up({ peculiarities });
    assert.equal(again.result, "succeeded", text(again.messages));
    const runs = world.server(first).adsync?.runHistory ?? [];
    assert.equal(runs.length, 4, "one import and one synchronization for each of two connectors");
    assert.deepEqual(world.server(first).violations, [], "nothing ran beside it");
    assert.deepEqual(changed(await world.up({ peculiarities })), nothing);
  });
});
