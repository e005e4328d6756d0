import { getVirtualMachine } from "@pulumi/azure-native/compute/getVirtualMachine";
import * as recoveryservices from "@pulumi/azure-native/recoveryservices";
import * as resources from "@pulumi/azure-native/resources";
import type * as pulumi from "@pulumi/pulumi";
import { protectedItemName } from "../../review/posture/ownNames";
import type { Finding } from "../../review/verdict";
import { itemStateOf } from "../memory/items";
import type { Ledger } from "../memory/ledger";
import { found } from "../memory/lookup";
import { type Worn, wornBy } from "../memory/outside";
import { type Remembered, standing } from "../memory/remembered";
import { numberOf, recordOf, textOf } from "../memory/stackState";
import type { Treatment } from "../server/members";
import { generationNames, serverResourceGroup } from "../server/names";
import { type GenerationSettings, type Problem, type Settings, SettingsError } from "../settings/settings";
import { type BesideVault, besideVault } from "./beside";
import { type ItemPlace, type RetiredItem, retiredItem, type SeenItem, type WrittenItem, writtenItem } from "./items";
import { refuseForeignGroup } from "./owner";
import { backupNames, policyNameOf, protectedItemNames, vaultPlace } from "./plan";
import { judgeVault, missingPart, type SeenPolicy, type SeenVault, type VaultProperties } from "./vaultRules";

/**
 * What of the backup is in Azure, and what this run makes of it. It outlives the server by design, so after a `destroy`
 * it is there and not in the state; Azure would refuse to create it again, so it is adopted.
 */
export interface ExistingBackup extends BesideVault {
  /** Ids of what is adopted; what the state holds already has none. */
  readonly resourceGroup?: string;
  readonly vault?: string;
  readonly policy?: string;
  /** Of a vault of our own. */
  readonly properties: VaultProperties;
  readonly written: Readonly<Record<number, WrittenItem>>;
  readonly retired: readonly RetiredItem[];
  /** Tags and identities of what is adopted, by the part's name: an import that leaves them out is none. */
  readonly worn: readonly (readonly [part: string, Worn])[];
  readonly findings: readonly Finding[];
}

/** Where nothing can be there yet, or nobody can be asked: what the state holds of retired numbers stays as it is. */
export function unseenBackup(settings: Settings, remembered: Remembered): ExistingBackup {
  const { name, location, backup } = settings;
  return {
    properties: judgeVault({ name, location, backup, holdsItems: false }).properties,
    written: {},
    retired: retiredNumbers(settings, remembered, false)
      .filter((generation) => remembered.items[generation] !== undefined)
      .map((generation) => ({ generation, body: "asIs" })),
    worn: [],
    findings: [],
  };
}

export interface BackupQuestion {
  /** Name of the component in the program. */
  readonly component: string;
  readonly settings: Settings;
  readonly remembered: Remembered;
  treatment(block: GenerationSettings): Treatment;
  /** Undefined only in a preview whose provider is still to be configured. */
  readonly subscriptionId?: string;
}

/** Whatever is in Azure has an id; mocks of a user's unit test may answer with less. */
async function present<T extends { readonly id: string }>(looked: Promise<T | undefined>): Promise<T | undefined> {
  const there = await looked;
  return (there?.id as string | undefined) === undefined ? undefined : there;
}

/** Numbers of an earlier life of this stack are not in its ledger: so many below the newest are tried, once. */
const numbersTried = 20;

/**
 * Looks at the vault, its policy, and the protected item of every number that this stack has or had.
 *
 * Throws a SettingsError if the resource group belongs to somebody else (adopting it would rewrite their policy), and for
 * every change of vault and policy that Azure would refuse.
 */
export async function findExistingBackup(
  question: BackupQuestion,
  opts: pulumi.InvokeOptions,
): Promise<ExistingBackup> {
  const { component, settings, remembered } = question;
  if (!settings.backup.enabled) return unseenBackup(settings, remembered);
  const names = backupNames(settings);
  const own = settings.backup.vaultId === undefined;
  const { parts, ledger } = remembered;
  const place = vaultPlace(settings);
  const look = <T extends { readonly id: string }>(get: () => Promise<T>) => present(found(get));
  const [group, vault] = await Promise.all([
    own && !parts.has("backup-group")
      ? look(() => resources.getResourceGroup({ resourceGroupName: names.resourceGroup }, opts))
      : undefined,
    own ? look(() => recoveryservices.getVault(place, opts)) : undefined,
  ]);
  if (group !== undefined) refuseForeignGroup(settings, group, { what: "backup", takenOver: "its backup policy" });
  const missing: Problem[] = [];
  if (own && vault === undefined && parts.has("backup-vault"))
    missing.push(missingPart(component, "vault", names.vault));
  const policy =
    vault === undefined
      ? undefined
      : await look(() => recoveryservices.getProtectionPolicy({ ...place, policyName: names.policy }, opts));
  if (vault !== undefined && policy === undefined && parts.has("backup-policy"))
    missing.push(missingPart(component, "policy", names.policy));
  const anotherLife = own ? vault !== undefined && !parts.has("backup-vault") : ledger === undefined;
  // No vault: nothing can be in it.
  const items = own && vault === undefined ? nothingIn : await itemsOf(question, anotherLife, opts);
  // Of somebody else's vault nothing was read, so nothing is judged.
  const judged = judgeVault({
    name: settings.name,
    location: settings.location,
    backup: settings.backup,
    vault: vault === undefined ? undefined : seenVault(vault),
    policy: policy === undefined ? undefined : seenPolicy(policy),
    holdsItems: items.any,
    asked: ledger?.backup,
  });
  const problems = missing.length > 0 ? missing : judged.problems;
  if (problems.length > 0) throw new SettingsError(problems, settings.name);
  const adopted = (
    [
      ["backup-group", group],
      ["backup-vault", vault],
      ["backup-policy", policy],
    ] as const
  ).flatMap(([part, there]) => (there === undefined || parts.has(part) ? [] : [[part, there] as const]));
  const idOf = (part: string): string | undefined => adopted.find(([name]) => name === part)?.[1].id;
  return {
    ...(await besideVault(settings, parts, question.subscriptionId, opts)),
    resourceGroup: idOf("backup-group"),
    vault: idOf("backup-vault"),
    policy: idOf("backup-policy"),
    properties: judged.properties,
    written: items.written,
    retired: items.retired,
    worn: [...adopted.map(([part, there]) => [part, wornBy({ ...there })] as const), ...items.worn],
    findings: [...judged.findings, ...items.findings],
  };
}

interface Items extends Pick<ExistingBackup, "written" | "retired" | "worn" | "findings"> {
  readonly any: boolean;
}

const nothingIn: Items = { written: {}, retired: [], worn: [], findings: [], any: false };

async function itemsOf(
  { component, settings, remembered, treatment }: BackupQuestion,
  anotherLife: boolean,
  opts: pulumi.InvokeOptions,
): Promise<Items> {
  const { ledger, items: held } = remembered;
  const standingNow = new Set(standing(remembered));
  const place = vaultPlace(settings);
  const placeOf = (generation: number): ItemPlace => ({
    component,
    generation,
    machine: generationNames(settings.name, generation).machine,
    ...place,
    policyName: policyNameOf(settings),
  });
  const entryOf = (generation: number) => ledger?.generations[generation];
  const look = async (generation: number): Promise<(SeenItem & { readonly worn: Worn }) | undefined> => {
    const { container, item } = protectedItemNames(settings, generation);
    const where = { ...place, fabricName: "Azure", containerName: container, protectedItemName: item };
    const there = await present(found(() => recoveryservices.getProtectedItem(where, opts)));
    return there === undefined ? undefined : { ...seenItem(there), worn: wornBy({ ...there }) };
  };
  const written = await Promise.all(
    settings.generations.map(async (block) => {
      const { generation } = block;
      const seen = await look(generation);
      const answer = writtenItem({
        place: placeOf(generation),
        treatment: treatment(block),
        remembered: held[generation],
        seen,
        machineStands: remembered.generations[generation]?.vmId !== undefined,
        provenBefore: remembered.generations[generation]?.proof !== undefined,
        earlierPointsUntil: entryOf(generation)?.earlierPointsUntil,
      });
      return { generation, seen, answer };
    }),
  );
  const retired = await Promise.all(
    retiredNumbers(settings, remembered, anotherLife).map(async (generation) => {
      const stands = standingNow.has(generation);
      const seen = stands ? undefined : await look(generation);
      const anotherMachine = seen?.state === "protected" && (await machineExists(settings, generation, opts));
      const answer = retiredItem({
        place: placeOf(generation),
        standing: stands,
        remembered: held[generation],
        seen,
        anotherMachine,
        wasActive: entryOf(generation)?.wasActive === true || entryOf(generation)?.role === "active",
      });
      return { generation, seen, answer };
    }),
  );
  const all = [...written, ...retired];
  return {
    written: Object.fromEntries(written.map(({ generation, answer }) => [generation, answer])),
    retired: retired.flatMap(({ answer }) => answer.item ?? []),
    worn: all.flatMap(({ generation, seen }) =>
      seen === undefined || held[generation] !== undefined
        ? []
        : [[protectedItemName("backup", generation), seen.worn] as const],
    ),
    findings: all.flatMap(({ answer }) => answer.findings),
    any: Object.keys(held).length > 0 || all.some(({ seen }) => seen !== undefined),
  };
}

/** Numbers without a block that may have recovery points in this vault. */
export function retiredNumbers(settings: Settings, remembered: Remembered, anotherLife: boolean): readonly number[] {
  const { ledger, items } = remembered;
  const written = new Set(settings.generations.map(({ generation }) => generation));
  const newest = Math.max(...written);
  const tried = anotherLife ? Array.from({ length: numbersTried }, (_, index) => newest - 1 - index) : [];
  // Names of a protected item come from server and group, and its place from the vault: of another one it is left alone.
  const same =
    ledger === undefined ||
    (ledger.name === settings.name &&
      (ledger.resourceGroup ?? serverResourceGroup(settings)).toLowerCase() ===
        serverResourceGroup(settings).toLowerCase() &&
      (ledger.vault ?? "").toLowerCase() === (settings.backup.vaultId ?? "").toLowerCase());
  const known = same ? [...Object.keys(ledger?.generations ?? {}), ...Object.keys(items)].map(Number) : [];
  return [...new Set([...known, ...tried])]
    .filter((generation) => generation > 0 && !written.has(generation))
    .sort((a, b) => a - b);
}

async function machineExists(settings: Settings, generation: number, opts: pulumi.InvokeOptions): Promise<boolean> {
  const where = {
    resourceGroupName: serverResourceGroup(settings),
    vmName: generationNames(settings.name, generation).machine,
  };
  return (await present(found(() => getVirtualMachine(where, opts)))) !== undefined;
}

function seenItem({ id, properties }: recoveryservices.GetProtectedItemResult): SeenItem {
  const told = recordOf(properties);
  return {
    id,
    state: itemStateOf(told),
    lastRecoveryPoint: textOf(told.lastRecoveryPoint),
    remaining: textOf(told.deferredDeleteTimeRemaining),
  };
}

function seenVault({ location, properties }: recoveryservices.GetVaultResult): SeenVault {
  const told = recordOf(properties);
  const redundancy = recordOf(told.redundancySettings);
  const security = recordOf(told.securitySettings);
  const softDelete = recordOf(security.softDeleteSettings);
  return {
    location,
    redundancy: textOf(redundancy.standardTierStorageRedundancy),
    crossRegionRestore: textOf(redundancy.crossRegionRestore),
    immutability: textOf(recordOf(security.immutabilitySettings).state),
    softDeleteDays: numberOf(softDelete.softDeleteRetentionPeriodInDays),
    publicNetworkAccess: textOf(told.publicNetworkAccess),
  };
}

function seenPolicy({ properties }: recoveryservices.GetProtectionPolicyResult): SeenPolicy {
  const daily = recordOf(recordOf(recordOf(properties).retentionPolicy).dailySchedule);
  const { count, durationType } = recordOf(daily.retentionDuration);
  return { retentionDays: durationType === "Days" ? numberOf(count) : undefined };
}

/** The ledger with what was learned of written generations' recovery points. */
export function withBackup(ledger: Ledger, { written }: ExistingBackup): Ledger {
  const generations = Object.fromEntries(
    Object.entries(ledger.generations).map(([number, entry]) => {
      const earlierPointsUntil = written[Number(number)]?.earlierPointsUntil;
      return [number, earlierPointsUntil === undefined ? entry : { ...entry, earlierPointsUntil }];
    }),
  );
  return { ...ledger, generations };
}
