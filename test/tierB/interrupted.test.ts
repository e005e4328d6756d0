import assert from "node:assert/strict";
import { readdirSync, readFileSync, truncateSync } from "node:fs";
import { dirname } from "node:path";
import { requiresEngine } from "../support/engine";
import { changed, first, nothing, text } from "../support/pairOfServers";
import { Rehearsal } from "../support/rehearsal";

const codesOf = (findings: readonly { readonly code: string }[]): string[] => findings.map(({ code }) => code);

describe("runs that are cut off, one after the other in one world, on the real engine", function () {
  this.timeout(600_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());

  it("killed while Azure makes a network interface: the run says what one types in reality", async () => {
    const up = await world.up({ faults: ["azure:PUT:Microsoft.Network/networkInterfaces:*=kill"] });
    assert.equal(up.result, "killed");
    assert.match(up.findings[0]?.cause ?? "", /pulumi cancel --stack rehearsal/);
  });

  it("recover shows a dead lock and what was in flight, and changes nothing until it is told to", async () => {
    const { plan, done } = await world.recover();
    assert.deepEqual(codesOf(plan.findings), ["lock-of-a-dead-engine", "create-in-flight"]);
    assert.equal(done, undefined);
    assert.deepEqual((await world.recover()).plan.steps, plan.steps, "looking is no doing");
    const after = await world.recover(true);
    assert.deepEqual(after.done, ["clearLock", "settle"]);
    assert.equal(after.plan.verdict, "ok", text(after.plan.findings));
  });

  it("the next up takes the interface up, and is killed again while Azure makes the machine", async () => {
    const up = await world.up({ faults: ["azure:PUT:Microsoft.Compute/virtualMachines:*=kill"] });
    assert.equal(up.result, "killed", text(up.messages));
    assert.deepEqual(up.messages, [], "no entry of before is left to warn of");
  });

  it("a state that was cut with it is put back from its copy, and the cut file kept", async () => {
    const cut = readFileSync(world.stateFile, "utf8").length >> 1;
    truncateSync(world.stateFile, cut);
    const { plan, done } = await world.recover(true);
    // Whether the copy of before the last write knows of what was in flight by then depends on that write.
    assert.deepEqual(done?.slice(0, 2), ["clearLock", "restore"]);
    assert.equal(plan.verdict, "ok", text(plan.findings));
    const kept = readdirSync(dirname(world.stateFile)).filter((name) => name.includes(".cut-"));
    assert.equal(kept.length, 1);
  });

  it("the next up takes the machine up, and loses its provider in the run command: cause and next step are named", async () => {
    const up = await world.up({ faults: ["azure:PUT:Microsoft.Compute/virtualMachines/runCommands:*=lost"] });
    assert.equal(up.result, "failed");
    const [failure] = up.findings.filter(({ severity }) => severity === "blocking");
    assert.match(failure?.title ?? "", /connection to the provider broke/);
    assert.match(failure?.next ?? "", /rehearse up/);
  });

  it("up ends with a proven server as if nothing had been, one machine of the name, and a further one changes nothing", async () => {
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
