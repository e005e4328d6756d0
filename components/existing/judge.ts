import { regionName } from "../../azure/regions";
import type { Finding } from "../../review/verdict";
import { readiness } from "../findings";
import type { Problem, Settings } from "../settings/settings";

/** What was found of a thing that the settings name. `unread`: whoever runs this may not read it; no evidence of anything. */
export type Looked<T> =
  | { readonly kind: "found"; readonly is: T }
  | { readonly kind: "absent" }
  | { readonly kind: "unread"; readonly why: string }
  | { readonly kind: "elsewhere"; readonly subscriptionId: string };

export interface FoundGroup {
  readonly provisioningState?: string;
  /** Set where a service made it and locks it. */
  readonly managedBy?: string;
}

export interface FoundPlace {
  readonly location?: string;
}

export interface FoundSet extends FoundPlace {
  readonly encryptionType?: string;
}

export interface FoundPolicy {
  readonly backupManagementType?: string;
  readonly policyType?: string;
  readonly scheduleRunFrequency?: string;
}

/** By setting; what is not asked for, or not known in a preview, is absent. */
export interface FoundThings {
  readonly resourceGroup?: Looked<FoundGroup>;
  readonly vault?: Looked<FoundPlace>;
  readonly policy?: Looked<FoundPolicy>;
  readonly workspace?: Looked<FoundPlace>;
  /** Of the alerts. */
  readonly watchingWorkspace?: Looked<FoundPlace>;
  readonly actionGroups?: readonly Looked<object>[];
  /** By generation. */
  readonly diskEncryptionSets: Readonly<Record<number, Looked<FoundSet>>>;
}

export interface Judgement {
  readonly problems: readonly Problem[];
  readonly findings: readonly Finding[];
}

/** One named thing: what it is, where it is set, whether it may be in another subscription, and what else must hold. */
interface Named<T> {
  readonly path: string;
  readonly what: string;
  readonly looked: Looked<T> | undefined;
  readonly anywhere?: boolean;
  /** Why it may not be in another subscription, and where that is from. */
  readonly sameSubscription?: string;
  judge?(is: T): Partial<Judgement>;
}

function judgeOne<T>({ path, what, looked, anywhere, sameSubscription, judge }: Named<T>, own: string): Judgement {
  const none = { problems: [], findings: [] };
  const refused = (problem: string, write: string): Judgement => ({
    problems: [{ path, problem, write }],
    findings: [],
  });
  switch (looked?.kind) {
    case undefined:
      return none;
    case "elsewhere":
      if (anywhere === true) return none;
      return refused(
        `${what} is in the subscription ${looked.subscriptionId}, this run is signed in to ${own}; ${sameSubscription ?? "Azure wants both in one"}`,
        `the id of one in ${own}, or sign in to ${looked.subscriptionId} if the server belongs there (az account set, ARM_SUBSCRIPTION_ID, or the component's provider)`,
      );
    case "absent":
      return refused(
        `there is no such ${what} in Azure`,
        `the id or name of one that is there (az resource show --ids …); if this program makes it, pass its output instead of a text`,
      );
    case "unread":
      return {
        problems: [],
        findings: [
          readiness("existing-not-read", "info", path, {
            title: `${what} could not be read, so nothing of it was checked in advance`,
            cause: looked.why,
            next: "nothing if Azure takes it; else give whoever runs this the role Reader on it",
          }),
        ],
      };
    case "found":
      return { ...none, ...judge?.(looked.is) };
  }
}

/** Everything that the settings name and that is there already, held to what Azure and this server need of it. */
export function judgeExisting(settings: Settings, found: FoundThings, subscriptionId: string): Judgement {
  const sameRegion = (path: string, what: string, why: string) => (is: FoundPlace) =>
    is.location === undefined || regionName(is.location) === settings.location
      ? {}
      : {
          problems: [
            {
              path,
              problem: `${what} is in ${is.location}, the server in ${settings.location}: ${why}`,
              write: `one in ${settings.location}`,
            },
          ],
        };
  const vaultPath = "backup.vaultId";
  const judgements: readonly Judgement[] = [
    judgeOne(
      {
        path: "resourceGroupName",
        what: "resource group",
        looked: found.resourceGroup,
        judge: (is) => groupProblems(is, settings),
      },
      subscriptionId,
    ),
    judgeOne(
      {
        path: vaultPath,
        what: "Recovery Services vault",
        looked: found.vault,
        sameSubscription: "Azure Backup protects machines of the vault's own subscription",
        judge: sameRegion(vaultPath, "this vault", "Azure Backup protects machines of the vault's own region"),
      },
      subscriptionId,
    ),
    judgeOne(
      {
        path: "backup.policyId",
        what: "backup policy",
        // Said of its vault.
        looked: found.policy?.kind === "elsewhere" ? undefined : found.policy,
        judge: policyJudgement,
      },
      subscriptionId,
    ),
    judgeOne(
      { path: "logAnalyticsWorkspaceId", what: "Log Analytics workspace", looked: found.workspace, anywhere: true },
      subscriptionId,
    ),
    judgeOne(
      {
        path: "monitoring.workspaceId",
        what: "Log Analytics workspace",
        // Said already where it is the one of the diagnostics.
        looked:
          found.watchingWorkspace === found.workspace ? onlyFound(found.watchingWorkspace) : found.watchingWorkspace,
        anywhere: true,
        judge: (is) => workspaceRegion(is, settings),
      },
      subscriptionId,
    ),
    ...(found.actionGroups ?? []).map((looked, index) =>
      judgeOne(
        { path: `monitoring.notify.actionGroupIds[${index}]`, what: "action group", looked, anywhere: true },
        subscriptionId,
      ),
    ),
    ...Object.entries(found.diskEncryptionSets).map(([generation, looked]) => {
      const path = `generations.${generation}.diskEncryptionSetId`;
      return judgeOne(
        {
          path,
          what: "disk encryption set",
          looked,
          sameSubscription: "a machine, its disks and their disk encryption set are in one subscription and region",
          judge: (is: FoundSet) =>
            is.encryptionType === "ConfidentialVmEncryptedWithCustomerKey"
              ? {
                  problems: [
                    {
                      path,
                      problem: "this disk encryption set is for confidential machines; ours is a Trusted Launch one",
                      write:
                        "one with the encryption type EncryptionAtRestWithCustomerKey or EncryptionAtRestWithPlatformAndCustomerKeys",
                    },
                  ],
                }
              : sameRegion(path, "this disk encryption set", "a machine takes one of its own region only")(is),
        },
        subscriptionId,
      );
    }),
  ];
  return {
    problems: judgements.flatMap(({ problems }) => problems),
    findings: judgements.flatMap(({ findings }) => findings),
  };
}

const onlyFound = <T>(looked: Looked<T> | undefined): Looked<T> | undefined =>
  looked?.kind === "found" ? looked : undefined;

/** Azure wants collection rules and log alerts in the region of their workspace. */
function workspaceRegion({ location }: FoundPlace, { monitoring }: Settings): Partial<Judgement> {
  if (location === undefined || monitoring === undefined) return {};
  const region = regionName(location);
  if (region === monitoring.workspaceLocation) return {};
  return {
    problems: [
      {
        path: "monitoring.workspaceLocation",
        problem: `the workspace is in ${region}, and Azure wants collection rules and log alerts in its region, not in ${monitoring.workspaceLocation}`,
        write: region,
      },
    ],
  };
}

function groupProblems({ provisioningState, managedBy }: FoundGroup, { resourceGroupName = "" }: Settings) {
  const path = "resourceGroupName";
  if (/^deleting$/i.test(provisioningState ?? ""))
    return {
      problems: [
        { path, problem: `${resourceGroupName} is being deleted`, write: "another group, or wait until it is gone" },
      ],
    };
  if (managedBy !== undefined && managedBy !== "")
    return {
      problems: [
        {
          path,
          problem: `${resourceGroupName} belongs to ${managedBy}, which locks what is in it: nothing of a server could be deleted there`,
          write: "a group of your own",
        },
      ],
    };
  return {};
}

/** Trusted Launch machines want the enhanced kind; recent Azure takes the standard one by its API (facts/azure.md 5.4, 11.7). */
function policyJudgement({ backupManagementType, policyType, scheduleRunFrequency }: FoundPolicy): Partial<Judgement> {
  const path = "backup.policyId";
  if (backupManagementType !== undefined && backupManagementType !== "AzureIaasVM")
    return {
      problems: [
        {
          path,
          problem: `this policy is for ${backupManagementType}, not for virtual machines`,
          write: "one whose backupManagementType is AzureIaasVM",
        },
      ],
    };
  const findings: Finding[] = [];
  if (policyType !== undefined && policyType !== "V2")
    findings.push(
      readiness("backup-policy-standard", "warning", path, {
        title:
          "this backup policy is of the standard kind; Trusted Launch machines need the enhanced one in the portal",
        cause: `policyType ${policyType}`,
        next: "an enhanced policy (V2) in that vault; if Azure takes this one, look at the first backup job",
      }),
    );
  if (scheduleRunFrequency === "Weekly")
    findings.push(
      readiness("backup-policy-weekly", "warning", path, {
        title: "this backup policy makes a recovery point once a week: up to seven days of a server are lost with it",
        cause: "scheduleRunFrequency Weekly",
        next: "a daily policy in that vault",
      }),
    );
  return { findings };
}
