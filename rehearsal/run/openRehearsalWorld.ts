import { alertCounts } from "./alerts";
import { archivesIn } from "./archives";
import type { OpenWorld } from "./session";

/** The built-in world with all its rooms, as `entra-connect rehearse` uses it. */
export const openRehearsalWorld: OpenWorld = async (options) => {
  const { openWorld } = await import("../world/openWorld.js");
  const world = await openWorld({
    dir: options.dir,
    reset: options.reset,
    faults: options.faults,
    peculiarities: options.peculiarities,
    azurePolicies: options.azurePolicies,
    azureKnows: options.azureKnows,
    commandPlugin: options.commandPlugin,
    ...(options.operator ? { operator: options.operator } : {}),
    ...(options.hubOwner ? { hubOwner: options.hubOwner } : {}),
    programFolder: options.programFolder,
  });
  return Object.assign(world, {
    alerts: () => alertCounts(world.azure.resources()),
    archives: () => archivesIn(world.azure.resources(), (account, container) => world.blobs.list(account, container)),
  });
};
