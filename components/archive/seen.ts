import type { getStorageAccount } from "@pulumi/azure-native/storage/getStorageAccount";
import type { Finding } from "../../review/verdict";
import { readiness } from "../findings";
import { found } from "../memory/lookup";
import type { Worn } from "../memory/outside";
import type { Remembered } from "../memory/remembered";
import { numberOf, recordOf, textOf } from "../memory/stackState";
import type { Problem, Settings } from "../settings/settings";
import type { SeenAccount } from "./accountRules";
import type { ArchivePlace, ImmutabilityPolicy } from "./plan";

/** What the look-ups of the archive share. */

/** Parts of the archive that azure-native would refuse to make where they are there. */
export type AdoptedPart = "group" | "account" | "container" | "lifecycle" | "role" | "lock" | "diagnostics";

/** What of the archive is in Azure, and what this run makes of it. It outlives the servers, so after a `destroy` it is adopted. */
export interface ExistingArchive {
  readonly place: ArchivePlace;
  /** Ids of what is there and not in the state. */
  readonly adopt: Readonly<Partial<Record<AdoptedPart, string>>>;
  /** Of generations whose right is there and not in the state. */
  readonly assignments: Readonly<Record<number, string>>;
  /** In an account of somebody else's: it was there before this stack, and is none of its resources. */
  readonly containerIsTheirs: boolean;
  readonly policy: ImmutabilityPolicy;
  readonly worn: readonly (readonly [part: string, Worn])[];
  readonly findings: readonly Finding[];
}

export interface ArchiveQuestion {
  /** Name of the component in the program. */
  readonly component: string;
  readonly settings: Settings;
  readonly remembered: Remembered;
  /** Undefined only in a preview whose provider is still to be configured. */
  readonly subscriptionId?: string;
}

export interface Looked {
  readonly existing: ExistingArchive;
  readonly problems: readonly Problem[];
}

export interface Judged {
  readonly problems: readonly Problem[];
  readonly findings: readonly Finding[];
}

export const nothing: Judged = { problems: [], findings: [] };

type Look = <T extends { readonly id: string }>(get: () => Promise<T>) => Promise<T | undefined>;

/** Whatever is in Azure has an id; mocks of a user's unit test may answer with less. */
export const look: Look = async (get) => {
  const there = await found(get);
  return (there?.id as string | undefined) === undefined ? undefined : there;
};

export const notRead = (path: string, id: string): Finding =>
  readiness("archive-not-read", "warning", path, {
    title: `${id} may not be read by whoever runs this, so nothing of it was judged`,
    cause: "AuthorizationFailed",
    next: "the role Reader on it, and up again; or hold it to docs/archive.md yourself",
  });

export function seenAccount(
  name: string,
  account: Awaited<ReturnType<typeof getStorageAccount>>,
  versioning: boolean | undefined,
): SeenAccount {
  const { immutableStorageWithVersioning } = account;
  const policy = recordOf(recordOf(immutableStorageWithVersioning).immutabilityPolicy);
  return {
    name,
    location: account.location,
    kind: account.kind,
    sku: account.sku?.name,
    hierarchicalNamespace: account.isHnsEnabled,
    immutable: immutableStorageWithVersioning?.enabled === true,
    state: textOf(policy.state),
    days: numberOf(policy.immutabilityPeriodSinceCreationInDays),
    sharedKeys: account.allowSharedKeyAccess,
    publicBlobs: account.allowBlobPublicAccess,
    localUsers: account.isLocalUserEnabled,
    tls: account.minimumTlsVersion,
    versioning,
  };
}
