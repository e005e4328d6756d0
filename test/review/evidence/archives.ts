import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { ZipFile } from "yazl";

/** A zip archive of texts; the same texts give the same bytes. */
export async function archiveBytes(files: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
  const archive = new ZipFile();
  const mtime = new Date("2026-01-01T00:00:00Z");
  for (const [name, content] of Object.entries(files)) archive.addBuffer(Buffer.from(content), name, { mtime });
  archive.end();
  const parts: Buffer[] = [];
  for await (const part of archive.outputStream) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

/** Writes a zip archive of texts. */
export async function writeArchive(path: string, files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  writeFileSync(path, await archiveBytes(files));
  return path;
}

/** A manifest as the collector writes it. */
export function manifestOf(files: Readonly<Record<string, string>>): string {
  return JSON.stringify({
    schema: "entra-connect-evidence/1",
    collectedAt: "2026-10-06T08:00:00Z",
    server: { name: "SYNC01" },
    files: Object.entries(files).map(([path, text]) => ({
      path,
      size: Buffer.byteLength(text),
      sha256: createHash("sha256").update(text).digest("hex"),
    })),
  });
}
