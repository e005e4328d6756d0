import assert from "node:assert/strict";
import { requiresEngine } from "../support/engine";
import { changed, nothing, text } from "../support/pairOfServers";
import { Rehearsal } from "../support/rehearsal";

/** Two servers from one settings file, each with a provider of its own. */
const program = `
const azure = require("@pulumi/azure-native");
const { PassiveServer, fromSettings } = require(LIBRARY);
const { name, args } = fromSettings();
const subscription = "00000000-0000-4000-8000-0000000000a";
for (const [index, server] of [name, "aadc-two"].entries()) {
  const provider = new azure.Provider("tier0-" + server, { subscriptionId: subscription + (index + 1) });
  const block = { ...args.generations["1"], address: index === 0 ? undefined : "10.40.0.12" };
  new PassiveServer(server, { ...args, onlyServerOfTheStack: false, name: server, generations: { 1: block } }, { providers: [provider] });
}
`;

describe("two servers in one program, each with a provider of its own, on the real engine", function () {
  this.timeout(900_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());

  it("stand beside each other, and a second up looks with the eyes that built them: nothing is missing, nothing changes", async () => {
    world.program(world.writeProgram("two.js", program));
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    for (const machine of ["aadc-stg-g1", "aadc-two-g1"])
      assert.equal(world.server(machine).adsync?.stagingMode, true, machine);
    const again = await world.up();
    assert.equal(again.result, "succeeded", text(again.messages));
    assert.deepEqual(changed(again), nothing);
    const ledgers = world.names().filter((name) => name.endsWith("-ledger"));
    assert.deepEqual([...ledgers].sort(), ["aadc-stg-ledger", "aadc-two-ledger"]);
  });

  it("one of them signed in elsewhere is told so by its own name, and nothing is touched", async () => {
    world.program(world.writeProgram("moved.js", program.replace("subscription + (index + 1)", 'subscription + "9"')));
    const up = await world.up();
    assert.equal(up.result, "failed");
    assert.match(
      text(up.messages),
      /was built in subscription 00000000-0000-4000-8000-0000000000a[12]; this run is signed in to 00000000-0000-4000-8000-0000000000a9/,
    );
    assert.doesNotMatch(text(up.messages), /gone from Azure/);
  });
});
