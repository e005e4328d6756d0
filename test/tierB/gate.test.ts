import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { requiresEngine } from "../support/engine";
import { Rehearsal } from "../support/rehearsal";

const machine = "aadc-stg-g1";
const text = (value: unknown): string => JSON.stringify(value);

describe("the gate, on the real engine", function () {
  this.timeout(240_000);
  before(async function () {
    await requiresEngine(this);
  });
  const open: Rehearsal[] = [];
  const rehearsal = (): Rehearsal => {
    const made = new Rehearsal();
    open.push(made);
    return made;
  };
  after(() => {
    for (const each of open) each.remove();
  });

  it("an operator who never comes: up stops with what to do, and the next up goes on from there", async () => {
    const world = rehearsal();
    const up = await world.up({ operator: "absent" });
    assert.equal(up.result, "failed");
    assert.match(text(up.messages), /pulumi up/);
    assert.match(text(up.messages), /wizard/i);
    const page = join(world.world, "project", `operator-instructions-${machine}.txt`);
    assert.match(readFileSync(page, "utf8"), /MUST BE TICKED/, "told in a file beside the project, too");
    const again = await world.up({ operator: "complete" });
    assert.equal(again.result, "succeeded", text(again.messages));
    assert.equal(again.verdict, "ok");
    const ran = await world.scriptsRunOn(machine);
    assert.equal(ran.filter((script) => script === "install-package").length, 1, "what was done is not done again");
    assert.equal(ran.filter((script) => script === "await-wizard").length, 2);
  });

  it("an operator whose wizard fails: up stops, and a completed wizard converges", async () => {
    const world = rehearsal();
    const up = await world.up({ operator: "failing" });
    assert.equal(up.result, "failed");
    assert.ok(
      !(await world.scriptsRunOn(machine)).includes("verify-staging"),
      "nothing goes on behind a failed wizard",
    );
    assert.equal((await world.up({ operator: "complete" })).result, "succeeded");
  });

  it("staging left unticked: up fails, says so, and the synchronization service cannot run", async () => {
    const world = rehearsal();
    const up = await world.up({ operator: "staging-unticked" });
    assert.equal(up.result, "failed");
    assert.match(text(up.messages), /staging/i);
    const { services, adsync } = world.server(machine);
    assert.equal(services.ADSync?.status, "Stopped");
    assert.equal(services.ADSync?.startType, "Disabled");
    assert.ok(adsync?.runHistory.every((run) => !run.stepTypes.some((type) => /export/i.test(type))));
    assert.ok(!(await world.scriptsRunOn(machine)).includes("first-synchronization"));

    const again = await world.up({ operator: "complete" });
    assert.equal(again.result, "failed", "the next up does not talk itself into trusting it");
    assert.equal(world.server(machine).services.ADSync?.startType, "Disabled");
  });

  it("waitMinutes 0 does not wait: it stops at the gate, and the next up after the wizard goes on", async () => {
    const world = rehearsal();
    world.settings((config) => {
      config.gate.waitMinutes = 0;
    });
    const up = await world.up({ operator: "absent" });
    assert.equal(up.result, "failed");
    assert.match(text(up.messages), /wizard/i);
    world.settings((config) => {
      config.gate.waitMinutes = 60;
    });
    assert.equal((await world.up({ operator: "complete" })).result, "succeeded");
  });
});
