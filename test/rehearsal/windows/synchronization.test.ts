import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";
import { describe, it } from "mocha";
import type { ConnectorWorld, RunWorld, ServerWorld } from "../../../rehearsal/windows/serverWorld";
import { completeWizard, openWizard } from "../../../rehearsal/windows/wizard";
import { validateAnswer } from "../../../scripts/assemble";
import { type Pair, usePairs } from "./pair";
import { firstArguments, gateArguments as gate, installed, proofArguments, setUp, version } from "./stages";

let pair: Pair;

const settingsPath = gate.settingsFilePath;
const passedPath = "C:\\ProgramData\\pulumi-entra-connect\\gate-passed.json";
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

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

  it("says which SQL Server and service account the wizard was given, and has no LocalDB then", async () => {
    pair = await machines();
    const database = { server: "sql01.corp.contoso.com", instance: "AADC,51433", name: "ADSyncStaging" };
    await setUp(pair, { database, serviceAccount: "CONTOSO\\gmsa-aadc$" });
    const outcome = await pair.run("verify-staging", given);
    const answer = validateAnswer("verify-staging", outcome.stdout);
    assert.deepEqual(answer.database, {
      kind: "sqlServer",
      ...database,
      usedMB: null,
      fileMB: null,
      localDbVersions: [],
    });
    assert.equal(answer.service.account, "CONTOSO\\gmsa-aadc$");
  });

  it("answers within its limit for a directory of thousands of filters and hundreds of rules", async () => {
    pair = await machines();
    await setUp(pair);
    await pair.edit(({ adsync }) => {
      const [directory] = adsync?.connectors ?? [];
      if (!adsync || !directory) throw new Error("no connector");
      const place = (n: number) => `OU=Branch ${n} of a company with many branches,OU=Sites,DC=corp,DC=contoso,DC=com`;
      directory.partitions = Array.from({ length: 40 }, (_, domain) => ({
        name: `DC=d${domain},DC=corp,DC=contoso,DC=com`,
        selected: true,
        inclusions: Array.from({ length: 60 }, (_, n) => place(n * 40 + domain)),
        exclusions: [place(domain)],
      }));
      for (let n = 0; n < 300; n++)
        adsync.rules.push({
          name: `In from AD - Rule ${String(n).padStart(3, "0")} with a rather long name of its own`,
          direction: "Inbound",
          connectorIdentifier: directory.identifier,
          precedence: n,
          disabled: false,
          immutableTag: "",
        });
    });
    const outcome = await pair.run("verify-staging", given);
    assert.equal(outcome.exitCode, 0, outcome.stderr);
    assert.ok(outcome.stdout.length < 60_000, String(outcome.stdout.length));
    const { connectors, rules } = validateAnswer("verify-staging", outcome.stdout);
    const [first, ...more] = connectors[0]?.partitions ?? [];
    assert.equal(more.length, 39);
    assert.equal(first?.inclusions.names.length, 60, "the first are told whole");
    const last = more.at(-1);
    assert.deepEqual([last?.inclusions.count, last?.inclusions.names], [60, []], "the last by count and hash");
    assert.equal(rules.customCount, 300);
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
      if (late !== undefined) await pair.putLater(settingsPath, late);
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
