import assert from "node:assert/strict";
import { requiresEngine } from "../support/engine";
import { Rehearsal } from "../support/rehearsal";

const machine = "aadc-stg-g1";
const text = (value: unknown): string => JSON.stringify(value);

describe("an upgrade in place, on the real engine", function () {
  this.timeout(900_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());
  const pin = (version: string): void =>
    world.block(1, ({ connect }) => {
      connect.version = version;
    });

  it("waits at the gate until the operator has brought the engine to the pinned version, and converges", async () => {
    pin("2.6.91.0");
    const built = await world.up();
    assert.equal(built.result, "succeeded", text(built.messages));

    pin("2.6.92.0");
    const stopped = await world.up({ operator: "absent" });
    assert.equal(stopped.result, "failed");
    assert.match(text(stopped.messages), /the installed package is 2\.6\.92\.0, the engine still 2\.6\.91\.0/);

    const upgraded = await world.up();
    assert.equal(upgraded.result, "succeeded", text(upgraded.messages));
    assert.equal(upgraded.changes.delete + upgraded.changes.replace, 0);
    const { adsync, services } = world.server(machine);
    assert.equal(world.server(machine).fileVersions[services.ADSync?.path ?? ""], "2.6.92.0");
    assert.equal(adsync?.stagingMode, true);
    assert.equal(adsync?.scheduler.syncCycleEnabled, true, "the wizard left it off, the last step turned it on again");
    const { same: _same, ...changed } = (await world.up()).changes;
    assert.deepEqual(changed, { create: 0, import: 0, update: 0, replace: 0, delete: 0 });
  });
});
