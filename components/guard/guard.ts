import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Connection } from "../access/access";
import type { GenerationSettings, Settings } from "../settings/settings";
import { retirement } from "./plan";

export interface RetirementGuardArgs {
  readonly structure: Settings;
  readonly block: GenerationSettings;
  readonly vmId: pulumi.Output<string>;
  readonly connection: pulumi.Input<Connection>;
  /** Every Azure and access resource of the generation's set, network included: asked before any of them is gone. */
  readonly guarded: readonly pulumi.Resource[];
  /** Whether the guard's questions were answered by Run Command just now, so that SSH is not asked any more. */
  readonly passedByRunCommand?: pulumi.Output<boolean>;
}

/**
 * The retirement guard: a remote command that has only a `delete`. Nothing runs when it is created or updated, so a
 * rotated key, another jump host or an exception reaches the state without connecting, of an active generation too. When
 * the generation leaves (or its machine is replaced, or the stack destroyed) its `delete` asks the server first and
 * fails unless the server is proven harmless; the engine then deletes nothing that the guard depends on.
 *
 * Declared `lost` it has no `delete`: a lost server cannot be asked. Nor has it one while its questions have been answered by
 * Run Command (retirement.ts) and that answer counts. `pulumi state delete` of this resource bypasses it.
 */
export function retirementGuard(base: string, args: RetirementGuardArgs, parent: pulumi.Resource): remote.Command {
  const { structure, block, vmId } = args;
  const text = vmId.apply((id) => retirement(structure, block, id));
  const asks =
    args.passedByRunCommand === undefined
      ? text.commandLine
      : pulumi.all([text.commandLine, args.passedByRunCommand]).apply(([line, passed]) => (passed ? undefined : line));
  return new remote.Command(
    `${base}-guard`,
    {
      connection: args.connection,
      delete: block.role === "lost" ? undefined : (asks as pulumi.Output<string>),
      stdin: text.stdin,
      // Another machine is another question; the engine asks the old one first (deleteBeforeReplace).
      triggers: [vmId],
      logging: remote.Logging.None,
      addPreviousOutputInEnv: false,
    },
    { parent, dependsOn: [...args.guarded], deleteBeforeReplace: true },
  );
}
