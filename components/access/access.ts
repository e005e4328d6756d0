import * as compute from "@pulumi/azure-native/compute";
import type { types } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { assembleScript, validateAnswer } from "../../scripts/assemble";
import type { Mode } from "../connect/plan";
import { generationNames } from "../server/names";
import type { DeployedGeneration } from "../settings/memory";
import type { Secrets, Settings } from "../settings/settings";
import { bootDialLimit, connectionTo, publicKeyOf, steadyDialLimit } from "./plan";

export type Connection = types.input.remote.ConnectionArgs;

export interface RemoteAccessArgs {
  readonly settings: Settings;
  readonly generation: number;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly secrets: Secrets;
  readonly remembered?: DeployedGeneration;
  readonly vmId: pulumi.Input<string>;
  /** Of a frozen generation nothing on the server may change (its run command keeps the text it had) and nothing is asked. */
  readonly mode: Mode;
  /** What the machine needs before Windows can fetch anything: network, peering. */
  readonly after: readonly pulumi.Resource[];
}

const runCommandName = "enable-remote-access";

/**
 * Remote access to one machine: OpenSSH switched on by Run Command with the public half of the login key; the server
 * makes its own host key, and its public half is read back through Azure's control plane. No private key travels, and
 * there is no trust on first use.
 */
export class RemoteAccess extends pulumi.ComponentResource {
  readonly hostKey: pulumi.Output<string>;
  /** For the first connection after a boot, which may have to wait. */
  readonly firstConnection: pulumi.Output<Connection>;
  readonly connection: pulumi.Output<Connection>;
  readonly members: readonly pulumi.Resource[];

  constructor(name: string, args: RemoteAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    super("entra-connect:access:RemoteAccess", name, {}, opts);
    const { settings, generation, secrets, resourceGroupName, remembered } = args;
    const vmName = generationNames(settings.server.name, generation).machine;
    const enable = new compute.VirtualMachineRunCommandByVirtualMachine(
      `${name}-enable`,
      {
        resourceGroupName,
        vmName,
        runCommandName,
        location: settings.location,
        tags: settings.tags,
        source: { script: assembleScript("enable-remote-access").text },
        parameters: [
          { name: "AdministratorName", value: settings.server.administratorName },
          {
            // One word: the parameters become a command line on the server, which spaces would split.
            name: "PublicKeyBase64",
            value: pulumi.unsecret(
              secrets.sshPrivateKey.apply((key) => Buffer.from(publicKeyOf(key)).toString("base64")),
            ),
          },
        ],
        // Without it a failed script would pass as a successful deployment (facts/azure.md 3.1).
        treatFailureAsDeploymentFailure: true,
        asyncExecution: false,
        timeoutInSeconds: 1800,
      },
      {
        parent: this,
        dependsOn: [...args.after],
        // Gone with its machine. Azure refuses to delete it while the machine does not run, as a lost one does not.
        retainOnDelete: true,
        // Another machine of the same name has no SSH server yet.
        replacementTrigger: args.vmId,
        ignoreChanges: args.mode.kind === "frozen" ? ["source", "parameters", "timeoutInSeconds", "tags"] : [],
      },
    );
    this.members = [enable];
    const frozen = args.mode.kind === "frozen";
    const known = remembered?.hostKey ?? "";
    this.hostKey =
      frozen || (pulumi.runtime.isDryRun() && known !== "")
        ? pulumi.output(known)
        : this.readHostKey(vmName, args, enable);
    const connect = (dialErrorLimit: number): pulumi.Output<Connection> =>
      pulumi.secret(
        pulumi
          .all([this.hostKey, secrets.sshPrivateKey, secrets.jumpHostPrivateKey])
          .apply(([hostKey, sshPrivateKey, jumpHostPrivateKey]) =>
            connectionTo(settings, generation, hostKey, { sshPrivateKey, jumpHostPrivateKey }, dialErrorLimit),
          ),
      );
    this.firstConnection = connect(bootDialLimit);
    this.connection = connect(steadyDialLimit);
    this.registerOutputs({ hostKey: this.hostKey });
  }

  /** The resource's own instanceView comes from a plain GET and is empty; the get function expands it. */
  private readHostKey(
    vmName: string,
    { resourceGroupName }: RemoteAccessArgs,
    enable: pulumi.Resource & { id: pulumi.Output<string> },
  ) {
    const view = compute.getVirtualMachineRunCommandByVirtualMachineOutput(
      {
        resourceGroupName,
        vmName,
        // Through the id, so that a first preview, in which there is no id yet, does not ask for what is not there.
        runCommandName: enable.id.apply((id) => id.split("/").at(-1) ?? runCommandName),
        expand: "instanceView",
      },
      { parent: this },
    );
    return view.apply(({ instanceView }) => {
      const answer = validateAnswer("enable-remote-access", instanceView.output ?? "");
      return answer.hostKey;
    });
  }
}
