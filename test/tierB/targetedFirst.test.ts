import assert from "node:assert/strict";
import { requiresEngine } from "../support/engine";
import { changed, first, nothing, text, writingCalls } from "../support/pairOfServers";
import { Rehearsal } from "../support/rehearsal";

const plain = ["--non-interactive", "--yes", "--skip-preview"] as const;
const targets = (...patterns: readonly string[]): readonly string[] =>
  patterns.flatMap((pattern) => ["--target", pattern]);

describe("the first up of a stack with --target, on the real engine", function () {
  this.timeout(900_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());

  it("of one resource makes nothing of ours: what it stands on is missing", async () => {
    const up = await world.pulumi("up", ...plain, ...targets("**aadc-stg-network-vnet"));
    assert.notEqual(up.code, 0, up.said);
    assert.deepEqual(await writingCalls(world), []);
  });

  it("of everything but the ledger makes no machine: nobody could later tell what it is", async () => {
    const up = await world.pulumi(
      "up",
      ...plain,
      ...targets("**azure-native**", "**entra-connect:*:*::*", "**command**"),
    );
    assert.notEqual(up.code, 0, up.said);
    assert.match(
      up.said,
      /aadc-stg-g1-vm' depends on '[^']*::aadc-stg-ledger' which was was not specified in --target/,
    );
    assert.ok(!world.hasServer(first));
    assert.ok(!world.names().some((name) => /-(vm|guard|ledger)$/.test(name)), world.names().join(", "));
  });

  it("is gone on with by a plain up", async () => {
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.equal(world.server(first).adsync?.stagingMode, true);
    assert.deepEqual(changed(await world.up()), nothing);
  });
});
