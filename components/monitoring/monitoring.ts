import * as applicationinsights from "@pulumi/azure-native/applicationinsights";
import * as monitor from "@pulumi/azure-native/monitor";
import * as operationalinsights from "@pulumi/azure-native/operationalinsights";
import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";
import type { Chosen } from "../../review/alerts";
import { generationNames } from "../server/names";
import type { MonitoringSettings, Settings } from "../settings/settings";
import {
  actionGroupBody,
  activityAlertBody,
  collectedByHand,
  collectionBody,
  collectionByHand,
  emailReceivers,
  logRuleBody,
  madeFirst,
  messageProperties,
  metricAlertBody,
  monitoringNames,
  ruleName,
  workspaceBody,
} from "./plan";
import { stackPlan, type Watched, type WatchPlan, watchPlan } from "./servers";
import { workbookData, workbookName } from "./workbook";

export interface MonitoringArgs {
  readonly structure: Settings;
  readonly monitoring: MonitoringSettings;
  readonly settings: pulumi.Output<Settings>;
  readonly subscriptionId: string | undefined;
  /** Of a vault of our own. */
  readonly vaultId: pulumi.Output<string> | undefined;
}

/**
 * Workspace, receivers and alert rules of one server and of those beside it, in a resource group of its own: whoever looks after
 * alerts needs no right on the servers. The rules are children of this and never of a generation, so that they follow a role
 * without anything of an active server being touched.
 */
export class Monitoring extends pulumi.ComponentResource {
  readonly workspaceId: pulumi.Output<string>;
  private readonly resourceGroupName: pulumi.Output<string>;
  private readonly actionGroups: pulumi.Output<string[]>;
  private readonly tags: pulumi.Output<Readonly<Record<string, string>>>;
  private readonly plan: readonly WatchPlan[];

  constructor(
    private readonly name: string,
    private readonly args: MonitoringArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("entra-connect:monitoring:Monitoring", name, {}, opts);
    const { structure, monitoring, settings, subscriptionId } = args;
    this.tags = settings.apply((known) => known.tags);
    this.plan = watchPlan(structure, subscriptionId);
    const group = new resources.ResourceGroup(
      `${name}-group`,
      {
        resourceGroupName: monitoringNames(structure).resourceGroup,
        location: structure.location,
        tags: this.tags,
      },
      { parent: this },
    );
    this.resourceGroupName = group.name;
    this.workspaceId =
      monitoring.workspaceId === undefined
        ? this.ownWorkspace()
        : settings.apply((known) => known.monitoring?.workspaceId ?? "");
    this.actionGroups = this.receivers();
    if (collectedByHand(structure)) this.collectionByHand();
    for (const chosen of stackPlan(structure)) this.metricAlert(chosen);
    for (const { server, made } of this.plan)
      if (server.generation === undefined)
        for (const chosen of made) this.rule(server, chosen, pulumi.output([server.machineId ?? ""]), []);
    if (monitoring.workbook) this.workbook();
    this.registerOutputs({ workspaceId: this.workspaceId });
  }

  /**
   * Rules of a generation that stand from its machine's first day. Its guard depends on them, so that they watch until it has
   * passed.
   */
  fromTheStart(generation: number, machineId: pulumi.Output<string>): readonly pulumi.Resource[] {
    return this.ofGeneration(generation, true, machineId, []);
  }

  /** All others begin with its proof: a server that is still being built is silent, and changed by everybody. */
  afterProof(generation: number, machineId: pulumi.Output<string>, last: pulumi.Resource): void {
    this.ofGeneration(generation, false, machineId, [last]);
  }

  private ofGeneration(
    generation: number,
    fromTheStart: boolean,
    machineId: pulumi.Output<string>,
    dependsOn: pulumi.Resource[],
  ): readonly pulumi.Resource[] {
    const watched = this.plan.find(({ server }) => server.generation === generation);
    if (watched === undefined) return [];
    const { osDisk } = generationNames(this.args.structure.name, generation);
    // The disk stands beside its machine, in the same group.
    const scopes = machineId.apply((id) => [id, `${id.slice(0, id.lastIndexOf("/virtualMachines/"))}/disks/${osDisk}`]);
    return watched.made
      .filter(({ alert }) => (alert.standsFromTheStart === true) === fromTheStart)
      .map((chosen) => this.rule(watched.server, chosen, scopes, dependsOn));
  }

  private rule(
    server: Watched,
    chosen: Chosen,
    scopes: pulumi.Output<string[]>,
    dependsOn: pulumi.Resource[],
  ): pulumi.Resource {
    const { signal } = chosen.alert;
    const { logical, rule } = ruleName(this.name, server, chosen);
    const options = { parent: this, dependsOn };
    const place = { resourceGroupName: this.resourceGroupName, tags: this.tags };
    if (signal.kind === "activity")
      return new monitor.ActivityLogAlert(
        logical,
        {
          ...place,
          activityLogAlertName: rule,
          scopes,
          ...activityAlertBody(server, chosen, signal),
          actions: { actionGroups: this.told() },
        },
        options,
      );
    if (signal.kind === "metric") throw new Error(`${chosen.alert.name} is an alert of no server`);
    return new monitor.ScheduledQueryRule(
      logical,
      {
        ...place,
        ruleName: rule,
        location: this.args.monitoring.workspaceLocation,
        scopes: [this.workspaceId],
        ...logRuleBody(server, chosen, signal),
        actions: { actionGroups: this.actionGroups, customProperties: messageProperties(server, chosen) },
      },
      // A rule keeps the workspace that it was made with (terraform-provider-azurerm makes it anew too), and its name.
      { ...options, replaceOnChanges: ["scopes"], deleteBeforeReplace: true },
    );
  }

  /** In the form of the two older kinds of rule. */
  private told(): pulumi.Output<{ actionGroupId: string }[]> {
    return this.actionGroups.apply((ids) => ids.map((actionGroupId) => ({ actionGroupId })));
  }

  private metricAlert(chosen: Chosen): void {
    const { signal, name } = chosen.alert;
    if (signal.kind !== "metric" || this.args.vaultId === undefined) return;
    new monitor.MetricAlert(
      `${this.name}-${name}`,
      {
        resourceGroupName: this.resourceGroupName,
        tags: this.tags,
        ruleName: `${this.args.structure.name}-${name}`,
        scopes: [this.args.vaultId],
        ...metricAlertBody(chosen, signal),
        actions: this.told(),
      },
      { parent: this },
    );
  }

  private ownWorkspace(): pulumi.Output<string> {
    const { structure, monitoring } = this.args;
    return new operationalinsights.Workspace(
      `${this.name}-workspace`,
      {
        resourceGroupName: this.resourceGroupName,
        workspaceName: monitoringNames(structure).workspace,
        location: structure.location,
        tags: this.tags,
        ...workspaceBody(monitoring),
      },
      { parent: this },
    ).id;
  }

  /** Ids that every rule is given, those of others first. */
  private receivers(): pulumi.Output<string[]> {
    const { structure, monitoring, settings } = this.args;
    const others = settings.apply((known) => [...(known.monitoring?.notify.actionGroupIds ?? [])]);
    if (monitoring.notify.emails.length === 0) return others;
    const own = new monitor.ActionGroup(
      `${this.name}-receivers`,
      {
        resourceGroupName: this.resourceGroupName,
        actionGroupName: monitoringNames(structure).actionGroup,
        tags: this.tags,
        ...actionGroupBody(structure),
        emailReceivers: settings.apply((known) => emailReceivers(known.monitoring?.notify.emails ?? [])),
      },
      { parent: this },
    );
    return pulumi.all([others, own.id]).apply(([ids, id]) => [...ids, id]);
  }

  /** For agents that are somebody else's: they are associated with it by hand. */
  private collectionByHand(): void {
    const { structure, monitoring } = this.args;
    new monitor.DataCollectionRule(
      `${this.name}-logs-by-hand`,
      {
        resourceGroupName: this.resourceGroupName,
        dataCollectionRuleName: collectionByHand(structure),
        location: monitoring.workspaceLocation,
        tags: this.tags,
        ...collectionBody(this.workspaceId),
      },
      { parent: this, ...madeFirst },
    );
  }

  private workbook(): void {
    const { structure, monitoring } = this.args;
    const servers = this.plan.map(({ server }) => server);
    new applicationinsights.Workbook(
      `${this.name}-workbook`,
      {
        resourceGroupName: this.resourceGroupName,
        resourceName: workbookName(structure.name),
        location: monitoring.workspaceLocation,
        tags: this.tags,
        kind: "shared",
        category: "workbook",
        displayName: `Entra Connect: ${structure.name}`,
        sourceId: this.workspaceId,
        serializedData: this.workspaceId.apply((id) => workbookData(structure.name, servers, id)),
      },
      { parent: this },
    );
  }
}
