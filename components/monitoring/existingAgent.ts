import { getVirtualMachineExtension } from "@pulumi/azure-native/compute/getVirtualMachineExtension";
import type * as pulumi from "@pulumi/pulumi";
import { found, mayNotRead } from "../memory/lookup";
import { type Remembered, standing } from "../memory/remembered";
import { generationNames, serverResourceGroup } from "../server/names";
import type { GenerationSettings, Problem, Settings } from "../settings/settings";
import { agentName } from "./plan";

/** Generations that are to get our agent in this run, and whose machine stands already. */
export function toGetAgent(
  { monitoring, generations }: Settings,
  remembered: Pick<Remembered, "generations" | "parts">,
  acts: (block: GenerationSettings) => boolean,
): readonly GenerationSettings[] {
  if (monitoring?.agent !== true) return [];
  const stands = new Set(standing(remembered));
  return generations.filter(
    (block) => acts(block) && stands.has(block.generation) && !remembered.parts.has(`g${block.generation}-agent`),
  );
}

/** A machine has one of it: whoever makes a second one is refused half-way through the run. */
export async function agentsThere(
  settings: Settings,
  blocks: readonly GenerationSettings[],
  asked: pulumi.InvokeOptions,
): Promise<readonly number[]> {
  const there = await Promise.all(
    blocks.map(async ({ generation }) => {
      const vmName = generationNames(settings.name, generation).machine;
      const where = { resourceGroupName: serverResourceGroup(settings), vmName, vmExtensionName: agentName };
      try {
        return (await found(() => getVirtualMachineExtension(where, asked))) === undefined ? [] : [generation];
      } catch (error) {
        // No evidence of anything; Azure says it where it is so.
        if (mayNotRead(error)) return [];
        throw error;
      }
    }),
  );
  return there.flat();
}

export function agentProblems(settings: Settings, there: readonly number[]): readonly Problem[] {
  return there.map((generation) => {
    const { machine } = generationNames(settings.name, generation);
    return {
      path: "monitoring.agent",
      problem: `${machine} has the extension ${agentName} already, which this stack did not make (an Azure Policy, another team, or a run that was cut off); a machine has one of it`,
      write: `agent: false if somebody else looks after it, who then associates ${machine} with a collection rule (docs/monitoring.md); else take it away first: az vm extension delete --resource-group ${serverResourceGroup(settings)} --vm-name ${machine} --name ${agentName}`,
    };
  });
}
