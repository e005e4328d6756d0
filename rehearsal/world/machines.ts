import { setMaxListeners } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isMissing, writeJsonAtomic } from "./atomicFile";
import type { ClockAnchor, WorldClock } from "./clock";
import type { CallLog, MachineDescription, Machines, ServerFolder, WindowsExecutor } from "./contract";
import { makeKeyPair } from "./keys";
import { hostKeyFile } from "./sshServer";

/** What the machines need of the Windows room; world.ts hands it in. */
export interface WindowsRoom {
  /** Writes server.json, registry.json and the C: drive of a new machine into its folder. */
  createServerWorld(server: ServerFolder, machine: MachineDescription, clock: ClockAnchor): Promise<void>;
  /**
   * The world was opened again: the machine has been running, and its clock goes on with the world's. True where it went
   * down and came up while nobody was there to see it.
   */
  followClock(server: ServerFolder, clock: ClockAnchor): Promise<boolean>;
  /** What switching on does inside: automatic services start, everything else that ran is gone. */
  boot(server: ServerFolder, clock: ClockAnchor): Promise<void>;
  readonly executor: WindowsExecutor;
}

export type Power = "running" | "deallocated";

export interface Machine {
  readonly server: ServerFolder;
  readonly description: MachineDescription;
  readonly power: Power;
  /** Aborted when the machine is switched off, restarted or deleted. */
  readonly gone: AbortSignal;
  /** Windows is on its way down or up: nothing in it answers. */
  readonly restarting: boolean;
}

export interface WorldMachines extends Machines {
  all(): readonly Machine[];
  /** By resource id, without regard to case. */
  find(resourceId: string): Machine | undefined;
  /** Windows goes down and comes up again: every connection and script ends, and for a while nobody answers. */
  restart(resourceId: string): Promise<void>;
  /** Ends every script, connection and restart; the machines stay as they are on disk. */
  close(): Promise<void>;
}

/** machine.json beside server.json: what Azure told of the machine. */
interface MachineFile {
  readonly description: MachineDescription;
  readonly power: Power;
}

interface KnownMachine {
  file: MachineFile;
  readonly server: ServerFolder;
  gone: AbortController;
  restarting: boolean;
}

/** Simulated seconds from going down to answering again. */
const restartSeconds = 40;

const deletedFolder = ".deleted";

/** Every command's connection stays open until its plugin ends, and each listens: more than Node takes for usual. */
function leaving(): AbortController {
  const gone = new AbortController();
  setMaxListeners(0, gone.signal);
  return gone;
}

/** The machines of a world folder, those of earlier runs included. */
export async function openMachines(
  serversFolder: string,
  windows: WindowsRoom,
  clock: WorldClock,
  calls: CallLog,
): Promise<WorldMachines> {
  const machines = new Map<string, KnownMachine>();
  const keyOf = (resourceId: string) => resourceId.toLowerCase();
  for (const name of await readdir(serversFolder)) {
    const server = { name, path: join(serversFolder, name) };
    const file = name.startsWith(".") ? undefined : await readMachine(server);
    if (!file) continue;
    machines.set(keyOf(file.description.resourceId), { file, server, gone: leaving(), restarting: false });
  }
  /** A restart that the world's end cuts off is made up for by the next world; both would be two. */
  const closed = new AbortController();
  const restarts = new Set<Promise<void>>();
  const known = (resourceId: string): KnownMachine => {
    const machine = machines.get(keyOf(resourceId));
    if (!machine) throw new Error(`there is no simulated machine ${resourceId}`);
    return machine;
  };
  const save = (machine: KnownMachine, file: MachineFile) => {
    machine.file = file;
    return writeJsonAtomic(join(machine.server.path, machineFileName), file);
  };
  const log = (action: string, target: string, result: string) =>
    calls.record({ room: "azure", action, target, result });
  for (const { server } of machines.values())
    if (await windows.followClock(server, clock.anchor)) log("machine started", server.name, "restarted");

  const restart = async (resourceId: string): Promise<void> => {
    const machine = known(resourceId);
    if (machine.restarting || machine.file.power !== "running" || closed.signal.aborted) return;
    machine.restarting = true;
    machine.gone.abort(new Error("the machine restarts"));
    log("machine goes down", machine.server.name, "restart asked for in Windows");
    await clock.sleep(restartSeconds, closed.signal);
    machine.restarting = false;
    // Deleted, replaced or switched off meanwhile: that one does not come up.
    if (machines.get(keyOf(resourceId)) !== machine || machine.file.power !== "running") return;
    await windows.boot(machine.server, clock.anchor);
    machine.gone = leaving();
    log("machine started", machine.server.name, "restarted");
  };

  return {
    async create(description) {
      const server = { name: description.name, path: join(serversFolder, description.name) };
      if (!isFolderName(description.name)) throw new Error(`${description.name} cannot be the name of a machine`);
      // Azure says that this is another machine of the same id: what is still here is one that Azure has lost.
      const before = machines.get(keyOf(description.resourceId));
      if (before) {
        before.gone.abort(new Error("the machine was replaced"));
        machines.delete(keyOf(description.resourceId));
        await bury(serversFolder, before);
      }
      const twin = [...machines.values()].find(
        (machine) => machine.server.name.toLowerCase() === description.name.toLowerCase(),
      );
      if (twin)
        throw new Error(
          `there is a machine ${description.name} already (${twin.file.description.resourceId}); ` +
            "a rehearsal keeps one machine of a name, in whatever resource group",
        );
      // What a creation that was killed half-way left behind.
      await rm(server.path, { recursive: true, force: true });
      await mkdir(join(server.path, "ssh"), { recursive: true, mode: 0o700 });
      const hostKey = makeKeyPair(`system@${description.computerName}`);
      await writeFile(join(server.path, hostKeyFile), hostKey.privateKey, { mode: 0o600 });
      await writeFile(join(server.path, `${hostKeyFile}.pub`), `${hostKey.publicKey}\n`);
      await windows.createServerWorld(server, description, clock.anchor);
      const machine = {
        server,
        gone: leaving(),
        restarting: false,
        file: { description, power: "running" } satisfies MachineFile,
      };
      // Last: without this file the folder is no machine.
      await save(machine, machine.file);
      machines.set(keyOf(description.resourceId), machine);
      log("machine started", description.name, `new, vmId ${description.vmId}`);
    },
    async setPower(resourceId, power) {
      const machine = known(resourceId);
      if (machine.file.power === power) return;
      if (power === "deallocated") machine.gone.abort(new Error("the machine was switched off"));
      else {
        machine.gone = leaving();
        await windows.boot(machine.server, clock.anchor);
      }
      await save(machine, { ...machine.file, power });
      log(power === "running" ? "machine started" : "machine deallocated", machine.server.name, "ok");
    },
    restart(resourceId) {
      const going = restart(resourceId).finally(() => restarts.delete(going));
      restarts.add(going);
      return going;
    },
    async delete(resourceId) {
      const machine = machines.get(keyOf(resourceId));
      if (!machine) return;
      machine.gone.abort(new Error("the machine was deleted"));
      machines.delete(keyOf(resourceId));
      await bury(serversFolder, machine);
      log("machine deleted", machine.server.name, `vmId ${machine.file.description.vmId}`);
    },
    async runScript(resourceId, request) {
      const machine = known(resourceId);
      if (machine.file.power !== "running")
        throw new Error(`the machine ${machine.server.name} is not running: a run command cannot run on it`);
      const result = await windows.executor.runScript(machine.server, request);
      log(`run command ${request.runCommandName}`, machine.server.name, `exit ${result.exitCode}`);
      return result;
    },
    all: () => [...machines.values()].map(present),
    find: (resourceId) => {
      const machine = machines.get(keyOf(resourceId));
      return machine && present(machine);
    },
    async close() {
      closed.abort(new Error("the world was closed"));
      for (const machine of machines.values()) machine.gone.abort(new Error("the world was closed"));
      await Promise.allSettled(restarts);
    },
  };
}

const machineFileName = "machine.json";

function present({ server, file, gone, restarting }: KnownMachine): Machine {
  return { server, description: file.description, power: file.power, gone: gone.signal, restarting };
}

async function readMachine(server: ServerFolder): Promise<MachineFile | undefined> {
  try {
    return JSON.parse(await readFile(join(server.path, machineFileName), "utf8")) as MachineFile;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** The disk is gone for the world; the folder is kept aside, so that one can see in which state the machine ended. */
async function bury(serversFolder: string, { server, file }: KnownMachine): Promise<void> {
  const grave = join(serversFolder, deletedFolder);
  await mkdir(grave, { recursive: true });
  let target = join(grave, `${server.name}-${file.description.vmId}`);
  for (let n = 2; existsSync(target); n += 1) target = join(grave, `${server.name}-${file.description.vmId}-${n}`);
  try {
    await rename(server.path, target);
  } catch {
    // A file still open (Windows) cannot be moved: then without keeping it.
    await rm(server.path, { recursive: true, force: true, maxRetries: 5 });
  }
  // Its host key has no use any more.
  await rm(join(target, "ssh"), { recursive: true, force: true });
  await chmod(grave, 0o700);
}

function isFolderName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_.-]{0,79}$/.test(name) && !name.endsWith(".");
}
