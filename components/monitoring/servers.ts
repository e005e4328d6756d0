import type { Chosen, LeftOut, Need, WatchedRole, WatchedServer } from "../../review/alerts";
import { chooseAlerts, chooseForStack } from "../../review/alerts";
import { schedules } from "../archive/plan";
import { generationNames } from "../server/names";
import { parseResourceId, sameId } from "../settings/resourceId";
import type { Role, Settings } from "../settings/settings";

/** A server that is watched: a generation of the stack, or one that the settings name. */
export interface Watched extends WatchedServer {
  /** In names of resources: `g1`, or `other-<computer name>`. */
  readonly key: string;
  readonly generation?: number;
  /** Resource id of a virtual machine outside of the stack. */
  readonly machineId?: string;
}

export interface WatchPlan {
  readonly server: Watched;
  readonly made: readonly Chosen[];
  readonly left: readonly LeftOut[];
}

/** A lost one must not come back either. */
const watchedRole: Readonly<Record<Role, WatchedRole>> = {
  passive: "passive",
  active: "active",
  fenced: "fenced",
  lost: "fenced",
};

function needsOf(settings: Settings, role: WatchedRole, ours: boolean, machine: boolean): ReadonlySet<Need> {
  return new Set<Need>([
    "agent",
    ...(schedules(settings) ? (["task"] as const) : []),
    // Of a server outside of the stack, and of an active one, it is meant to run; a passive one of ours runs where it was switched on.
    ...(ours && role === "passive" && !settings.gate.enableScheduler ? [] : (["scheduler"] as const)),
    ...(machine ? (["machine"] as const) : []),
  ]);
}

/** Every server with its alerts, generations first. @param subscriptionId where the alerts stand: Azure watches its own only */
export function watchPlan(settings: Settings, subscriptionId: string | undefined): readonly WatchPlan[] {
  const { monitoring, generations, otherServers, name } = settings;
  if (monitoring === undefined) return [];
  const plan = (server: Watched, ours: boolean, machine: boolean): WatchPlan => ({
    server,
    ...chooseAlerts({
      server,
      has: needsOf(settings, server.role, ours, machine),
      exceptions: monitoring.alerts,
    }),
  });
  return [
    ...generations.map(({ generation, role }) =>
      plan(
        {
          key: `g${generation}`,
          generation,
          computerName: generationNames(name, generation).machine,
          role: watchedRole[role],
        },
        true,
        role !== "lost",
      ),
    ),
    ...otherServers.map(({ computerName, role, machineId }) => {
      const machine = machineIn(machineId, subscriptionId);
      return plan(
        {
          key: `other-${computerName.toLowerCase()}`,
          computerName: computerName.toLowerCase(),
          role,
          ...(machine === undefined ? {} : { machineId: machine }),
        },
        false,
        machine !== undefined,
      );
    }),
  ];
}

function machineIn(id: string | undefined, subscriptionId: string | undefined): string | undefined {
  const parsed = parseResourceId(id ?? "");
  return sameId(parsed?.type, "Microsoft.Compute/virtualMachines") && sameId(parsed?.subscriptionId, subscriptionId)
    ? id
    : undefined;
}

/** Alerts that know no server. */
export function stackPlan({ monitoring, backup }: Settings): readonly Chosen[] {
  if (monitoring === undefined) return [];
  const ownVault = backup.enabled && backup.vaultId === undefined;
  return chooseForStack(new Set<Need>(ownVault ? ["vault"] : []), monitoring.alerts);
}
