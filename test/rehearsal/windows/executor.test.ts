import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { before, describe, it } from "mocha";
import { boot } from "../../../rehearsal/windows/createServerWorld";
import { createExecutor } from "../../../rehearsal/windows/executor";
import { readServerWorld } from "../../../rehearsal/windows/serverFiles";
import type { WindowsExecutor } from "../../../rehearsal/world/contract";
import { CouldNotRun } from "../../../review/verdict";
import { selfContained, standardInputCommandLine } from "../../../scripts/assemble";
import { requires } from "../../support/requires";
import { execute, type Outcome, type Pair, usePairs } from "./pair";
import { installed, prerequisitesArguments, retireArguments, setUp } from "./stages";

describe("commands that arrive at a simulated machine", () => {
  const machines = usePairs();
  let pair: Pair;

  it("are refused as cmd would, unless they are our one form", async () => {
    pair = await machines();
    const fileForm = "powershell.exe -NoProfile -NonInteractive -ExecutionPolicy Bypass -File C:\\x.ps1";
    for (const line of ["whoami", "powershell.exe -Command Get-Process", fileForm, "cmd /c dir C:\\", ""]) {
      const outcome = await pair.exec(line, "");
      assert.equal(outcome.exitCode, 1);
      assert.match(outcome.stderr, /is not recognized as an internal or external command/);
    }
  });

  it("refuse arguments that are no JSON document or lack something", async () => {
    pair = await machines();
    const { stdin } = selfContained("prerequisites", prerequisitesArguments);
    const given = (text: string) =>
      pair.exec(standardInputCommandLine, stdin.replace(/(\$argumentsText = @'\n).*\n/, `$1${text}\n`));
    assert.match(
      (await given('{"domain":"contoso.com"}')).stderr,
      /\[bad-arguments\][\s\S]*'minimumDiskGB' is missing/,
    );
    assert.match((await given('{"domain":')).stderr, /\[bad-arguments\]/);
  });

  it("do not meet a predecessor that is still at work, and take over from one that died", async () => {
    pair = await machines();
    const lock = (pid: number) =>
      pair.each(({ path }) => writeFile(join(path, "Global_pulumi-entra-connect.mutex"), String(pid)));
    await lock(process.pid);
    assert.match((await pair.run("retire", retireArguments)).stderr, /\[another-run\]/);
    await lock(2 ** 22 + 1);
    assert.equal((await pair.run("retire", retireArguments)).exitCode, 0);
  });

  it("are emulated only where they are ours", async () => {
    pair = await machines();
    const emulated = await createExecutor({ powershell: "off" });
    const [member] = pair.members;
    assert.ok(member);
    const outcome = await execute(emulated, member.server, standardInputCommandLine, "Get-Process");
    assert.equal(outcome.exitCode, 1);
    assert.match(outcome.stderr, /emulates only the scripts of pulumi-entra-connect/);
  });

  it("run in no other PowerShell than the test one", async () => {
    await assert.rejects(createExecutor({ powershell: process.execPath }), (error) => {
      assert.ok(error instanceof CouldNotRun);
      return /TestRegistry/.test(error.message);
    });
  });
});

describe("the stub module", () => {
  const machines = usePairs();
  let executor: WindowsExecutor;
  let pair: Pair;
  before(async function () {
    executor = await createExecutor();
    requires(this, "the test PowerShell", executor.kind === "powershell");
  });

  const run = (text: string): Promise<Outcome> => {
    const [member] = pair.members;
    assert.ok(member);
    return execute(executor, member.server, standardInputCommandLine, text);
  };

  it("lets a script export or change the staging flag, and writes it down", async () => {
    pair = await machines();
    await setUp(pair);
    const text = `Import-Module "C:\\Program Files\\Microsoft Azure AD Sync\\Bin\\ADSync"
      Invoke-ADSyncRunProfile -ConnectorName 'contoso.com' -RunProfileName 'Export'
      $settings = Get-ADSyncGlobalSettings
      $settings.Parameters['Microsoft.Synchronize.StagingMode'].Value = 'False'
      Set-ADSyncGlobalSettings $settings
      Start-ADSyncSyncCycle -PolicyType Delta`;
    const outcome = await run(text);
    assert.equal(outcome.stderr, "");
    const [member] = pair.members;
    assert.ok(member);
    const { violations } = await readServerWorld(member.server);
    assert.deepEqual(
      violations.map(({ what }) => what),
      [
        "run profile Export of contoso.com",
        "staging mode set to False",
        "cycle Delta started on a server that is not staging",
      ],
    );
  });

  const refused = [
    "Set-ADSyncScheduler -StagingModeEnabled $false",
    "Get-ADSyncMVStatistics",
    "Invoke-ADSyncRunProfile -ConnectorName contoso.com -RunProfileName Export2",
    "Get-Service -ComputerName other -Name ADSync",
    "Start-Process -FilePath notepad.exe",
    "New-Object -ComObject Excel.Application",
    "Get-CimInstance -ClassName Win32_Product",
  ];
  it("finds an engine that is younger than the start of Windows by its folder, and by its name after another start", async () => {
    pair = await machines();
    await setUp(pair);
    const folder = "C:\\Program Files\\Microsoft Azure AD Sync\\Bin\\ADSync";
    const found = async (name: string) =>
      (await run(`try { Import-Module '${name}'; 'found' } catch { "$_" }; exit 0`)).stdout.trim();
    assert.match(await found("ADSync"), /'ADSync' was not loaded because no valid module file was found/);
    assert.equal(await found(folder), "found");
    const [member] = pair.members;
    assert.ok(member);
    await boot(member.server, (await readServerWorld(member.server)).clock);
    assert.equal(await found("ADSync"), "found");
  });

  it("refuses what the real cmdlets do not have and what is not simulated", async () => {
    pair = await machines();
    await setUp(pair);
    const tries = refused.map((line) => `try { $null = ${line}; '${line} passed' } catch { }`);
    const outcome = await run(
      `Import-Module "C:\\Program Files\\Microsoft Azure AD Sync\\Bin\\ADSync"\n${tries.join("\n")}\n"control"; exit 0`,
    );
    assert.equal(outcome.stdout, "control\n");
  });

  it("gives a script nothing of the user's environment", async () => {
    pair = await machines();
    process.env.AZURE_CLIENT_SECRET = "canary-of-the-user";
    try {
      const outcome = await run('Get-ChildItem Env: | ForEach-Object { "$($_.Name)=$($_.Value)" }');
      assert.match(outcome.stdout, /COMPUTERNAME=AADC-STG-G1/);
      assert.doesNotMatch(outcome.stdout, /canary-of-the-user/);
    } finally {
      delete process.env.AZURE_CLIENT_SECRET;
    }
  });

  it("ends with its machine", async () => {
    pair = await machines();
    await installed(pair);
    const [member] = pair.members;
    assert.ok(member);
    const gone = new AbortController();
    const running = executor.exec(member.server, {
      commandLine: standardInputCommandLine,
      stdin: Buffer.from("[Console]::Out.WriteLine('begun'); [System.Threading.Thread]::Sleep(600000)"),
      onStdout: () => gone.abort(),
      onStderr: () => undefined,
      signal: gone.signal,
    });
    assert.notEqual(await running, 0);
  });
});
