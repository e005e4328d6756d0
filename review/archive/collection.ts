import { createHash } from "node:crypto";
import {
  type CollectedEvidence,
  isJsonObject,
  type JsonObject,
  limits,
  readEvidenceBytes,
  readJson,
} from "../evidence";
import { BadInput, type Json } from "../verdict";
import { type Health, healthPath, readHealth } from "./health";
import { isChain } from "./name";
import type { SecretScan } from "./secrets";

/** What a collection's manifest says of its place in the chain (`manifest.json`, member `archive`). */
export interface Link {
  readonly chain: string;
  readonly sequence: number;
  /** Name and manifest of the collection before it. */
  readonly previous: { readonly name: string; readonly manifestSha256: string } | null;
  /** Why there is no previous one although there were collections before: the server's record was lost. */
  readonly startedAnew: string | null;
  readonly vmId: string | null;
  readonly generation: number | null;
  readonly script: { readonly version: string; readonly sha256: string } | null;
}

/** What is remembered of a collection once it has been read; its files are not. */
export interface Collection {
  /** Of the zip archive. */
  readonly sha256: string;
  readonly md5: string;
  readonly bytes: number;
  readonly manifestSha256: string;
  readonly link: Link;
  readonly collectedAt: Date;
  readonly computer: string;
  readonly connectors: number;
  readonly rules: number;
  /** Names below `settings/`. */
  readonly settingsFiles: readonly string[];
  /** Names below `statistics/`. */
  readonly statistics: readonly string[];
  readonly health: Health | null;
  readonly notAvailable: readonly { readonly name: string; readonly reason: string }[];
  /** Where something like a secret lies, without its value. */
  readonly secrets: readonly string[];
}

export interface ReadCollection {
  readonly collection: Collection;
  readonly evidence: CollectedEvidence;
}

/** More than any collection, and little enough to be held in memory. */
export const mostBytes = limits.totalBytes;

/**
 * Reads one collection and everything in it against its manifest.
 *
 * @throws BadInput for what is no zip archive, is damaged or changed, or is none of a chain
 */
export async function readCollection(source: string, bytes: Buffer, scan: SecretScan): Promise<ReadCollection> {
  const evidence = await readEvidenceBytes(source, bytes);
  if (evidence.kind !== "collected")
    throw new BadInput(`${source}: is not a collection (no manifest.json of the collector in it).`);
  const { document, collectedAt, server, sha256 } = evidence.manifest;
  const link = readLink(source, document.archive);
  const computer = server.computerName;
  if (typeof computer !== "string" || computer === "")
    throw new BadInput(`${source}: manifest.json does not say of which computer it is (server.computerName).`);
  const under = (folder: string): readonly string[] =>
    evidence.others.filter(({ path }) => path.startsWith(`${folder}/`)).map(({ path }) => path);
  const health = evidence.others.find(({ path }) => path === healthPath);
  const count = (pattern: RegExp) => evidence.configuration.filter(({ path }) => pattern.test(path)).length;
  const collection: Collection = {
    sha256: createHash("sha256").update(bytes).digest("hex"),
    md5: createHash("md5").update(bytes).digest("hex"),
    bytes: bytes.length,
    manifestSha256: sha256,
    link,
    collectedAt: new Date(collectedAt),
    computer,
    connectors: count(/^connectors\/[^/]+\.xml$/iu),
    rules: count(/^synchronizationrules\/[^/]+\.xml$/iu),
    settingsFiles: under("settings"),
    statistics: evidence.statistics.map(({ path }) => path),
    health: health === undefined ? null : (readHealth(readJson(health)) ?? null),
    notAvailable: missing(document.notAvailable),
    secrets: scan.in(evidence),
  };
  return { collection, evidence };
}

function readLink(source: string, archive: Json | undefined): Link {
  const refuse = (what: string): never => {
    throw new BadInput(`${source}: ${what}. Only what the scheduled task collected has a place in an archive.`);
  };
  if (!isJsonObject(archive)) return refuse("its manifest.json has no member archive: it is none of a chain");
  const { chain, sequence, previous, startedAnew, vmId, generation, script } = archive;
  if (typeof chain !== "string" || !isChain(chain)) return refuse("archive.chain is no GUID in lower case");
  if (typeof sequence !== "number" || !Number.isInteger(sequence) || sequence < 1)
    return refuse("archive.sequence is no number from 1");
  return {
    chain,
    sequence,
    previous: previous === null ? null : (previousOf(previous) ?? refuse("archive.previous has no name and hash")),
    startedAnew: typeof startedAnew === "string" ? startedAnew : null,
    vmId: typeof vmId === "string" ? vmId : null,
    generation: typeof generation === "number" ? generation : null,
    script: scriptOf(script),
  };
}

function previousOf(value: Json | undefined): Link["previous"] | undefined {
  if (!isJsonObject(value)) return undefined;
  const { name, manifestSha256 } = value;
  if (typeof name !== "string" || typeof manifestSha256 !== "string" || !/^[0-9a-f]{64}$/iu.test(manifestSha256))
    return undefined;
  return { name, manifestSha256: manifestSha256.toLowerCase() };
}

function scriptOf(value: Json | undefined): Link["script"] {
  if (!isJsonObject(value) || typeof value.version !== "string" || typeof value.sha256 !== "string") return null;
  return { version: value.version, sha256: value.sha256.toLowerCase() };
}

function missing(value: Json | undefined): Collection["notAvailable"] {
  if (!Array.isArray(value)) return [];
  return (value as readonly Json[])
    .filter(isJsonObject)
    .flatMap(({ name, reason }: JsonObject) =>
      typeof name === "string" ? [{ name, reason: typeof reason === "string" ? reason : "" }] : [],
    );
}
