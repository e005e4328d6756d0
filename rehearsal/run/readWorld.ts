import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { startAzureProvider } from "../azure/startAzureProvider";
import { readServerWorld } from "../windows/serverFiles";
import { readCallLog } from "../world/callLog";
import type { Machines } from "../world/contract";
import { peekWorld } from "../world/worldFolder";
import { archivesIn } from "./archives";
import { record } from "./findProject";
import type { ReadWorld, WorldPicture } from "./show";

/** Reads a world from its folder; undefined where there is none. Opens nothing that could change it. */
export const readWorld: ReadWorld = async (dir) => {
  const found = await peekWorld(dir);
  if (!found) return undefined;
  const { world, entries } = found;
  const folder = join(entries.world, "..");
  // The simulated Azure knows best how a GET shows what it keeps. Nobody is told of its port.
  const azure = await startAzureProvider({
    world: folder,
    clock: { scale: world.clock.scale, now: () => new Date(world.clock.latest), sleep: async () => {} },
    faults: { take: () => undefined, killEngine: () => {} },
    calls: { record: () => {}, entries: () => [] },
    machines: nobodysMachines,
  });
  try {
    return {
      folder,
      resources: azure.view.resources(),
      archives: archivesIn(azure.view.resources(), (account, container) => azure.blobs.list(account, container)),
      genericTypes: azure.genericTypes(),
      servers: await serversIn(entries.servers),
      calls: readCallLog(entries.calls),
    };
  } finally {
    await azure.stop();
  }
};

async function serversIn(folder: string): Promise<WorldPicture["servers"]> {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => !name.startsWith(".")) : [];
  const servers = [];
  for (const name of names.sort()) {
    const path = join(folder, name);
    // A machine that is being made or deleted at this moment has not all of its files.
    if (!existsSync(join(path, "machine.json")) || !existsSync(join(path, "server.json"))) continue;
    const machine = record(JSON.parse(readFileSync(join(path, "machine.json"), "utf8")));
    const { resourceId } = record(machine.description);
    servers.push({
      name,
      resourceId: typeof resourceId === "string" ? resourceId : "",
      power: typeof machine.power === "string" ? machine.power : "unknown",
      state: await readServerWorld({ path, name }),
    });
  }
  return servers;
}

const nobodysMachines: Machines = {
  create: () => refuse(),
  setPower: () => refuse(),
  delete: () => refuse(),
  runScript: () => refuse(),
};

function refuse(): Promise<never> {
  return Promise.reject(new Error("a world that is only read has no running machines"));
}
