import { getManagementLockAtResourceGroupLevel } from "@pulumi/azure-native/authorization/getManagementLockAtResourceGroupLevel";
import { getRoleAssignment } from "@pulumi/azure-native/authorization/getRoleAssignment";
import { getRoleDefinition } from "@pulumi/azure-native/authorization/getRoleDefinition";
import { getDiagnosticSetting } from "@pulumi/azure-native/monitor/getDiagnosticSetting";
import { getResourceGroup } from "@pulumi/azure-native/resources/getResourceGroup";
import { getBlobContainer } from "@pulumi/azure-native/storage/getBlobContainer";
import { getBlobServiceProperties } from "@pulumi/azure-native/storage/getBlobServiceProperties";
import { getManagementPolicy } from "@pulumi/azure-native/storage/getManagementPolicy";
import { getStorageAccount } from "@pulumi/azure-native/storage/getStorageAccount";
import type * as pulumi from "@pulumi/pulumi";
import type { Finding } from "../../review/verdict";
import { refuseForeignGroup, stackOwner } from "../backup/owner";
import { readiness } from "../findings";
import { wornBy } from "../memory/outside";
import type { Remembered } from "../memory/remembered";
import { type Problem, type Settings, SettingsError } from "../settings/settings";
import { judgeAccount } from "./accountRules";
import { lookAtForeign, lookAtRole, lookAtSubnet } from "./foreign";
import {
  type ArchivePlace,
  accountNameFor,
  archiveDiagnostics,
  archiveIds,
  archiveLock,
  archiveNames,
  archivePlace,
  needsStorageEndpoint,
  roleArguments,
  wantedPolicy,
} from "./plan";
import { assignmentName, roleFor } from "./rights";
import { type ArchiveQuestion, type ExistingArchive, type Looked, look, seenAccount } from "./seen";

/** Where nothing can be there yet, or nobody can be asked. */
export function unseenArchive({
  settings,
  remembered,
  subscriptionId,
}: Omit<ArchiveQuestion, "component">): ExistingArchive {
  return {
    place: archivePlace(settings, ownAccount(settings, remembered, subscriptionId)),
    adopt: {},
    assignments: {},
    containerIsTheirs: false,
    policy: wantedPolicy(settings.archive),
    worn: [],
    findings: [],
  };
}

/** The name that the ledger knows; else the one that this stack always comes to. */
function ownAccount(settings: Settings, { ledger }: Remembered, subscriptionId: string | undefined): string {
  const before = ledger?.archive?.account;
  return before === undefined || before.startsWith("/")
    ? accountNameFor(settings, { owner: stackOwner(), subscriptionId })
    : before;
}

/**
 * Looks at the archive's account and what belongs to it. Throws a SettingsError where its resource group is another
 * stack's, for every change that Azure would refuse, and for an account or role of somebody else's that is no archive's.
 */
export async function findExistingArchive(
  question: ArchiveQuestion,
  opts: pulumi.InvokeOptions,
): Promise<ExistingArchive> {
  const { settings, remembered, subscriptionId } = question;
  const before = unseenArchive(question);
  if (!settings.archive.enabled) return { ...before, findings: leftStanding(remembered) };
  if (subscriptionId === undefined) return before;
  const lookAtAccount = settings.archive.accountId === undefined ? lookAtOwn : lookAtForeign;
  const [judged, role, subnet] = await Promise.all([
    lookAtAccount(question, before, subscriptionId, opts),
    lookAtRole(settings, subscriptionId, opts),
    lookAtSubnet(question, subscriptionId, opts),
  ]);
  const problems = [...judged.problems, ...role.problems, ...subnet.problems];
  if (problems.length > 0) throw new SettingsError(problems, settings.name);
  return {
    ...judged.existing,
    assignments: await lookAtAssignments(question, before.place, subscriptionId, opts),
    findings: [...judged.existing.findings, ...role.findings, ...subnet.findings],
  };
}

async function lookAtOwn(
  { component, settings, remembered }: ArchiveQuestion,
  before: ExistingArchive,
  subscriptionId: string,
  opts: pulumi.InvokeOptions,
): Promise<Looked> {
  const { parts, ledger } = remembered;
  const { resourceGroupName, accountName, containerName } = before.place;
  const ids = archiveIds(before.place, subscriptionId);
  const inAccount = { resourceGroupName, accountName };
  const missing = (part: string): boolean => !parts.has(`archive-${part}`);
  const { roleDefinitionId, scope } = roleArguments(settings, ids.group, { owner: stackOwner(), subscriptionId });
  const [group, account, role, lock] = await Promise.all([
    missing("group") ? look(() => getResourceGroup({ resourceGroupName }, opts)) : undefined,
    look(() => getStorageAccount(inAccount, opts)),
    settings.archive.roleDefinitionId === undefined && missing("role")
      ? look(() => getRoleDefinition({ roleDefinitionId, scope }, opts))
      : undefined,
    settings.locks.archive && missing("lock")
      ? look(() => getManagementLockAtResourceGroupLevel({ resourceGroupName, lockName: archiveLock.lockName }, opts))
      : undefined,
  ]);
  if (group !== undefined) refuseForeignGroup(settings, group, { what: "archive", takenOver: "its archive" });
  const [blobs, container, lifecycle, diagnostics] =
    account === undefined
      ? []
      : await Promise.all([
          look(() => getBlobServiceProperties({ ...inAccount, blobServicesName: "default" }, opts)),
          look(() => getBlobContainer({ ...inAccount, containerName }, opts)),
          missing("lifecycle")
            ? look(() =>
                getManagementPolicy({ ...inAccount, managementPolicyName: archiveNames(settings).lifecycle }, opts),
              )
            : undefined,
          settings.logAnalyticsWorkspaceId !== undefined && missing("diagnostics")
            ? look(() =>
                getDiagnosticSetting(
                  { resourceUri: `${ids.account}/blobServices/default`, name: archiveDiagnostics.name },
                  opts,
                ),
              )
            : undefined,
        ]);
  const gone: Problem[] = [];
  if (account === undefined && !missing("account")) gone.push(missingPart(component, "account", accountName));
  else if (container === undefined && !missing("container"))
    gone.push(missingPart(component, "container", containerName));
  const judged = judgeAccount({
    location: settings.location,
    archive: settings.archive,
    account: account === undefined ? undefined : seenAccount(accountName, account, blobs?.isVersioningEnabled),
    asked: ledger?.archive,
  });
  const adopted = (
    [
      ["group", group],
      ["account", account],
      ["container", container],
      ["lifecycle", lifecycle],
      ["role", role],
      ["lock", lock],
      ["diagnostics", diagnostics],
    ] as const
  ).flatMap(([part, there]) => (there === undefined || !missing(part) ? [] : [[part, there] as const]));
  const adopts = adopted.some(([part]) => part === "account");
  return {
    problems: gone.length > 0 ? gone : judged.problems,
    existing: {
      ...before,
      adopt: Object.fromEntries(adopted.map(([part, { id }]) => [part, id])),
      policy: judged.policy,
      worn: adopted.map(([part, there]) => [`archive-${part}`, wornBy({ ...there })] as const),
      findings: [
        ...(adopts
          ? [
              adoptedAgain(
                accountName,
                needsStorageEndpoint(settings) && settings.network.kind === "new" && !parts.has("network-subnet"),
              ),
            ]
          : []),
        ...judged.findings,
      ],
    },
  };
}

/** @param subnetIsNew Azure has forgotten the old one, which the account let in */
function adoptedAgain(name: string, subnetIsNew: boolean): Finding {
  const cause =
    "it outlives the servers; Azure would refuse to make it again, and what is adopted is changed by the next run only";
  return subnetIsNew
    ? readiness("archive-adopted", "warning", "archive", {
        title: `the archive ${name} of an earlier life of this stack is adopted as it is; the servers reach it after the next up`,
        cause: `${cause}. With a subnet Azure forgets that an account lets it in`,
        next: "run up once more",
      })
    : readiness("archive-adopted", "info", "archive", {
        title: `the archive ${name} of an earlier life of this stack is adopted as it is`,
        cause,
        next: "run up once more, if the settings differ from it",
      });
}

function missingPart(component: string, part: "account" | "container", shown: string): Problem {
  return {
    path: "archive",
    problem: `the ${part} ${shown}, which this stack made, is not there any more: it was deleted`,
    write:
      part === "account"
        ? `the settings as they are, once it is back (the portal recovers a deleted account for 14 days, under Storage accounts, Restore deleted account); to begin anew without its collections: pulumi refresh --target '**::${component}-archive-*', then up`
        : `the settings as they are, once it is back (az storage container restore, for 30 days); to begin anew without its collections: pulumi refresh --target '**::${component}-archive-container', then up`,
  };
}

function leftStanding({ ledger }: Remembered): readonly Finding[] {
  const left = ledger?.archive;
  if (left === undefined) return [];
  return [
    readiness("archive-left", "info", "archive", {
      title: `the archive ${left.account} (container ${left.container}) stays in Azure; no server adds to it any more`,
      cause: "archive.enabled is not true",
      next: "archive.enabled: true takes it up again; how to get rid of it: docs/archive.md",
    }),
  ];
}

/** Kept where a lock on the group refused its deletion, or made by hand under our name. */
async function lookAtAssignments(
  { settings, remembered }: ArchiveQuestion,
  place: ArchivePlace,
  subscriptionId: string,
  opts: pulumi.InvokeOptions,
): Promise<Readonly<Record<number, string>>> {
  const scope = archiveIds(place, subscriptionId).container;
  const role = roleFor(settings, place, subscriptionId);
  const looked = await Promise.all(
    settings.generations.map(async ({ generation, role: declared }) => {
      const principalId = remembered.generations[generation]?.principalId;
      if (
        declared !== "passive" ||
        principalId === undefined ||
        remembered.parts.has(`g${generation}-archive-assignment`)
      )
        return [];
      const roleAssignmentName = assignmentName(scope, principalId, role);
      const there = await look(() => getRoleAssignment({ scope, roleAssignmentName }, opts));
      return there === undefined ? [] : [[generation, there.id] as const];
    }),
  );
  return Object.fromEntries(looked.flat());
}
