import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { PassiveServer, type PassiveServerArgs } from "../../components";
import { type Ledger, ledgerSchema, nextLedger } from "../../components/memory/ledger";
import { nowVariable } from "../../engine/environment";
import { makeKeyPair } from "../../rehearsal/world/keys";
import { healthyServer } from "./healthyServer";
import { type CallAnswers, type CommandAnswers, type Registration, record } from "./recordedResources";
import { settingsFileText, settingsFixture, type Written, type WrittenBlock, writtenFixture } from "./settingsFixture";

export const loginKey = makeKeyPair("test").privateKey;
export const jumpKey = makeKeyPair("test").privateKey;
export const canaryPassword = "Canary-Password-0001";

export const vmId = "3f1c0b52-0000-4000-8000-000000000001";

const settingsFileHash = createHash("sha256").update(settingsFileText).digest("hex");

/** Answers of a healthy passive server, by the end of the command's name; it has imported the fixture's settings file. */
export const healthyAnswers: CommandAnswers = Object.fromEntries(
  Object.entries({
    ...healthyServer,
    "verify-staging": { ...healthyServer["verify-staging"], importedSettingsFile: { sha256: settingsFileHash } },
    "receive-settings-file": { ...healthyServer["receive-settings-file"], sha256: settingsFileHash },
  }).map(([script, answer]) => [script === "enable-remote-access" ? script : `-${script}`, JSON.stringify(answer)]),
);

export interface Built {
  readonly registrations: readonly Registration[];
  readonly verdict: string;
  readonly findings: readonly { code: string; severity: string; title: string; next: string }[];
  readonly instructions: string;
}

/** The state of a stack, by URN, as the engine tells it. */
export type State = Readonly<Record<string, { readonly type: string; readonly outputs: Record<string, unknown> }>>;

/** Unlike `apply`, it also tells of a refusal. Private API of the SDK. */
export const value = <T>(output: pulumi.Output<T>): Promise<T> =>
  (output as unknown as { promise(): Promise<T> }).promise();

/** Settings as written -> arguments, with contents that fit their hashes. */
export function argsFixture(change: (written: Written) => void = () => undefined): PassiveServerArgs {
  const written = writtenFixture();
  written.gate = { enableScheduler: true };
  change(written);
  const generations = Object.entries(written.generations).map(([number, { connect, ...block }]) => {
    const { path: _1, ...installer } = connect.installer;
    const { path: _2, ...settingsFile } = connect.settingsFile ?? {};
    return [
      number,
      {
        ...block,
        connect: {
          ...connect,
          installer: { ...installer, source: new pulumi.asset.StringAsset("installer") },
          ...(connect.settingsFile === undefined
            ? {}
            : { settingsFile: { ...settingsFile, source: new pulumi.asset.StringAsset(settingsFileText) } }),
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

export const componentUrn = "urn:pulumi:test::entra-connect::entra-connect:index:PassiveServer::aadc-stg";

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
    `urn:pulumi:test::entra-connect::entra-connect:index:PassiveServer$${type}::${name}`,
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
          delete: "powershell.exe -Command …",
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
  /** What functions answer, beside state, identity and machine. */
  readonly calls?: CallAnswers;
  /** When it is run: what ages are counted to. */
  readonly now?: string;
}

let plain: Promise<Built> | undefined;

/**
 * Registers one PassiveServer and returns what the engine would have seen. Without options it is registered once a
 * process: the tests of a dozen files look at the same.
 */
export function build(options?: BuildOptions): Promise<Built> {
  if (options !== undefined) return buildAt(options);
  plain ??= buildAt({});
  return plain;
}

async function buildAt(options: BuildOptions): Promise<Built> {
  const before = process.env[nowVariable];
  process.env[nowVariable] = options.now ?? "2026-11-26T08:00:00Z";
  try {
    return await built(options);
  } finally {
    if (before === undefined) delete process.env[nowVariable];
    else process.env[nowVariable] = before;
  }
}

async function built({ change, opts, args, state = {}, answers, machine, calls }: BuildOptions): Promise<Built> {
  let verdict = "";
  let findings: Built["findings"] = [];
  let instructions = "";
  const registrations = await record(
    async () => {
      const given = argsFixture(change);
      const server = new PassiveServer("aadc-stg", args === undefined ? given : args(given), opts?.());
      [verdict, findings, instructions] = await Promise.all([
        value(server.verdict),
        value(server.findings),
        value(server.instructions),
      ]);
    },
    {
      answers: { ...healthyAnswers, ...answers },
      calls: {
        ...calls,
        "pulumi:pulumi:readStackResourceOutputs": () => ({ outputs: state }),
        "azure-native:authorization:getClientConfig": () => ({ subscriptionId: "sub", tenantId: "tenant" }),
        "azure-native:compute:getVirtualMachine": machine ?? (() => ({ vmId })),
      },
    },
  );
  return { registrations, verdict, findings, instructions };
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

export const dependsOn = (all: readonly Registration[], name: string, on: string): boolean =>
  find(all, name).dependencies.some((urn) => urn.endsWith(`::${on}`));
