import { getRoleDefinition } from "@pulumi/azure-native/authorization/getRoleDefinition";
import { getSubnet } from "@pulumi/azure-native/network/getSubnet";
import { getBlobContainer } from "@pulumi/azure-native/storage/getBlobContainer";
import { getBlobServiceProperties } from "@pulumi/azure-native/storage/getBlobServiceProperties";
import { getStorageAccount } from "@pulumi/azure-native/storage/getStorageAccount";
import type * as pulumi from "@pulumi/pulumi";
import { stackOwner } from "../backup/owner";
import { readiness } from "../findings";
import { found, mayNotRead } from "../memory/lookup";
import { hasStorageEndpoint } from "../memory/remembered";
import { parseResourceId, sameId } from "../settings/resourceId";
import type { Settings } from "../settings/settings";
import { judgeForeign, judgeRole, type SeenPermission } from "./foreignRules";
import { archiveIds, needsStorageEndpoint, roleArguments } from "./plan";
import {
  type ArchiveQuestion,
  type ExistingArchive,
  type Judged,
  type Looked,
  look,
  nothing,
  notRead,
  seenAccount,
} from "./seen";

/** What somebody else made and the settings name: read, and held to what an archive needs. */

export async function lookAtForeign(
  { settings, remembered }: ArchiveQuestion,
  before: ExistingArchive,
  subscriptionId: string,
  opts: pulumi.InvokeOptions,
): Promise<Looked> {
  const { accountId = "" } = settings.archive;
  const refused = (problem: string, write: string): Looked => ({
    existing: before,
    problems: [{ path: "archive.accountId", problem, write }],
  });
  const elsewhere = parseResourceId(accountId)?.subscriptionId;
  if (!sameId(elsewhere, subscriptionId))
    return refused(
      `is in the subscription ${elsewhere}, and this run is signed in to ${subscriptionId}`,
      "an account of this subscription; or nothing, for one of our own",
    );
  const { resourceGroupName, accountName, containerName } = before.place;
  const inAccount = { resourceGroupName, accountName };
  const ids = archiveIds(before.place, subscriptionId);
  const { roleDefinitionId, scope } = roleArguments(settings, ids.group, { owner: stackOwner(), subscriptionId });
  const own = !remembered.parts.has("archive-role") && settings.archive.roleDefinitionId === undefined;
  try {
    const [account, blobs, container, role] = await Promise.all([
      look(() => getStorageAccount(inAccount, opts)),
      look(() => getBlobServiceProperties({ ...inAccount, blobServicesName: "default" }, opts)),
      look(() => getBlobContainer({ ...inAccount, containerName }, opts)),
      own ? look(() => getRoleDefinition({ roleDefinitionId, scope }, opts)) : undefined,
    ]);
    if (account === undefined)
      return refused(
        `there is no storage account ${accountName} in the resource group ${resourceGroupName}`,
        "the id of one that is there",
      );
    const seen = seenAccount(accountName, account, blobs?.isVersioningEnabled);
    const { existingSubnetId } = settings.network;
    const judged = judgeForeign({
      location: settings.location,
      account: seen,
      containerIsPublic: (container?.publicAccess ?? "None") !== "None",
      letsIn: existingSubnetId === undefined ? undefined : letsIn(account, existingSubnetId),
      subnetId: existingSubnetId ?? "<the servers' subnet>",
    });
    return {
      problems: judged.problems,
      existing: {
        ...before,
        adopt: role === undefined ? {} : { role: role.id },
        containerIsTheirs: container !== undefined && !remembered.parts.has("archive-container"),
        findings: judged.findings,
      },
    };
  } catch (error) {
    if (!mayNotRead(error)) throw error;
    return {
      problems: [],
      existing: { ...before, findings: [notRead("archive.accountId", accountId)] },
    };
  }
}

function letsIn(account: Awaited<ReturnType<typeof getStorageAccount>>, subnetId: string): boolean {
  const { defaultAction, virtualNetworkRules = [] } = account.networkRuleSet ?? {};
  if ((account.privateEndpointConnections ?? []).length > 0) return true;
  if (account.publicNetworkAccess === "Disabled") return false;
  return (
    defaultAction !== "Deny" || virtualNetworkRules.some((rule) => sameId(rule.virtualNetworkResourceId, subnetId))
  );
}

/** Of a role that the settings name. */
export async function lookAtRole(
  settings: Settings,
  subscriptionId: string,
  opts: pulumi.InvokeOptions,
): Promise<Judged> {
  const { roleDefinitionId } = settings.archive;
  if (roleDefinitionId === undefined) return nothing;
  const [, written = ""] =
    /^(.*)\/providers\/Microsoft\.Authorization\/roleDefinitions\//i.exec(roleDefinitionId) ?? [];
  const scope = written === "" ? `/subscriptions/${subscriptionId}` : written;
  const guid = roleDefinitionId.split("/").at(-1) ?? "";
  try {
    const role = await look(() => getRoleDefinition({ scope, roleDefinitionId: guid }, opts));
    if (role === undefined)
      return {
        findings: [],
        problems: [
          {
            path: "archive.roleDefinitionId",
            problem: `there is no role ${guid} in ${scope}`,
            write: "the id of one that is there; or nothing, for a role of our own",
          },
        ],
      };
    const permissions = (role.permissions ?? []).map(
      ({ actions, dataActions, notDataActions }): SeenPermission => ({
        actions: actions ?? [],
        dataActions: dataActions ?? [],
        notDataActions: notDataActions ?? [],
      }),
    );
    return { findings: [], problems: judgeRole(role.roleName ?? guid, permissions) };
  } catch (error) {
    if (!mayNotRead(error)) throw error;
    return { problems: [], findings: [notRead("archive.roleDefinitionId", roleDefinitionId)] };
  }
}

/** An existing subnet gets nothing from us, so it must have the service endpoint already. */
export async function lookAtSubnet(
  { settings, remembered }: ArchiveQuestion,
  subscriptionId: string,
  opts: pulumi.InvokeOptions,
): Promise<Judged> {
  const id = settings.network.existingSubnetId;
  if (id === undefined || !needsStorageEndpoint(settings)) return nothing;
  const {
    subscriptionId: its,
    resourceGroupName = "",
    names: [virtualNetworkName = "", subnetName = ""] = [],
  } = parseResourceId(id) ?? {};
  if (!sameId(its, subscriptionId)) return nothing;
  try {
    const subnet = await found(() => getSubnet({ resourceGroupName, virtualNetworkName, subnetName }, opts));
    if (subnet === undefined || hasStorageEndpoint(subnet)) return nothing;
    const [title, command] = [
      `the subnet ${subnetName} has no service endpoint for storage, so that no storage account can let it in`,
      `az network vnet subnet update --ids ${id} --service-endpoints ${[...(subnet.serviceEndpoints ?? []).map(({ service }) => service), "Microsoft.Storage"].join(" ")} (its owner; open connections to storage are interrupted once)`,
    ];
    if (remembered.parts.has("archive-account"))
      return {
        problems: [],
        findings: [
          readiness("archive-subnet-closed", "warning", "archive.reach", {
            title,
            cause: "somebody took it away: the servers' uploads are refused, and wait on the servers",
            next: command,
          }),
        ],
      };
    return {
      findings: [],
      problems: [{ path: "archive.reach", problem: title, write: `${command}; or reach: privateEndpoint` }],
    };
  } catch (error) {
    if (!mayNotRead(error)) throw error;
    return { problems: [], findings: [notRead("network.existingSubnetId", id)] };
  }
}
