import assert from "node:assert/strict";
import { requiresEngine } from "../support/engine";
import { ask, halfRefusedDestroy, libraryFiles, reason } from "../support/halfRefusedDestroy";
import { changed, first, nothing, second, text } from "../support/pairOfServers";
import { Rehearsal } from "../support/rehearsal";

describe("a server that its guard retired but nothing deleted, on the real engine", function () {
  this.timeout(900_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());

  it("is left alone by the next up, which says what happened and what to do", async () => {
    await halfRefusedDestroy(world);
    const up = await world.up();
    assert.equal(up.result, "failed");
    assert.match(text(up.messages), /(reach|prerequisites) on aadc-stg-g2 stopped \[retired\]/i);
    assert.match(text(up.messages), /kind: reinstate/);
    assert.equal(world.server(second).services.ADSync?.startType, "Disabled");
  });

  it("serves again when the settings ask for it: proven first, verified as a whole, the guard's evidence kept", async () => {
    await ask(world);
    const ran = (await world.scriptsRunOn(first)).length;
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.equal(up.verdict, "review", "an exception stands");
    assert.match(text(up.findings), /"reinstated"[\s\S]*"staging-proven"/);
    const { ADSync } = world.server(second).services;
    assert.deepEqual([ADSync?.status, ADSync?.startType], ["Running", "Automatic"]);
    assert.deepEqual(world.server(second).violations, []);
    const files = libraryFiles(world, second);
    assert.equal(files["retired.json"], undefined);
    const [record] = Object.keys(files).filter((name) => name.startsWith("reinstated-"));
    const kept = JSON.parse(files[record ?? ""] ?? "{}");
    assert.deepEqual([kept.reason, kept.marker?.outcome], [reason, "proven-staging"]);
    const scripts = await world.scriptsRunOn(second);
    assert.deepEqual(scripts.slice(scripts.lastIndexOf("reinstate")), [
      ...["reinstate", "prerequisites", "install-package", "receive-settings-file", "await-wizard"],
      ...["switch-off-auto-upgrade", "verify-staging"],
      "first-synchronization",
    ]);
    assert.equal((await world.scriptsRunOn(first)).length, ran, "nothing was run on the active server");
  });

  it("needs no entry in the settings any more, and taking it out changes nothing on the server", async () => {
    assert.deepEqual(changed(await world.up()), nothing);
    world.block(2, (block) => {
      delete block.exceptions;
    });
    const before = await world.scriptsRunOn(second);
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.deepEqual(
      [up.changes.create, up.changes.update, up.changes.replace, up.changes.delete],
      [0, 1, 0, 1],
      "the component's own inputs, and the step",
    );
    assert.deepEqual(await world.scriptsRunOn(second), before);
  });
});
