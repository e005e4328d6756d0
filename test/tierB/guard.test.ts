import assert from "node:assert/strict";
import { requiresEngine } from "../support/engine";
import { azureOf, first, second, switchStaging, text, vmIdOf } from "../support/pairOfServers";
import { Rehearsal } from "../support/rehearsal";

describe("the retirement guard, on the real engine", function () {
  this.timeout(900_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());
  let block: unknown;
  const takeOut = (): void =>
    world.settings(({ generations }) => {
      block = generations["1"];
      delete generations["1"];
    });
  const putBack = (): void =>
    world.settings(({ generations }) => {
      generations["1"] = block as (typeof generations)[string];
    });

  it("refuses a server that has become active: nothing of it is deleted", async () => {
    world.addBlock(2);
    assert.equal((await world.up()).result, "succeeded");
    switchStaging(world, first, false);
    const before = await azureOf(world, first);
    takeOut();
    const up = await world.up();
    assert.equal(up.result, "failed");
    assert.match(text(up.messages), /staging|active/i);
    assert.equal(await azureOf(world, first), before);
    assert.equal(world.hasServer(first), true);
    assert.equal(world.server(first).services.ADSync?.status, "Running", "an active server goes on working");
  });

  it("goes on refusing", async () => {
    assert.equal((await world.up()).result, "failed");
    assert.equal(world.hasServer(first), true);
  });

  it("with the block put back, its steps refuse an unproven server, and nothing on it changes", async () => {
    putBack();
    const refused = await world.up();
    assert.equal(refused.result, "failed");
    assert.equal(world.server(first).services.ADSync?.status, "Running");
  });

  it("an exception that ended, or that is for another machine, does not open it", async () => {
    const vmId = await vmIdOf(world, first);
    world.block(1, (written) => {
      written.exceptions = [{ kind: "retireUnproven", reason: "an old change", until: "2024-01-31", vmId }];
    });
    await world.up();
    takeOut();
    const up = await world.up();
    assert.equal(up.result, "failed");
    assert.match(text(up.messages), /2024-01-31/);
    assert.equal(world.hasServer(first), true);
    putBack();
    world.block(1, (written) => {
      written.exceptions = [
        {
          kind: "retireUnproven",
          reason: "the wrong one",
          until: "2099-12-31",
          vmId: "00000000-0000-4000-8000-00000000dead",
        },
      ];
    });
    const foreign = await world.up();
    assert.equal(foreign.result, "failed");
    assert.match(text(foreign.messages), /exceptions\[0\]\.vmId: the machine of generation 1 is/);
    world.block(1, (written) => {
      delete written.exceptions;
    });
  });

  it("when it has become passive again, preview and up go well, and it can be retired", async () => {
    switchStaging(world, first, true);
    const preview = await world.run("preview");
    assert.equal(preview.result, "succeeded", text(preview.messages));
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.equal(up.verdict, "ok", text(up.findings));
    takeOut();
    const retired = await world.up();
    assert.equal(retired.result, "succeeded", text(retired.messages));
    assert.equal(world.hasServer(first), false);
    assert.equal(world.hasServer(second), true);
  });
});

describe("an exception that opens the guard, on the real engine", function () {
  this.timeout(900_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());

  it("is a warning in every verdict while it stands, and serves exactly once", async () => {
    world.addBlock(2);
    assert.equal((await world.up()).result, "succeeded");
    switchStaging(world, first, false);
    const vmId = await vmIdOf(world, first);
    world.declareActive(1);
    assert.equal((await world.up()).result, "succeeded");
    world.block(1, (written) => {
      written.exceptions = [{ kind: "retireUnproven", reason: "tenant was closed", until: "2099-12-31", vmId }];
    });
    const active = await world.up();
    assert.equal(active.result, "failed", "never for a server that is declared active");
    world.block(1, (written) => {
      written.role = "lost";
    });
    const lost = await world.up();
    assert.equal(lost.result, "succeeded", text(lost.messages));
    assert.equal(lost.verdict, "review");
    assert.match(text(lost.findings), /exception-stands/);
    world.removeBlock(1);
    const out = await world.up();
    assert.equal(out.result, "succeeded", text(out.messages));
    assert.equal(world.hasServer(first), false);
  });
});
