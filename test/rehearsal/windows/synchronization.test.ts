import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { describe, it } from "mocha";
import { changeServerWorld, pathOnDrive } from "../../../rehearsal/windows/serverFiles";
import type { ConnectorWorld, RunWorld, ServerWorld } from "../../../rehearsal/windows/serverWorld";
import { completeWizard, failWizard, openWizard } from "../../../rehearsal/windows/wizard";
import type { ServerFolder } from "../../../rehearsal/world/contract";
import { scriptExitCodes, selfContained, validateAnswer } from "../../../scripts/assemble";
import { requires } from "../../support/requires";
import { execute, type Pair, usePairs } from "./pair";
import {
  deliverInstaller,
  firstArguments,
  gateArguments,
  installed,
  prerequisitesArguments,
  proofArguments,
  setUp,
  version,
} from "./stages";

let pair: Pair;

const gate = gateArguments;
const page = gate.instructionsPath;
const settingsPath = gate.settingsFilePath;
const folder = "C:\\ProgramData\\pulumi-entra-connect";
const stoppedPath = `${folder}\\stopped.json`;
const passedPath = `${folder}\\gate-passed.json`;

/** The script has begun to wait when its token lies there. */
async function until(server: ServerFolder, windowsPath: string): Promise<void> {
  while (!existsSync(pathOnDrive(server, windowsPath))) await new Promise((resolve) => setTimeout(resolve, 20));
}

function scheduledRun(connector: ConnectorWorld, runProfileName: string, minute: number, result: string): RunWorld {
  const at = `2026-11-01T08:0${minute}:00.000Z`;
  return {
    runHistoryId: randomUUID(),
    connectorIdentifier: connector.identifier,
    connectorName: connector.name,
    runProfileName,
    result,
    startDate: at,
    endDate: at,
    stepTypes: [runProfileName.toLowerCase().replace(" ", "-")],
  };
}

async function serviceIs(status: string, startType: string): Promise<void> {
  const { ADSync } = (await pair.world()).services;
  assert.deepEqual([ADSync?.status, ADSync?.startType], [status, startType]);
}

function disabled({ services: { ADSync } }: ServerWorld): void {
  if (ADSync) ADSync.startType = "Disabled";
}

function stoppedService({ services: { ADSync } }: ServerWorld): void {
  if (ADSync) ADSync.status = "Stopped";
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

describe("await-wizard, in PowerShell and emulated", () => {
  const machines = usePairs();
  it("shows the operator's page and stops with its own exit code when nobody comes", async () => {
    pair = await machines();
    await installed(pair);
    const outcome = await pair.run("await-wizard", gate);
    assert.equal(outcome.exitCode, scriptExitCodes.gateWaiting);
    assert.match(outcome.stderr, /\[waiting\][\s\S]*Complete Entra Connect\.html/);
    assert.equal(await pair.readFile(page), gate.instructions);
  });

  it("waits with one short line a look, and answers once the wizard is completed and closed", async () => {
    pair = await machines();
    await installed(pair);
    await pair.put(settingsPath, '{"exported":true}');
    await pair.each(openWizard);
    const waiting = pair.run("await-wizard", { ...gate, waitMinutes: 6000, pollSeconds: 600 });
    await pair.each((server) => until(server, "C:\\ProgramData\\pulumi-entra-connect\\gate.json"));
    await pair.each((server) => completeWizard(server, { staging: true }));
    const outcome = await waiting;
    const lines = outcome.stdout.trimEnd().split("\n");
    assert.ok(lines.length > 1);
    assert.match(lines[0] ?? "", /^gate on AADC-STG-G1: \d+ of 6000 min, the wizard is open$/);
    const answer = validateAnswer("await-wizard", outcome.stdout);
    assert.equal(answer.appliedFile.sha256, sha256('{"exported":true}'));
    assert.equal(await pair.readFile(page), undefined);
  });

  it("answers at once, and writes no page, where the wizard was completed before", async () => {
    pair = await machines();
    await setUp(pair);
    const answer = validateAnswer("await-wizard", (await pair.run("await-wizard", gate)).stdout);
    assert.equal(answer.waitedMinutes, 0);
    assert.equal(await pair.readFile(page), undefined);
  });

  it("stops and disables the synchronization service at once where staging was left off, and says what to do", async () => {
    pair = await machines();
    await setUp(pair, { staging: false, startSynchronization: true });
    const outcome = await pair.run("await-wizard", { ...gate, waitMinutes: 60 });
    assert.equal(outcome.exitCode, scriptExitCodes.stagingOff);
    assert.match(outcome.stderr, /\[staging-off\][\s\S]*a higher number in `generations`[\s\S]*New-NetFirewallRule/);
    await serviceIs("Stopped", "Disabled");
    const again = await pair.run("await-wizard", { ...gate, waitMinutes: 60 });
    assert.match(
      again.stderr,
      /\[stopped-by-gate\]\nWhat: .* is stopped and disabled: this gate stopped it at 2026-11-01T\S+Z, because staging mode was off at the gate \(scheduler says False, [^)]*\)\. Its record is .*stopped\.json/,
    );
    assert.equal(again.exitCode, scriptExitCodes.stagingOff);
  });

  it("tries to stop a service that would not stop again at every look, and says meanwhile that it is RUNNING", async () => {
    for (const peculiarities of [
      { serviceDoesNotStop: true },
      { serviceStopRefused: "The service did not respond in time. (1053)" },
    ]) {
      pair = await machines();
      await setUp(pair, { staging: false, startSynchronization: true });
      await pair.edit((world) => {
        world.peculiarities = peculiarities;
      });
      for (const _ of ["the first look", "and the next"]) {
        const outcome = await pair.run("await-wizard", gate);
        assert.equal(outcome.exitCode, scriptExitCodes.stillRunning);
        assert.match(
          outcome.stderr,
          /\[service-not-stopped\]\nWhat: The synchronization service ADSync is RUNNING, start mode Disabled/,
        );
        assert.match(outcome.stderr, /\nNext: At once, .*Stop-Service[\s\S]*Restart-Computer/);
        assert.doesNotMatch(outcome.stderr, /by hand/);
        await serviceIs("Running", "Disabled");
        // Whoever dies between the record and the stop leaves word of whose doing it is.
        assert.match((await pair.readFile(stoppedPath)) ?? "", /"reason":"staging mode was off at the gate/);
      }
      await pair.edit((world) => {
        world.peculiarities = {};
      });
      const stopped = await pair.run("await-wizard", gate);
      assert.equal(stopped.exitCode, scriptExitCodes.stagingOff);
      assert.match(
        stopped.stderr,
        /\[stopped-by-gate\][\s\S]*because staging mode was off[\s\S]*\nNote: ADSync was RUNNING when this gate looked; it has stopped it just now\./,
      );
      await serviceIs("Stopped", "Disabled");
    }
  });

  it("stops a disabled service that runs although no record tells of it, and one of which another machine's record tells", async () => {
    for (const left of [
      undefined,
      '{"stoppedAt":"2026-10-01T00:00:00Z","computerName":"AADC-STG-G1","vmId":"x","reason":"of old"}',
    ]) {
      pair = await machines();
      await setUp(pair, { staging: false, startSynchronization: true });
      if (left !== undefined) await pair.put(stoppedPath, left);
      await pair.edit(disabled);
      const outcome = await pair.run("await-wizard", gate);
      assert.match(
        outcome.stderr,
        /\[stopped-by-gate\][\s\S]*because it was disabled and RUNNING before this server had passed its gate/,
      );
      await serviceIs("Stopped", "Disabled");
    }
  });

  it("stops a service that may be exporting although its record cannot be written or read", async function () {
    pair = await machines();
    const [member] = pair.members;
    requires(this, "the test PowerShell", member?.executor.kind === "powershell");
    assert.ok(member);
    await setUp(pair, { staging: false, startSynchronization: true });
    await mkdir(pathOnDrive(member.server, `${stoppedPath}.new`), { recursive: true });
    const { commandLine, stdin } = selfContained("await-wizard", gate);
    const outcome = await execute(member.executor, member.server, commandLine, stdin);
    assert.match(outcome.stderr, /\[staging-off\][\s\S]*\nNote: .*stopped\.json could not be written/);
    await serviceIs("Stopped", "Disabled");
    await writeFile(pathOnDrive(member.server, stoppedPath), '{"reason":');
    await changeServerWorld(member.server, ({ services: { ADSync } }) => {
      if (ADSync) ADSync.status = "Running";
    });
    const again = await execute(member.executor, member.server, commandLine, stdin);
    assert.match(again.stderr, /\[service-disabled\][\s\S]*\nNote: .*cannot be read[\s\S]*\nNote: ADSync was RUNNING/);
    await serviceIs("Stopped", "Disabled");
  });

  it("leaves a service alone that somebody disabled, says so, and never stops it once the gate has passed", async () => {
    pair = await machines();
    await setUp(pair);
    await pair.edit(disabled);
    await pair.edit(stoppedService);
    const found = await pair.run("await-wizard", gate);
    assert.match(found.stderr, /\[service-disabled\]\nWhat: .* disabled on this server, and it is stopped\./);
    assert.doesNotMatch(found.stderr, /Note: /);
    assert.equal(await pair.readFile(stoppedPath), undefined);
    pair = await machines();
    await setUp(pair);
    await pair.bring("await-wizard", gate);
    await pair.edit(disabled);
    const running = await pair.run("await-wizard", gate);
    assert.match(running.stderr, /\[service-disabled\]\nWhat: .* disabled on this server, and it is RUNNING\./);
    assert.equal(running.exitCode, scriptExitCodes.stagingOff);
    await serviceIs("Running", "Disabled");
  });

  it("lets a server pass that was brought back to staging mode, and keeps what had happened", async () => {
    pair = await machines();
    await setUp(pair, { staging: false, startSynchronization: true });
    await pair.run("await-wizard", gate);
    await pair.each((server) => completeWizard(server, { staging: true }));
    assert.equal((await pair.run("await-wizard", gate)).exitCode, 0);
    assert.equal(await pair.readFile(stoppedPath), undefined);
    const passed = JSON.parse((await pair.readFile(passedPath)) ?? "{}");
    assert.match(passed.stopped.reason, /^staging mode was off at the gate/);
    await pair.edit(disabled);
    await pair.edit(stoppedService);
    assert.match((await pair.run("await-wizard", gate)).stderr, /\[service-disabled\]/);
  });

  it("never stops a server that once passed the gate: it may have been made the active one since", async () => {
    pair = await machines();
    await setUp(pair);
    await pair.run("await-wizard", gate);
    await pair.each((server) => completeWizard(server, { staging: false, startSynchronization: true }));
    const outcome = await pair.run("await-wizard", gate);
    assert.match(outcome.stderr, /\[not-proven-staging\]/);
    const { services } = await pair.world();
    assert.deepEqual([services.ADSync?.status, services.ADSync?.startType], ["Running", "Automatic"]);
  });

  it("gives way to a later run that waits at the same gate", async () => {
    pair = await machines();
    await installed(pair);
    const token = "C:\\ProgramData\\pulumi-entra-connect\\gate.json";
    const waiting = pair.run("await-wizard", { ...gate, waitMinutes: 6000, pollSeconds: 900 });
    await pair.each((server) => until(server, token));
    await pair.put(token, '{"token":"another"}');
    const outcome = await waiting;
    assert.equal(outcome.exitCode, scriptExitCodes.superseded);
    assert.match(outcome.stderr, /\[superseded\]/);
  });

  it("goes on waiting after a failed configuration, and while staging cannot be read", async () => {
    pair = await machines();
    await installed(pair);
    await pair.each(failWizard);
    assert.match((await pair.run("await-wizard", gate)).stderr, /\[waiting\][\s\S]*nobody has completed/);
    await pair.each((server) => completeWizard(server, { staging: true }));
    await pair.edit((world) => {
      world.peculiarities = { moduleRefused: "The module is being installed." };
    });
    assert.match((await pair.run("await-wizard", gate)).stderr, /\[waiting\][\s\S]*cannot be read yet/);
  });

  it("waits at an upgrade until the engine has followed the package, which the first wizard's file does not tell", async () => {
    pair = await machines();
    const newer = "2.6.93.0";
    const upgrade = { ...gate, productVersion: newer };
    await setUp(pair);
    await pair.bring("await-wizard", gate);
    await pair.bring("first-synchronization", firstArguments);
    await pair.bring("install-package", await deliverInstaller(pair, { productVersion: newer }));
    const stopped = await pair.run("await-wizard", upgrade);
    assert.equal(stopped.exitCode, scriptExitCodes.gateWaiting);
    assert.match(
      stopped.stderr,
      /\[upgrade-unfinished\][\s\S]*installed package is 2\.6\.93\.0, the engine still 2\.6\.92\.0[\s\S]*finish the upgrade/,
    );
    await pair.remove("C:\\ProgramData\\pulumi-entra-connect\\gate.json");
    const waiting = pair.run("await-wizard", { ...upgrade, waitMinutes: 6000, pollSeconds: 600 });
    await pair.each((server) => until(server, "C:\\ProgramData\\pulumi-entra-connect\\gate.json"));
    await pair.each((server) => completeWizard(server, { staging: true }));
    const outcome = await waiting;
    assert.match(outcome.stdout, /min, the installed package is 2\.6\.93\.0, the engine still 2\.6\.92\.0\n/);
    validateAnswer("await-wizard", outcome.stdout);
    const expected = { ...proofArguments, expected: { productVersion: newer } };
    const proof = validateAnswer("verify-staging", (await pair.run("verify-staging", expected)).stdout);
    assert.equal(proof.versions.engine, newer);
    // The wizard left the scheduler off, as it was told; the first runs count still.
    const first = await pair.run("first-synchronization", { ...firstArguments, productVersion: newer });
    const { changes } = validateAnswer("first-synchronization", first.stdout);
    assert.deepEqual(changes, ["scheduler enabled; in staging mode it suppresses exports"]);
  });

  it("needs the baseline, the wizard, and a page on the desktop", async () => {
    pair = await machines();
    assert.match((await pair.run("await-wizard", gate)).stderr, /\[no-baseline\]/);
    await pair.run("prerequisites", prerequisitesArguments);
    assert.match((await pair.run("await-wizard", gate)).stderr, /\[no-wizard\]/);
    await installed(pair);
    const elsewhere = await pair.run("await-wizard", { ...gate, instructionsPath: "C:\\Windows\\page.html" });
    assert.match(elsewhere.stderr, /\[bad-arguments\]/);
  });
});

describe("verify-staging, in PowerShell and emulated", () => {
  const machines = usePairs();
  const given = proofArguments;

  it("proves staging both ways and collects what is judged later", async () => {
    pair = await machines();
    await setUp(pair, { forests: ["corp.contoso.com", "emea.contoso.com"] });
    await pair.run("first-synchronization", firstArguments);
    const outcome = await pair.run("verify-staging", given);
    assert.equal(outcome.stderr, "");
    const answer = validateAnswer("verify-staging", outcome.stdout);
    assert.deepEqual(answer.versions, { package: version, wizard: version, engine: version });
    assert.equal(answer.connectors.length, 3);
    assert.equal(answer.runs.length, 6);
    assert.equal(answer.scheduler.syncCycleEnabled, true);
    assert.equal(answer.globalParameters["Microsoft.Synchronize.StagingMode"], "True");
    assert.deepEqual(answer.passThroughAgents, []);
  });

  const refusals: readonly { what: string; code: string; change: (world: ServerWorld) => void }[] = [
    {
      what: "the scheduler says that staging is off",
      code: "not-proven-staging",
      change: (world) => {
        if (world.adsync) world.adsync.stagingMode = false;
      },
    },
    {
      what: "the global parameter says that staging is off",
      code: "not-proven-staging",
      change: (world) => {
        if (world.adsync) world.adsync.globalParameters["Microsoft.Synchronize.StagingMode"] = "False";
      },
    },
    {
      what: "the service is stopped",
      code: "not-proven-staging",
      change: (world) => {
        if (world.services.ADSync) world.services.ADSync.status = "Stopped";
      },
    },
    {
      what: "the wizard is open",
      code: "wizard-open",
      change: (world) => {
        world.processes.push({ name: "AzureADConnect", path: "C:\\x.exe", id: 1 });
      },
    },
    {
      what: "the engine is of an older version than the package",
      code: "other-version",
      change: (world) => {
        world.fileVersions["C:\\Program Files\\Microsoft Azure AD Sync\\Bin\\miiserver.exe"] = "2.6.84.0";
      },
    },
  ];
  for (const { what, code, change } of refusals)
    it(`answers nothing where ${what}`, async () => {
      pair = await machines();
      await setUp(pair);
      await pair.edit(change);
      const outcome = await pair.run("verify-staging", given);
      assert.match(outcome.stderr, new RegExp(`\\[${code}\\]`));
      assert.notEqual(outcome.exitCode, 0);
      assert.equal(outcome.stdout, "");
    });

  it("finds the engine where the wizard was told to put it", async () => {
    pair = await machines();
    await setUp(pair, { installLocation: "C:\\Entra Connect\\Sync" });
    const outcome = await pair.run("verify-staging", given);
    assert.equal(outcome.stderr, "");
    assert.equal(validateAnswer("verify-staging", outcome.stdout).versions.engine, version);
  });

  it("answers only the global parameters that are needed, and nothing that could be a secret", async () => {
    pair = await machines();
    await setUp(pair);
    await pair.edit((world) => {
      Object.assign(world.adsync?.globalParameters ?? {}, {
        "Microsoft.Synchronize.TimeInterval": "AQAAANCMnd8BFdERjHoAwE/Cl+sBAAAA0123456789==",
        "Microsoft.OptionalFeature.PasswordWriteback": "hunter2",
        "Microsoft.OptionalFeature.GroupFiltering": "<encrypted>x</encrypted>",
        "Microsoft.AADFilter.ApplicationList": "x",
        "Vendor.SecretKey": "True",
      });
    });
    const answer = validateAnswer("verify-staging", (await pair.run("verify-staging", given)).stdout);
    assert.deepEqual(Object.keys(answer.globalParameters).sort(), [
      "Microsoft.OptionalFeature.PasswordHashSync",
      "Microsoft.SynchronizationOption.AnchorAttribute",
      "Microsoft.SynchronizationOption.UPNAttribute",
      "Microsoft.Synchronize.ServerConfigurationVersion",
      "Microsoft.Synchronize.StagingMode",
      "Microsoft.UserSignIn.SignOnMethod",
    ]);
  });

  it("says which settings file was imported: the one that lay there when the gate was passed, whatever came later", async () => {
    pair = await machines();
    await installed(pair);
    await pair.put(settingsPath, '{"exported":1}');
    await pair.each((server) => completeWizard(server, { staging: true }));
    const imported = async () =>
      validateAnswer("verify-staging", (await pair.run("verify-staging", given)).stdout).importedSettingsFile;
    assert.equal(await imported(), null);
    assert.equal((await pair.run("await-wizard", gate)).exitCode, 0);
    assert.deepEqual(await imported(), { sha256: sha256('{"exported":1}') });
    await pair.put(settingsPath, '{"exported":2}');
    await pair.run("await-wizard", gate);
    assert.deepEqual(await imported(), { sha256: sha256('{"exported":1}') });
    // As a library before this one wrote it.
    await pair.put(passedPath, '{"passedAt":"2026-10-01T00:00:00Z","computerName":"AADC-STG-G1"}');
    assert.equal(await imported(), null);
  });

  it("does not take a settings file for imported that was delivered after the wizard had succeeded, or none at all", async () => {
    for (const late of ['{"exported":2}', undefined]) {
      pair = await machines();
      await setUp(pair);
      if (late !== undefined) await pair.put(settingsPath, late);
      assert.equal((await pair.run("await-wizard", gate)).exitCode, 0);
      const proof = validateAnswer("verify-staging", (await pair.run("verify-staging", given)).stdout);
      assert.equal(proof.importedSettingsFile, null);
    }
  });

  it("answers nothing before the wizard was completed", async () => {
    pair = await machines();
    await installed(pair);
    assert.match((await pair.run("verify-staging", given)).stderr, /\[not-set-up\]/);
  });
});

describe("first-synchronization, in PowerShell and emulated", () => {
  const machines = usePairs();
  it("runs the documented order, then enables the scheduler, and does it only once", async () => {
    pair = await machines();
    await setUp(pair, { forests: ["a.example", "b.example"] });
    const first = validateAnswer(
      "first-synchronization",
      (await pair.run("first-synchronization", firstArguments)).stdout,
    );
    const aad = "contoso.onmicrosoft.com - AAD";
    assert.deepEqual(
      first.steps.map(({ connectorName, runProfileName }) => `${runProfileName} ${connectorName}`),
      ["Full Import", "Delta Synchronization"].flatMap((profile) =>
        ["a.example", "b.example", aad].map((name) => `${profile} ${name}`),
      ),
    );
    assert.equal((await pair.world()).adsync?.scheduler.syncCycleEnabled, true);
    const again = validateAnswer(
      "first-synchronization",
      (await pair.run("first-synchronization", firstArguments)).stdout,
    );
    assert.deepEqual(again.changes, []);
    assert.deepEqual(
      again.steps.map(({ outcome }) => outcome),
      Array.from({ length: 6 }, () => "already-done"),
    );
  });

  it("leaves the scheduler as it is where it is not told to enable it", async () => {
    pair = await machines();
    await setUp(pair);
    const leave = { ...firstArguments, enableScheduler: false };
    const answer = async () =>
      validateAnswer("first-synchronization", (await pair.run("first-synchronization", leave)).stdout);
    const off = await answer();
    assert.equal(off.schedulerEnabled, false);
    assert.equal(off.steps.length, 4);
    assert.doesNotMatch(off.changes.join(), /scheduler/);
    assert.equal((await pair.world()).adsync?.scheduler.syncCycleEnabled, false);
    await pair.edit(({ adsync }) => {
      if (adsync) adsync.scheduler.syncCycleEnabled = true;
    });
    assert.deepEqual([(await answer()).schedulerEnabled, (await answer()).changes], [true, []]);
  });

  it("goes on after a failed run where it stopped", async () => {
    pair = await machines();
    await setUp(pair);
    await pair.edit((world) => {
      world.peculiarities = { runResults: { "contoso.onmicrosoft.com - AAD|Full Import": "stopped-extension-dll" } };
    });
    const failed = await pair.run("first-synchronization", firstArguments);
    assert.match(failed.stderr, /\[run-failed\][\s\S]*stopped-extension-dll/);
    assert.equal((await pair.world()).adsync?.scheduler.syncCycleEnabled, false);
    await pair.edit((world) => {
      world.peculiarities = { runResults: { "contoso.com|Delta Synchronization": "completed-sync-errors" } };
    });
    const answer = validateAnswer(
      "first-synchronization",
      (await pair.run("first-synchronization", firstArguments)).stdout,
    );
    assert.equal(answer.steps[0]?.outcome, "already-done");
    assert.equal(answer.warnings.length, 1);
  });

  it("does not take a scheduler that is on for the runs: it makes up for them, or says to come again", async () => {
    pair = await machines();
    await setUp(pair, { startSynchronization: true });
    await pair.edit((world) => {
      if (world.adsync) world.adsync.scheduler.syncCycleInProgress = true;
    });
    const busy = await pair.run("first-synchronization", firstArguments);
    assert.notEqual(busy.exitCode, 0);
    assert.match(busy.stderr, /\[run-in-progress\][\s\S]*run `pulumi up` again/);
    await pair.edit((world) => {
      if (world.adsync) world.adsync.scheduler.syncCycleInProgress = false;
    });
    const made = validateAnswer(
      "first-synchronization",
      (await pair.run("first-synchronization", firstArguments)).stdout,
    );
    assert.equal(made.steps.filter(({ outcome }) => outcome === "ran").length, 4);
    assert.doesNotMatch(made.changes.join(), /scheduler/);
  });

  it("takes the scheduler's own initial cycle for the runs, whatever deltas came after, but no import alone", async () => {
    pair = await machines();
    await setUp(pair, { startSynchronization: true });
    await pair.edit((world) => {
      const { adsync } = world;
      for (const [minute, profile] of ["Full Import", "Full Synchronization", "Delta Import"].entries())
        for (const connector of adsync?.connectors ?? [])
          adsync?.runHistory.unshift(scheduledRun(connector, profile, minute, "success"));
      const [directory] = adsync?.connectors ?? [];
      if (directory) adsync?.runHistory.unshift(scheduledRun(directory, "Delta Synchronization", 9, "stopped-server"));
    });
    const cycle = await pair.run("first-synchronization", firstArguments);
    const { steps, changes } = validateAnswer("first-synchronization", cycle.stdout);
    assert.deepEqual(changes, []);
    assert.deepEqual(
      steps.map(({ runProfileName }) => runProfileName),
      ["Full Import", "Full Import", "Full Synchronization", "Full Synchronization"],
    );
    await pair.edit((world) => {
      const { adsync } = world;
      if (adsync) adsync.runHistory = adsync.runHistory.filter((run) => !/Synchronization$/.test(run.runProfileName));
    });
    const half = validateAnswer(
      "first-synchronization",
      (await pair.run("first-synchronization", firstArguments)).stdout,
    );
    assert.deepEqual(half.changes, [
      "Delta Synchronization of contoso.com",
      "Delta Synchronization of contoso.onmicrosoft.com - AAD",
    ]);
  });

  it("starts nothing on a server that is active, busy, in the wizard, or not set up", async () => {
    pair = await machines();
    assert.match((await pair.run("first-synchronization", firstArguments)).stderr, /\[not-set-up\]/);
    await setUp(pair, { staging: false });
    assert.match((await pair.run("first-synchronization", firstArguments)).stderr, /\[not-proven-staging\]/);
    await pair.each((server) => completeWizard(server, { staging: true }));
    await pair.edit((world) => {
      world.peculiarities = { busyConnector: "contoso.com" };
    });
    assert.match((await pair.run("first-synchronization", firstArguments)).stderr, /\[run-in-progress\]/);
    await pair.each(openWizard);
    assert.match((await pair.run("first-synchronization", firstArguments)).stderr, /\[wizard-open\]/);
    assert.deepEqual((await pair.world()).adsync?.runHistory, []);
  });
});
