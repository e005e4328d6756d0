import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { Rehearsal } from "../../support/rehearsal";
import type { WrittenBlock } from "../../support/rehearsedProject";

describe("Settings of a test's rehearsal, edited as a user edits them", () => {
  let world: Rehearsal;
  beforeEach(() => {
    world = new Rehearsal();
  });
  afterEach(() => world.remove());

  const config = () => parse(readFileSync(world.settingsFile, "utf8")).config as Record<string, unknown>;
  const generations = () => config()["entra-connect:generations"] as Record<string, WrittenBlock | undefined>;

  it("adds a generation as a copy of the newest, without what belongs to that one's machine", () => {
    world.block(1, (block) => {
      block.address = "10.40.0.10";
      block.role = "active";
      block.exceptions = [{ kind: "reinstate" }];
      block.size = "Standard_D4s_v5";
    });
    world.addBlock(2, ({ image }) => {
      image.sku = "2025-datacenter-azure-edition";
    });
    const { "1": first, "2": second } = generations();
    assert.deepEqual(Object.keys(generations()), ["1", "2"]);
    assert.deepEqual([second?.address, second?.role, second?.exceptions], [undefined, undefined, undefined]);
    assert.equal(second?.size, "Standard_D4s_v5");
    assert.equal(second?.image.sku, "2025-datacenter-azure-edition");
    assert.equal(first?.image.sku, "2022-datacenter-g2", "the copied block stays as it was");
    assert.equal(first?.role, "active");
  });

  it("takes a generation out, and refuses one that is not there", () => {
    world.addBlock(2);
    world.removeBlock(1);
    assert.deepEqual(Object.keys(generations()), ["2"]);
    assert.throws(() => world.removeBlock(1), /no block of generation 1/);
    assert.throws(() => world.block(1, () => undefined), /no block of generation 1/);
    assert.throws(() => world.addBlock(2), /a block of generation 2 already/);
  });

  it("writes a section only if there is something in it", () => {
    const before = config();
    world.settings(() => undefined);
    assert.deepEqual(config(), before);
    world.settings(({ backup }) => {
      backup.retentionDays = 14;
    });
    assert.deepEqual(config()["entra-connect:backup"], { retentionDays: 14 });
  });
});
