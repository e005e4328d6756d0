import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { assembleScript, commandLine, deliveryPath } from "../../scripts/assemble";
import type { Connection } from "../access/access";
import type { Mode, Step } from "./plan";

export interface RemoteScriptArgs {
  readonly script: Step;
  /** Its arguments, as `argumentsText` writes them. */
  readonly stdin: pulumi.Input<string>;
  readonly connection: pulumi.Input<Connection>;
  /** For the copy: the first one of a new machine has to wait for its boot. */
  readonly copyConnection: pulumi.Input<Connection>;
  readonly mode: Mode;
  /** Another machine of the same name has neither the script nor its work: both are made anew. */
  readonly vmId: pulumi.Input<string>;
  /** Everything that must be there before the script runs. */
  readonly after: readonly pulumi.Resource[];
  /** What its copy on the server waits for: the guard, so that no file lands on an unguarded server. */
  readonly copyAfter: readonly pulumi.Resource[];
  readonly showProgress?: boolean;
}

/**
 * One script on the server under a name with its hash, and its run. Nothing happens on deletion. A frozen generation
 * has no copies (making one would connect) and commands that run nothing.
 */
export function remoteScript(name: string, args: RemoteScriptArgs, parent: pulumi.Resource) {
  const { script, mode } = args;
  const frozen = mode.kind === "frozen";
  const copy = frozen
    ? undefined
    : new remote.CopyToRemote(
        `${name}-${script}-script`,
        {
          connection: args.copyConnection,
          source: new pulumi.asset.StringAsset(assembleScript(script).text),
          remotePath: deliveryPath(script),
          triggers: [args.vmId],
        },
        { parent, dependsOn: [...args.copyAfter] },
      );
  const run = new remote.Command(
    `${name}-${script}`,
    {
      connection: args.connection,
      create: frozen ? undefined : commandLine(script),
      stdin: args.stdin,
      triggers: [args.vmId],
      logging: args.showProgress ? remote.Logging.StdoutAndStderr : remote.Logging.None,
      addPreviousOutputInEnv: false,
    },
    { parent, dependsOn: copy === undefined ? [...args.after] : [copy, ...args.after] },
  );
  return { copy, run };
}
