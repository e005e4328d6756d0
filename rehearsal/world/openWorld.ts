import { CouldNotRun } from "../../review/verdict";
import { startAzureProvider } from "../azure/startAzureProvider";
import { startCommandProvider } from "../command/provider";
import { boot, createServerWorld, followClock, setCutOff } from "../windows/createServerWorld";
import { createExecutor } from "../windows/executor";
import { standInBlob } from "../windows/joining";
import { choicesOnDesktop } from "../windows/operatorsPage";
import { needsPowershell, readPeculiarity, setPeculiarities } from "../windows/peculiarities";
import { readServerWorld } from "../windows/serverFiles";
import { readStandInInstaller, writeStandInInstaller } from "../windows/standInInstaller";
import { runCycles } from "../windows/synchronizationCycles";
import type { WayToAzure } from "../windows/wayToAzure";
import { completeWizard, failWizard, openWizard } from "../windows/wizard";
import type { Rooms } from "./rooms";
import { openWorldOf, type World, type WorldOptions } from "./world";

/**
 * Opens the simulated world of a folder with all its rooms. It is what `rehearse` runs on: `RehearsalOptions` are
 * WorldOptions, and a World is a `SimulatedWorld`. Import it late: it brings gRPC and the schemas of azure-native.
 */
export function openWorld(options: WorldOptions): Promise<World> {
  return openWorldOf(rooms, options);
}

const rooms: Rooms = {
  openWindows: async (given) => {
    const peculiarities = given.map(readPeculiarity);
    let way: WayToAzure | undefined;
    const executor = await createExecutor({ way: () => way });
    const on = peculiarities.flatMap((each) => (each.on ? [each.name] : []));
    const refusal =
      executor.kind === "emulated" ? needsPowershell({ computerName: "Each server", peculiar: on }) : undefined;
    if (refusal !== undefined) throw new CouldNotRun(refusal);
    return {
      executor,
      runDueTasks: (server, signal) => executor.runDueTasks(server, signal),
      runCycles,
      async reaches(blobs) {
        const listener = executor.kind === "powershell" ? await blobs.listen() : undefined;
        way = { blobs, base: (machineName) => listener?.base(machineName) };
        return async () => {
          way = undefined;
          await listener?.close();
        };
      },
      createServerWorld: async (server, machine, clock, options) => {
        await createServerWorld(server, machine, clock, options);
        await setPeculiarities(server, peculiarities);
      },
      followClock: async (server, clock) => {
        const restarted = await followClock(server, clock);
        await setPeculiarities(server, peculiarities);
        return restarted;
      },
      boot,
      readServerWorld,
      setCutOff,
      writeStandInInstaller,
      readStandInInstaller,
      standInBlob,
      wizardState: async (server) => (await readServerWorld(server)).wizard.state,
      openWizard,
      completeWizard: async (server, choices) =>
        completeWizard(server, { ...(await choicesOnDesktop(server)), ...choices }),
      failWizard,
    };
  },
  startAzure: startAzureProvider,
  // No agent: the keys of the person who rehearses are no part of it.
  startCommand: ({ folder }) => startCommandProvider({ folder, sshAgent: null }),
};
