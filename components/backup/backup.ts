import * as authorization from "@pulumi/azure-native/authorization";
import * as monitor from "@pulumi/azure-native/monitor";
import * as recoveryservices from "@pulumi/azure-native/recoveryservices";
import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";
import { protectedItemName } from "../../review/posture/ownNames";
import type { Treatment } from "../server/members";
import type { GenerationSettings, Settings } from "../settings/settings";
import type { ExistingBackup } from "./existing";
import { ownerTag, stackOwner } from "./owner";
import {
  backupLock,
  backupNames,
  diagnosticsName,
  itemBodies,
  machineId,
  policyProperties,
  protectedItemNames,
  vaultPlace,
  vaultProperties,
} from "./plan";
import type { VaultProperties } from "./vaultRules";

export interface BackupArgs {
  readonly structure: Settings;
  readonly settings: pulumi.Output<Settings>;
  readonly existing: ExistingBackup;
  /** Subscription of the machines. */
  readonly subscriptionId?: string;
}

/**
 * The vault of one server, in a resource group of its own, or the one that the settings name, and the protected item of
 * every machine that this stack has or had. Everything here is retained: destroying the stack or retiring a generation
 * never deletes recovery points, and the next `up` adopts what it finds.
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
    const { properties } = args.existing;
    if (args.structure.backup.vaultId === undefined) {
      const own = this.ownVault(properties);
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

  private ownVault(properties: VaultProperties) {
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
        properties: vaultProperties(structure, properties),
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

  /**
   * Protects one generation's machine, once it is proven: nothing unproven is worth a recovery point. Its item is a child
   * of the backup, not of the server: it stays where it is when the server goes.
   */
  protect(
    { generation }: GenerationSettings,
    treatment: Treatment,
    machine: pulumi.Input<string>,
    after: pulumi.Resource,
  ): void {
    const { adopt, body } = this.args.existing.written[generation] ?? { body: "protect" };
    this.item(
      generation,
      body === "undelete" ? itemBodies.undelete(machine) : itemBodies.protect(this.policyId, machine),
      {
        dependsOn: [...this.after, after],
        import: adopt,
        ignoreChanges: treatment === "acting" ? [] : ["*"],
      },
    );
  }

  /**
   * What is left of generations whose block is no longer written. It depends on nothing of theirs, so that it neither
   * waits for their guard nor goes with them; the run after the guard has passed stops the protection.
   */
  keepRetired(): void {
    const { structure, existing, subscriptionId } = this.args;
    if (subscriptionId === undefined) return;
    for (const { generation, adopt, body } of existing.retired)
      this.item(generation, itemBodies.stop(machineId(structure, subscriptionId, generation)), {
        import: adopt,
        ignoreChanges: body === "stop" ? [] : ["*"],
      });
  }

  private item(
    generation: number,
    properties: recoveryservices.ProtectedItemArgs["properties"],
    opts: pulumi.CustomResourceOptions,
  ): void {
    const { settings } = this.args;
    const place = settings.apply(vaultPlace);
    const names = settings.apply((known) => protectedItemNames(known, generation));
    new recoveryservices.ProtectedItem(
      // Begins with its parent's name, so that a renamed component's aliases reach it too.
      protectedItemName(this.name, generation),
      {
        resourceGroupName: place.resourceGroupName,
        vaultName: place.vaultName,
        fabricName: "Azure",
        containerName: names.container,
        protectedItemName: names.item,
        properties,
      },
      pulumi.mergeOptions(
        // Made of group and machine, which do not change; one that is adopted has them as they were spelled then.
        { parent: this, retainOnDelete: true, ignoreChanges: ["containerName", "protectedItemName"] },
        opts,
      ),
    );
  }
}
