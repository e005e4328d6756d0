import { isJsonObject } from "../../evidence/json";
import type { HazardCode } from "../hazardTable";
import { itemOf, type Landscape } from "../landscape";
import type { Detector, Raised } from "../raised";
import type { ResourceKind } from "../resourceKinds";
import { newInputs, oldInputs, type ResourceChange } from "../steps";
import { goes } from "../touching";

const holders: ReadonlySet<ResourceKind> = new Set(["vault", "protectionPolicy", "protectedItem", "recoveryPoints"]);

export const backupHazards: Detector = (landscape) => [
  ...landscape.changes.flatMap((change) => {
    const kind = landscape.kind(change);
    if (kind === undefined || !holders.has(kind)) return [];
    const stop = stopOf(landscape, change);
    if (stop !== undefined) return [{ code: stop, change, properties: change.changes } as const];
    if (change.action === "forget") return [{ code: "backup-unmanaged", change } as const];
    if (change.action !== "delete" && change.action !== "replace") return [];
    return change.retained ? retained(landscape, change) : lost(change);
  }),
  ...groups(landscape),
  ...stillToStop(landscape),
];

/**
 * A body that stops protection and keeps the data is no loss where it takes a deletion back, nor where this library stops
 * what no machine stands behind any more; it does that of retired numbers only. Everything else that stops is judged as such.
 */
export function stopOf(landscape: Landscape, change: ResourceChange): HazardCode | undefined {
  if (landscape.kind(change) !== "protectedItem" || !["update", "import"].includes(change.action)) return undefined;
  const { properties } = newInputs(change);
  if (!isJsonObject(properties) || properties.protectionState !== "ProtectionStopped") return undefined;
  if (properties.isRehydrate === true) return "protection-undeleted";
  const retired = itemOf(change) !== undefined && !landscape.servers.some(({ members }) => members.includes(change));
  return retired && change.action === "update" ? "protection-ended" : undefined;
}

const lost = (change: ResourceChange): readonly Raised[] => [
  {
    code: "recovery-points-lost",
    change,
    what: change.action === "delete" ? "deleted" : "replaced",
    properties: change.changes,
  },
];

/** Retained: with its machine gone that is how it should be; with the machine there nobody looks after it any more. */
function retained(landscape: Landscape, change: ResourceChange): readonly Raised[] {
  const kept: Raised = { code: "recovery-points-retained", change };
  return machineGoesToo(landscape, change) ? [kept] : [{ code: "backup-unmanaged", change }];
}

function machineGoesToo({ servers, kind }: Landscape, change: ResourceChange): boolean {
  // Nobody's any more: its machine went in an earlier run.
  if (itemOf(change) !== undefined && !servers.some(({ members }) => members.includes(change))) return true;
  if (kind(change) !== "protectedItem")
    return servers.length > 0 && servers.every(({ machines }) => machines.every(isGone));
  const own = servers.find(({ members }) => members.includes(change));
  return own !== undefined && own.machines.length > 0 && own.machines.every(isGone);
}

/**
 * A guard passes in the deletions, the last thing of a run: so protection of what this library retires is stopped by the next
 * one. An item that stays as it is need not be listed.
 */
function stillToStop({ servers, byUrn, complete, kind }: Landscape): readonly Raised[] {
  return servers.flatMap((server): readonly Raised[] => {
    const { ours, machines, members, component, name } = server;
    if (!ours || machines.length === 0 || !machines.every(isGone)) return [];
    const whole = byUrn.get(component ?? "");
    const { backup } = whole === undefined ? {} : newInputs(whole);
    if (whole?.action === "delete" || (isJsonObject(backup) && backup.enabled === false)) return [];
    const item = members.find((change) => kind(change) === "protectedItem");
    if (item === undefined ? complete : item.action !== "nothing") return [];
    return [{ code: "protection-to-stop", change: item ?? machines[0], subject: name }];
  });
}

const isGone = (machine: ResourceChange): boolean => machine.action === "delete";

/** A resource group that goes takes everything in it along, retained or not. */
function groups({ changes, kind }: Landscape): readonly Raised[] {
  const inside = changes.filter((change) => kind(change) === "vault" && change.old !== undefined);
  return changes
    .filter((change) => kind(change) === "resourceGroup" && goes(change))
    .flatMap((group): Raised[] => {
      const name = nameOf(group);
      const vault = inside.find((change) => groupOf(change) === name);
      if (name === "" || vault === undefined) return [];
      return [
        { code: "recovery-points-lost", change: group, what: `${group.action}d with the vault ${vault.name} in it` },
      ];
    });
}

const nameOf = (group: ResourceChange): string =>
  text(oldInputs(group).resourceGroupName) || text(oldInputs(group).name);

function groupOf(change: ResourceChange): string {
  const fromId = /\/resourceGroups\/([^/]+)\//iu.exec(text(change.old?.id))?.[1];
  const inputs = isJsonObject(change.old?.inputs) ? change.old.inputs : {};
  return (fromId ?? text(inputs.resourceGroupName)).toLowerCase();
}

const text = (value: unknown): string => (typeof value === "string" ? value.toLowerCase() : "");
