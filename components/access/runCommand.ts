import * as compute from "@pulumi/azure-native/compute";
import * as pulumi from "@pulumi/pulumi";
import { memberOptions, type OfGeneration, type Treatment } from "../server/members";
import { generationNames } from "../server/names";

export interface MachineRunCommandArgs extends OfGeneration {
  readonly resourceGroupName: pulumi.Input<string>;
  readonly vmId: pulumi.Output<string>;
  /** False: asked in an earlier run and not any more. It stays in the stack as it is, since one left in Azure cannot be made anew under its name. */
  readonly asked?: boolean;
  /** Name in Azure, and the last part of the name in the stack. */
  readonly runCommandName: string;
  readonly script: pulumi.Input<string>;
  /** Public values only, each one word: they become a command line on the server. */
  readonly parameters?: readonly { readonly name: string; readonly value: pulumi.Input<string> }[];
  readonly timeoutInSeconds: number;
  readonly dependsOn: readonly pulumi.Resource[];
}

export type MachineRunCommand = compute.VirtualMachineRunCommandByVirtualMachine;

/**
 * One script by Azure's Run Command: as SYSTEM, without SSH. A changed body makes Azure run it again; a script that fails
 * fails the run.
 */
export function machineRunCommand(
  base: string,
  args: MachineRunCommandArgs,
  parent: pulumi.Resource,
): MachineRunCommand {
  const { structure, settings, block, runCommandName } = args;
  return new compute.VirtualMachineRunCommandByVirtualMachine(
    `${base}-${runCommandName}`,
    {
      resourceGroupName: args.resourceGroupName,
      vmName: generationNames(structure.name, block.generation).machine,
      runCommandName,
      location: structure.location,
      tags: settings.apply((known) => known.tags),
      source: { script: args.script },
      parameters: args.parameters?.map(({ name, value }) => ({ name, value })),
      // Without it a failed script would pass as a successful deployment (facts/azure.md 3.1).
      treatFailureAsDeploymentFailure: true,
      asyncExecution: false,
      timeoutInSeconds: args.timeoutInSeconds,
    },
    pulumi.mergeOptions(memberOptions(treatmentOf(args), parent), {
      dependsOn: [...args.dependsOn],
      // Gone with its machine. Azure refuses to delete it while the machine does not run, as a lost one does not.
      retainOnDelete: true,
      // Another machine of the same name has run nothing yet.
      replacementTrigger: args.vmId,
    }),
  );
}

/** What is asked is asked of one that is not acted on otherwise too; what is not asked any more changes nothing. */
function treatmentOf({ treatment, asked }: Pick<MachineRunCommandArgs, "treatment" | "asked">): Treatment {
  if (asked === undefined) return treatment;
  if (asked) return "acting";
  return treatment === "active" ? "active" : "lost";
}

/** What the script said last: at most 4 KB, and empty where Azure tells it no more (a machine that was deallocated). */
export function outputOf(
  run: MachineRunCommand,
  args: Pick<MachineRunCommandArgs, "structure" | "block" | "resourceGroupName" | "runCommandName">,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  const { structure, block, resourceGroupName, runCommandName } = args;
  const view = compute.getVirtualMachineRunCommandByVirtualMachineOutput(
    {
      resourceGroupName,
      vmName: generationNames(structure.name, block.generation).machine,
      // Through the id, so that a first preview, in which there is no id yet, does not ask for what is not there.
      runCommandName: run.id.apply((id) => id.split("/").at(-1) ?? runCommandName),
      // The resource's own instanceView comes from a plain GET and is empty; the get function expands it.
      expand: "instanceView",
    },
    { parent },
  );
  return view.apply(({ instanceView }) => instanceView?.output ?? "");
}
