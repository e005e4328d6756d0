import * as authorization from "@pulumi/azure-native/authorization";
import * as monitor from "@pulumi/azure-native/monitor";
import * as resources from "@pulumi/azure-native/resources";
import * as storage from "@pulumi/azure-native/storage";
import * as pulumi from "@pulumi/pulumi";
import { ownerTag, stackOwner } from "../backup/owner";
import type { Settings } from "../settings/settings";
import { privateWay } from "./endpoint";
import {
  accountNetwork,
  accountProperties,
  archiveDiagnostics,
  archiveIds,
  archiveLock,
  archiveNames,
  blobServiceProperties,
  doorsOf,
  hasPrivateEndpoint,
  lifecycleRules,
  roleArguments,
  roleIdOf,
} from "./plan";
import type { ArchiveScope } from "./rights";
import type { AdoptedPart, ExistingArchive } from "./seen";

export interface ArchiveArgs {
  readonly structure: Settings;
  readonly settings: pulumi.Output<Settings>;
  readonly existing: ExistingArchive;
  /** Undefined only in a preview whose provider is still to be configured. */
  readonly subscriptionId: string | undefined;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly subnetId: pulumi.Output<string>;
  /** Absent with an existing subnet. */
  readonly virtualNetworkId?: pulumi.Output<string>;
  /** Whether the subnet has its way to the account, or gets it in this run. */
  readonly subnetIsReady: boolean;
  /** While a generation is active, nothing in the shared network changes unless the settings acknowledge it. */
  readonly untouched: boolean;
  readonly standsUnderActive: boolean;
  readonly holds: (part: string) => boolean;
}

/** What Azure adds to the body: an adopted one has it among its inputs, and nothing of ours takes it away. */
const filledIn = {
  account: ["networkRuleSet.virtualNetworkRules[*].state", "sku.tier"],
  diagnostics: ["metrics"],
  container: ["immutableStorageWithVersioning", "defaultEncryptionScope", "denyEncryptionScopeOverride"],
};

/**
 * The archive of one server's configuration: a storage account whose blobs are immutable for a time, in a resource group of
 * its own, or a container in an account that the settings name, and the role by which servers may add to it and do nothing
 * else. All of it is retained but the way through the servers' network: destroying the stack or retiring a generation never
 * deletes a collection, and the next `up` adopts what it finds.
 */
export class Archive extends pulumi.ComponentResource {
  readonly scope: ArchiveScope;
  /** What carries the servers' uploads in their own network: none of it may go before the guard has passed. */
  readonly members: readonly pulumi.Resource[];

  constructor(
    private readonly name: string,
    private readonly args: ArchiveArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("entra-connect:archive:Archive", name, {}, opts);
    const { accountId } = args.structure.archive;
    const made = accountId === undefined ? this.ownAccount() : this.inForeignAccount();
    this.members = made.members;
    const role = this.role(made.groupId, made.group);
    this.scope = {
      containerId: made.containerId,
      roleId: role.id,
      after: [...made.container, ...role.resources],
    };
    this.registerOutputs({ containerId: made.containerId });
  }

  private ownAccount() {
    const { structure, settings, existing, subscriptionId } = this.args;
    const { resourceGroupName, accountName } = existing.place;
    const { location } = structure;
    const tags = settings.apply((known) => ({ ...known.tags, [ownerTag]: stackOwner() }));
    const group = new resources.ResourceGroup(
      `${this.name}-group`,
      { resourceGroupName, location, tags },
      this.kept("group"),
    );
    const network = pulumi
      .all([settings, this.args.subnetId])
      .apply(([known, subnetId]) =>
        accountNetwork(doorsOf(known, subnetId, this.args.subnetIsReady), structure.archive.reach),
      );
    const account = new storage.StorageAccount(
      `${this.name}-account`,
      {
        resourceGroupName: group.name,
        accountName,
        location,
        tags,
        ...accountProperties(structure, existing.policy),
        publicNetworkAccess: network.apply(({ publicNetworkAccess }) => publicNetworkAccess),
        networkRuleSet: network.apply(({ networkRuleSet }) => networkRuleSet),
      },
      // The policy is never among what is ignored: an update sends the whole body, and what the state remembers of the policy
      // would undo what others made stricter since.
      this.kept("account", filledIn.account),
    );
    const inAccount = { resourceGroupName: group.name, accountName: account.name };
    const blobs = new storage.BlobServiceProperties(
      `${this.name}-blobs`,
      { ...inAccount, ...blobServiceProperties },
      { parent: this, retainOnDelete: true },
    );
    const container = this.container(inAccount, [blobs]);
    const lifecycle = new storage.ManagementPolicy(
      `${this.name}-lifecycle`,
      {
        ...inAccount,
        managementPolicyName: archiveNames(structure).lifecycle,
        policy: { rules: lifecycleRules(structure) },
      },
      { ...this.kept("lifecycle"), dependsOn: [blobs] },
    );
    if (structure.logAnalyticsWorkspaceId !== undefined) this.diagnostics(account, blobs);
    if (structure.locks.archive)
      new authorization.ManagementLockAtResourceGroupLevel(
        `${this.name}-lock`,
        { resourceGroupName: group.name, ...archiveLock },
        // Behind everything in the group; whoever is not allowed to set locks has the archive at least.
        { ...this.kept("lock"), dependsOn: [container, lifecycle] },
      );
    const way =
      hasPrivateEndpoint(structure) && (!this.args.untouched || this.args.holds("archive-endpoint"))
        ? privateWay(this.name, { ...this.args, accountId: account.id }, this)
        : [];
    const ids = subscriptionId === undefined ? undefined : archiveIds(existing.place, subscriptionId);
    return {
      group: [group],
      // Known in a preview too; what hangs on it waits for it all the same.
      groupId: ids === undefined ? group.id : pulumi.output(ids.group),
      containerId: ids === undefined ? container.id : pulumi.output(ids.container),
      container: [container],
      members: way,
    };
  }

  /** In an account of somebody else's only the container is ours, and not even that where it was there before. */
  private inForeignAccount() {
    const { existing, subscriptionId = "" } = this.args;
    const { resourceGroupName, accountName } = existing.place;
    const ids = archiveIds(existing.place, subscriptionId);
    const container = existing.containerIsTheirs ? [] : [this.container({ resourceGroupName, accountName }, [])];
    return {
      group: [],
      groupId: pulumi.output(ids.group),
      containerId: pulumi.output(ids.container),
      container,
      members: [],
    };
  }

  private container(
    inAccount: { resourceGroupName: pulumi.Input<string>; accountName: pulumi.Input<string> },
    after: pulumi.Resource[],
  ): storage.BlobContainer {
    return new storage.BlobContainer(
      `${this.name}-container`,
      { ...inAccount, containerName: this.args.existing.place.containerName, publicAccess: "None" },
      { ...this.kept("container", filledIn.container), dependsOn: after },
    );
  }

  private role(groupId: pulumi.Output<string>, after: readonly pulumi.Resource[]) {
    const { structure, settings, subscriptionId } = this.args;
    if (structure.archive.roleDefinitionId !== undefined)
      return { id: settings.apply((known) => known.archive.roleDefinitionId ?? ""), resources: [] };
    const plan = groupId.apply((group) => roleArguments(structure, group, { owner: stackOwner(), subscriptionId }));
    const role = new authorization.RoleDefinition(
      `${this.name}-role`,
      {
        scope: plan.scope,
        roleDefinitionId: plan.roleDefinitionId,
        roleName: plan.roleName,
        roleType: plan.roleType,
        description: plan.description,
        assignableScopes: plan.assignableScopes,
        permissions: plan.permissions,
      },
      // One that is adopted has its scope spelled as the provider reads it from the id.
      { ...this.kept("role", ["scope"]), dependsOn: [...after] },
    );
    return {
      id:
        subscriptionId === undefined ? role.id : plan.roleDefinitionId.apply((guid) => roleIdOf(subscriptionId, guid)),
      resources: [role],
    };
  }

  private diagnostics(account: storage.StorageAccount, blobs: pulumi.Resource): void {
    const { structure, settings } = this.args;
    new monitor.DiagnosticSetting(
      `${this.name}-diagnostics`,
      {
        name: archiveDiagnostics.name,
        resourceUri: pulumi.interpolate`${account.id}/blobServices/default`,
        workspaceId: settings.apply((known) => known.logAnalyticsWorkspaceId ?? ""),
        logs: archiveDiagnostics.categories.map((category) => ({ category, enabled: true })),
      },
      {
        ...this.kept("diagnostics", ["resourceUri", ...filledIn.diagnostics]),
        // Under the lock nothing in the group can be deleted, this included.
        retainOnDelete: structure.locks.archive,
        dependsOn: [blobs],
      },
    );
  }

  /** What is adopted is so as it is: the next run applies the settings, and no import fails for what Azure filled in. */
  private kept(part: AdoptedPart, ignoreChanges: string[] = []): pulumi.CustomResourceOptions {
    const id = this.args.existing.adopt[part];
    return {
      parent: this,
      retainOnDelete: true,
      import: id,
      ignoreChanges: id === undefined ? ignoreChanges : ["*"],
    };
  }
}
