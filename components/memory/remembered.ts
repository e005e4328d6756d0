import type { Built } from "../settings/built";
import { type Ledger, parseLedger } from "./ledger";
import { recordOf, type StateResource } from "./stackState";

/** One generation as the state holds it; what is absent was never made, or is gone. */
export interface RememberedGeneration {
  /** Azure's identity of its machine, where the state holds one. */
  readonly vmId?: string;
  /** What the machine has, as Azure last answered: a resize that failed has not happened. */
  readonly size?: string;
  readonly osDiskSizeGB?: number;
  readonly licenseType?: string;
  /** Whether the state holds its guard. */
  readonly guarded: boolean;
  /** Public host key that its connections pin. */
  readonly hostKey?: string;
  /** Last answers of its steps, as their commands keep them. */
  readonly gate?: string;
  readonly proof?: string;
  /** Paths of the files that were copied to it; they carry the hash of the content. */
  readonly copies: readonly string[];
}

/** What this stack's state says of one server, before this run. */
export interface Remembered {
  readonly ledger?: Ledger;
  readonly generations: Readonly<Record<number, RememberedGeneration>>;
  /** Logical names of all its resources. */
  readonly names: ReadonlySet<string>;
}

export const ledgerName = (component: string): string => `${component}-ledger`;

const virtualMachine = "azure-native:compute:VirtualMachine";
const command = "command:remote:Command";
const copy = "command:remote:CopyToRemote";

/** Picks one component's resources out of the state, by the names that it gives them. Throws UnreadableLedger. */
export function rememberedOf(component: string, state: readonly StateResource[]): Remembered {
  const own = state.filter(({ name }) => name === component || name.startsWith(`${component}-`));
  const stash = own.find(({ type, name }) => type === "pulumi:index:Stash" && name === ledgerName(component));
  const member = new RegExp(`^${component.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}-g([1-9][0-9]*)-(.+)$`);
  const generations: Record<number, RememberedGeneration> = {};
  for (const { type, name, outputs } of own) {
    const [, number, part] = member.exec(name) ?? [];
    if (number === undefined || part === undefined) continue;
    generations[Number(number)] = addPart(generations[Number(number)] ?? nothing, type, part, outputs);
  }
  return {
    // The newest is the Stash's `input`; its `output` keeps the first value for ever.
    ledger: stash === undefined ? undefined : parseLedger(stash.outputs.input),
    generations,
    names: new Set(own.map(({ name }) => name)),
  };
}

const nothing: RememberedGeneration = { guarded: false, copies: [] };

function addPart(
  before: RememberedGeneration,
  type: string,
  part: string,
  outputs: Readonly<Record<string, unknown>>,
): RememberedGeneration {
  if (type === virtualMachine && part === "vm") return { ...before, ...machineOf(outputs) };
  if (type === command && part === "guard")
    return { ...before, guarded: true, hostKey: textOf(recordOf(outputs.connection).hostKey) };
  if (type === command && part === "await-wizard") return { ...before, gate: textOf(outputs.stdout) };
  if (type === command && part === "verify-staging") return { ...before, proof: textOf(outputs.stdout) };
  if (type === copy && typeof outputs.remotePath === "string")
    return { ...before, copies: [...before.copies, outputs.remotePath] };
  return before;
}

function machineOf(outputs: Readonly<Record<string, unknown>>): Partial<RememberedGeneration> {
  const disk = recordOf(recordOf(outputs.storageProfile).osDisk).diskSizeGB;
  return {
    vmId: textOf(outputs.vmId),
    size: textOf(recordOf(outputs.hardwareProfile).vmSize),
    osDiskSizeGB: typeof disk === "number" ? disk : undefined,
    licenseType: textOf(outputs.licenseType),
  };
}

const textOf = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

/** What a generation was built with, and what has become of its size and disk since. */
export function builtOf({ ledger, generations }: Remembered, generation: number): Built | undefined {
  const built = ledger?.generations[generation]?.built;
  if (built === undefined) return undefined;
  const { size = built.size, osDiskSizeGB = built.osDiskSizeGB } = generations[generation] ?? {};
  return { ...built, size, osDiskSizeGB };
}

/** Generations of which the state still holds a machine or a guard. */
export function standing({ generations }: Remembered): readonly number[] {
  return Object.entries(generations)
    .filter(([, each]) => each.vmId !== undefined || each.guarded)
    .map(([number]) => Number(number))
    .sort((a, b) => a - b);
}
