import { selfContained } from "../../scripts/assemble";
import { generationNames } from "../server/names";
import type { Settings } from "../settings/settings";

/**
 * What runs on a server when it is to be deleted: one constant line, and on standard input the whole guard with its
 * arguments. It lives in the state, so it must not need any file of today's or tomorrow's library.
 */
export function retirement(
  { server }: Settings,
  generation: number,
  vmId: string,
): { readonly commandLine: string; readonly stdin: string } {
  const override = server.retirementOverrides.find((each) => each.generation === generation);
  return selfContained("retire", {
    computerName: generationNames(server.name, generation).machine,
    vmId,
    generation,
    acknowledgePassThroughAgent: server.acknowledgedPassThroughAgents.some((each) => each.generation === generation),
    override: override === undefined ? null : { generation, reason: override.reason },
  });
}
