import { createHash } from "node:crypto";
import { BadInput, type Json } from "../verdict";
import type { CollectedEvidence, EvidenceFile, EvidenceManifest } from "./evidence";
import { isJsonObject, readJson } from "./json";

export const manifestName = "manifest.json";
export const evidenceSchema = "entra-connect-evidence/1";

const collectAgain = "Run scripts/collect.ps1 on the server again and copy the whole archive.";

/** Reads `manifest.json` and checks every listed file against it. Throws `BadInput` for anything missing, changed or added. */
export function readCollected(
  source: string,
  files: readonly EvidenceFile[],
  manifestFile: EvidenceFile,
): CollectedEvidence {
  const manifest = readManifest(manifestFile);
  const byPath = new Map(files.filter((file) => file !== manifestFile).map((file) => [file.path, file]));
  const problems: string[] = [];
  for (const listed of manifest.files) {
    const file = byPath.get(listed.path);
    byPath.delete(listed.path);
    if (file === undefined) problems.push(`${listed.path} is missing`);
    else if (file.bytes.length !== listed.size)
      problems.push(`${listed.path} has ${file.bytes.length} bytes instead of ${listed.size}`);
    else if (sha256(file.bytes) !== listed.sha256.toLowerCase()) problems.push(`${listed.path} does not have its hash`);
  }
  for (const path of byPath.keys()) problems.push(`${path} is not listed`);
  if (problems.length > 0)
    throw new BadInput(
      `${source}: this evidence is damaged, partial or changed, checked against ${manifestName}:\n${problems
        .slice(0, 10)
        .map((problem) => `  - ${problem}`)
        .join("\n")}${problems.length > 10 ? `\n  - and ${problems.length - 10} more` : ""}\n${collectAgain}`,
    );
  const inside = (folder: string): EvidenceFile[] =>
    files
      .filter((file) => file.path.toLowerCase().startsWith(`${folder}/`))
      .map((file) => ({ ...file, path: file.path.slice(folder.length + 1) }));
  return {
    kind: "collected",
    source,
    manifest,
    configuration: inside("configuration"),
    statistics: inside("statistics"),
    others: files.filter((file) => file !== manifestFile && !/^(configuration|statistics)\//i.test(file.path)),
  };
}

function readManifest(file: EvidenceFile): EvidenceManifest {
  const document = readJson(file);
  const refuse = (what: string): never => {
    throw new BadInput(`${file.name}: ${what}. ${collectAgain}`);
  };
  if (!isJsonObject(document)) return refuse("is not the manifest of the collector (a JSON object)");
  const { schema, collectedAt, server, files } = document;
  if (schema !== evidenceSchema)
    return refuse(`has schema ${JSON.stringify(schema ?? null)}; this version reads "${evidenceSchema}"`);
  if (typeof collectedAt !== "string" || Number.isNaN(Date.parse(collectedAt)))
    return refuse("has no time in collectedAt");
  if (!isJsonObject(server)) return refuse("does not say which server it is (server)");
  if (!Array.isArray(files)) return refuse("lists no files");
  return {
    schema,
    collectedAt,
    server,
    files: files.map((entry: Json) => listedFile(entry) ?? refuse("lists a file without path, sha256 and size")),
    sha256: sha256(file.bytes),
    document,
  };
}

function listedFile(entry: Json): EvidenceManifest["files"][number] | undefined {
  if (!isJsonObject(entry)) return undefined;
  const { path, sha256, size } = entry;
  if (typeof path !== "string" || typeof sha256 !== "string" || typeof size !== "number") return undefined;
  return { path: path.replaceAll("\\", "/"), sha256, size };
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
