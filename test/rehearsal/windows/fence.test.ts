import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { openWizard } from "../../../rehearsal/windows/wizard";
import { type FenceAnswer, type FenceArguments, validateAnswer } from "../../../scripts/assemble";
import { machine, type Pair, usePairs } from "./pair";
import {
  firstArguments,
  gateArguments,
  prerequisitesArguments,
  proofArguments,
  reinstateArguments,
  retireArguments,
  service,
  serviceIs,
  setUp,
  stagingOff,
} from "./stages";

let pair: Pair;

const folder = "C:\\ProgramData\\pulumi-entra-connect";
const record = `${folder}\\fenced.json`;
const fenceArguments: FenceArguments = {
  computerName: machine.computerName,
  vmId: machine.vmId,
  generation: 1,
  since: "2026-11-01T07:00:00.000Z",
};

const fence = async (change: Partial<FenceArguments> = {}): Promise<FenceAnswer> => {
  const { stdout, stderr } = await pair.run("fence", { ...fenceArguments, ...change });
  assert.equal(stderr, "");
  return validateAnswer("fence", stdout);
};

describe("the fence of a server, in PowerShell and emulated", () => {
  const machines = usePairs();
  const ready = async (): Promise<void> => {
    pair = await machines();
    await setUp(pair);
  };

  it("stops and disables the service of an active server, and writes down first how it was", async () => {
    await ready();
    await pair.edit(stagingOff);
    const answer = await fence();
    assert.deepEqual([answer.outcome, answer.staging, answer.startMode], ["fenced", "off", "Auto"]);
    assert.deepEqual(answer.changes, ["fence written down", "synchronization service stopped and disabled"]);
    await serviceIs(pair, "Stopped", "Disabled");
    const kept = JSON.parse((await pair.readFile(record)) ?? "");
    assert.deepEqual([kept.outcome, kept.state, kept.startMode, kept.vmId], ["unproven", "off", "Auto", machine.vmId]);
  });

  it("repeats nothing, and keeps what it read while the service still ran", async () => {
    await ready();
    const before = await fence();
    const again = await fence({ since: "2026-11-01T09:00:00.000Z" });
    assert.deepEqual(
      [again.outcome, again.staging, again.startMode, again.fencedAt, again.changes],
      ["already-fenced", "on", "Auto", before.fencedAt, []],
    );
  });

  it("stops again a service that somebody started, whatever it says of itself", async () => {
    await ready();
    await fence();
    await pair.edit(service({ status: "Running", startType: "Automatic" }));
    await pair.edit(stagingOff);
    const again = await fence();
    assert.deepEqual([again.outcome, again.staging], ["fenced", "off"]);
    await serviceIs(pair, "Stopped", "Disabled");
  });

  it("finishes what a crash left half done: the record is there, the service still runs", async () => {
    await ready();
    await fence();
    await pair.edit(service({ status: "Running" }));
    const again = await fence();
    assert.deepEqual(
      [again.outcome, again.staging, again.changes],
      ["fenced", "on", ["synchronization service stopped"]],
    );
    await serviceIs(pair, "Stopped", "Disabled");
  });

  it("does so where the service cannot be read, with an open wizard, and says so", async () => {
    await ready();
    await pair.edit(service({ status: "Stopped" }));
    await pair.each(openWizard);
    const answer = await fence();
    assert.deepEqual([answer.outcome, answer.staging], ["fenced", "unclear"]);
    assert.match(answer.warnings.join(), /the wizard of Entra Connect is open/);
  });

  it("has nothing to do without Entra Connect", async () => {
    pair = await machines();
    const answer = await fence();
    assert.deepEqual(
      [answer.outcome, answer.staging, answer.startMode, answer.fencedAt, answer.changes],
      ["no-entra-connect", "unclear", null, null, []],
    );
  });

  it("refuses on another machine, and where the service does not stop", async () => {
    await ready();
    const other = await pair.run("fence", { ...fenceArguments, vmId: "00000000-0000-4000-8000-000000000000" });
    assert.match(other.stderr, /\[not-this-machine\]/);
    await serviceIs(pair, "Running", "Automatic");
    await pair.edit((world) => {
      world.peculiarities.serviceDoesNotStop = true;
    });
    const stubborn = await pair.run("fence", fenceArguments);
    assert.equal(stubborn.stdout, "");
    assert.match(stubborn.stderr, /\[service-not-stopped\]/);
  });

  it("keeps every other script away, and says how the server comes back or goes", async () => {
    await ready();
    await fence();
    for (const run of [
      () => pair.run("prerequisites", prerequisitesArguments),
      () => pair.run("await-wizard", gateArguments),
      () => pair.run("verify-staging", proofArguments),
      () => pair.run("first-synchronization", firstArguments),
      () => pair.run("retire", retireArguments),
    ]) {
      const { stdout, stderr } = await run();
      assert.equal(stdout, "");
      assert.match(
        stderr,
        /\[fenced\]\nWhat: This server is fenced \(generation 1\) since 2026-\S+Z: outcome 'proven-staging', staging 'scheduler says True/,
      );
      assert.ok(
        stderr.includes(`exceptions: [{ kind: reinstate, reason: "...", until: yyyy-MM-dd, vmId: ${machine.vmId} }]`),
      );
    }
    await serviceIs(pair, "Stopped", "Disabled");
  });

  it("does not leave a service running because a record is damaged: it is told, and read anew", async () => {
    await ready();
    await pair.put(record, "\u0000\u0000");
    const answer = await fence();
    assert.deepEqual([answer.outcome, answer.staging, answer.startMode], ["fenced", "on", "Auto"]);
    assert.match(answer.warnings.join(), /fenced\.json on it is damaged: it counts as none/);
    await serviceIs(pair, "Stopped", "Disabled");
  });

  it("is not lifted on the word of an older retirement: retired, started by hand, promoted, and then fenced", async () => {
    await ready();
    await pair.bring("retire", retireArguments);
    await pair.edit(service({ status: "Running", startType: "Automatic" }));
    await pair.edit(stagingOff);
    assert.equal((await fence()).staging, "off");
    assert.match((await pair.run("reinstate", reinstateArguments)).stderr, /\[fenced-unproven\]/);
    // Nor is it deleted on that word.
    assert.match((await pair.run("retire", retireArguments)).stderr, /\[fenced\]/);
    await serviceIs(pair, "Stopped", "Disabled");
  });

  it("is no other machine's: a disk that was restored from one is fenced anew", async () => {
    await ready();
    await fence();
    const text = (await pair.readFile(record)) ?? "";
    await pair.put(record, text.replace(machine.vmId, "00000000-0000-4000-8000-000000000000"));
    assert.equal((await fence()).outcome, "fenced");
    assert.match((await pair.readFile(record)) ?? "", new RegExp(machine.vmId));
  });

  it("is lifted by reinstate where staging was proven, and the service starts as it did before", async () => {
    await ready();
    await pair.edit(service({ startType: "Manual" }));
    const { fencedAt } = await fence();
    const { stdout, stderr } = await pair.run("reinstate", reinstateArguments);
    assert.equal(stderr, "");
    const answer = validateAnswer("reinstate", stdout);
    assert.ok(answer.outcome === "reinstated");
    assert.deepEqual([answer.startType, answer.retiredAt], ["Manual", fencedAt]);
    await serviceIs(pair, "Running", "Manual");
    assert.equal(await pair.readFile(record), undefined);
    assert.equal((await pair.run("verify-staging", proofArguments)).exitCode, 0);
  });

  it("is not lifted where staging was off or not readable when it was fenced", async () => {
    await ready();
    await pair.edit(stagingOff);
    await fence();
    const { stderr } = await pair.run("reinstate", reinstateArguments);
    assert.match(stderr, /\[fenced-unproven\]/);
    await serviceIs(pair, "Stopped", "Disabled");
  });

  it("is kept where the server turns out to be active when it is started: stopped again at once", async () => {
    await ready();
    await fence();
    await pair.edit(stagingOff);
    const { stderr } = await pair.run("reinstate", reinstateArguments);
    assert.match(stderr, /\[retired-again\][\s\S]*the server is fenced as before/);
    await serviceIs(pair, "Stopped", "Disabled");
    assert.notEqual(await pair.readFile(record), undefined);
  });

  it("is remembered by the guard's exception: an overridden retirement says what it objected", async () => {
    await ready();
    await fence();
    const exceptions = [
      { kind: "retireUnproven" as const, reason: "replaced by AADC2", until: "2026-11-01", vmId: machine.vmId },
    ];
    const { stdout } = await pair.run("retire", { ...retireArguments, exceptions });
    const answer = validateAnswer("retire", stdout);
    assert.ok(answer.outcome === "overridden");
    assert.equal(answer.objection, "fenced");
  });
});
