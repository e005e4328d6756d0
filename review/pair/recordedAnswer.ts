import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { type JsonObject, readInstant } from "../evidence";
import { BadInput } from "../verdict";

/** An answer that somebody recorded in a file: its bytes, and when that was. */
export interface RecordedAnswer {
  readonly source: string;
  readonly bytes: Buffer;
  readonly sha256: string;
  /** When the file was last written. */
  readonly written: Date;
}

/** No answer about one tenant or one machine is as long. */
const most = 64 * 1024 * 1024;

/** @throws BadInput where the file cannot be read, or is too long to be one */
export function readRecorded(option: string, source: string): RecordedAnswer {
  try {
    const { size, mtime } = statSync(source);
    if (size > most) throw new Error(`${size} bytes are too many for an answer`);
    const bytes = readFileSync(source);
    return { source, bytes, sha256: createHash("sha256").update(bytes).digest("hex"), written: mtime };
  } catch (error) {
    throw new BadInput(`${option} ${source}: cannot be read (${(error as Error).message}).`);
  }
}

/**
 * When it was taken, as written beside it (`takenAt`); undefined where nothing is, so that only the file's time is left.
 *
 * @throws BadInput where that is no moment with its zone
 */
export function takenAt(option: string, source: string, document: JsonObject): Date | undefined {
  if (document.takenAt === undefined) return undefined;
  const taken = typeof document.takenAt === "string" ? readInstant(document.takenAt) : undefined;
  if (!taken?.certain)
    throw new BadInput(`${option} ${source}: takenAt is no moment with its zone, for example 2026-11-26T12:00:00Z.`);
  return taken.at;
}
