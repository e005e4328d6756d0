import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";
import { verdictOf } from "../review/verdict";
import { Archive } from "./archive/archive";
import type { PassiveServerArgs } from "./args";
import { Backup } from "./backup/backup";
import { Children } from "./children";
import { operatorInstructions } from "./connect/instructions";
import { type ReportedFinding, reported, type ToldFinding, withoutRepeats } from "./findings";
import { Generation, type ServerOutput } from "./generation";
import { leavingNote } from "./guard/byRunCommand";
import { secretsOf, settle, settledValue, writtenOf } from "./inputs";
import { type Known, know } from "./know";
import { askedBySshOnLeaving } from "./memory/leavingByRunCommand";
import { ownTagNames } from "./memory/outside";
import { ledgerName } from "./memory/remembered";
import { Monitoring } from "./monitoring/monitoring";
import { Network, type NetworkArgs } from "./network/network";
import { groupsOf, resourceGroupNames, serverResourceGroup } from "./server/names";

interface Outputs {
  readonly verdict: pulumi.Output<string>;
  readonly findings: pulumi.Output<ReportedFinding[]>;
  readonly instructions: pulumi.Output<string>;
  readonly servers: pulumi.Output<{ [generation: string]: ServerOutput }>;
  readonly egressAddress: pulumi.Output<string | undefined>;
}

/** Names that the component had before, by its aliases; one that is still unknown in a preview names nothing. */
async function earlierNames(opts: pulumi.ComponentResourceOptions | undefined): Promise<readonly string[]> {
  const names = await Promise.all(
    (opts?.aliases ?? []).map(async (alias) => {
      const { values } = await settle(alias, undefined);
      if (typeof values === "string") return values.split("::").at(-1);
      const name = typeof values === "object" && values !== null && "name" in values ? values.name : undefined;
      return typeof name === "string" ? name : undefined;
    }),
  );
  return names.flatMap((name) => name ?? []);
}

/** Arguments wait here for `initialize`, which the base class calls with what is registered: no secrets, no files. */
const given = new WeakMap<object, { readonly args: PassiveServerArgs; readonly children: Children }>();

function registered(name: string, args: PassiveServerArgs, children: Children): pulumi.Inputs {
  const inputs = writtenOf(name, args);
  given.set(inputs, { args, children });
  return inputs;
}

/**
 * A passive (staging mode) Microsoft Entra Connect Sync server: shared network, one virtual machine for each generation
 * block, remote access, retirement guard, Entra Connect through the operator's gate, verification, backup.
 *
 * Checks and look-ups happen inside, with the component's own provider, before the first Azure resource; a refusal
 * throws a SettingsError with every problem. What a change does to a running server stands at each argument: in place,
 * rebuild (write another generation block: a new server is built beside, proven, and the old one retired when its block
 * is taken out), or refused. Options, providers, tags and transforms reach every child.
 */
export class PassiveServer extends pulumi.ComponentResource<Outputs> {
  /** `ok`, `review` or `blocked`: the worst of the findings. */
  public readonly verdict: pulumi.Output<string>;
  /** What was found, exceptions that stand included. */
  public readonly findings: pulumi.Output<ReportedFinding[]>;
  /** What the operator does at the wizard, for the newest generation. */
  public readonly instructions: pulumi.Output<string>;
  /** Each server by its generation's number. */
  public readonly servers: pulumi.Output<{ [generation: string]: ServerOutput }>;
  /** Address that Entra ID sees; absent with an existing subnet. */
  public readonly egressAddress: pulumi.Output<string | undefined>;

  constructor(name: string, args: PassiveServerArgs, opts?: pulumi.ComponentResourceOptions) {
    const children = new Children();
    super(
      "entra-connect:index:PassiveServer",
      name,
      registered(name, args, children),
      pulumi.mergeOptions(opts, { transformations: [children.transformation] }),
    );
    // One by one: in a preview what is known of one must not wait for another that is not.
    const outputs = this.getData();
    this.verdict = pulumi.output(outputs.then((all) => all.verdict));
    this.findings = pulumi.output(outputs.then((all) => all.findings));
    this.instructions = pulumi.output(outputs.then((all) => all.instructions));
    this.servers = pulumi.output(outputs.then((all) => all.servers));
    this.egressAddress = pulumi.output(outputs.then((all) => all.egressAddress));
  }

  protected override async initialize(
    inputs: pulumi.Inputs,
    opts?: pulumi.ComponentResourceOptions,
    componentName?: string,
  ): Promise<Outputs> {
    const name = componentName ?? "";
    const own = given.get(inputs);
    if (own === undefined) throw new Error("PassiveServer was initialized with arguments that are not its own");
    const { args, children } = own;
    const known = await know(name, await earlierNames(opts), inputs, args, this);
    for (const machine of askedBySshOnLeaving(known.structure, known.remembered))
      void pulumi.log.info(leavingNote(machine), this);
    children.knows({
      component: name,
      ownTags: ownTagNames(known.structure, known.remembered.ledger),
      worn: known.worn,
      takenUp: known.takenUp,
      groups: groupsOf(known.structure, known.ledger.subscriptionId),
    });
    // The first resource: from here on the state says which generations there are, however this run ends. (A provider for the
    // hub's subscription may be there already, for looking.)
    const ledger = new pulumi.Stash(ledgerName(name), { input: known.ledger }, { parent: this });
    // Registrations overtake each other: the next one is begun when the engine has this one.
    await settledValue(ledger.urn);
    const outputs = await this.build(name, args, known, ledger);
    this.registerOutputs({ ...outputs });
    return outputs;
  }

  // Not private: a private method has no type in declarations, and Pulumi's analyzer takes it for an output.
  protected async build(
    name: string,
    args: PassiveServerArgs,
    known: Known,
    ledger: pulumi.Resource,
  ): Promise<Outputs> {
    const { structure, settings } = known;
    const parent = { parent: this };
    // What an active server stands on the engine itself refuses to delete.
    const active = structure.generations.some(({ role }) => role === "active");
    const groupName = settings.apply(serverResourceGroup);
    const group =
      structure.resourceGroupName === undefined
        ? new resources.ResourceGroup(
            `${name}-group`,
            {
              resourceGroupName: resourceGroupNames(structure.name).server,
              location: structure.location,
              tags: settings.apply((all) => all.tags),
            },
            { ...parent, protect: active },
          )
        : undefined;
    const resourceGroupName = group?.name ?? groupName;
    const networkArgs: NetworkArgs = {
      structure,
      settings,
      resourceGroupName,
      untouched: known.sharedUntouched,
      standsUnderActive: active,
      hubsProvider: known.hubsProvider,
      waiting: known.waiting,
      peered: known.remembered.parts.has("network-peering"),
    };
    const network = new Network(`${name}-network`, networkArgs, parent);
    const backup = structure.backup.enabled
      ? new Backup(
          `${name}-backup`,
          {
            structure,
            settings,
            existing: known.existingBackup,
            subscriptionId: known.ledger.subscriptionId,
          },
          parent,
        )
      : undefined;
    backup?.keepRetired();
    const archive = structure.archive.enabled
      ? new Archive(
          `${name}-archive`,
          {
            structure,
            settings,
            existing: known.existingArchive,
            subscriptionId: known.ledger.subscriptionId,
            resourceGroupName,
            subnetId: network.subnetId,
            virtualNetworkId: network.virtualNetworkId,
            subnetIsReady: known.subnetIsReady,
            untouched: structure.network.kind === "new" && known.sharedUntouched,
            standsUnderActive: active,
            holds: (part) => known.remembered.parts.has(part),
          },
          parent,
        )
      : undefined;
    const monitoring =
      structure.monitoring === undefined
        ? undefined
        : new Monitoring(
            `${name}-monitoring`,
            {
              structure,
              monitoring: structure.monitoring,
              settings,
              subscriptionId: known.ledger.subscriptionId,
              vaultId: backup?.vaultId,
            },
            parent,
          );
    await network.connected(networkArgs);
    const guards: pulumi.Resource[] = [];
    const secrets = secretsOf(args);
    // Guards of one depth are asked together, and one that passes has disabled its server. The active one is asked first
    // and alone: its refusal must not cost the standby. So its guard depends on the others'.
    const activeLast = [...structure.generations].sort(
      (left, right) => Number(left.role === "active") - Number(right.role === "active"),
    );
    const built = activeLast.map((block) => {
      const generation = new Generation(
        `${name}-g${block.generation}`,
        {
          known,
          block,
          secrets,
          resourceGroupName,
          subnetId: network.subnetId,
          backup,
          archive,
          monitoring,
          shared: [...(group === undefined ? [] : [group]), ...network.members, ...(archive?.members ?? [])],
          ledger,
          // Guards keep the ledger: a destroy that one of them refuses leaves it, whatever else is gone from the state.
          askedAfter: [ledger, ...(block.role === "active" ? guards : [])],
        },
        parent,
      );
      guards.push(generation.guard);
      return generation;
    });
    const told = pulumi
      .all([network.findings, ...built.map((each) => each.findings)])
      .apply((lists): ToldFinding[] => withoutRepeats([...known.findings.map(reported), ...lists.flat()]));
    const newest = structure.generations.at(-1);
    return {
      findings: told.apply((findings): ReportedFinding[] => findings),
      verdict: told.apply((findings): string => verdictOf(findings)),
      instructions: settings.apply((all) =>
        newest === undefined ? "" : operatorInstructions(all, newest, known.settingsFile(newest.generation)),
      ),
      servers: pulumi
        .all(built.map((each) => each.server))
        .apply((servers) =>
          Object.fromEntries(servers.map((server, index) => [String(activeLast[index]?.generation), server])),
        ),
      egressAddress: network.egressAddress,
    };
  }
}
