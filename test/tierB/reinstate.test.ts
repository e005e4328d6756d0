import assert from "node:assert/strict";
import { requiresEngine } from "../support/engine";
import { ask, first, halfRefusedDestroy, libraryFiles, reason, second } from "../support/halfRefusedDestroy";
import { Rehearsal } from "../support/rehearsal";

const text = (value: unknown): string => JSON.stringify(value);

describe("a server that its guard retired but nothing deleted, on the real engine", function () {
  this.timeout(240_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());

  it("is left alone by the next up, which says what happened and what to do", async () => {
    await halfRefusedDestroy(world);
    const up = await world.up();
    assert.equal(up.result, "failed");
    assert.match(text(up.messages), /prerequisites on aadc-stg-g2 stopped \[retired\]/i);
    assert.match(text(up.messages), /server\.reinstatements: \[\{ generation: 2/);
    assert.equal(world.server(second).services.ADSync?.startType, "Disabled");
  });

  it("serves again when the settings ask for it: proven first, verified as a whole, the guard's evidence kept", async () => {
    ask(world);
    const ran = (await world.scriptsRunOn(first)).length;
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.equal(up.verdict, "ok");
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
      ...["reinstate", "prerequisites", "install-package", "receive-settings-file", "await-wizard", "verify-staging"],
      "first-synchronization",
    ]);
    assert.equal((await world.scriptsRunOn(first)).length, ran, "nothing was run on the active server");
  });

  it("needs no entry in the settings any more, and taking it out changes nothing on the server", async () => {
    const { same: _same, ...changed } = (await world.up()).changes;
    assert.deepEqual(changed, { create: 0, update: 0, replace: 0, delete: 0 });
    world.settings(({ server }) => {
      delete server?.reinstatements;
    });
    const before = await world.scriptsRunOn(second);
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.deepEqual(
      [up.changes.create, up.changes.update, up.changes.replace, up.changes.delete],
      [0, 0, 0, 2],
      "the step and its script",
    );
    assert.deepEqual(await world.scriptsRunOn(second), before);
  });
});
