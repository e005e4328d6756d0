import type { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { remoteAccess, type Secrets } from "./access/access";
import type { Archive } from "./archive/archive";
import { archiveRight } from "./archive/rights";
import { archiveTask } from "./archive/task";
import type { Backup } from "./backup/backup";
import { installation } from "./connect/installation";
import { proofOf } from "./connect/proof";
import { fence } from "./fence/fence";
import { reported, type ToldFinding } from "./findings";
import { retirementGuard } from "./guard/guard";
import { retirementByRunCommand } from "./guard/retirement";
import type { Known } from "./know";
import { maintenanceWindow } from "./maintenance/maintenance";
import { monitoringAgent } from "./monitoring/agent";
import type { Monitoring } from "./monitoring/monitoring";
import { machine } from "./server/machine";
import { generationNames } from "./server/names";
import { activeServerLock, securityGroupDiagnostics } from "./server/standing";
import type { GenerationSettings } from "./settings/settings";

export interface GenerationArgs {
  readonly known: Known;
  readonly block: GenerationSettings;
  readonly secrets: Secrets;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly subnetId: pulumi.Input<string>;
  readonly backup: Backup | undefined;
  readonly archive: Archive | undefined;
  readonly monitoring: Monitoring | undefined;
  /** What the generations share and this one stands on. */
  readonly shared: readonly pulumi.Resource[];
  readonly ledger: pulumi.Resource;
  /** What waits for this one's answer before it goes: the ledger, and guards of other generations. */
  readonly askedAfter: readonly pulumi.Resource[];
}

/** One server as the outputs tell it. */
export interface ServerOutput {
  computerName: string;
  privateAddress: string;
  /** passive, active, fenced or lost. */
  role: string;
  /** Azure's identity of the machine; exceptions name it. */
  vmId: string;
  /** Instant of the last proof of staging mode, UTC; empty before the first. */
  provenAt: string;
  /** Entra Connect as last proven; empty before the first. */
  version: string;
}

/** Everything that belongs to one build of the server: it carries the generation's number, and goes behind its guard. */
export class Generation extends pulumi.ComponentResource {
  readonly guard: remote.Command;
  readonly findings: pulumi.Output<ToldFinding[]>;
  readonly server: pulumi.Output<ServerOutput>;

  constructor(name: string, args: GenerationArgs, opts: pulumi.ComponentResourceOptions) {
    super("entra-connect:server:Generation", name, {}, opts);
    const { known, block, secrets, resourceGroupName } = args;
    const { structure, settings } = known;
    const remembered = known.remembered.generations[block.generation];
    const treatment = known.treatment(block);
    const machineName = generationNames(structure.name, block.generation).machine;
    const entry = known.ledger.generations[block.generation];
    const context = known.judging(block);
    const here = { structure, settings, block, treatment, resourceGroupName, remembered };
    const holds = (part: string): boolean => known.remembered.parts.has(`g${block.generation}-${part}`);
    const stands = (part: string): boolean => treatment !== "lost" || holds(part);
    const vm = machine(
      name,
      {
        ...here,
        subnetId: args.subnetId,
        administratorPassword: secrets.administratorPassword,
        kept: known.kept(block.generation),
        ledger: args.ledger,
        stands,
      },
      this,
    );
    const around = {
      ...here,
      machineId: vm.id,
      securityGroupId: vm.securityGroupId,
      kept: known.kept(block.generation),
      // What a later release or setting adds is not made around a server that is not acted on.
      named: (part: string): boolean => treatment === "acting" || holds(part),
    };
    const maintained = maintenanceWindow(name, { ...around, window: known.window(block.generation) }, this);
    const logged = securityGroupDiagnostics(name, around, this);
    activeServerLock(name, around, this);
    const archived = archiveRight(
      name,
      {
        ...around,
        scope: args.archive?.scope,
        principalId: vm.principalId,
        adopt: known.existingArchive.assignments[block.generation],
      },
      this,
    );
    const access = remoteAccess(
      name,
      {
        ...here,
        secrets,
        stands,
        holds,
        context,
        vmId: vm.vmId,
        after: [...args.shared, ...vm.members],
      },
      this,
    );
    const watched = [
      ...monitoringAgent(
        name,
        {
          ...around,
          machine: vm.machine,
          workspaceId: args.monitoring?.workspaceId,
          after: [...vm.members, ...access.members],
        },
        this,
      ),
      ...(args.monitoring?.fromTheStart(block.generation, vm.id) ?? []),
    ];
    const asked = retirementByRunCommand(
      name,
      {
        ...here,
        vmId: vm.vmId,
        holds,
        exception: known.retiring(block.generation),
        since: entry?.byRunCommandSince,
        now: known.today,
        after: [...args.shared, ...vm.members, ...args.askedAfter],
      },
      this,
    );
    this.guard = retirementGuard(
      name,
      {
        structure,
        block,
        vmId: vm.vmId,
        connection: access.connection,
        guarded: [
          ...args.shared,
          ...vm.members,
          ...maintained,
          ...logged,
          ...archived,
          ...access.members,
          ...watched,
          ...asked.members,
          ...args.askedAfter,
        ],
        passedByRunCommand: asked.passed,
      },
      this,
    );
    const fenced = fence(
      name,
      {
        ...here,
        access,
        guard: this.guard,
        vmId: vm.vmId,
        since: entry?.role === "fenced" ? entry.roleSince : undefined,
        power: known.power(block.generation),
        holds,
      },
      this,
    );
    const connect = installation(
      name,
      {
        ...here,
        access,
        guard: this.guard,
        passiveSince: entry?.passiveSince,
        vmId: vm.vmId,
        join: known.join(block),
        joinSecrets: secrets.domainJoinSecrets,
        remedied: holds("set-prerequisites"),
        files: known.files(block.generation),
        digest: known.settingsFile(block.generation),
        before: known.findings.filter(({ subject }) => subject === machineName).map(reported),
        context,
      },
      this,
    );
    const archiving = archiveTask(
      name,
      {
        ...here,
        access,
        vmId: vm.vmId,
        place: known.existingArchive.place,
        after: [connect.last, ...archived, ...(args.archive?.scope.after ?? [])],
        heard: connect.findings,
        holds,
        context,
      },
      this,
    );
    // Azure Backup installs on the machine: a protection that begins is something done to a server.
    if (treatment === "acting" || known.protects(block.generation))
      args.backup?.protect(block, treatment, vm.id, connect.last);
    args.monitoring?.afterProof(block.generation, vm.id, connect.last);
    this.findings = pulumi
      .all([access.findings, asked.findings, fenced, connect.findings, archiving])
      .apply((lists): ToldFinding[] => lists.flat());
    this.server = pulumi.all([vm.vmId, connect.proof]).apply(([vmId, text]): ServerOutput => {
      const proof = text ? proofOf(text) : undefined;
      return {
        computerName: machineName,
        privateAddress: block.address,
        role: block.role,
        vmId,
        provenAt: proof?.collectedAt ?? "",
        version: proof?.versions.engine ?? "",
      };
    });
    this.registerOutputs({ server: this.server });
  }
}
