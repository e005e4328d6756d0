import { remote } from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import type { Connection } from "../access/access";
import { modeOf } from "../connect/plan";
import type { Settings } from "../settings/settings";
import { retirement } from "./plan";

export interface RetirementGuardArgs {
  readonly settings: Settings;
  readonly generation: number;
  readonly vmId: pulumi.Output<string>;
  readonly connection: pulumi.Input<Connection>;
  /** Every Azure and access resource of the generation's set, network included: asked before any of them is gone. */
  readonly guarded: readonly pulumi.Resource[];
}

/**
 * The retirement guard: a remote command that has only a `delete`. Nothing runs when it is created or updated, so a
 * rotated key, another jump host or an override reaches the state without connecting. When the generation leaves (or
 * its machine is replaced, or the stack destroyed) its `delete` asks the server first and fails unless the server is
 * proven harmless; the engine then deletes nothing that the guard depends on.
 *
 * With an override marked `lost` it has no `delete`: a lost server cannot be asked.
 * `pulumi state delete` of this resource bypasses it.
 */
export function retirementGuard(name: string, args: RetirementGuardArgs, parent: pulumi.Resource): remote.Command {
  const { settings, generation, vmId } = args;
  const mode = modeOf(settings, generation);
  const lost = mode.kind === "frozen" && mode.why === "lost";
  const text = vmId.apply((id) => retirement(settings, generation, id));
  return new remote.Command(
    `${name}-guard`,
    {
      connection: args.connection,
      delete: lost ? undefined : text.commandLine,
      stdin: text.stdin,
      // Another machine is another question; the engine asks the old one first (deleteBeforeReplace).
      triggers: [vmId],
      logging: remote.Logging.None,
      addPreviousOutputInEnv: false,
    },
    { parent, dependsOn: [...args.guarded], deleteBeforeReplace: true },
  );
}
