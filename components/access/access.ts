import type { types } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { type JudgingContext, judgeRemoteAccess } from "../../review/readiness/judge";
import { runCommandText, validateAnswer } from "../../scripts/assemble";
import { reported, type ToldFinding } from "../findings";
import type { RememberedGeneration } from "../memory/remembered";
import type { OfGeneration } from "../server/members";
import { generationNames } from "../server/names";
import { tellNow } from "../tellNow";
import { diagnosis } from "./diagnosis";
import { bootDialLimit, connectionTo, publicKeyOf, steadyDialLimit } from "./plan";
import { type MachineRunCommand, machineRunCommand, outputOf } from "./runCommand";

export type Connection = types.input.remote.ConnectionArgs;

/** The only secrets there are. Nothing else may be secret, and these may not be anything else. */
export interface Secrets {
  readonly administratorPassword: pulumi.Output<string>;
  readonly sshPrivateKey: pulumi.Output<string>;
  readonly jumpHostPrivateKey?: pulumi.Output<string>;
  /** By generation; each is used once, when that server is joined to its domain. */
  readonly domainJoinSecrets: pulumi.Output<Readonly<Record<string, string>>>;
}

export interface RemoteAccessArgs extends OfGeneration {
  readonly resourceGroupName: pulumi.Input<string>;
  readonly secrets: Secrets;
  readonly remembered?: RememberedGeneration;
  readonly vmId: pulumi.Output<string>;
  readonly stands: (part: string) => boolean;
  /** Whether the state holds this part of the generation. */
  readonly holds: (part: string) => boolean;
  readonly context: JudgingContext;
  /** What the machine needs before Windows can fetch anything: network, peering. */
  readonly after: readonly pulumi.Resource[];
}

export interface RemoteAccess {
  /** For the one step that waits for a boot. */
  readonly bootConnection: pulumi.Output<Connection>;
  readonly connection: pulumi.Output<Connection>;
  readonly members: readonly pulumi.Resource[];
  /** What keeps the account from signing in, as the server itself says: told before the first step tries to. */
  readonly findings: pulumi.Output<ToldFinding[]>;
}

const runCommandName = "enable-remote-access";

/** The script waits a quarter of an hour for another one's lock; half an hour stays for Windows to fetch its OpenSSH server. */
const enablingSeconds = 2700;

/**
 * Remote access to one machine: an account of our own and OpenSSH by Run Command, with the public half of the login key; the
 * server makes its own host key, and its public half is read back through Azure's control plane. No private key travels, and
 * there is no trust on first use.
 */
export function remoteAccess(base: string, args: RemoteAccessArgs, parent: pulumi.Resource): RemoteAccess {
  const { structure, block, secrets } = args;
  // Of a lost one only what the state still holds is named: anything else would be made anew.
  if (!args.stands("enable-remote-access")) return unreachable(args);
  // One word: the parameters become a command line on the server, which spaces would split.
  const publicKey = pulumi.unsecret(
    secrets.sshPrivateKey.apply((key) => Buffer.from(publicKeyOf(key)).toString("base64")),
  );
  const enable = machineRunCommand(
    base,
    {
      ...args,
      runCommandName,
      script: runCommandText("enable-remote-access"),
      parameters: [
        { name: "LoginName", value: block.loginName },
        { name: "PublicKeyBase64", value: publicKey },
        // Not read by the script: another number makes another body, which Azure runs again.
        { name: "Refresh", value: String(structure.access.hostKeyRefresh) },
      ],
      timeoutInSeconds: enablingSeconds,
      dependsOn: args.after,
    },
    parent,
  );
  const heard = heardFrom(enable, args, parent);
  const asked = diagnosis(base, { ...args, publicKey }, parent);
  return {
    ...connections(args, heard.hostKey),
    members: [enable, ...asked.members],
    findings: pulumi.all([heard.findings, asked.findings]).apply((lists) => lists.flat()),
  };
}

function unreachable(args: RemoteAccessArgs): RemoteAccess {
  return {
    ...connections(args, pulumi.output(args.remembered?.hostKey ?? "")),
    members: [],
    findings: pulumi.output<ToldFinding[]>([]),
  };
}

function connections(
  { settings, block, secrets }: RemoteAccessArgs,
  hostKey: pulumi.Output<string>,
): Pick<RemoteAccess, "bootConnection" | "connection"> {
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

interface Heard {
  readonly hostKey: pulumi.Output<string>;
  readonly findings: pulumi.Output<ToldFinding[]>;
}

/**
 * The guard's key wherever asking would touch an active server, cry wolf in a preview, or Azure no longer tells. Where the state
 * has no guard any more, Azure is asked what the script said when it ran; that runs nothing.
 */
function heardFrom(enable: MachineRunCommand, args: RemoteAccessArgs, parent: pulumi.Resource): Heard {
  const { structure, block, treatment, remembered, vmId } = args;
  const known = remembered?.hostKey;
  const nothing = pulumi.output<ToldFinding[]>([]);
  const acts = treatment === "acting";
  if (treatment === "lost" || ((!acts || pulumi.runtime.isDryRun()) && known !== undefined))
    return { hostKey: pulumi.output(known ?? ""), findings: nothing };
  const { machine } = generationNames(structure.name, block.generation);
  const pinned = known ?? remembered?.hostKeyOfSteps;
  const heard = pulumi
    .all([outputOf(enable, { ...args, runCommandName }, parent), vmId])
    .apply(([output, id]): { readonly hostKey: string; readonly findings: ToldFinding[] } => {
      if (output.trim() === "" && pinned !== undefined && remembered?.vmId === id)
        return { hostKey: pinned, findings: [] };
      // Its block decides nothing today, so that no setting could ask again: the connection says that it has no key.
      if (output.trim() === "" && !acts) return { hostKey: "", findings: [] };
      const answer = validateAnswer("enable-remote-access", output);
      if (!acts) return { hostKey: answer.hostKey, findings: [] };
      const findings = judgeRemoteAccess(machine, answer, args.context);
      tellNow(findings, enable);
      return { hostKey: answer.hostKey, findings: findings.map(reported) };
    });
  return {
    hostKey: heard.apply(({ hostKey }) => hostKey),
    findings: pulumi.runtime.isDryRun() ? nothing : heard.apply(({ findings }) => findings),
  };
}
