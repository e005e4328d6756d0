import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { PassiveServer, type PassiveServerArgs } from "../../components";
import { type Ledger, ledgerSchema, nextLedger } from "../../components/memory/ledger";
import { makeKeyPair } from "../../rehearsal/world/keys";
import { type CommandAnswers, type Registration, record } from "./recordedResources";
import { settingsFileText, settingsFixture, type Written, type WrittenBlock, writtenFixture } from "./settingsFixture";

export const loginKey = makeKeyPair("test").privateKey;
export const jumpKey = makeKeyPair("test").privateKey;
export const canaryPassword = "Canary-Password-0001";

const common = { collectedAt: "2026-11-22T10:00:00Z", warnings: [], computerName: "AADC-STG-G1" };
export const vmId = "3f1c0b52-0000-4000-8000-000000000001";

const settingsFileHash = createHash("sha256").update(settingsFileText).digest("hex");

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
  "-reach": JSON.stringify({
    ...common,
    script: "reach",
    vmId,
    operatingSystem: {
      caption: "Microsoft Windows Server 2022 Datacenter",
      version: "10.0.20348",
      buildNumber: "20348",
      installationType: "Server",
    },
    powershellVersion: "5.1.20348.1",
    lastBootAt: "2026-11-22T09:30:00Z",
    pendingRestart: false,
  }),
  "-receive-settings-file": JSON.stringify({
    ...common,
    script: "receive-settings-file",
    changes: [],
    path: "C:\\ProgramData\\pulumi-entra-connect\\settings\\settings.json",
    sha256: settingsFileHash,
    bytes: 10,
  }),
  "-await-wizard": JSON.stringify({
    ...common,
    script: "await-wizard",
    appliedFile: { name: "Applied-SynchronizationPolicy-1.JSON", sha256: "a".repeat(64) },
    waitedMinutes: 0,
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
    sha256: null,
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
    importedSettingsFile: { sha256: settingsFileHash },
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

/** The state of a stack, by URN, as the engine tells it. */
export type State = Readonly<Record<string, { readonly type: string; readonly outputs: Record<string, unknown> }>>;

/** Unlike `apply`, it also tells of a refusal. Private API of the SDK. */
const value = <T>(output: pulumi.Output<T>): Promise<T> => (output as unknown as { promise(): Promise<T> }).promise();

/** Settings as written -> arguments, with contents that fit their hashes. */
export function argsFixture(change: (written: Written) => void = () => undefined): PassiveServerArgs {
  const written = writtenFixture();
  written.gate = { enableScheduler: true };
  change(written);
  const generations = Object.entries(written.generations).map(([number, { connect, ...block }]) => {
    const { path: _1, ...installer } = connect.installer;
    const { path: _2, ...settingsFile } = connect.settingsFile;
    return [
      number,
      {
        ...block,
        connect: {
          ...connect,
          installer: { ...installer, source: new pulumi.asset.StringAsset("installer") },
          settingsFile: { ...settingsFile, source: new pulumi.asset.StringAsset(settingsFileText) },
        },
      },
    ];
  });
  return {
    ...written,
    generations: Object.fromEntries(generations),
    administratorPassword: pulumi.secret(canaryPassword),
    sshPrivateKey: pulumi.secret(loginKey),
    jumpHostPrivateKey: pulumi.secret(jumpKey),
  } as unknown as PassiveServerArgs;
}

/** What the state holds of a generation that was built and proven. */
export function provenState(
  change: (written: Written) => void = () => undefined,
  numbers: readonly number[] = [1],
  changeLedger: (ledger: Ledger) => Ledger = (ledger) => ledger,
): State {
  const settings = settingsFixture(change);
  const ledger = changeLedger(
    nextLedger(undefined, settings, { library: "0.0.0", subscriptionId: "sub", tenantId: "tenant" }),
  );
  const entry = (type: string, name: string, outputs: Record<string, unknown>): [string, State[string]] => [
    `urn:pulumi:test::entra-connect::${type}::${name}`,
    { type, outputs },
  ];
  return Object.fromEntries([
    entry("pulumi:index:Stash", "aadc-stg-ledger", { input: ledger, output: { schema: ledgerSchema } }),
    ...numbers.flatMap((number) => {
      const base = `aadc-stg-g${number}`;
      const answer = (end: string): string => healthyAnswers[end] ?? "";
      return [
        entry("azure-native:compute:VirtualMachine", `${base}-vm`, { vmId }),
        entry("command:remote:Command", `${base}-guard`, {
          connection: { hostKey: `ssh-ed25519 ${"A".repeat(68)}` },
          triggers: [vmId],
        }),
        entry("command:remote:Command", `${base}-reach`, { stdout: answer("-reach") }),
        entry("command:remote:Command", `${base}-await-wizard`, { stdout: answer("-await-wizard") }),
        entry("command:remote:Command", `${base}-verify-staging`, { stdout: answer("-verify-staging") }),
      ];
    }),
  ]);
}

export interface BuildOptions {
  readonly change?: (written: Written) => void;
  readonly opts?: () => pulumi.ComponentResourceOptions;
  readonly args?: (args: PassiveServerArgs) => PassiveServerArgs;
  readonly state?: State;
  readonly answers?: CommandAnswers;
  /** What ARM answers to the look-up of a machine. */
  readonly machine?: () => Record<string, unknown>;
}

/** Registers one PassiveServer and returns what the engine would have seen. */
export async function build({ change, opts, args, state = {}, answers, machine }: BuildOptions = {}): Promise<Built> {
  let verdict = "";
  let findings: Built["findings"] = [];
  const registrations = await record(
    async () => {
      const given = argsFixture(change);
      const server = new PassiveServer("aadc-stg", args === undefined ? given : args(given), opts?.());
      [verdict, findings] = await Promise.all([value(server.verdict), value(server.findings)]);
    },
    {
      answers: { ...healthyAnswers, ...answers },
      calls: {
        "pulumi:pulumi:readStackResourceOutputs": () => ({ outputs: state }),
        "azure-native:authorization:getClientConfig": () => ({ subscriptionId: "sub", tenantId: "tenant" }),
        "azure-native:compute:getVirtualMachine": machine ?? (() => ({ vmId })),
      },
    },
  );
  return { registrations, verdict, findings };
}

export function find(registrations: readonly Registration[], name: string): Registration {
  const found = registrations.find((each) => each.name === name);
  if (found === undefined)
    throw new Error(`no resource ${name}; there are ${registrations.map((each) => each.name).join(", ")}`);
  return found;
}

/** A second block, written as the first one is. */
export function withSecond(written: Written, change: (block: WrittenBlock) => void = () => undefined): void {
  const block = structuredClone(written.generations["1"]) as WrittenBlock;
  change(block);
  written.generations["2"] = block;
}
