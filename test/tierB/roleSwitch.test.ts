import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { worldBegins } from "../../rehearsal/world/clock";
import { requiresEngine } from "../support/engine";
import { azureOf, changed, first, nothing, switchStaging, text, vmIdOf, writingCalls } from "../support/pairOfServers";
import { Rehearsal } from "../support/rehearsal";
import { recordText, switched } from "../support/switchRecord";

describe("roles that change, on the real engine", function () {
  this.timeout(900_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());

  const outboundRules = async (): Promise<readonly string[]> => {
    const { resources } = await world.picture();
    const group = resources.find(({ type, name }) => /networksecuritygroups$/i.test(type) && name.includes("g1"));
    const { securityRules = [] } =
      (group?.body as { properties?: { securityRules?: { name: string }[] } } | undefined)?.properties ?? {};
    return securityRules.map(({ name }) => name);
  };

  it("to active only by the record of the switch, which the preview reads too, and by it nothing of the server changes", async () => {
    assert.equal((await world.up()).result, "succeeded");
    world.settings((settings) => {
      if (settings.generations["1"]) settings.generations["1"].role = "active";
      settings.otherServers = [{ computerName: "AADC1", role: "passive" }];
    });
    const before = await writingCalls(world);
    const unproven = await world.run("preview");
    assert.equal(unproven.result, "failed");
    assert.match(
      text(unproven.messages),
      /generations\.1\.role: aadc-stg-g1 would be declared active, and nothing proves/,
    );
    const folder = join(world.project, "switch-2026-12");
    mkdirSync(folder);
    const anHourAgo = new Date(worldBegins.getTime() - 3_600_000).toISOString();
    const record = (calls = switched): void =>
      writeFileSync(join(folder, "record.jsonl"), recordText("AADC1", first.toUpperCase(), calls, anHourAgo));
    record(switched.slice(0, 2));
    world.settings((settings) => {
      settings.roleSwitch = { record: "./switch-2026-12" };
    });
    assert.match(text((await world.up()).messages), /by the record \(state \\+"ready to promote\\+" at /);
    record();
    const [azure, ran] = [await azureOf(world, first), await world.scriptsRunOn(first)];
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.match(text(up.findings), /declared passive and is declared active now: by the record: \\+"done/);
    assert.deepEqual([await azureOf(world, first), await world.scriptsRunOn(first)], [azure, ran]);
    assert.deepEqual(await writingCalls(world), before);
    assert.deepEqual(changed(await world.up()), nothing);
  });

  it("to fenced cuts its network and stops its service, says what is proven, and nothing again", async () => {
    switchStaging(world, first, false);
    world.settings((settings) => {
      Object.assign(settings.generations["1"] ?? {}, { role: "fenced" });
      settings.otherServers = [{ computerName: "AADC1", role: "passive" }];
    });
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.deepEqual([up.changes.create, up.changes.replace, up.changes.delete], [1, 0, 0]);
    assert.ok((await outboundRules()).includes("out-fence"));
    const { ADSync } = world.server(first).services;
    assert.deepEqual([ADSync?.status, ADSync?.startType], ["Stopped", "Disabled"]);
    const open = up.findings.find(({ code }) => code === "fence-not-deallocated");
    assert.equal(open?.title, "aadc-stg-g1 is fenced and not deallocated (Azure says that it runs)");
    assert.match(open?.next ?? "", /^az vm deallocate --resource-group rg-aadc-stg --name aadc-stg-g1, then up/);
    assert.equal((await world.scriptsRunOn(first)).at(-1), "fence");
    world.setPower(first, "deallocated");
    const again = await world.up();
    assert.deepEqual(changed(again), nothing, text(again.messages));
    assert.match(
      text(again.findings),
      /is fenced: Azure says that it is deallocated; its synchronization service was stopped and disabled at .*staging mode was off.*out-fence/,
    );
    assert.doesNotMatch(text(again.findings), /fence-not-deallocated|fence-service/);
  });

  it("a fenced server gets its network back alone, where its service needs it to prove staging", async () => {
    const cut = (value: boolean): void =>
      world.block(1, (block) => {
        block.fence = { cutOutbound: value };
      });
    cut(false);
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    const { create, update, replace, delete: gone } = up.changes;
    assert.deepEqual([create, update, replace, gone], [0, 2, 0, 0], "the security group, and the ledger");
    assert.ok(!(await outboundRules()).includes("out-fence"));
    assert.equal(world.server(first).services.ADSync?.startType, "Disabled");
    assert.deepEqual(changed(await world.up()), nothing);
    cut(true);
    assert.equal((await world.up()).result, "succeeded");
    assert.ok((await outboundRules()).includes("out-fence"));
  });

  it("from fenced is refused where it would export again, and it is not taken out behind a guard that nobody answers", async () => {
    world.block(1, (block) => {
      block.role = "passive";
    });
    const back = await world.up();
    assert.match(text(back.messages), /not proven to be in staging mode when it was fenced \(off\)/);
    world.block(1, (block) => {
      block.role = "fenced";
    });
    world.addBlock(2);
    world.removeBlock(1);
    assert.match(text((await world.up()).messages), /generations\.1: generation 1 was declared fenced in the last run/);
  });
});

describe("a passive server that was fenced, on the real engine", function () {
  this.timeout(900_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());

  it("comes back by an exception: proven first, and only then its network is opened", async () => {
    assert.equal((await world.up()).result, "succeeded");
    world.block(1, (block) => {
      block.role = "fenced";
    });
    assert.equal((await world.up()).result, "succeeded");
    const vmId = await vmIdOf(world, first);
    world.block(1, (block) => {
      block.role = "passive";
      block.exceptions = [{ kind: "reinstate", reason: "the incident is over, CHG-4721", until: "2099-12-31", vmId }];
    });
    const proving = await world.up();
    assert.equal(proving.result, "succeeded", text(proving.messages));
    const { ADSync } = world.server(first).services;
    assert.deepEqual([ADSync?.status, ADSync?.startType], ["Running", "Automatic"]);
    assert.match(await azureOf(world, first), /out-fence/);
    const opened = await world.up();
    assert.equal(opened.result, "succeeded", text(opened.messages));
    assert.doesNotMatch(await azureOf(world, first), /out-fence/);
    assert.ok(!world.names().includes("aadc-stg-g1-fence"));
    assert.deepEqual(changed(await world.up()), nothing);
    assert.deepEqual(world.server(first).violations, []);
  });
});
