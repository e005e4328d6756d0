import assert from "node:assert/strict";
import { requiresEngine } from "../support/engine";
import { ask, halfRefusedDestroy, libraryFiles } from "../support/halfRefusedDestroy";
import { second, switchStaging, text } from "../support/pairOfServers";
import { Rehearsal } from "../support/rehearsal";

describe("a retired server whose staging was switched off meanwhile, on the real engine", function () {
  this.timeout(900_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());

  it("is stopped and disabled again, and no step follows", async () => {
    await halfRefusedDestroy(world);
    switchStaging(world, second, false);
    await ask(world);
    for (const _ of ["at first", "and again"]) {
      const up = await world.up();
      assert.equal(up.result, "failed");
      assert.match(text(up.messages), /\[retired-again\]/);
      const { ADSync } = world.server(second).services;
      assert.deepEqual([ADSync?.status, ADSync?.startType], ["Stopped", "Disabled"]);
      assert.ok(libraryFiles(world, second)["retired.json"]);
      assert.equal((await world.scriptsRunOn(second)).at(-1), "reinstate");
    }
    assert.deepEqual(world.server(second).violations, []);
  });
});
