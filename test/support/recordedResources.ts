import * as pulumi from "@pulumi/pulumi";
import * as log from "@pulumi/pulumi/log";
import { disconnect, getMonitor } from "@pulumi/pulumi/runtime/settings";

/** One registration as the engine would see it. Private API of the SDK stays in this file; the SDK is pinned by the lock. */
export interface Registration {
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  readonly parent: string;
  readonly inputs: Record<string, unknown>;
  readonly dependencies: readonly string[];
  readonly provider: string;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  readonly deleteBeforeReplace: boolean;
  readonly ignoreChanges: readonly string[];
  readonly importId: string;
  readonly aliases: number;
}

interface PlainRequest {
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  readonly parent: string;
  readonly dependenciesList: readonly string[];
  readonly provider: string;
  readonly protect: boolean;
  readonly retainondelete: boolean;
  readonly deletebeforereplace: boolean;
  readonly ignorechangesList: readonly string[];
  readonly importid: string;
  readonly aliasesList: readonly unknown[];
}
interface RegisterRequest {
  toObject(): PlainRequest;
  getObject(): { toJavaScript(): Record<string, unknown> } | undefined;
}
interface Monitor {
  registerResource(request: RegisterRequest, callback: (...answer: unknown[]) => void): void;
}

// Without an engine the SDK writes on the console what is told: the operator's page, seventy lines a registration.
Object.assign(log, { info: () => Promise.resolve() });

const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

export const mockOutputs: Record<string, Record<string, unknown>> = {
  "azure-native:compute:VirtualMachine": { vmId: "3f1c0b52-0000-4000-8000-000000000001" },
  "azure-native:network:PublicIPAddress": { ipAddress: "20.0.0.1" },
};

/** Answers of scripts, by the end of the command's name; a test puts them here. */
export type CommandAnswers = Readonly<Record<string, string>>;

/** What functions answer, by token: of Azure, and of the engine itself. */
export type CallAnswers = Readonly<Record<string, (inputs: Record<string, unknown>) => Record<string, unknown>>>;

/** Runs `program` against recorded mocks and returns every registration, in the order of registration. */
export async function record(
  program: () => unknown,
  { answers = {}, calls = {} }: { readonly answers?: CommandAnswers; readonly calls?: CallAnswers } = {},
): Promise<Registration[]> {
  const found: Registration[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => ({
        id: `/subscriptions/00000000-0000-0000-0000-000000000000/mock/${name}`,
        state: {
          name,
          ...inputs,
          ...mockOutputs[type],
          ...(type === "command:remote:Command"
            ? { stdout: Object.entries(answers).find(([end]) => name.endsWith(end))?.[1] ?? "", stderr: "" }
            : {}),
        },
      }),
      call: ({ token, inputs }) => {
        const answer = calls[token];
        if (answer !== undefined) return answer(inputs);
        return token.endsWith(":getVirtualMachineRunCommandByVirtualMachine")
          ? { id: "x", instanceView: { output: answers["enable-remote-access"] ?? "" } }
          : {};
      },
    },
    "entra-connect",
    "test",
    false,
  );
  const monitor = getMonitor() as unknown as Monitor;
  const genuine = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) => {
    const plain = request.toObject();
    const seen: Registration = {
      type: plain.type,
      name: plain.name,
      custom: plain.custom,
      parent: plain.parent,
      inputs: request.getObject()?.toJavaScript() ?? {},
      dependencies: plain.dependenciesList,
      provider: plain.provider,
      protect: plain.protect,
      retainOnDelete: plain.retainondelete,
      deleteBeforeReplace: plain.deletebeforereplace,
      ignoreChanges: plain.ignorechangesList,
      importId: plain.importid,
      aliases: plain.aliasesList.length,
    };
    const take = () => {
      found.push(seen);
      genuine(request, callback);
    };
    // What is kept in the state comes late: who has to wait for it cannot be in front by luck.
    if (plain.type === "pulumi:index:Stash") void turns(50).then(take);
    else take();
  };
  await pulumi.runtime.runInPulumiStack(async () => {
    await program();
  });
  // Registrations go on after the program's own end.
  await disconnect();
  return found;
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate);
}

/** Takes the secret wrapping off, to look at a value as the provider would get it. */
export function unwrapped(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrapped);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  if (entries.some(([, each]) => each === secretSignature)) return unwrapped((value as { value: unknown }).value);
  return Object.fromEntries(entries.map(([key, each]) => [key, unwrapped(each)]));
}

export function isSecret(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.values(value).includes(secretSignature);
}

/** With every secret open. */
export const text = (value: unknown): string => JSON.stringify(unwrapped(value) ?? null);

export const shortUrn = ({ type, name }: Registration): string => `${type}::${name}`;
