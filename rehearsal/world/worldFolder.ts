import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { BadInput } from "../../review/verdict";
import { isMissing, writeJsonAtomic } from "./atomicFile";
import { continueFrom, defaultScale, worldBegins } from "./clock";
import type { HubOwnerBehaviour, OperatorBehaviour } from "./contract";
import { choosePort, preferredPortOf } from "./freePort";
import { makeKeyPair } from "./keys";
import { openStandInSecrets, type StandInSecrets, secretsFileName } from "./standInSecrets";
import { readWorldFile, type WorldFile, worldKind } from "./worldFile";
import { lockEntries, lockWorld } from "./worldLock";

export interface WorldFolderOptions {
  /** Removes the world that is there and starts a new one. A folder that is no world is never touched. */
  readonly reset?: boolean;
  /** Simulated seconds in one real second; recorded. Default: as recorded, or 240. */
  readonly scale?: number;
  /** Recorded. Default: as recorded, or `complete`. */
  readonly operator?: OperatorBehaviour;
  /** Recorded. Default: as recorded, or `at-once`. */
  readonly hubOwner?: HubOwnerBehaviour;
  /** For the jump host of a new world; where it is taken, another is chosen. Default: made from the folder's path. */
  readonly preferredPort?: number;
}

export interface WorldFolder {
  readonly path: string;
  readonly world: WorldFile;
  /** Where simulated time goes on. */
  readonly simulatedStart: Date;
  readonly entries: WorldEntries;
  /** The private keys and the password that stand in for the user's. */
  readonly secrets: StandInSecrets;
  /** True where this call made the world. */
  readonly isNew: boolean;
  /** Writes down where the jump host stands in the simulated network. */
  placeJumpHost(privateAddress: string): Promise<void>;
  /** Writes down how far simulated time has come. */
  reached(simulated: Date): Promise<void>;
  /** Writes down the time, marks the world closed and gives up the lock. */
  release(simulated: Date): Promise<void>;
}

export interface WorldEntries {
  readonly world: string;
  readonly azure: string;
  readonly calls: string;
  readonly servers: string;
  readonly state: string;
  readonly project: string;
  readonly standIns: string;
}

/** How often the running world writes down its time (real seconds). */
export const writtenEverySeconds = 2;

const entryNames = {
  world: "world.json",
  azure: "azure.json",
  calls: "calls.jsonl",
  servers: "servers",
  state: "state",
  project: "project",
  standIns: "standins",
} as const;

/**
 * Opens the world in `dir`, or makes one where the folder is missing or empty. Refuses (BadInput) a folder that holds
 * something else, a damaged world and one of a newer version; refuses (CouldNotRun) a world that another process has
 * open. `onLost` is called if another process took the world over while this one was suspended.
 */
export async function openWorldFolder(
  dir: string,
  options: WorldFolderOptions = {},
  onLost: (why: Error) => void = () => undefined,
): Promise<WorldFolder> {
  const path = resolve(dir);
  let lost = false;
  const unlock = await usable(path, async () => {
    await recognise(path, options.reset === true);
    await mkdir(path, { recursive: true, mode: 0o700 });
    return lockWorld(path, (why) => {
      lost = true;
      onLost(why);
    });
  });
  try {
    // Asked again under the lock: another process may have made or changed it meanwhile.
    let found = await recognise(path, options.reset === true);
    const entries = entriesOf(path);
    if (options.reset && found !== "none") {
      await removeWorld(entries);
      found = "none";
    }
    const recorded = found === "none" || found === "damaged" ? undefined : found;
    for (const folder of [entries.servers, entries.standIns]) await mkdir(folder, { recursive: true, mode: 0o700 });
    const secrets = await openStandInSecrets(entries.standIns);
    const before = recorded ?? (await makeWorld(path, options, secrets));
    const scale = options.scale ?? before.clock.scale;
    const unwritten = before.clock.closed ? 0 : 3 * writtenEverySeconds;
    const start = continueFrom(new Date(before.clock.latest), unwritten, before.clock.scale);
    let world: WorldFile = {
      ...before,
      operator: options.operator ?? before.operator,
      hubOwner: options.hubOwner ?? before.hubOwner ?? "at-once",
      clock: { scale, latest: start.toISOString(), closed: false },
    };
    let writing: Promise<void> = Promise.resolve();
    const write = async (change: Partial<WorldFile>): Promise<void> => {
      // It belongs to another process now.
      if (lost) return;
      world = { ...world, ...change };
      const state = world;
      writing = writing.catch(() => undefined).then(() => writeJsonAtomic(entries.world, state));
      return writing;
    };
    const writeTime = (simulated: Date, closed: boolean) =>
      write({ clock: { ...world.clock, latest: simulated.toISOString(), closed } });
    await writeTime(start, false);
    return {
      path,
      get world() {
        return world;
      },
      simulatedStart: start,
      entries,
      secrets,
      isNew: recorded === undefined,
      async placeJumpHost(privateAddress) {
        if (privateAddress !== world.jumpHost.privateAddress)
          await write({ jumpHost: { ...world.jumpHost, privateAddress } });
      },
      reached: (simulated) => writeTime(simulated, false),
      async release(simulated) {
        await writeTime(simulated, true);
        if (!lost) await unlock();
      },
    };
  } catch (error) {
    await unlock();
    throw error;
  }
}

/** Reads world.json without opening the world (`show` while another process serves it). */
export async function peekWorld(dir: string): Promise<{ world: WorldFile; entries: WorldEntries } | undefined> {
  const path = resolve(dir);
  const found = await recognise(path, false);
  return found === "none" || found === "damaged" ? undefined : { world: found, entries: entriesOf(path) };
}

function entriesOf(path: string): WorldEntries {
  const at = (name: keyof typeof entryNames) => join(path, entryNames[name]);
  return {
    world: at("world"),
    azure: at("azure"),
    calls: at("calls"),
    servers: at("servers"),
    state: at("state"),
    project: at("project"),
    standIns: at("standIns"),
  };
}

/** A folder that the system does not let us use is the user's to change, not an error of ours. */
async function usable<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && "syscall" in error)) throw error;
    throw new BadInput(
      `the rehearsal's world in ${path} cannot be opened or made there: ${error.message}. Another folder with --dir, or make this one writable.`,
    );
  }
}

/** What is in the folder. Damaged and newer worlds are only passed where they are to be removed anyway. */
async function recognise(path: string, reset: boolean): Promise<WorldFile | "none" | "damaged"> {
  let names: string[];
  try {
    names = await readdir(path);
  } catch (error) {
    if (isMissing(error)) return "none";
    if (error instanceof Error && "code" in error && error.code === "ENOTDIR")
      throw new BadInput(`${path} is a file. --dir takes a folder for the rehearsal's world.`);
    throw error;
  }
  let text: string | undefined;
  try {
    text = await readFile(join(path, entryNames.world), "utf8");
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  const reading = text === undefined ? ({ state: "not-a-world" } as const) : readWorldFile(text);
  switch (reading.state) {
    case "world":
      return reading.world;
    case "newer":
      if (reset) return "damaged";
      throw new BadInput(
        `The rehearsal's world in ${path} was written by a newer version of this library (format ${reading.version}). ` +
          "Use that version, another folder with --dir, or start a new world with --reset.",
      );
    case "damaged":
      if (reset) return "damaged";
      throw new BadInput(
        `world.json in ${path} cannot be read: ${reading.why}. Start a new world with --reset (the simulated ` +
          "servers and the rehearsal's state in it are lost), or use another folder with --dir.",
      );
    case "not-a-world": {
      const leftovers = await Promise.all(names.map((name) => isLeftover(path, name)));
      const others = names.filter((_, index) => !leftovers[index]);
      if (others.length === 0) return "none";
      throw new BadInput(
        `${path} is not a rehearsal's world and is not empty (it holds ${others.slice(0, 3).join(", ")}` +
          `${others.length > 3 ? `, and ${others.length - 3} more` : ""}). Nothing in it was touched. ` +
          "Give a new or empty folder with --dir.",
      );
    }
  }
}

/** What a process killed before it wrote world.json leaves: the lock, a temporary file, two folders with nothing of worth. */
async function isLeftover(path: string, name: string): Promise<boolean> {
  if (lockEntries.some((entry) => entry === name) || /^world\.json\..*\.new$/.test(name)) return true;
  if (name !== entryNames.servers && name !== entryNames.standIns) return false;
  const inside = await readdir(join(path, name)).catch(() => ["?"]);
  return inside.every((entry) => name === entryNames.standIns && entry.startsWith(secretsFileName));
}

/** Only what a world is made of: whatever else somebody put beside it stays. */
async function removeWorld(entries: WorldEntries): Promise<void> {
  const { world, ...rest } = entries;
  for (const entry of Object.values(rest)) await rm(entry, { recursive: true, force: true, maxRetries: 3 });
  // Last: a folder half removed is still recognised.
  await rm(world, { force: true });
}

async function makeWorld(folder: string, options: WorldFolderOptions, secrets: StandInSecrets): Promise<WorldFile> {
  const id = randomUUID();
  return {
    kind: worldKind,
    version: 1,
    id,
    createdAt: new Date().toISOString(),
    clock: { scale: options.scale ?? defaultScale, latest: worldBegins.toISOString(), closed: true },
    operator: options.operator ?? "complete",
    hubOwner: options.hubOwner ?? "at-once",
    jumpHost: {
      port: await choosePort(options.preferredPort ?? preferredPortOf(folder)),
      user: "rehearsal",
      privateAddress: "10.255.255.4",
      hostKey: makeKeyPair(`jump-host-${id.slice(0, 8)}`),
      authorizedKey: secrets.jumpHost.publicKey,
    },
  };
}
