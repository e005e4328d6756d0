import { type Ledger, parseLedger } from "./ledger";
import { recordOf, type StateResource } from "./stackState";

/** One generation as the state holds it; what is absent was never made, or is gone. */
export interface RememberedGeneration {
  /** Azure's identity of its machine, where the state holds one. */
  readonly vmId?: string;
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
  const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);
  if (type === virtualMachine && part === "vm") return { ...before, vmId: text(outputs.vmId) };
  if (type === command && part === "guard")
    return { ...before, guarded: true, hostKey: text(recordOf(outputs.connection).hostKey) };
  if (type === command && part === "await-wizard") return { ...before, gate: text(outputs.stdout) };
  if (type === command && part === "verify-staging") return { ...before, proof: text(outputs.stdout) };
  if (type === copy && typeof outputs.remotePath === "string")
    return { ...before, copies: [...before.copies, outputs.remotePath] };
  return before;
}

/** Generations of which the state still holds a machine or a guard. */
export function standing({ generations }: Remembered): readonly number[] {
  return Object.entries(generations)
    .filter(([, each]) => each.vmId !== undefined || each.guarded)
    .map(([number]) => Number(number))
    .sort((a, b) => a - b);
}
