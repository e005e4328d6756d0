import assert from "node:assert/strict";
import { requiresEngine } from "../support/engine";
import { Rehearsal } from "../support/rehearsal";

const text = (value: unknown): string => JSON.stringify(value);
const [first, second] = ["aadc-stg-g1", "aadc-stg-g2"] as const;

describe("the retirement guard, on the real engine", function () {
  this.timeout(240_000);
  before(async function () {
    await requiresEngine(this);
  });
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

  it("destroy is refused while the stack has an active server, and costs neither of the two", async () => {
    const destroy = await world.run("destroy");
    assert.equal(destroy.result, "failed");
    for (const machine of [first, second]) {
      assert.equal(world.hasServer(machine), true);
      assert.equal(
        world.server(machine).services.ADSync?.status,
        "Running",
        "the standby is not lost to a refused destroy",
      );
    }
  });

  it("when it has become passive again, preview and up go well, and it can be retired", async () => {
    world.changeServer(first, ({ adsync }) => {
      if (adsync === undefined) throw new Error("not installed");
      adsync.stagingMode = true;
      adsync.globalParameters["Microsoft.Synchronize.StagingMode"] = "True";
    });
    world.settings(({ server }) => Object.assign(server ?? {}, { generations: [1, 2] }));
    const preview = await world.run("preview");
    assert.equal(preview.result, "succeeded", text(preview.messages));
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.equal(up.verdict, "ok", text(up.findings));
    world.settings(({ server }) => Object.assign(server ?? {}, { generations: [2] }));
    const retired = await world.up();
    assert.equal(retired.result, "succeeded", text(retired.messages));
    assert.equal(world.hasServer(first), false);
  });
});
