import { createHash } from "node:crypto";
import { closeSync, openSync, readSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import { BadInput } from "../verdict";
import { readArchive } from "./archive";
import { encodingOf } from "./encoding";
import type { Evidence, EvidenceFile } from "./evidence";
import { configurationMarks, entriesOf, read, readFolder } from "./folder";
import { isJsonObject, readJson } from "./json";
import { isLitter } from "./litter";
import { manifestName, readCollected } from "./manifest";

const expected =
  "Give a folder written by Get-ADSyncServerConfiguration (it holds Connectors, GlobalSettings and SynchronizationRules), a zip archive of it, an archive made by scripts/collect.ps1, or a settings JSON file of the wizard.";

/**
 * Reads what a user points at as one server's evidence. Everything is in memory afterwards.
 * Throws `BadInput` for what is none of the three kinds, and for what is damaged, partial or hostile.
 */
export async function readEvidence(source: string): Promise<Evidence> {
  let stats: Stats;
  try {
    stats = statSync(source);
  } catch (error) {
    throw new BadInput(`${source}: cannot be read (${(error as Error).message}). ${expected}`);
  }
  if (stats.isDirectory()) return readEvidenceFolder(source);
  if (!stats.isFile()) throw new BadInput(`${source}: is neither a file nor a folder. ${expected}`);
  if (stats.size === 0) throw new BadInput(`${source}: the file is empty (0 bytes). Copy it again from the server.`);
  const start = firstBytes(source);
  if (start.length >= 2 && start[0] === 0x50 && start[1] === 0x4b) return readEvidenceArchive(source);
  const text = new TextDecoder(encodingOf(start).encoding).decode(start);
  if (/^\s*<(\?xml|cs-objects)/.test(text) && text.includes("<cs-objects"))
    throw new BadInput(
      `${source}: is a connector space export of csexport, not a server's configuration. Compare those with: entra-connect exports --active … --staging …`,
    );
  if (/^\s*</.test(text)) throw new BadInput(`${source}: is a single XML file. ${expected}`);
  if (/^\s*\{/.test(text) || /\.json$/i.test(source)) return readSettingsFile(source);
  throw new BadInput(`${source}: is neither a folder, nor a zip archive, nor a JSON file. ${expected}`);
}

function readEvidenceFolder(source: string): Evidence {
  const names = entriesOf(source).map((entry) => entry.name);
  const hasManifest = names.includes(manifestName);
  if (configurationMarks(names) === 0 && !hasManifest) {
    const inside = evidenceInside(source, 3);
    const hint =
      inside.length > 0
        ? `It holds ${inside.length === 1 ? "one" : `${inside.length}`} that ${inside.length === 1 ? "does" : "do"}: ${inside.slice(0, 5).join(", ")}. Give ${inside.length === 1 ? "that" : "one of those"}.`
        : /^(connectors|globalsettings|synchronizationrules)$/i.test(source.split(/[\\/]/).filter(Boolean).at(-1) ?? "")
          ? "This is one part of an export: give the folder around it."
          : expected;
    throw new BadInput(
      `${source}: this folder does not hold a server's configuration (no Connectors, GlobalSettings or SynchronizationRules in it). ${hint}`,
    );
  }
  return evidenceOf(source, readFolder(source));
}

/** Folders below that would be evidence, a few levels deep. */
function evidenceInside(folder: string, depth: number): readonly string[] {
  if (depth === 0) return [];
  const inner = entriesOf(folder)
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name));
  const found = inner.filter((candidate) => looksLikeEvidence(candidate));
  return found.length > 0 ? found : inner.flatMap((candidate) => evidenceInside(candidate, depth - 1));
}

function looksLikeEvidence(folder: string): boolean {
  const names = entriesOf(folder).map((entry) => entry.name);
  return configurationMarks(names) > 0 || names.includes(manifestName);
}

/**
 * The same for a zip archive that is in memory already; `source` is what a person knows it by.
 *
 * @throws BadInput for what is no such archive, and for what is damaged, partial or hostile
 */
export function readEvidenceBytes(source: string, bytes: Buffer): Promise<Evidence> {
  return readEvidenceArchive(source, bytes);
}

async function readEvidenceArchive(source: string, content?: Buffer): Promise<Evidence> {
  const files = withoutOuterFolders((await readArchive(source, content)).filter(({ path }) => !isLitter(path)));
  const tops = [...new Set(files.map((file) => file.path.split("/")[0] ?? ""))];
  if (configurationMarks(tops) === 0 && !files.some((file) => file.path === manifestName)) {
    const several = [...new Set(files.flatMap(({ path }) => outerOf(path)))];
    const hint =
      several.length > 1
        ? `It holds several: ${several.slice(0, 5).join(", ")}. Unpack it and give one of them.`
        : expected;
    throw new BadInput(
      `${source}: this archive holds neither a server's configuration nor a ${manifestName} of the collector (at the top: ${tops.slice(0, 5).join(", ") || "nothing"}). ${hint}`,
    );
  }
  const sha256 = createHash("sha256")
    .update(content ?? read(source))
    .digest("hex");
  return { ...evidenceOf(source, files), sha256 };
}

/** The folder around one of the marks of a configuration, if the path leads through one. */
function outerOf(path: string): readonly string[] {
  const parts = path.split("/");
  const at = parts.findIndex((part) => configurationMarks([part]) > 0);
  return at > 0 ? [parts.slice(0, at).join("/")] : [];
}

/** People zip the folder itself, or the one around it, as often as its content. Not so the collector: a lone `configuration` lost its manifest. */
function withoutOuterFolders(files: readonly EvidenceFile[]): readonly EvidenceFile[] {
  const outer = files[0]?.path.split("/")[0];
  if (outer === undefined || outer === "configuration" || configurationMarks([outer]) > 0) return files;
  if (!files.every((file) => file.path.startsWith(`${outer}/`))) return files;
  return withoutOuterFolders(files.map((file) => ({ ...file, path: file.path.slice(outer.length + 1) })));
}

function evidenceOf(source: string, files: readonly EvidenceFile[]): Evidence {
  const manifest = files.find((file) => file.path === manifestName);
  if (manifest !== undefined) return readCollected(source, files, manifest);
  return { kind: "server-configuration", source, configuration: files };
}

function readSettingsFile(source: string): Evidence {
  const file: EvidenceFile = { path: source.split(/[\\/]/).at(-1) ?? source, name: source, bytes: read(source) };
  const document = readJson(file);
  if (!isJsonObject(document))
    throw new BadInput(`${source}: is JSON but not an object, so not a settings file of the wizard. ${expected}`);
  const sha256 = createHash("sha256").update(file.bytes).digest("hex");
  return { kind: "settings-file", source, sha256, file, document };
}

function firstBytes(source: string): Buffer {
  const buffer = Buffer.alloc(4096);
  let handle: number | undefined;
  try {
    handle = openSync(source, "r");
    return buffer.subarray(0, readSync(handle, buffer, 0, buffer.length, 0));
  } catch (error) {
    throw new BadInput(`${source}: cannot be read (${(error as Error).message}).`);
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}
