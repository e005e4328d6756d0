import assert from "node:assert/strict";
import { judgeServer, type ServerEvidence } from "../../../review/readiness/judge";
import { verdictOf } from "../../../review/verdict";
import { judgeVersion, knownVersions, verifiedOn } from "../../../review/versions/versions";
import { validateAnswer } from "../../../scripts/assemble";
import { healthyAnswers } from "../../support/passiveServerFixture";

type Changes = {
  installation?: Partial<ServerEvidence["installation"]>;
  prerequisites?: Partial<ServerEvidence["prerequisites"]>;
  verification?: Partial<ServerEvidence["verification"]>;
  firstSynchronization?: Partial<ServerEvidence["firstSynchronization"]>;
};

function evidence(changes: Changes = {}): ServerEvidence {
  return {
    machine: "aadc-stg-g1",
    passThroughAgentExpected: false,
    prerequisites: {
      ...validateAnswer("prerequisites", healthyAnswers["-prerequisites"] ?? ""),
      ...changes.prerequisites,
    },
    installation: {
      ...validateAnswer("install-package", healthyAnswers["-install-package"] ?? ""),
      ...changes.installation,
    },
    verification: {
      ...validateAnswer("verify-staging", healthyAnswers["-verify-staging"] ?? ""),
      ...changes.verification,
    },
    firstSynchronization: {
      ...validateAnswer("first-synchronization", healthyAnswers["-first-synchronization"] ?? ""),
      ...changes.firstSynchronization,
    },
  };
}

const healthy = evidence();
const { scheduler } = healthy.verification;

describe("judging a passive server", () => {
  it("finds nothing but the proof at a healthy one", () => {
    const findings = judgeServer(healthy);
    assert.deepEqual(
      findings.map((each) => each.code),
      ["staging-proven"],
    );
    assert.equal(verdictOf(findings), "ok");
  });

  const cases: readonly [string, string, "review" | "blocked", Changes][] = [
    [
      "a closed port",
      "port-closed",
      "review",
      { prerequisites: { ports: [{ host: "10.0.0.4", port: 389, open: false }] } },
    ],
    [
      "Server Core",
      "server-core",
      "blocked",
      {
        prerequisites: {
          operatingSystem: { ...healthy.prerequisites.operatingSystem, installationType: "Server Core" },
        },
      },
    ],
    ["an old .NET Framework", "dotnet-old", "review", { prerequisites: { dotNetRelease: 461808 } }],
    [
      "missing DCOM defaults",
      "dcom-defaults-missing",
      "review",
      { prerequisites: { dcom: { ...healthy.prerequisites.dcom, defaultLaunchPermission: false } } },
    ],
    ["a clock that is off", "clock-skew", "review", { prerequisites: { clockSkewSeconds: -400 } }],
    ["a small disk", "disk-small", "review", { prerequisites: { disk: { sizeGB: 100, freeGB: 50, minimumGB: 127 } } }],
    [
      "an open wizard",
      "scheduler-suspended",
      "review",
      { verification: { scheduler: { ...scheduler, schedulerSuspended: true } } },
    ],
    [
      "an interval of more than a week",
      "interval-long",
      "review",
      { verification: { scheduler: { ...scheduler, effectiveInterval: "7.01:00:00" } } },
    ],
    [
      "an unexpected pass-through agent",
      "pass-through-agent",
      "review",
      { verification: { passThroughAgents: ["AzureADConnectAuthenticationAgent"] } },
    ],
    [
      "a service account credential",
      "service-account-credential",
      "review",
      { verification: { credentialType: "ServiceAccount" } },
    ],
    ["automatic upgrade", "auto-upgrade-on", "review", { verification: { autoUpgrade: "Enabled" } }],
    [
      "a version out of support",
      "version-age",
      "review",
      { verification: { versions: { package: "2.5.79.0", wizard: "2.5.79.0", engine: "2.5.79.0" } } },
    ],
    [
      "a run with errors",
      "run-not-clean",
      "review",
      {
        firstSynchronization: {
          steps: [
            {
              connectorName: "corp.contoso.com",
              runProfileName: "Full Import",
              outcome: "ran",
              result: "completed-discovery-errors",
            },
          ],
        },
      },
    ],
  ];
  for (const [what, code, verdict, changes] of cases)
    it(`finds ${what}, and says why and what to do`, () => {
      const findings = judgeServer(evidence(changes));
      const found = findings.find((each) => each.code === code);
      assert.ok(found, findings.map((each) => each.code).join());
      assert.ok(found.cause.length > 0 && found.next.length > 0 && found.title.length > 0);
      assert.equal(verdictOf(findings), verdict);
    });

  it("passes on what the scripts said, and a restart that Windows wanted, without alarm", () => {
    const findings = judgeServer(
      evidence({
        prerequisites: { warnings: ["the clock could not be compared"] },
        installation: { rebootRequired: true },
      }),
    );
    assert.deepEqual(
      findings.map((each) => each.code),
      ["staging-proven", "script-warning", "restart-wanted"],
    );
    assert.equal(verdictOf(findings), "ok");
  });

  it("expects a pass-through agent where the settings say so", () => {
    const agent = { ...evidence({ verification: { passThroughAgents: ["x"] } }), passThroughAgentExpected: true };
    assert.equal(verdictOf(judgeServer(agent)), "ok");
  });

  it("accepts an interval of exactly a week", () => {
    const week = evidence({ verification: { scheduler: { ...scheduler, effectiveInterval: "7.00:00:00" } } });
    assert.equal(verdictOf(judgeServer(week)), "ok");
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
