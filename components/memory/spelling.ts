import type { Settings } from "../settings/settings";
import { recordOf } from "./stackState";

/**
 * Ids in the letters of the last run. Azure compares ids and names of groups without regard to letter case; the engine and
 * the provider compare letter by letter, and plan a replacement of whatever has the name in its path.
 */

/** Settings that hold the id or the name of something in Azure; `*` stands for every generation's number. */
const spelled = [
  "resourceGroupName",
  "logAnalyticsWorkspaceId",
  "monitoring.workspaceId",
  "network.existingSubnetId",
  "network.peerVirtualNetworkId",
  "network.routeTableId",
  "bastion.existingId",
  "backup.vaultId",
  "backup.policyId",
  "archive.accountId",
  "archive.privateEndpoint.dnsZoneId",
  "archive.roleDefinitionId",
  "generations.*.diskEncryptionSetId",
] as const;

const numberOf = (block: unknown): string => String(recordOf(block).generation);

function child(value: unknown, key: string): unknown {
  return Array.isArray(value) ? value.find((block) => numberOf(block) === key) : recordOf(value)[key];
}

/** Values by their path, numbers of generations filled in. */
function valuesAt(value: unknown, path: readonly string[], at: readonly string[] = []): readonly [string, string][] {
  const [key, ...rest] = path;
  if (key === undefined) return typeof value === "string" ? [[at.join("."), value]] : [];
  const keys = key === "*" && Array.isArray(value) ? value.map(numberOf) : [key];
  return keys.flatMap((each) => valuesAt(child(value, each), rest, [...at, each]));
}

function withValue<T>(value: T, path: readonly string[], text: string): T;
function withValue(value: unknown, [key = "", ...rest]: readonly string[], text: string): unknown {
  const inside = (of: unknown): unknown => (rest.length === 0 ? text : withValue(of, rest, text));
  if (Array.isArray(value)) return value.map((block) => (numberOf(block) === key ? inside(block) : block));
  return { ...recordOf(value), [key]: inside(recordOf(value)[key]) };
}

/** What the ledger keeps: each of them as it is used. */
export function spellingOf(settings: Settings): Readonly<Record<string, string>> {
  return Object.fromEntries(spelled.flatMap((path) => valuesAt(settings, path.split("."))));
}

/** The settings, with the first spelling of whatever is only spelled otherwise. */
export function spelledAsBefore(
  settings: Settings,
  ledger: { readonly spelling?: Readonly<Record<string, string>> } | undefined,
): Settings {
  const before = ledger?.spelling ?? {};
  return Object.entries(spellingOf(settings)).reduce((known, [path, value]) => {
    const first = before[path];
    return first !== undefined && first !== value && first.toLowerCase() === value.toLowerCase()
      ? withValue(known, path.split("."), first)
      : known;
  }, settings);
}
