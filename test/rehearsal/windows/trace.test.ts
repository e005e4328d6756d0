/** The wizard's own log, where its configuration failed: quoted at the gate, bounded, masked, with cause and remedy. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { open, utimes } from "node:fs/promises";
import { join } from "node:path";
import { before, describe, it } from "mocha";
import { createExecutor } from "../../../rehearsal/windows/executor";
import { failedConfigurations } from "../../../rehearsal/windows/failedConfigurations";
import { pathOnDrive } from "../../../rehearsal/windows/serverFiles";
import { completeWizard, failWizard, openWizard } from "../../../rehearsal/windows/wizard";
import type { WindowsExecutor } from "../../../rehearsal/world/contract";
import { scriptExitCodes, selfContained, standardInputCommandLine, validateAnswer } from "../../../scripts/assemble";
import { hideSecrets, secretMasks } from "../../../scripts/causes";
import { nastyLines } from "../../scripts/nastyLines";
import { repositoryRoot } from "../../support/repository";
import { requires } from "../../support/requires";
import { execute, type Pair, usePairs, usePowershell } from "./pair";
import { deliverInstaller, gateArguments as gate, installed, setUp } from "./stages";

const log = "C:\\ProgramData\\AADConnect\\trace-20261101-090000.log";
const entry = (text: string, level = "ERROR") => `[09:00:00.000] [ 26] [${level.padEnd(5)}] ${text}\r\n`;

describe("the log of a wizard that failed, in PowerShell and emulated", () => {
  const machines = usePairs();
  let pair: Pair;

  async function gateAfter(text: string | Buffer, powershellOnly = false) {
    pair = await machines();
    if (powershellOnly) pair = pair.powershell;
    await installed(pair);
    await pair.putLater(log, text);
    return pair.run("await-wizard", gate);
  }

  it("is named with its newest errors, in its order, and the refusal says that the wizard failed", async () => {
    const lines = ["first", "second", "third", "fourth", "fifth"].map((word) => entry(`Task: the ${word} problem`));
    const { exitCode, stderr } = await gateAfter(`${lines.join(entry("nothing", "INFO"))}${entry("the end", "INFO")}`);
    assert.equal(exitCode, scriptExitCodes.gateWaiting);
    assert.match(
      stderr,
      /\[wizard-failed\]\nWhat: .* Its log is C:\\ProgramData\\AADConnect\\trace-20261101-090000\.log/,
    );
    const quoted = [...stderr.matchAll(/^Note: From [^ ]+: (.*)$/gm)].map(([, text]) => text);
    assert.deepEqual(
      quoted,
      ["second", "third", "fourth", "fifth"].map((word) => `[09:00:00.000] [ 26] [ERROR] Task: the ${word} problem`),
    );
  });

  it("is said with its cause, and the remedy comes first of what to do", async () => {
    const { stderr } = await gateAfter(
      entry("MsalServiceException: AADSTS700016: Application with identifier 'x' was not found", "WARN") +
        entry("could not configure application-based authentication for this server. Setup cannot continue."),
    );
    assert.match(stderr, /\nNote: Known cause: an earlier attempt/);
    assert.match(stderr, /^Next: In the Entra admin center, App registrations[^\n]*\nNext: If no known cause/m);
    // What fits any such failure is said only where nothing more particular does.
    assert.equal(stderr.match(/Known cause/g)?.length, 1);
  });

  it("counts what stands on following lines to its entry, and nothing to one that is no error", async () => {
    const { stderr } = await gateAfter(
      `${entry("Task failed")}System.Exception: Error 25009.The setup wizard cannot configure the specified database.\r\n   at X.Y()\r\n${entry("all is well", "INFO")}secret of an INFO entry\r\n`,
    );
    assert.match(stderr, /\[ERROR\] Task failed System\.Exception: Error 25009\.[^\n]*at X\.Y\(\)\n/);
    assert.match(stderr, /Known cause: the setup of the engine could not make or change its database/);
    assert.doesNotMatch(stderr, /INFO entry/);
  });

  it("is the newest by its time, not by its name", async () => {
    pair = await machines();
    await installed(pair);
    await pair.putLater(log.replace("20261101", "20261231"), entry("an old problem"));
    await pair.putLater(log, entry("a new problem"));
    await pair.each(async (server) => {
      const later = new Date(Date.now() + 120_000);
      await utimes(pathOnDrive(server, log), later, later);
    });
    const { stderr } = await pair.run("await-wizard", gate);
    assert.match(stderr, /a new problem/);
    assert.doesNotMatch(stderr, /an old problem/);
  });

  it("is read as UTF-16 of either order, and as UTF-8 with its mark", async () => {
    const text = entry("Task: a problem \u2013 \u00fcber");
    const little = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, "utf16le")]);
    for (const bytes of [
      little,
      Buffer.from(little).swap16(),
      Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(text, "utf8")]),
    ])
      assert.match((await gateAfter(bytes, true)).stderr, /\[ERROR\] Task: a problem \? \?ber\n/);
  });

  it("is not rehearsed emulated in UTF-16", async () => {
    pair = await machines();
    const [genuine, emulated = genuine] = pair.members;
    if (emulated?.executor.kind !== "emulated") return;
    pair = pair.alone(emulated);
    await installed(pair);
    await pair.putLater(log, Buffer.from(`\ufeff${entry("Task: a problem")}`, "utf16le"));
    const { exitCode, stderr } = await pair.run("await-wizard", gate);
    assert.equal(exitCode, 1);
    assert.match(stderr, /does not rehearse a wizard's log in UTF-16; the test PowerShell does/);
  });

  it("is read from its end alone, however long it is, and its lines are cut", async () => {
    pair = (await machines()).powershell;
    await installed(pair);
    await pair.putLater(log, "");
    await pair.each(async (server) => {
      const file = await open(pathOnDrive(server, log), "r+");
      await file.truncate(200 * 1024 * 1024);
      const end = Buffer.from(
        `\n${entry(`Task: ${"word ".repeat(4000)}`)}${"[09:00:00.000] [ 26] [INFO ] x\n".repeat(10)}`,
      );
      await file.write(end, 0, end.length, 200 * 1024 * 1024);
      await file.close();
      const later = new Date(Date.now() + 120_000);
      await utimes(pathOnDrive(server, log), later, later);
    });
    const { commandLine, stdin } = selfContained("await-wizard", gate);
    // Not compared as a whole: nobody needs to read 200 MB for that.
    const outcomes = await Promise.all(
      pair.members.map(({ executor, server }) => execute(executor, server, commandLine, stdin)),
    );
    for (const { stderr } of outcomes) {
      const [line = ""] = /^Note: From .*$/m.exec(stderr) ?? [];
      assert.match(line, /word word {1,2}\.\.\.$/);
      assert.ok(line.length < 600);
    }
  });

  it("is no news where it is older than the last thing that succeeded, and where it tells of no error", async () => {
    pair = await machines();
    await pair.put(log, entry("before the package"));
    await installed(pair);
    assert.doesNotMatch((await pair.run("await-wizard", gate)).stderr, /before the package|wizard-failed/);
    const { stderr } = await gateAfter(entry("all is well", "INFO") + entry("AADSTS700016", "WARN"));
    assert.match(stderr, /\[waiting\][\s\S]*nobody has completed the wizard yet/);
    assert.doesNotMatch(stderr, /Known cause/);
  });

  it("is quoted while the wizard is still open, and no more when it has succeeded", async () => {
    pair = await machines();
    await installed(pair);
    await pair.each(openWizard);
    await pair.putLater(log, entry("Task: a problem"));
    const { stderr } = await pair.run("await-wizard", gate);
    assert.match(stderr, /\[waiting\][\s\S]*the wizard is open[\s\S]*Note: From .*a problem/);
    await pair.each((server) => completeWizard(server, { staging: true }));
    validateAnswer("await-wizard", (await pair.run("await-wizard", gate)).stdout);
  });

  it("is quoted at an upgrade's gate only where it is newer than the gate that was passed", async () => {
    pair = await machines();
    await setUp(pair);
    await pair.put(log, entry("Task: of the first installation"));
    await pair.bring("await-wizard", gate);
    const newer = "2.6.93.0";
    await pair.bring("install-package", await deliverInstaller(pair, { productVersion: newer }));
    const upgrade = { ...gate, productVersion: newer };
    assert.doesNotMatch((await pair.run("await-wizard", upgrade)).stderr, /first installation/);
    await pair.putLater(log, entry("Could not load file or assembly 'System.Diagnostics.DiagnosticSource'"));
    const { stderr } = await pair.run("await-wizard", upgrade);
    assert.match(stderr, /\[upgrade-unfinished\][\s\S]*Note: From [\s\S]*Known cause: miiserver\.exe\.config/);
  });

  it("is said once in the lines of a run that waits, and again when something new is in it", async () => {
    pair = await machines();
    await installed(pair);
    await pair.putLater(log, entry("Task: A management agent with this name already exists."));
    const outcome = await pair.run("await-wizard", { ...gate, waitMinutes: 100, pollSeconds: 1200 });
    assert.equal(outcome.progress.match(/the wizard's log/g)?.length, 1);
    assert.match(
      outcome.progress,
      /^gate on AADC-STG-G1: the wizard's log C:.*:\n {2}\[09:00:00\.000\].*already exists\.\n {2}Known cause: .*\n {2}What to do: .*\ngate on AADC-STG-G1: \d+ of 100 min, the wizard has been run, and its configuration failed$/m,
    );
  });

  it("never shows what is secret in it", async () => {
    pair = await machines();
    await installed(pair);
    // A few through the whole script; that both engines mask all of them alike is shown below.
    const few = nastyLines.filter((_, index) => index % 5 === 0);
    for (let index = 0; index < few.length; index += 4) {
      const some = few.slice(index, index + 4);
      await pair.putLater(log, some.map(([line]) => entry(`Task: ${line}`)).join(""));
      const { stderr, stdout } = await pair.run("await-wizard", gate);
      assert.equal(stderr.match(/^Note: From/gm)?.length, some.length);
      for (const [line, ...canaries] of some)
        for (const canary of canaries) assert.ok(!`${stderr}${stdout}`.includes(canary), `${line}\n${stderr}`);
    }
  });
});

describe("the log of a wizard that failed", () => {
  const machines = usePowershell();
  it("is told to be unreadable where somebody holds it", async () => {
    const pair = await machines();
    await installed(pair);
    await pair.putLater(log, entry("Task: a problem"));
    await pair.edit((world) => {
      world.peculiarities.lockedFiles = [log];
    });
    const { exitCode, stderr } = await pair.run("await-wizard", gate);
    assert.equal(exitCode, scriptExitCodes.gateWaiting);
    assert.match(
      stderr,
      /\[waiting\][\s\S]*\nNote: The wizard's newest log, C:.*, cannot be read: .*being used by another process/,
    );
  });

  for (const name of Object.keys(failedConfigurations) as (keyof typeof failedConfigurations)[])
    it(`tells what is the matter, and the next attempt may succeed (${name})`, async () => {
      const pair = await machines();
      await installed(pair);
      await pair.be(`wizard-fails-${name}`);
      await pair.each((server) => completeWizard(server, { staging: true }));
      const failed = await pair.run("await-wizard", gate);
      assert.match(failed.stderr, /\[wizard-failed\][\s\S]*\nNote: Known cause: /);
      await pair.beNoMore(`wizard-fails-${name}`);
      await pair.each((server) => completeWizard(server, { staging: true }));
      validateAnswer("await-wizard", (await pair.run("await-wizard", gate)).stdout);
    });
});

describe("masking", () => {
  let executor: WindowsExecutor;
  before(async function () {
    executor = await createExecutor();
    requires(this, "the test PowerShell", executor.kind === "powershell");
  });
  const machines = usePowershell();

  it("is the same in PowerShell as here, for every nasty line", async () => {
    const pair = await machines();
    const [member] = pair.members;
    assert.ok(member);
    const lines = nastyLines.flatMap(([line]) => [line, line.toUpperCase(), `[ERROR] ${line} and more`]);
    const json = (value: unknown) =>
      `ConvertFrom-Json -InputObject @'\n${JSON.stringify(value).replace(/[^\x20-\x7e]/g, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`)}\n'@`;
    const fragment = readFileSync(join(repositoryRoot, "scripts", "fragments", "masks.ps1"), "utf8");
    const text = [
      `$masks = ${json(secretMasks())}`,
      `$lines = ${json(lines)}`,
      fragment,
      "foreach ($line in $lines) { [Console]::Out.WriteLine([Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes((Hide-Secret $line)))) }",
      "exit 0",
    ].join("\n");
    const { stdout, stderr } = await execute(executor, member.server, standardInputCommandLine, text);
    assert.equal(stderr, "");
    assert.deepEqual(
      stdout
        .trim()
        .split("\n")
        .map((each) => Buffer.from(each, "base64").toString("utf8")),
      lines.map(hideSecrets),
    );
  });

  it("leaves the log's own words where no cause is known", async () => {
    const pair = await machines();
    await installed(pair);
    await pair.each(failWizard);
    const { stderr } = await pair.run("await-wizard", gate);
    assert.match(stderr, /We encountered a problem and couldn't complete the integration/);
    assert.doesNotMatch(stderr, /Known cause/);
    assert.match(stderr, /\nNext: If no known cause is named/);
  });
});
