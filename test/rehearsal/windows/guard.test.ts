import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, it } from "mocha";
import type { RunWorld, ServerWorld } from "../../../rehearsal/windows/serverWorld";
import { simulatedNow } from "../../../rehearsal/windows/simulatedTime";
import { openWizard } from "../../../rehearsal/windows/wizard";
import { type GuardException, type RetireArguments, selfContained, validateAnswer } from "../../../scripts/assemble";
import { machine, type Pair, usePairs } from "./pair";
import { gateArguments, retireArguments, setUp } from "./stages";

let pair: Pair;

const marker = "C:\\ProgramData\\pulumi-entra-connect\\retired.json";

function addRun(world: ServerWorld, hoursAgo: number, run: Partial<RunWorld>): void {
  const at = new Date(simulatedNow(world.clock).getTime() - hoursAgo * 3_600_000).toISOString();
  const base = {
    runHistoryId: randomUUID(),
    connectorIdentifier: randomUUID(),
    connectorName: "contoso.com",
    runProfileName: "Delta Import",
    result: "success",
    startDate: at,
    endDate: at,
    stepTypes: ["delta-import"],
  };
  world.adsync?.runHistory.unshift({ ...base, ...run });
}

/** Asks the guard as the engine does. */
const ask = (change: Partial<RetireArguments> = {}) => pair.run("retire", { ...retireArguments, ...change });

async function assertUntouched(): Promise<void> {
  const world = await pair.world();
  if (world.services.ADSync) assert.notEqual(world.services.ADSync.startType, "Disabled");
  assert.equal(await pair.readFile(marker), undefined);
}

const busy: readonly (readonly [string, string, (world: ServerWorld) => void])[] = [
  [
    "a run in progress",
    "the connector contoso\\.com is busy",
    (world) => {
      world.peculiarities = { busyConnector: "contoso.com" };
    },
  ],
  [
    "a cycle in progress",
    "a cycle of the scheduler is in progress",
    (world) => {
      if (world.adsync) world.adsync.scheduler.syncCycleInProgress = true;
    },
  ],
];

describe("the retirement guard, in PowerShell and emulated", () => {
  const machines = usePairs();
  it("passes a proven passive server, leaves it unable to start, and leaves the marker", async () => {
    pair = await machines();
    await setUp(pair);
    await pair.edit((world) => {
      addRun(world, 1, {});
      addRun(world, 72, { runProfileName: "Export", stepTypes: ["export"] });
    });
    const outcome = await ask();
    assert.equal(outcome.stderr, "");
    const answer = validateAnswer("retire", outcome.stdout);
    assert.equal(answer.outcome, "proven-staging");
    const { ADSync } = (await pair.world()).services;
    assert.deepEqual([ADSync?.status, ADSync?.startType], ["Stopped", "Disabled"]);
    const record = (await pair.readFile(marker)) ?? "";
    assert.match(record, /"generation":1,/);
    assert.match(record, /"staging":"scheduler says True, global parameter says True","withoutExportHours":48/);
  });

  it("answers the same by Run Command, with its arguments inside and within the 4 KB that Azure keeps", async () => {
    pair = await machines();
    await setUp(pair);
    const { stdin } = selfContained("retire", { ...retireArguments, asked: "CHG-4714 (until 2026-12-04)" });
    await pair.edit((world) => {
      if (world.adsync) world.adsync.stagingMode = false;
    });
    const refused = await pair.runCommand(stdin, {});
    assert.equal(refused.exitCode, 1);
    assert.match(refused.stderr, /What: Staging mode is OFF/);
    assert.ok(Buffer.byteLength(refused.stderr) < 4096, `${Buffer.byteLength(refused.stderr)} bytes`);
    await assertUntouched();
    await pair.edit((world) => {
      if (world.adsync) world.adsync.stagingMode = true;
    });
    const passed = await pair.runCommand(stdin, {});
    assert.equal(passed.stderr, "");
    assert.ok(Buffer.byteLength(passed.stdout) < 4096, `${Buffer.byteLength(passed.stdout)} bytes`);
    assert.equal(validateAnswer("retire", passed.stdout).outcome, "proven-staging");
    assert.equal((await pair.world()).services.ADSync?.startType, "Disabled");
    const again = await pair.runCommand(stdin, {});
    assert.equal(validateAnswer("retire", again.stdout).outcome, "already-retired");
  });

  it("accepts its own marker the next time, but not for another generation", async () => {
    pair = await machines();
    await setUp(pair);
    await ask();
    // A death before the last rename: the new marker is whole, under its own name.
    const text = (await pair.readFile(marker)) ?? "";
    await pair.remove(marker);
    await pair.put(`${marker}.new`, text.slice(0, -1));
    assert.match((await ask()).stderr, /\[service-not-running\]/);
    await pair.put(`${marker}.new`, text);
    const again = validateAnswer("retire", (await ask()).stdout);
    assert.equal(again.outcome, "already-retired");
    assert.deepEqual(again.changes, []);
    assert.match((await ask({ generation: 2 })).stderr, /\[service-not-running\]/);
  });

  it("sees an engine in a folder of its own although somebody removed the service", async () => {
    pair = await machines();
    await setUp(pair, { installLocation: "C:\\Entra Connect\\Sync" });
    await pair.bring("await-wizard", gateArguments);
    await pair.edit((world) => {
      delete world.services.ADSync;
    });
    assert.match((await ask()).stderr, /\[engine-without-service\]/);
    await assertUntouched();
  });

  it("can be retried where it died between stopping the service and its marker, and only by the same guard", async () => {
    pair = await machines();
    await setUp(pair);
    await pair.edit((world) => {
      world.peculiarities = { serviceDoesNotStop: true };
    });
    assert.match((await ask()).stderr, /\[service-not-stopped\]/);
    await pair.edit((world) => {
      world.peculiarities = {};
      if (world.services.ADSync) world.services.ADSync.status = "Stopped";
    });
    assert.match((await ask({ generation: 2 })).stderr, /\[service-not-running\]/);
    assert.equal(validateAnswer("retire", (await ask()).stdout).outcome, "proven-staging");
    assert.match((await pair.readFile(marker)) ?? "", /"generation":1/);
  });

  it("does not accept the marker of another machine, or of a service that may start again", async () => {
    pair = await machines();
    await setUp(pair);
    await ask();
    const text = (await pair.readFile(marker)) ?? "";
    await pair.put(marker, text.replace(/"vmId":"[^"]*"/, '"vmId":"00000000-0000-4000-8000-000000000000"'));
    assert.match((await ask()).stderr, /\[service-not-running\]/);
    await pair.put(marker, text);
    await pair.edit((world) => {
      if (world.services.ADSync) world.services.ADSync.startType = "Manual";
    });
    assert.match((await ask()).stderr, /\[service-not-running\]/);
  });

  it("passes a server without Entra Connect", async () => {
    pair = await machines();
    assert.equal(validateAnswer("retire", (await ask()).stdout).outcome, "no-entra-connect");
  });

  it("knows the machine by either byte order of its identity, and refuses any other", async () => {
    pair = (await machines()).powershell;
    const turned = "3a2f1d4c-1111-2242-8333-0123456789ab";
    assert.equal((await ask({ vmId: turned.toUpperCase() })).exitCode, 0);
    assert.match((await ask({ vmId: turned.replace("ab", "ac") })).stderr, /\[not-this-machine\]/);
    assert.match((await ask({ computerName: "AADC-STG-G2" })).stderr, /\[not-this-machine\]/);
  });

  const objections: readonly { what: string; code: string; change: (world: ServerWorld) => void }[] = [
    {
      what: "an active server",
      code: "active",
      change: (world) => {
        if (!world.adsync) return;
        world.adsync.stagingMode = false;
        world.adsync.globalParameters["Microsoft.Synchronize.StagingMode"] = "False";
      },
    },
    {
      what: "a server whose two proofs disagree",
      code: "active",
      change: (world) => {
        if (world.adsync) world.adsync.globalParameters["Microsoft.Synchronize.StagingMode"] = "False";
      },
    },
    {
      what: "a server whose module does not load",
      code: "unclear",
      change: (world) => {
        world.peculiarities = { moduleRefused: "Could not load file or assembly." };
      },
    },
    {
      what: "a server whose service is stopped",
      code: "service-not-running",
      change: (world) => {
        if (world.services.ADSync) world.services.ADSync.status = "Stopped";
      },
    },
    {
      what: "an engine without a service",
      code: "engine-without-service",
      change: (world) => {
        delete world.services.ADSync;
      },
    },
    {
      what: "an export yesterday",
      code: "recent-export",
      change: (world) => addRun(world, 30, { runProfileName: "Export", stepTypes: ["export"] }),
    },
    {
      what: "an export step under another profile's name",
      code: "recent-export",
      change: (world) => addRun(world, 1, { runProfileName: "Delta Import", stepTypes: ["delta-import", "export"] }),
    },
    {
      what: "a recent run that cannot be read",
      code: "unknown-run",
      change: (world) => addRun(world, 1, { runProfileName: "Nightly", stepTypes: [] }),
    },
    {
      what: "a service that does not stop",
      code: "service-not-stopped",
      change: (world) => {
        world.peculiarities = { serviceDoesNotStop: true };
      },
    },
  ];
  for (const { what, code, change } of objections)
    it(`refuses ${what}`, async () => {
      pair = await machines();
      await setUp(pair);
      await pair.edit(change);
      const outcome = await ask();
      assert.match(outcome.stderr, new RegExp(`\\[${code}\\][\\s\\S]*\\nNext: `));
      assert.notEqual(outcome.exitCode, 0);
      assert.equal(outcome.stdout, "");
      assert.equal(await pair.readFile(marker), undefined);
      if (code !== "service-not-stopped") await assertUntouched();
    });

  for (const [what, who, change] of busy)
    it(`refuses ${what} that does not end, and answers nothing but that it waits`, async () => {
      pair = await machines();
      await setUp(pair);
      await pair.edit(change);
      await pair.pace(300);
      const outcome = await ask();
      assert.match(outcome.stderr, /\[run-in-progress\][\s\S]*\nNext: /);
      assert.match(outcome.stderr, new RegExp(`15 minutes were waited for its end: ${who}\\. It is not deleted`));
      assert.notEqual(outcome.exitCode, 0);
      const line = new RegExp(`^retire on AADC-STG-G1: ${who}; waited \\d+ of 15 min for it$`);
      assert.equal(outcome.stdout, "");
      for (const told of outcome.progress.trimEnd().split("\n")) assert.match(told, line);
      await assertUntouched();
    });

  it("refuses beside an open wizard", async () => {
    pair = await machines();
    await setUp(pair);
    await pair.each(openWizard);
    assert.match((await ask()).stderr, /\[wizard-open\]/);
    await assertUntouched();
  });

  const exception = (change: Partial<GuardException> = {}): GuardException => ({
    kind: "retireUnproven",
    reason: "staging box left unticked – discarded",
    until: "2026-11-01",
    vmId: machine.vmId,
    ...change,
  });
  const elsewhere = exception({ kind: "passThroughAgentIsElsewhere", reason: "agents on AADC-02 and AADC-03" });
  const evidence = async () => JSON.parse((await pair.readFile(marker)) ?? "{}").evidence;

  it("refuses a pass-through authentication agent without its own exception, and keeps which one let it pass", async () => {
    pair = await machines();
    await setUp(pair, { passThroughAuthentication: true });
    const refused = await ask();
    assert.match(refused.stderr, /\[pass-through-agent\]/);
    assert.ok(
      refused.stderr.includes(
        `exceptions: [{ kind: passThroughAgentIsElsewhere, reason: "...", until: yyyy-MM-dd, vmId: ${machine.vmId} }]`,
      ),
    );
    assert.match(
      (await ask({ exceptions: [{ ...elsewhere, until: "2026-10-31" }] })).stderr,
      /\[pass-through-agent\][\s\S]*\nNote: .* ended with 2026-10-31/,
    );
    await assertUntouched();
    assert.equal((await ask({ exceptions: [elsewhere] })).exitCode, 0);
    assert.deepEqual((await evidence()).passThroughAgentIsElsewhere, elsewhere);
    assert.deepEqual((await evidence()).passThroughAgents, ["AzureADConnectAuthenticationAgent"]);
  });

  it("does not take the exception about agents for one about the proof", async () => {
    pair = await machines();
    await setUp(pair, { staging: false, passThroughAuthentication: true });
    assert.match((await ask({ exceptions: [elsewhere] })).stderr, /\[active\]/);
    await assertUntouched();
  });

  const uncounted: readonly (readonly [string, Partial<GuardException>, RegExp])[] = [
    [
      "of another machine",
      { vmId: "5d1c2f3a-1111-4222-8333-0123456789ab" },
      /it is for the machine '5d1c\S+', and this one is 4c1d/,
    ],
    ["without a machine", { vmId: "" }, /it is for the machine '', and this one is 4c1d/],
    [
      "that ended yesterday",
      { until: "2026-10-31" },
      /it ended with 2026-10-31 \(UTC\), and this server's clock says 2026-11-01T/,
    ],
    ["without a reason", { reason: " " }, /it gives no reason/],
    ["whose end is no day", { until: "2026-02-30" }, /its last day '2026-02-30' is no day/],
    ["whose end is written otherwise", { until: "31.12.2026" }, /its last day '31\.12\.2026' is no day/],
  ];
  for (const [what, change, note] of uncounted)
    it(`does not count an exception ${what}, and the refusal says so`, async () => {
      pair = await machines();
      await setUp(pair, { staging: false });
      const { stderr, exitCode } = await ask({ exceptions: [exception(change)] });
      assert.equal(exitCode, 1);
      assert.match(
        stderr,
        /\[active\]\nWhat: .*\nWhy: .*\nNote: The exception 'retireUnproven' in the settings does not count: .*\nNext: /,
      );
      assert.match(stderr, note);
      await assertUntouched();
    });

  it("passes an active server by an exception for this machine to the end of its last day, and records it", async () => {
    pair = await machines();
    await setUp(pair, { staging: false });
    // One that does not count is no harm beside one that does.
    const counting = exception({ vmId: machine.vmId.toUpperCase() });
    const answer = validateAnswer(
      "retire",
      (await ask({ exceptions: [exception({ until: "2026-10-31" }), counting] })).stdout,
    );
    assert.ok(answer.outcome === "overridden");
    assert.deepEqual([answer.objection, answer.reason, answer.until], ["active", counting.reason, "2026-11-01"]);
    assert.deepEqual((await evidence()).retireUnproven, counting);
    assert.equal((await evidence()).objection, "active");
    assert.equal((await pair.world()).services.ADSync?.startType, "Disabled");
  });

  it("takes an exception that names the machine in the other byte order of its identity", async () => {
    pair = (await machines()).powershell;
    await setUp(pair, { staging: false });
    const turned = exception({ vmId: "3A2F1D4C-1111-2242-8333-0123456789AB" });
    const answer = validateAnswer("retire", (await ask({ exceptions: [turned] })).stdout);
    assert.equal(answer.outcome, "overridden");
  });

  it("needs no exception where the proof holds, and then says nothing of one", async () => {
    pair = await machines();
    await setUp(pair);
    const outcome = await ask({ exceptions: [exception({ until: "2026-10-31" }), exception()] });
    assert.equal(validateAnswer("retire", outcome.stdout).outcome, "proven-staging");
    assert.equal((await evidence()).retireUnproven, undefined);
  });
});
