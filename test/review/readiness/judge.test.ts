import assert from "node:assert/strict";
import {
  ageInDays,
  type JudgingContext,
  judgeFirstSynchronization,
  judgeInstallation,
  judgePrerequisites,
  judgeReach,
  judgeSettingsFile,
  judgeVerification,
} from "../../../review/readiness/judge";
import { type Finding, verdictOf } from "../../../review/verdict";
import { judgeVersion, knownVersions, verifiedOn } from "../../../review/versions/versions";
import { healthyServer, importedSha256 } from "../../support/healthyServer";

const machine = "aadc-stg-g7";
const context: JudgingContext = {
  generation: 7,
  now: new Date("2026-11-22T12:00:00Z"),
  proofDays: 30,
  enableScheduler: true,
  passThroughAgentExpected: false,
  autoUpgrade: "disable",
  serviceAccount: "NT SERVICE\\ADSync",
  database: { kind: "localdb" },
  settingsFileSha256: importedSha256.toUpperCase(),
  prerequisites: { ports: [], signInHosts: ["login.microsoftonline.com"], memoryGiB: 6, remedy: "report" },
  wizardDone: false,
};
const { reach, prerequisites, "verify-staging": verification } = healthyServer;
const { "install-package": installation, "receive-settings-file": settingsFile } = healthyServer;
const { "first-synchronization": firstSynchronization } = healthyServer;
const { scheduler } = verification;

const verify = (change: Partial<typeof verification> = {}, more: Partial<JudgingContext> = {}) =>
  judgeVerification(machine, { ...verification, ...change }, { ...context, ...more });
const synchronize = (change: Partial<typeof firstSynchronization> = {}, more: Partial<JudgingContext> = {}) =>
  judgeFirstSynchronization(machine, { ...firstSynchronization, ...change }, { ...context, ...more });
const codes = (findings: readonly Finding[]) => findings.map((each) => each.code);

function theOne(findings: readonly Finding[], code: string): Finding {
  const found = findings.filter((each) => each.code === code);
  assert.equal(found.length, 1, codes(findings).join());
  return found[0] as Finding;
}

describe("judging a passive server", () => {
  it("finds nothing but the proof at a healthy one, and says from when it is", () => {
    const findings = [
      judgeReach(machine, reach, context),
      judgePrerequisites(machine, prerequisites, context),
      judgeInstallation(machine, installation, context),
      judgeSettingsFile(machine, settingsFile, context),
      verify(),
      synchronize(),
    ].flat();
    assert.deepEqual(codes(findings), ["staging-proven", "release-table", "identity", "settings-file-not-compared"]);
    assert.match(findings[0]?.title ?? "", /2026-11-22T10:00:00Z/);
    assert.equal(verdictOf(findings), "ok");
  });

  const core = { ...reach.operatingSystem, installationType: "Server Core" };
  const old = { package: "2.5.79.0", wizard: "2.5.79.0", engine: "2.5.79.0" };
  const run = { connectorName: "corp.contoso.com", runProfileName: "Full Import" as const, outcome: "ran" as const };
  const cases: readonly (readonly [string, string, "review" | "blocked", () => readonly Finding[]])[] = [
    ["Server Core", "server-core", "blocked", () => judgeReach(machine, { ...reach, operatingSystem: core }, context)],
    [
      "an open wizard",
      "scheduler-suspended",
      "review",
      () => verify({ scheduler: { ...scheduler, schedulerSuspended: true } }),
    ],
    [
      "an interval of more than a week",
      "interval-long",
      "review",
      () => verify({ scheduler: { ...scheduler, effectiveInterval: "7.00:30:00" } }),
    ],
    [
      "an unexpected pass-through agent",
      "pass-through-agent",
      "review",
      () => verify({ passThroughAgents: ["AzureADConnectAuthenticationAgent"] }),
    ],
    [
      "a service account credential",
      "service-account-credential",
      "review",
      () => verify({ credentialType: "ServiceAccount" }),
    ],
    ["automatic upgrade", "auto-upgrade-on", "review", () => verify({ autoUpgrade: "Enabled" })],
    ["a version out of support", "version-age", "review", () => verify({ versions: old })],
    [
      "a settings file that was delivered, not imported",
      "settings-file-not-imported",
      "review",
      () => verify({}, { settingsFileSha256: "c".repeat(64) }),
    ],
    [
      "a settings file of which nobody knows whether it was imported",
      "settings-file-not-imported",
      "review",
      () => verify({ importedSettingsFile: null }),
    ],
    ["an old proof", "proof-old", "review", () => verify({}, { now: new Date("2026-12-23T10:00:00Z") })],
    [
      "a run with errors",
      "run-not-clean",
      "review",
      () => synchronize({ steps: [{ ...run, result: "completed-discovery-errors" }] }),
    ],
    ["a scheduler that is off", "scheduler-off", "review", () => synchronize({ schedulerEnabled: false })],
  ];
  for (const [what, code, verdict, judge] of cases)
    it(`finds ${what}, and says why and what to do in plain text`, () => {
      const findings = judge();
      const found = theOne(findings, code);
      assert.ok(found.cause.length > 0 && found.next.length > 0 && found.title.length > 0);
      assert.doesNotMatch([found.title, found.cause, found.next].join(), /[`*]|\bserver\.|(?<!7\.)\bconnect\./);
      assert.equal(verdictOf(findings), verdict);
    });

  it("names the settings of exactly this generation", () => {
    assert.match(
      theOne(verify({ passThroughAgents: ["x"] }), "pass-through-agent").next,
      /generations\.7\.features\.passThroughAuthentication: true/,
    );
    assert.match(theOne(verify({ versions: old }), "version-age").next, /^generations\.7\.connect\.version: 2\./);
    const coreFound = judgeReach(machine, { ...reach, operatingSystem: core }, context);
    assert.match(theOne(coreFound, "server-core").cause, /generations\.7\.image\.sku/);
  });

  it("passes on what each script said, and a restart that Windows wants, without alarm", () => {
    const warnings = ["the clock could not be compared"];
    const findings = [
      judgeReach(machine, { ...reach, pendingRestart: true, warnings }, context),
      judgeInstallation(machine, { ...installation, rebootRequired: true }, context),
      judgeSettingsFile(machine, { ...settingsFile, warnings }, context),
    ].flat();
    assert.deepEqual(codes(findings), ["restart-wanted", "script-warning", "restart-wanted", "script-warning"]);
    assert.equal(findings[1]?.title, warnings[0]);
    assert.equal(verdictOf(findings), "ok");
  });

  it("expects a pass-through agent where the settings say so", () => {
    assert.equal(verdictOf(verify({ passThroughAgents: ["x"] }, { passThroughAgentExpected: true })), "ok");
  });

  it("accepts an interval of exactly a week", () => {
    assert.equal(verdictOf(verify({ scheduler: { ...scheduler, effectiveInterval: "7.00:00:00" } })), "ok");
  });

  it("says of a changed settings file which one was imported, and that a new block imports the other", () => {
    const found = theOne(verify({}, { settingsFileSha256: "c".repeat(64) }), "settings-file-not-imported");
    assert.ok(found.title.includes("delivered, not imported") && found.title.includes(importedSha256));
    assert.match(found.next, /write a new generation block/);
    assert.equal(found.staging, importedSha256);
  });
});

describe("the age of a proof", () => {
  const on = (now: string, proofDays = 30) => verify({}, { now: new Date(now), proofDays });

  it("is enough to the last day, and a warning from then on that says what to write", () => {
    assert.equal(verdictOf(on("2026-12-23T09:59:59Z")), "ok");
    const found = theOne(on("2026-12-23T10:00:00Z"), "proof-old");
    assert.match(found.title, /31 days old \(2026-11-22T10:00:00Z\)/);
    assert.equal(found.staging, "2026-11-22T10:00:00Z");
    assert.match(found.next, /set gate\.proveAgain to today's date \("2026-12-23"\) and run up/);
    assert.equal(verdictOf(on("2026-11-24T10:00:00Z", 1)), "review");
  });

  it("is none where the proof lies ahead of the clock that judges it", () => {
    assert.equal(ageInDays("2026-11-22T10:00:00Z", new Date("2020-01-01T00:00:00Z")), 0);
    assert.equal(verdictOf(on("2020-01-01T00:00:00Z", 0)), "ok");
  });

  it("does not make a version young again: its support is judged by the day of the judging", () => {
    const versions = { package: "2.6.3.0", wizard: "2.6.3.0", engine: "2.6.3.0" };
    const at = (now: string) => codes(verify({ versions }, { now: new Date(now), proofDays: 1000 }));
    assert.ok(!at("2026-11-22T12:00:00Z").includes("version-age"));
    assert.ok(at("2027-07-07T12:00:00Z").includes("version-age"));
    const proof = { ...verification, versions, collectedAt: "2027-07-08T00:00:00Z" };
    assert.ok(codes(judgeVerification(machine, proof, context)).includes("version-age"));
  });
});

describe("a scheduler that is off", () => {
  const newer = (syncCycleEnabled: boolean) => ({
    ...verification,
    collectedAt: "2026-11-23T00:00:00Z",
    scheduler: { ...scheduler, syncCycleEnabled },
  });

  it("is told with what to check on the active server first, and how it is started", () => {
    const found = theOne(synchronize({ schedulerEnabled: false }, { enableScheduler: false }), "scheduler-off");
    assert.match(found.title, /does not synchronize by itself/);
    assert.match(found.next, /^first look at Get-ADSyncScheduler on the active server/);
    assert.match(found.next, /gate\.enableScheduler: true and run up; or run Start-ADSyncSyncCycle -PolicyType Delta/);
  });

  it("is not mended by a setting that is set already", () => {
    const found = theOne(synchronize({ schedulerEnabled: false }), "scheduler-off");
    assert.doesNotMatch(found.next, /gate\.enableScheduler/);
    assert.match(found.next, /Set-ADSyncScheduler -SyncCycleEnabled \$true on aadc-stg-g7/);
  });

  it("is judged by the newest look at it, whichever script that was", () => {
    assert.deepEqual(codes(synchronize({}, { verification })), []);
    assert.deepEqual(codes(synchronize({}, { verification: newer(false) })), [
      "certificate-not-renewed",
      "scheduler-off",
    ]);
    assert.deepEqual(codes(synchronize({ schedulerEnabled: false }, { verification: newer(true) })), []);
  });
});

describe("judging a version", () => {
  const on = (day: string): Date => new Date(`${day}T12:00:00Z`);

  it("accepts the newest known and refuses a recalled one", () => {
    assert.equal(judgeVersion(knownVersions().at(-1) ?? "", on(verifiedOn)).kind, "accept");
    assert.equal(judgeVersion("2.6.79.0", on(verifiedOn)).kind, "refuse");
  });

  it("lets a supported version age to a warning on the day its support ends", () => {
    assert.equal(judgeVersion("2.5.190.0", on("2027-02-01")).kind, "accept");
    assert.equal(judgeVersion("2.5.190.0", on("2027-02-02")).kind, "warn");
  });

  it("refuses what the service will refuse, from that day on", () => {
    assert.equal(judgeVersion("2.6.3.0", on("2027-04-06")).kind, "accept");
    assert.equal(judgeVersion("2.6.3.0", on("2027-04-07")).kind, "refuse");
  });

  it("takes a newer version than it knows with a warning, and refuses one that never was", () => {
    assert.equal(judgeVersion("2.7.0.0", on("2027-01-01")).kind, "warn");
    assert.equal(judgeVersion("2.6.85.0", on("2027-01-01")).kind, "refuse");
  });
});
