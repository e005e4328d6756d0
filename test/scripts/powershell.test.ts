import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { findTestPowershell } from "../../rehearsal/windows/testPowershell";
import { type ScriptName, scriptNames } from "../../scripts/assemble";
import { requires } from "../support/requires";
import { type Parsed, parseTexts } from "./parse";
import { scriptTexts } from "./scriptTexts";

/** Cmdlets of Windows PowerShell 5.1 and programs of Windows that scripts may call. ADSync: reads, imports, synchronizations. */
const allowedCommands = new Set([
  ..."Set-StrictMode ForEach-Object Where-Object Select-Object Sort-Object ConvertFrom-Json ConvertTo-Json".split(" "),
  ..."Get-Date Start-Sleep New-Object Remove-TypeData Import-Module Split-Path".split(" "),
  ..."Test-Path Get-Content Set-Content New-Item Get-Item Move-Item Copy-Item Remove-Item".split(" "),
  ..."Get-ChildItem Get-ItemProperty Get-FileHash Get-CimInstance Get-Process Stop-Process Start-Process".split(" "),
  ..."Get-Service Set-Service Start-Service Stop-Service Restart-Service Add-WindowsCapability".split(" "),
  ..."Get-NetFirewallRule New-NetFirewallRule Get-AuthenticodeSignature icacls.exe w32tm.exe".split(" "),
  ..."Get-ADSyncScheduler Get-ADSyncGlobalSettingsParameter Get-ADSyncConnector Get-ADSyncConnectorRunStatus".split(
    " ",
  ),
  ..."Get-ADSyncRule Get-ADSyncRunProfileResult Get-ADSyncEntraConnectorCredential Get-ADSyncAutoUpgrade".split(" "),
  ..."Invoke-ADSyncRunProfile Set-ADSyncScheduler Set-ADSyncAutoUpgrade".split(" "),
  ..."Get-ADSyncDatabaseConfiguration Get-WinEvent New-ItemProperty Get-Tpm Test-ComputerSecureChannel".split(" "),
  ..."Resolve-DnsName nltest.exe netsh.exe Start-Job Wait-Job Receive-Job Remove-Job".split(" "),
]);

describe("scripts: what PowerShell's own parser says", () => {
  let parsed: ReadonlyMap<string, Parsed> = new Map();
  before(async function () {
    const powershell = await findTestPowershell();
    requires(this, "the test PowerShell", powershell !== undefined);
    assert.ok(powershell);
    parsed = await parseTexts(powershell, scriptTexts);
  });

  const of = (name: ScriptName): Parsed => {
    const found = parsed.get(name);
    assert.ok(found, `${name} was not parsed`);
    return found;
  };

  for (const name of scriptNames)
    it(`${name} calls only what somebody has allowed`, () => {
      const { commands, functions, statics } = of(name);
      const foreign = commands.filter(
        ({ name: called }) => called && !functions.includes(called) && !allowedCommands.has(called),
      );
      assert.deepEqual(foreign, []);
      // They would look at the machine that rehearses: what they name would not be the simulated machine's.
      assert.deepEqual(
        statics.filter((type) => /^(System\.)?(IO|Diagnostics|Net|Environment)\b/i.test(type)),
        [],
      );
    });
});

describe("scripts: words that must not be in them", () => {
  for (const name of scriptNames)
    it(`${name} names no export run, no staging switch and no code from text`, () => {
      const text = scriptTexts.get(name) ?? "";
      for (const word of [
        "Set-ADSyncGlobalSettings",
        "Invoke-Expression",
        "Start-ADSyncSyncCycle",
        "ConvertTo-SecureString",
      ])
        assert.ok(!text.includes(word), word);
      assert.doesNotMatch(text, /RunProfileName\s+['"]?Export/i);
      assert.doesNotMatch(text, /SyncCycleEnabled:?\s+\$false(?!`)/i);
    });
});
