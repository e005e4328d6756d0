import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Rehearsal } from "../support/rehearsal";

const text = (value: unknown): string => JSON.stringify(value);
const [first, second] = ["aadc-stg-g1", "aadc-stg-g2"] as const;
const reason = "the destroy was called off, change CHG-4712";

function switchStaging(world: Rehearsal, machine: string, on: boolean): void {
  world.changeServer(machine, ({ adsync }) => {
    if (adsync === undefined) throw new Error("not installed");
    adsync.stagingMode = on;
    adsync.globalParameters["Microsoft.Synchronize.StagingMode"] = on ? "True" : "False";
  });
}

/** Generation 1 has become active outside; the guard of 2 passes in the same destroy in which the guard of 1 refuses. */
async function halfRefusedDestroy(world: Rehearsal): Promise<void> {
  world.generations(1, 2);
  const built = await world.up();
  assert.equal(built.result, "succeeded", text(built.messages));
  switchStaging(world, first, false);
  const destroy = await world.run("destroy");
  assert.equal(destroy.result, "failed");
  assert.equal(world.hasServer(second), true);
  const { ADSync } = world.server(second).services;
  assert.deepEqual([ADSync?.status, ADSync?.startType], ["Stopped", "Disabled"]);
  world.settings(({ server }) => Object.assign(server ?? {}, { activeGeneration: 1 }));
}

const ask = (world: Rehearsal): void =>
  world.settings(({ server }) => Object.assign(server ?? {}, { reinstatements: [{ generation: 2, reason }] }));

const libraryFiles = (world: Rehearsal, machine: string): Readonly<Record<string, string>> => {
  const folder = join(world.world, "servers", machine, "C", "ProgramData", "pulumi-entra-connect");
  const files = readdirSync(folder, { withFileTypes: true }).filter((each) => each.isFile());
  return Object.fromEntries(files.map(({ name }) => [name, readFileSync(join(folder, name), "utf8")]));
};

describe("a server that its guard retired but nothing deleted, on the real engine", function () {
  this.timeout(240_000);
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

describe("a retired server whose staging was switched off meanwhile, on the real engine", function () {
  this.timeout(240_000);
  const world = new Rehearsal();
  after(() => world.remove());

  it("is stopped and disabled again, and no step follows", async () => {
    await halfRefusedDestroy(world);
    switchStaging(world, second, false);
    ask(world);
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
