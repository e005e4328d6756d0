import type { ServerWorld } from "../windows/serverWorld";
import type { Clock, ServerFolder, WindowsExecutor } from "./contract";
import type { WorldMachines } from "./machines";

export interface RestartingWorld {
  readonly machines: WorldMachines;
  readonly clock: Clock;
  readonly readServerWorld: (server: ServerFolder) => Promise<ServerWorld>;
}

/** An executor whose machines restart where a script has asked Windows for it. */
export function withRestarts(executor: WindowsExecutor, world: RestartingWorld): WindowsExecutor {
  return {
    kind: executor.kind,
    runScript: (server, request) => executor.runScript(server, request),
    exec: async (server, run) => {
      const code = await executor.exec(server, run);
      await restartIfAsked(server, world);
      return code;
    },
  };
}

/** After its delay, whatever has become of the connection that asked for it. */
async function restartIfAsked(
  server: ServerFolder,
  { machines, clock, readServerWorld }: RestartingWorld,
): Promise<void> {
  const machine = machines.all().find((each) => each.server.path === server.path);
  const { restartAt } = await readServerWorld(server);
  if (restartAt === undefined || machine === undefined || machine.restarting) return;
  const wait = Math.max(0, (Date.parse(restartAt) - clock.now().getTime()) / 1000);
  clock
    .sleep(wait, machine.gone)
    .then(() => machines.restart(machine.description.resourceId))
    .catch(() => undefined);
}
