import * as compute from "@pulumi/azure-native/compute";
import * as monitor from "@pulumi/azure-native/monitor";
import type * as pulumi from "@pulumi/pulumi";
import { memberOptions, type OfGeneration } from "../server/members";
import { agentBody, associationName, collectionBody, collectionName, madeFirst } from "./plan";

export interface AgentArgs extends OfGeneration {
  readonly resourceGroupName: pulumi.Input<string>;
  readonly machineId: pulumi.Output<string>;
  /** Absent where a lost generation has none any more. */
  readonly machine: pulumi.Resource | undefined;
  /** Whether a part is to be named: of a generation that is not acted on only what the state holds. */
  readonly named: (part: string) => boolean;
  /** Another machine has its name: what is taken out is forgotten, not deleted. */
  readonly kept: boolean;
  /** Absent where nothing is watched (any more). */
  readonly workspaceId: pulumi.Output<string> | undefined;
  /** The machine with its way out, and what is asked of it by Run Command: Azure does one thing at a time on a machine. */
  readonly after: readonly pulumi.Resource[];
}

/**
 * What sends one generation's logs: a collection rule of its own, the agent, and the association of the two. Members: an active
 * generation keeps what it has, and they go with the generation, after its guard.
 */
export function monitoringAgent(base: string, args: AgentArgs, parent: pulumi.Resource): readonly pulumi.Resource[] {
  const { structure, settings, block, treatment, resourceGroupName, named, workspaceId } = args;
  const { monitoring, location } = structure;
  // An active generation keeps what it has, also when the settings no longer want it.
  if (treatment === "acting" && (monitoring === undefined || !monitoring.agent)) return [];
  const options = { ...memberOptions(treatment, parent), retainOnDelete: args.kept };
  const tags = settings.apply((known) => known.tags);
  const members: pulumi.Resource[] = [];
  const collection = named("logs")
    ? new monitor.DataCollectionRule(
        `${base}-logs`,
        {
          resourceGroupName,
          dataCollectionRuleName: collectionName(structure, block.generation),
          location: monitoring?.workspaceLocation ?? location,
          tags,
          ...collectionBody(workspaceId ?? ""),
        },
        { ...options, ...madeFirst },
      )
    : undefined;
  if (collection !== undefined) members.push(collection);
  const agent = named("agent")
    ? new compute.VirtualMachineExtension(
        `${base}-agent`,
        {
          resourceGroupName,
          // Out of its id, so that a machine that is made anew gets its agent anew.
          vmName: args.machineId.apply((id) => id.split("/").at(-1) ?? ""),
          location,
          tags,
          ...agentBody,
        },
        {
          ...options,
          // Azure upgrades it by itself and may say which one it has.
          ignoreChanges: options.ignoreChanges ?? ["typeHandlerVersion"],
          dependsOn: [...args.after],
          // Azure takes no extension from a machine that does not run, and a dead one must be able to go.
          deletedWith: args.machine,
        },
      )
    : undefined;
  if (agent !== undefined) members.push(agent);
  if (collection !== undefined && agent !== undefined && named("logs-association"))
    members.push(
      new monitor.DataCollectionRuleAssociation(
        `${base}-logs-association`,
        { resourceUri: args.machineId, associationName, dataCollectionRuleId: collection.id },
        // Goes before a rule that is made anew in another region: Azure keeps one that is in use.
        {
          ...options,
          // One that is taken up has it spelled as the provider reads it from the id; it is the same machine's name for ever.
          ignoreChanges: options.ignoreChanges ?? ["resourceUri"],
          dependsOn: [agent],
          replaceOnChanges: ["dataCollectionRuleId"],
          deleteBeforeReplace: true,
        },
      ),
    );
  return members;
}
