import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findTestPowershell } from "../../rehearsal/windows/testPowershell";
import { tlsValues } from "../../review/readiness/judge";
import { requiresEngine } from "../support/engine";
import { Rehearsal } from "../support/rehearsal";
import { requires } from "../support/requires";

const machine = "aadc-stg-g1";
const text = (value: unknown): string => JSON.stringify(value);

describe("prerequisites before a person is called, on the real engine", function () {
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

  describe("a clock that is off and a closed port (F11)", () => {
    let world: Rehearsal;
    before(async function () {
      requires(this, "the test PowerShell", (await findTestPowershell()) !== undefined);
      world = rehearsal("powershell");
    });

    it("stop before anything is installed, both told in the same run, nobody being there", async () => {
      const up = await world.up({ operator: "absent", peculiarities: ["clock-off", "port-closed"] });
      assert.equal(up.result, "failed");
      const told = text(up.messages);
      assert.match(told, /the clock of aadc-stg-g1 is 400(\.\d+)? s off/);
      assert.match(told, /10\.40\.8\.4:389/);
      assert.match(told, /w32tm \/resync/);
      assert.deepEqual(await world.scriptsRunOn(machine), ["reach", "prerequisites"]);
      assert.deepEqual(world.server(machine).packages, []);
      assert.ok(!world.names().includes(`${machine}-installer`), "not even the installer is copied to it");
    });

    it("refuse again as long as the clock is off, on what the server says now", async () => {
      const up = await world.up({ operator: "absent" });
      assert.equal(up.result, "failed");
      assert.deepEqual((await world.scriptsRunOn(machine)).slice(2), ["prerequisites"]);
    });

    it("with the clock right the next up goes on by itself as far as the gate", async () => {
      const up = await world.up({ operator: "absent", peculiarities: ["no-clock-off"] });
      assert.equal(up.result, "failed");
      assert.match(text(up.messages), /wizard/i);
      const ran = await world.scriptsRunOn(machine);
      assert.equal(ran.at(-1), "await-wizard");
      assert.equal(ran.filter((script) => script === "install-package").length, 1);
    });

    it("the run that waits at the gate tells of the port, with what to do, and its verdict is review", async () => {
      const { code, said } = await world.pulumi("up", "--yes", "--skip-preview", "--non-interactive");
      assert.equal(code, 0, said);
      assert.match(said, /Found before you start:[\s\S]*cannot reach 10\.40\.8\.4:389[\s\S]*open these ports/);
      const preview = await world.run("preview");
      assert.equal(preview.changes.update, 0, "behind the gate nothing is asked again by itself");
      assert.match(text(preview.findings), /port-closed.*gate\.proveAgain/);
    });

    it("behind the gate proveAgain asks again: with the port open the verdict is ok, and one more run changes nothing", async () => {
      world.settings(({ gate }) => {
        gate.proveAgain = "the port is open";
      });
      const up = await world.up({ peculiarities: ["no-port-closed"] });
      assert.equal(up.result, "succeeded", text(up.messages));
      assert.equal(up.verdict, "ok", text(up.findings));
      const before = await world.scriptsRunOn(machine);
      const again = await world.up();
      const { same: _, ...changed } = again.changes;
      assert.deepEqual(changed, { create: 0, import: 0, update: 0, replace: 0, delete: 0 });
      assert.deepEqual(await world.scriptsRunOn(machine), before);
    });
  });

  describe("remedy: set", () => {
    const world = rehearsal();
    const registryFile = () => join(world.world, "servers", machine, "registry.json");
    const registry = (): Record<string, Record<string, unknown>> => JSON.parse(readFileSync(registryFile(), "utf8"));

    it("on a good server sets nothing, and the verdict is ok", async () => {
      world.settings((settings) => {
        Object.assign(settings, { prerequisites: { remedy: "set" } });
      });
      const up = await world.up();
      assert.equal(up.result, "succeeded", text(up.messages));
      assert.equal(up.verdict, "ok", text(up.findings));
      assert.deepEqual((await world.scriptsRunOn(machine)).slice(0, 3), [
        "reach",
        "set-prerequisites",
        "prerequisites",
      ]);
    });

    it("asked again, sets what somebody took away, asks for a restart, and one more run changes nothing", async () => {
      const without = registry();
      for (const { key } of tlsValues) delete without[key];
      writeFileSync(registryFile(), JSON.stringify(without));
      world.settings(({ gate }) => {
        gate.proveAgain = "values taken away";
      });
      const up = await world.up();
      assert.equal(up.result, "succeeded", text(up.messages));
      assert.equal(up.verdict, "review");
      assert.match(text(up.findings), /restart-for-tls/);
      for (const { key, name, value } of tlsValues) assert.equal(registry()[key]?.[name], value, `${key} ${name}`);
      const again = await world.up();
      const { same: _, ...changed } = again.changes;
      assert.deepEqual(changed, { create: 0, import: 0, update: 0, replace: 0, delete: 0 });
    });

    it("taken out of the settings, leaves the values and takes the step away without a connection", async () => {
      const before = await world.scriptsRunOn(machine);
      world.settings((settings) => {
        Object.assign(settings, { prerequisites: { remedy: "report" } });
      });
      const up = await world.up();
      assert.equal(up.result, "succeeded", text(up.messages));
      assert.deepEqual([up.changes.delete, up.changes.replace], [1, 0]);
      assert.deepEqual(await world.scriptsRunOn(machine), before);
      for (const { key, name, value } of tlsValues) assert.equal(registry()[key]?.[name], value);
    });
  });
});
