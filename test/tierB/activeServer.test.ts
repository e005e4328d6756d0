import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeKeyPair } from "../../rehearsal/world/keys";
import { requiresEngine } from "../support/engine";
import { filesUnder, Rehearsal } from "../support/rehearsal";
import { repositoryRoot } from "../support/repository";

const machine = "aadc-stg-g1";

/** The program of a later release with other scripts, run with another login key. */
function laterRelease(folder: string, privateKey: string): string {
  const dist = (...path: string[]): string => JSON.stringify(join(repositoryRoot, "dist", ...path));
  const program = join(folder, "later-release.js");
  writeFileSync(
    program,
    `const assets = require(${dist("scripts", "assets.js")});
const genuine = assets.readAsset;
assets.readAsset = (...path) => genuine(...path) + (path.at(-1).endsWith(".ps1") ? "\\n# a later release\\n" : "");
const config = JSON.parse(process.env.PULUMI_CONFIG);
config["entra-connect:sshPrivateKey"] = ${JSON.stringify(privateKey)};
require("@pulumi/pulumi").runtime.setAllConfig(config, JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS));
process.env.PULUMI_CONFIG = JSON.stringify(config);
module.exports = require(${dist("index.js")});
`,
  );
  return program;
}

describe("a server that is declared active, on the real engine", function () {
  this.timeout(240_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());

  it("is not touched by a library with other scripts and a rotated key", async () => {
    assert.equal((await world.up()).result, "succeeded");
    world.settings(({ server }) => Object.assign(server ?? {}, { activeGeneration: 1 }));
    const declared = await world.up();
    assert.equal(declared.result, "succeeded", JSON.stringify(declared.messages));

    const ran = await world.scriptsRunOn(machine);
    const disk = filesUnder(join(world.world, "servers", machine, "C"));
    world.program(laterRelease(world.project, makeKeyPair("rotated").privateKey));
    const up = await world.up();
    assert.equal(up.result, "succeeded", JSON.stringify(up.messages));
    assert.ok(up.changes.update > 0, "the state follows");
    assert.equal(up.changes.replace + up.changes.delete + up.changes.create, 0);
    assert.deepEqual(await world.scriptsRunOn(machine), ran);
    assert.deepEqual(filesUnder(join(world.world, "servers", machine, "C")), disk);
  });

  it("the same on a passive server runs again, looks first, and changes what is needed", async () => {
    const before = (await world.scriptsRunOn(machine)).length;
    world.settings(({ server }) => {
      delete server?.activeGeneration;
    });
    const up = await world.up();
    assert.equal(up.result, "succeeded", JSON.stringify(up.messages));
    assert.equal(up.verdict, "ok");
    assert.deepEqual((await world.scriptsRunOn(machine)).slice(before), [
      "prerequisites",
      "install-package",
      "receive-settings-file",
      "await-wizard",
      "verify-staging",
      "first-synchronization",
    ]);
  });
});
