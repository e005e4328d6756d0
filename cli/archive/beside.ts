import { readFileSync, writeFileSync } from "node:fs";
import type { Protection, StoredBlob } from "../../review/archive/listing";
import { isJsonObject, type JsonObject, readInstant } from "../../review/evidence";
import { BadInput, type Json } from "../../review/verdict";

/** What a store says of a collection beside its content: in a folder, `<collection>.zip.json`, as a rehearsal keeps it too. */
export type Beside = Pick<StoredBlob, "createdAt" | "md5" | "metadata" | "protection"> & {
  readonly name: string;
  /** The account that it was pulled from, and when. */
  readonly pulled?: { readonly from: string; readonly at: Date };
};

export function writeBeside(path: string, { name, createdAt, md5, metadata, protection, pulled }: Beside): void {
  const described = {
    name,
    createdAt,
    contentMd5: md5 === null ? null : Buffer.from(md5, "hex").toString("base64"),
    metadata,
    // Nothing is said of it where the store said nothing; null is "none".
    ...(protection !== null && {
      immutability: protection.until === null ? null : { until: protection.until, mode: protection.mode },
      legalHold: protection.legalHold,
    }),
    pulled,
  };
  writeFileSync(path, `${JSON.stringify(described, null, 2)}\n`, { mode: 0o600 });
}

/**
 * What is written beside a collection. Empty where there is no such file.
 *
 * @throws BadInput where it is there and no JSON
 */
export function readBeside(path: string): Partial<StoredBlob> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw new BadInput(`${path}: cannot be read (${(error as Error).message}).`);
  }
  const refuse = (what: string): never => {
    throw new BadInput(`${path}: is no JSON${what}. Pull this collection again, or take this file away.`);
  };
  let document: Json;
  try {
    document = JSON.parse(text) as Json;
  } catch (error) {
    return refuse(` (${(error as Error).message})`);
  }
  if (!isJsonObject(document)) return refuse(" object");
  const { createdAt, contentMd5, metadata } = document;
  return {
    createdAt: moment(createdAt),
    md5: typeof contentMd5 === "string" ? Buffer.from(contentMd5, "base64").toString("hex") : null,
    metadata: isJsonObject(metadata) ? texts(metadata) : null,
    protection: protectionOf(document),
  };
}

function protectionOf({ immutability, legalHold }: JsonObject): Protection | null {
  if (immutability === undefined && legalHold === undefined) return null;
  const policy = isJsonObject(immutability) ? immutability : {};
  const mode = typeof policy.mode === "string" ? policy.mode.toLowerCase() : null;
  return {
    until: moment(policy.until),
    mode: mode === "locked" || mode === "unlocked" ? mode : null,
    legalHold: typeof legalHold === "boolean" ? legalHold : null,
  };
}

const texts = (object: JsonObject): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(object).flatMap(([name, value]) => (typeof value === "string" ? [[name.toLowerCase(), value]] : [])),
  );
const moment = (value: Json | undefined): Date | null =>
  typeof value === "string" ? (readInstant(value)?.at ?? null) : null;
