import { ownProtectedItem } from "../../review/posture/ownNames";
import { fenceRuleName } from "../network/fenceRule";
import type { Built } from "../settings/built";
import type { ImageSettings, Settings } from "../settings/settings";
import { itemStateOf, type RememberedItem } from "./items";
import { type Ledger, parseLedger } from "./ledger";
import { type Worn, wornBy } from "./outside";
import { partsOf, recordOf, type StateResource, textOf } from "./stackState";

/** One generation as the state holds it; what is absent was never made, or is gone. */
export interface RememberedGeneration {
  /** Azure's identity of its machine: the machine's own, else the one that its guard is about (a refresh drops the first). */
  readonly vmId?: string;
  /** What the machine has, as Azure last answered: a resize that failed has not happened. */
  readonly size?: string;
  readonly osDiskSizeGB?: number;
  readonly licenseType?: string;
  /** What else Azure last said of the machine that its block decides. */
  readonly machine?: Built;
  /** Where its security group lets SSH in from, as Azure last answered. */
  readonly sshFrom?: readonly string[];
  /** Whether its security group has a fence's rule, as Azure last answered. */
  readonly cut?: boolean;
  /** When its maintenance configuration starts, as Azure last answered. */
  readonly maintainedFrom?: string;
  /** Principal of its machine's own identity, as Azure last answered. */
  readonly principalId?: string;
  /** Whether the state holds its guard. */
  readonly guarded: boolean;
  /** Whether that guard would ask the server before it goes: it has a `delete`. */
  readonly asks?: boolean;
  /** What the guard answered by Run Command, as the state keeps it. */
  readonly retirement?: string;
  /** Public host key that its guard's connection pins. */
  readonly hostKey?: string;
  /** The same of its steps: somebody may have taken the guard out of the state. */
  readonly hostKeyOfSteps?: string;
  /** Account that its guard signs in with. */
  readonly loginName?: string;
  /** Account that the script by Run Command was told to make. */
  readonly loginMade?: string;
  /** Whether its part of the outputs tells a proof: it stays when a destroy has taken the steps. */
  readonly toldProven?: boolean;
  /** Whether the state holds the first of its steps. */
  readonly stepped?: boolean;
  /** Last answers of its steps, as their commands keep them. */
  readonly prerequisites?: string;
  /** The same of the archive's task. */
  readonly archiving?: string;
  /** Machines that were seen to be members of their domain: by the proof of a join of ours, or by their prerequisites. */
  readonly members?: readonly string[];
  /** Last answer of the proof of a join. */
  readonly membership?: string;
  readonly gate?: string;
  /** Last answer of its fence's script. */
  readonly fence?: string;
  readonly proof?: string;
  /** What that proof was asked with. */
  readonly proofQuestion?: string;
  /** Paths of the files that were copied to it; they carry the hash of the content. */
  readonly copies: readonly string[];
}

/** What this stack's state says of one server, before this run. */
export interface Remembered {
  readonly ledger?: Ledger;
  readonly generations: Readonly<Record<number, RememberedGeneration>>;
  /** Protected items by number, those of retired generations too: recovery points are the backup's, not the server's. */
  readonly items: Readonly<Record<number, RememberedItem>>;
  /** Whether the servers' subnet of our own has the service endpoint for storage, as Azure last answered. */
  readonly storageEndpoint: boolean;
  /** Logical names of all its resources, without the component's own in front. */
  readonly parts: ReadonlySet<string>;
  /** Tags and identities of those in Azure, by the same names. */
  readonly worn: ReadonlyMap<string, Worn>;
  /** What else this stack's state holds in Azure, another component's or the program's own: logical names by id, in small letters. */
  readonly heldElsewhere: ReadonlyMap<string, string>;
  /** Other servers of this library in the same stack: their component's name, and their base name in Azure. */
  readonly others: readonly { readonly component: string; readonly server: string }[];
}

export const ledgerName = (component: string): string => `${component}-ledger`;

const virtualMachine = "azure-native:compute:VirtualMachine";
const protectedItem = "azure-native:recoveryservices:ProtectedItem";
const securityGroup = "azure-native:network:NetworkSecurityGroup";
const subnet = "azure-native:network:Subnet";
const maintenance = "azure-native:maintenance:MaintenanceConfiguration";
const command = "command:remote:Command";
const runCommand = "azure-native:compute:VirtualMachineRunCommandByVirtualMachine";
const generationType = "entra-connect:server:Generation";
const copy = "command:remote:CopyToRemote";
const stash = "pulumi:index:Stash";

/** Of the Stash that keeps what a guard answered by Run Command. */
export const retirementPart = "retirement";

const isLedger = ({ type, name, outputs }: StateResource): boolean =>
  type === stash && name.endsWith("-ledger") && "generations" in recordOf(outputs.input);

/**
 * Picks one component's resources out of the state, by its own place in it and the names that it gives them; `aliases`
 * are names that it had before. Throws UnreadableLedger.
 */
export function rememberedOf(
  name: string,
  state: readonly StateResource[],
  { aliases = [], urn = "" }: { readonly aliases?: readonly string[]; readonly urn?: string } = {},
): Remembered {
  const ledgers = state.filter(isLedger);
  const here = `${partsOf(urn).chain}$pulumi:index:Stash`;
  const stash = [name, ...aliases]
    .map((each) => ledgers.filter((ledger) => ledger.name === ledgerName(each)))
    // Of two components with one name, each has its own; one that was moved below another parent is still the only one.
    .map((found) => found.find(({ chain }) => chain === here) ?? (found.length === 1 ? found[0] : undefined))
    .find((found) => found !== undefined);
  const component = stash?.name.slice(0, -"-ledger".length) ?? name;
  const chain = stash === undefined ? partsOf(urn).chain : stash.chain.slice(0, -"$pulumi:index:Stash".length);
  const own = state.filter((each) => each.name.startsWith(`${component}-`) && each.chain.startsWith(`${chain}$`));
  const member = new RegExp(`^${component.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}-g([1-9][0-9]*)-(.+)$`);
  const generations: Record<number, RememberedGeneration> = {};
  for (const { type, name, outputs } of own) {
    const [, number, part] = member.exec(name) ?? [];
    if (number === undefined || part === undefined) continue;
    const before = withStepsKey(generations[Number(number)] ?? nothing, type, part, outputs);
    generations[Number(number)] = addPart(before, type, part, outputs);
  }
  for (const { type, name, outputs } of own) {
    const number = Number(name.slice(`${component}-g`.length));
    const known = type === generationType ? generations[number] : undefined;
    if (known === undefined) continue;
    generations[number] = { ...known, toldProven: textOf(recordOf(outputs.server).provenAt) !== undefined };
  }
  return {
    // The newest is the Stash's `input`; its `output` keeps the first value for ever.
    ledger: stash === undefined ? undefined : parseLedger(stash.outputs.input),
    generations,
    items: itemsIn(component, own),
    storageEndpoint: own.some(
      ({ type, name: logical, outputs }) =>
        type === subnet && logical === `${component}-network-subnet` && hasStorageEndpoint(outputs),
    ),
    parts: new Set(own.map((each) => each.name.slice(component.length + 1))),
    worn: new Map(
      own
        .filter(({ type }) => type.startsWith("azure-native:"))
        .map(({ name: logical, outputs }) => [logical.slice(component.length + 1), wornBy(outputs)]),
    ),
    heldElsewhere: heldBy(state.filter((each) => !own.includes(each))),
    others: ledgers
      .filter((ledger) => ledger !== stash)
      .map((ledger) => ({
        component: ledger.name.slice(0, -"-ledger".length),
        server: String(recordOf(ledger.outputs.input).name),
      })),
  };
}

const heldBy = (resources: readonly StateResource[]): ReadonlyMap<string, string> =>
  new Map(
    resources.flatMap(({ type, name, outputs }) => {
      const id = type.startsWith("azure-native:") ? textOf(outputs.id) : undefined;
      return id === undefined ? [] : [[id.toLowerCase(), name] as const];
    }),
  );

/** Whether a subnet has the service endpoint for storage, by which a storage account lets it in. */
export function hasStorageEndpoint({ serviceEndpoints }: { readonly serviceEndpoints?: unknown }): boolean {
  const all: readonly unknown[] = Array.isArray(serviceEndpoints) ? serviceEndpoints : [];
  return all.some((each) => /^Microsoft\.Storage(\.Global)?$/i.test(String(recordOf(each).service)));
}

function itemsIn(component: string, own: readonly StateResource[]): Readonly<Record<number, RememberedItem>> {
  const items: Record<number, RememberedItem> = {};
  for (const { type, name, outputs } of own) {
    const item = ownProtectedItem(name);
    // Without Azure's answer its creation was accepted and then failed, which leaves nothing: the engine asks for it again.
    if (type === protectedItem && item?.component === component && outputs.properties !== undefined)
      items[item.generation] = { state: itemStateOf(recordOf(outputs.properties)) };
  }
  return items;
}

const nothing: RememberedGeneration = { guarded: false, copies: [] };

function addPart(
  before: RememberedGeneration,
  type: string,
  part: string,
  outputs: Readonly<Record<string, unknown>>,
): RememberedGeneration {
  if (type === virtualMachine && part === "vm") return { ...before, ...machineOf(outputs) };
  if (type === securityGroup && part === "nsg")
    return { ...before, sshFrom: sshSources(outputs.securityRules), cut: isCut(outputs.securityRules) };
  if (type === maintenance && part === "maintenance")
    return { ...before, maintainedFrom: textOf(outputs.startDateTime) };
  if (type === command && part === "guard") {
    const [trigger] = Array.isArray(outputs.triggers) ? outputs.triggers : [];
    const { hostKey: key, user } = recordOf(outputs.connection);
    const [hostKey, loginName] = [textOf(key), textOf(user)];
    const asks = textOf(outputs.delete) !== undefined;
    return { ...before, guarded: true, asks, hostKey, loginName, vmId: before.vmId ?? textOf(trigger) };
  }
  if (type === stash && part === retirementPart)
    return { ...before, retirement: textOf(recordOf(outputs.input).answer) };
  if (type === command && part === "reach") return { ...before, stepped: true };
  if (type === command && part === "archive-task") return { ...before, archiving: textOf(outputs.stdout) };
  if (type === command && part === "prerequisites")
    return { ...before, ...withMember(before, outputs), prerequisites: textOf(outputs.stdout) };
  if (type === command && part === "prove-membership")
    return { ...before, ...withMember(before, outputs), membership: textOf(outputs.stdout) };
  if (type === command && part === "await-wizard") return { ...before, gate: textOf(outputs.stdout) };
  if (type === command && part === "fence") return { ...before, fence: textOf(outputs.stdout) };
  if (type === command && part === "verify-staging")
    return { ...before, proof: textOf(outputs.stdout), proofQuestion: textOf(outputs.stdin) };
  if (type === runCommand && part === "enable-remote-access")
    return { ...before, loginMade: parameterOf(outputs.parameters, "LoginName") };
  if (type === copy && ["installer", "settings-file"].includes(part) && typeof outputs.remotePath === "string")
    return { ...before, copies: [...before.copies, outputs.remotePath] };
  return before;
}

function withStepsKey(
  before: RememberedGeneration,
  type: string,
  part: string,
  { connection }: Readonly<Record<string, unknown>>,
): RememberedGeneration {
  const key = type === command && part !== "guard" ? textOf(recordOf(connection).hostKey) : undefined;
  return key === undefined ? before : { ...before, hostKeyOfSteps: key };
}

function parameterOf(parameters: unknown, wanted: string): string | undefined {
  const all: readonly unknown[] = Array.isArray(parameters) ? parameters : [];
  return textOf(recordOf(all.find((each) => recordOf(each).name === wanted)).value);
}

const isCut = (rules: unknown): boolean =>
  Array.isArray(rules) && rules.map(recordOf).some(({ name }) => name === fenceRuleName);

function sshSources(rules: unknown): readonly string[] | undefined {
  if (!Array.isArray(rules)) return undefined;
  return rules.map(recordOf).flatMap((rule) => {
    const { direction, access, destinationPortRange, sourceAddressPrefix, sourceAddressPrefixes } = rule;
    if (direction !== "Inbound" || access !== "Allow" || destinationPortRange !== "22") return [];
    const sources: readonly unknown[] = Array.isArray(sourceAddressPrefixes) ? sourceAddressPrefixes : [];
    return [sourceAddressPrefix, ...sources].flatMap((source) => textOf(source) ?? []);
  });
}

/** Both refuse whoever is no member; an answer of an earlier release need not be readable to tell that. */
function withMember(
  { members = [] }: RememberedGeneration,
  { stdout, triggers }: Readonly<Record<string, unknown>>,
): Pick<RememberedGeneration, "members"> {
  const member = textOf(stdout) === undefined || !Array.isArray(triggers) ? undefined : textOf(triggers[0]);
  // Of a machine that was made anew one of the two can still be the old one's.
  return member === undefined ? {} : { members: [...members, member] };
}

/** As if the state held this machine of Azure's: what it was made with counts, whatever the ledger meant to build. */
export function withMachine(
  remembered: Remembered,
  generation: number,
  answer: Readonly<Record<string, unknown>>,
): Remembered {
  const made = machineOf(answer);
  const { ledger, generations } = remembered;
  const known = { ...nothing, ...generations[generation], ...made };
  const after: Remembered = { ...remembered, generations: { ...generations, [generation]: known } };
  const entry = ledger?.generations[generation];
  if (ledger === undefined || entry === undefined) return after;
  const built = { ...entry, built: { ...entry.built, ...made.machine } };
  return { ...after, ledger: { ...ledger, generations: { ...ledger.generations, [generation]: built } } };
}

function machineOf(outputs: Readonly<Record<string, unknown>>): Partial<RememberedGeneration> {
  const disk = recordOf(recordOf(outputs.storageProfile).osDisk).diskSizeGB;
  const image = recordOf(recordOf(outputs.storageProfile).imageReference);
  const [zone] = Array.isArray(outputs.zones) ? outputs.zones : [];
  const profile = recordOf(outputs.osProfile);
  const { publisher, offer, sku, version } = image;
  return {
    machine: {
      ...(typeof version === "string" ? { image: { publisher, offer, sku, version } as ImageSettings } : {}),
      zone: textOf(zone) ?? "",
      administratorName: textOf(profile.adminUsername),
      timeZone: textOf(recordOf(profile.windowsConfiguration).timeZone),
      encryptionAtHost: recordOf(outputs.securityProfile).encryptionAtHost === true,
    },
    vmId: textOf(outputs.vmId),
    principalId: textOf(recordOf(outputs.identity).principalId),
    size: textOf(recordOf(outputs.hardwareProfile).vmSize),
    osDiskSizeGB: typeof disk === "number" ? disk : undefined,
    licenseType: textOf(outputs.licenseType),
  };
}

/**
 * Whether a generation was proven by this stack, as far as its state still tells: by the proof itself, by the role that it
 * was declared in, or by a guard whose steps are all gone, as a destroy that was refused leaves it, of one that the outputs call
 * proven: a first up that stopped before its first step leaves a guard without steps too.
 */
export function wasProven({ ledger, generations }: Remembered, generation: number): boolean {
  const known = generations[generation];
  const entry = ledger?.generations[generation];
  if (known?.proof !== undefined || entry?.role === "active") return true;
  return known?.guarded === true && known.vmId !== undefined && known.stepped !== true && known.toldProven === true;
}

/** Whether it has answered for its staging mode since it was declared passive. */
export const answeredSince = (known: RememberedGeneration | undefined, since: string): boolean =>
  known?.proofQuestion?.includes(since) === true;

/** Whether a passive generation is asked for its staging mode before anything of it is changed: it was something else. */
export function isUnproven({ generations }: Remembered, after: Ledger, generation: number): boolean {
  const since = after.generations[generation]?.passiveSince;
  return since !== undefined && !answeredSince(generations[generation], since);
}

/** What a generation was built with, and what has become of its size and disk since. */
export function builtOf(
  { ledger, generations }: Pick<Remembered, "ledger" | "generations">,
  generation: number,
): Built | undefined {
  const known = generations[generation];
  const built = ledger?.generations[generation]?.built ?? known?.machine;
  if (built === undefined) return undefined;
  return {
    ...built,
    size: known?.size ?? built.size,
    osDiskSizeGB: known?.osDiskSizeGB ?? built.osDiskSizeGB,
    // Not in the ledger of an earlier release, which signed in with the administrator, nor in a machine's own state.
    loginName: built.loginName ?? known?.loginName ?? known?.loginMade ?? built.administratorName,
  };
}

/** Generations of which the state still holds a machine or a guard. */
export function standing({ generations }: Pick<Remembered, "generations">): readonly number[] {
  return Object.entries(generations)
    .filter(([, each]) => each.vmId !== undefined || each.guarded)
    .map(([number]) => Number(number))
    .sort((a, b) => a - b);
}

/** Of those, the ones whose block was taken out. */
export function leaving({ generations }: Pick<Settings, "generations">, remembered: Remembered): readonly number[] {
  const written = new Set(generations.map(({ generation }) => generation));
  return standing(remembered).filter((generation) => !written.has(generation));
}
