import { setTimeout as pause } from "node:timers/promises";
import type { CallLog, ServerFolder, WindowsExecutor } from "./contract";
import type { WorldMachines } from "./machines";

export interface TaskScheduler {
  /** Resolves when nothing runs any more. */
  stop(): Promise<void>;
}

export type RunCycles = (server: ServerFolder) => Promise<void>;

export interface TaskSchedulerOptions {
  readonly machines: () => WorldMachines;
  /** Runs what is due on one machine; names of what ran. */
  readonly runDueTasks: (server: ServerFolder, signal: AbortSignal) => Promise<readonly string[]>;
  /** Lets the synchronization scheduler of one machine do what its clock says. */
  readonly runCycles: RunCycles;
  readonly calls: CallLog;
}

/** Real time between two looks: a minute of a server's time in a new world. */
const lookMilliseconds = 250;

/** A script meets the engine as its scheduler has it at that moment, whenever somebody looked last. */
export function amongCycles(executor: WindowsExecutor, runCycles: RunCycles): WindowsExecutor {
  return {
    kind: executor.kind,
    exec: async (server, run) => {
      await runCycles(server);
      return executor.exec(server, run);
    },
    runScript: async (server, request) => {
      await runCycles(server);
      return executor.runScript(server, request);
    },
  };
}

/**
 * Windows' task scheduler and that of the synchronization engine, on every machine that runs, as long as the world is
 * open: the simulated time passes their hours.
 */
export function startTaskScheduler({ machines, runDueTasks, runCycles, calls }: TaskSchedulerOptions): TaskScheduler {
  const closed = new AbortController();
  const look = async (): Promise<void> => {
    for (const { server, power, restarting, gone } of machines().all()) {
      if (power !== "running" || restarting || closed.signal.aborted) continue;
      try {
        await runCycles(server);
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
