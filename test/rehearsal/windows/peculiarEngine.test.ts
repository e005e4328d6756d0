import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { createExecutor } from "../../../rehearsal/windows/executor";
import { type PeculiarityName, setPeculiarities } from "../../../rehearsal/windows/peculiarities";
import type { ServerWorld } from "../../../rehearsal/windows/serverWorld";
import { simulatedNow } from "../../../rehearsal/windows/simulatedTime";
import type { WindowsExecutor } from "../../../rehearsal/world/contract";
import { type JudgingContext, judgeVerification } from "../../../review/readiness/judge";
import {
  type RemoteScript,
  type ScriptAnswers,
  type ScriptArguments,
  selfContained,
  validateAnswer,
} from "../../../scripts/assemble";
import { judgingContext } from "../../support/judging";
import { requires } from "../../support/requires";
import { execute, machine, type Outcome, outcomeOf, Pair } from "./pair";
import { firstArguments, proofArguments, retireArguments, setUp } from "./stages";

/** Only PowerShell has them: each test brings one machine there, and runs the script as it reaches a server. */
describe("peculiarities of the engine, as the scripts meet them", () => {
  let executor: WindowsExecutor;
  before(async function () {
    executor = await createExecutor();
    requires(this, "the test PowerShell", executor.kind === "powershell");
  });
  let pair: Pair;
  afterEach(() => pair?.close());

  async function ready(...names: PeculiarityName[]): Promise<void> {
    pair = await Pair.make([executor]);
    await setUp(pair);
    await peculiar(...names);
  }

  const peculiar = (...names: PeculiarityName[]) =>
    pair.each((server) =>
      setPeculiarities(
        server,
        names.map((name) => ({ name, on: true })),
      ),
    );

  async function run<Name extends RemoteScript>(name: Name, given: ScriptArguments[Name]): Promise<Outcome> {
    const [member] = pair.members;
    assert.ok(member);
    const { commandLine, stdin } = selfContained(name, given);
    const outcome = await execute(executor, member.server, commandLine, stdin);
    assert.deepEqual((await pair.world()).violations, []);
    return outcome;
  }

  /**
   * The first synchronization while a run of three hours goes on that began at a slow pace: fast only once it has printed
   * what it waits for, however long the machine that tests takes to start it.
   */
  async function runBeside(waitsFor: RegExp): Promise<Outcome> {
    const [member] = pair.members;
    assert.ok(member);
    const { commandLine, stdin } = selfContained("first-synchronization", { ...firstArguments, runWaitMinutes: 600 });
    let stdout = "";
    let stderr = "";
    let faster: Promise<void> | undefined;
    const exitCode = await executor.exec(member.server, {
      commandLine,
      stdin: Buffer.from(stdin),
      onStdout: (chunk) => {
        stdout += chunk.toString();
      },
      onStderr: (chunk) => {
        stderr += chunk.toString();
        if (waitsFor.test(stderr)) faster ??= pair.pace(3000);
      },
    });
    await faster;
    assert.match(stderr, waitsFor);
    assert.deepEqual((await pair.world()).violations, []);
    return outcomeOf(exitCode, stdout, stderr);
  }

  async function answered<Name extends RemoteScript>(
    name: Name,
    given: ScriptArguments[Name],
  ): Promise<ScriptAnswers[Name]> {
    const { exitCode, stdout, stderr } = await run(name, given);
    assert.equal(exitCode, 0, stderr);
    return validateAnswer(name, stdout);
  }

  async function found(code: string, change: Partial<JudgingContext> = {}) {
    const answer = await answered("verify-staging", proofArguments);
    const now = new Date(answer.collectedAt);
    const findings = judgeVerification("aadc-stg-g1", answer, { ...judgingContext, now, ...change });
    return { answer, finding: findings.find((each) => each.code === code), findings };
  }

  it("localdb-near-10gb: a warning with the size, and a healthy one has none", async () => {
    await ready();
    assert.equal((await found("database-near-limit")).finding, undefined);
    await peculiar("localdb-near-10gb");
    const { finding } = await found("database-near-limit");
    assert.match(finding?.title ?? "", /has 9\.2 GB of the 10 GB/);
    assert.equal(finding?.severity, "warning");
  });

  it("localdb-near-10gb: a file that is large although little of it is used counts too, wherever LocalDB keeps it", async () => {
    await ready();
    for (const file of ["ADSync.mdf", "ADSync2019\\ADSync.mdf", "ADSync2022\\ADSync.mdf"]) {
      const path = `C:\\Program Files\\Microsoft Azure AD Sync\\Data\\${file}`;
      await pair.put(path, "stands in for the database\n");
      await pair.edit((world) => {
        world.fileSizes = { [path]: 9 * 1024 ** 3 };
      });
      const { answer, finding } = await found("database-near-limit");
      assert.equal(answer.database?.fileMB, 9 * 1024, file);
      assert.ok(finding, file);
    }
  });

  it("edited-engine-config: found at the second look, with what an upgrade does to it", async () => {
    await ready();
    assert.deepEqual((await found("engine-config-edited")).finding, undefined);
    await peculiar("edited-engine-config");
    const { finding, findings, answer } = await found("engine-config-edited");
    assert.match(finding?.title ?? "", /miiserver\.exe\.config on aadc-stg-g1 is not what it was/);
    assert.match(finding?.next ?? "", /before an upgrade/);
    assert.notEqual(answer.engineConfig?.sha256, answer.engineConfig?.recordedSha256);
    assert.ok(findings.some(({ code }) => code === "engine-config-fips"));
  });

  it("edited-engine-config: edited before the first look, the documented edit is still told", async () => {
    await ready("edited-engine-config");
    const { finding, findings } = await found("engine-config-edited");
    assert.equal(finding, undefined);
    assert.ok(findings.some(({ code }) => code === "engine-config-fips"));
  });

  it("certificate-ends-soon: a warning with the day on which it ends", async () => {
    await ready();
    assert.equal((await found("certificate-ends-soon")).finding, undefined);
    await peculiar("certificate-ends-soon");
    const { finding, answer } = await found("certificate-ends-soon");
    const day = new Date(Date.parse(answer.collectedAt) + 9 * 86_400_000).toISOString().slice(0, 10);
    assert.ok(finding?.title.includes(day), `${finding?.title} names ${day}`);
  });

  it("certificate-ends-soon: the suspended scheduler is told with that day too", async () => {
    await ready("certificate-ends-soon");
    await pair.edit((world) => {
      if (world.adsync) world.adsync.scheduler.schedulerSuspended = true;
    });
    const { finding } = await found("certificate-not-renewed");
    assert.match(finding?.title ?? "", /is not renewed: its scheduler is suspended; its certificate ends on \d{4}-/);
  });

  it("event-log-empty: no failure; the end of the certificate is said to be unknown", async () => {
    await ready("event-log-empty");
    const { answer, finding, findings } = await found("identity");
    assert.deepEqual(answer.certificate, { endsAt: null, events: [] });
    assert.deepEqual(answer.warnings, []);
    assert.match(finding?.title ?? "", /when its certificate ends could not be read/);
    assert.ok(!findings.some(({ code }) => code === "certificate-ends-soon"));
  });

  it("day-first-dates: runs of one night over the end of a month stand in their true order, and none is repeated", async () => {
    await ready("day-first-dates");
    await answered("first-synchronization", firstArguments);
    // 12.09. and 05.10.: month first they would be December and May.
    await dated("2026-11-01", { "Full Import": "2026-09-12", "Delta Synchronization": "2026-10-05" });
    const { runs } = await answered("verify-staging", proofArguments);
    assert.deepEqual(
      runs.map(({ startDate }) => startDate?.slice(0, 10)),
      ["2026-10-05", "2026-10-05", "2026-09-12", "2026-09-12"],
    );
    const again = await answered("first-synchronization", firstArguments);
    assert.deepEqual(
      again.steps.map(({ outcome }) => outcome),
      Array(4).fill("already-done"),
    );
    // Imported again after the synchronization: that one no longer counts.
    await dated("2026-09-12", { "Full Import": "2026-10-09" });
    const made = await answered("first-synchronization", firstArguments);
    assert.deepEqual(made.changes, [
      "Delta Synchronization of contoso.com",
      "Delta Synchronization of contoso.onmicrosoft.com - AAD",
    ]);
  });

  it("day-first-dates: the guard sees the export of this morning, which month first would be one of January", async () => {
    await ready("day-first-dates");
    await pair.edit((world) => {
      const at = "2026-11-01T07:00:00.000Z";
      const [connector] = world.adsync?.connectors ?? [];
      assert.ok(connector);
      world.adsync?.runHistory.unshift({
        runHistoryId: "4c1d2f3a-1111-4222-8333-0123456789ac",
        connectorIdentifier: connector.identifier,
        connectorName: connector.name,
        runProfileName: "Export",
        result: "success",
        startDate: at,
        endDate: at,
        stepTypes: ["export"],
      });
    });
    const { exitCode, stderr } = await run("retire", retireArguments);
    assert.equal(exitCode, 1);
    assert.match(stderr, /\[recent-export\]/);
    assert.equal((await pair.world()).services.ADSync?.status, "Running");
  });

  it("long-first-synchronization: a line while it goes on, and the answer at its end", async () => {
    await ready("long-first-synchronization");
    const { exitCode, stdout, progress, stderr } = await run("first-synchronization", firstArguments);
    assert.equal(exitCode, 0, stderr);
    const lines = progress.split("\n");
    assert.ok(lines.includes("first-synchronization on AADC-STG-G1: Full Import of contoso.com has begun"));
    assert.ok(
      lines.filter((line) => /Full Import of contoso\.com goes on, \d+ min so far$/.test(line)).length > 3,
      progress,
    );
    const { steps } = validateAnswer("first-synchronization", stdout);
    assert.deepEqual(
      steps.map(({ outcome, result }) => `${outcome} ${result}`),
      Array(4).fill("ran success"),
    );
  });

  it("long-first-synchronization: a second one waits for the first, takes its runs, and repeats none", async () => {
    await ready("long-first-synchronization");
    await pair.pace(20);
    const first = run("first-synchronization", firstArguments);
    await until((world) => (world.adsync?.runHistory.length ?? 0) > 0);
    const second = await runBeside(
      /another script of pulumi-entra-connect is still at work here, perhaps this one of a run before; waited \d+ of 600 min/,
    );
    for (const { exitCode, stderr } of [await first, second]) assert.equal(exitCode, 0, stderr);
    const { steps } = validateAnswer("first-synchronization", second.stdout);
    assert.deepEqual(
      steps.map(({ outcome }) => outcome),
      Array(4).fill("already-done"),
    );
    assert.equal((await pair.world()).adsync?.runHistory.length, 4);
  });

  it("long-first-synchronization: where the first was killed, the engine's run goes on and counts", async () => {
    await ready("long-first-synchronization");
    await pair.pace(20);
    const [member] = pair.members;
    assert.ok(member);
    const { commandLine, stdin } = selfContained("first-synchronization", firstArguments);
    const killed = new AbortController();
    const first = executor.exec(member.server, {
      commandLine,
      stdin: Buffer.from(stdin),
      onStdout: () => undefined,
      onStderr: () => undefined,
      signal: killed.signal,
    });
    await until((world) => (world.adsync?.runHistory.length ?? 0) > 0);
    killed.abort();
    assert.notEqual(await first, 0);
    const again = await runBeside(
      /Full Import of contoso\.com runs since 2026-11-01T\S+; waited \d+ of 600 min for it/,
    );
    assert.equal(again.exitCode, 0, again.stderr);
    const { steps } = validateAnswer("first-synchronization", again.stdout);
    assert.deepEqual(
      steps.map(({ outcome }) => outcome),
      ["already-done", "ran", "ran", "ran"],
    );
    const imports = (await pair.world()).adsync?.runHistory.filter(
      ({ runProfileName }) => runProfileName === "Full Import",
    );
    assert.equal(imports?.length, 2, "one for each connector");
  });

  it("run-in-progress: is waited for and named; nothing runs beside it", async () => {
    await ready("run-in-progress");
    const { exitCode, stdout, progress, stderr } = await run("first-synchronization", {
      ...firstArguments,
      runWaitMinutes: 120,
    });
    assert.equal(exitCode, 0, stderr);
    assert.match(
      progress,
      /Full Synchronization of contoso\.com runs since 2026-11-01T\S+; waited \d+ of 120 min for it/,
    );
    assert.equal(validateAnswer("first-synchronization", stdout).steps.length, 4);
  });

  it("run-in-progress: refuses with whose run it is once the settings' time is over", async () => {
    await ready("run-in-progress");
    const { exitCode, stderr } = await run("first-synchronization", { ...firstArguments, runWaitMinutes: 5 });
    assert.equal(exitCode, 1);
    assert.match(
      stderr,
      /\[run-in-progress\]\nWhat: The 5 minutes that gate\.runWaitMinutes allows are over, and a run is still in progress on this server: Full Synchronization of contoso\.com runs since/,
    );
    assert.match(stderr, /gate\.runWaitMinutes, up to 4320/);
  });

  it("run-in-progress: the wizard that opens meanwhile ends the waiting", async () => {
    await ready("run-in-progress");
    const waiting = run("first-synchronization", { ...firstArguments, runWaitMinutes: 120 });
    await until((world) => world.peculiarities.foreignRun?.seen === true);
    await pair.edit((world) => {
      world.processes.push({ name: "AzureADConnect", path: "C:\\x.exe", id: 1 });
    });
    const { stderr } = await waiting;
    assert.match(stderr, /\[wizard-open\]/);
  });

  it("one machine's name is in every line of progress", async () => {
    await ready("run-in-progress");
    const { progress } = await run("first-synchronization", { ...firstArguments, runWaitMinutes: 120 });
    for (const line of progress.trim().split("\n")) assert.ok(line.includes(machine.computerName), line);
  });

  /** Moves runs of these profiles from one day to another. */
  const dated = (from: string, days: Readonly<Record<string, string>>) =>
    pair.edit((world) => {
      for (const run of world.adsync?.runHistory ?? [])
        for (const end of ["startDate", "endDate"] as const)
          run[end] = run[end].replace(from, days[run.runProfileName] ?? from);
    });

  /** Looks until the world is so; it passes by itself, since the script goes on. */
  async function until(holds: (world: ServerWorld) => boolean): Promise<void> {
    for (;;) {
      // The stub puts a new file in the old one's place, and for a moment there is none.
      const world = await pair.world().catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "ENOENT") throw error;
      });
      if (world && holds(world)) return;
      if (world)
        assert.ok(simulatedNow(world.clock).getTime() - Date.parse(world.clock.simulatedStart) < 30 * 86_400_000);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
});
