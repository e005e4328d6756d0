import assert from "node:assert/strict";
import { requiresEngine } from "../support/engine";
import { changed, first, nothing, text } from "../support/pairOfServers";
import { Rehearsal } from "../support/rehearsal";

const codesOf = (findings: readonly { readonly code: string }[]): string[] => findings.map(({ code }) => code);

describe("what an interrupted run left in Azure, one after the other in one world, on the real engine", () => {
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());

  /** As Azure gives back the ids of some kinds: the group in capitals. */
  const groupInCapitals = (type: RegExp): void =>
    world.changeAzure((resources) =>
      resources.map((each) => {
        if (!type.test(each.id)) return each;
        const id = each.id.replace("/rg-aadc-stg/", "/RG-AADC-STG/");
        return { ...each, id, body: { ...each.body, id } };
      }),
    );

  it("killed while Azure makes an interface, then the machine, then the run command: each next up takes up what is there", async () => {
    const points: readonly (readonly [point: string, result: string])[] = [
      ["azure:PUT:Microsoft.Network/networkInterfaces:*=kill", "killed"],
      ["azure:PUT:Microsoft.Compute/virtualMachines:*=kill", "killed"],
      ["azure:PUT:Microsoft.Compute/virtualMachines/runCommands:*=lost", "failed"],
    ];
    for (const [point, result] of points) {
      const up = await world.up({ faults: [point] });
      assert.equal(up.result, result, text(up.messages));
      groupInCapitals(/\/(networkInterfaces|virtualMachines)\/[^/]+$/);
    }
    const up = await world.up({});
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.equal(up.verdict, "ok", text(up.findings));
    assert.ok(codesOf(up.findings).includes("taken-up"), text(up.findings));
    assert.equal(world.server(first).adsync?.stagingMode, true);
    assert.deepEqual(changed(await world.up({})), nothing);
  });

  describe("a second generation whose machine was made outside the state", () => {
    it("is refused to be taken out: its guard could not be asked", async () => {
      world.addBlock(2);
      const killed = await world.up({ faults: ["azure:PUT:Microsoft.Compute/virtualMachines:*=kill"] });
      assert.equal(killed.result, "killed", text(killed.messages));
      world.removeBlock(2);
      const up = await world.up({});
      assert.equal(up.result, "failed");
      assert.match(text(up.findings), /generations\.2: its block is gone, but Azure has the machine aadc-stg-g2/);
      assert.equal(up.changes.delete, 0);
    });

    it("is taken up with its block, but not by other settings than it was made with", async () => {
      world.addBlock(2, (block) => {
        block.image = { ...block.image, version: "20348.9999.990101" };
      });
      const other = await world.up({});
      assert.equal(other.result, "failed");
      assert.match(text(other.findings), /generations\.2\.image/);
      world.removeBlock(2);
      world.addBlock(2);
      const up = await world.up({});
      assert.equal(up.result, "succeeded", text(up.messages));
      assert.ok(codesOf(up.findings).includes("taken-up"), text(up.findings));
      world.removeBlock(2);
      const retired = await world.up({});
      assert.equal(retired.result, "succeeded", text(retired.messages));
      assert.ok((await world.scriptsRunOn("aadc-stg-g2")).includes("retire"), "its guard was asked");
    });
  });
});
