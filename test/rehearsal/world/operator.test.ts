import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { openCallLog } from "../../../rehearsal/world/callLog";
import { startClock } from "../../../rehearsal/world/clock";
import type { OperatorBehaviour } from "../../../rehearsal/world/contract";
import { type Operator, type OperatorHands, startOperator } from "../../../rehearsal/world/operator";
import { eventually } from "../../support/eventually";
import { temporaryFolder } from "./scriptedWorld";

describe("the simulated operator", () => {
  const server = { name: "aadc-stg-g1", path: "aadc-stg-g1" };
  const staying = new AbortController().signal;
  let dir: string;
  let operator: Operator;
  let done: string[];
  let state: Awaited<ReturnType<OperatorHands["wizardState"]>>;
  let slept: number[];
  /** Time does not pass. */
  let hold: boolean;
  let results: () => string[];

  beforeEach(async () => {
    dir = await temporaryFolder();
    [done, slept, state, hold] = [[], [], "waiting", false];
  });
  afterEach(async () => {
    await operator.leave();
    await rm(dir, { recursive: true });
  });

  const start = (behaviour: OperatorBehaviour, more: Partial<OperatorHands> = {}) => {
    const clock = startClock(1_000_000, new Date());
    const calls = openCallLog(join(dir, "calls.jsonl"), clock);
    results = () => calls.entries().map((entry) => `${entry.action}: ${entry.result}`);
    operator = startOperator({
      behaviour: () => behaviour,
      clock: {
        ...clock,
        sleep: (seconds, signal) => {
          slept.push(seconds);
          return clock.sleep(hold ? 1e12 : seconds, signal);
        },
      },
      calls,
      hands: {
        wizardState: async () => state,
        openWizard: async () => {
          done.push("open");
          state = "open";
        },
        completeWizard: async (_server, choices) => {
          done.push(`complete, staging ${choices.staging}`);
          state = "completed";
        },
        failWizard: async () => {
          done.push("fail");
          state = "failed";
        },
        ...more,
      },
    });
  };
  const until = (reached: () => boolean) => eventually("what the operator does", reached);

  it("completes the wizard with staging mode ticked, 10 simulated minutes after being asked", async () => {
    start("complete");
    operator.asked(server, staying);
    operator.asked(server, staying);
    await until(() => state === "completed");
    assert.deepEqual(done, ["open", "complete, staging true"]);
    assert.equal(
      slept.reduce((sum, seconds) => sum + seconds, 0),
      600,
    );
  });

  it("leaves the staging box unticked when told", async () => {
    start("staging-unticked");
    operator.asked(server, staying);
    await until(() => state === "completed");
    assert.deepEqual(done, ["open", "complete, staging false"]);
  });

  it("fails, and tries again when the gate asks again", async () => {
    start("failing");
    for (const round of [1, 2]) {
      operator.asked(server, staying);
      await until(() => done.filter((each) => each === "fail").length === round);
      await until(() => results().filter((each) => each.startsWith("wizard closed")).length === round);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    assert.deepEqual(done, ["open", "fail", "open", "fail"]);
  });

  it("does not come when absent", async () => {
    start("absent");
    operator.asked(server, staying);
    await until(() => results().includes("asked: absent: nobody comes"));
    assert.deepEqual(done, []);
  });

  it("finishes between two runs what the run did not wait for", async () => {
    start("complete");
    hold = true;
    operator.asked(server, staying);
    await until(() => slept.length === 1);
    await operator.leave();
    assert.deepEqual(done, ["open", "complete, staging true"]);
    assert.ok(results().includes("wizard completed: staging mode ticked, between two runs"), `${results()}`);
  });

  it("does not finish on a machine that is gone when the run ends", async () => {
    start("complete");
    hold = true;
    const gone = new AbortController();
    operator.asked(server, gone.signal);
    await until(() => slept.length === 1);
    gone.abort(new Error("deleted"));
    await operator.leave();
    assert.deepEqual(done, []);
  });

  it("leaves a completed wizard alone", async () => {
    start("complete");
    state = "completed";
    operator.asked(server, staying);
    await operator.leave();
    assert.deepEqual(done, []);
  });

  it("stops when the machine is gone, and says it when the wizard cannot be run", async () => {
    start("complete");
    const gone = new AbortController();
    gone.abort(new Error("deleted"));
    operator.asked(server, gone.signal);
    await new Promise((resolve) => setTimeout(resolve, 10));
    assert.deepEqual(done, []);
    await operator.leave();
    start("complete", {
      openWizard: async () => {
        throw new Error("Entra Connect is not installed there");
      },
    });
    operator.asked(server, staying);
    await until(() => results().includes("wizard: Entra Connect is not installed there"));
  });
});
