/**
 * The engine's own scheduler: where it is enabled, a cycle begins every 30 minutes and takes some. Only the machine's clock
 * counts: whoever looks a little late finds what has begun and ended meanwhile, at its own instants.
 */
import { randomUUID } from "node:crypto";
import type { ServerFolder } from "../world/contract";
import { changeServerWorld, readServerWorld } from "./serverFiles";
import type { ConnectorWorld, RunWorld, ServerWorld, SynchronizationWorld } from "./serverWorld";
import { simulatedNow } from "./simulatedTime";

const minute = 60_000;
const intervalMinutes = 30;
/** What one run of a run profile takes; a cycle of two connectors is over in four minutes, in six where it exports. */
const runMinutes = 1;
/** PurgeRunHistoryInterval of the simulated engine. */
const historyDays = 7;

/** In the documented order: all connectors, one step after the other. In staging mode a cycle does not export. */
const staged = ["Delta Import", "Delta Synchronization"] as const;
const exporting = [...staged, "Export"] as const;

/** Lets happen what the machine's clock says has happened since somebody looked last. */
export async function runCycles(server: ServerFolder): Promise<void> {
  // Nearly always nothing is due, and a look needs no lock.
  const seen = await readServerWorld(server);
  if (!isDue(seen, simulatedNow(seen.clock))) return;
  await changeServerWorld(server, (world) => advance(world, simulatedNow(world.clock)));
}

/** The machine went down: what ran is gone, and the next cycle begins at its time. */
export function cyclesEndedByRestart({ adsync, clock }: ServerWorld): void {
  if (adsync === undefined) return;
  const now = simulatedNow(clock).toISOString();
  for (const run of adsync.runHistory)
    if (run.byScheduler && run.finishesAt !== undefined && run.finishesAt > now) {
      delete run.finishesAt;
      run.endDate = now;
      run.result = "stopped-server";
    }
  delete adsync.scheduler.cycle;
}

function isDue({ adsync, services }: ServerWorld, now: Date): boolean {
  if (adsync === undefined) return false;
  const { cycle, syncCycleEnabled, schedulerSuspended, nextSyncCycleStart } = adsync.scheduler;
  if (services.ADSync?.status !== "Running") return cycle !== undefined;
  if (cycle !== undefined) return Date.parse(cycle.toCome[0]?.startDate ?? cycle.endsAt) <= now.getTime();
  return syncCycleEnabled && !schedulerSuspended && Date.parse(nextSyncCycleStart) <= now.getTime();
}

function advance(world: ServerWorld, now: Date): void {
  while (isDue(world, now)) {
    const { adsync } = world;
    if (adsync === undefined) break;
    const { scheduler } = adsync;
    if (world.services.ADSync?.status !== "Running") {
      cyclesEndedByRestart(world);
    } else if (scheduler.cycle !== undefined) {
      const next = scheduler.cycle.toCome.shift();
      if (next === undefined) delete scheduler.cycle;
      else adsync.runHistory.unshift(next);
    } else {
      // Somebody's run comes first: the scheduler waits for it.
      if (adsync.runHistory.some(({ finishesAt = "" }) => finishesAt > now.toISOString())) break;
      beginCycle(adsync, beginning(adsync, now));
    }
  }
}

/** At its time, and not before what ran last is over. Where that is long past the scheduler was off until now. */
function beginning({ scheduler, runHistory }: SynchronizationWorld, now: Date): number {
  const due = Date.parse(scheduler.nextSyncCycleStart);
  if (now.getTime() - due >= intervalMinutes * minute) return now.getTime();
  return Math.max(due, ...runHistory.map(({ endDate }) => Date.parse(endDate)));
}

function beginCycle(adsync: SynchronizationWorld, begin: number): void {
  const toCome: RunWorld[] = [];
  let at = begin;
  for (const profile of adsync.stagingMode ? staged : exporting)
    for (const connector of adsync.connectors) {
      toCome.push(runAt(connector, profile, at));
      at += runMinutes * minute;
    }
  const kept = new Date(begin - historyDays * 86_400_000).toISOString();
  adsync.runHistory = adsync.runHistory.filter(({ byScheduler, endDate }) => !byScheduler || endDate > kept);
  adsync.scheduler.cycle = { endsAt: new Date(at).toISOString(), toCome };
  adsync.scheduler.nextSyncCycleStart = new Date(begin + intervalMinutes * minute).toISOString();
}

function runAt(connector: ConnectorWorld, runProfileName: string, begin: number): RunWorld {
  const end = new Date(begin + runMinutes * minute).toISOString();
  return {
    runHistoryId: randomUUID(),
    connectorIdentifier: connector.identifier,
    connectorName: connector.name,
    runProfileName,
    result: "success",
    startDate: new Date(begin).toISOString(),
    endDate: end,
    finishesAt: end,
    byScheduler: true,
    stepTypes: [runProfileName.toLowerCase().replace(" ", "-")],
  };
}

/** The engine as its cmdlets show it now: what is in progress has no result and no end. Changes the given world. */
export function atThisMoment(world: ServerWorld): ServerWorld {
  const { adsync } = world;
  if (adsync === undefined) return world;
  const now = simulatedNow(world.clock).toISOString();
  if ((adsync.scheduler.cycle?.endsAt ?? "") > now) adsync.scheduler.syncCycleInProgress = true;
  for (const run of adsync.runHistory)
    if ((run.finishesAt ?? "") > now) {
      run.result = inProgress;
      run.endDate = "";
    }
  return world;
}

export const inProgress = "in-progress";
