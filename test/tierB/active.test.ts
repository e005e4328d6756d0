import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeKeyPair } from "../../rehearsal/world/keys";
import { requiresEngine } from "../support/engine";
import { filesUnder } from "../support/leaks";
import { azureOf, changed, first, nothing, second, text, writingCalls } from "../support/pairOfServers";
import { Rehearsal } from "../support/rehearsal";
import { repositoryRoot } from "../support/repository";

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
  this.timeout(900_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());
  const azureNow = (): Promise<string> => azureOf(world, first);
  const role = (value: string): void => {
    if (value === "active") {
      world.declareActive(1);
      return;
    }
    world.settings((settings) => {
      Object.assign(settings.generations["1"] ?? {}, { role: value });
      // The word that let it become active has served.
      delete settings.roleSwitch;
    });
  };

  it("cannot be declared before it was built and proven", async () => {
    role("active");
    const up = await world.up();
    assert.equal(up.result, "failed");
    assert.match(text(up.messages), /generations\.1\.role: generation 1 has not been built and proven/);
    role("passive");
  });

  it("declaring the role runs nothing on it and changes nothing of it", async () => {
    assert.equal((await world.up()).result, "succeeded");
    const [azure, ran] = [await azureNow(), await world.scriptsRunOn(first)];
    role("active");
    const declared = await world.up();
    assert.equal(declared.result, "succeeded", text(declared.messages));
    assert.equal(declared.changes.replace + declared.changes.delete + declared.changes.create, 0);
    assert.equal(await azureNow(), azure);
    assert.deepEqual(await world.scriptsRunOn(first), ran);
    assert.deepEqual(changed(await world.up()), nothing);
  });

  it("other tags, other sources and another licence reach neither it nor its network", async () => {
    const azure = await azureNow();
    world.settings(({ tags, access, generations }) => {
      tags.tier = "zero";
      access.managementSources = ["10.40.9.5/32"];
      Object.assign(generations["1"] ?? {}, { licenseType: "Windows_Server", features: { passwordWriteback: true } });
    });
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.equal(await azureNow(), azure);
    world.settings(({ access }) => {
      access.managementSources = ["10.40.9.4/32"];
    });
  });

  it("is not touched by a library with other scripts and a rotated key; its guard follows in the state", async () => {
    const ran = await world.scriptsRunOn(first);
    const disk = filesUnder(join(world.world, "servers", first, "C"));
    const azure = await azureNow();
    const program = world.programOf();
    world.program(laterRelease(world.project, makeKeyPair("rotated").privateKey));
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.equal(up.changes.replace + up.changes.delete + up.changes.create, 0);
    assert.deepEqual(
      up.resources
        .filter(({ operation, type }) => operation === "update" && !type.startsWith("entra-connect:"))
        .map(({ name }) => name)
        .sort(),
      ["aadc-stg-g1-guard"],
    );
    assert.deepEqual(await world.scriptsRunOn(first), ran);
    assert.deepEqual(filesUnder(join(world.world, "servers", first, "C")), disk);
    assert.equal(await azureNow(), azure);
    // The next run that goes through has this release's scripts again.
    world.program(program);
  });

  it("a typo in the domain controllers, which are its DNS servers, is refused before anything is touched", async () => {
    const before = await writingCalls(world);
    world.settings(({ network }) => {
      network.domainControllers = ["10.40.8.44", "10.40.8.5"];
    });
    const up = await world.up();
    assert.equal(up.result, "failed");
    assert.match(text(up.messages), /network\.dnsServers: generation 1 is declared active and shares this/);
    assert.deepEqual(await writingCalls(world), before);
  });

  it("the same with an acknowledgement reaches what is shared, never the server's own interface, and the verdict says what", async () => {
    const azure = await azureNow();
    world.settings(({ network }) => {
      network.changeUnderActive = { reason: "new domain controller, CHG-4713", until: "2099-12-31" };
    });
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.equal(up.verdict, "review");
    assert.match(text(up.findings), /network\.dnsServers changes under aadc-stg-g1, which is declared active/);
    assert.equal(await azureNow(), azure);
    world.settings(({ network }) => {
      delete network.changeUnderActive;
    });
  });

  it("a replacement is built beside it, and nothing of it changes", async () => {
    const [azure, ran] = [await azureNow(), (await world.scriptsRunOn(first)).length];
    world.addBlock(2);
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.equal(await azureNow(), azure);
    assert.equal((await world.scriptsRunOn(first)).length, ran);
    assert.equal(world.server(second).adsync?.stagingMode, true);
  });

  it("two active servers are refused", async () => {
    world.block(2, (block) => {
      block.role = "active";
    });
    assert.equal((await world.up()).result, "failed");
    world.block(2, (block) => {
      delete block.role;
    });
  });

  it("taking it out in one edit is refused before the first resource, and by the engine too", async () => {
    const before = await writingCalls(world);
    const settings = world.settingsText();
    world.removeBlock(1);
    const up = await world.up();
    assert.equal(up.result, "failed");
    assert.match(text(up.messages), /generations\.1: generation 1 was declared active in the last run/);
    assert.deepEqual(await writingCalls(world), before);
    world.settingsText(settings);
    const vm = world.resources().find(({ urn }) => urn.endsWith("::aadc-stg-g1-vm"));
    assert.equal((vm as { protect?: boolean } | undefined)?.protect, true);
  });

  it("destroy is refused, and costs neither of the two", async () => {
    const destroy = await world.run("destroy");
    assert.equal(destroy.result, "failed");
    for (const machine of [first, second]) {
      assert.equal(world.hasServer(machine), true, machine);
      assert.equal(world.server(machine).services.ADSync?.status, "Running", machine);
    }
    assert.ok(world.names().includes("aadc-stg-ledger"), "the memory outlives a refused destroy");
    const taken = world.settingsText();
    world.removeBlock(1);
    assert.match(text((await world.run("preview")).messages), /declared active in the last run/);
    world.settingsText(taken);
    const again = await world.up();
    assert.equal(again.result, "succeeded", text(again.messages));
  });

  it("declared passive again while it is passive, it runs again, looks first, and can be taken out afterwards", async () => {
    role("passive");
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.equal(up.verdict, "ok", text(up.findings));
    world.removeBlock(1);
    const out = await world.up();
    assert.equal(out.result, "succeeded", text(out.messages));
    assert.equal(world.hasServer(first), false);
  });
});
