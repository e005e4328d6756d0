import { crc32 } from "node:zlib";
import { type Entry, fromBufferPromise, openPromise, type ZipFile } from "yauzl";
import { BadInput } from "../verdict";
import { type EvidenceFile, limits } from "./evidence";

const symbolicLink = 0o120000;
const fileType = 0o170000;

/**
 * Every file of a zip archive, read into memory; nothing is written to disk. Refuses names that lead outside,
 * encryption, links, names that occur twice, sizes beyond the limits (as declared and as unpacked), and bytes that do
 * not match their checksum. `content`: the archive itself, where it is at hand already and `source` only its name.
 */
export async function readArchive(source: string, content?: Buffer): Promise<readonly EvidenceFile[]> {
  let archive: ZipFile;
  try {
    archive = content === undefined ? await openPromise(source) : await fromBufferPromise(content);
  } catch (error) {
    throw damaged(source, error);
  }
  try {
    const files: EvidenceFile[] = [];
    const seen = new Map<string, string>();
    let total = 0;
    for await (const entry of archive.eachEntry()) {
      const name = `${source}: ${entry.fileName}`;
      if (entry.fileName.endsWith("/")) continue;
      total += entry.uncompressedSize;
      refuseHostile(entry, name, total, files.length);
      const before = seen.get(entry.fileName.toLowerCase());
      if (before !== undefined)
        throw new BadInput(`${name}: the archive holds this name twice (also as ${before}). Make the archive again.`);
      seen.set(entry.fileName.toLowerCase(), entry.fileName);
      files.push({ path: entry.fileName, name, bytes: await unpack(archive, entry, name) });
    }
    return files.sort((a, b) => (a.path < b.path ? -1 : 1));
  } catch (error) {
    throw error instanceof BadInput ? error : damaged(source, error);
  } finally {
    archive.close();
  }
}

function refuseHostile(entry: Entry, name: string, total: number, count: number): void {
  if (entry.isEncrypted())
    throw new BadInput(
      `${name}: is encrypted. Unpack the archive and give the folder, or make one without a password.`,
    );
  if (((entry.externalFileAttributes >>> 16) & fileType) === symbolicLink)
    throw new BadInput(`${name}: is a link. Evidence holds plain files only; make the archive again.`);
  if (entry.uncompressedSize > limits.fileBytes || total > limits.totalBytes || count >= limits.files)
    throw new BadInput(
      `${name}: unpacks to more than a server's evidence can be (limits: ${limits.fileBytes} bytes a file, ${limits.totalBytes} bytes and ${limits.files} files in all).`,
    );
}

async function unpack(archive: ZipFile, entry: Entry, name: string): Promise<Buffer> {
  const parts: Buffer[] = [];
  // yauzl stops the stream when it yields more bytes than declared, so this is bounded by the check above.
  const stream = await archive.openReadStreamPromise(entry);
  for await (const part of stream) parts.push(part as Buffer);
  const bytes = Buffer.concat(parts);
  if (bytes.length !== entry.uncompressedSize || crc32(bytes) !== entry.crc32)
    throw new BadInput(`${name}: is damaged (its checksum does not match). Copy the archive again from the server.`);
  return bytes;
}

function damaged(source: string, error: unknown): BadInput {
  const { message } = error as Error;
  if (/^(invalid relative path|absolute path|invalid characters in fileName)/i.test(message))
    return new BadInput(
      `${source}: holds a file whose name leads outside the archive (${message}). No tool for Windows makes such an archive of an export; do not unpack it. Make the archive again from the server's folder.`,
    );
  return new BadInput(
    `${source}: cannot be read as a zip archive (${message}). Copy it again from the server; it may be cut short, damaged, or not a zip archive.`,
  );
}
