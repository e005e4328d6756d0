import { regionName } from "../../azure/regions";
import type { Finding } from "../../review/verdict";
import { readiness } from "../findings";
import type { BackupSettings, Problem } from "../settings/settings";

/** What Azure says of our own vault and its policy; what it does not say is not compared. */
export interface SeenVault {
  readonly redundancy?: string;
  readonly crossRegionRestore?: string;
  readonly immutability?: string;
  readonly softDeleteDays?: number;
  readonly publicNetworkAccess?: string;
  readonly location?: string;
}

export interface SeenPolicy {
  readonly retentionDays?: number;
}

/** What the settings asked for in the last run: the ledger's word. */
export interface AskedBackup {
  readonly immutability?: string;
}

export interface VaultQuestion {
  readonly name: string;
  readonly location: string;
  readonly backup: BackupSettings;
  readonly vault?: SeenVault;
  readonly policy?: SeenPolicy;
  /** Something is protected in it, stopped and soft-deleted items included. */
  readonly holdsItems: boolean;
  readonly asked?: AskedBackup;
}

/**
 * What is sent for a property that others may have raised: Azure Policy lengthens soft delete, somebody switches
 * immutability or cross-region restore on. Sending less would be refused, or would lower it.
 */
export interface VaultProperties {
  readonly immutability: string;
  readonly softDeleteDays: number;
  readonly publicNetworkAccess: string;
  readonly crossRegionRestore?: string;
}

export interface VaultJudgement {
  readonly properties: VaultProperties;
  readonly problems: readonly Problem[];
  readonly findings: readonly Finding[];
}

const immutabilities = ["Disabled", "Unlocked", "Locked"];
const rank = (state: string | undefined): number => immutabilities.indexOf(state ?? "Disabled");
const defaultSoftDeleteDays = 14;

/** Changes of a vault and its policy that Azure refuses, by the setting that asks for them (facts/azure.md 11.7). */
export function judgeVault(question: VaultQuestion): VaultJudgement {
  const { backup, vault = {}, asked } = question;
  const seen = rank(vault.immutability);
  const wanted = rank(backup.immutability);
  const lowers = seen > wanted && rank(asked?.immutability) > wanted;
  const raisedByOthers = seen > wanted && !lowers;
  return {
    properties: {
      immutability: raisedByOthers ? (immutabilities[seen] ?? backup.immutability) : backup.immutability,
      softDeleteDays: Math.max(defaultSoftDeleteDays, vault.softDeleteDays ?? 0),
      publicNetworkAccess: vault.publicNetworkAccess === "Disabled" ? "Disabled" : "Enabled",
      ...(vault.crossRegionRestore === "Enabled" ? { crossRegionRestore: "Enabled" } : {}),
    },
    problems: rules.flatMap((rule) => rule(question)),
    findings:
      raisedByOthers && vault.immutability !== "Locked"
        ? [
            readiness("vault-immutability-kept", "warning", "backup.immutability", {
              title: `somebody made the vault rsv-${question.name} immutable (${vault.immutability}); it is left so`,
              cause: `backup.immutability: ${backup.immutability}`,
              next: `write backup.immutability: ${vault.immutability}; to lower it, run up with that, then write ${backup.immutability} and run up again`,
            }),
          ]
        : [],
  };
}

type Rule = (question: VaultQuestion) => readonly Problem[];

const redundancy: Rule = ({ backup, vault, holdsItems }) =>
  vault?.redundancy === undefined || vault.redundancy === backup.redundancy || !holdsItems
    ? []
    : [
        {
          path: "backup.redundancy",
          problem: `the vault has ${vault.redundancy} and holds recovery points: Azure fixes its redundancy with the first of them`,
          write: `${vault.redundancy} as before; ${backup.redundancy} needs a vault of a server of another name`,
        },
      ];

const locked: Rule = ({ backup, vault }) =>
  vault?.immutability === "Locked" && backup.immutability !== "Locked"
    ? [
        {
          path: "backup.immutability",
          problem: `is ${backup.immutability}, but the immutability of the vault is locked in Azure, which nobody can undo`,
          write: "Locked",
        },
      ]
    : [];

/** Azure locks only what is immutable already (azure-rest-api-specs issue 26598: UserErrorUnsupportedVaultImmutabilityStateChange). */
const lockedAtOnce: Rule = ({ backup, vault }) =>
  backup.immutability === "Locked" && rank(vault?.immutability) === 0
    ? [
        {
          path: "backup.immutability",
          problem: "is Locked, but the vault is not immutable yet, and Azure locks only one that is",
          write: "Unlocked, and up; when you are sure of retention and cost, Locked, and up again: nobody can undo it",
        },
      ]
    : [];

const retention: Rule = ({ backup, vault, policy }) => {
  const before = policy?.retentionDays;
  if (before === undefined || backup.retentionDays >= before || rank(vault?.immutability) === 0) return [];
  const unlock =
    vault?.immutability === "Locked"
      ? ""
      : "; or first backup.immutability: Disabled with the retention as before, and up";
  return [
    {
      path: "backup.retentionDays",
      problem: `${backup.retentionDays} is less than the ${before} days of the policy, and Azure lowers no retention in an immutable vault (${vault?.immutability})`,
      write: `${before} or more${unlock}`,
    },
  ];
};

const region: Rule = ({ name, location, vault }) =>
  vault?.location === undefined || regionName(vault.location) === regionName(location)
    ? []
    : [
        {
          path: "location",
          problem: `the vault rsv-${name} is in ${vault.location}, and Azure moves no vault with recovery points and protects no machine of another region`,
          write: `${regionName(vault.location)}, or another name`,
        },
      ];

const rules: readonly Rule[] = [redundancy, locked, lockedAtOnce, retention, region];

/** A part of the backup that the state holds and Azure has no longer, or no longer there. */
export function missingPart(component: string, part: "vault" | "policy", shown: string): Problem {
  return {
    path: "backup",
    problem: `the ${part} ${shown}, which this stack made, is not there any more: it was deleted, or moved to another resource group`,
    write:
      part === "vault"
        ? `the settings as they are, once it is back (deleted: recover it in the portal while Azure still keeps it; moved: move it back); to begin anew without its recovery points: pulumi refresh --target '**::${component}-backup-*', then up`
        : `the settings as they are, and make it anew: pulumi refresh --target '**::${component}-backup-policy', then up`,
  };
}
