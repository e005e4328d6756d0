import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { portMeanings } from "../../../components/network/plan";
import { type JudgingContext, judgePrerequisites } from "../../../review/readiness/judge";
import { prerequisitesDocument } from "../../../review/readiness/prerequisites/document";
import { readChecks } from "../../../review/readiness/prerequisites/prerequisite";
import { prerequisiteTable } from "../../../review/readiness/prerequisites/table";
import { clientKey, tlsValues } from "../../../review/readiness/prerequisites/tlsValues";
import { type Finding, verdictOf } from "../../../review/verdict";
import type { EndpointFound, PrerequisitesAnswer } from "../../../scripts/answers";
import { healthyServer } from "../../support/healthyServer";
import { repositoryRoot } from "../../support/repository";
import { settingsFixture } from "../../support/settingsFixture";

const machine = "aadc-stg-g7";
const settings = settingsFixture((written) => {
  written.network.domainControllers = ["10.40.8.4", "10.40.8.5"];
  written.network.extraOutbound = [
    { name: "other-forest", addresses: ["10.90.8.4"], ports: ["389"], reason: "Directory of the other company" },
  ];
  written.network.proxy = { address: "10.40.8.8", port: 8080 };
});
const [settingsBlock] = settings.generations;
assert.ok(settingsBlock);
const context: JudgingContext = {
  generation: 7,
  now: new Date("2026-11-22T12:00:00Z"),
  proofDays: 30,
  enableScheduler: true,
  passThroughAgentExpected: false,
  autoUpgrade: "disable",
  serviceAccount: "NT SERVICE\\ADSync",
  database: { kind: "localdb" },
  settingsFileSha256: "b".repeat(64),
  prerequisites: {
    ports: portMeanings(settings, settingsBlock),
    signInHosts: ["login.microsoftonline.com", "login.windows.net"],
    memoryGiB: 6,
    remedy: "report",
  },
  wizardDone: false,
};
const { prerequisites: healthy } = healthyServer;
const judge = (change: Partial<PrerequisitesAnswer>, more: Partial<JudgingContext> = {}): readonly Finding[] =>
  judgePrerequisites(machine, { ...healthy, ...change }, { ...context, ...more });
const told = (findings: readonly Finding[]): readonly string[] =>
  findings.map(({ code, severity }) => `${severity} ${code}`);

const server = (buildNumber: string, caption = "Microsoft Windows Server 2025 Datacenter") => ({
  ...healthy.operatingSystem,
  buildNumber,
  caption,
});
const revision = (number: number | null) => ({ revision: number, productType: 3 });
const tlsWith = (change: (key: string, name: string) => number | null | undefined): PrerequisitesAnswer["tls"] =>
  healthy.tls.map((each) => {
    const found = change(each.key, each.name);
    return found === undefined ? each : { ...each, found };
  });
const endpoint = (host: string, change: Partial<EndpointFound>): EndpointFound => ({
  host,
  port: 443,
  state: "trusted",
  issuer: "CN=Microsoft Azure RSA TLS Issuing CA 03, O=Microsoft Corporation, C=US",
  subject: `CN=${host}`,
  reason: "",
  ...change,
});
const closed = (host: string) => endpoint(host, { state: "closed", issuer: "", reason: "no answer within 10 seconds" });
const [first, second] = ["10.40.8.4", "10.40.8.5"] as const;
const every = [53, 88, 123, 135, 389, 445, 636];
const without = (host: string, ...ports: readonly number[]) => ({
  host,
  open: every.filter((port) => !ports.includes(port)),
  closed: [...ports],
});

/** What is changed, and all that is then found. */
const cases: readonly (readonly [
  string,
  Partial<PrerequisitesAnswer>,
  readonly string[],
  Partial<JudgingContext["prerequisites"]>?,
])[] = [
  ["nothing", {}, []],
  ["a Windows for workstations", { windows: { revision: 1, productType: 1 } }, ["blocking windows-no-server"]],
  [
    "Windows Server 2012 R2",
    { operatingSystem: server("9600", "Microsoft Windows Server 2012 R2") },
    ["blocking windows-too-old"],
  ],
  [
    "Essentials of 2016",
    { operatingSystem: server("14393", "Microsoft Windows Server 2016 Essentials") },
    ["blocking windows-too-old", "info windows-extended-support"],
  ],
  [
    "Essentials of 2019",
    { operatingSystem: server("17763", "Microsoft Windows Server 2019 Essentials") },
    ["info windows-extended-support"],
  ],
  ["Windows Server 2019", { operatingSystem: server("17763") }, ["info windows-extended-support"]],
  [
    "Windows Server 2025 one revision before KB5070773",
    { operatingSystem: server("26100"), windows: revision(6900) },
    ["warning windows-2025-unpatched"],
  ],
  ["Windows Server 2025 with KB5070773", { operatingSystem: server("26100"), windows: revision(6901) }, []],
  ["Windows Server 2022 of any revision", { windows: revision(1) }, []],
  [
    "Windows Server 2025 whose revision cannot be read",
    { operatingSystem: server("26100"), windows: revision(null), unread: [{ check: "revision", reason: "no UBR" }] },
    ["warning prerequisite-unread"],
  ],
  [".NET 4.7.1", { dotNetRelease: 461310 }, ["blocking dotnet-too-old"]],
  ["no .NET at all", { dotNetRelease: null }, ["blocking dotnet-too-old"]],
  [
    "a .NET that cannot be read",
    { dotNetRelease: null, unread: [{ check: "dotNet", reason: "denied" }] },
    ["warning prerequisite-unread"],
  ],
  [".NET 4.7.2", { dotNetRelease: 461808 }, ["warning dotnet-old"]],
  [
    "TLS 1.2 switched off",
    { tls: tlsWith((key, name) => (key === clientKey && name === "Enabled" ? 0 : undefined)) },
    ["blocking tls12-disabled", "warning tls-values-missing"],
  ],
  ["TLS 1.2 on with every bit", { tls: tlsWith((_, name) => (name === "Enabled" ? -1 : undefined)) }, []],
  [
    "no TLS values in the 32-bit hive",
    { tls: tlsWith((key) => (key.includes("WOW6432Node") ? null : undefined)) },
    ["warning tls-values-missing"],
  ],
  [
    "a missing DCOM default",
    { dcom: { ...healthy.dcom, defaultLaunchPermission: false } },
    ["blocking dcom-defaults-missing"],
  ],
  [
    "a restricted execution policy",
    { powershell: { executionPolicy: "Restricted", transcription: false } },
    ["warning execution-policy"],
  ],
  ["an unrestricted execution policy", { powershell: { executionPolicy: "Unrestricted", transcription: false } }, []],
  ["transcription", { powershell: { executionPolicy: "", transcription: true } }, ["info transcription"]],
  ["enhanced security", { enhancedSecurity: true }, ["info ie-enhanced-security"]],
  ["a pending restart", { pendingRestart: true }, ["warning restart-pending"]],
  ["a Windows in its grace period", { licenceStatus: 2 }, ["warning not-activated"]],
  ["memory of a smaller machine", { hardware: { ...healthy.hardware, memoryGiB: 3.99 } }, ["warning memory-small"]],
  ["memory of which the firmware keeps some", { hardware: { ...healthy.hardware, memoryGiB: 5.97 } }, []],
  ["a slow processor", { hardware: { ...healthy.hardware, megahertz: 1599 } }, ["warning processor-slow"]],
  ["a small disk", { disk: { sizeGB: 100, freeGB: 50, minimumGB: 127 } }, ["warning disk-small"]],
  ["no TPM", { hardware: { ...healthy.hardware, tpmPresent: false, tpmReady: false } }, ["warning tpm-missing"]],
  ["a TPM that is not ready", { hardware: { ...healthy.hardware, tpmReady: false } }, ["warning tpm-missing"]],
  ["Microsoft Identity Manager", { otherEngines: ["FIMSynchronizationService"] }, ["warning other-engine"]],
  ["a broken secure channel", { secureChannel: { test: false, verify: false } }, ["blocking secure-channel-broken"]],
  [
    "a secure channel of which the two voices differ",
    { secureChannel: { test: false, verify: true } },
    ["warning secure-channel-unclear"],
  ],
  [
    "a secure channel that only one voice could judge, badly",
    { secureChannel: { test: null, verify: false } },
    ["warning secure-channel-unclear"],
  ],
  ["a secure channel that one voice finds well", { secureChannel: { test: null, verify: true } }, []],
  ["a clock that is 400 seconds behind", { clockSkewSeconds: -400 }, ["blocking clock-skew"]],
  ["a clock that is 300 seconds ahead", { clockSkewSeconds: 300 }, []],
  [
    "no record of the domain controllers",
    { records: healthy.records.map((each, index) => ({ ...each, count: index === 0 ? 0 : 2 })) },
    ["blocking srv-missing"],
  ],
  [
    "no record for Kerberos",
    { records: healthy.records.map((each, index) => ({ ...each, count: index === 1 ? 0 : 2 })) },
    ["warning srv-incomplete"],
  ],
  [
    "a NetBIOS name with a period",
    { names: { dnsSuffix: "", netBios: ["CORP", "OLD.CORP"] } },
    ["warning netbios-dotted"],
  ],
  ["another DNS suffix", { names: { dnsSuffix: "servers.contoso.com", netBios: [] } }, ["warning namespace-disjoint"]],
  ["389 closed at one of two controllers", { ports: [without(first, 389), without(second)] }, ["warning port-closed"]],
  [
    "389 closed at both controllers",
    { ports: [without(first, 389), without(second, 389)] },
    ["blocking port-closed-everywhere"],
  ],
  [
    "445 and the time closed everywhere",
    { ports: [without(first, 445, 123), without(second, 445, 123)] },
    ["warning port-closed"],
  ],
  [
    "389 closed at a row of the user's own: one row says so, and none of the controllers'",
    { ports: [without(first), without(second), { host: "10.90.8.4", open: [], closed: [389] }] },
    ["warning port-closed"],
  ],
  [
    "389 open at a row of the user's own only",
    { ports: [without(first, 389), without(second, 389), { host: "10.90.8.4", open: [389], closed: [] }] },
    ["blocking port-closed-everywhere"],
  ],
  [
    "the proxy closed",
    { ports: [without(first), without(second), { host: "10.40.8.8", open: [], closed: [8080] }] },
    ["blocking port-closed-everywhere"],
  ],
  [
    "no proxy in machine.config, where the settings name one",
    { endpoints: [], proxy: { machineConfig: "", winHttp: "" } },
    ["blocking proxy-missing"],
    { proxy: "proxy.corp.contoso.com:8080" },
  ],
  [
    "a proxy in machine.config, where the settings name one",
    { endpoints: [], proxy: { machineConfig: "http://proxy.corp.contoso.com:8080", winHttp: "" } },
    ["info proxy-set"],
    { proxy: "proxy.corp.contoso.com:8080" },
  ],
  [
    "a machine.config that cannot be read, where the settings name a proxy",
    { endpoints: [], proxy: { machineConfig: null, winHttp: "" }, unread: [{ check: "proxy", reason: "denied" }] },
    ["warning prerequisite-unread"],
    { proxy: "proxy.corp.contoso.com:8080" },
  ],
  ["636 closed everywhere", { ports: [without(first, 636), without(second, 636)] }, ["info port-optional-closed"]],
  [
    "no sign-in host",
    { endpoints: ["login.microsoftonline.com", "login.windows.net"].map(closed) },
    ["blocking cloud-unreachable"],
  ],
  [
    "one of two sign-in hosts",
    { endpoints: [endpoint("login.microsoftonline.com", {}), closed("login.windows.net")] },
    ["warning endpoint-closed"],
  ],
  [
    "no sign-in host and a proxy",
    {
      endpoints: ["login.microsoftonline.com", "login.windows.net"].map(closed),
      proxy: { machineConfig: "http://proxy:8080", winHttp: "proxy:8080" },
    },
    ["info proxy-set"],
  ],
  [
    "no sign-in host and a machine.config that cannot be read: there may be a proxy in it",
    {
      endpoints: ["login.microsoftonline.com", "login.windows.net"].map(closed),
      proxy: { machineConfig: null, winHttp: "" },
      unread: [{ check: "proxy", reason: "denied" }],
    },
    ["warning endpoint-closed", "warning prerequisite-unread"],
  ],
  [
    "a proxy for WinHTTP only",
    { proxy: { machineConfig: "", winHttp: "proxy:8080" } },
    ["warning proxy-not-for-dotnet"],
  ],
  [
    "a proxy for WinHTTP beside a machine.config that cannot be read",
    { proxy: { machineConfig: null, winHttp: "proxy:8080" }, unread: [{ check: "proxy", reason: "denied" }] },
    ["warning prerequisite-unread"],
  ],
  [
    "a certificate of an inspecting firewall",
    { endpoints: [endpoint("login.microsoftonline.com", { issuer: 'CN=TLS, O="Contoso, Ltd", C=DE' })] },
    ["warning tls-interception"],
  ],
  [
    "an authority whose name only contains Microsoft's",
    { endpoints: [endpoint("login.microsoftonline.com", { issuer: "CN=x, O=Not Microsoft Corporation" })] },
    ["warning tls-interception"],
  ],
  [
    "a certificate that Windows does not trust",
    { endpoints: [endpoint("login.microsoftonline.com", { state: "refused", reason: "not valid" })] },
    ["warning certificate-refused"],
  ],
  [
    "WMI that fails at the processor",
    { unread: [{ check: "processor", reason: "Provider load failure" }] },
    ["warning prerequisite-unread"],
  ],
  [
    "a switch of Internet Explorer that cannot be read",
    { enhancedSecurity: null, unread: [{ check: "internetExplorer", reason: "denied" }] },
    ["info prerequisite-unread"],
  ],
];

describe("judging the prerequisites", () => {
  for (const [what, change, expected, demands] of cases)
    it(`${what}: ${expected.length === 0 ? "nothing is found" : expected.join(", ")}`, () => {
      const findings = judge(change, { prerequisites: { ...context.prerequisites, ...demands } });
      assert.deepEqual(told(findings), expected);
      for (const { title, cause, next, severity } of findings) {
        assert.ok(title.includes(machine) && cause.length > 5, title);
        if (severity !== "info") assert.match(next, /run `pulumi up`, which asks again$/);
      }
    });

  it("meets every row of the table in a case of its own", () => {
    const met = new Set(cases.flatMap(([, , expected]) => expected.map((each) => each.split(" ")[1])));
    assert.deepEqual(
      prerequisiteTable.map(({ code }) => code).filter((code) => !met.has(code)),
      [],
    );
  });

  it("names the exact values that are missing, and the setting that sets them", () => {
    const tls = tlsWith((key) => (key.includes("WOW6432Node") ? null : undefined));
    const [finding] = judge({ tls });
    assert.match(finding?.title ?? "", /lacks 2 of 8 registry values for TLS 1\.2 \(32-bit \.NET\)/);
    assert.match(
      finding?.next ?? "",
      /HKLM\\SOFTWARE\\WOW6432Node\\Microsoft\\\.NETFramework\\v4\.0\.30319: SchUseStrongCrypto = 1/,
    );
    assert.doesNotMatch(finding?.next ?? "", /SCHANNEL|HKLM\\SOFTWARE\\Microsoft\\\.NET/);
    assert.match(finding?.next ?? "", /prerequisites: \{ remedy: set \}/);
    const { prerequisites } = context;
    const [set] = judge({ tls }, { prerequisites: { ...prerequisites, remedy: "set" } });
    assert.doesNotMatch(set?.next ?? "", /remedy: set/);
  });

  it("says who signed, which hosts, and which port of which controller", () => {
    const [inspected] = judge({ endpoints: [endpoint("login.windows.net", { issuer: 'CN=TLS, O="Contoso, Ltd"' })] });
    assert.match(inspected?.title ?? "", /login\.windows\.net is signed by Contoso, Ltd/);
    const [port] = judge({ ports: [without(first, 389), without(second)] });
    assert.match(port?.title ?? "", /10\.40\.8\.4:389 \(ldap: Import from Active Directory\)/);
    assert.doesNotMatch(port?.title ?? "", /10\.40\.8\.5/);
  });

  it("does not say of a server behind network.proxy that the cloud was tried, nor to write what is written", () => {
    const proxy = { machineConfig: "http://proxy.corp.contoso.com:8080", winHttp: "" };
    const [direct] = judge({ proxy });
    assert.match(`${direct?.title} ${direct?.next}`, /tried directly.*network\.proxy: write it there/);
    const prerequisites = { ...context.prerequisites, proxy: "proxy.corp.contoso.com:8080" };
    const [through] = judge({ proxy, endpoints: [] }, { prerequisites });
    assert.match(through?.title ?? "", /network\.proxy is proxy\.corp\.contoso\.com:8080; .* not tried/);
    assert.doesNotMatch(`${through?.title} ${through?.next}`, /directly|write it there/);
  });

  it("says of what could not be read that it could not, and why", () => {
    const [finding] = judge({ unread: [{ check: "licence", reason: "Provider load failure" }] });
    assert.match(finding?.title ?? "", /the licence state of Windows .* could not be read: Provider load failure/);
  });

  it("stops nothing any more once the wizard of this version has been completed", () => {
    const blocked: Partial<PrerequisitesAnswer> = { clockSkewSeconds: 400, dotNetRelease: 1 };
    assert.equal(verdictOf(judge(blocked)), "blocked");
    const findings = judge(blocked, { wizardDone: true });
    assert.equal(verdictOf(findings), "review");
    for (const { next, cause } of findings) {
      assert.match(next, /gate\.proveAgain/);
      assert.match(cause, /seen at 2026-11-22T10:00:00Z/);
    }
    const installation = judge(
      { pendingRestart: true, dcom: { ...healthy.dcom, defaultLaunchPermission: false } },
      { wizardDone: true },
    );
    assert.equal(verdictOf(installation), "ok", "what only the installation needs is over");
    assert.deepEqual([...new Set(installation.map(({ next }) => next))], [""]);
  });

  it("refuses nothing that is not documented or reported by people who met it", () => {
    for (const { code, severity, mark, source } of prerequisiteTable) {
      assert.ok(source.length > 5, code);
      if (severity === "blocking") assert.match(mark, /^[DS]$/, code);
      assert.doesNotMatch(source, /\[\?\]/, code);
    }
  });

  it("knows every reading that the script can fail at, and the other way round", () => {
    const text = ["prerequisites.ps1", "fragments/readings.ps1", "fragments/probes.ps1", "fragments/records.ps1"]
      .map((file) => readFileSync(join(repositoryRoot, "scripts", file), "utf8"))
      .join("\n");
    const named = new Set([...text.matchAll(/(?:Read-Fact|Add-Unread) '(\w+)'/g)].map(([, name]) => name));
    assert.deepEqual([...named].sort(), [...readChecks]);
    for (const check of readChecks)
      assert.ok(
        prerequisiteTable.some((row) => row.check === check),
        check,
      );
  });

  it("docs/prerequisites.md says what the tables say (npm run document-prerequisites)", () =>
    assert.equal(readFileSync(join(repositoryRoot, "docs", "prerequisites.md"), "utf8"), prerequisitesDocument()));

  it("asks for nothing outside the keys that the remedy may set", () => {
    const script = readFileSync(join(repositoryRoot, "scripts", "set-prerequisites.ps1"), "utf8");
    for (const { key, name } of tlsValues) {
      assert.ok(script.includes(`'${key}'`), key);
      assert.ok(script.includes(`'${name}'`), name);
    }
  });
});
