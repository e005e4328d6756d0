import { appendFileSync, closeSync, fsyncSync, openSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { lock } from "proper-lockfile";
import { makeFolder } from "../../render/makeFolder";
import { BadInput, CouldNotRun } from "../../verdict";
import { BrokenChain, lineOf, readChain, type SwitchRecord } from "./chain";
import { type Entry, recordName } from "./entry";

const lockName = "record.lock";
/** A call holds the record for the blink in which it decides; one of which nothing is heard for this long is dead. */
const staleMilliseconds = 30_000;

/**
 * Reads the record, lets one call decide, and adds its line: nobody else reads or writes meanwhile. The line is on the disk
 * before anything of it is shown.
 *
 * @throws BadInput where the folder is none, or the chain is broken
 * @throws CouldNotRun where another call holds the record, or it cannot be written
 */
export async function withRecord<Result>(
  folder: string,
  work: (record: SwitchRecord) => { readonly entry: Omit<Entry, "hash">; readonly result: Result },
): Promise<{ readonly result: Result; readonly entry: Entry; readonly record: SwitchRecord }> {
  try {
    makeFolder(folder);
  } catch (error) {
    throw new BadInput(`--record ${folder}: cannot be used as a folder (${(error as Error).message}).`);
  }
  const release = await hold(folder);
  try {
    const record = readRecord(folder);
    const { entry, result } = work(record);
    const line = lineOf(entry);
    append(join(folder, recordName), line.line);
    return { result, entry: line.entry, record };
  } finally {
    await release();
  }
}

/** @throws BadInput where the folder holds no record, or one whose chain is broken */
export function readRecord(folder: string, mustExist = false): SwitchRecord {
  const path = join(folder, recordName);
  let content = "";
  try {
    content = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || mustExist)
      throw new BadInput(`${path}: the record cannot be read (${(error as Error).message}).`);
  }
  try {
    return readChain(content);
  } catch (error) {
    if (error instanceof BrokenChain)
      throw new BadInput(
        `${path}: the record is not believed: ${error.message}. Nothing was added to it. Keep it as it is for whoever looks into this, put back the copy that holds (the hash of its newest entry was printed by every call), or begin a new record in another folder: it then starts from what the servers say.`,
      );
    throw error;
  }
}

async function hold(folder: string): Promise<() => Promise<void>> {
  try {
    return await lock(folder, {
      lockfilePath: join(folder, lockName),
      stale: staleMilliseconds,
      retries: { retries: 10, minTimeout: 100, maxTimeout: 500 },
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ELOCKED")
      throw new CouldNotRun(
        `--record ${folder}: another call holds the record (${lockName} in it). Nothing was added. Wait for it and call again; the lock of a call that died frees itself after ${staleMilliseconds / 1000} seconds.`,
      );
    throw new CouldNotRun(`--record ${folder}: the record cannot be locked (${(error as Error).message}).`);
  }
}

function append(path: string, line: string): void {
  const before = sizeOf(path);
  try {
    appendFileSync(path, line, { encoding: "utf8" });
    const file = openSync(path, "r+");
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new CouldNotRun(
      `${path}: the entry could not be written (${(error as Error).message}). It had ${before} bytes; what stands behind them, if anything, is no entry. Nothing is allowed by this call.`,
    );
  }
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}
