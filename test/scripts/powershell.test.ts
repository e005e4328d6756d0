import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { after, before, describe, it } from "mocha";
import { stubFolder } from "../../rehearsal/windows/stubFolder";
import { findTestPowershell } from "../../rehearsal/windows/testPowershell";
import { type ScriptName, scriptNames } from "../../scripts/assemble";
import { sharedFolder } from "../support/repository";
import { requires } from "../support/requires";
import { scriptTexts } from "./scriptTexts";

/** What the parser finds in one text. */
interface Parsed {
  readonly errors: string[];
  /** Kinds of syntax that Windows PowerShell 5.1 does not have. */
  readonly newSyntax: string[];
  /** Commands that are called, with the names of their parameters. */
  readonly commands: { readonly name: string; readonly parameters: string[] }[];
  readonly functions: string[];
  /** Types named in brackets. */
  readonly types: string[];
  /** Variables by the name of an automatic one that only PowerShell 7 has. */
  readonly variables: string[];
}

const parser = `
param([string]$Folder)
foreach ($file in Get-ChildItem -LiteralPath $Folder -Filter *.txt) {
  $tokens = $null; $errors = $null
  $ast = [System.Management.Automation.Language.Parser]::ParseFile($file.FullName, [ref]$tokens, [ref]$errors)
  $all = $ast.FindAll({ $true }, $true)
  $new = @('QuestionQuestion', 'QuestionQuestionEquals', 'QuestionDot', 'QuestionLBracket', 'AndAnd', 'OrOr', 'QuestionMark')
  $commands = @($all | Where-Object { $_ -is [System.Management.Automation.Language.CommandAst] } | ForEach-Object {
    @{ name = [string]$_.GetCommandName(); parameters = @($_.CommandElements | Where-Object { $_ -is [System.Management.Automation.Language.CommandParameterAst] } | ForEach-Object { $_.ParameterName }) } })
  [Console]::Out.WriteLine((ConvertTo-Json -Compress -Depth 6 -InputObject @{
    file = $file.BaseName
    errors = @($errors | ForEach-Object { $_.Message })
    newSyntax = @($tokens | Where-Object { $new -contains [string]$_.Kind } | ForEach-Object { [string]$_.Kind })
    commands = $commands
    functions = @($all | Where-Object { $_ -is [System.Management.Automation.Language.FunctionDefinitionAst] } | ForEach-Object { $_.Name })
    types = @($all | Where-Object { $_ -is [System.Management.Automation.Language.TypeExpressionAst] } | ForEach-Object { $_.TypeName.FullName })
    variables = @($all | Where-Object { $_ -is [System.Management.Automation.Language.VariableExpressionAst] } | ForEach-Object { $_.VariablePath.UserPath })
  }))
}
`;

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
  ..."Invoke-ADSyncRunProfile Set-ADSyncScheduler".split(" "),
  ..."secedit.exe Get-LocalUser".split(" "),
]);

const newParameters = [
  "Parallel",
  "AsHashtable",
  "AsByteStream",
  "AsUTC",
  "NoProxy",
  "SkipCertificateCheck",
  "AsArray",
];
type Commands = Readonly<Record<string, { readonly parameters: readonly string[] } | undefined>>;
const commandsFile = join(sharedFolder, "data", "windows-powershell-5.1", "commands.json");
const commonParameters = ["ErrorAction", "WarningAction", "Verbose", "Debug", "OutVariable"];
/** Those that every advanced function has. PowerShell 7 has one more than 5.1. */
const allCommon = [
  ...commonParameters,
  ..."InformationAction ErrorVariable WarningVariable InformationVariable OutBuffer PipelineVariable ProgressAction".split(
    " ",
  ),
];
const exportedBy = (module: string) =>
  `(Microsoft.PowerShell.Core\\Import-Module '${module}' -PassThru -DisableNameChecking).ExportedFunctions.Values | ForEach-Object { "$($_.Name) $($_.Parameters.Keys -join ' ')" }`;
const newVariables = ["IsWindows", "IsLinux", "IsMacOS", "IsCoreCLR", "PSStyle"];

describe("scripts: what PowerShell's own parser says", () => {
  let folder = "";
  const parsed = new Map<string, Parsed>();
  before(async function () {
    const powershell = await findTestPowershell();
    requires(this, "the test PowerShell", powershell !== undefined);
    folder = await mkdtemp(join(tmpdir(), "entra-connect-parse-"));
    for (const [name, text] of scriptTexts) await writeFile(join(folder, `${name}.txt`), text);
    await writeFile(join(folder, "parse.ps1"), parser);
    const words = ["-NoProfile", "-NonInteractive", "-File", join(folder, "parse.ps1"), "-Folder", folder];
    const { stdout } = await promisify(execFile)(powershell?.path ?? "", words, { maxBuffer: 1 << 24 });
    for (const line of stdout.trim().split("\n")) {
      const { file, ...rest } = JSON.parse(line) as Parsed & { file: string };
      parsed.set(file, rest);
    }
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const of = (name: ScriptName): Parsed => {
    const found = parsed.get(name);
    assert.ok(found, `${name} was not parsed`);
    return found;
  };

  for (const name of scriptNames)
    it(`${name} parses, has no syntax of PowerShell 7, and calls only what is allowed`, () => {
      const { errors, newSyntax, commands, functions, types, variables } = of(name);
      assert.deepEqual(errors, []);
      assert.deepEqual(newSyntax, []);
      const foreign = commands.filter(
        ({ name: called }) => called && !functions.includes(called) && !allowedCommands.has(called),
      );
      assert.deepEqual(foreign, []);
      assert.deepEqual(
        commands.flatMap(({ parameters }) => parameters.filter((each) => newParameters.includes(each))),
        [],
      );
      assert.deepEqual(
        types.filter((type) => /^(System\.)?(IO|Diagnostics|Net|Environment)\b/i.test(type)),
        [],
      );
      assert.deepEqual(
        variables.filter((variable) => newVariables.includes(variable)),
        [],
      );
    });

  it("every command and parameter of Windows is there in a genuine Windows PowerShell 5.1", function () {
    requires(this, "the list of commands of Windows PowerShell 5.1", commandsFile);
    const known = JSON.parse(readFileSync(commandsFile, "utf8")) as Commands;
    let looked = 0;
    for (const name of scriptNames)
      for (const { name: called, parameters } of of(name).commands) {
        if (!called || of(name).functions.includes(called) || !/^[A-Z][a-z]+-(?!ADSync)/.test(called)) continue;
        const command = known[called];
        assert.ok(command, `${name} calls ${called}, which Windows PowerShell 5.1 does not have`);
        const names = [...command.parameters, ...commonParameters].map((each) => each.toLowerCase());
        for (const parameter of parameters)
          assert.ok(names.includes(parameter.toLowerCase()), `${name}: ${called} has no parameter ${parameter} in 5.1`);
        looked += 1;
      }
    assert.ok(looked > 100);
  });

  it("what the stub modules stand in for has no parameter that the genuine command lacks", async function () {
    requires(this, "the list of commands of Windows PowerShell 5.1", commandsFile);
    const known = JSON.parse(readFileSync(commandsFile, "utf8")) as Commands;
    const powershell = await findTestPowershell();
    const modules = ["Windows.psm1", "ADSync.psm1"].map((name) => join(stubFolder, name).replaceAll("'", "''"));
    const words = ["-NoProfile", "-NonInteractive", "-Command", modules.map(exportedBy).join("; ")];
    const { stdout } = await promisify(execFile)(powershell?.path ?? "", words);
    const stood = new Map(
      stdout
        .trim()
        .split("\n")
        .map((line) => line.split(" "))
        .map(([name = "", ...parameters]) => [name, parameters]),
    );
    assert.ok(stood.has("Get-CimInstance") && stood.has("Set-ADSyncScheduler"));
    for (const [name, parameters] of stood) {
      const genuine = known[name];
      // Programs, and the product's own module, are not in the list.
      if (genuine === undefined) assert.match(name, /\.exe$|-ADSync/);
      else
        for (const parameter of parameters)
          assert.ok(
            [...genuine.parameters, ...allCommon].includes(parameter),
            `${name} has no parameter ${parameter} in 5.1`,
          );
    }
  });

  it("no script but the first synchronization touches run profiles or the scheduler", () => {
    for (const name of scriptNames) {
      const acting = of(name).commands.filter(({ name: called }) => /^(Invoke|Set|Start)-ADSync/.test(called));
      if (name !== "first-synchronization") assert.deepEqual(acting, []);
      for (const { name: called, parameters } of acting) {
        if (called === "Set-ADSyncScheduler") assert.deepEqual(parameters, ["SyncCycleEnabled"]);
        else assert.equal(called, "Invoke-ADSyncRunProfile");
      }
    }
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
