import assert from "node:assert/strict";
import { Rehearsal } from "../support/rehearsal";

const text = (value: unknown): string => JSON.stringify(value);
const [first, second] = ["aadc-stg-g1", "aadc-stg-g2"] as const;

describe("a rebuild, on the real engine", function () {
  this.timeout(240_000);
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

describe("a rebuild that fails before the guard, on the real engine", function () {
  this.timeout(240_000);
  const world = new Rehearsal();
  after(() => world.remove());

  it("leaves the old server as it was, and rolls back", async () => {
    assert.equal((await world.up()).result, "succeeded");
    const before = world.server(first);
    world.generations(2);
    const up = await world.up({ faults: ["ssh:install-package=fail@1"] });
    assert.equal(up.result, "failed");
    assert.equal(up.changes.delete, 0);
    assert.deepEqual(world.server(first).services, before.services);
    assert.ok(!(await world.scriptsRunOn(first)).includes("retire"), "the guard was not asked");
    world.generations(1);
    const back = await world.up();
    assert.equal(back.result, "succeeded", text(back.messages));
    assert.equal(world.hasServer(second), false, "the half-made server is gone, behind its own guard");
    assert.equal(world.server(first).adsync?.stagingMode, true);
  });
});

describe("the retirement guard, on the real engine", function () {
  this.timeout(240_000);
  const world = new Rehearsal();
  after(() => world.remove());

  const azure = async (): Promise<string> =>
    text((await world.picture()).resources.filter((each) => each.name.startsWith(first)).map((each) => each.id));

  it("refuses a server that has become active: nothing of it is deleted", async () => {
    assert.equal((await world.up()).result, "succeeded");
    world.generations(1, 2);
    assert.equal((await world.up()).result, "succeeded");
    world.changeServer(first, ({ adsync }) => {
      if (adsync === undefined) throw new Error("not installed");
      adsync.stagingMode = false;
      adsync.globalParameters["Microsoft.Synchronize.StagingMode"] = "False";
    });
    const before = await azure();
    world.generations(2);
    const up = await world.up();
    assert.equal(up.result, "failed");
    assert.match(text(up.messages), /staging|active/i);
    assert.equal(await azure(), before);
    assert.equal(world.hasServer(first), true);
    assert.equal(world.server(first).services.ADSync?.status, "Running", "an active server goes on working");
  });

  it("goes on refusing", async () => {
    assert.equal((await world.up()).result, "failed");
    assert.equal(world.hasServer(first), true);
  });

  it("with the generation put back and declared active, up converges and changes nothing on it", async () => {
    world.settings(({ server }) => Object.assign(server ?? {}, { generations: [1, 2] }));
    const before = (await world.scriptsRunOn(first)).length;
    const refused = await world.up();
    assert.equal(refused.result, "failed", "not declared active, its steps refuse an unproven server");
    assert.equal(world.server(first).services.ADSync?.status, "Running");
    world.settings(({ server }) => Object.assign(server ?? {}, { activeGeneration: 1 }));
    const ran = (await world.scriptsRunOn(first)).length;
    assert.ok(ran >= before);
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.equal((await world.scriptsRunOn(first)).length, ran, "nothing was run on the active server");
  });

  it("taking out the active generation is refused before the engine plans anything", async () => {
    world.settings(({ server }) => Object.assign(server ?? {}, { generations: [2] }));
    assert.match(text((await world.up()).messages), /declared active/);
    world.settings(({ server }) => {
      delete server?.activeGeneration;
    });
    assert.match(text((await world.up()).messages), /declared active in the last run/);
  });

  it("destroy is refused while the stack has an active server", async () => {
    const destroy = await world.run("destroy");
    assert.equal(destroy.result, "failed");
    assert.equal(world.hasServer(first), true);
    assert.equal(world.server(first).services.ADSync?.status, "Running");
  });
});

describe("a lost server, on the real engine", function () {
  this.timeout(240_000);
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
