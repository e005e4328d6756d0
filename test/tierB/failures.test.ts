import assert from "node:assert/strict";
import { requiresEngine } from "../support/engine";
import { Rehearsal } from "../support/rehearsal";

const machine = "aadc-stg-g1";
const text = (value: unknown): string => JSON.stringify(value);

describe("failures on the way, on the real engine", function () {
  this.timeout(900_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());

  it("a failed verification is asked again by the next up", async () => {
    const up = await world.up({ faults: ["ssh:verify-staging=fail"] });
    assert.equal(up.result, "failed");
    assert.ok(!(await world.scriptsRunOn(machine)).includes("first-synchronization"));
    const again = await world.up();
    assert.equal(again.result, "succeeded", text(again.messages));
    assert.equal((await world.scriptsRunOn(machine)).filter((script) => script === "verify-staging").length, 2);
  });

  it("a server with another host key is not spoken to", async () => {
    const before = (await world.scriptsRunOn(machine)).length;
    world.replaceHostKey(machine);
    world.settings((config) => {
      config.gate.waitMinutes = 61;
    });
    const up = await world.up();
    assert.equal(up.result, "failed");
    assert.match(text(up.messages), /host key mismatch/);
    assert.equal((await world.scriptsRunOn(machine)).length, before, "nothing was run there");
  });
});
