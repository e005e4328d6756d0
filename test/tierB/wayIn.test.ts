import assert from "node:assert/strict";
import { createExecutor } from "../../rehearsal/windows/executor";
import { requiresEngine } from "../support/engine";
import {
  changed,
  first,
  nothing,
  second,
  switchStaging,
  text,
  vmIdOf,
  withoutItsScheduler,
  writingCalls,
} from "../support/pairOfServers";
import { Rehearsal } from "../support/rehearsal";
import { requires } from "../support/requires";

/** As a baseline does: local administrators are denied the logon over the network. */
const lockOut = (world: Rehearsal, machine: string): void =>
  world.changeServer(machine, (server) => {
    server.logonRights = { granted: ["*S-1-5-11", "*S-1-5-32-544"], denied: ["*S-1-5-114", "*S-1-5-32-546"] };
  });

describe("a server whose SSH a baseline closes, on the real engine", () => {
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());
  let block: unknown;
  const takeOut = (): void =>
    world.settings(({ generations }) => {
      block = generations["1"];
      delete generations["1"];
    });
  const putBack = (change: Record<string, unknown>): void =>
    world.settings(({ generations }) => {
      generations["1"] = { ...(block as object), ...change } as (typeof generations)[string];
    });
  const exception = async (reason: string): Promise<Record<string, unknown>> => ({
    exceptions: [{ kind: "retireByRunCommand", reason, until: "2099-12-31", vmId: await vmIdOf(world, first) }],
  });

  it("is signed in to with an account of its own, so that nothing hangs on the built-in administrator", async () => {
    world.addBlock(2);
    assert.equal((await world.up()).result, "succeeded");
    const { calls } = await world.picture();
    const logins = new Set(calls.flatMap(({ action, result }) => (action === "login" ? [result] : [])));
    assert.deepEqual([...logins], ["as aadcdeploy"]);
    for (const each of [first, second]) assert.equal(world.server(each).accounts.aadcdeploy?.administrator, true);
  });

  it("says by Run Command why SSH does not get in, and nothing on it changes", async () => {
    lockOut(world, first);
    world.block(1, (written) => {
      written.diagnoseAccess = "after the baseline";
    });
    const before = world.server(first);
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.match(
      text(up.messages),
      /a policy denies aadcdeploy the logon to aadc-stg-g1 over the network.*Local account and member of Administrators group/,
    );
    assert.equal(up.verdict, "review");
    assert.deepEqual(withoutItsScheduler(world.server(first)), withoutItsScheduler(before));
    assert.deepEqual(changed(await world.up()), nothing, "asked once for each text");
    world.block(1, (written) => {
      delete written.diagnoseAccess;
    });
    const calls = await writingCalls(world);
    const after = await world.up();
    assert.equal(after.result, "succeeded", text(after.messages));
    assert.deepEqual(await writingCalls(world), calls, "taken out, it is left in Azure as it is");
    assert.ok(!after.findings.some(({ code }) => code === "diagnosis-clear"), text(after.findings));
  });

  it("is not retired: its guard cannot ask, nothing of it is deleted, and the run names the way around", async () => {
    takeOut();
    const { code, said } = await world.pulumi("up", "--yes", "--skip-preview", "--non-interactive", "--color", "never");
    assert.notEqual(code, 0);
    assert.match(said, /unable to authenticate/);
    assert.match(said, /diagnoseAccess: <any text>[\s\S]*retireByRunCommand/);
    assert.equal(world.hasServer(first), true);
    assert.equal(world.server(first).services.ADSync?.status, "Running");
  });

  it("has its guard's questions answered by Run Command in an up of its own, which connects to it no more", async () => {
    const before = (await world.scriptsRunOn(first)).length;
    putBack(await exception("the baseline stays, CHG-4714"));
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.equal(up.verdict, "review");
    assert.ok(
      up.findings.some(({ code }) => code === "retired-by-run-command"),
      text(up.findings),
    );
    const server = world.server(first);
    assert.deepEqual([server.services.ADSync?.status, server.services.ADSync?.startType], ["Stopped", "Disabled"]);
    assert.deepEqual(server.violations, []);
    assert.equal((await world.scriptsRunOn(first)).length, before);
    assert.deepEqual(changed(await world.up()), nothing, "a second up changes nothing");
  });

  it("is refused with an answer that is old, before anything is touched", async () => {
    world.later(2);
    takeOut();
    const up = await world.up();
    assert.equal(up.result, "failed");
    assert.match(text(up.messages), /does not ask by SSH any more.*more than 24 hours ago/);
    assert.equal(world.hasServer(first), true);
  });

  it("goes once it was asked again", async () => {
    putBack(await exception("asked once more, CHG-4714"));
    const again = await world.up();
    assert.equal(again.result, "succeeded", text(again.messages));
    takeOut();
    const gone = await world.up();
    assert.equal(gone.result, "succeeded", text(gone.messages));
    assert.equal(world.hasServer(first), false);
    assert.equal(world.hasServer(second), true);
    const stop = await world.up();
    assert.deepEqual(
      stop.resources.flatMap(({ operation, name }) => (operation === "same" ? [] : [`${operation} ${name}`])),
      ["update aadc-stg-backup-g1-item"],
      "its protection is stopped by the run after its guard has passed",
    );
    assert.deepEqual(changed(await world.up()), nothing);
  });
});

describe("destroying a server whose SSH a baseline closes, on the real engine", () => {
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());

  it("is refused as long as nobody has asked it, and an active one is not asked by Run Command at all", async () => {
    assert.equal((await world.up()).result, "succeeded");
    lockOut(world, first);
    const refused = await world.run("destroy");
    assert.equal(refused.result, "failed");
    assert.equal(world.hasServer(first), true);
    const vmId = await vmIdOf(world, first);
    const exceptions = [{ kind: "retireByRunCommand", reason: "the baseline stays", until: "2099-12-31", vmId }];
    world.block(1, (written) => {
      written.role = "active";
      written.exceptions = exceptions;
    });
    const active = await world.up();
    assert.equal(active.result, "failed");
    assert.match(text(active.messages), /exceptions\[0\]: the generation is declared active/);
    assert.equal(world.server(first).services.ADSync?.status, "Running");
  });

  it("a server that has become active refuses by Run Command too, and its guard stays", async () => {
    switchStaging(world, first, false);
    world.block(1, (written) => {
      delete written.role;
    });
    const up = await world.up();
    assert.equal(up.result, "failed");
    assert.match(text(up.messages), /retire-by-run-command.*Switch roles first/);
    assert.equal(world.server(first).services.ADSync?.status, "Running", "an active server goes on working");
    assert.equal((await world.run("destroy")).result, "failed");
    assert.equal(world.hasServer(first), true);
  });

  it("goes once it is passive again and was asked by Run Command", async () => {
    switchStaging(world, first, true);
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    const destroyed = await world.run("destroy");
    assert.equal(destroyed.result, "succeeded", text(destroyed.messages));
    assert.equal(world.hasServer(first), false);
  });
});

describe("a server whose way in was tampered with, on the real engine and in the test PowerShell", function () {
  this.timeout(900_000);
  before(async function () {
    await requiresEngine(this);
    requires(this, "the test PowerShell", (await createExecutor()).kind === "powershell");
  });
  const world = new Rehearsal("powershell");
  after(() => world.remove());

  it("is repaired by another number in access.hostKeyRefresh, in the same run in which its steps need SSH again", async () => {
    assert.equal((await world.up({ operator: "complete" })).result, "succeeded");
    world.settings(({ access, gate }) => {
      access.hostKeyRefresh = 1;
      gate.proveAgain = "after the repair";
    });
    const up = await world.up({ peculiarities: ["sshd-dead-after-patch", "login-disabled"] });
    assert.equal(up.result, "succeeded", text(up.messages));
    const server = world.server(first);
    assert.equal(server.services.sshd?.status, "Running");
    assert.equal(server.accounts.aadcdeploy?.enabled, true);
    assert.ok((await world.scriptsRunOn(first)).filter((script) => script === "verify-staging").length >= 2);
  });
});
