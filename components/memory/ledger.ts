import type { SettingsFileDigest } from "../../review/settingsFile";
import { reachInShort } from "../archive/plan";
import type { PlannedWindow } from "../maintenance/plan";
import { serverResourceGroup } from "../server/names";
import { type Built, builtWith } from "../settings/built";
import type { GenerationSettings, Role, Settings } from "../settings/settings";
import { spellingOf } from "./spelling";

/**
 * What the stack promises about generations whose block is no longer written, and about what its generations share. It
 * is the input of one Stash, moved on at the start of every run that has passed all checks.
 */
export interface Ledger {
  readonly schema: number;
  /** Version of the library that wrote it. */
  readonly library: string;
  readonly subscriptionId?: string;
  readonly tenantId?: string;
  /** Fixed as long as any generation exists. */
  readonly name: string;
  readonly location: string;
  readonly resourceGroup?: string;
  /** Whether that group was made by this component; a group of somebody else's is named in the settings. */
  readonly ownGroup?: boolean;
  /** Vault of somebody else's; "" = our own. */
  readonly vault?: string;
  /** What the settings last asked of our own vault: lowering it is meant only where it was asked for before. */
  readonly backup?: { readonly immutability?: string };
  /** The archive, also after it was switched off: it stands in Azure still. */
  readonly archive?: LedgerArchive;
  readonly shared: Shared;
  /** Names of the settings' tags: what is on a resource and not among them is somebody else's, and is kept. */
  readonly tags?: readonly string[];
  /** Ids and names of what is there already, by setting, as they were spelled first. */
  readonly spelling?: Readonly<Record<string, string>>;
  /** Servers outside of the stack, by bare name in capitals, as last declared; those that are no longer named too. */
  readonly otherServers?: Readonly<Record<string, { readonly role: Role; readonly since?: string }>>;
  /** Every number ever used. */
  readonly generations: Readonly<Record<string, LedgerEntry>>;
}

export interface LedgerArchive {
  /** Whether the last run's settings had it. */
  readonly on: boolean;
  /** Name of our own account, or the id of somebody else's. */
  readonly account: string;
  readonly container: string;
  /** What the settings last asked for: fewer days are meant only where more were asked for before. */
  readonly days: number;
}

export interface LedgerEntry {
  /** As last declared. */
  readonly role: Role;
  readonly built: Built;
  /** What was read of the pinned settings file, as long as it is that one: the file itself need not be there any more. */
  readonly settingsFile?: SettingsFileDigest;
  /** When it is patched, if on a schedule. */
  readonly window?: PlannedWindow;
  /** When that role was first declared, where it was another one before. */
  readonly roleSince?: string;
  /** When it was declared passive after it had been something else: a proof from before then does not count. */
  readonly passiveSince?: string;
  /** Of a lost one whose machine still exists: the last day on which it may be deleted without being asked. */
  readonly lostUntil?: string;
  /** Of a lost one: another machine has its name, and nothing of that name is deleted by this stack. */
  readonly kept?: boolean;
  /** It was declared active once: a machine restored from its recovery points of then exports. */
  readonly wasActive?: boolean;
  /** Recovery points up to this instant are of an earlier machine of its name. */
  readonly earlierPointsUntil?: string;
  /** Its guard is asked by Run Command: the last day on which that counts. */
  readonly byRunCommandUntil?: string;
  /** And since when: an exception that was gone meanwhile asks anew, whatever it answered before. */
  readonly byRunCommandSince?: string;
  /** Its block was taken out: the number does not come back, unless its retirement was refused. */
  readonly out?: boolean;
}

/** What generations share: a change of it reaches the active one too. */
export interface Shared {
  readonly subnet?: string;
  readonly addressSpace?: string;
  readonly dnsServers?: readonly string[];
  readonly peerVirtualNetworkId?: string;
  /** The hub's half of the peering is ours too. */
  readonly makeBothHalves?: boolean;
  readonly useRemoteGateways?: boolean;
  readonly natGateway?: boolean;
  readonly routeTableId?: string;
  readonly firewallAddress?: string;
  /** An existing one's id, else the prefix of our own; "" = none. */
  readonly bastion?: string;
  /** How the servers reach the archive: "serviceEndpoint", "privateEndpoint <address>", or "" = not at all. */
  readonly archiveReach?: string;
}

/** Raised when an older library could no longer read what a newer one writes. */
export const ledgerSchema = 1;

export function sharedOf(settings: Settings): Required<Shared> {
  const { network, bastion } = settings;
  return {
    subnet: network.existingSubnetId ?? network.subnetPrefix,
    addressSpace: network.addressSpace ?? "",
    dnsServers: network.kind === "new" ? network.dnsServers : [],
    peerVirtualNetworkId: network.peerVirtualNetworkId ?? "",
    makeBothHalves: network.makeBothHalves,
    useRemoteGateways: network.useRemoteGateways,
    natGateway: network.natGateway,
    routeTableId: network.routeTableId ?? "",
    firewallAddress: network.firewallAddress ?? "",
    bastion: bastion === undefined ? "" : (bastion.existingId ?? bastion.subnetPrefix),
    archiveReach: reachInShort(settings),
  };
}

export class UnreadableLedger extends Error {}

/** Reads what a Stash holds. A key that is not there is not compared; a newer schema is not guessed at. */
export function parseLedger(value: unknown): Ledger {
  if (typeof value !== "object" || value === null || !("schema" in value) || !("generations" in value))
    throw new UnreadableLedger("it is not a ledger of this library");
  const { schema, library } = value as Partial<Ledger>;
  if (typeof schema !== "number" || schema > ledgerSchema)
    throw new UnreadableLedger(`it was written by pulumi-entra-connect ${String(library)}, which is newer`);
  return value as Ledger;
}

function passiveSince(
  { generation, role }: GenerationSettings,
  before: Ledger | undefined,
  { today, standing = [] }: { readonly today?: Date; readonly standing?: readonly number[] },
): string | undefined {
  const earlier = before?.generations[generation];
  if (role !== "passive") return undefined;
  // A ledger that is made anew knows nobody's role.
  if (before === undefined && standing.includes(generation)) return today?.toISOString();
  if (earlier === undefined) return undefined;
  return earlier.role === "passive" ? earlier.passiveSince : today?.toISOString();
}

/** Since when a role stands: a record of a switch from before then says nothing of it. */
function roleSince(
  role: Role,
  before: { readonly role: Role; readonly since?: string } | undefined,
  today: Date | undefined,
): string | undefined {
  if (before === undefined) return undefined;
  return before.role === role ? before.since : today?.toISOString();
}

function otherServers(
  before: Ledger | undefined,
  settings: Settings,
  today: Date | undefined,
): Pick<Ledger, "otherServers"> {
  const known = before?.otherServers ?? {};
  const named = settings.otherServers.map(({ computerName, role }) => {
    const name = computerName.toUpperCase();
    const since = roleSince(role, known[name], today);
    return [name, since === undefined ? { role } : { role, since }] as const;
  });
  const all = { ...known, ...Object.fromEntries(named) };
  // Stacks without any keep the ledger that they have.
  return Object.keys(all).length === 0 ? {} : { otherServers: all };
}

/** What is known of a guard that is asked by Run Command. Gone for one run, the exception begins anew: the server may have served since. */
function askedByRunCommand(
  until: string | undefined,
  earlier: LedgerEntry | undefined,
  today: Date | undefined,
): Pick<LedgerEntry, "byRunCommandUntil" | "byRunCommandSince"> {
  if (until === undefined) return {};
  const before = earlier?.byRunCommandUntil === undefined ? undefined : earlier.byRunCommandSince;
  const since = before ?? today?.toISOString();
  return { byRunCommandUntil: until, ...(since === undefined ? {} : { byRunCommandSince: since }) };
}

/** The ledger after a run with these settings: written blocks as they are, every other number as it was. */
export function nextLedger(
  before: Ledger | undefined,
  settings: Settings,
  now: {
    readonly library: string;
    readonly subscriptionId?: string;
    readonly tenantId?: string;
    readonly today?: Date;
    /** Lost generations in whose name somebody else's machine stands. */
    readonly kept?: ReadonlySet<number>;
    /** Generations whose guard is asked by Run Command, with the last day on which that counts. */
    readonly byRunCommand?: ReadonlyMap<number, string>;
    /** Generations of which anything stands. */
    readonly standing?: readonly number[];
    readonly settingsFiles?: ReadonlyMap<number, SettingsFileDigest>;
  },
): Ledger {
  const written = Object.fromEntries(
    settings.generations.map((block): [string, LedgerEntry] => {
      const earlier = before?.generations[block.generation];
      const excused = block.exceptions.find(({ kind }) => kind === "retireUnproven")?.until;
      const lost = block.role === "lost";
      const since = passiveSince(block, before, now);
      const changed = roleSince(block.role, earlier && { role: earlier.role, since: earlier.roleSince }, now.today);
      const asked = askedByRunCommand(now.byRunCommand?.get(block.generation), earlier, now.today);
      const settingsFile = now.settingsFiles?.get(block.generation);
      return [
        String(block.generation),
        {
          role: block.role,
          // The block of a lost one changes nothing, so it says nothing either.
          built: (lost ? earlier?.built : undefined) ?? builtWith(block),
          ...(settingsFile === undefined ? {} : { settingsFile }),
          ...(earlier?.wasActive === true || earlier?.role === "active" || block.role === "active"
            ? { wasActive: true }
            : {}),
          ...(earlier?.earlierPointsUntil === undefined ? {} : { earlierPointsUntil: earlier.earlierPointsUntil }),
          ...(changed === undefined ? {} : { roleSince: changed }),
          ...(since === undefined ? {} : { passiveSince: since }),
          ...(lost && now.kept?.has(block.generation) === true ? { kept: true } : {}),
          ...(lost && excused !== undefined ? { lostUntil: excused } : {}),
          ...asked,
        },
      ];
    }),
  );
  const out = Object.fromEntries(
    Object.entries(before?.generations ?? {}).map(([number, entry]): [string, LedgerEntry] => [
      number,
      { ...entry, out: true },
    ]),
  );
  return {
    schema: ledgerSchema,
    library: now.library,
    subscriptionId: before?.subscriptionId ?? now.subscriptionId,
    tenantId: before?.tenantId ?? now.tenantId,
    name: settings.name,
    location: settings.location,
    resourceGroup: serverResourceGroup(settings),
    ownGroup: settings.resourceGroupName === undefined,
    vault: settings.backup.vaultId ?? "",
    backup: { immutability: settings.backup.immutability },
    ...(before?.archive === undefined ? {} : { archive: before.archive }),
    shared: sharedOf(settings),
    tags: Object.keys(settings.tags).sort(),
    spelling: spellingOf(settings),
    ...otherServers(before, settings, now.today),
    generations: { ...out, ...written },
  };
}

/** With the window of each written generation; one that is not among them has none. */
export function withWindows(ledger: Ledger, windows: ReadonlyMap<number, PlannedWindow>): Ledger {
  const generations = Object.entries(ledger.generations).map(([number, entry]): [string, LedgerEntry] => {
    const window = windows.get(Number(number));
    return [number, window === undefined ? entry : { ...entry, window }];
  });
  return { ...ledger, generations: Object.fromEntries(generations) };
}
