import * as maintenance from "@pulumi/azure-native/maintenance";
import type * as pulumi from "@pulumi/pulumi";
import { memberOptions, type OfGeneration } from "../server/members";
import { generationNames } from "../server/names";
import { maintenanceArguments, type PlannedWindow } from "./plan";

export interface MaintenanceArgs extends OfGeneration {
  readonly window: PlannedWindow | undefined;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly machineId: pulumi.Output<string>;
  /** Whether a part is to be named: of a generation that is not acted on only what the state holds. */
  readonly named: (part: string) => boolean;
  /** Another machine has its name: what is taken out is forgotten, not deleted. */
  readonly kept: boolean;
}

/**
 * When Azure patches one generation's machine: a configuration of its own, so that an active one keeps its window whatever
 * the passive ones get, and its assignment to the machine.
 */
export function maintenanceWindow(
  base: string,
  args: MaintenanceArgs,
  parent: pulumi.Resource,
): readonly pulumi.Resource[] {
  const { structure, settings, block, window, treatment, resourceGroupName } = args;
  const { generation } = block;
  if (window === undefined || !args.named("maintenance")) return [];
  const options = { ...memberOptions(treatment, parent), retainOnDelete: args.kept };
  const { installPatches, ...configuration } = maintenanceArguments(structure, generation, window);
  const { windowsParameters, rebootSetting } = installPatches;
  const made = new maintenance.MaintenanceConfiguration(
    `${base}-maintenance`,
    {
      ...configuration,
      resourceGroupName,
      tags: settings.apply((known) => known.tags),
      installPatches: {
        rebootSetting,
        windowsParameters: { classificationsToInclude: [...windowsParameters.classificationsToInclude] },
      },
    },
    options,
  );
  if (!args.named("maintenance-assignment")) return [made];
  const assigned = new maintenance.ConfigurationAssignment(
    `${base}-maintenance-assignment`,
    {
      resourceGroupName,
      providerName: "Microsoft.Compute",
      resourceType: "virtualMachines",
      resourceName: generationNames(structure.name, generation).machine,
      configurationAssignmentName: configuration.resourceName,
      location: structure.location,
      maintenanceConfigurationId: made.id,
      resourceId: args.machineId,
    },
    options,
  );
  return [made, assigned];
}
