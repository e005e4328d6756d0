import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { before, describe, it } from "mocha";
import { endOfScript } from "../../../rehearsal/windows/endOfScript";
import { createExecutor } from "../../../rehearsal/windows/executor";
import { changeRegistry, changeServerWorld } from "../../../rehearsal/windows/serverFiles";
import type { WindowsExecutor } from "../../../rehearsal/world/contract";
import { standardInputCommandLine } from "../../../scripts/assemble";
import { requires } from "../../support/requires";
import { execute, type Outcome, type Pair, usePowershell } from "./pair";

/** The process in which the script before ran, so that a test knows that it met what that one left. */
const processOf = ({ stdout }: Outcome) => /process (\d+)/.exec(stdout)?.[1];

describe("scripts that run in one process of the test PowerShell, one after the other", () => {
  const machines = usePowershell();
  let executor: WindowsExecutor;
  let pair: Pair;
  before(async function () {
    executor = await createExecutor();
    requires(this, "the test PowerShell", executor.kind === "powershell");
  });
  beforeEach(async () => {
    pair = await machines();
  });

  const run = (text: string, of: Pair = pair): Promise<Outcome> => {
    const [member] = of.members;
    assert.ok(member);
    return execute(executor, member.server, standardInputCommandLine, `"process $PID"\n${text}`);
  };
  /** Both in the same process; what the second said behind its process. */
  const after = async (first: string, second: string): Promise<string> => {
    const before = await run(first);
    const outcome = await run(second);
    assert.equal(processOf(outcome), processOf(before), "another process: nothing is proven");
    assert.equal(outcome.stderr, "");
    return outcome.stdout.replace(/^.*\n/, "").trimEnd();
  };

  const left: readonly { what: string; first: string; second: string; expected: string }[] = [
    {
      what: "global variables",
      first: "$global:secret = 'of the first'; $script:other = 1; exit 0",
      second: '"[$global:secret$other]"; exit 0',
      expected: "[]",
    },
    {
      what: "functions, aliases and drives",
      first:
        "function global:Get-Left { 'left' }; Set-Alias -Name left -Value Get-Left -Scope Global; $null = New-PSDrive -Name L -PSProvider FileSystem -Root / -Scope Global; exit 0",
      second:
        "@(Get-Command -Name Get-Left, left -ErrorAction SilentlyContinue).Count; @(Get-PSDrive -Name L -ErrorAction SilentlyContinue).Count; exit 0",
      expected: "0\n0",
    },
    {
      what: "strict mode and preferences",
      first: "Set-StrictMode -Version Latest; $global:ErrorActionPreference = 'Stop'; exit 0",
      second: '"[$neverSet] $ErrorActionPreference"; exit 0',
      expected: "[] Continue",
    },
    {
      what: "the environment, as it was added to, changed and taken from",
      first: "$env:LEFT = 'left'; $env:TZ = 'Europe/Berlin'; $env:HOME = $null; $env:COMPUTERNAME = 'OTHER'; exit 0",
      second: '"[$env:LEFT] $env:TZ $([bool]$env:HOME) $env:COMPUTERNAME"; exit 0',
      expected: "[] UTC True AADC-STG-G1",
    },
    {
      what: "the current folder, of the session and of the process",
      first: "Set-Location -LiteralPath /; [Environment]::CurrentDirectory = '/'; exit 0",
      second: "\"$((Get-Location).Path) $([Environment]::CurrentDirectory -eq '/')\"; exit 0",
      expected: "C:/ False",
    },
    {
      what: "modules and what they hold",
      first: "New-Module -Name Left -ScriptBlock { $held = 1; function Get-Held { $held } } | Import-Module; exit 0",
      second: "@(Get-Module -Name Left).Count; exit 0",
      expected: "0",
    },
    {
      what: "the exit code of the last program",
      first: "$global:LASTEXITCODE = 7; exit 7",
      second: '"$LASTEXITCODE"; exit 0',
      expected: "0",
    },
    {
      what: "the culture",
      first:
        "[Globalization.CultureInfo]::CurrentCulture = [Globalization.CultureInfo]::GetCultureInfo('de-DE'); exit 0",
      second: '"[$([Globalization.CultureInfo]::CurrentCulture.Name)] $((1.5).ToString())"; exit 0',
      expected: "[] 1.5",
    },
    {
      what: "errors",
      first: "try { throw 'left' } catch { }; exit 0",
      second: "$Error.Count; exit 0",
      expected: "0",
    },
    {
      what: "the standard streams, turned elsewhere",
      first:
        "[Console]::SetOut([IO.TextWriter]::Null); [Console]::SetError([IO.TextWriter]::Null); [Console]::SetIn([IO.StringReader]::new('left')); exit 0",
      second: "[Console]::Out.WriteLine('heard'); '[' + [Console]::In.ReadToEnd() + ']'; exit 0",
      expected: "heard\n[]",
    },
    {
      what: "protocols for web requests",
      first:
        "$global:before = [Net.ServicePointManager]::SecurityProtocol; [Net.ServicePointManager]::SecurityProtocol = 'Tls12'; exit 0",
      second: "[Net.ServicePointManager]::SecurityProtocol -eq 'Tls12'; exit 0",
      expected: "False",
    },
  ];
  for (const { what, first, second, expected } of left)
    it(`leave nothing to the next: ${what}`, async () => {
      assert.equal(await after(first, second), expected.trim());
    });

  it("find what a program of another machine wrote meanwhile, and each its own registry", async () => {
    const other = await machines();
    await pair.each((server) =>
      changeRegistry(server, (registry) => Object.assign(registry, { "HKLM:\\SOFTWARE\\X": { Of: 1 } })),
    );
    await other.each((server) =>
      changeRegistry(server, (registry) => Object.assign(registry, { "HKLM:\\SOFTWARE\\X": { Of: 2 } })),
    );
    const read = "(Get-ItemProperty -LiteralPath HKLM:\\SOFTWARE\\X -Name Of).Of; exit 0";
    const outcomes = [await run(read), await run(read, other), await run(read)];
    assert.equal(new Set(outcomes.map(processOf)).size, 1);
    assert.deepEqual(
      outcomes.map(({ stdout }) => stdout.trimEnd().split("\n").at(-1)),
      ["1", "2", "1"],
    );
    await run("Set-ItemProperty -LiteralPath HKLM:\\SOFTWARE\\X -Name Of -Value 3; exit 0", other);
    assert.match((await run(read)).stdout, /\n1\n$/);
    assert.match((await run(read, other)).stdout, /\n3\n$/);
    await other.each((server) => changeServerWorld(server, (world) => Object.assign(world, { computerName: "OTHER" })));
    assert.match((await run("$env:COMPUTERNAME; exit 0", other)).stdout, /\nOTHER\n$/);
  });

  it("keep streams and exit codes apart, whatever they end with", async () => {
    const ends: readonly [string, number, RegExp][] = [
      ["'one'; exit 7", 7, /^$/],
      ["[Console]::Out.Write('no newline'); [Console]::Error.Write('nor here'); exit 0", 0, /^nor here$/],
      ["throw 'boom'", 1, /boom/],
      ["& /bin/echo 'of a program'; exit 3", 3, /^$/],
      ["[Console]::Out.Write([char]0 + 'after a zero' + [char]0); exit 0", 0, /^$/],
      ["function Stop-Deep { exit 21 }; & { Stop-Deep }; 'not reached'", 21, /^$/],
      ["$PSCmdlet.None.None(", 25, /\S/],
      ["'no exit of its own'", 25, /^$/],
    ];
    for (const [text, code, stderr] of ends) {
      const outcome = await run(text);
      assert.equal(outcome.exitCode, code, text);
      assert.match(outcome.stderr, stderr, text);
    }
    assert.match((await run("'é€😀'; exit 0")).stdout, /\né€😀\n$/);
  });

  const ownWay: readonly [string, string, number][] = [
    ["ends its process", "[Environment]::Exit(9)", 9],
    ["leaves a session behind", "[runspacefactory]::CreateRunspace().Open(); exit 4", 4],
    ["leaves a program behind", "$null = [Diagnostics.Process]::Start('/bin/sleep', '600'); exit 5", 5],
  ];
  for (const [what, text, code] of ownWay)
    it(`take the process with them where one ${what}`, async () => {
      const first = await run(text);
      assert.equal(first.exitCode, code);
      const next = await run("exit 0");
      assert.equal(next.exitCode, 0);
      assert.notEqual(processOf(next), processOf(first));
    });

  it("end with their process, and with what they started, where one is killed, and not one that runs beside it", async () => {
    const [member] = pair.members;
    assert.ok(member);
    const gone = new AbortController();
    let said = "";
    const killed = executor.exec(member.server, {
      commandLine: standardInputCommandLine,
      stdin: Buffer.from(
        "$child = [Diagnostics.Process]::Start('/bin/sleep', '600'); [Console]::Out.WriteLine(\"$PID $($child.Id) begun\"); [Threading.Thread]::Sleep(600000)",
      ),
      onStdout: (chunk) => {
        said += chunk.toString();
        if (said.includes("begun")) gone.abort();
      },
      onStderr: () => undefined,
      signal: gone.signal,
    });
    const beside = run(
      "while (-not (Test-Path -LiteralPath C:\\go.txt)) { [Threading.Thread]::Sleep(20) }; 'whole'; exit 6",
    );
    assert.notEqual(await killed, 0);
    await writeFile(join(member.server.path, "C", "go.txt"), "");
    const whole = await beside;
    assert.deepEqual([whole.exitCode, whole.stdout.trimEnd().split("\n").at(-1)], [6, "whole"]);
    const [own = "", child = ""] = said.split(" ");
    assert.notEqual(processOf(whole), own);
    for (const id of [own, child]) assert.ok(isGone(id), `process ${id} goes on`);
  });

  it("give up a lock that one held to its end, as a process does", async () => {
    const hold =
      "$lock = New-Object -TypeName System.Threading.Mutex -ArgumentList $false, 'Global\\x'; $lock.WaitOne(0)";
    const first = await run(`${hold}; exit 0`);
    const second = await run(`${hold}; exit 0`);
    assert.equal(processOf(second), processOf(first));
    assert.match(second.stdout, /True\n$/);
  });
});

/** Killed and, where nobody has asked how it ended, dead all the same. */
function isGone(id: string): boolean {
  if (!existsSync(`/proc/${id}/stat`)) return true;
  return / [ZX] /.test(readFileSync(`/proc/${id}/stat`, "utf8"));
}

describe("the mark behind a script's output", () => {
  const mark = "\0a0b1c2";
  const whole = Buffer.concat([Buffer.from("first\0\0a0b1"), Buffer.from(`é${mark} 7 1\n`)]);

  it("is found however the stream is cut, and nothing of it is passed on", async () => {
    for (let size = 1; size <= whole.length; size++) {
      const stream = new PassThrough();
      const passed: Buffer[] = [];
      const end = endOfScript(stream, mark, (chunk) => passed.push(chunk));
      for (let at = 0; at < whole.length; at += size) {
        stream.write(whole.subarray(at, at + size));
        await new Promise((resolve) => setImmediate(resolve));
      }
      assert.deepEqual(await end, { code: 7, alone: true });
      assert.equal(Buffer.concat(passed).toString(), "first\0\0a0b1é");
    }
  });

  it("may be missing: then all of it is passed on", async () => {
    const stream = new PassThrough();
    const passed: Buffer[] = [];
    void endOfScript(stream, mark, (chunk) => passed.push(chunk));
    stream.end("cut off\0a0b");
    await once(stream, "end");
    assert.equal(Buffer.concat(passed).toString(), "cut off\0a0b");
  });
});
