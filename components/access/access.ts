import * as compute from "@pulumi/azure-native/compute";
import type { types } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { runCommandText, validateAnswer } from "../../scripts/assemble";
import type { RememberedGeneration } from "../memory/remembered";
import { memberOptions, type Treatment } from "../server/members";
import { generationNames } from "../server/names";
import type { GenerationSettings, Settings } from "../settings/settings";
import { bootDialLimit, connectionTo, publicKeyOf, steadyDialLimit } from "./plan";

export type Connection = types.input.remote.ConnectionArgs;

/** The only secrets there are. Nothing else may be secret, and these may not be anything else. */
export interface Secrets {
  readonly administratorPassword: pulumi.Output<string>;
  readonly sshPrivateKey: pulumi.Output<string>;
  readonly jumpHostPrivateKey?: pulumi.Output<string>;
  /** By generation; each is used once, when that server is joined to its domain. */
  readonly domainJoinSecrets: pulumi.Output<Readonly<Record<string, string>>>;
}

export interface RemoteAccessArgs {
  readonly structure: Settings;
  readonly settings: pulumi.Output<Settings>;
  readonly block: GenerationSettings;
  readonly treatment: Treatment;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly secrets: Secrets;
  readonly remembered?: RememberedGeneration;
  readonly vmId: pulumi.Output<string>;
  readonly stands: (part: string) => boolean;
  /** What the machine needs before Windows can fetch anything: network, peering. */
  readonly after: readonly pulumi.Resource[];
}

export interface RemoteAccess {
  /** For the one step that waits for a boot. */
  readonly bootConnection: pulumi.Output<Connection>;
  readonly connection: pulumi.Output<Connection>;
  readonly members: readonly pulumi.Resource[];
}

const runCommandName = "enable-remote-access";

/**
 * Remote access to one machine: OpenSSH switched on by Run Command with the public half of the login key; the server
 * makes its own host key, and its public half is read back through Azure's control plane. No private key travels, and
 * there is no trust on first use.
 */
export function remoteAccess(base: string, args: RemoteAccessArgs, parent: pulumi.Resource): RemoteAccess {
  const { structure, settings, block, secrets, resourceGroupName } = args;
  const vmName = generationNames(structure.name, block.generation).machine;
  // Of a lost one only what the state still holds is named: anything else would be made anew.
  if (!args.stands("enable-remote-access")) return unreachable(args);
  const enable = new compute.VirtualMachineRunCommandByVirtualMachine(
    `${base}-enable-remote-access`,
    {
      resourceGroupName,
      vmName,
      runCommandName,
      location: structure.location,
      tags: settings.apply((known) => known.tags),
      source: { script: runCommandText("enable-remote-access") },
      parameters: [
        { name: "LoginName", value: block.loginName },
        {
          // One word: the parameters become a command line on the server, which spaces would split.
          name: "PublicKeyBase64",
          value: pulumi.unsecret(
            secrets.sshPrivateKey.apply((key) => Buffer.from(publicKeyOf(key)).toString("base64")),
          ),
        },
        // Not read by the script: another number makes another body, which Azure runs again.
        { name: "Refresh", value: String(structure.access.hostKeyRefresh) },
      ],
      // Without it a failed script would pass as a successful deployment (facts/azure.md 3.1).
      treatFailureAsDeploymentFailure: true,
      asyncExecution: false,
      timeoutInSeconds: 1800,
    },
    pulumi.mergeOptions(memberOptions(args.treatment, parent), {
      dependsOn: [...args.after],
      // Gone with its machine. Azure refuses to delete it while the machine does not run, as a lost one does not.
      retainOnDelete: true,
      // Another machine of the same name has no SSH server yet.
      replacementTrigger: args.vmId,
    }),
  );
  return { ...connections(args, hostKeyOf(vmName, args, enable, parent)), members: [enable] };
}

function unreachable(args: RemoteAccessArgs): RemoteAccess {
  return { ...connections(args, pulumi.output(args.remembered?.hostKey ?? "")), members: [] };
}

function connections(
  { settings, block, secrets }: RemoteAccessArgs,
  hostKey: pulumi.Output<string>,
): Omit<RemoteAccess, "members"> {
  const connect = (dialErrorLimit: number): pulumi.Output<Connection> =>
    pulumi.secret(
      pulumi
        .all([settings, hostKey, secrets.sshPrivateKey, secrets.jumpHostPrivateKey])
        .apply(([known, key, sshPrivateKey, jumpHostPrivateKey]) =>
          connectionTo(known, block, key, { sshPrivateKey, jumpHostPrivateKey }, dialErrorLimit),
        ),
    );
  return { bootConnection: connect(bootDialLimit), connection: connect(steadyDialLimit) };
}

/** The remembered key wherever asking would touch an active server, cry wolf in a preview, or Azure no longer tells. */
function hostKeyOf(
  vmName: string,
  { treatment, remembered, resourceGroupName, vmId }: RemoteAccessArgs,
  enable: pulumi.Resource & { id: pulumi.Output<string> },
  parent: pulumi.Resource,
): pulumi.Output<string> {
  const known = remembered?.hostKey;
  if (treatment !== "acting" || (pulumi.runtime.isDryRun() && known !== undefined)) return pulumi.output(known ?? "");
  const view = compute.getVirtualMachineRunCommandByVirtualMachineOutput(
    {
      resourceGroupName,
      vmName,
      // Through the id, so that a first preview, in which there is no id yet, does not ask for what is not there.
      runCommandName: enable.id.apply((id) => id.split("/").at(-1) ?? runCommandName),
      // The resource's own instanceView comes from a plain GET and is empty; the get function expands it.
      expand: "instanceView",
    },
    { parent },
  );
  return pulumi.all([view, vmId]).apply(([{ instanceView }, id]) => {
    const output = instanceView?.output ?? "";
    if (output.trim() === "" && known !== undefined && remembered?.vmId === id) return known;
    const answer = validateAnswer("enable-remote-access", output);
    // Now, not in a verdict: what a policy does to the sign-in keeps everything after this from being asked at all.
    for (const warning of answer.warnings) void pulumi.log.warn(warning, enable);
    return answer.hostKey;
  });
}
