import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";
import { type Verdict, verdictOf } from "../review/verdict";
import { RemoteAccess } from "./access/access";
import { Backup } from "./backup/backup";
import { type ExistingBackup, nothingYet } from "./backup/existing";
import { Installation } from "./connect/installation";
import { operatorInstructions } from "./connect/instructions";
import { judgedFindings, type ReportedFinding } from "./connect/judgement";
import { modeOf } from "./connect/plan";
import { retirementGuard } from "./guard/guard";
import { Network } from "./network/network";
import { Machine } from "./server/machine";
import { generationNames, resourceGroupNames } from "./server/names";
import { fingerprintOf } from "./server/plan";
import { type DeployedGeneration, type Fingerprint, leavingAfter, type Memory } from "./settings/memory";
import type { Secrets, Settings } from "./settings/settings";

export interface PassiveServerArgs {
  /** Complete, checked settings: from `readSettings()`, or from `validate()` for settings of one's own making. */
  readonly settings: Settings;
  /** The only secrets. A change of `administratorPassword` is ignored on a running machine; a change of a key is in place. */
  readonly secrets: Secrets;
  /** What the stack remembers, from `readDeployed()`; without it previews show more changes than there are. */
  readonly memory?: Memory;
  /** Generations whose gate is behind them: the operator's instructions are not announced again. Default: none. */
  readonly proven?: ReadonlySet<number>;
  /** What of the backup exists already, from `findExistingBackup()`; without it Azure refuses to create it again. */
  readonly existingBackup?: ExistingBackup;
}

export interface GenerationOutputs {
  readonly computerName: string;
  readonly privateAddress: string;
  readonly role: "passive" | "active" | "lost";
  readonly vmId: string;
  readonly hostKey: string;
}

/**
 * A passive (staging mode) Microsoft Entra Connect Sync server: network, one virtual machine for each generation,
 * remote access, retirement guard, Entra Connect through the operator's gate, verification, backup.
 *
 * What a change does to a running server stands at each setting (`components/settings/schema.ts`): in place, rebuild
 * (raise the generation: a new server is built beside, proven, and only then the old one retired), or refused.
 * Options, providers, tags and transforms reach every child.
 */
export class PassiveServer extends pulumi.ComponentResource {
  readonly verdict: pulumi.Output<Verdict>;
  readonly findings: pulumi.Output<ReportedFinding[]>;
  /** What the operator does at the wizard, for the newest generation. */
  readonly instructions: string;
  readonly generations: pulumi.Output<Record<string, GenerationOutputs>>;
  /** Address that Entra ID sees; undefined with an existing subnet. */
  readonly egressAddress: pulumi.Output<string | undefined>;
  /** To be exported as the stack output `memory`; `readMemory()` reads it back in the next run. */
  readonly memory: pulumi.Output<Memory>;

  constructor(name: string, args: PassiveServerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("entra-connect:index:PassiveServer", name, {}, opts);
    const { settings } = args;
    const { server, location, tags } = settings;
    const child = { parent: this };

    const group = new resources.ResourceGroup(
      `${name}-group`,
      { resourceGroupName: resourceGroupNames(server.name).server, location, tags },
      child,
    );
    const network = new Network(`${name}-network`, { settings, resourceGroupName: group.name }, child);
    const backup = settings.backup.enabled
      ? new Backup(`${name}-backup`, { settings, existing: args.existingBackup ?? nothingYet }, child)
      : undefined;

    const shared = { groupName: group.name, group, network, backup, guards: [] as pulumi.Resource[] };
    const activeLast = [...server.generations].sort(
      (left, right) => Number(left === server.activeGeneration) - Number(right === server.activeGeneration),
    );
    const built = activeLast.map((generation) => this.build(name, generation, args, shared));
    const newest = Math.max(...server.generations);
    this.instructions = operatorInstructions(settings, newest);
    this.egressAddress = network.egressAddress;
    this.findings = pulumi.all(built.map((each) => each.findings)).apply((lists) => lists.flat() as ReportedFinding[]);
    this.verdict = this.findings.apply(verdictOf);
    this.generations = byGeneration(built.map(({ generation, outputs }) => [generation, outputs]));
    this.memory = pulumi
      .all([byGeneration(built.map(({ generation, deployed }) => [generation, deployed])), backup?.ids()])
      .apply(([generations, backupIds]) => ({
        generations: generations as Record<string, DeployedGeneration>,
        ...leavingAfter(args.memory, server.generations),
        ...(backupIds === undefined ? {} : { backupIds }),
        ...(server.activeGeneration === undefined ? {} : { activeGeneration: server.activeGeneration }),
      }));
    this.registerOutputs({ verdict: this.verdict, findings: this.findings, generations: this.generations });
  }

  private build(
    name: string,
    generation: number,
    { settings, secrets, memory, proven }: PassiveServerArgs,
    shared: {
      groupName: pulumi.Output<string>;
      group: pulumi.Resource;
      network: Network;
      backup: Backup | undefined;
      guards: pulumi.Resource[];
    },
  ) {
    const parent = { parent: this };
    const base = `${name}-g${generation}`;
    const mode = modeOf(settings, generation);
    const remembered = memory?.generations[generation];
    const machine = new Machine(
      base,
      {
        settings,
        generation,
        resourceGroupName: shared.groupName,
        subnetId: shared.network.subnetId,
        securityGroupId: shared.network.securityGroupId,
        administratorPassword: secrets.administratorPassword,
        remembered,
      },
      parent,
    );
    const access = new RemoteAccess(
      `${base}-access`,
      {
        settings,
        generation,
        resourceGroupName: shared.groupName,
        secrets,
        remembered,
        vmId: machine.vmId,
        mode,
        after: [...machine.members, ...shared.network.members],
      },
      parent,
    );
    const guard = retirementGuard(
      base,
      {
        settings,
        generation,
        vmId: machine.vmId,
        connection: access.connection,
        guarded: [
          shared.group,
          ...shared.network.members,
          ...machine.members,
          ...access.members,
          // Guards of one depth are asked together, and one that passes has disabled its server. The active one is asked
          // first and alone: its refusal must not cost the standby.
          ...(settings.server.activeGeneration === generation ? shared.guards : []),
        ],
      },
      this,
    );
    shared.guards.push(guard);
    const installation = new Installation(
      `${base}-connect`,
      {
        settings,
        generation,
        access,
        guard,
        mode,
        vmId: machine.vmId,
        announceGate: !proven?.has(generation) || remembered?.version !== settings.connect.version,
      },
      parent,
    );
    shared.backup?.protect(generation, machine.id, installation.last, this);

    const fingerprint: Fingerprint = fingerprintOf(settings, generation);
    const findings = judgedFindings(settings, generation, mode, installation.answers);
    return {
      generation,
      findings,
      outputs: pulumi.output({
        computerName: generationNames(settings.server.name, generation).machine,
        privateAddress: fingerprint.privateAddress,
        role: mode.kind === "frozen" ? mode.why : ("passive" as const),
        vmId: machine.vmId,
        hostKey: access.hostKey,
      }),
      deployed: pulumi
        .all([machine.vmId, access.hostKey])
        .apply(
          ([vmId, hostKey]): DeployedGeneration => ({ fingerprint, vmId, hostKey, version: settings.connect.version }),
        ),
    };
  }
}

function byGeneration<T>(entries: readonly (readonly [number, pulumi.Output<T>])[]): pulumi.Output<Record<string, T>> {
  return pulumi
    .all(entries.map(([generation, value]) => value.apply((known) => [String(generation), known] as const)))
    .apply((known) => Object.fromEntries(known) as Record<string, T>);
}
