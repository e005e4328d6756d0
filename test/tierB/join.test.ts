import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { RunSummary } from "../../rehearsal/run/summary";
import { standInBlob } from "../../rehearsal/windows/joining";
import { findTestPowershell } from "../../rehearsal/windows/testPowershell";
import { joinPassword } from "../../rehearsal/world/joinStandIns";
import { requiresEngine } from "../support/engine";
import { filesContaining, formsOf } from "../support/leaks";
import { Rehearsal } from "../support/rehearsal";
import { requires } from "../support/requires";

const text = (value: unknown): string => JSON.stringify(value);
const domain = "corp.contoso.com";
const unchanged = { create: 0, import: 0, update: 0, replace: 0, delete: 0 };
/** The rehearsal puts the secret of its own domain in the place of every encrypted one. */
const encrypted = { secure: "v1:somebody's" };

function joinBy(world: Rehearsal, method: string, generations: readonly number[]): void {
  world.settings((settings) => {
    settings.domain = { name: domain, join: { method } };
    const secrets = Object.fromEntries(generations.map((generation) => [String(generation), encrypted]));
    if (generations.length === 0) delete settings.domainJoinSecrets;
    else settings.domainJoinSecrets = secrets;
  });
}

const changes = ({ changes: { same: _, ...rest } }: RunSummary) => rest;

/** What a server is joined with, in any form: in no file of the world but its own, and in nothing that was printed. */
function stayHidden(world: Rehearsal, machine: string, printed: readonly string[]): void {
  const { other } = JSON.parse(readFileSync(join(world.world, "standins", "secrets.json"), "utf8")) as {
    other: string;
  };
  const password = joinPassword(other, machine);
  const blob = standInBlob({ domain, computerName: machine, password });
  const wide = Buffer.from(password, "utf16le").toString("base64").slice(4, -4);
  const needles = [password, blob.slice(0, 200), wide].flatMap((secret) => [...formsOf(secret)]);
  assert.ok(
    needles.some((needle) => Buffer.from(`x${blob}`).includes(needle)),
    "a search would find it",
  );
  const found = filesContaining(world.world, needles).filter((file) => !world.isOwnSecretsFile(file));
  assert.deepEqual(found, []);
  for (const said of printed)
    for (const needle of needles) assert.ok(!Buffer.from(said).includes(needle), `printed: ${said.slice(0, 200)}`);
}

describe("a domain join on the real engine", function () {
  this.timeout(900_000);
  before(async function () {
    await requiresEngine(this);
  });
  const open: Rehearsal[] = [];
  const rehearsal = (windows?: "powershell"): Rehearsal => {
    const made = new Rehearsal(windows);
    open.push(made);
    return made;
  };
  after(() => {
    for (const each of open) each.remove();
  });

  describe("by djoin's file, then beside it by a one-time password", () => {
    const world = rehearsal();
    const one = "aadc-stg-g1";
    const two = "aadc-stg-g2";
    const printed: string[] = [];
    const kept = <Result>(result: Result): Result => {
      printed.push(text(result));
      return result;
    };
    const joining = async (machine: string) =>
      (await world.scriptsRunOn(machine)).filter((script) => /join|membership/.test(script));

    it("is refused before the first resource where its secret is missing, with the commands that make it", async () => {
      joinBy(world, "offlineBlob", []);
      for (const run of [await world.run("preview"), await world.up()]) {
        assert.equal(run.result, "failed");
        const told = text(run.messages);
        assert.match(told, /domainJoinSecrets\.1: is missing/);
        assert.match(told, /djoin \/provision \/domain corp\.contoso\.com \/machine aadc-stg-g1 /);
        assert.match(told, /pulumi config set --secret --path entra-connect:domainJoinSecrets\.1/);
      }
      assert.deepEqual(
        world.names().filter((name) => name.includes("-g1") || name.includes("group")),
        [],
      );
    });

    it("survives that its answer is lost and that the engine is killed at the restart: staged once, restarted once", async () => {
      joinBy(world, "offlineBlob", [1]);
      kept(await world.run("preview"));
      kept(await world.pulumi("preview", "--json", "--show-sames"));
      const lost = kept(await world.up({ faults: ["ssh:join-domain=lost"] }));
      assert.equal(lost.result, "failed");
      assert.equal(world.server(one).domain.joined, false);
      assert.ok(world.server(one).joining !== undefined, "it was staged");
      await world
        .up({ faults: ["ssh:restart-after-join=kill"] })
        .catch((error: unknown) => printed.push(String(error)));
      const up = kept(await world.up());
      assert.equal(up.result, "succeeded", text(up.messages));
      assert.equal(up.verdict, "ok", text(up.findings));
      assert.deepEqual(world.server(one).domain, { joined: true, name: domain });
      assert.equal(world.server(one).joining, undefined);
      const { calls } = await world.picture();
      const restarts = calls.filter(({ action, result }) => action === "machine started" && result === "restarted");
      assert.equal(restarts.length, 1);
      assert.equal((await joining(one)).at(-1), "prove-membership");
    });

    it("a second up changes nothing and tells that the secret has done its work", async () => {
      const again = kept(await world.up());
      assert.deepEqual(changes(again), unchanged);
      assert.match(text(again.findings), /join-secret-left/);
      assert.equal(again.verdict, "ok");
    });

    it("with the secret taken out, changed, or another method no step of the join runs or changes", async () => {
      const before = await joining(one);
      for (const [method, generations] of [
        ["offlineBlob", []],
        ["machinePassword", [1]],
        ["machinePassword", []],
      ] as const) {
        joinBy(world, method, generations);
        const up = kept(await world.up());
        assert.equal(up.result, "succeeded", text(up.messages));
        // Another method needs other ports: rules and the question whether they are open may follow it, no step of the join.
        const { update, ...rest } = changes(up);
        assert.deepEqual([rest.create, rest.replace, rest.delete], [0, 0, 0], `${method} ${generations.length}`);
        if (method === "offlineBlob") assert.equal(update, 0);
      }
      assert.deepEqual(await joining(one), before);
    });

    it("a block beside it is refused until it has a secret of its own, by its own computer's name", async () => {
      world.addBlock(2);
      const refused = kept(await world.up());
      assert.equal(refused.result, "failed");
      assert.match(text(refused.messages), /domainJoinSecrets\.2[\s\S]*New-ADComputer -Name aadc-stg-g2 /);
      assert.doesNotMatch(text(refused.messages), /New-ADComputer -Name aadc-stg-g1 /);
      joinBy(world, "machinePassword", [2]);
      const before = await joining(one);
      const up = kept(await world.up());
      assert.equal(up.result, "succeeded", text(up.messages));
      assert.deepEqual(world.server(two).domain, { joined: true, name: domain });
      assert.deepEqual(await joining(two), ["join-domain", "restart-after-join", "prove-membership"]);
      assert.deepEqual(await joining(one), before);
    });

    it("with the operator's way again the steps go from the state, nothing runs, and the way back makes none", async () => {
      const before = [...(await joining(one)), ...(await joining(two))];
      joinBy(world, "operator", []);
      const up = kept(await world.up());
      assert.equal(up.result, "succeeded", text(up.messages));
      assert.deepEqual([up.changes.create, up.changes.replace, up.changes.delete], [0, 0, 6]);
      joinBy(world, "offlineBlob", []);
      const back = kept(await world.up());
      assert.deepEqual([back.changes.create, back.changes.replace, back.changes.delete], [0, 0, 0]);
      assert.deepEqual([...(await joining(one)), ...(await joining(two))], before);
    });

    it("its secrets stand in no file, state, history, log or word of all that, in any form", () => {
      for (const machine of [one, two]) stayHidden(world, machine, printed);
    });
  });

  describe("into a domain whose policy locks us out", () => {
    let world: Rehearsal;
    before(async function () {
      requires(this, "the test PowerShell", (await findTestPowershell()) !== undefined);
      world = rehearsal("powershell");
    });

    it("tells which policy it is before the connection that fails of it, and installs nothing", async () => {
      joinBy(world, "offlineBlob", [1]);
      const up = await world.up({ peculiarities: ["join-policy-locks-out"] });
      assert.equal(up.result, "failed");
      assert.match(text(up.messages), /a policy denies aadcdeploy the logon to aadc-stg-g1 over the network/);
      assert.equal((await world.scriptsRunOn("aadc-stg-g1")).at(-1), "prove-membership");
      assert.deepEqual(world.server("aadc-stg-g1").packages, []);
    });

    it("goes on once the policy excepts our account", async () => {
      world.changeServer("aadc-stg-g1", (server) => {
        server.logonRights = { granted: ["*S-1-5-32-544"], denied: ["*S-1-5-32-546"] };
      });
      const up = await world.up({ peculiarities: ["no-join-policy-locks-out"], operator: "absent" });
      assert.equal(up.result, "failed");
      assert.match(text(up.messages), /wizard/i, "the gate waits, with nobody there");
    });
  });

  it("that the domain refuses stops with its code in words, and a second try joins", async function () {
    requires(this, "the test PowerShell", (await findTestPowershell()) !== undefined);
    const world = rehearsal("powershell");
    joinBy(world, "machinePassword", [1]);
    const refused = await world.up({ peculiarities: ["join-reuse-refused"] });
    assert.equal(refused.result, "failed");
    assert.match(text(refused.messages), /code: 0xaac[\s\S]*KB5020276[\s\S]*Delete the old computer account/);
    assert.equal(world.server("aadc-stg-g1").domain.joined, false);
    stayHidden(world, "aadc-stg-g1", [text(refused)]);
    const up = await world.up({ peculiarities: ["no-join-reuse-refused"], operator: "absent" });
    assert.match(text(up.messages), /wizard/i);
    assert.deepEqual(world.server("aadc-stg-g1").domain, { joined: true, name: domain });
  });
});
