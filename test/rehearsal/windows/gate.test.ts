import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { describe, it } from "mocha";
import { changeServerWorld, pathOnDrive } from "../../../rehearsal/windows/serverFiles";
import { completeWizard, failWizard, openWizard } from "../../../rehearsal/windows/wizard";
import type { ServerFolder } from "../../../rehearsal/world/contract";
import { scriptExitCodes, selfContained, validateAnswer } from "../../../scripts/assemble";
import { requires } from "../../support/requires";
import { execute, type Pair, usePairs } from "./pair";
import {
  deliverInstaller,
  firstArguments,
  gateArguments as gate,
  installed,
  prerequisitesArguments,
  proofArguments,
  service,
  serviceIs,
  setUp,
} from "./stages";

let pair: Pair;

const page = gate.instructionsPath;
const folder = "C:\\ProgramData\\pulumi-entra-connect";
const tokenPath = `${folder}\\gate.json`;
const stoppedPath = `${folder}\\stopped.json`;
const passedPath = `${folder}\\gate-passed.json`;

/** The script has begun to wait when its token lies there. */
async function until(server: ServerFolder, windowsPath: string): Promise<void> {
  while (!existsSync(pathOnDrive(server, windowsPath))) await new Promise((resolve) => setTimeout(resolve, 20));
}

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

  it("waits with short lines beside its answer, and answers once the wizard is completed and closed", async () => {
    pair = await machines();
    await installed(pair);
    await pair.put(gate.settingsFilePath, '{"exported":true}');
    await pair.each(openWizard);
    const waiting = pair.run("await-wizard", { ...gate, waitMinutes: 6000, pollSeconds: 600 });
    await pair.each((server) => until(server, tokenPath));
    await pair.each((server) => completeWizard(server, { staging: true }));
    const outcome = await waiting;
    const lines = outcome.progress.trimEnd().split("\n");
    for (const line of lines) assert.match(line, /^gate on AADC-STG-G1: \d+ of 6000 min, the wizard is open$/);
    assert.equal(outcome.stdout.trimEnd().split("\n").length, 1, "the answer stands alone");
    const answer = validateAnswer("await-wizard", outcome.stdout);
    assert.equal(answer.appliedFile.sha256, createHash("sha256").update('{"exported":true}').digest("hex"));
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
    await serviceIs(pair, "Stopped", "Disabled");
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
        await serviceIs(pair, "Running", "Disabled");
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
      await serviceIs(pair, "Stopped", "Disabled");
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
      await pair.edit(service({ startType: "Disabled" }));
      const outcome = await pair.run("await-wizard", gate);
      assert.match(
        outcome.stderr,
        /\[stopped-by-gate\][\s\S]*because it was disabled and RUNNING before this server had passed its gate/,
      );
      await serviceIs(pair, "Stopped", "Disabled");
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
    await serviceIs(pair, "Stopped", "Disabled");
    await writeFile(pathOnDrive(member.server, stoppedPath), '{"reason":');
    await changeServerWorld(member.server, service({ status: "Running" }));
    const again = await execute(member.executor, member.server, commandLine, stdin);
    assert.match(again.stderr, /\[service-disabled\][\s\S]*\nNote: .*cannot be read[\s\S]*\nNote: ADSync was RUNNING/);
    await serviceIs(pair, "Stopped", "Disabled");
  });

  it("leaves a service alone that somebody disabled, says so, and never stops it once the gate has passed", async () => {
    pair = await machines();
    await setUp(pair);
    await pair.edit(service({ status: "Stopped", startType: "Disabled" }));
    const found = await pair.run("await-wizard", gate);
    assert.match(found.stderr, /\[service-disabled\]\nWhat: .* disabled on this server, and it is stopped\./);
    assert.doesNotMatch(found.stderr, /Note: /);
    assert.equal(await pair.readFile(stoppedPath), undefined);
    pair = await machines();
    await setUp(pair);
    await pair.bring("await-wizard", gate);
    await pair.edit(service({ startType: "Disabled" }));
    const running = await pair.run("await-wizard", gate);
    assert.match(running.stderr, /\[service-disabled\]\nWhat: .* disabled on this server, and it is RUNNING\./);
    assert.equal(running.exitCode, scriptExitCodes.stagingOff);
    await serviceIs(pair, "Running", "Disabled");
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
    await pair.edit(service({ status: "Stopped", startType: "Disabled" }));
    assert.match((await pair.run("await-wizard", gate)).stderr, /\[service-disabled\]/);
  });

  // What no world can be made to do at the right moment; the functions are the script's own but for their second answer.
  for (const [what, name, second] of [
    ["the file of the wizard before is no longer the newest", "Get-NewAppliedFile", "@{ Name = 'Applied-other.json' }"],
    ["the file of the wizard before is gone", "Get-NewAppliedFile", "$null"],
    ["the wizard is opened", "Get-WizardProcess", "@{ Id = 7 }"],
  ] as const)
    it(`looks once more where ${what} during a look`, async () => {
      pair = (await machines()).powershell;
      const [member] = pair.members;
      assert.ok(member);
      await setUp(pair);
      const { commandLine, stdin } = selfContained("await-wizard", { ...gate, waitMinutes: 60 });
      const before = "function Get-StateText(";
      const changed = stdin.replace(
        before,
        () => `\${function:Get-Genuine} = \${function:${name}}
$script:asked = 0
function ${name}($Baseline) {
    $script:asked += 1
    if ($script:asked -eq 2) { return ${second} }
    Get-Genuine $Baseline
}
\${function:Get-OneLook} = \${function:Get-GateState}
function Get-GateState($Baseline, [string]$Expected) {
    $state = Get-OneLook $Baseline $Expected
    [Console]::Error.WriteLine("saw: $state")
    $state
}
${before}`,
      );
      assert.notEqual(changed, stdin);
      const outcome = await execute(member.executor, member.server, commandLine, changed);
      assert.equal(outcome.exitCode, 0, outcome.stderr);
      assert.deepEqual(outcome.stderr.match(/(?<=^saw: ).*/gm), ["open", "done"]);
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
    const waiting = pair.run("await-wizard", { ...gate, waitMinutes: 6000, pollSeconds: 900 });
    await pair.each((server) => until(server, tokenPath));
    await pair.put(tokenPath, '{"token":"another"}');
    const outcome = await waiting;
    assert.equal(outcome.exitCode, scriptExitCodes.superseded);
    assert.match(outcome.stderr, /\[superseded\]/);
  });

  it("goes on waiting after a failed configuration, and passes once the next one succeeds", async () => {
    pair = await machines();
    await installed(pair);
    await pair.each(failWizard);
    assert.match((await pair.run("await-wizard", gate)).stderr, /\[wizard-failed\]/);
    await pair.each((server) => completeWizard(server, { staging: true }));
    assert.equal((await pair.run("await-wizard", gate)).exitCode, 0);
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
    await pair.remove(tokenPath);
    const waiting = pair.run("await-wizard", { ...upgrade, waitMinutes: 6000, pollSeconds: 600 });
    await pair.each((server) => until(server, tokenPath));
    await pair.each((server) => completeWizard(server, { staging: true }));
    const outcome = await waiting;
    assert.match(outcome.progress, /min, the installed package is 2\.6\.93\.0, the engine still 2\.6\.92\.0\n/);
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
