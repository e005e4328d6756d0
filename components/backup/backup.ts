import * as authorization from "@pulumi/azure-native/authorization";
import * as monitor from "@pulumi/azure-native/monitor";
import * as recoveryservices from "@pulumi/azure-native/recoveryservices";
import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";
import type { Treatment } from "../server/members";
import type { GenerationSettings, Settings } from "../settings/settings";
import type { ExistingBackup } from "./existing";
import { ownerTag, stackOwner } from "./owner";
import {
  backupLock,
  backupNames,
  diagnosticsName,
  policyProperties,
  protectedItemNames,
  vaultPlace,
  vaultProperties,
} from "./plan";

export interface BackupArgs {
  readonly structure: Settings;
  readonly settings: pulumi.Output<Settings>;
  readonly existing: ExistingBackup;
}

/**
 * The vault of one server, in a resource group of its own, or the one that the settings name. Everything here is
 * retained: destroying the stack or retiring a generation never deletes recovery points, and the next `up` adopts what
 * it finds.
 */
export class Backup extends pulumi.ComponentResource {
  readonly vaultId: pulumi.Output<string>;
  private readonly policyId: pulumi.Output<string>;
  private readonly after: readonly pulumi.Resource[];

  constructor(
    private readonly name: string,
    private readonly args: BackupArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("entra-connect:backup:Backup", name, {}, opts);
    if (args.structure.backup.vaultId === undefined) {
      const own = this.ownVault();
      this.vaultId = own.vault.id;
      this.policyId = own.policy.id;
      this.after = [own.policy];
    } else {
      this.vaultId = args.settings.apply((known) => known.backup.vaultId ?? "");
      this.policyId = args.settings.apply((known) => known.backup.policyId ?? "");
      this.after = [];
    }
    this.registerOutputs({ vaultId: this.vaultId });
  }

  private kept(id: string | undefined): pulumi.CustomResourceOptions {
    return { parent: this, retainOnDelete: true, import: id };
  }

  private ownVault() {
    const { structure, settings, existing } = this.args;
    const names = backupNames(structure);
    const { location } = structure;
    const tags = settings.apply((known) => ({ ...known.tags, [ownerTag]: stackOwner() }));
    const group = new resources.ResourceGroup(
      `${this.name}-group`,
      { resourceGroupName: names.resourceGroup, location, tags },
      this.kept(existing.resourceGroup),
    );
    const vault = new recoveryservices.Vault(
      `${this.name}-vault`,
      {
        resourceGroupName: group.name,
        vaultName: names.vault,
        location,
        tags,
        sku: { name: recoveryservices.SkuName.RS0, tier: "Standard" },
        identity: { type: "SystemAssigned" },
        properties: vaultProperties(structure),
      },
      this.kept(existing.vault),
    );
    const { schedulePolicy, retentionPolicy, ...policyRest } = policyProperties(structure);
    const policy = new recoveryservices.ProtectionPolicy(
      `${this.name}-policy`,
      {
        resourceGroupName: group.name,
        vaultName: vault.name,
        policyName: names.policy,
        properties: {
          ...policyRest,
          schedulePolicy: {
            ...schedulePolicy,
            dailySchedule: { scheduleRunTimes: [...schedulePolicy.dailySchedule.scheduleRunTimes] },
          },
          retentionPolicy: {
            ...retentionPolicy,
            dailySchedule: {
              ...retentionPolicy.dailySchedule,
              retentionTimes: [...retentionPolicy.dailySchedule.retentionTimes],
            },
          },
        },
      },
      // Azure counts the items in it; a refresh would make an input of that.
      { ...this.kept(existing.policy), ignoreChanges: ["properties.protectedItemsCount"] },
    );
    if (structure.locks.backup)
      new authorization.ManagementLockAtResourceGroupLevel(
        `${this.name}-lock`,
        { resourceGroupName: group.name, ...backupLock },
        // Behind everything in the group; whoever is not allowed to set locks has the backup at least.
        { ...this.kept(existing.lock), dependsOn: [policy] },
      );
    if (structure.logAnalyticsWorkspaceId !== undefined)
      new monitor.DiagnosticSetting(
        `${this.name}-diagnostics`,
        {
          name: diagnosticsName,
          resourceUri: vault.id,
          workspaceId: settings.apply((known) => known.logAnalyticsWorkspaceId ?? ""),
          logAnalyticsDestinationType: "Dedicated",
          logs: [{ categoryGroup: "allLogs", enabled: true }],
        },
        {
          ...this.kept(existing.diagnostics),
          // Under the lock nothing in the group can be deleted, this included.
          retainOnDelete: structure.locks.backup,
          // One that is adopted comes with what Azure fills in, and with its scope spelled as the provider reads it from the id.
          ignoreChanges: ["resourceUri", ...(existing.diagnostics === undefined ? [] : ["logs", "metrics"])],
        },
      );
    return { vault, policy };
  }

  /** Protects one generation's machine, once it is proven: nothing unproven is worth a recovery point. */
  protect(
    base: string,
    { generation }: GenerationSettings,
    treatment: Treatment,
    machineId: pulumi.Input<string>,
    after: pulumi.Resource,
    parent: pulumi.Resource,
  ): recoveryservices.ProtectedItem {
    const { settings, existing } = this.args;
    const place = settings.apply(vaultPlace);
    const names = settings.apply((known) => protectedItemNames(known, generation));
    return new recoveryservices.ProtectedItem(
      // Named after its parent, so that a renamed component's aliases reach it too.
      `${base}-protected-item`,
      {
        resourceGroupName: place.resourceGroupName,
        vaultName: place.vaultName,
        fabricName: "Azure",
        containerName: names.container,
        protectedItemName: names.item,
        properties: {
          protectedItemType: "Microsoft.Compute/virtualMachines",
          policyId: this.policyId,
          sourceResourceId: machineId,
        },
      },
      {
        parent,
        dependsOn: [...this.after, after],
        retainOnDelete: true,
        import: existing.protectedItems[generation],
        ignoreChanges: treatment === "acting" ? [] : ["*"],
      },
    );
  }
}
