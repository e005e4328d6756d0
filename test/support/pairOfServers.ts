import type { ServerWorld } from "../../rehearsal/windows/serverWorld";
import type { Rehearsal } from "./rehearsal";

export const [first, second] = ["aadc-stg-g1", "aadc-stg-g2"] as const;

export const text = (value: unknown): string => JSON.stringify(value);

/** Counts of a run without what stayed the same. */
export function changed({ changes }: { readonly changes: object }): object {
  const { same: _same, ...rest } = { same: 0, ...changes };
  return rest;
}

export const nothing = { create: 0, import: 0, update: 0, replace: 0, delete: 0 } as const;

/**
 * The role switch in the wizard, as somebody does it by hand on the server. The scheduler of the active one is left off: it would
 * export every half hour of the world's time, and the guard sees that for two days.
 */
export function switchStaging(world: Rehearsal, machine: string, on: boolean): void {
  world.changeServer(machine, ({ adsync }) => {
    if (adsync === undefined) throw new Error(`Entra Connect is not installed on ${machine}`);
    adsync.stagingMode = on;
    adsync.globalParameters["Microsoft.Synchronize.StagingMode"] = on ? "True" : "False";
    adsync.scheduler.syncCycleEnabled = on;
  });
}

/** Azure's identity of a machine, as the output `servers` tells it. */
export async function vmIdOf(world: Rehearsal, machine: string): Promise<string> {
  const { resources } = await world.picture();
  const found = resources.find(({ type, name }) => /virtualmachines$/i.test(type) && name === machine);
  const vmId = (found?.body as { properties?: { vmId?: string } } | undefined)?.properties?.vmId;
  if (vmId === undefined) throw new Error(`there is no machine ${machine} in the simulated Azure`);
  return vmId;
}

/** What of Azure carries a machine's name, with everything in it: to be compared before and after. */
export async function azureOf(world: Rehearsal, machine: string): Promise<string> {
  const { resources } = await world.picture();
  return text(resources.filter(({ name }) => name.startsWith(machine)));
}

/** Calls that change something in the simulated Azure. */
export async function writingCalls(world: Rehearsal): Promise<readonly string[]> {
  const { calls } = await world.picture();
  return calls
    .filter(({ action }) => /^(PUT|PATCH|POST|DELETE)/.test(action))
    .map(({ action, target }) => `${action} ${target}`);
}

/** What ran there without what the engine's own scheduler does while it is on. */
export const ownRuns = <Run extends { readonly byScheduler?: true }>({
  adsync,
}: {
  readonly adsync?: { readonly runHistory: readonly Run[] };
}): readonly Run[] => (adsync?.runHistory ?? []).filter(({ byScheduler }) => !byScheduler);

/** A server without what passing time alone changes on it: its clock, and what the engine's own scheduler does. */
export function withoutItsScheduler(server: ServerWorld): object {
  const { adsync, ...rest } = server;
  if (adsync === undefined) return { ...rest, clock: 0 };
  const { nextSyncCycleStart: _next, cycle: _cycle, ...scheduler } = adsync.scheduler;
  return { ...rest, clock: 0, adsync: { ...adsync, scheduler, runHistory: ownRuns(server) } };
}
