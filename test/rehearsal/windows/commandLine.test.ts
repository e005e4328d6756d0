import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { readCommandLine, type Shell, shellOf } from "../../../rehearsal/windows/commandLine";
import { setPeculiarities } from "../../../rehearsal/windows/peculiarities";
import { changeRegistry } from "../../../rehearsal/windows/serverFiles";
import { findTestPowershell } from "../../../rehearsal/windows/testPowershell";
import { failWizard } from "../../../rehearsal/windows/wizard";
import { scriptExitCodes, selfContained, standardInputCommandLine, validateAnswer } from "../../../scripts/assemble";
import { requires } from "../../support/requires";
import { type Pair, usePairs, usePowershell } from "./pair";
import { gateArguments as gate, installed, retireArguments, service, setUp } from "./stages";

const windowsPowershell = "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe";
const earlierForm =
  'powershell.exe -NoProfile -NonInteractive -ExecutionPolicy Bypass -Command "& ([ScriptBlock]::Create([Console]::In.ReadToEnd()))"';

function understood(line: string, shell: Shell) {
  const request = readCommandLine(line, shell);
  assert.equal(request.kind, "standard-input");
  return request.kind === "standard-input" ? request : assert.fail();
}

describe("the constant command line", () => {
  it("gives the exit code of the script in both shells, which one without the last statement does not", () => {
    for (const code of [0, 1, 20, 21, 22, 23, 24, 3010]) {
      assert.equal(understood(standardInputCommandLine, "cmd").codeSeen(code), code);
      assert.equal(understood(standardInputCommandLine, "powershell").codeSeen(code), code);
      assert.equal(understood(earlierForm, "cmd").codeSeen(code), code);
      assert.equal(understood(earlierForm, "powershell").codeSeen(code), code === 0 ? 0 : 1);
    }
  });

  it("does not end well where no script arrives, in both shells", () => {
    for (const shell of ["cmd", "powershell"] as const) {
      assert.equal(understood(standardInputCommandLine, shell).codeAtEnd, scriptExitCodes.notArrived);
      assert.equal(understood(earlierForm, shell).codeAtEnd, 0);
    }
  });

  it("is told by the path which shell runs it, as sshd does", () => {
    assert.equal(shellOf(undefined), "cmd");
    assert.equal(shellOf("C:\\Windows\\System32\\cmd.exe"), "cmd");
    assert.equal(shellOf(windowsPowershell), "powershell");
    assert.equal(shellOf("C:\\Program Files\\PowerShell\\7\\pwsh.exe"), "other");
    assert.equal(readCommandLine(standardInputCommandLine, "other").kind, "unknown");
  });
});

describe("the constant command line, run by a real PowerShell as either shell runs it", () => {
  let folder = "";
  let powershell = "";
  before(async function () {
    const found = await findTestPowershell();
    requires(this, "the test PowerShell", found !== undefined);
    powershell = found?.path ?? "";
    folder = await mkdtemp(join(tmpdir(), "entra-connect-shell-"));
    await writeFile(join(folder, "powershell.exe"), `#!/bin/sh\nexec "${powershell}" "$@"\n`);
    await chmod(join(folder, "powershell.exe"), 0o755);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const start = (program: string, words: readonly string[], input: string, path = `${folder}:/usr/bin:/bin`) =>
    new Promise<{ code: number | null; out: string }>((resolve, reject) => {
      const child = spawn(program, words, { env: { PATH: path, HOME: folder, NO_COLOR: "1" }, stdio: "pipe" });
      let out = "";
      child.stdout.on("data", (chunk: Buffer) => {
        out += chunk.toString();
      });
      child.once("error", reject);
      child.once("close", (code) => resolve({ code, out }));
      child.stdin.on("error", () => undefined);
      child.stdin.end(input);
    });
  /** cmd.exe hands on what stands behind the program; Windows takes quotes away and splits at blanks outside them. */
  const words = [...standardInputCommandLine.matchAll(/(?:"[^"]*"|[^\s"])+/g)].map(([word]) =>
    word.replaceAll('"', ""),
  );
  const shells = {
    "cmd.exe": (input: string) => start(join(folder, "powershell.exe"), words.slice(1), input),
    PowerShell: (input: string) => start(powershell, ["-NoProfile", "-c", standardInputCommandLine], input),
  };

  for (const [name, run] of Object.entries(shells)) {
    it(`passes output, exit code and the whole input (${name})`, async () => {
      const long = "# padding\n".repeat(20_000);
      const outcome = await run(`${long}[Console]::Out.WriteLine('answer'); exit 23`);
      assert.deepEqual(outcome, { code: 23, out: "answer\n" });
      assert.equal((await run("exit 0")).code, 0);
    });

    it(`ends with ${scriptExitCodes.notArrived} where nothing or only a part arrives (${name})`, async () => {
      for (const text of ["", "function Invoke-Script { 'done' }\n", "function Invoke-Script {"])
        assert.equal((await run(text)).code, scriptExitCodes.notArrived, text);
    });
  }

  it("does not end well where PowerShell as the shell finds no powershell.exe", async () => {
    const { code } = await start(powershell, ["-NoProfile", "-c", standardInputCommandLine], "exit 0", "/usr/bin:/bin");
    assert.equal(code, scriptExitCodes.notArrived);
  });
});

describe("scripts under PowerShell as sshd's shell", () => {
  const machines = usePairs();
  let pair: Pair;
  const byPolicy = () =>
    pair.each((server) =>
      changeRegistry(server, (registry) => {
        registry["HKLM:\\SOFTWARE\\OpenSSH"] = { DefaultShell: windowsPowershell };
      }),
    );

  it("end with the gate's own exit codes", async () => {
    pair = await machines();
    await installed(pair);
    await byPolicy();
    assert.equal((await pair.run("await-wizard", gate)).exitCode, scriptExitCodes.gateWaiting);
    await pair.each(failWizard);
    assert.equal((await pair.run("await-wizard", gate)).exitCode, scriptExitCodes.gateWaiting);
    pair = await machines();
    await setUp(pair, { staging: false });
    await byPolicy();
    assert.equal((await pair.run("await-wizard", gate)).exitCode, scriptExitCodes.stagingOff);
    pair = await machines();
    await setUp(pair, { staging: false });
    await byPolicy();
    await pair.edit((world) => {
      world.peculiarities = { serviceDoesNotStop: true };
    });
    assert.equal((await pair.run("await-wizard", gate)).exitCode, scriptExitCodes.stillRunning);
    await pair.edit((world) => {
      world.peculiarities = { moduleRefused: "x" };
    });
    await pair.edit(service({ status: "Running", startType: "Automatic" }));
    assert.equal((await pair.run("await-wizard", gate)).exitCode, scriptExitCodes.stagingUnreadable);
  });

  it("never pass the guard where their text was cut off, in either shell", async () => {
    for (const shell of ["cmd", "powershell"]) {
      pair = await machines();
      await setUp(pair);
      if (shell === "powershell") await byPolicy();
      const before = await pair.world();
      const { commandLine, stdin } = selfContained("retire", retireArguments);
      for (const text of ["", stdin.slice(0, stdin.indexOf("$exitCode = 1"))]) {
        const outcome = await pair.exec(commandLine, text);
        assert.equal(outcome.exitCode, scriptExitCodes.notArrived);
        assert.equal(outcome.stdout, "");
      }
      assert.deepEqual(await pair.world(), before);
    }
  });
});

describe("the peculiarity default-shell-powershell", () => {
  const machines = usePowershell();
  it("sets the shell, and the answers come as before", async () => {
    const pair = await machines();
    await setUp(pair);
    await pair.each((server) => setPeculiarities(server, [{ name: "default-shell-powershell", on: true }]));
    validateAnswer("await-wizard", (await pair.run("await-wizard", gate)).stdout);
    assert.equal(
      validateAnswer("retire", (await pair.run("retire", retireArguments)).stdout).outcome,
      "proven-staging",
    );
  });
});
