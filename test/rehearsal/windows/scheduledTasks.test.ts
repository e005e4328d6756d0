import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServerWorld } from "../../../rehearsal/windows/createServerWorld";
import { commandOf, nextRun, runDueTasks } from "../../../rehearsal/windows/scheduledTasks";
import { changeServerWorld, readServerWorld } from "../../../rehearsal/windows/serverFiles";
import type { ServerFolder } from "../../../rehearsal/world/contract";
import { startTaskScheduler } from "../../../rehearsal/world/taskScheduler";
import { taskLine, taskXml } from "../../../scripts/assemble";
import { machine } from "./pair";

const pins = { scriptSha256: "a".repeat(64), configurationSha256: "b".repeat(64), chain: machine.vmId };
const xml = (startTime: string, everyHours = 24) =>
  taskXml({ schedule: { startTime, everyHours }, waitMinutes: 60, ...pins });
const at = (instant: string) => new Date(instant);

describe("a simulated machine's task scheduler", () => {
  let server: ServerFolder;
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "entra-connect-tasks-"));
    server = { name: machine.name, path: join(folder, machine.name) };
    await mkdir(join(server.path, "ssh"), { recursive: true });
    await clockAt("2026-11-26T08:00:00.000Z", true);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** The clock stands still: only what a test says passes. */
  async function clockAt(simulatedStart: string, make = false): Promise<void> {
    const clock = { scale: 0, realStart: new Date().toISOString(), simulatedStart };
    if (make) await createServerWorld(server, machine, clock);
    else
      await changeServerWorld(server, (world) => {
        world.clock = clock;
      });
  }

  const register = (text: string) =>
    changeServerWorld(server, (world) => {
      world.tasks = {
        task: {
          xml: text,
          registeredAt: "2026-11-26T08:00:00.000Z",
          state: "Ready",
          lastRunAt: null,
          lastResult: 0x41303,
          startRequested: false,
        },
      };
    });

  it("reads the definition as it was given: when, how often, and what it starts", () => {
    assert.equal(nextRun(xml("04:10"), at("2026-11-26T08:00:00Z")).toISOString(), "2026-11-27T04:10:00.000Z");
    assert.equal(nextRun(xml("04:10"), at("2026-11-27T04:09:59Z")).toISOString(), "2026-11-27T04:10:00.000Z");
    assert.equal(nextRun(xml("04:10", 6), at("2026-11-26T08:00:00Z")).toISOString(), "2026-11-26T10:10:00.000Z");
    assert.equal(nextRun(xml("23:59", 1), at("2025-06-01T00:00:00Z")).toISOString(), "2026-01-01T23:59:00.000Z");
    assert.equal(commandOf(xml("04:10")), taskLine(pins));
  });

  it("runs a task when its hour has come, once however often it was missed, and keeps its result", async () => {
    const ran: string[] = [];
    const runs = () =>
      runDueTasks(server, async (_, command) => {
        ran.push(command);
        assert.equal((await readServerWorld(server)).tasks?.task?.state, "Running");
        return 40;
      });
    await register(xml("04:10"));
    assert.deepEqual(await runs(), []);
    await clockAt("2026-11-27T04:10:00.000Z");
    assert.deepEqual(await runs(), ["task"]);
    assert.deepEqual(await runs(), []);
    await clockAt("2026-12-05T09:00:00.000Z");
    assert.deepEqual(await runs(), ["task"]);
    assert.deepEqual(ran, [taskLine(pins), taskLine(pins)]);
    const { tasks } = await readServerWorld(server);
    assert.deepEqual([tasks?.task?.state, tasks?.task?.lastResult], ["Ready", 40]);
    await changeServerWorld(server, (world) => {
      if (world.tasks?.task) world.tasks.task.state = "Disabled";
    });
    await clockAt("2026-12-09T09:00:00.000Z");
    assert.deepEqual(await runs(), []);
  });

  it("looks at every machine that runs, as long as the world is open", async () => {
    const asked: string[] = [];
    const calls: string[] = [];
    const cycled: string[] = [];
    const machineNamed = (name: string, power: "running" | "deallocated") =>
      ({ server: { name, path: name }, power, restarting: false, gone: new AbortController().signal }) as never;
    let ran: (() => void) | undefined;
    const once = new Promise<void>((resolve) => {
      ran = resolve;
    });
    const scheduler = startTaskScheduler({
      machines: () => ({ all: () => [machineNamed("on", "running"), machineNamed("off", "deallocated")] }) as never,
      runDueTasks: async ({ name }) => {
        asked.push(name);
        ran?.();
        return asked.length === 1 ? ["task"] : [];
      },
      runCycles: async ({ name }) => void cycled.push(name),
      calls: { record: ({ action, target }) => void calls.push(`${action} ${target}`), entries: () => [] },
    });
    await once;
    await scheduler.stop();
    const count = asked.length;
    assert.ok(count >= 1 && asked.every((name) => name === "on"));
    assert.deepEqual(calls, ["task task on"]);
    assert.equal(asked.length, count);
  });
});
