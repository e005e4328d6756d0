import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { requiresEngine } from "../support/engine";
import {
  azureOf,
  changed,
  first,
  nothing,
  second,
  switchStaging,
  text,
  vmIdOf,
  writingCalls,
} from "../support/pairOfServers";
import { Rehearsal } from "../support/rehearsal";

const ledger =
  "urn:pulumi:rehearsal::entra-connect::entra-connect:index:PassiveServer$pulumi:index:Stash::aadc-stg-ledger";
const guardOf = (generation: number): string =>
  `urn:pulumi:rehearsal::entra-connect::entra-connect:index:PassiveServer$entra-connect:server:Generation$command:remote:Command::aadc-stg-g${generation}-guard`;
const hostKeysOfGuards = async (world: Rehearsal): Promise<ReadonlyMap<string, unknown>> => {
  const file = join(world.world, "..", "exported-state.json");
  const exported = await world.pulumi("stack", "export", "--show-secrets", "--file", file);
  assert.equal(exported.code, 0, exported.said);
  const { resources } = JSON.parse(readFileSync(file, "utf8")).deployment;
  rmSync(file);
  return new Map(
    resources
      .filter(({ urn }: { urn: string }) => urn.endsWith("-guard"))
      .map(({ urn, outputs }: { urn: string; outputs: { connection: { plaintext: string } } }) => [
        urn,
        JSON.parse(outputs.connection.plaintext).hostKey,
      ]),
  );
};
const role = (world: Rehearsal, value: string, more: object = {}): void => {
  world.block(1, (block) => Object.assign(block, { role: value, exceptions: [] }, more));
  if (value === "active") world.declareActive(1);
};

describe("a server that was never proven, on the real engine", function () {
  this.timeout(900_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());

  it("is not declared active, though its guard stands without a step, as after a destroy that was refused", async () => {
    assert.equal((await world.up({ faults: ["ssh:reach=fail"] })).result, "failed");
    const settings = world.settingsText();
    role(world, "active");
    const writing = await writingCalls(world);
    const up = await world.up();
    assert.equal(up.result, "failed");
    assert.match(text(up.messages), /generation 1 has not been built and proven by this stack/);
    assert.deepEqual(await writingCalls(world), writing);
    world.settingsText(settings);
    const built = await world.up();
    assert.equal(built.verdict, "ok", text(built.messages));
  });
});

/** What a reader who tried to break the core found. */
describe("a role that is given up, on the real engine", function () {
  this.timeout(900_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());

  it("too early: the server that still exports is asked, and nothing of it or its network changes", async () => {
    assert.equal((await world.up()).result, "succeeded");
    role(world, "active");
    assert.equal((await world.up()).result, "succeeded");
    switchStaging(world, first, false);
    const azure = await azureOf(world, first);
    const before = await writingCalls(world);
    role(world, "passive", { size: "Standard_D4s_v5" });
    world.settings(({ network, gate }) => {
      network.domainControllers = ["10.40.8.44"];
      gate.waitMinutes = 61;
    });
    const up = await world.up();
    assert.equal(up.result, "failed", "an old proof does not count");
    assert.match(text(up.messages), /verify-staging on aadc-stg-g1 stopped \[not-proven-staging\]/i);
    assert.equal(await azureOf(world, first), azure);
    assert.deepEqual(await writingCalls(world), before);
    assert.equal(world.server(first).services.ADSync?.status, "Running");
  });

  it("once it is passive: the first up only asks, the next one applies what was changed", async () => {
    // Asked again, though it was refused: below, exactly that runs.
    switchStaging(world, first, true);
    const ran = (await world.scriptsRunOn(first)).length;
    const azure = await azureOf(world, first);
    const asked = await world.up();
    assert.equal(asked.result, "succeeded", text(asked.messages));
    assert.match(text(asked.findings), /asked-first/);
    assert.deepEqual((await world.scriptsRunOn(first)).slice(ran), ["verify-staging"]);
    assert.equal(await azureOf(world, first), azure);
    const applied = await world.up();
    assert.equal(applied.result, "succeeded", text(applied.messages));
    assert.match(text(applied.findings), /machine-resized/);
    assert.deepEqual(changed(await world.up()), nothing);
  });
});

describe("a machine that somebody restored under the old name, on the real engine", function () {
  this.timeout(900_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());

  it("is never deleted by following what up says", async () => {
    assert.equal((await world.up()).result, "succeeded");
    world.changeAzure((resources) =>
      resources.map((each) =>
        each.id.endsWith(`/virtualMachines/${first}`)
          ? JSON.parse(
              JSON.stringify(each).replaceAll(/"vmId":"[^"]+"/g, '"vmId":"99999999-9999-4999-8999-999999999999"'),
            )
          : each,
      ),
    );
    const up = await world.up();
    assert.equal(up.result, "failed");
    assert.match(text(up.messages), /another one has its name/);
    world.addBlock(2);
    role(world, "lost");
    const lost = await world.up();
    assert.equal(lost.result, "succeeded", text(lost.messages));
    world.removeBlock(1);
    const out = await world.up();
    assert.equal(out.result, "succeeded", text(out.messages));
    assert.equal(world.hasServer(first), true, "the other machine stands");
    assert.equal(world.server(first).services.ADSync?.status, "Running");
    assert.deepEqual(changed(await world.up()), nothing);
  });
});

describe("what was made as ours, on the real engine", function () {
  this.timeout(900_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());

  it("is not given to somebody else by naming it: the resource group", async () => {
    assert.equal((await world.up()).result, "succeeded");
    const before = await writingCalls(world);
    const settings = world.settingsText();
    world.settings((all) => Object.assign(all, { resourceGroupName: "rg-aadc-stg" }));
    const up = await world.up();
    assert.equal(up.result, "failed");
    assert.match(text(up.messages), /resourceGroupName: this server was built in one of our own/);
    world.settingsText(settings);
    world.settings((all) => Object.assign(all, { name: "aadc-new" }));
    const renamed = await world.up();
    assert.equal(renamed.result, "failed");
    assert.match(text(renamed.messages), /name: this stack's server is called aadc-stg/);
    assert.deepEqual(await writingCalls(world), before);
    world.settingsText(settings);
  });

  it("a component that is renamed with an alias keeps its memory; without one it is refused", async () => {
    const source = (options: string) => `const { PassiveServer, fromSettings } = require(LIBRARY);
const { args } = fromSettings();
const server = new PassiveServer("renamed", { ...args, onlyServerOfTheStack: false }, ${options});
module.exports = { verdict: server.verdict, findings: server.findings };`;
    const original = world.programOf();
    world.program(world.writeProgram("bare.js", source("{}")));
    assert.match(
      text((await world.up()).messages),
      /the state holds the server aadc-stg under the component aadc-stg, not renamed/,
    );
    world.program(original);
    assert.equal((await world.up()).result, "succeeded", "the name as before, as it was told");
    world.program(world.writeProgram("alias.js", source('{ aliases: [{ name: "aadc-stg" }] }')));
    const renamed = await world.up();
    assert.equal(renamed.result, "succeeded", text(renamed.messages));
    assert.equal(renamed.changes.create + renamed.changes.replace + renamed.changes.delete, 0);
    world.block(1, (block) => Object.assign(block, { zone: "2" }));
    assert.match(text((await world.up()).messages), /generations\.1\.zone: generation 1 was built with/);
  });
});

describe("a memory that was taken away, on the real engine", function () {
  this.timeout(900_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());

  it("does not pass for a first run, and is made anew on purpose only", async () => {
    world.addBlock(2);
    assert.equal((await world.up()).result, "succeeded");
    role(world, "active");
    assert.equal((await world.up()).result, "succeeded");
    const refused = await world.pulumi("state", "delete", ledger, "--yes", "--force");
    assert.notEqual(refused.code, 0, "the guards hold it");
    world.dropFromState(ledger);
    const before = await writingCalls(world);
    const up = await world.up();
    assert.equal(up.result, "failed");
    assert.match(
      text(up.messages),
      /rebuildLedger: the state holds machines or guards of generation 1 and 2, but no ledger/,
    );
    const settings = world.settingsText();
    world.removeBlock(1);
    assert.equal((await world.up()).result, "failed");
    world.settings((all) =>
      Object.assign(all, { rebuildLedger: { reason: "state delete by mistake", until: "2099-12-31" } }),
    );
    assert.equal((await world.up()).result, "failed", "every generation that stands must be written");
    assert.deepEqual(await writingCalls(world), before);
    world.settingsText(settings);
    world.settings((all) =>
      Object.assign(all, { rebuildLedger: { reason: "state delete by mistake", until: "2099-12-31" } }),
    );
    const rebuilt = await world.up();
    assert.equal(rebuilt.result, "succeeded", text(rebuilt.messages));
    world.settingsText(settings);
    world.removeBlock(1);
    assert.match(text((await world.up()).messages), /generation 1 was declared active in the last run/);
    world.settingsText(settings);
    const settled = await world.up();
    assert.equal(settled.result, "succeeded", text(settled.messages));
    assert.deepEqual(changed(await world.up()), nothing);
  });

  it("with the guards in it: they are made anew and can ask, the active server's too", async () => {
    const keys = await hostKeysOfGuards(world);
    assert.deepEqual([...keys.keys()].sort(), [guardOf(1), guardOf(2)]);
    for (const urn of [ledger, ...keys.keys()]) world.dropFromState(urn);
    const settings = world.settingsText();
    const writing = await writingCalls(world);
    world.settings((all) =>
      Object.assign(all, { rebuildLedger: { reason: "state delete by mistake", until: "2099-12-31" } }),
    );
    const ran = (await world.scriptsRunOn(first)).length;
    const rebuilt = await world.up();
    assert.equal(rebuilt.result, "succeeded", text(rebuilt.messages));
    assert.deepEqual(await hostKeysOfGuards(world), keys);
    assert.deepEqual(await writingCalls(world), writing, "they are asked, and nothing is changed");
    assert.equal((await world.scriptsRunOn(first)).length, ran, "nothing runs on the active one");
    world.settingsText(settings);
    role(world, "passive");
    switchStaging(world, first, true);
    const asked = await world.up();
    assert.equal(asked.result, "succeeded", text(asked.messages));
    assert.deepEqual((await world.scriptsRunOn(first)).slice(ran), ["verify-staging"]);
  });
});

describe("a server that is declared lost, on the real engine", function () {
  this.timeout(900_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());

  it("is not deleted unasked after the day that its exception named, whether its block is written or not", async () => {
    world.addBlock(2);
    assert.equal((await world.up()).result, "succeeded");
    const vmId = await vmIdOf(world, first);
    const exceptions = [{ kind: "retireUnproven", reason: "no answer since Monday", until: "2026-12-05", vmId }];
    role(world, "lost", { exceptions });
    const lost = await world.up();
    assert.equal(lost.result, "succeeded", text(lost.messages));
    world.later(40);
    switchStaging(world, first, false);
    assert.equal((await world.up()).result, "failed");
    const settings = world.settingsText();
    world.removeBlock(1);
    const up = await world.up();
    assert.equal(up.result, "failed");
    assert.match(text(up.messages), /generation 1 was declared lost until 2026-12-05, its machine still exists/);
    assert.equal(world.hasServer(first), true);
    world.settingsText(settings);
    role(world, "passive");
    const asked = await world.up();
    assert.equal(asked.result, "failed", "it exports");
    assert.equal(world.server(first).services.ADSync?.status, "Running");
  });

  it("whose machine is gone and that a refresh has dropped from the state is replaced by what up says", async () => {
    const other = new Rehearsal();
    try {
      assert.equal((await other.up()).result, "succeeded");
      other.changeAzure((resources) =>
        resources.filter(({ id }) => !new RegExp(`/(virtualMachines|disks)/${first}`).test(id)),
      );
      const refreshed = await other.pulumi("refresh", "--yes", "--skip-preview");
      assert.equal(refreshed.code, 0, refreshed.said);
      const up = await other.up();
      assert.equal(up.result, "failed");
      assert.match(text(up.messages), /the machine of generation 1 is gone from Azure/);
      other.addBlock(2);
      role(other, "lost");
      const declared = await other.up();
      assert.equal(declared.result, "succeeded", text(declared.messages));
      const { resources } = await other.picture();
      assert.ok(!resources.some(({ type, name }) => /virtualmachines$/i.test(type) && name === first), "not made anew");
      assert.equal(other.hasServer(second), true);
      other.removeBlock(1);
      const out = await other.up();
      assert.equal(out.result, "succeeded", text(out.messages));
    } finally {
      other.remove();
    }
  });
});
