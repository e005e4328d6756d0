import * as pulumi from "@pulumi/pulumi";
import { PassiveServer, type PassiveServerArgs } from "../../components";
import { makeKeyPair } from "../../rehearsal/world/keys";
import { type CommandAnswers, type Registration, record } from "./recordedResources";
import { settingsFixture, type Written } from "./settingsFixture";

export const loginKey = makeKeyPair("test").privateKey;
export const jumpKey = makeKeyPair("test").privateKey;
export const canaryPassword = "Canary-Password-0001";

const common = { collectedAt: "2026-11-22T10:00:00Z", warnings: [], computerName: "AADC-STG-G1" };
const vmId = "3f1c0b52-0000-4000-8000-000000000001";

/** Answers of a healthy passive server. */
export const healthyAnswers: CommandAnswers = {
  "enable-remote-access": JSON.stringify({
    ...common,
    script: "enable-remote-access",
    changes: [],
    hostKey: `ssh-ed25519 ${"A".repeat(68)}`,
  }),
  "-reinstate": JSON.stringify({
    ...common,
    script: "reinstate",
    changes: ["synchronization service started", "marker put away"],
    vmId,
    generation: 1,
    outcome: "reinstated",
    retiredAt: "2026-11-22T08:00:00Z",
    reason: "the deletion was called off",
    record: "C:\\ProgramData\\pulumi-entra-connect\\reinstated-20261122T100000Z.json",
    startType: "Automatic",
    stagingMode: { scheduler: true, globalParameter: true },
  }),
  "-prerequisites": JSON.stringify({
    ...common,
    script: "prerequisites",
    changes: [],
    vmId,
    domain: "corp.contoso.com",
    operatingSystem: {
      caption: "Microsoft Windows Server 2022 Datacenter",
      version: "10.0.20348",
      buildNumber: "20348",
      installationType: "Server",
    },
    powershellVersion: "5.1.20348.1",
    dotNetRelease: 528449,
    tls: { strongCrypto: true, systemDefaultVersions: true, clientEnabled: true },
    dcom: { machineAccessRestriction: true, machineLaunchRestriction: true, defaultLaunchPermission: true },
    clockSkewSeconds: 0,
    disk: { sizeGB: 127, freeGB: 100, minimumGB: 127 },
    ports: [],
    packages: [],
    baseline: { writtenAt: "2026-11-22T09:00:00Z", appliedFiles: [] },
  }),
  "-install-package": JSON.stringify({
    ...common,
    script: "install-package",
    changes: [],
    productVersion: "2.6.92.0",
    productCode: "{00000000-0000-0000-0000-000000000001}",
    wizardPath: "C:\\Program Files\\Microsoft Azure Active Directory Connect\\AzureADConnect.exe",
    rebootRequired: false,
  }),
  "-verify-staging": JSON.stringify({
    ...common,
    script: "verify-staging",
    vmId,
    stagingMode: { scheduler: true, globalParameter: true },
    appliedFile: { name: "Applied-SynchronizationPolicy-1.JSON", sha256: "a".repeat(64) },
    versions: { package: "2.6.92.0", wizard: "2.6.92.0", engine: "2.6.92.0" },
    scheduler: {
      syncCycleEnabled: false,
      schedulerSuspended: false,
      syncCycleInProgress: false,
      maintenanceEnabled: true,
      effectiveInterval: "00:30:00",
      nextSyncCycleStart: null,
    },
    connectors: [],
    rules: { total: 0, standard: 0, disabled: 0 },
    globalParameters: {},
    runs: [],
    service: { status: "Running", startType: "Automatic", account: "NT SERVICE\\ADSync" },
    passThroughAgents: [],
    credentialType: "Application",
    autoUpgrade: "Disabled",
  }),
  "-first-synchronization": JSON.stringify({
    ...common,
    script: "first-synchronization",
    changes: [],
    steps: [],
    schedulerEnabled: true,
  }),
};

export interface Built {
  readonly registrations: readonly Registration[];
  readonly verdict: string;
  readonly findings: readonly { code: string; severity: string }[];
}

const value = <T>(output: pulumi.Output<T>): Promise<T> => new Promise((resolve) => output.apply(resolve));

/** Registers one PassiveServer and returns what the engine would have seen. */
export async function build(
  change: (written: Written) => void = () => undefined,
  more: Partial<PassiveServerArgs> = {},
  opts: pulumi.ComponentResourceOptions | (() => pulumi.ComponentResourceOptions) = {},
): Promise<Built> {
  let verdict = "";
  let findings: Built["findings"] = [];
  const registrations = await record(async () => {
    const server = new PassiveServer(
      "aadc-stg",
      {
        settings: settingsFixture(change),
        secrets: {
          administratorPassword: pulumi.secret(canaryPassword),
          sshPrivateKey: pulumi.secret(loginKey),
          jumpHostPrivateKey: pulumi.secret(jumpKey),
        },
        // The gate is announced elsewhere; here it would only fill the screen.
        proven: new Set([1, 2]),
        ...more,
      },
      typeof opts === "function" ? opts() : opts,
    );
    [verdict, findings] = await Promise.all([value(server.verdict), value(server.findings)]);
  }, healthyAnswers);
  return { registrations, verdict, findings };
}

export function find(registrations: readonly Registration[], name: string): Registration {
  const found = registrations.find((each) => each.name === name);
  if (found === undefined)
    throw new Error(`no resource ${name}; there are ${registrations.map((each) => each.name).join(", ")}`);
  return found;
}
