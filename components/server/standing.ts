import * as authorization from "@pulumi/azure-native/authorization";
import * as monitor from "@pulumi/azure-native/monitor";
import type * as pulumi from "@pulumi/pulumi";
import { memberOptions, type OfGeneration } from "./members";

/** What stands around one generation's machine and never touches it: logs of its security group, a lock on an active one. */
export interface StandingArgs extends OfGeneration {
  readonly machineId: pulumi.Output<string>;
  /** Absent where a lost generation has none any more. */
  readonly securityGroupId: pulumi.Output<string> | undefined;
  /** Whether a part is to be named: of a generation that is not acted on only what the state holds. */
  readonly named: (part: string) => boolean;
  /** Another machine has its name: what is taken out is forgotten, not deleted. */
  readonly kept: boolean;
}

/** Both that a security group has (resource log for a network security group, azure-docs virtual-network). */
const securityGroupLogs = ["NetworkSecurityGroupEvent", "NetworkSecurityGroupRuleCounter"] as const;

export function securityGroupDiagnostics(
  base: string,
  { structure, settings, treatment, securityGroupId, named, kept }: StandingArgs,
  parent: pulumi.Resource,
): readonly pulumi.Resource[] {
  const part = "nsg-diagnostics";
  if (securityGroupId === undefined || !named(part)) return [];
  // An active generation keeps what it has, also when the settings no longer name a workspace.
  if (treatment === "acting" && structure.logAnalyticsWorkspaceId === undefined) return [];
  return [
    new monitor.DiagnosticSetting(
      `${base}-${part}`,
      {
        name: "entra-connect",
        resourceUri: securityGroupId,
        workspaceId: settings.apply((known) => known.logAnalyticsWorkspaceId ?? ""),
        logs: securityGroupLogs.map((category) => ({ category, enabled: true })),
      },
      // One that is taken up has it spelled as the provider reads it from the id.
      { ignoreChanges: ["resourceUri"], ...memberOptions(treatment, parent), retainOnDelete: kept },
    ),
  ];
}

/** Made when the generation is declared active, gone when it no longer is: before its retirement, which it would refuse. */
export function activeServerLock(
  base: string,
  { structure, block, machineId }: StandingArgs,
  parent: pulumi.Resource,
): void {
  if (block.role !== "active" || !structure.locks.activeServer) return;
  new authorization.ManagementLockByScope(
    `${base}-lock`,
    {
      scope: machineId,
      lockName: "entra-connect-active-server",
      level: "CanNotDelete",
      notes: "The active Entra Connect server. Taken away by the stack when it is declared passive again.",
    },
    { parent, ignoreChanges: ["scope"] },
  );
}
