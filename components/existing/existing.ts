import { getDiskEncryptionSet } from "@pulumi/azure-native/compute/getDiskEncryptionSet";
import { getActionGroup } from "@pulumi/azure-native/monitor/getActionGroup";
import { getWorkspace } from "@pulumi/azure-native/operationalinsights/getWorkspace";
import { getProtectionPolicy } from "@pulumi/azure-native/recoveryservices/getProtectionPolicy";
import { getVault } from "@pulumi/azure-native/recoveryservices/getVault";
import { getResourceGroup } from "@pulumi/azure-native/resources/getResourceGroup";
import type * as pulumi from "@pulumi/pulumi";
import { found, mayNotRead } from "../memory/lookup";
import { standing } from "../memory/remembered";
import { recordOf, textOf } from "../memory/stackState";
import type { Question } from "../memory/transitions";
import { parseResourceId, type ResourceId, sameId } from "../settings/resourceId";
import type { Settings } from "../settings/settings";
import { type FoundThings, type Judgement, judgeExisting, type Looked } from "./judge";

interface ExistingQuestion {
  readonly settings: Settings;
  /** Names of settings whose value another resource still has to give: in a preview they are not looked for. */
  readonly unknown: ReadonlySet<string>;
  /** Generations whose disk is encrypted already, or will never be: of those nothing is looked for. */
  readonly built: ReadonlySet<number>;
  readonly subscriptionId: string | undefined;
}

/** Reads what the settings name, before the first resource, and holds it to what this server needs. */
export async function judgedExisting(
  { settings, remembered, identity }: Pick<Question, "settings" | "remembered" | "identity">,
  unknown: ReadonlySet<string>,
  asked: pulumi.InvokeOptions,
): Promise<Judgement> {
  const { subscriptionId } = identity;
  const before = remembered.ledger?.subscriptionId;
  // Signed in to another subscription than the server's: that is refused elsewhere, and nothing here is evidence.
  if (before !== undefined && before.toLowerCase() !== subscriptionId?.toLowerCase())
    return { problems: [], findings: [] };
  const built = new Set(standing(remembered));
  const found = await lookAtExisting({ settings, unknown, built, subscriptionId }, asked);
  return judgeExisting(settings, found, subscriptionId ?? "");
}

async function lookAtExisting(question: ExistingQuestion, asked: pulumi.InvokeOptions): Promise<FoundThings> {
  const { settings, unknown, built, subscriptionId } = question;
  const { backup, resourceGroupName, logAnalyticsWorkspaceId, monitoring } = settings;

  /** In the provider's own subscription: it looks into no other. */
  const byId = <T>(
    setting: string,
    id: string | undefined,
    look: (id: ResourceId) => Promise<unknown>,
    read: (answer: Readonly<Record<string, unknown>>) => T,
  ): Promise<Looked<T>> | undefined => {
    const parsed = id === undefined || unknown.has(setting) ? undefined : parseResourceId(id);
    if (parsed === undefined || subscriptionId === undefined) return undefined;
    if (parsed.subscriptionId.toLowerCase() !== subscriptionId.toLowerCase())
      return Promise.resolve({ kind: "elsewhere", subscriptionId: parsed.subscriptionId });
    return looked(() => look(parsed), read);
  };
  const place = ({ location }: Readonly<Record<string, unknown>>) => ({ location: textOf(location) });
  const name = ({ names }: ResourceId, level = 0): string => names[level] ?? "";

  const enabled = backup.enabled ? backup : undefined;
  const workspaceOf = (setting: string, workspaceId: string | undefined) =>
    byId(
      setting,
      workspaceId,
      (id) => getWorkspace({ resourceGroupName: id.resourceGroupName, workspaceName: name(id) }, asked),
      place,
    );
  // One that is named twice is looked for once.
  const ofMonitoring = sameId(monitoring?.workspaceId, logAnalyticsWorkspaceId) ? undefined : monitoring?.workspaceId;
  const [actionGroups, watching, resourceGroup, vault, policy, workspace, ...sets] = await Promise.all([
    Promise.all(
      (monitoring?.notify.actionGroupIds ?? []).map(async (given) => {
        const looked = await byId(
          "actionGroupIds",
          given,
          (id) => getActionGroup({ resourceGroupName: id.resourceGroupName, actionGroupName: name(id) }, asked),
          () => ({}),
        );
        return looked === undefined ? [] : [looked];
      }),
    ),
    workspaceOf("workspaceId", ofMonitoring),
    resourceGroupName === undefined || unknown.has("resourceGroupName")
      ? undefined
      : looked(
          () => getResourceGroup({ resourceGroupName }, asked),
          ({ properties, managedBy }) => ({
            provisioningState: textOf(recordOf(properties).provisioningState),
            managedBy: textOf(managedBy),
          }),
        ),
    byId(
      "vaultId",
      enabled?.vaultId,
      (id) => getVault({ resourceGroupName: id.resourceGroupName, vaultName: name(id) }, asked),
      place,
    ),
    byId(
      "policyId",
      enabled?.policyId,
      (id) =>
        getProtectionPolicy(
          { resourceGroupName: id.resourceGroupName, vaultName: name(id), policyName: name(id, 1) },
          asked,
        ),
      ({ properties }) => {
        const { backupManagementType, policyType, schedulePolicy } = recordOf(properties);
        return {
          backupManagementType: textOf(backupManagementType),
          policyType: textOf(policyType),
          scheduleRunFrequency: textOf(recordOf(schedulePolicy).scheduleRunFrequency),
        };
      },
    ),
    workspaceOf("logAnalyticsWorkspaceId", logAnalyticsWorkspaceId),
    ...settings.generations
      .filter(({ generation }) => !built.has(generation))
      .map(async ({ generation, diskEncryptionSetId }) => {
        const set = await byId(
          "diskEncryptionSetId",
          diskEncryptionSetId,
          (id) =>
            getDiskEncryptionSet({ resourceGroupName: id.resourceGroupName, diskEncryptionSetName: name(id) }, asked),
          (answer) => ({ ...place(answer), encryptionType: textOf(answer.encryptionType) }),
        );
        return set === undefined ? [] : [[generation, set] as const];
      }),
  ]);
  const watched = monitoring?.workspaceId === undefined ? undefined : (watching ?? workspace);
  return {
    resourceGroup,
    vault,
    policy,
    workspace,
    watchingWorkspace: watched,
    actionGroups: actionGroups.flat(),
    diskEncryptionSets: Object.fromEntries(sets.flat()),
  };
}

/** Whoever builds here need not be allowed to read what another team owns: that is told, and no reason to stop. */
async function looked<T>(
  look: () => Promise<unknown>,
  read: (answer: Readonly<Record<string, unknown>>) => T,
): Promise<Looked<T>> {
  try {
    const answer = await found(look);
    return answer === undefined ? { kind: "absent" } : { kind: "found", is: read(recordOf(answer)) };
  } catch (error) {
    if (!mayNotRead(error)) throw error;
    return { kind: "unread", why: "AuthorizationFailed" };
  }
}
