import assert from "node:assert/strict";
import { requiresEngine } from "../support/engine";
import { azureOf, changed, first, nothing, second, text } from "../support/pairOfServers";
import { Rehearsal } from "../support/rehearsal";

const verifications = (scripts: readonly string[]): number =>
  scripts.filter((script) => script === "verify-staging").length;

/** README's main section, step by step. */
describe("an upgrade of the operating system, beside the old server, on the real engine", function () {
  this.timeout(900_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());
  let azureOfFirst = "";
  let ranOnFirst: readonly string[] = [];

  it("generation 1 stands on Windows Server 2022, with an older Entra Connect", async () => {
    world.block(1, ({ connect }) => {
      connect.version = "2.6.91.0";
    });
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    azureOfFirst = await azureOf(world, first);
    ranOnFirst = await world.scriptsRunOn(first);
  });

  it("block 2 with Windows Server 2025 and a newer Entra Connect previews as creations, and a new proof of 1", async () => {
    world.addBlock(2, (block) => {
      block.image = { sku: "2025-datacenter-azure-edition", version: "26100.6905.251024" };
      block.size = "Standard_D4s_v5";
      block.connect.version = "2.6.92.0";
    });
    const preview = await world.run("preview");
    assert.equal(preview.result, "succeeded", text(preview.messages));
    assert.equal(preview.changes.delete + preview.changes.replace, 0);
    const touched = preview.resources
      .filter(({ operation, type }) => operation === "update" && !type.startsWith("entra-connect:"))
      .map(({ name }) => name);
    assert.deepEqual(touched.sort(), ["aadc-stg-g1-verify-staging", "aadc-stg-ledger"]);
  });

  it("up builds and proves 2 beside 1; on 1 nothing acts", async () => {
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    const warned = up.findings
      .filter(({ severity }) => severity !== "info")
      .map(({ code, subject }) => [code, subject]);
    assert.deepEqual(warned, [["version-age", first]], "only the old server's old version");
    assert.equal(up.changes.delete + up.changes.replace, 0);
    assert.deepEqual((await world.scriptsRunOn(first)).slice(ranOnFirst.length), ["verify-staging"]);
    assert.equal(await azureOf(world, first), azureOfFirst, "nothing of 1 was changed in Azure");
    const newer = world.server(second);
    assert.match(newer.operatingSystem.caption, /2025/);
    assert.equal(newer.fileVersions[newer.services.ADSync?.path ?? ""], "2.6.92.0");
    const older = world.server(first);
    assert.equal(older.fileVersions[older.services.ADSync?.path ?? ""], "2.6.91.0");
    assert.deepEqual(changed(await world.up()), nothing);
  });

  it("taking block 1 out proves 2 again, asks the guard of 1, retires 1, and keeps its recovery points", async () => {
    const before = verifications(await world.scriptsRunOn(second));
    world.removeBlock(1);
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    const warned = up.findings
      .filter(({ severity }) => severity !== "info")
      .map(({ code, subject }) => [code, subject]);
    assert.deepEqual(warned, [["protection-to-stop", first]]);
    assert.equal(verifications(await world.scriptsRunOn(second)), before + 1);
    assert.equal((await world.scriptsRunOn(first)).at(-1), "retire");
    assert.equal(world.hasServer(first), false);
    const { resources } = await world.picture();
    const kept = resources.filter(({ name }) => name.endsWith(first)).map(({ type }) => type.split("/").at(-1));
    assert.deepEqual(
      kept.map((type) => type?.toLowerCase()),
      ["protecteditems"],
    );
  });

  it("one more up stops the backup of 1, and that is all; after it nothing is left to do", async () => {
    const up = await world.up();
    assert.deepEqual(changed(up), { ...nothing, update: 1 });
    assert.equal(up.verdict, "ok", text(up.findings));
    assert.deepEqual(changed(await world.up()), nothing);
  });

  it("number 1 does not come back", async () => {
    world.settings(({ generations }) => {
      generations["1"] = structuredClone(generations["2"]) as (typeof generations)[string];
    });
    const up = await world.up();
    assert.equal(up.result, "failed");
    assert.match(text(up.messages), /generations\.1: generation 1 was taken out before/);
    assert.match(text(up.messages), /under \\\\"3\\\\"|under \\"3\\"/);
  });
});
