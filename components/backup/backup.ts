import * as recoveryservices from "@pulumi/azure-native/recoveryservices";
import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";
import { ownerTag, stackOwner } from "../settings/owner";
import type { Settings } from "../settings/settings";
import type { ExistingBackup } from "./existing";
import { backupNames, policyProperties, protectedItemNames, vaultProperties } from "./plan";

export interface BackupArgs {
  readonly settings: Settings;
  readonly existing: ExistingBackup;
}

/**
 * The vault of one server, in a resource group of its own. Everything here is retained: destroying the stack or
 * retiring a generation never deletes recovery points, and the next `up` adopts what it finds.
 */
export class Backup extends pulumi.ComponentResource {
  readonly vaultId: pulumi.Output<string>;
  private readonly made: pulumi.Output<string>[] = [];
  private readonly resourceGroupName: pulumi.Output<string>;
  private readonly vaultName: pulumi.Output<string>;
  private readonly policyId: pulumi.Output<string>;

  constructor(
    private readonly name: string,
    private readonly args: BackupArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("entra-connect:backup:Backup", name, {}, opts);
    const { settings, existing } = args;
    const names = backupNames(settings);
    const { location } = settings;
    const tags = { ...settings.tags, [ownerTag]: stackOwner() };
    const kept = (id: string | undefined): pulumi.CustomResourceOptions => ({
      parent: this,
      retainOnDelete: true,
      import: id,
    });

    const group = new resources.ResourceGroup(
      `${name}-group`,
      { resourceGroupName: names.resourceGroup, location, tags },
      kept(existing.resourceGroup),
    );
    const vault = new recoveryservices.Vault(
      `${name}-vault`,
      {
        resourceGroupName: group.name,
        vaultName: names.vault,
        location,
        tags,
        sku: { name: recoveryservices.SkuName.RS0, tier: "Standard" },
        identity: { type: "SystemAssigned" },
        properties: vaultProperties(settings),
      },
      kept(existing.vault),
    );
    const { schedulePolicy, retentionPolicy, ...policyRest } = policyProperties(settings);
    const policy = new recoveryservices.ProtectionPolicy(
      `${name}-policy`,
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
      kept(existing.policy),
    );
    this.vaultId = vault.id;
    this.resourceGroupName = group.name;
    this.vaultName = vault.name;
    this.policyId = policy.id;
    this.made.push(group.id, vault.id, policy.id);
    this.registerOutputs({ vaultId: this.vaultId });
  }

  /** Protects one generation's machine, once it is proven: nothing unproven is worth a recovery point. */
  protect(
    generation: number,
    machineId: pulumi.Input<string>,
    after: pulumi.Resource,
    parent: pulumi.Resource,
  ): recoveryservices.ProtectedItem {
    const { settings, existing } = this.args;
    const { container, item } = protectedItemNames(settings, generation);
    const protectedItem = new recoveryservices.ProtectedItem(
      `${this.name}-g${generation}-protected-item`,
      {
        resourceGroupName: this.resourceGroupName,
        vaultName: this.vaultName,
        fabricName: "Azure",
        containerName: container,
        protectedItemName: item,
        properties: {
          protectedItemType: "Microsoft.Compute/virtualMachines",
          policyId: this.policyId,
          sourceResourceId: machineId,
        },
      },
      { parent, dependsOn: [after], retainOnDelete: true, import: existing.protectedItems[generation] },
    );
    this.made.push(protectedItem.id);
    return protectedItem;
  }

  /** For the stack's memory. */
  ids(): pulumi.Output<string[]> {
    return pulumi.all(this.made);
  }
}
