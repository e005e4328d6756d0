import { setTimeout as pause } from "node:timers/promises";
import type { CallLog, ServerFolder } from "./contract";
import type { WorldMachines } from "./machines";

export interface TaskScheduler {
  /** Resolves when nothing runs any more. */
  stop(): Promise<void>;
}

export interface TaskSchedulerOptions {
  readonly machines: () => WorldMachines;
  /** Runs what is due on one machine; names of what ran. */
  readonly runDueTasks: (server: ServerFolder, signal: AbortSignal) => Promise<readonly string[]>;
  readonly calls: CallLog;
}

/** Real time between two looks: a minute of a server's time in a new world. */
const lookMilliseconds = 250;

/** Windows' task scheduler on every machine that runs, as long as the world is open: the simulated time passes their hours. */
export function startTaskScheduler({ machines, runDueTasks, calls }: TaskSchedulerOptions): TaskScheduler {
  const closed = new AbortController();
  const look = async (): Promise<void> => {
    for (const { server, power, restarting, gone } of machines().all()) {
      if (power !== "running" || restarting || closed.signal.aborted) continue;
      try {
        const ran = await runDueTasks(server, AbortSignal.any([gone, closed.signal]));
        for (const name of ran)
          calls.record({ room: "ssh", action: `task ${name}`, target: server.name, result: "ran" });
      } catch {
        // The machine went down or was deleted in the middle of it.
      }
    }
  };
  const going = (async () => {
    while (!closed.signal.aborted) {
      await look();
      await pause(lookMilliseconds, undefined, { ref: false, signal: closed.signal }).catch(() => undefined);
    }
  })();
  return {
    async stop() {
      closed.abort(new Error("the world was closed"));
      await going;
    },
  };
}
