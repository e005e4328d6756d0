/** Where Windows does not give what a script needs: the first gate fails safe, everything else refuses and changes nothing. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { describe, it } from "mocha";
import { pathOnDrive } from "../../../rehearsal/windows/serverFiles";
import { completeWizard, openWizard } from "../../../rehearsal/windows/wizard";
import type { ServerFolder } from "../../../rehearsal/world/contract";
import { refusalTexts, scriptExitCodes, selfContained, validateAnswer } from "../../../scripts/assemble";
import { requires } from "../../support/requires";
import { execute, type Outcome, type Pair, usePairs, usePowershell } from "./pair";
import {
  firstArguments,
  gateArguments as gate,
  installed,
  proofArguments,
  retireArguments,
  service,
  serviceIs,
  setUp,
} from "./stages";

const folder = "C:\\ProgramData\\pulumi-entra-connect";
const tokenPath = `${folder}\\gate.json`;
const stoppedPath = `${folder}\\stopped.json`;
const passedPath = `${folder}\\gate-passed.json`;

async function until(server: ServerFolder, windowsPath: string): Promise<void> {
  while (!existsSync(pathOnDrive(server, windowsPath))) await new Promise((resolve) => setTimeout(resolve, 20));
}

const reinstateArguments = {
  computerName: retireArguments.computerName,
  vmId: retireArguments.vmId,
  generation: 1,
  reason: "retired too early",
  until: "2026-12-31",
};

/** Everything but the gate, each with what it is given: none of them may change anything here. */
async function everythingRefuses(pair: Pair, said: RegExp): Promise<void> {
  const before = (await pair.world()).services;
  const outcomes: Outcome[] = [
    await pair.run("verify-staging", proofArguments),
    await pair.run("first-synchronization", firstArguments),
    await pair.run("retire", retireArguments),
  ];
  for (const { exitCode, stderr, stdout } of outcomes) {
    assert.equal(exitCode, scriptExitCodes.refused, stderr);
    assert.match(stderr, said);
    assert.equal(stdout, "");
  }
  assert.deepEqual((await pair.world()).services, before);
}

describe("the first gate, where staging mode cannot be read, in PowerShell and emulated", () => {
  const machines = usePairs();
  let pair: Pair;

  const unreadable = () =>
    pair.edit((world) => {
      world.peculiarities = { moduleRefused: "Could not load file or assembly." };
    });

  it("stops and disables the service after the stated looks, however long it is told to wait, and says so with its own code", async () => {
    for (const waitMinutes of [0, 6000]) {
      pair = await machines();
      await setUp(pair, { staging: false, startSynchronization: true });
      await unreadable();
      const outcome = await pair.run("await-wizard", { ...gate, waitMinutes });
      assert.equal(outcome.exitCode, scriptExitCodes.stagingUnreadable);
      assert.match(
        outcome.stderr,
        /\[staging-unreadable\]\nWhat: .* \(9 looks, 15 seconds apart\): module ADSync: Could not load[^\n]* has been stopped and disabled\./,
      );
      assert.match(
        outcome.stderr,
        /\nNext: If it is staging after all[^\n]*Bin\\ADSync\\ADSync\.psd1'; Get-ADSyncScheduler/,
      );
      await serviceIs(pair, "Stopped", "Disabled");
      assert.match((await pair.readFile(stoppedPath)) ?? "", /could not be read after the wizard had finished/);
      const lines = outcome.progress.trimEnd().split("\n");
      assert.equal(lines.length, 8);
      assert.match(lines.at(-1) ?? "", /cannot be read \(8 of 9 looks, then ADSync is stopped and disabled\)$/);
    }
  });

  it("names an engine that runs although no Applied file tells of a wizard that finished, and leaves it to a person", async () => {
    pair = await machines();
    await setUp(pair, { staging: false });
    await pair.each((server) => rm(pathOnDrive(server, "C:\\ProgramData\\AADConnect"), { recursive: true }));
    await unreadable();
    const outcome = await pair.run("await-wizard", gate);
    assert.equal(outcome.exitCode, scriptExitCodes.gateWaiting, outcome.stderr);
    assert.match(outcome.stderr, /\nNote: ADSync is RUNNING, and whether it is staging cannot be read \(module ADSync/);
    await serviceIs(pair, "Running", "Automatic");
  });

  it("says why without what an error's own words give away: neither in the output nor in the record", async () => {
    pair = await machines();
    await setUp(pair, { staging: true });
    await pair.edit((world) => {
      world.peculiarities = {
        moduleRefused: "Sign-in of canary1@contoso.com (CONTOSO\\canary2) failed: Server=x;User ID=sa;Password=Canary3",
      };
    });
    const { stderr, stdout } = await pair.run("await-wizard", gate);
    assert.match(stderr, /\[staging-unreadable\]\nWhat: .*module ADSync: Sign-in of <account> \(<account>\) failed/);
    assert.doesNotMatch(`${stderr}${stdout}${await pair.readFile(stoppedPath)}`, /canary/i);
  });

  it("says at the next look what it did and why, with the same code", async () => {
    pair = await machines();
    await setUp(pair, { staging: true });
    await unreadable();
    await pair.run("await-wizard", gate);
    const again = await pair.run("await-wizard", gate);
    assert.equal(again.exitCode, scriptExitCodes.stagingUnreadable);
    assert.match(
      again.stderr,
      /\[stopped-unreadable\]\nWhat: .* is stopped and disabled: this gate stopped it at .*could not be read/,
    );
  });

  it("names a service that does not stop as RUNNING, and tries again at every look", async () => {
    pair = await machines();
    await setUp(pair, { staging: false, startSynchronization: true });
    const refused = { moduleRefused: "x", serviceDoesNotStop: true };
    await pair.edit((world) => {
      world.peculiarities = refused;
    });
    for (const _ of ["the first look", "the next"]) {
      const outcome = await pair.run("await-wizard", gate);
      assert.equal(outcome.exitCode, scriptExitCodes.stillRunning);
      assert.match(outcome.stderr, /\[service-not-stopped\]\nWhat: .* is RUNNING, start mode Disabled/);
    }
    await unreadable();
    const stopped = await pair.run("await-wizard", gate);
    assert.equal(stopped.exitCode, scriptExitCodes.stagingUnreadable);
    assert.match(stopped.stderr, /\nNote: ADSync was RUNNING when this gate looked; it has stopped it just now\./);
    await serviceIs(pair, "Stopped", "Disabled");
  });

  it("goes on where reading works again before the last look", async () => {
    pair = (await machines()).powershell;
    await setUp(pair);
    await unreadable();
    // Slow enough that eight looks cannot be over before the change below.
    await pair.edit((world) => {
      world.clock.scale = 20;
    });
    const waiting = pair.run("await-wizard", gate);
    await pair.each((server) => until(server, tokenPath));
    await pair.edit((world) => {
      world.peculiarities = {};
    });
    validateAnswer("await-wizard", (await waiting).stdout);
    await serviceIs(pair, "Running", "Automatic");
  });

  it("stops an engine that says only one of its two flags, and goes on with one that says both in time", async () => {
    pair = await machines();
    await setUp(pair);
    const parameter = (value: string | undefined) =>
      pair.edit(({ adsync }) => {
        if (adsync === undefined) throw new Error("not installed");
        if (value === undefined) delete adsync.globalParameters["Microsoft.Synchronize.StagingMode"];
        else adsync.globalParameters["Microsoft.Synchronize.StagingMode"] = value;
      });
    await parameter(undefined);
    const stopped = await pair.run("await-wizard", gate);
    assert.equal(stopped.exitCode, scriptExitCodes.stagingUnreadable);
    assert.match(stopped.stderr, /\[staging-unreadable\]\nWhat: .*9 looks.*StagingMode: not there/);
    await serviceIs(pair, "Stopped", "Disabled");
    assert.match((await pair.run("await-wizard", gate)).stderr, /\[stopped-unreadable\]/);
    await everythingRefuses(pair, /\[(not-proven-staging|service-not-running)\]/);
    pair = await machines();
    await setUp(pair);
    await parameter(undefined);
    // Slow enough that eight looks cannot be over before the change below.
    await pair.edit((world) => {
      world.clock.scale = 20;
    });
    const waiting = pair.run("await-wizard", gate);
    await pair.each((server) => until(server, tokenPath));
    await parameter("True");
    validateAnswer("await-wizard", (await waiting).stdout);
    await serviceIs(pair, "Running", "Automatic");
  });

  it("leaves a server alone that has passed its gate, and one whose wizard is not done", async () => {
    pair = await machines();
    await setUp(pair);
    await pair.bring("await-wizard", gate);
    await unreadable();
    const passed = await pair.run("await-wizard", gate);
    assert.equal(passed.exitCode, scriptExitCodes.refused);
    assert.match(passed.stderr, /\[not-proven-staging\][\s\S]*module ADSync: Could not load/);
    await serviceIs(pair, "Running", "Automatic");
    pair = await machines();
    await setUp(pair);
    await pair.each(openWizard);
    await unreadable();
    const open = await pair.run("await-wizard", gate);
    assert.equal(open.exitCode, scriptExitCodes.gateWaiting);
    assert.match(open.stderr, /\[left-open\]\nWhat: .* its window is still open/);
    assert.match(
      open.stderr,
      /\nNote: ADSync is RUNNING, [^\n]*module ADSync[^\n]*closed it may begin to export: then `Stop-Service/,
    );
    await serviceIs(pair, "Running", "Automatic");
  });

  it("does not believe that the gate has passed because another machine's record says so", async () => {
    for (const [staging, code] of [
      [false, "staging-off"],
      [true, "staging-unreadable"],
    ] as const) {
      pair = await machines();
      await setUp(pair, { staging, startSynchronization: !staging });
      await pair.put(passedPath, '{"passedAt":"2026-10-01T00:00:00Z","computerName":"AADC-STG-G1","vmId":"another"}');
      if (staging) await unreadable();
      const outcome = await pair.run("await-wizard", gate);
      assert.match(outcome.stderr, new RegExp(`\\[${code}\\]`));
      await serviceIs(pair, "Stopped", "Disabled");
    }
  });

  it("stops the service although nothing can be written any more", async function () {
    pair = await machines();
    const [member] = pair.members;
    requires(this, "the test PowerShell", member?.executor.kind === "powershell");
    assert.ok(member);
    await setUp(pair);
    await unreadable();
    // A folder where a file is to be: every write fails, as on a full disk.
    for (const path of [tokenPath, stoppedPath])
      await mkdir(pathOnDrive(member.server, `${path}.new`), { recursive: true });
    const { commandLine, stdin } = selfContained("await-wizard", gate);
    const outcome = await execute(member.executor, member.server, commandLine, stdin);
    assert.equal(outcome.exitCode, scriptExitCodes.stagingUnreadable);
    assert.match(outcome.stderr, /Note: Nothing could be written[\s\S]*Note: .*stopped\.json could not be written/);
    await serviceIs(pair, "Stopped", "Disabled");
  });

  it("names two reads that contradict each other, and what sets both", async () => {
    pair = await machines();
    await setUp(pair, { staging: false });
    await pair.edit(({ adsync }) => {
      if (adsync) adsync.globalParameters["Microsoft.Synchronize.StagingMode"] = "True";
    });
    const outcome = await pair.run("await-wizard", gate);
    assert.equal(outcome.exitCode, scriptExitCodes.stagingOff);
    assert.match(
      outcome.stderr,
      /the two disagree, scheduler says False, global parameter says True[\s\S]*\nNote: Known cause: .*contradict[\s\S]*\nNext: Set it in the wizard/,
    );
  });

  it("waits longer for a service that does not run, and then names its database", async () => {
    pair = await machines();
    await setUp(pair);
    await pair.edit(service({ status: "Stopped" }));
    const outcome = await pair.run("await-wizard", gate);
    assert.equal(outcome.exitCode, scriptExitCodes.stagingUnreadable);
    assert.match(
      outcome.stderr,
      /25 looks[\s\S]*the service ADSync is stopped, start mode Auto[\s\S]*\nNote: Known cause: .*LocalDB[\s\S]*\nNext: .*error\.log/,
    );
    await serviceIs(pair, "Stopped", "Disabled");
  });

  it("says where there is no service although the wizard has finished", async () => {
    pair = await machines();
    await setUp(pair);
    await pair.edit((world) => {
      delete world.services.ADSync;
    });
    const outcome = await pair.run("await-wizard", gate);
    assert.equal(outcome.exitCode, scriptExitCodes.gateWaiting);
    assert.match(outcome.stderr, /there is no service ADSync/);
  });
});

describe("a module that is not found by its name", () => {
  const machines = usePowershell();
  let pair: Pair;

  it("is found beside the engine by every script, the gate that began before the wizard included", async () => {
    pair = await machines();
    await installed(pair);
    await pair.be("stale-module-path");
    const waiting = pair.run("await-wizard", { ...gate, waitMinutes: 6000, pollSeconds: 60 });
    await pair.each((server) => until(server, tokenPath));
    await pair.each((server) => completeWizard(server, { staging: true }));
    validateAnswer("await-wizard", (await waiting).stdout);
    validateAnswer("first-synchronization", (await pair.run("first-synchronization", firstArguments)).stdout);
    validateAnswer("verify-staging", (await pair.run("verify-staging", proofArguments)).stdout);
    assert.equal(
      validateAnswer("retire", (await pair.run("retire", retireArguments)).stdout).outcome,
      "proven-staging",
    );
    const back = await pair.run("reinstate", reinstateArguments);
    assert.equal(validateAnswer("reinstate", back.stdout).outcome, "reinstated");
  });

  it("lets the gate see that staging was left off, and stop the service", async () => {
    pair = await machines();
    await installed(pair);
    await pair.be("stale-module-path");
    const waiting = pair.run("await-wizard", { ...gate, waitMinutes: 6000, pollSeconds: 60 });
    await pair.each((server) => until(server, tokenPath));
    await pair.each((server) => completeWizard(server, { staging: false, startSynchronization: true }));
    assert.equal((await waiting).exitCode, scriptExitCodes.stagingOff);
    await serviceIs(pair, "Stopped", "Disabled");
  });

  it("is found in another folder too, where its service says", async () => {
    pair = await machines();
    await installed(pair);
    await pair.be("stale-module-path", "other-folder");
    await pair.each((server) => completeWizard(server, { staging: true }));
    assert.match((await pair.world()).services.ADSync?.path ?? "", /^C:\\AADC\\Bin\\miiserver\.exe$/);
    validateAnswer("await-wizard", (await pair.run("await-wizard", gate)).stdout);
    validateAnswer("verify-staging", (await pair.run("verify-staging", proofArguments)).stdout);
  });
});

describe("a scheduler that cannot be read", () => {
  const machines = usePowershell();
  let pair: Pair;

  const named = {
    "modal-dialog": /Known cause: .*terms of use[\s\S]*\nNext: In Entra ID exclude/,
    "scheduler-throws": /Known cause: the scheduler cannot be read[\s\S]*\nNext: .*login\.microsoftonline\.com/,
    "scheduler-cmdlet-missing":
      /Known cause: a module ADSync was loaded that lacks this cmdlet[\s\S]*\nNext: .*Get-Module ADSync/,
  } as const;
  for (const name of ["modal-dialog", "scheduler-throws", "scheduler-cmdlet-missing"] as const) {
    it(`fails safe at the first gate, and says what is the matter (${name})`, async () => {
      pair = await machines();
      await setUp(pair);
      await pair.be(name);
      const outcome = await pair.run("await-wizard", gate);
      assert.equal(outcome.exitCode, scriptExitCodes.stagingUnreadable);
      assert.match(outcome.stderr, named[name]);
      assert.equal(outcome.stderr.match(/Known cause/g)?.length, 1);
      await serviceIs(pair, "Stopped", "Disabled");
    });

    it(`is a refusal everywhere else, which changes nothing and says the same (${name})`, async () => {
      pair = await machines();
      await setUp(pair);
      await pair.bring("await-wizard", gate);
      await pair.be(name);
      await everythingRefuses(pair, named[name]);
      const later = await pair.run("await-wizard", gate);
      assert.equal(later.exitCode, scriptExitCodes.refused);
      assert.match(later.stderr, named[name]);
      await serviceIs(pair, "Running", "Automatic");
    });
  }
});

describe("a Windows without WMI", () => {
  const machines = usePowershell();
  let pair: Pair;

  it("is named by every script, which changes nothing", async () => {
    pair = await machines();
    await setUp(pair, { staging: false, startSynchronization: true });
    await pair.be("wmi-fails");
    const gated = await pair.run("await-wizard", gate);
    assert.equal(gated.exitCode, scriptExitCodes.refused);
    assert.match(
      gated.stderr,
      /\[wmi-fails\]\nWhat: .*Generic failure \(0x80041001[\s\S]*\nNext: At once, if the wizard has been completed/,
    );
    await everythingRefuses(pair, /\[wmi-fails\]\nWhat: .*0x80041001[\s\S]*winmgmt \/verifyrepository/);
    await serviceIs(pair, "Running", "Automatic");
  });

  it("does not let an exception through that nobody can hold to this machine", async () => {
    pair = await machines();
    await setUp(pair);
    await pair.be("wmi-fails");
    const exceptions = [
      { kind: "retireUnproven" as const, reason: "lost", until: "2026-12-31", vmId: retireArguments.vmId },
    ];
    const outcome = await pair.run("retire", { ...retireArguments, exceptions });
    assert.match(outcome.stderr, /\[wmi-fails\]/);
    await serviceIs(pair, "Running", "Automatic");
  });
});

describe("a service that does not start after a restart", () => {
  const machines = usePowershell();
  let pair: Pair;

  it("is told with its database's log, by the guard and by whoever proves", async () => {
    pair = await machines();
    await setUp(pair);
    await pair.bring("await-wizard", gate);
    await pair.be("service-does-not-start");
    await everythingRefuses(pair, /Known cause: .*LocalDB[\s\S]*\nNext: .*Get-WinEvent[^\n]*error\.log/);
  });

  it("cannot be brought back either, and stays retired", async () => {
    pair = await machines();
    await setUp(pair);
    await pair.bring("await-wizard", gate);
    await pair.bring("retire", retireArguments);
    await pair.be("service-does-not-start");
    const outcome = await pair.run("reinstate", reinstateArguments);
    assert.match(outcome.stderr, /\[service-not-started\][\s\S]*Known cause: .*LocalDB/);
    await serviceIs(pair, "Stopped", "Disabled");
  });
});

describe("a wizard whose window stays open", () => {
  const machines = usePowershell();
  it("keeps the gate closed, which asks for it to be closed, and is refused elsewhere", async () => {
    const pair = await machines();
    await installed(pair);
    await pair.be("wizard-left-open");
    await pair.each((server) => completeWizard(server, { staging: true }));
    const outcome = await pair.run("await-wizard", gate);
    assert.equal(outcome.exitCode, scriptExitCodes.gateWaiting);
    assert.match(
      outcome.stderr,
      /\[left-open\]\nWhat: .* its window is still open \(process AzureADConnect\)\.[\s\S]*query user/,
    );
    await everythingRefuses(pair, /\[wizard-open\]/);
  });
});

describe("exit codes of the gate", () => {
  it("are one for each thing that callers tell apart", () => {
    const codes = Object.entries(refusalTexts("await-wizard")).flatMap(([name, { exitCode }]) =>
      exitCode === undefined ? [] : [`${name} ${exitCode}`],
    );
    assert.deepEqual(codes.sort(), [
      "left-open 20",
      "service-disabled 21",
      "service-not-stopped 23",
      "staging-off 21",
      "staging-unreadable 24",
      "stopped-by-gate 21",
      "stopped-unreadable 24",
      "superseded 22",
      "upgrade-unfinished 20",
      "waiting 20",
      "wizard-failed 20",
    ]);
  });
});

describe("a record of ours that is damaged, in PowerShell and emulated", () => {
  const machines = usePairs();

  // A crash of Windows can leave a file empty, or full of zeros.
  for (const [what, damaged] of [
    ["empty", ""],
    ["zeros", "\0\0\0\0"],
    ["null", "null"],
    ["a list", "[]"],
    ["a text", '"x"'],
    ["cut", '{"vmId":"4c1d2f3a-'],
    ["of no machine", "{}"],
  ] as const)
    it(`never passes for one that is not there: a server whose gate has passed is not stopped (${what})`, async () => {
      const pair = await machines();
      await setUp(pair);
      await pair.bring("await-wizard", gate);
      // Somebody has made it the active server since.
      await pair.edit((world) => {
        if (world.adsync) world.adsync.stagingMode = false;
      });
      await pair.put(passedPath, damaged);
      const { exitCode, stderr } = await pair.run("await-wizard", gate);
      await serviceIs(pair, "Running", "Automatic");
      assert.equal(exitCode, scriptExitCodes.refused, stderr);
      assert.match(stderr, /\[record-damaged\]\nWhat: The record C:[^\n]*\\gate-passed\.json/);
    });
});
