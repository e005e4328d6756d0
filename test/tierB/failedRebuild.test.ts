import assert from "node:assert/strict";
import { requiresEngine } from "../support/engine";
import { Rehearsal } from "../support/rehearsal";

const text = (value: unknown): string => JSON.stringify(value);
const [first, second] = ["aadc-stg-g1", "aadc-stg-g2"] as const;

describe("a rebuild that fails before the guard, on the real engine", function () {
  this.timeout(900_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());

  it("leaves the old server as it was, and rolls back", async () => {
    assert.equal((await world.up()).result, "succeeded");
    const before = world.server(first);
    world.addBlock(2);
    world.removeBlock(1);
    const up = await world.up({ faults: ["ssh:install-package=fail@1"] });
    assert.equal(up.result, "failed");
    assert.equal(up.changes.delete, 0);
    assert.deepEqual(world.server(first).services, before.services);
    assert.ok(!(await world.scriptsRunOn(first)).includes("retire"), "the guard was not asked");
    world.settings(({ generations }) => {
      generations["1"] = structuredClone(generations["2"]) as (typeof generations)[string];
      delete generations["2"];
    });
    const back = await world.up();
    assert.equal(back.result, "succeeded", text(back.messages));
    assert.equal(world.hasServer(second), false, "the half-made server is gone, behind its own guard");
    assert.equal(world.server(first).adsync?.stagingMode, true);
  });
});
