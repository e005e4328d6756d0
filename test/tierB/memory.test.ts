import assert from "node:assert/strict";
import { requiresEngine } from "../support/engine";
import { azureOf, changed, first, nothing, second, text, writingCalls } from "../support/pairOfServers";
import { Rehearsal } from "../support/rehearsal";

/** `pulumi` as somebody types it, without questions. */
const plain = ["--non-interactive", "--yes", "--skip-preview"] as const;

/** Every guard and the ledger, by name, as the state holds them. */
const memoryIn = (world: Rehearsal): readonly string[] =>
  world
    .names()
    .filter((name) => /-guard$|-ledger$/.test(name))
    .sort();

describe("the memory of a server cannot be lost, on the real engine", function () {
  this.timeout(900_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());

  it("up --target of one resource, with a new block written, leaves it whole", async () => {
    assert.equal((await world.up()).result, "succeeded");
    world.declareActive(1);
    assert.equal((await world.up()).result, "succeeded");
    world.addBlock(2);
    const up = await world.pulumi("up", ...plain, "--target", "**aadc-stg-g1-nsg");
    assert.equal(up.code, 0, up.said);
    // That what it says is whole too is seen when the block is taken out, below.
    assert.deepEqual(memoryIn(world), ["aadc-stg-g1-guard", "aadc-stg-ledger"]);
  });

  it("refresh --run-program leaves it whole", async () => {
    const refresh = await world.pulumi("refresh", ...plain, "--run-program");
    assert.equal(refresh.code, 0, refresh.said);
    assert.deepEqual(memoryIn(world), ["aadc-stg-g1-guard", "aadc-stg-ledger"]);
    world.removeBlock(1);
    const out = await world.run("preview");
    assert.equal(out.result, "failed");
    assert.match(text(out.messages), /generation 1 was declared active in the last run/);
  });

  it("a program that exports nothing, and an output that is named as ours was, change nothing", async () => {
    world.settings(({ generations }) => {
      generations["1"] = { ...(structuredClone(generations["2"]) as (typeof generations)[string]), role: "active" };
      delete generations["2"];
    });
    const program = world.programOf();
    world.program(world.writeProgram("silent.js", "require(INDEX); module.exports = { memory: 'mine' };"));
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    world.program(program);
    assert.deepEqual(changed(await world.up()), nothing);
  });

  it("a renamed stack still knows its servers and its backup", async () => {
    const [renamed, preview, back] = await world.shell(
      ["stack", "rename", "elsewhere"],
      ["preview", "--non-interactive"],
      ["stack", "rename", "rehearsal"],
    );
    assert.equal(renamed?.code, 0, renamed?.said);
    assert.equal(preview?.code, 0, preview?.said);
    assert.doesNotMatch(preview?.said ?? "", /[0-9]+ to (delete|replace|create)/);
    assert.equal(back?.code, 0, back?.said);
  });

  it("pulumi import of something else leaves it whole", async () => {
    const id = "/subscriptions/00000000-0000-4000-8000-0000000000a1/resourceGroups/rg-hub";
    await world.pulumi(
      "import",
      "azure-native:resources:ResourceGroup",
      "hub",
      id,
      "--yes",
      "--generate-code=false",
      "--protect=false",
    );
    assert.deepEqual(memoryIn(world), ["aadc-stg-g1-guard", "aadc-stg-ledger"]);
  });

  it("an older ledger, which lacks keys, refuses nothing for what it lacks", async () => {
    world.changeLedger((ledger) => {
      const { built } = ledger.generations["1"] as { built: Record<string, unknown> };
      delete built.timeZone;
      delete built.serviceAccount;
      delete (ledger.shared as Record<string, unknown>).dnsServers;
    });
    const preview = await world.run("preview");
    assert.equal(preview.result, "succeeded", text(preview.messages));
  });

  it("a newer ledger is not guessed at", async () => {
    const before = await writingCalls(world);
    world.changeLedger((ledger) => {
      ledger.schema = 999;
      ledger.library = "9.0.0";
    });
    const up = await world.up();
    assert.equal(up.result, "failed");
    assert.match(text(up.messages), /written by pulumi-entra-connect 9\.0\.0, which is newer/);
    assert.deepEqual(await writingCalls(world), before);
    world.changeLedger((ledger) => {
      ledger.schema = 1;
    });
  });

  it("signed in to another subscription, up says so and calls nothing missing", async () => {
    world.changeLedger((ledger) => {
      ledger.subscriptionId = "99999999-9999-4999-8999-999999999999";
    });
    const before = await writingCalls(world);
    const up = await world.up();
    assert.equal(up.result, "failed");
    assert.match(
      text(up.messages),
      /built in subscription 99999999-9999-4999-8999-999999999999; this run is signed in to/,
    );
    assert.doesNotMatch(text(up.messages), /gone from Azure|role: lost/);
    assert.deepEqual(await writingCalls(world), before);
  });
});

describe("two unfinished generations, on the real engine", function () {
  this.timeout(900_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());

  it("giving up on a half-made second one by writing a third is refused: two would retire in one run", async () => {
    assert.equal((await world.up()).result, "succeeded");
    world.addBlock(2);
    assert.equal((await world.up({ operator: "failing" })).result, "failed");
    const azure = await azureOf(world, first);
    world.addBlock(3);
    world.removeBlock(1);
    world.removeBlock(2);
    const up = await world.up();
    assert.equal(up.result, "failed");
    assert.match(text(up.messages), /generations 1 and 2 would retire in one run/);
    assert.match(
      text(up.messages),
      /generations\.3\.address: 10\.40\.0\.10 is still the address of generation 1/,
      "all problems at once",
    );
    assert.equal(await azureOf(world, first), azure);
    assert.equal(world.server(first).services.ADSync?.status, "Running");
    assert.ok(memoryIn(world).includes("aadc-stg-g1-guard"));
  });

  it("one at a time goes well", async () => {
    world.settings(({ generations }) => {
      generations["1"] = structuredClone(generations["3"]) as (typeof generations)[string];
      delete generations["3"];
    });
    world.changeServer(second, (server) => {
      server.wizard.state = "waiting";
    });
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.equal(world.hasServer(second), false);
    assert.equal(world.server(first).adsync?.stagingMode, true);
  });
});

describe("a first up that dies, and one that is destroyed twice, on the real engine", function () {
  this.timeout(900_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());

  for (const fault of [
    "azure:PUT:Microsoft.Network/virtualNetworks:*=fail",
    "azure:PUT:Microsoft.Compute/virtualMachines:*=fail",
    "ssh:prerequisites=fail",
    "ssh:await-wizard=fail",
  ])
    it(`after ${fault} the same settings go on, and other numbers are not burnt`, async () => {
      // It was met, so the run went on from where the fault before had stopped it.
      const up = await world.up({ faults: [fault] });
      assert.equal(up.result, "failed");
      assert.ok(!up.findings.some(({ code }) => code === "fault-not-met"), text(up.findings));
      assert.ok(world.names().includes("aadc-stg-ledger"));
    });

  it("converges", async () => {
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.deepEqual(changed(await world.up()), nothing);
  });

  it("destroyed twice, both end well", async () => {
    assert.equal((await world.run("destroy")).result, "succeeded");
    assert.equal((await world.run("destroy")).result, "succeeded");
  });
});
