import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { before, describe, it } from "mocha";
import { stubFolder } from "../../rehearsal/windows/stubFolder";
import { findTestPowershell, type TestPowershell } from "../../rehearsal/windows/testPowershell";
import { taskLine } from "../../scripts/archiveTask";
import { archiverFile } from "../../scripts/assembleCollector";
import { bundleFiles } from "../../scripts/bundle";
import { repositoryRoot } from "../support/repository";
import { requires } from "../support/requires";
import { collectorText } from "./collectRun";
import { type Parsed, parseTexts } from "./parse";
import { scriptTexts } from "./scriptTexts";
import {
  type GenuineCommands,
  genuineCommandsFile,
  problemsOf,
  problemsOfStandIns,
  productCommands,
  programs,
  readGenuineCommands,
} from "./windowsPowershell";

const fragmentsFolder = join(repositoryRoot, "scripts", "fragments");
const fragments = readdirSync(fragmentsFolder, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ps1"))
  .sort();
const textOfFragment = (name: string) => readFileSync(join(fragmentsFolder, name), "utf8");
const nameOfFragment = (name: string) => `fragment-${name.replaceAll(/[\\/]/g, "-").replace(/\.ps1$/, "")}`;

const bundleOptions = {
  endpoint: "",
  container: "",
  schedule: { startTime: "04:10", everyHours: 24 },
  waitMinutes: 60,
  queue: { count: 30, megabytes: 500 },
};

/** A violation each, and what is said to it. */
const planted: Readonly<Record<string, readonly [text: string, said: RegExp, script?: string]>> = {
  "a command of PowerShell 7": ["Get-Uptime", /Get-Uptime, which Windows PowerShell 5\.1 does not have/],
  "an alias": ["Get-Process | ? { $_.Id }", /calls \?, which/],
  "a parameter of PowerShell 7": ["ConvertFrom-Json -InputObject $a -AsHashtable", /no parameter AsHashtable in 5\.1/],
  "an encoding of PowerShell 7": [
    "Set-Content -LiteralPath $a -Value $b -Encoding utf8NoBOM",
    /utf8NoBOM is not of 5\.1/,
  ],
  "the ternary operator": ["$a = $b ? 1 : 2", /syntax of PowerShell 7/],
  "a chain of pipelines": ["Get-Date && Get-Date", /syntax of PowerShell 7/],
  "an unlisted program": ["& certutil.exe -dump", /starts certutil\.exe, unlisted/],
  "an unlisted program by Start-Process": ["Start-Process -FilePath C:\\Windows\\x.exe", /x\.exe, unlisted/],
  "a program in a variable": ["$program = 'C:\\Windows\\cmd.exe'; Start-Process -FilePath $program", /cmd\.exe, which/],
  "a command in a variable": ["& $command", /stands nowhere in the text/],
  "a command of the product that is not listed": ["Get-ADSyncSecrets", /does not list/],
  "an undocumented parameter of the product": ["Get-ADSyncScheduler -Force", /no parameter Force in scripts/],
  "a command that does not exist": ["Get-ADSyncSchedulerSettings", /nothing of ours may call/],
  "the staging switch": ["Set-ADSyncGlobalSettings $g", /Set-ADSyncGlobalSettings, which nothing of ours may call/],
  "the staging switch by its name in a string": ["$name = 'Set-ADSyncGlobalSettings'", /has the word Set-ADSyncGlobal/],
  "a run profile where nothing may run": [
    "Invoke-ADSyncRunProfile -ConnectorName a -RunProfileName 'Full Import'",
    /which only first-synchronization may call/,
  ],
  "an export": [
    "Invoke-ADSyncRunProfile -ConnectorName a -RunProfileName 'Export'",
    /otherwise than full import/,
    "first-synchronization",
  ],
  "a scheduler that is switched off": [
    "Set-ADSyncScheduler -SyncCycleEnabled $false",
    /otherwise than -SyncCycleEnabled \$true/,
    "first-synchronization",
  ],
  "a scheduler that is given something else": [
    "Set-ADSyncScheduler -SyncCycleEnabled $true -MaintenanceEnabled $false",
    /otherwise than/,
    "first-synchronization",
  ],
  "an automatic upgrade that is switched on": [
    "Set-ADSyncAutoUpgrade -AutoUpgradeState Enabled",
    /otherwise than -AutoUpgradeState Disabled/,
    "switch-off-auto-upgrade",
  ],
  "code from text": ["Invoke-Expression $a", /has the word Invoke-Expression/],
  "a type of later .NET": [
    "[System.Text.Json.JsonDocument]::Parse($a)",
    /System\.Text\.Json\.JsonDocument, which nobody/,
  ],
  "a member of later .NET": ["[Convert]::ToHexString($a)", /Convert::ToHexString, which nobody has looked up/],
  "a constructor in 5.0 form of an unreviewed type": ["[Uri]::new($a)", /the type Uri, which nobody/],
  "a type by New-Object": ["New-Object -TypeName System.Net.WebClient", /System\.Net\.WebClient, which nobody/],
  "a COM object": ["New-Object -ComObject WScript.Shell", /COM object WScript\.Shell/],
  "an overload of later .NET": ["'a'.StartsWith('b', 'Ordinal', $c)", /StartsWith\(\) with 3 arguments/],
  "an unreviewed method": ["$a.ReplaceLineEndings()", /ReplaceLineEndings\(\), which nobody/],
  "a text to split at": ["'a::b'.Split('::')", /5\.1 splits at each of its characters/],
  "an automatic variable of PowerShell 7": ["if ($IsWindows) { 1 }", /\$IsWindows, which 5\.1 does not/],
  "what does not parse": ["if ($a) {", /does not parse/],
};

describe("scripts: true to Windows PowerShell 5.1", function () {
  this.timeout(900_000);
  let powershell: TestPowershell | undefined;
  let parsed: ReadonlyMap<string, Parsed> = new Map();
  let genuine: GenuineCommands | undefined;
  /** Texts that lie on a server, or that an operator runs there. */
  const files = [
    ["collect", collectorText()],
    ["archive-configuration", archiverFile()],
    ...bundleFiles(bundleOptions).flatMap(({ name, text }) =>
      /install\.ps1$/.test(name) ? [[name, text] as const] : [],
    ),
  ] as const;
  const line = taskLine({ scriptSha256: "a", configurationSha256: "b", chain: "c" });
  const texts = new Map<string, string>([
    ...scriptTexts,
    ...files,
    ["line", line],
    ...fragments.map((name) => [nameOfFragment(name), textOfFragment(name)] as const),
  ]);
  const plants = Object.values(planted).map(([text], index) => [`planted-${index}`, text] as const);

  before(async function () {
    powershell = await findTestPowershell();
    requires(this, "the test PowerShell", powershell !== undefined);
    requires(this, "the list of commands of Windows PowerShell 5.1", genuineCommandsFile);
    assert.ok(powershell);
    genuine = readGenuineCommands();
    parsed = await parseTexts(powershell, new Map([...texts, ...plants]));
  });

  const of = (name: string): Parsed => {
    const found = parsed.get(name);
    assert.ok(found, `${name} was not parsed`);
    return found;
  };

  /** A fragment calls what others define. */
  const functionsOfAll = () => [...texts.keys()].flatMap((name) => of(name).functions);
  const problems = (name: string, text: string, script = name, functions: readonly string[] = []) =>
    problemsOf(script, text, of(name), { functions, genuine });

  for (const [name, text] of [...scriptTexts, ...files])
    it(`${name} calls nothing that such a server does not have, and nothing that is not listed`, () => {
      assert.deepEqual(problems(name, text), []);
    });

  it("the line of the archive's task runs one thing that stands elsewhere: what it has just compared with its hash", () => {
    assert.deepEqual(problems("line", line), [
      "runs ([ScriptBlock]::Create([Text.Encoding]::ASCII.GetString($bytes))): what that is stands nowhere in the text",
      "uses ScriptBlock::Create, which nobody has looked up in .NET Framework 4.7.2",
    ]);
    assert.match(line, /\$found -ceq 'a'\) \{ & \(\[ScriptBlock\]/);
    assert.doesNotMatch(line, /"/);
  });

  it("no fragment does, used or not", () => {
    const functions = functionsOfAll();
    for (const name of fragments) {
      const found = problems(nameOfFragment(name), textOfFragment(name), "none", functions);
      // Who may act is asked of the scripts, which are whole.
      assert.deepEqual(
        found.filter((problem) => !/which only .* may call/.test(problem)),
        [],
        name,
      );
    }
  });

  Object.entries(planted).forEach(([what, [text, said, script = "none"]], index) => {
    it(`would find ${what}`, () => {
      const found = problems(`planted-${index}`, text, script);
      assert.ok(
        found.some((problem) => said.test(problem)),
        found.join("\n") || "nothing was found",
      );
    });
  });

  it("what the stand-ins offer, the genuine server has", async () => {
    assert.ok(powershell !== undefined && genuine !== undefined);
    const modules = [
      join(stubFolder, "Windows.psm1"),
      join(stubFolder, "ADSync.psm1"),
      join(repositoryRoot, "test", "scripts", "stub", "ADSync", "ADSync.psm1"),
    ];
    for (const module of modules) {
      const exported = await exportedBy(powershell, module);
      assert.ok(exported.size > 5);
      assert.deepEqual(problemsOfStandIns(exported, genuine), [], module);
    }
    const invented = new Map([
      ["Get-Uptime", []],
      ["Get-Item", ["AsByteStream"]],
      ["Get-ADSyncScheduler", ["Staging"]],
      ["certutil.exe", []],
    ]);
    assert.equal(problemsOfStandIns(invented, genuine).length, 4);
  });

  it("every command of the product that acts has its own script, and no row is without a source", () => {
    for (const { name, kind, scripts, only, source, standing } of productCommands) {
      assert.ok(source.length > 10 && standing.length > 5, name);
      assert.equal(kind === "acts", scripts !== undefined && only !== undefined, name);
    }
    for (const program of programs) assert.ok(program.source.length > 10 && program.for.length > 5, program.name);
    assert.equal(new Set(productCommands.map(({ name }) => name)).size, productCommands.length);
  });

  it("every row of the tables is used, or says why it is forbidden", () => {
    const called = new Set([...texts.keys()].flatMap((name) => of(name).commands.map((command) => command.name)));
    const words = [...texts.values()].join("\n");
    for (const { name, kind } of productCommands)
      if (kind !== "never")
        assert.ok(called.has(name) || name === "Get-ADSyncGlobalSettings", `${name} is called by nobody`);
    for (const { name } of programs) assert.ok(words.includes(name), `${name} is started by nobody`);
  });

  it("stand in the documentation, each with its source", () => {
    const text = readFileSync(join(repositoryRoot, "docs", "calls.md"), "utf8");
    for (const { name, kind, standing, source, only } of productCommands) {
      const row =
        kind === "never"
          ? `| \`${name}\` | ${standing} | ${source} |`
          : `| \`${name}\` | ${only ?? "reads"} | ${standing} | ${source} |`;
      assert.ok(text.includes(row), `docs/calls.md has no row\n${row}`);
    }
    for (const { name, source, for: reason } of programs)
      assert.ok(text.includes(`| \`${name}\` | ${reason} | ${source} |`), `docs/calls.md has the row of ${name}`);
  });
});

async function exportedBy(powershell: TestPowershell, module: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const command = `(Microsoft.PowerShell.Core\\Import-Module '${module.replaceAll("'", "''")}' -PassThru -DisableNameChecking).ExportedFunctions.Values | ForEach-Object { "$($_.Name) $($_.Parameters.Keys -join ' ')" }`;
  const plan = { ...process.env, COLLECT_STUB: join(repositoryRoot, "test", "scripts", "stub", "plan.json") };
  const { stdout } = await promisify(execFile)(
    powershell.path,
    ["-NoProfile", "-NonInteractive", "-Command", command],
    {
      env: plan,
    },
  );
  return new Map(
    stdout
      .trim()
      .split("\n")
      .map((line) => line.trim().split(" "))
      .map(([name = "", ...parameters]) => [name, parameters]),
  );
}
