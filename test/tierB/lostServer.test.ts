import assert from "node:assert/strict";
import { requiresEngine } from "../support/engine";
import { Rehearsal } from "../support/rehearsal";

const text = (value: unknown): string => JSON.stringify(value);
const [first, second] = ["aadc-stg-g1", "aadc-stg-g2"] as const;

describe("a lost server, on the real engine", function () {
  this.timeout(240_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());

  it("cannot be retired while it is only unreachable", async () => {
    assert.equal((await world.up()).result, "succeeded");
    world.changeServer(first, ({ services }) => {
      if (services.sshd) services.sshd.status = "Stopped";
    });
    world.generations(2);
    const up = await world.up();
    assert.equal(up.result, "failed");
    assert.equal(world.hasServer(first), true);
    assert.equal(world.hasServer(second), true);
  });

  it("is retired after it was declared lost, with a reason, in an up of its own", async () => {
    world.settings(({ server }) =>
      Object.assign(server ?? {}, {
        generations: [1, 2],
        retirementOverrides: [{ generation: 1, lost: true, reason: "host failed, change CHG-4711" }],
      }),
    );
    const declared = await world.up();
    assert.equal(declared.result, "succeeded", text(declared.messages));
    assert.equal(declared.verdict, "review", "a lost server is something to look at");
    world.settings(({ server }) => {
      if (server) server.generations = [2];
    });
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.equal(world.hasServer(first), false);
  });
});

describe("a server whose machine is gone from Azure, on the real engine", function () {
  this.timeout(240_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());

  it("is not quietly made anew: up says what to write", async () => {
    assert.equal((await world.up()).result, "succeeded");
    world.changeAzure((resources) =>
      resources.filter(({ id }) => !new RegExp(`/(virtualMachines|disks)/${first}`).test(id)),
    );
    const up = await world.up();
    assert.equal(up.result, "failed");
    assert.match(text(up.messages), /gone from Azure/);
    assert.match(text(up.messages), /lost: true/);
  });

  it("is declared lost, replaced and retired by what up said to write", async () => {
    world.settings(({ server }) => {
      delete server?.generation;
      Object.assign(server ?? {}, {
        generations: [1, 2],
        retirementOverrides: [{ generation: 1, lost: true, reason: "disk deleted, change CHG-4711" }],
      });
    });
    const declared = await world.up();
    assert.equal(declared.result, "succeeded", text(declared.messages));
    world.settings(({ server }) => {
      if (server) server.generations = [2];
    });
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    const { resources } = await world.picture();
    const left = resources.filter((each) => each.name.startsWith(first)).map((each) => each.type);
    assert.deepEqual(left, [], "nothing of it stays but its recovery points");
  });
});

describe("a backup that belongs to another stack, on the real engine", function () {
  this.timeout(240_000);
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
