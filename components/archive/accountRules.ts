import { regionName } from "../../azure/regions";
import type { Finding } from "../../review/verdict";
import { readiness } from "../findings";
import type { ArchiveSettings, Problem } from "../settings/settings";
import { type ImmutabilityPolicy, redundancyOf, wantedPolicy } from "./plan";

/** What Azure says of the archive's account; what it does not say is not compared. */
export interface SeenAccount {
  readonly name: string;
  readonly location?: string;
  readonly kind?: string;
  readonly sku?: string;
  readonly hierarchicalNamespace?: boolean;
  /** Version-level immutability, which is there from the account's creation or never. */
  readonly immutable?: boolean;
  readonly state?: string;
  readonly days?: number;
  readonly sharedKeys?: boolean;
  readonly publicBlobs?: boolean;
  readonly localUsers?: boolean;
  readonly tls?: string;
  readonly versioning?: boolean;
}

/** What the settings asked for in the last run: the ledger's word. */
export interface AskedArchive {
  readonly days?: number;
}

export interface AccountQuestion {
  readonly location: string;
  readonly archive: ArchiveSettings;
  /** Absent: it is still to be made. */
  readonly account?: SeenAccount;
  readonly asked?: AskedArchive;
}

export interface AccountJudgement {
  readonly policy: ImmutabilityPolicy;
  readonly problems: readonly Problem[];
  readonly findings: readonly Finding[];
}

const stateOf = ({ state }: SeenAccount): "Disabled" | "Unlocked" | "Locked" =>
  state === "Locked" || state === "Unlocked" ? state : "Disabled";

/**
 * What becomes of the account's immutability, and every change that Azure refuses, by the setting that asks for it. What
 * others made stricter is left so (docs/archive.md has the table).
 */
export function judgeAccount(question: AccountQuestion): AccountJudgement {
  const { archive, account, asked } = question;
  const wanted = wantedPolicy(archive);
  if (account === undefined) return { policy: wanted, problems: notBornLocked(archive), findings: [] };
  const state = stateOf(account);
  const days = account.days ?? 0;
  // Fewer days than Azure has are meant only where more were asked for before.
  const longerByOthers = state !== "Disabled" && days > wanted.days && (asked?.days ?? 0) <= wanted.days;
  const policy: ImmutabilityPolicy = { ...wanted, days: longerByOthers ? days : wanted.days };
  return {
    policy,
    problems: rules.flatMap((rule) => rule({ ...question, account })),
    findings: [...changes(account, policy, asked), ...kept(account, archive, longerByOthers), ...weakened(account)],
  };
}

function notBornLocked({ lock }: ArchiveSettings): readonly Problem[] {
  return lock === undefined
    ? []
    : [
        {
          path: "archive.lock",
          problem: "is set, but there is no account yet, and Azure makes none with a locked policy",
          write:
            "nothing, and up; when you are sure of archive.retentionDays and its cost, archive.lock, and up again: nobody can undo it",
        },
      ];
}

type Rule = (question: AccountQuestion & { readonly account: SeenAccount }) => readonly Problem[];

const region: Rule = ({ location, account }) =>
  account.location === undefined || regionName(account.location) === regionName(location)
    ? []
    : [
        {
          path: "location",
          problem: `the archive ${account.name} is in ${account.location}, and Azure moves no account`,
          write: `${regionName(account.location)}, or another name`,
        },
      ];

/** Another account has its name: made by somebody, or by a release that is not ours. */
const fixedAtCreation: Rule = ({ account }) =>
  [
    account.kind !== undefined && account.kind !== "StorageV2" ? `is of the kind ${account.kind}, not StorageV2` : "",
    account.hierarchicalNamespace === true ? "has a hierarchical namespace, with which no version is immutable" : "",
    account.immutable === false ? "was made without version-level immutability, which no account learns later" : "",
  ]
    .filter((what) => what !== "")
    .map((what) => ({
      path: "archive",
      problem: `the storage account ${account.name} ${what}; it cannot become this archive`,
      write: "another name of the server; or delete that account, if nothing in it is needed, and up",
    }));

const redundancy: Rule = ({ archive, account }) => {
  const before = redundancyOf(account.sku);
  const zones = (value: string): boolean => value.includes("Zone");
  return before === undefined || zones(before) === zones(archive.redundancy)
    ? []
    : [
        {
          path: "archive.redundancy",
          problem: `the account has ${before}, and Azure converts it to ${archive.redundancy} on request only`,
          write: `${before} as before; for ${archive.redundancy} ask for the conversion (az storage account migration start), then write it`,
        },
      ];
};

const locked: Rule = ({ archive, account }) =>
  stateOf(account) !== "Locked" || archive.lock !== undefined
    ? []
    : [
        {
          path: "archive.lock",
          problem: `is not set, but the immutability of ${account.name} is locked in Azure (${account.days} days), which nobody can undo`,
          write: "lock: { reason: <why it was locked> }",
        },
      ];

const shortened: Rule = ({ archive, account }) =>
  stateOf(account) !== "Locked" || account.days === undefined || archive.retentionDays >= account.days
    ? []
    : [
        {
          path: "archive.retentionDays",
          problem: `${archive.retentionDays} is less than the ${account.days} days of the locked policy, which can only be extended`,
          write: `${account.days} or more`,
        },
      ];

/** Two decisions in one run, of which the second can never be taken back. */
const lockedAndShortened: Rule = ({ archive, account }) =>
  archive.lock === undefined ||
  stateOf(account) === "Locked" ||
  account.days === undefined ||
  archive.retentionDays >= account.days
    ? []
    : [
        {
          path: "archive.lock",
          problem: `would lock ${archive.retentionDays} days in the run that shortens them from ${account.days}`,
          write: "no lock, and up; then the lock, and up again",
        },
      ];

/** Azure locks only what stands unlocked. */
const lockedFromDisabled: Rule = ({ archive, account }) =>
  archive.lock === undefined || stateOf(account) !== "Disabled" || account.immutable === false
    ? []
    : [
        {
          path: "archive.lock",
          problem: `is set, but the policy of ${account.name} is switched off in Azure, which locks only what stands unlocked`,
          write:
            "no lock, pulumi refresh --target '**-archive-account' and up (the policy is switched on again); then the lock, and up again",
        },
      ];

const rules: readonly Rule[] = [
  region,
  fixedAtCreation,
  redundancy,
  locked,
  shortened,
  lockedAndShortened,
  lockedFromDisabled,
];

/** The engine compares with the last run, not with Azure. */
const setBack = (what: string): string =>
  `where the next run says so again: pulumi refresh --target '**-archive-account', then up: ${what}; the activity log of the account says who it was`;

/** What becomes of the policy, or has become of it. */
function changes(
  account: SeenAccount,
  policy: ImmutabilityPolicy,
  asked: AskedArchive | undefined,
): readonly Finding[] {
  const { name } = account;
  const state = stateOf(account);
  const days = account.days ?? 0;
  const said: Finding[] = [];
  if (policy.state === "Locked" && state !== "Locked")
    said.push(
      readiness("archive-locks", "warning", "archive.lock", {
        title: `this run locks the archive ${name}: each collection stays ${policy.days} days, and nobody, Microsoft included, can shorten that`,
        cause: "archive.lock is set, and the policy is not locked yet",
        next: "nothing, if that is meant; else take archive.lock out before up",
      }),
    );
  if (state === "Disabled")
    said.push(
      readiness("archive-weakened", "warning", "archive", {
        title: `the immutability of the archive ${name} is switched off in Azure: collections can be changed and deleted`,
        cause: "somebody changed it; what was added before keeps its period",
        next: setBack("it is switched on again"),
      }),
    );
  else if (days !== policy.days && asked?.days === policy.days)
    said.push(
      readiness("archive-weakened", "warning", "archive.retentionDays", {
        title: `collections of the archive ${name} are immutable for ${days} days in Azure, not for ${policy.days}`,
        cause: "somebody changed it, or the last run did not get that far",
        next: setBack("it is set back"),
      }),
    );
  else if (days !== policy.days)
    said.push(
      readiness("archive-period-changes", days < policy.days ? "info" : "warning", "archive.retentionDays", {
        title: `collections of the archive ${name} are immutable for ${policy.days} days from now on, ${days} until now`,
        cause: "the period counts for what is added from then on; collections that exist keep theirs",
        next: "",
      }),
    );
  return said;
}

function kept({ name, days }: SeenAccount, { retentionDays }: ArchiveSettings, byOthers: boolean): readonly Finding[] {
  return byOthers
    ? [
        readiness("archive-period-kept", "warning", "archive.retentionDays", {
          title: `somebody extended the immutability of the archive ${name} to ${days} days; it is left so`,
          cause: `archive.retentionDays: ${retentionDays}`,
          next: `write archive.retentionDays: ${days}; to shorten it while it is not locked, run up with that, then write ${retentionDays} and run up again`,
        }),
      ]
    : [];
}

/** What the account is hardened by, as Azure has it now: each row a door that somebody opened. */
const hardening: readonly { readonly open: (account: SeenAccount) => boolean; readonly what: string }[] = [
  // Left out it is true for Azure, unlike the others.
  { open: ({ sharedKeys }) => sharedKeys !== false, what: "takes shared keys, which are above every role" },
  { open: ({ publicBlobs }) => publicBlobs === true, what: "allows containers that anybody may read" },
  { open: ({ localUsers }) => localUsers === true, what: "has local users" },
  {
    open: ({ tls }) => tls !== undefined && !["TLS1_2", "TLS1_3"].includes(tls),
    what: "takes connections with old TLS",
  },
  { open: ({ versioning }) => versioning === false, what: "keeps no versions" },
];

export const openDoors = (account: SeenAccount): readonly string[] =>
  hardening.filter(({ open }) => open(account)).map(({ what }) => what);

/** Of our own: somebody changed it, and the engine does not see that without a refresh. */
function weakened(account: SeenAccount): readonly Finding[] {
  return openDoors(account).map((what) =>
    readiness("archive-weakened", "warning", "archive", {
      title: `the archive ${account.name} ${what}`,
      cause: "somebody changed it in Azure; this stack makes it otherwise",
      next: setBack("it is as it was"),
    }),
  );
}
