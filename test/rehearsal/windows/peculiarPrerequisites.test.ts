import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { endpointsToTry, signInHosts } from "../../../components/network/endpoints";
import { portMeanings, probes } from "../../../components/network/plan";
import { type PeculiarityName, setPeculiarities } from "../../../rehearsal/windows/peculiarities";
import type { prerequisitePeculiarities } from "../../../rehearsal/windows/peculiarPrerequisites";
import { findTestPowershell } from "../../../rehearsal/windows/testPowershell";
import { judgePrerequisites, tlsValues } from "../../../review/readiness/judge";
import { type PrerequisitesArguments, validateAnswer } from "../../../scripts/assemble";
import { requires } from "../../support/requires";
import { settingsFixture } from "../../support/settingsFixture";
import { usePairs } from "./pair";
import { prerequisitesArguments } from "./stages";

const controllers = ["10.40.0.4", "10.40.0.5"];
const settings = settingsFixture((written) => {
  written.network = {
    subnetPrefix: "10.40.1.0/27",
    domainControllers: controllers,
    firewallAddress: "10.40.2.1",
    peerVirtualNetworkId:
      "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/hub/providers/Microsoft.Network/virtualNetworks/hub",
    proxy: { address: "10.40.2.8", port: 8080 },
    wsus: { host: "wsus.contoso.com", port: 8530 },
    extraOutbound: [{ name: "siem", addresses: ["10.40.2.20"], ports: ["6514"], reason: "The log forwarder" }],
  };
  const [first] = Object.values(written.generations);
  Object.assign(first?.connect ?? {}, {
    database: { kind: "sqlServer", server: "sql01.contoso.com" },
    serviceAccount: { kind: "managed", name: "CONTOSO\\gmsa$" },
  });
});
const [block] = settings.generations;
assert.ok(block);
const ports = portMeanings(settings, block);
const given: PrerequisitesArguments = {
  ...prerequisitesArguments,
  ports: probes(settings, block),
  // As without the proxy, so that what the cloud answers is seen too.
  endpoints: endpointsToTry({}, block.features),
  tls: tlsValues,
};

type Name = keyof typeof prerequisitePeculiarities;

/** What a machine with each of them is told to be, and nothing besides. */
const expected: Readonly<Record<Name, readonly string[]>> = {
  "clock-off": ["blocking clock-skew"],
  "tls-keys-missing-64": ["warning tls-values-missing"],
  "tls-keys-missing-32": ["warning tls-values-missing"],
  "tls-interception": ["warning tls-interception"],
  "port-closed": ["warning port-closed"],
  "sql-closed": ["blocking port-closed-everywhere"],
  "kms-closed": ["warning port-closed"],
  "wsus-closed": ["warning port-closed"],
  "proxy-closed": ["blocking port-closed-everywhere"],
  "srv-missing": ["blocking srv-missing"],
  "not-activated": ["warning not-activated"],
  "pending-restart": ["warning restart-pending"],
  "server-2025-old-build": ["warning windows-2025-unpatched"],
  "no-vtpm": ["warning tpm-missing"],
  "other-sync-engine": ["warning other-engine"],
  "small-machine": ["warning memory-small", "warning processor-slow"],
  "secure-channel-broken": ["blocking secure-channel-broken"],
  "proxy-set": ["info proxy-set"],
  "ie-enhanced-security": ["info ie-enhanced-security"],
  "wmi-partly-fails": Array.from({ length: 5 }, () => "warning prerequisite-unread"),
};

describe("prerequisites on machines with a peculiarity, in the test PowerShell", () => {
  const machines = usePairs();
  before(async function () {
    requires(this, "the test PowerShell", (await findTestPowershell()) !== undefined);
  });

  async function toldOf(names: readonly PeculiarityName[]) {
    const pair = await machines();
    const [powershell] = pair.members;
    assert.ok(powershell);
    // The emulation refuses them by name, so there is nothing to compare.
    const alone = pair.alone(powershell);
    await alone.each((server) =>
      setPeculiarities(
        server,
        names.map((name) => ({ name, on: true })),
      ),
    );
    const outcome = await alone.run("prerequisites", given);
    assert.equal(outcome.stderr, "");
    const answer = validateAnswer("prerequisites", outcome.stdout);
    const findings = judgePrerequisites("aadc-stg-g1", answer, {
      generation: 1,
      now: new Date(answer.collectedAt),
      proofDays: 30,
      enableScheduler: true,
      passThroughAgentExpected: false,
      settingsFileSha256: "",
      prerequisites: { ports, signInHosts, memoryGiB: 6, remedy: "report" },
      wizardDone: false,
      autoUpgrade: "disable",
      serviceAccount: "NT SERVICE\\ADSync",
      database: { kind: "localdb" },
    });
    return { answer, findings, texts: findings.map(({ title, next }) => `${title} ${next}`).join("\n") };
  }

  it("finds nothing on a machine without one", async () => {
    assert.deepEqual((await toldOf([])).findings, []);
  });

  for (const [name, codes] of Object.entries(expected) as [Name, readonly string[]][])
    it(`${name}: ${[...new Set(codes)].join(", ")}`, async () => {
      const { findings } = await toldOf([name]);
      assert.deepEqual(
        findings.map(({ severity, code }) => `${severity} ${code}`),
        codes,
      );
    });

  it("names the port, the hive, the signer and the readings, and shows no proxy's password", async () => {
    const { answer, texts } = await toldOf([
      "port-closed",
      "tls-keys-missing-32",
      "tls-interception",
      "wmi-partly-fails",
      "proxy-set",
    ]);
    assert.match(texts, /10\.40\.0\.4:389/);
    assert.match(texts, /WOW6432Node/);
    assert.match(texts, /signed by Contoso Ltd/);
    assert.match(texts, /Win32_Processor\.MaxClockSpeed.* could not be read: Provider load failure/);
    assert.equal(answer.proxy.machineConfig, "http://proxy.contoso.com:8080");
    assert.doesNotMatch(JSON.stringify(answer), /secret/);
  });

  it("says of what does not answer which row it is, where, and why the server needs it", async () => {
    const { texts } = await toldOf(["sql-closed"]);
    assert.match(texts, /reaches nobody at sql01\.contoso\.com:1433 \(sql-server: The SQL Server that holds/);
    const { texts: others } = await toldOf(["wsus-closed"]);
    assert.match(others, /cannot reach wsus\.contoso\.com:8530 \(update-server: /);
  });

  it("stops where WMI says nothing at all: not even what the server is a member of", async () => {
    const pair = await machines();
    const [powershell] = pair.members;
    assert.ok(powershell);
    const alone = pair.alone(powershell);
    await alone.each((server) => setPeculiarities(server, [{ name: "wmi-fails", on: true }]));
    const { exitCode, stdout, stderr } = await alone.run("prerequisites", given);
    assert.deepEqual([exitCode, stdout], [1, ""]);
    assert.match(stderr, /\[wmi-fails\][\s\S]*winmgmt/);
  });
});
