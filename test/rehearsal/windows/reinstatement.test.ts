import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { openWizard } from "../../../rehearsal/windows/wizard";
import { type GuardException, type ReinstateArguments, validateAnswer } from "../../../scripts/assemble";
import { machine, type Pair, usePairs } from "./pair";
import {
  firstArguments,
  gateArguments,
  packagePath,
  prerequisitesArguments,
  proofArguments,
  reinstateArguments,
  retireArguments,
  service,
  serviceIs,
  setUp,
  stagingOff,
  version,
} from "./stages";

let pair: Pair;

const folder = "C:\\ProgramData\\pulumi-entra-connect";
const marker = `${folder}\\retired.json`;
const intent = `${folder}\\retiring.json`;

const bringBack = (change: Partial<ReinstateArguments> = {}) =>
  pair.run("reinstate", { ...reinstateArguments, ...change });
const answerOf = async (change: Partial<ReinstateArguments> = {}) => {
  const { stdout, stderr } = await bringBack(change);
  assert.equal(stderr, "");
  return validateAnswer("reinstate", stdout);
};

describe("a server that its guard retired, in PowerShell and emulated", () => {
  const machines = usePairs();
  const retired = async (): Promise<void> => {
    pair = await machines();
    await setUp(pair);
    await pair.bring("retire", retireArguments);
  };

  const file = { path: `${folder}\\settings\\settings.json`, sha256: "0".repeat(64) };
  const asked: readonly (readonly [string, () => Promise<{ stderr: string; stdout: string }>])[] = [
    ["prerequisites", () => pair.run("prerequisites", prerequisitesArguments)],
    [
      "install-package",
      () => pair.run("install-package", { ...file, path: packagePath, signer: "x", productVersion: version }),
    ],
    ["receive-settings-file", () => pair.run("receive-settings-file", { ...file, incomingPath: file.path })],
    ["await-wizard", () => pair.run("await-wizard", gateArguments)],
    ["verify-staging", () => pair.run("verify-staging", proofArguments)],
    [
      "switch-off-auto-upgrade",
      () => pair.run("switch-off-auto-upgrade", { vmId: machine.vmId, productVersion: version, switchOff: true }),
    ],
    ["first-synchronization", () => pair.run("first-synchronization", firstArguments)],
  ];
  for (const [name, run] of asked)
    it(`${name} leaves it alone, and says when it was retired, why, and how to bring it back`, async () => {
      await retired();
      const { stdout, stderr } = await run();
      assert.equal(stdout, "");
      assert.match(
        stderr,
        /\[retired\]\nWhat: The retirement guard retired this server \(generation 1\) at 2026-\S+Z: outcome 'proven-staging', staging 'scheduler says True/,
      );
      assert.ok(stderr.includes("ADSync is disabled, and it is stopped."));
      assert.ok(
        stderr.includes(`exceptions: [{ kind: reinstate, reason: "...", until: yyyy-MM-dd, vmId: ${machine.vmId} }]`),
      );
      await serviceIs(pair, "Stopped", "Disabled");
    });

  it("is not mistaken for one where the guard found no Entra Connect, or whose marker is another machine's", async () => {
    await retired();
    const text = (await pair.readFile(marker)) ?? "";
    await pair.put(marker, text.replace("proven-staging", "no-entra-connect"));
    assert.match((await pair.run("await-wizard", gateArguments)).stderr, /\[service-disabled\]/);
    assert.match((await pair.run("retire", retireArguments)).stderr, /\[service-not-running\]/);
    await pair.put(marker, text.replace(machine.vmId, "00000000-0000-4000-8000-000000000000"));
    assert.match((await pair.run("await-wizard", gateArguments)).stderr, /\[service-disabled\]/);
  });

  it("is known by the intent alone, where the guard died half way", async () => {
    await retired();
    await pair.put(intent, (await pair.readFile(marker)) ?? "");
    await pair.remove(marker);
    assert.match((await pair.run("prerequisites", prerequisitesArguments)).stderr, /\[retired\][\s\S]*retiring\.json/);
    await pair.edit(service({ status: "Running" }));
    const running = await pair.run("prerequisites", prerequisitesArguments);
    assert.match(running.stderr, /\[retired\][\s\S]*disabled, and it is RUNNING/);
    await pair.edit(service({ status: "Stopped" }));
    assert.equal((await answerOf()).outcome, "reinstated");
    assert.equal(await pair.readFile(intent), undefined);
  });
});

describe("reinstate, in PowerShell and emulated", () => {
  const machines = usePairs();
  const retired = async (startType: "Automatic" | "Manual" = "Automatic"): Promise<void> => {
    pair = await machines();
    await setUp(pair);
    await pair.edit(service({ startType }));
    await pair.bring("retire", retireArguments);
  };

  it("starts the service as it started before, proves staging, and keeps the guard's evidence with the reason", async () => {
    await retired();
    const answer = await answerOf();
    assert.ok(answer.outcome === "reinstated");
    await serviceIs(pair, "Running", "Automatic");
    assert.equal(await pair.readFile(marker), undefined);
    const [first] = pair.members;
    assert.ok(first && answer.record.startsWith(`${folder}\\reinstated-2026`));
    const kept = JSON.parse((await pair.readFile(answer.record)) ?? "{}");
    assert.equal(kept.reason, reinstateArguments.reason);
    assert.equal(kept.staging, "scheduler says True, global parameter says True");
    assert.equal(kept.marker.outcome, "proven-staging");
    assert.equal(kept.marker.evidence.withoutExportHours, 48);
    assert.equal(kept.marker.retiredAt, answer.retiredAt);
  });

  it("gives a service that was started by hand its own start type back", async () => {
    await retired("Manual");
    await answerOf();
    await serviceIs(pair, "Running", "Manual");
  });

  it("falls back to Automatic where an older guard did not write down the start type", async () => {
    await retired("Manual");
    await pair.put(marker, ((await pair.readFile(marker)) ?? "").replace('"startMode":"Manual",', ""));
    await answerOf();
    await serviceIs(pair, "Running", "Automatic");
  });

  it("has nothing to do on a server that is not retired, a second time included", async () => {
    await retired();
    await answerOf();
    const again = await answerOf();
    assert.equal(again.outcome, "not-retired");
    assert.deepEqual(again.changes, []);
    await serviceIs(pair, "Running", "Automatic");
  });

  it("lets the guard ask again afterwards, from the beginning", async () => {
    await retired();
    await answerOf();
    const guard = async () => (await pair.run("retire", retireArguments)).stdout;
    assert.equal(validateAnswer("retire", await guard()).outcome, "proven-staging");
  });

  it("stops and disables the service again where staging was switched off meanwhile", async () => {
    await retired();
    await pair.edit(stagingOff);
    for (const _ of ["once", "and again"]) {
      const { stdout, stderr } = await bringBack();
      assert.equal(stdout, "");
      assert.match(stderr, /\[retired-again\][\s\S]*staging mode is off[\s\S]*\nNext: Leave ADSync disabled/);
      await serviceIs(pair, "Stopped", "Disabled");
      assert.notEqual(await pair.readFile(marker), undefined);
    }
  });

  it("stops and disables the service again where staging stays unclear", async () => {
    await retired();
    await pair.edit((world) => {
      world.peculiarities = { moduleRefused: "Could not load file or assembly." };
    });
    assert.match((await bringBack()).stderr, /\[retired-again\][\s\S]*unclear/);
    await serviceIs(pair, "Stopped", "Disabled");
  });

  it("leaves the service disabled where it does not start", async () => {
    await retired();
    await pair.edit((world) => {
      world.peculiarities = { serviceDoesNotStart: "The service did not start due to a logon failure." };
    });
    assert.match((await bringBack()).stderr, /\[service-not-started\][\s\S]*logon failure/);
    await serviceIs(pair, "Stopped", "Disabled");
  });

  it("can be run again from wherever it died", async () => {
    const left = [
      service({ startType: "Manual" }),
      service({ status: "Running", startType: "Manual" }),
      service({ status: "Running" }),
      service({ status: "Running", startType: "Automatic" }),
    ];
    for (const change of left) {
      await retired();
      await pair.edit(change);
      assert.equal((await answerOf()).outcome, "reinstated");
      await serviceIs(pair, "Running", "Automatic");
    }
  });

  it("stops what it had started itself when it died, but never a service that somebody else turned on", async () => {
    await retired();
    await pair.edit(stagingOff);
    await pair.edit(service({ status: "Running" }));
    assert.match((await bringBack()).stderr, /\[retired-again\]/);
    await serviceIs(pair, "Stopped", "Disabled");
    await pair.edit(service({ status: "Running", startType: "Automatic" }));
    assert.match((await bringBack()).stderr, /\[not-proven-staging\]/);
    await serviceIs(pair, "Running", "Automatic");
  });

  it("refuses another machine's marker, and another generation's", async () => {
    await retired();
    const text = (await pair.readFile(marker)) ?? "";
    await pair.put(marker, text.replace(machine.vmId, "00000000-0000-4000-8000-000000000000"));
    assert.match((await bringBack()).stderr, /\[other-marker\][\s\S]*machine 00000000-0000-4000-8000-000000000000/);
    await pair.put(marker, text);
    assert.match((await bringBack({ generation: 2 })).stderr, /\[other-marker\]/);
    await serviceIs(pair, "Stopped", "Disabled");
  });

  it("never starts a server that was retired by an override, also where its guard died half way and was retried", async () => {
    pair = await machines();
    await setUp(pair, { staging: false });
    const exceptions: readonly GuardException[] = [
      { kind: "retireUnproven", reason: "staging box left unticked", until: "2026-11-01", vmId: machine.vmId },
    ];
    await pair.bring("retire", { ...retireArguments, exceptions });
    assert.match((await bringBack()).stderr, /\[retired-unproven\][\s\S]*objection 'active'/);
    const text = (await pair.readFile(marker)) ?? "";
    await pair.put(intent, text);
    await pair.remove(marker);
    assert.match((await pair.run("retire", retireArguments)).stderr, /\[service-not-running\]/);
    await pair.run("retire", { ...retireArguments, exceptions });
    assert.match((await bringBack()).stderr, /\[retired-unproven\]/);
    await serviceIs(pair, "Stopped", "Disabled");
  });

  it("starts nothing once its last day is over, whatever the server had", async () => {
    await retired();
    const until = "2026-10-31";
    const { stdout, stderr } = await bringBack({ until });
    assert.equal(stdout, "");
    assert.match(
      stderr,
      /\[exception-ended\][\s\S]*the end of 2026-10-31 \(UTC\)[\s\S]*says 2026-11-01T[\s\S]*in block 1 of/,
    );
    await serviceIs(pair, "Stopped", "Disabled");
    assert.match((await bringBack({ until: "tomorrow" })).stderr, /\[bad-arguments\]/);
    await answerOf();
    // A server that serves needs no exception any more, so one that ended is no obstacle.
    assert.equal((await answerOf({ until })).outcome, "not-retired");
    pair = await machines();
    await pair.bring("retire", retireArguments);
    assert.match((await bringBack({ until })).stderr, /\[exception-ended\]/);
  });

  it("leaves no half of the marker behind, from which the server would count as retired again", async () => {
    await retired();
    await pair.put(`${marker}.new`, (await pair.readFile(marker)) ?? "");
    await answerOf();
    await pair.edit(service({ status: "Stopped", startType: "Disabled" }));
    assert.match((await pair.run("retire", retireArguments)).stderr, /\[service-not-running\]/);
  });

  it("puts away the marker of a server that had no Entra Connect", async () => {
    pair = await machines();
    await pair.bring("retire", retireArguments);
    const answer = await answerOf();
    assert.equal(answer.outcome, "without-entra-connect");
    assert.deepEqual(answer.changes, ["marker put away"]);
    assert.equal((await answerOf()).outcome, "not-retired");
  });

  it("refuses beside an open wizard, without the service, without a reason, and on another machine", async () => {
    await retired();
    assert.match((await bringBack({ reason: " " })).stderr, /\[bad-arguments\]/);
    assert.match((await bringBack({ computerName: "AADC-STG-G2" })).stderr, /\[not-this-machine\]/);
    const elsewhere = machine.vmId.replace("4c1d", "4c1e");
    assert.match((await bringBack({ vmId: elsewhere })).stderr, /\[not-this-machine\]/);
    await pair.each(openWizard);
    assert.match((await bringBack()).stderr, /\[wizard-open\]/);
    await serviceIs(pair, "Stopped", "Disabled");
    await pair.edit((world) => {
      world.processes = [];
      delete world.services.ADSync;
    });
    assert.match((await bringBack()).stderr, /\[service-missing\]/);
  });
});
