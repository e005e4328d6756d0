import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { problemsOfBody } from "../support/azureTypes";
import { requiresEngine } from "../support/engine";
import { writingCalls } from "../support/pairOfServers";
import { Rehearsal } from "../support/rehearsal";
import type { WrittenBlock } from "../support/rehearsedProject";
import { repositoryRoot } from "../support/repository";

const machine = "aadc-stg-g1";

describe("the main job, on the real engine (scripts in the test PowerShell where it is here)", function () {
  this.timeout(900_000);
  before(async function () {
    await requiresEngine(this);
  });
  // The real index.ts, through ts-node as Pulumi runs it.
  const rehearsal = new Rehearsal("powershell", join(repositoryRoot, "index.ts"));
  after(() => rehearsal.remove());

  it("up stands up a passive server and proves it", async () => {
    const up = await rehearsal.up();
    assert.equal(up.result, "succeeded", JSON.stringify(up.messages));
    assert.equal(up.verdict, "ok", JSON.stringify(up.findings));
    assert.equal(up.changes.create, 29 + 1, "with the stack itself");
    const { adsync, wizard } = rehearsal.server(machine);
    assert.equal(adsync?.stagingMode, true);
    assert.equal(adsync?.scheduler.syncCycleEnabled, true);
    assert.equal(wizard.state, "completed");
    assert.ok(
      adsync?.runHistory.every((run) => !run.stepTypes.some((type) => /export/i.test(type))),
      "nothing exported",
    );
  });

  it("ran every step once, in order", async () =>
    assert.deepEqual(await rehearsal.scriptsRunOn(machine), [
      "reach",
      "prerequisites",
      "install-package",
      "receive-settings-file",
      "await-wizard",
      "switch-off-auto-upgrade",
      "verify-staging",
      "first-synchronization",
    ]));

  it("takes the operator's page away once the gate is passed: it is no longer true", () => {
    assert.equal(existsSync(join(rehearsal.world, "project", `operator-instructions-${machine}.txt`)), false);
  });

  it("keeps in the simulated Azure only bodies that the published types allow", async () => {
    const { resources } = await rehearsal.picture();
    const judged = resources.map((each) => ({ id: each.id, ...problemsOfBody(each) }));
    assert.deepEqual(
      judged.filter((each) => each.problems.length > 0),
      [],
    );
    assert.ok(judged.filter((each) => each.known).length >= 12, "most types are checked");
  });

  it("a second up changes nothing and runs nothing", async () => {
    const before = await rehearsal.scriptsRunOn(machine);
    const again = await rehearsal.up();
    assert.equal(again.result, "succeeded", JSON.stringify(again.messages));
    const { same: _same, ...changed } = again.changes;
    assert.deepEqual(changed, { create: 0, import: 0, update: 0, replace: 0, delete: 0 });
    assert.deepEqual(await rehearsal.scriptsRunOn(machine), before);
  });

  it("more objects make no machine: what is built stays, and a larger size is in place with a finding", async () => {
    rehearsal.settings((settings) => {
      settings.synchronizedObjects = 60000;
    });
    const larger = await rehearsal.run("preview");
    assert.equal(larger.result, "succeeded", JSON.stringify(larger.messages));
    assert.equal(larger.changes.replace + larger.changes.delete + larger.changes.create, 0);
    rehearsal.block(1, (block) => {
      block.size = "Standard_D4s_v5";
    });
    const up = await rehearsal.up();
    assert.equal(up.result, "succeeded", JSON.stringify(up.messages));
    assert.equal(up.verdict, "review");
    assert.match(JSON.stringify(up.findings), /machine-resized/);
    const settled = await rehearsal.up();
    assert.equal(settled.verdict, "ok", JSON.stringify(settled.findings));
    const before = rehearsal.settingsText();
    rehearsal.block(1, (block) => {
      block.osDiskSizeGB = 256;
    });
    const grown = await rehearsal.run("preview");
    assert.equal(grown.result, "succeeded", JSON.stringify(grown.messages));
    assert.match(JSON.stringify(grown.findings), /disk-grown/);
    assert.match(JSON.stringify(grown.findings), /deallocate the machine first/);
    rehearsal.settingsText(before);
  });

  it("a changed tag is in place, previews as just that, and runs nothing on the server", async () => {
    rehearsal.settings(({ tags }) => {
      tags.tier = "zero";
    });
    const before = await rehearsal.scriptsRunOn(machine);
    const preview = await rehearsal.run("preview");
    const touched = preview.resources
      .filter((each) => !["same", "read"].includes(each.operation))
      .map((each) => each.type);
    assert.ok(touched.length > 0);
    assert.deepEqual(
      touched.filter((type) => type.startsWith("command:")),
      [],
      "no false alarm",
    );
    const up = await rehearsal.up();
    assert.equal(up.result, "succeeded", JSON.stringify(up.messages));
    assert.equal(up.changes.replace + up.changes.delete + up.changes.create, 0);
    assert.equal(up.changes.update, touched.length, "the preview said so");
    assert.deepEqual(await rehearsal.scriptsRunOn(machine), before);
  });

  const fixed: readonly (readonly [string, (block: WrittenBlock) => void, string])[] = [
    ["image", (block) => Object.assign(block.image, { version: "20348.9999.261101" }), "image"],
    ["zone", (block) => Object.assign(block, { zone: "2" }), "zone"],
    [
      "database",
      (block) => Object.assign(block.connect, { database: { kind: "sqlServer", server: "sql01" } }),
      "connect\\.database",
    ],
  ];
  for (const [what, change, path] of fixed)
    it(`another ${what} inside the generation is refused before anything is touched, with the block to write`, async () => {
      const settings = rehearsal.settingsText();
      const before = await writingCalls(rehearsal);
      rehearsal.block(1, change);
      const up = await rehearsal.up();
      assert.equal(up.result, "failed");
      assert.match(JSON.stringify(up.messages), new RegExp(`generations\\.1\\.${path}: generation 1 was built with`));
      assert.match(JSON.stringify(up.messages), /a block \\+"2\\+"/);
      assert.deepEqual(await writingCalls(rehearsal), before);
      rehearsal.settingsText(settings);
    });

  it("destroy asks the guard, leaves the backup, and ends well", async () => {
    const destroy = await rehearsal.run("destroy");
    assert.equal(destroy.result, "succeeded", JSON.stringify(destroy.messages));
    const { resources } = await rehearsal.picture();
    assert.deepEqual(
      resources
        .map((each) => each.type.toLowerCase())
        .filter((type) => !type.includes("resourcegroups"))
        .sort(),
      [
        "microsoft.recoveryservices/vaults",
        "microsoft.recoveryservices/vaults/backupfabrics/protectioncontainers/protecteditems",
        "microsoft.recoveryservices/vaults/backuppolicies",
      ],
    );
    assert.ok((await rehearsal.scriptsRunOn(machine)).includes("retire"));
    assert.equal(rehearsal.hasServer(machine), false);
  });

  it("up after destroy adopts the backup and stands the server up again", async () => {
    const up = await rehearsal.up();
    assert.equal(up.result, "succeeded", JSON.stringify(up.messages));
    assert.equal(up.verdict, "ok");
    const again = await rehearsal.up();
    const { same: _same, ...changed } = again.changes;
    assert.deepEqual(changed, { create: 0, import: 0, update: 0, replace: 0, delete: 0 });
  });
});
