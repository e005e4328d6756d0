import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createExecutor } from "../../rehearsal/windows/executor";
import { requiresEngine } from "../support/engine";
import { Rehearsal } from "../support/rehearsal";
import { requires } from "../support/requires";

const machine = "aadc-stg-g1";
const text = (value: unknown): string => JSON.stringify(value);

describe("the gate, on the real engine", function () {
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

  describe("one server, whose operator lets it wait", () => {
    const world = rehearsal();
    const runsOf = async (script: string): Promise<number> =>
      (await world.scriptsRunOn(machine)).filter((each) => each === script).length;

    it("waitMinutes 0 does not wait: it stops at the gate, and the next up goes on from there", async () => {
      world.settings((config) => {
        config.gate.waitMinutes = 0;
      });
      const up = await world.up({ operator: "absent" });
      assert.equal(up.result, "failed");
      assert.match(text(up.messages), /wizard/i);
      assert.equal(await runsOf("await-wizard"), 1);
      world.settings((config) => {
        config.gate.waitMinutes = 60;
      });
    });

    it("an operator who never comes: up stops with what to do, and the next up goes on from there", async () => {
      const up = await world.up({ operator: "absent" });
      assert.equal(up.result, "failed");
      assert.match(text(up.messages), /pulumi up/);
      assert.match(text(up.messages), /wizard/i);
      const page = join(world.world, "project", `operator-instructions-${machine}.txt`);
      assert.match(readFileSync(page, "utf8"), /MUST BE TICKED/, "told in a file beside the project, too");
      assert.equal(await runsOf("await-wizard"), 2);
    });

    it("an operator whose wizard fails: up stops, and a completed wizard converges", async () => {
      const up = await world.up({ operator: "failing" });
      assert.equal(up.result, "failed");
      assert.match(text(up.findings), /Its log is C:.*trace-.*\.log.*resultStatus=Failed/, "quoted in the run itself");
      assert.equal(await runsOf("verify-staging"), 0, "nothing goes on behind a failed wizard");
      const again = await world.up({ operator: "complete" });
      assert.equal(again.result, "succeeded", text(again.messages));
      assert.equal(again.verdict, "ok");
      assert.equal(await runsOf("install-package"), 1, "what was done is not done again");
      assert.equal(await runsOf("await-wizard"), 4);
    });
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

  it("staging that cannot be read at the first gate: up fails with a code of its own, and the service cannot run", async function () {
    requires(this, "the test PowerShell", (await createExecutor()).kind === "powershell");
    const world = rehearsal("powershell");
    // The codes must arrive under a policy's shell, too.
    const up = await world.up({ operator: "complete", peculiarities: ["modal-dialog", "default-shell-powershell"] });
    assert.equal(up.result, "failed");
    assert.match(text(up.messages), /exited with status 24/);
    assert.match(text(up.findings), /Known cause: .*terms of use/);
    const { services } = world.server(machine);
    assert.deepEqual([services.ADSync?.status, services.ADSync?.startType], ["Stopped", "Disabled"]);
    const again = await world.up({ operator: "complete", peculiarities: ["no-modal-dialog"] });
    assert.match(text(again.messages), /exited with status 24/, "what was stopped unread is not trusted by itself");
    assert.ok(!(await world.scriptsRunOn(machine)).includes("first-synchronization"));
  });
});
