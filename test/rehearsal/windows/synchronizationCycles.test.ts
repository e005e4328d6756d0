import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { boot, createServerWorld } from "../../../rehearsal/windows/createServerWorld";
import { createExecutor } from "../../../rehearsal/windows/executor";
import { changeServerWorld, readServerWorld } from "../../../rehearsal/windows/serverFiles";
import type { RunWorld, ServerWorld, SynchronizationWorld } from "../../../rehearsal/windows/serverWorld";
import { simulatedNow } from "../../../rehearsal/windows/simulatedTime";
import { atThisMoment, runCycles } from "../../../rehearsal/windows/synchronizationCycles";
import { completeWizard } from "../../../rehearsal/windows/wizard";
import type { ServerFolder } from "../../../rehearsal/world/contract";
import { amongCycles } from "../../../rehearsal/world/taskScheduler";
import { selfContained, validateAnswer } from "../../../scripts/assemble";
import { execute, machine, type Pair, usePairs } from "./pair";
import { firstArguments, proofArguments, retireArguments, serviceIs, setUp, stagingOff } from "./stages";

const wizardPackage = { displayName: "Microsoft Entra Connect Sync", displayVersion: "2.6.92.0" } as const;
const aad = "contoso.onmicrosoft.com - AAD";

describe("the scheduler of a simulated synchronization engine", () => {
  let server: ServerFolder;
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "entra-connect-cycles-"));
    server = { name: machine.name, path: join(folder, machine.name) };
    await mkdir(join(server.path, "ssh"), { recursive: true });
    await createServerWorld(server, machine, clock("08:00:00"));
    await changeServerWorld(server, (world) => {
      world.packages = [{ ...wizardPackage, productCode: "{P}", upgradeCode: "{U}" }];
    });
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** The clock stands still: only what a test says passes. */
  const clock = (time: string) => ({
    scale: 0,
    realStart: new Date().toISOString(),
    simulatedStart: `2026-11-26T${time}.000Z`,
  });
  const lookAt = async (time: string) => {
    await changeServerWorld(server, (world) => {
      world.clock = clock(time);
    });
    await runCycles(server);
    const { adsync } = atThisMoment(await readServerWorld(server));
    assert.ok(adsync);
    return adsync;
  };
  const wizard = (staging: boolean, startSynchronization = true) =>
    completeWizard(server, { staging, startSynchronization });
  const change = (edit: (engine: SynchronizationWorld) => void) =>
    changeServerWorld(server, ({ adsync }) => {
      if (adsync) edit(adsync);
    });
  const told = ({ runHistory }: SynchronizationWorld) =>
    [...runHistory].reverse().map((run: RunWorld) => {
      const time = (instant: string) => instant.slice(11, 16);
      return `${time(run.startDate)}-${time(run.endDate)} ${run.runProfileName} ${run.connectorName} ${run.result}`;
    });

  it("begins a cycle every 30 minutes, shows what is in progress, and what has ended with its own instants", async () => {
    await wizard(true);
    assert.deepEqual(told(await lookAt("08:29:59")), []);
    const first = await lookAt("08:31:30");
    assert.equal(first.scheduler.syncCycleInProgress, true);
    assert.deepEqual(told(first), [
      "08:30-08:31 Delta Import contoso.com success",
      `08:31- Delta Import ${aad} in-progress`,
    ]);
    assert.equal(first.scheduler.nextSyncCycleStart, "2026-11-26T09:00:00.000Z");
    const over = await lookAt("08:40:00");
    assert.equal(over.scheduler.syncCycleInProgress, false);
    assert.deepEqual(told(over).slice(2), [
      "08:32-08:33 Delta Synchronization contoso.com success",
      `08:33-08:34 Delta Synchronization ${aad} success`,
    ]);
    assert.equal((await lookAt("09:10:00")).runHistory.length, 8);
    assert.equal((await lookAt("09:10:00")).runHistory.length, 8, "another look changes nothing");
  });

  it("exports on an active server, and never on one in staging mode", async () => {
    await wizard(false);
    assert.deepEqual(
      told(await lookAt("08:40:00")).slice(4),
      ["contoso.com", aad].map((name, n) => `08:3${4 + n}-08:3${5 + n} Export ${name} success`),
    );
    await change((engine) => {
      engine.stagingMode = true;
    });
    const profiles = (await lookAt("09:10:00")).runHistory.slice(0, 4).map(({ runProfileName }) => runProfileName);
    assert.ok(!profiles.includes("Export"), profiles.join());
  });

  it("begins nothing where it is off, suspended, or the service is stopped", async () => {
    await wizard(true, false);
    assert.deepEqual(told(await lookAt("10:00:00")), []);
    await change(({ scheduler }) => Object.assign(scheduler, { syncCycleEnabled: true, schedulerSuspended: true }));
    assert.deepEqual(told(await lookAt("11:00:00")), []);
    await change(({ scheduler }) => Object.assign(scheduler, { schedulerSuspended: false }));
    await changeServerWorld(server, ({ services }) => {
      if (services.ADSync) services.ADSync.status = "Stopped";
    });
    assert.deepEqual(told(await lookAt("11:30:00")), []);
  });

  it("begins at once, and not in the past, where it was off until now", async () => {
    await wizard(true, false);
    await lookAt("10:00:00");
    await change(({ scheduler }) => Object.assign(scheduler, { syncCycleEnabled: true }));
    assert.match(told(await lookAt("10:00:00"))[0] ?? "", /^10:00-/);
  });

  it("waits for somebody's run, and begins when that is over", async () => {
    await wizard(true);
    await change((engine) => {
      const [connector] = engine.connectors;
      assert.ok(connector);
      engine.runHistory.unshift({
        runHistoryId: "4c1d2f3a-1111-4222-8333-0123456789ac",
        connectorIdentifier: connector.identifier,
        connectorName: connector.name,
        runProfileName: "Full Import",
        result: "success",
        startDate: "2026-11-26T08:10:00.000Z",
        endDate: "2026-11-26T08:45:00.000Z",
        finishesAt: "2026-11-26T08:45:00.000Z",
        stepTypes: ["full-import"],
      });
    });
    assert.deepEqual(told(await lookAt("08:40:00")), ["08:10- Full Import contoso.com in-progress"]);
    assert.match(told(await lookAt("08:46:00"))[1] ?? "", /^08:45-08:46 Delta Import/);
  });

  it("ends with the machine: what ran is stopped, what was to come does not come", async () => {
    await wizard(true);
    await lookAt("08:31:30");
    await boot(server, clock("08:31:40"));
    const after = await lookAt("08:50:00");
    assert.deepEqual(told(after), [
      "08:30-08:31 Delta Import contoso.com success",
      `08:31-08:31 Delta Import ${aad} stopped-server`,
    ]);
    assert.equal(after.scheduler.syncCycleInProgress, false);
    assert.match(told(await lookAt("09:01:00"))[2] ?? "", /^09:00-09:01/);
  });

  it("keeps the history of a week", async () => {
    await wizard(true);
    for (let day = 0; day < 9; day += 1)
      for (const time of ["00:15:00", "12:15:00"]) {
        await changeServerWorld(server, (world) => {
          world.clock = { ...clock(time), simulatedStart: `2026-12-0${day + 1}T${time}.000Z` };
        });
        await runCycles(server);
      }
    const { adsync } = await readServerWorld(server);
    assert.ok(adsync);
    const oldest = adsync.runHistory.map(({ startDate }) => startDate).sort()[0] ?? "";
    assert.ok(oldest >= "2026-12-02T00:15:00.000Z", oldest);
  });

  it("is met by a script as it stands at that moment, whenever somebody looked last", async () => {
    await wizard(true);
    await lookAt("08:00:00");
    const emulated = amongCycles(await createExecutor({ powershell: "off" }), runCycles);
    await changeServerWorld(server, (world) => {
      world.clock = clock("08:31:30");
    });
    const { commandLine, stdin } = selfContained("first-synchronization", firstArguments);
    const { exitCode, stderr } = await execute(emulated, server, commandLine, stdin);
    assert.equal(exitCode, 1);
    assert.match(
      stderr,
      /\[run-in-progress\][\s\S]*Delta Import of contoso\.onmicrosoft\.com - AAD runs since 2026-11-26T08:31:00Z; a cycle of the scheduler is in progress/,
    );
  });
});

describe("scripts that meet a cycle of the scheduler, in PowerShell and emulated", () => {
  const machines = usePairs();
  let pair: Pair;

  /** A cycle has begun, and goes on for so many simulated minutes. */
  const midCycle = async (minutes: number) => {
    // One instant for both: it is in what they say.
    const now = simulatedNow((await pair.world()).clock).getTime();
    await pair.edit(({ adsync }) => {
      assert.ok(adsync);
      const ends = new Date(now + minutes * 60_000).toISOString();
      const [connector] = adsync.connectors;
      assert.ok(connector);
      adsync.scheduler.cycle = { endsAt: ends, toCome: [] };
      adsync.runHistory.unshift({
        runHistoryId: "4c1d2f3a-1111-4222-8333-0123456789ac",
        connectorIdentifier: connector.identifier,
        connectorName: connector.name,
        runProfileName: "Delta Import",
        result: "success",
        startDate: new Date(now).toISOString(),
        endDate: ends,
        finishesAt: ends,
        byScheduler: true,
        stepTypes: ["delta-import"],
      });
    });
  };
  const begin = async () => {
    pair = await machines();
    await setUp(pair, { startSynchronization: true });
    await pair.pace(100);
  };
  /** A cycle that is over once a script is heard waiting for it; until then the clock stands, however slow this computer is. */
  const cycleUntilHeard = async (also: (world: ServerWorld) => void = () => undefined) => {
    await pair.edit((world) => {
      const simulatedStart = simulatedNow(world.clock).toISOString();
      world.clock = { scale: 100, realStart: new Date(Date.now() + 86_400_000).toISOString(), simulatedStart };
    });
    await midCycle(10);
    const ended = new Map<string, Promise<void>>();
    const end = (world: ServerWorld) => {
      const { adsync, clock } = world;
      const [run] = adsync?.runHistory ?? [];
      assert.ok(adsync && run);
      const now = simulatedNow(clock).toISOString();
      adsync.scheduler.cycle = { endsAt: now, toCome: [] };
      Object.assign(run, { endDate: now, finishesAt: now });
      world.clock = { ...clock, realStart: new Date().toISOString() };
      also(world);
    };
    const heard = (server: ServerFolder, said: string) => {
      if (/waited/.test(said) && !ended.has(server.path)) ended.set(server.path, changeServerWorld(server, end));
    };
    return { heard, ended };
  };
  const waiting = (script: string) =>
    new RegExp(
      `^${script} on AADC-STG-G1: Delta Import of contoso\\.com runs since \\S+; a cycle of the scheduler is in progress; waited \\d+ of \\d+ min for it$`,
      "m",
    );

  it("retire waits for its end, proves staging again, and retires", async () => {
    await begin();
    const { heard } = await cycleUntilHeard();
    const { exitCode, stdout, progress, stderr } = await pair.run("retire", retireArguments, heard);
    assert.equal(exitCode, 0, stderr);
    assert.match(progress, waiting("retire"));
    assert.equal(validateAnswer("retire", stdout).outcome, "proven-staging");
    await serviceIs(pair, "Stopped", "Disabled");
  });

  const changedMeanwhile: readonly (readonly [string, RegExp, (world: ServerWorld) => void])[] = [
    ["was switched to active", /\[active\]/, stagingOff],
    [
      "got a pass-through authentication agent",
      /\[pass-through-agent\]/,
      ({ services }) => {
        services.AzureADConnectAuthenticationAgent = {
          displayName: "Microsoft Entra Connect Authentication Agent",
          status: "Running",
          startType: "Automatic",
          account: "NT AUTHORITY\\NETWORK SERVICE",
          path: "C:\\Agent\\AzureADConnectAuthenticationAgentService.exe",
        };
      },
    ],
  ];
  for (const [what, refusal, change] of changedMeanwhile)
    it(`retire refuses a server that ${what} while it waited`, async () => {
      await begin();
      const { heard, ended } = await cycleUntilHeard(change);
      const ask = async ({ executor, server }: Pair["members"][number]) => {
        const { commandLine, stdin } = selfContained("retire", retireArguments);
        const { exitCode, stderr } = await execute(executor, server, commandLine, stdin, heard);
        assert.ok(ended.has(server.path), "it waited");
        assert.equal(exitCode, 1);
        assert.match(stderr, refusal);
        const { ADSync } = (await readServerWorld(server)).services;
        assert.deepEqual([ADSync?.status, ADSync?.startType], ["Running", "Automatic"]);
      };
      await Promise.all(pair.members.map(ask));
    });

  it("retire refuses after a quarter of an hour, and says who runs and how long was waited", async () => {
    await begin();
    await pair.pace(300);
    await midCycle(10_000);
    const { exitCode, stderr } = await pair.run("retire", retireArguments);
    assert.equal(exitCode, 1);
    assert.match(
      stderr,
      /\[run-in-progress\]\nWhat: A synchronization run is in progress on this server, and 15 minutes were waited for its end: Delta Import of contoso\.com runs since \S+; a cycle of the scheduler is in progress\. It is not deleted\./,
    );
    await serviceIs(pair, "Running", "Automatic");
  });

  it("first-synchronization waits for its end", async () => {
    await begin();
    const { heard } = await cycleUntilHeard();
    const { exitCode, progress, stderr } = await pair.run(
      "first-synchronization",
      { ...firstArguments, runWaitMinutes: 600 },
      heard,
    );
    assert.equal(exitCode, 0, stderr);
    assert.match(progress, waiting("first-synchronization"));
  });

  it("verify-staging proves staging in the middle of it, and tells it", async () => {
    await begin();
    await midCycle(10_000);
    const { exitCode, stdout, stderr } = await pair.run("verify-staging", proofArguments);
    assert.equal(exitCode, 0, stderr);
    const { scheduler, runs } = validateAnswer("verify-staging", stdout);
    assert.equal(scheduler.syncCycleInProgress, true);
    assert.deepEqual([runs[0]?.result, runs[0]?.endDate], ["in-progress", null]);
  });
});
