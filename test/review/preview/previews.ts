import { judgePreview, type PreviewReport, readPreview } from "../../../review/preview";
import { asciiJson } from "../../../scripts/assemble";

type Bag = Record<string, unknown>;

export interface StepOptions {
  readonly op?: string;
  readonly parent?: string;
  readonly old?: Bag;
  readonly new?: Bag;
  /** Of both states. */
  readonly state?: Bag;
  readonly oldState?: Bag;
  readonly newState?: Bag;
  readonly replaceReasons?: readonly string[];
  readonly detailedDiff?: Bag;
}

export const urnOf = (type: string, name: string, parents = ""): string =>
  `urn:pulumi:prod::infra::${parents}${type}::${name}`;

/** One step as `pulumi preview --json` prints it. Which states there are follows from the operation. */
export function step(type: string, name: string, options: StepOptions = {}): Bag {
  const { parent, state = {} } = options;
  const op =
    options.op ?? (options.old && options.new ? "update" : options.new ? "create" : options.old ? "delete" : "same");
  const urn = urnOf(type, name);
  const whole = (inputs: Bag, own: Bag = {}): Bag => ({
    urn,
    custom: !type.startsWith("entra-connect:") && type !== "pulumi:pulumi:Stack",
    type,
    inputs,
    outputs: {},
    ...(parent === undefined ? {} : { parent }),
    ...state,
    ...own,
  });
  const hasOld = !["create", "import", "create-replacement"].includes(op);
  const hasNew = !["delete", "delete-replaced", "discard"].includes(op);
  return {
    op,
    urn,
    ...(hasOld ? { oldState: whole(options.old ?? options.new ?? {}, options.oldState) } : {}),
    ...(hasNew ? { newState: whole(options.new ?? options.old ?? {}, options.newState) } : {}),
    ...(options.replaceReasons ? { replaceReasons: options.replaceReasons } : {}),
    detailedDiff: options.detailedDiff ?? null,
  };
}

/** A replacement with its halves, the old one first or last. */
export function replaced(type: string, name: string, options: StepOptions, first: "old" | "new" = "old"): Bag[] {
  const halves = [
    step(type, name, { ...options, op: "delete-replaced" }),
    step(type, name, { ...options, op: "replace" }),
    step(type, name, { ...options, op: "create-replacement" }),
  ];
  return first === "old" ? halves : halves.reverse();
}

export function digest(...steps: readonly (Bag | readonly Bag[])[]): Bag {
  const all = steps.flat() as Bag[];
  const changeSummary: Record<string, number> = {};
  for (const { op } of all) changeSummary[String(op)] = (changeSummary[String(op)] ?? 0) + 1;
  return { config: {}, steps: all, duration: 1_000_000_000, changeSummary };
}

export const bytesOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value, null, 4));

export function judged(preview: unknown): PreviewReport {
  return judgePreview(readPreview(bytesOf(preview), "preview.json"));
}

export const codesOf = ({ findings }: PreviewReport): string[] => findings.map(({ code }) => code);

// What the cases are made of.

export const vmType = "azure-native:compute:VirtualMachine";
export const commandType = "command:remote:Command";
const subscription = "/subscriptions/00000000-0000-4000-8000-0000000000a1";
export const idOf = (provider: string, kind: string, name: string): string =>
  `${subscription}/resourceGroups/rg/providers/${provider}/${kind}/${name}`;

export const machineInputs = {
  vmName: "aadc-g1",
  location: "westeurope",
  hardwareProfile: { vmSize: "Standard_D2s_v5" },
  storageProfile: {
    imageReference: {
      publisher: "MicrosoftWindowsServer",
      offer: "WindowsServer",
      sku: "2022-datacenter-g2",
      version: "1",
    },
    osDisk: { createOption: "FromImage", diskSizeGB: 127, managedDisk: { storageAccountType: "Premium_LRS" } },
  },
  securityProfile: {
    encryptionAtHost: true,
    securityType: "TrustedLaunch",
    uefiSettings: { secureBootEnabled: true, vTpmEnabled: true },
  },
  osProfile: { computerName: "aadc-g1", windowsConfiguration: { patchSettings: { patchMode: "Manual" } } },
  identity: { type: "SystemAssigned" },
};

/** The machine's inputs with a part of them changed, along a path. */
export function machineWith(path: string, value: unknown): Bag {
  return withValue(machineInputs, path, value);
}

export function withValue(bag: Bag, path: string, value: unknown): Bag {
  const copy = structuredClone(bag);
  const names = path.split(".");
  const last = names.pop() ?? "";
  let here: Bag = copy;
  for (const name of names) {
    here[name] = here[name] ?? {};
    here = here[name] as Bag;
  }
  if (value === undefined) delete here[last];
  else here[last] = value;
  return copy;
}

export const vm = (options: StepOptions = {}, name = "vm"): Bag =>
  step(vmType, name, {
    old: machineInputs,
    op: "same",
    ...options,
    state: { id: idOf("Microsoft.Compute", "virtualMachines", name), ...options.state },
  });

export const vmUrn = urnOf(vmType, "vm");

/** A foreign guard: asks `vm` before that goes. */
export const guardInputs = { connection: "[secret]", delete: "powershell -File ask.ps1", triggers: ["vm-identity"] };
export const guard = (options: StepOptions = {}, name = "guard"): Bag =>
  step(commandType, name, {
    old: guardInputs,
    op: "same",
    ...options,
    state: { dependencies: [vmUrn], ...options.state },
  });

export const script = (name: string, told: Bag, body = "Write-Output 1"): string =>
  `# entra-connect script: ${name}\n\n$argumentsText = @'\n${asciiJson(told)}\n'@\n\n${body}\n`;

export const run = "powershell.exe -Command -";

// A stack of ours: one component, its ledger, its generations.

export const serverType = "entra-connect:index:PassiveServer";
export const generationType = "entra-connect:server:Generation";
export const serverUrn = urnOf(serverType, "aadc");
export const generationUrn = (number: number): string => urnOf(generationType, `aadc-g${number}`);

export interface Block {
  readonly role?: string;
  readonly proven?: boolean;
}

const rolesOf = (blocks: Readonly<Record<number, Block>>): Bag =>
  Object.fromEntries(Object.entries(blocks).map(([number, { role = "passive" }]) => [number, { role }]));

/** Component and ledger of a stack with these generations, before and after. */
export function component(
  before: Readonly<Record<number, Block>> | undefined,
  after: Readonly<Record<number, Block>> = before ?? {},
  options: { readonly settings?: Bag; readonly ledger?: { readonly old?: Bag; readonly new?: Bag } } = {},
): Bag[] {
  const settings = (blocks: Readonly<Record<number, Block>>): Bag => ({
    name: "aadc",
    gate: {},
    ...options.settings,
    generations: rolesOf(blocks),
  });
  const ledger = (blocks: Readonly<Record<number, Block>>, own: Bag = {}): Bag => ({
    input: { schema: 1, name: "aadc", ...own, generations: rolesOf(blocks) },
  });
  const [was, is] = [before && settings(before), settings(after)];
  const op = before === undefined ? "create" : JSON.stringify(was) === JSON.stringify(is) ? "same" : "update";
  return [
    step(serverType, "aadc", { op, ...(was ? { old: was } : {}), new: is }),
    step("pulumi:index:Stash", "aadc-ledger", {
      op: before === undefined ? "create" : "update",
      parent: serverUrn,
      ...(before ? { old: ledger(before, options.ledger?.old) } : {}),
      new: ledger(after, options.ledger?.new),
    }),
  ];
}

/** A member of a generation, of any type. */
export const member = (number: number, type: string, part: string, options: StepOptions): Bag =>
  step(type, `aadc-g${number}-${part}`, { parent: generationUrn(number), ...options });

export const generation = (number: number, options: StepOptions = {}): Bag =>
  step(generationType, `aadc-g${number}`, { parent: serverUrn, ...options });

export const retireText = (number: number, told: Bag = {}): string =>
  script("retire", { computerName: `aadc-g${number}`, generation: number, role: "passive", exceptions: [], ...told });

/** Guard, machine and proof of one generation with one operation on all of them, the guard first as the engine deletes. */
export function wholeGeneration(
  number: number,
  op: "same" | "create" | "delete",
  { proven = true }: Block = {},
): Bag[] {
  const inputs = { ...machineInputs, vmName: `aadc-g${number}`, osProfile: { computerName: `aadc-g${number}` } };
  const side = (bag: Bag): StepOptions => (op === "create" ? { op, new: bag } : { op, old: bag });
  const verification = { create: run, stdin: script("verify-staging", { generations: [number] }) };
  return [
    generation(number, { op }),
    member(number, commandType, "verify-staging", {
      ...side(verification),
      ...(op === "create"
        ? {}
        : { oldState: { outputs: { stdout: proven ? '{"collectedAt":"2026-11-26T08:00:00Z"}' : "" } } }),
    }),
    member(number, commandType, "guard", side({ connection: "[secret]", delete: run, stdin: retireText(number) })),
    member(number, vmType, "vm", side(inputs)),
  ];
}
