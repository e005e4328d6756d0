import { readFileSync, writeFileSync } from "node:fs";
import type { Protection, StoredBlob } from "../../review/archive/listing";
import { isJsonObject, type JsonObject, readInstant } from "../../review/evidence";
import { BadInput, type Json } from "../../review/verdict";

/** What a store says of a collection beside its content; in a folder it lies in `<collection>.zip.json`. */
export interface Beside {
  readonly name: string;
  readonly createdAt: Date | null;
  readonly md5: string | null;
  readonly metadata: Readonly<Record<string, string>> | null;
  readonly protection: Protection | null;
  /** The account that it was pulled from, and when. */
  readonly from?: string;
  readonly pulledAt?: Date;
}

const schema = "entra-connect-blob/1";

export function writeBeside(path: string, beside: Beside): void {
  writeFileSync(path, `${JSON.stringify({ schema, ...beside }, null, 2)}\n`, { mode: 0o600 });
}

/**
 * What is written beside a collection: by `archive pull` and `archive add`, or the headers that Azure gave (`x-ms-meta-…`,
 * `x-ms-immutability-policy-until-date`…), as a rehearsal keeps them. Empty where there is no such file.
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
  let document: Json;
  try {
    document = JSON.parse(text) as Json;
  } catch (error) {
    throw new BadInput(
      `${path}: is no JSON (${(error as Error).message}). Pull this collection again, or take the file away.`,
    );
  }
  if (!isJsonObject(document)) throw new BadInput(`${path}: is no JSON object. Take the file away.`);
  const headers = isJsonObject(document.headers) ? document.headers : undefined;
  return headers === undefined ? ofOurs(document) : ofHeaders(headers, document);
}

function ofOurs(document: JsonObject): Partial<StoredBlob> {
  const protection = isJsonObject(document.protection) ? document.protection : undefined;
  return {
    createdAt: moment(document.createdAt),
    md5: text(document.md5),
    metadata: isJsonObject(document.metadata) ? texts(document.metadata) : null,
    protection: protection === undefined ? null : protectionOf(protection.until, protection.mode, protection.legalHold),
  };
}

function ofHeaders(given: JsonObject, document: JsonObject): Partial<StoredBlob> {
  const headers = Object.fromEntries(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value]));
  const metadata = Object.fromEntries(
    Object.entries(texts(headers)).flatMap(([name, value]) =>
      name.startsWith("x-ms-meta-") ? [[name.slice("x-ms-meta-".length), value]] : [],
    ),
  );
  const md5 = text(headers["content-md5"]);
  const immutability = isJsonObject(document.immutability) ? document.immutability : {};
  const until = headers["x-ms-immutability-policy-until-date"] ?? immutability.until ?? document.immutableUntil;
  const mode = headers["x-ms-immutability-policy-mode"] ?? immutability.mode ?? document.immutabilityMode;
  const hold = headers["x-ms-legal-hold"];
  return {
    createdAt: moment(document.createdAt) ?? moment(headers["x-ms-creation-time"]) ?? moment(headers["last-modified"]),
    md5: md5 === null ? null : Buffer.from(md5, "base64").toString("hex"),
    metadata,
    protection: protectionOf(until, mode, hold === "true" ? true : hold === "false" ? false : undefined),
  };
}

function protectionOf(until: Json | undefined, mode: Json | undefined, legalHold: Json | undefined): Protection | null {
  if (until === undefined && legalHold === undefined) return null;
  const word = text(mode)?.toLowerCase();
  return {
    until: moment(until),
    mode: word === "locked" || word === "unlocked" ? word : null,
    legalHold: typeof legalHold === "boolean" ? legalHold : null,
  };
}

const text = (value: Json | undefined): string | null => (typeof value === "string" ? value : null);
const texts = (object: JsonObject): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(object).flatMap(([name, value]) => (typeof value === "string" ? [[name.toLowerCase(), value]] : [])),
  );
const moment = (value: Json | undefined): Date | null =>
  typeof value === "string" ? (readInstant(value)?.at ?? null) : null;
