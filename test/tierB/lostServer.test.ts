import assert from "node:assert/strict";
import { requiresEngine } from "../support/engine";
import { first, second, text, vmIdOf } from "../support/pairOfServers";
import { Rehearsal } from "../support/rehearsal";

describe("a lost server, on the real engine", function () {
  this.timeout(900_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());
  const blocks: { first?: unknown } = {};

  it("cannot be retired while it is only unreachable", async () => {
    assert.equal((await world.up()).result, "succeeded");
    world.changeServer(first, ({ services }) => {
      if (services.sshd) services.sshd.status = "Stopped";
    });
    world.addBlock(2);
    world.settings(({ generations }) => {
      blocks.first = generations["1"];
      delete generations["1"];
    });
    const up = await world.up();
    assert.equal(up.result, "failed");
    assert.equal(world.hasServer(first), true);
    assert.equal(world.hasServer(second), true);
  });

  it("is not declared lost without a reason while Azure still has its machine", async () => {
    world.settings(({ generations }) => {
      generations["1"] = { ...(blocks.first as (typeof generations)[string]), role: "lost" };
    });
    const up = await world.up();
    assert.equal(up.result, "failed");
    assert.match(text(up.messages), /still exists in Azure; declared lost it will be deleted without being asked/);
    assert.match(text(up.messages), /kind: retireUnproven/);
  });

  it("is retired after it was declared lost, with a reason, in an up of its own", async () => {
    const vmId = await vmIdOf(world, first);
    world.block(1, (block) => {
      block.exceptions = [{ kind: "retireUnproven", reason: "host failed, CHG-4711", until: "2099-12-31", vmId }];
    });
    const declared = await world.up();
    assert.equal(declared.result, "succeeded", text(declared.messages));
    assert.equal(declared.verdict, "review", "a lost server is something to look at");
    assert.match(text(declared.findings), /an exception stands for aadc-stg-g1 until 2099-12-31/);
    world.removeBlock(1);
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.equal(world.hasServer(first), false);
  });
});

describe("a server whose machine is gone from Azure, on the real engine", function () {
  this.timeout(900_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());

  it("is not quietly made anew: up says what to write, and doubts the subscription first", async () => {
    assert.equal((await world.up()).result, "succeeded");
    world.changeAzure((resources) =>
      resources.filter(({ id }) => !new RegExp(`/(virtualMachines|disks)/${first}`).test(id)),
    );
    const up = await world.up();
    assert.equal(up.result, "failed");
    assert.match(text(up.messages), /gone from Azure/);
    assert.match(text(up.messages), /role: lost in this block/);
    assert.match(text(up.messages), /is this the right subscription\?/);
  });

  it("is declared lost, replaced and retired by what up said to write", async () => {
    world.addBlock(2);
    world.block(1, (block) => {
      block.role = "lost";
    });
    const declared = await world.up();
    assert.equal(declared.result, "succeeded", text(declared.messages));
    world.removeBlock(1);
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    const { resources } = await world.picture();
    const left = resources.filter((each) => each.name.startsWith(first)).map((each) => each.type);
    assert.deepEqual(left, [], "nothing of it stays but its recovery points");
  });

  it("has no backup job that fails every night: the next up stops its protection, and nothing else", async () => {
    const state = async (): Promise<unknown> => {
      const { resources } = await world.picture();
      const item = resources.find(({ id }) => /protecteditems\/vm;.*;aadc-stg-g1$/i.test(id));
      return (item?.body as { properties?: { protectionState?: string } } | undefined)?.properties?.protectionState;
    };
    assert.equal(await state(), "Protected");
    const up = await world.up();
    assert.equal(up.changes.update, 1, text(up.resources));
    assert.equal(await state(), "ProtectionStopped");
  });
});

describe("a backup that belongs to another stack, on the real engine", function () {
  this.timeout(900_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());

  it("is not taken over", async () => {
    assert.equal((await world.up()).result, "succeeded");
    assert.equal((await world.run("destroy")).result, "succeeded");
    world.changeAzure((resources) =>
      resources.map((each) => ({
        ...each,
        body: { ...each.body, tags: { ...each.body.tags, "entra-connect-stack": "entra-connect/prod" } },
      })),
    );
    const up = await world.up();
    assert.equal(up.result, "failed");
    assert.match(text(up.messages), /belongs to entra-connect\/prod/);
  });
});
