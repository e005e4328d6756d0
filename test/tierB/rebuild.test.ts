import assert from "node:assert/strict";
import { requiresEngine } from "../support/engine";
import { Rehearsal } from "../support/rehearsal";

const text = (value: unknown): string => JSON.stringify(value);
const [first, second] = ["aadc-stg-g1", "aadc-stg-g2"] as const;

describe("a rebuild, on the real engine", function () {
  this.timeout(240_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());

  it("[1] -> [1, 2] builds and proves the second server beside the first, and asks the first again", async () => {
    assert.equal((await world.up()).result, "succeeded");
    world.generations(1, 2);
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.equal(up.verdict, "ok");
    assert.equal(up.changes.delete + up.changes.replace, 0);
    assert.equal((await world.scriptsRunOn(first)).filter((script) => script === "verify-staging").length, 2);
    assert.equal((await world.scriptsRunOn(second)).filter((script) => script === "verify-staging").length, 1);
  });

  it("a third server beside a lower one is refused", async () => {
    world.generations(1, 3, 2);
    const [preview] = [await world.run("preview")];
    assert.equal(preview.result, "succeeded", "a higher one may be added");
    world.generations(3);
    const up = await world.up();
    assert.equal(up.result, "failed");
    assert.match(text(up.messages), /1 and 2 would retire in one run/);
    world.generations(1, 2);
  });

  it("[1, 2] -> [2] proves the second again, asks the guard of the first, and retires it; its recovery points stay", async () => {
    world.generations(2);
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.equal((await world.scriptsRunOn(second)).filter((script) => script === "verify-staging").length, 2);
    assert.equal((await world.scriptsRunOn(first)).at(-1) ?? "retire", "retire");
    assert.equal(world.hasServer(first), false);
    assert.equal(world.hasServer(second), true);
    const { resources } = await world.picture();
    const names = resources.map((each) => `${each.type.split("/").at(-1)?.toLowerCase()} ${each.name}`);
    assert.ok(!names.some((name) => name.startsWith("virtualmachines ") && name.endsWith(first)));
    assert.ok(
      names.some((name) => name.startsWith("protecteditems") && name.endsWith(first)),
      text(names),
    );
    const { same: _same, ...changed } = (await world.up()).changes;
    assert.deepEqual(changed, { create: 0, update: 0, replace: 0, delete: 0 });
  });

  it("the number of a retired generation is not used again", async () => {
    world.generations(1, 2);
    const up = await world.up();
    assert.equal(up.result, "failed");
    assert.match(text(up.messages), /generation 1 is lower than 2/);
    world.generations(2);
  });
});
