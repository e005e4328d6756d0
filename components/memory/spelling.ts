import { recordOf } from "./stackState";

/**
 * Azure compares ids and names of groups without regard to letter case; the provider does not, and plans a replacement of
 * whatever has the name in its path. So a setting that was only spelled anew is used as it was spelled first.
 */

/** Settings that hold the id or the name of something in Azure; `*` stands for every generation's number. */
const spelled = [
  "resourceGroupName",
  "logAnalyticsWorkspaceId",
  "network.existingSubnetId",
  "network.peerVirtualNetworkId",
  "backup.vaultId",
  "backup.policyId",
  "generations.*.diskEncryptionSetId",
] as const;

type Spelling = Readonly<Record<string, string>>;

/** Values by their path, numbers of generations filled in. */
function valuesAt(settings: unknown, path: readonly string[], at: readonly string[] = []): readonly [string, string][] {
  const [key, ...rest] = path;
  if (key === undefined) return typeof settings === "string" ? [[at.join("."), settings]] : [];
  const here = recordOf(settings);
  const keys = key === "*" ? Object.keys(here) : [key];
  return keys.flatMap((each) => valuesAt(here[each], rest, [...at, each]));
}

const spellingsIn = (written: unknown): Spelling =>
  Object.fromEntries(spelled.flatMap((path) => valuesAt(written, path.split("."))));

const same = (left: string | undefined, right: string): boolean => left?.toLowerCase() === right.toLowerCase();

/** What the ledger keeps: as it was spelled first. */
export function nextSpelling(written: unknown, before: Spelling = {}): Spelling {
  return Object.fromEntries(
    Object.entries(spellingsIn(written)).map(([path, value]) => {
      const first = before[path];
      return [path, first !== undefined && same(first, value) ? first : value];
    }),
  );
}

function withValue(settings: unknown, [key = "", ...rest]: readonly string[], value: string): unknown {
  const here = recordOf(settings);
  return { ...here, [key]: rest.length === 0 ? value : withValue(here[key], rest, value) };
}

/** Settings as written, with the first spelling of whatever is only spelled otherwise. */
export function spelledAsBefore(written: unknown, before: Spelling = {}): unknown {
  return Object.entries(spellingsIn(written)).reduce((settings, [path, value]) => {
    const first = before[path];
    return first !== undefined && first !== value && same(first, value)
      ? withValue(settings, path.split("."), first)
      : settings;
  }, written);
}
