/** The domain as simulated machines know it: what joins them, and whose computer account is whose. The stub has the same in Join.ps1. */
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ServerFolder } from "../world/contract";
import { codeOf } from "./serverFiles";
import type { ServerWorld } from "./serverWorld";

interface StandInJoin {
  readonly domain: string;
  readonly computerName: string;
  readonly password: string;
}

const mark = "REHEARSAL-ODJ";
/** A genuine file is some kilobytes long. */
const padding = 512;

/** What `djoin /provision /savefile` writes in a rehearsal: base64 of texts of 16-bit characters, each with a zero behind it. */
export function standInBlob({ domain, computerName, password }: StandInJoin): string {
  const text = [mark, domain, computerName, password, ""].join("\0");
  return Buffer.from(text.padEnd(padding, "\0"), "utf16le").toString("base64");
}

/** Of a file as it was written for djoin: UTF-16 with its mark and a zero behind it; undefined where djoin would refuse it. */
export function readBlobFile(bytes: Buffer): StandInJoin | undefined {
  if (bytes.length < 4 || bytes.readUInt16LE(0) !== 0xfeff || bytes.readUInt16LE(bytes.length - 2) !== 0)
    return undefined;
  const text = bytes.subarray(2, -2).toString("utf16le");
  const [kind, domain, computerName, password] = Buffer.from(text, "base64").toString("utf16le").split("\0");
  if (kind !== mark || !domain || !computerName || !password) return undefined;
  return { domain, computerName, password };
}

/** What is kept of a secret: enough to know it again. */
export const traceOf = (secret: string): string => createHash("sha256").update(secret, "utf8").digest("hex");

interface Account {
  /** Trace of what it was last joined with. */
  joinedWith: string;
  /** Machine that the domain trusts under this name. */
  holder: string;
}

type Directory = Record<string, Account>;

/** Beside the machines: all of a world are in one domain. */
const directoryFile = (server: ServerFolder): string => join(dirname(server.path), ".directory.json");

export async function readDirectory(server: ServerFolder): Promise<Directory> {
  try {
    return JSON.parse(await readFile(directoryFile(server), "utf8")) as Directory;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return {};
    throw error;
  }
}

const keyOf = (computerName: string): string => computerName.toUpperCase();

export async function takeAccount(server: ServerFolder, computerName: string, account: Account): Promise<void> {
  const directory = await readDirectory(server);
  directory[keyOf(computerName)] = account;
  await writeFile(directoryFile(server), JSON.stringify(directory));
}

export async function accountOf(server: ServerFolder, computerName: string): Promise<Account | undefined> {
  return (await readDirectory(server))[keyOf(computerName)];
}

/** Both voices; false where the account of this name belongs to another machine by now. */
export async function secureChannelOf(
  server: ServerFolder,
  world: ServerWorld,
): Promise<{ test: boolean; verify: boolean }> {
  const account = await accountOf(server, world.computerName);
  const { test, verify } = world.surroundings.secureChannel;
  const ours = account === undefined || account.holder === world.vmId;
  return { test: test && ours, verify: verify && ours };
}

/** What a start of Windows makes of a join that was staged. */
export async function becomeMember(server: ServerFolder, world: ServerWorld): Promise<void> {
  const { joining } = world;
  if (joining === undefined) return;
  delete world.joining;
  if (world.peculiarities.joinNotTaken) return;
  world.domain = { joined: true, name: joining.domain };
  if (world.computerName.toUpperCase() !== joining.computerName) world.computerName = joining.computerName;
  if (joining.by === "offlineBlob")
    await takeAccount(server, world.computerName, { joinedWith: joining.joinedWith, holder: world.vmId });
}
