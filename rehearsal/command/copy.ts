import { createReadStream } from "node:fs";
import { type FileHandle, open, readdir } from "node:fs/promises";
import { basename, posix, resolve as resolvePath } from "node:path";
import { Failure, messageOf } from "./failure";
import { errnoText } from "./goText";
import { pieceSize, type RemoteFiles } from "./remoteFiles";

/** Writes in flight at the same time, at most. */
const mostWrites = 64;

/** Go's filepath.Join: cleaned, no slash at the end. */
function join(...parts: string[]): string {
  return clean(posix.join(...parts));
}

function clean(path: string): string {
  const normal = posix.normalize(path).replace(/^\/\/+/, "/");
  return normal.length > 1 ? normal.replace(/\/$/, "") : normal;
}

/** Go's filepath.Dir: what stands before the last slash, cleaned. */
function parentOf(path: string): string {
  return clean(path.slice(0, path.lastIndexOf("/") + 1));
}

/** Copies a text to a remote path, making what is missing above it. */
export async function copyText(files: RemoteFiles, content: string, remotePath: string): Promise<void> {
  const there = await files.stat(remotePath);
  if (there?.directory === true) {
    throw new Failure(
      `remote path ${remotePath} is a directory; when using a text asset, remotePath must be a file path`,
    );
  }
  await makeParents(files, remotePath);
  const handle = await create(files, remotePath);
  try {
    await writePieces(files, handle, pieces(Buffer.from(content, "utf8")));
  } catch (error) {
    throw new Failure(`failed to write text content to remote path ${remotePath}: ${messageOf(error)}`);
  } finally {
    await files.close(handle);
  }
}

/**
 * Copies a local file or folder. A folder goes into the remote one under its own name, or, written with a slash at the
 * end, its contents do. `folder` is what relative source paths start from.
 */
export async function copyPath(
  files: RemoteFiles,
  source: { readonly path: string; readonly folder: string },
  remotePath: string,
): Promise<void> {
  const local: LocalPath = { shown: source.path, actual: resolvePath(source.folder, source.path) };
  const isFolder = await withLocalFile(local, async (file) => (await file.stat()).isDirectory());
  const there = await files.stat(remotePath);
  if (!isFolder) {
    const target = there?.directory === true ? join(remotePath, basename(source.path)) : remotePath;
    if (there === undefined) await makeParents(files, remotePath);
    await copyFile(files, local, target);
    return;
  }
  if (there === undefined) {
    await named(`failed to create remote directory ${remotePath}`, () => files.makeDirectories(remotePath));
  }
  const contentsOnly = source.path.endsWith("/");
  const into = contentsOnly ? remotePath : join(remotePath, basename(source.path));
  if (!contentsOnly) await makeFolder(files, into);
  await copyFolder(files, local, into, ".");
}

/** What the errors say, and where the file is. */
interface LocalPath {
  readonly shown: string;
  readonly actual: string;
}

async function withLocalFile<T>(local: LocalPath, use: (file: FileHandle) => Promise<T>): Promise<T> {
  let file: FileHandle;
  try {
    file = await open(local.actual, "r");
  } catch (error) {
    throw new Failure(`open ${local.shown}: ${errnoText(error)}`);
  }
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

/** Walks in name order; `inside` is the place below the copied folder. */
async function copyFolder(files: RemoteFiles, local: LocalPath, into: string, inside: string): Promise<void> {
  await makeFolder(files, join(into, inside));
  const entries = await readdir(posix.join(local.actual, inside), { withFileTypes: true });
  entries.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
  for (const entry of entries) {
    const place = join(inside, entry.name);
    if (entry.isDirectory()) await copyFolder(files, local, into, place);
    else {
      const member = { shown: join(local.shown, place), actual: posix.join(local.actual, place) };
      await copyFile(files, member, join(into, place));
    }
  }
}

async function makeFolder(files: RemoteFiles, path: string): Promise<void> {
  const there = await files.stat(path);
  if (there === undefined) {
    await named(`failed to create remote directory ${path}`, () => files.makeDirectory(path));
  } else if (!there.directory) throw new Failure(`remote path ${path} exists but is not a directory`);
}

function makeParents(files: RemoteFiles, path: string): Promise<void> {
  return named(`failed to create parent directories for ${path}`, () => files.makeDirectories(parentOf(path)));
}

function create(files: RemoteFiles, path: string): Promise<Buffer> {
  return named(`failed to create remote file ${path}`, () => files.create(path));
}

async function named<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Failure(`${what}: ${messageOf(error)}`);
  }
}

/** Copies one file in pieces. No attributes are set: mode and times are the server's own. */
async function copyFile(files: RemoteFiles, local: LocalPath, remotePath: string): Promise<void> {
  await withLocalFile(local, async () => undefined);
  const handle = await create(files, remotePath);
  try {
    await writePieces(files, handle, createReadStream(local.actual, { highWaterMark: pieceSize }));
  } catch (error) {
    const problem =
      error instanceof Error && "syscall" in error ? `read ${local.shown}: ${errnoText(error)}` : undefined;
    const text = problem ?? messageOf(error);
    throw new Failure(`failed to copy file ${local.shown} to remote path ${remotePath}: ${text}`);
  } finally {
    await files.close(handle);
  }
}

/** An empty text is one empty write; an empty file is none. */
function* pieces(content: Buffer): Iterable<Buffer> {
  yield content.subarray(0, pieceSize);
  for (let start = pieceSize; start < content.length; start += pieceSize) {
    yield content.subarray(start, start + pieceSize);
  }
}

/** Several writes in flight; of several failures the one at the lowest offset counts. */
async function writePieces(
  files: RemoteFiles,
  handle: Buffer,
  content: Iterable<Buffer> | AsyncIterable<Buffer>,
): Promise<void> {
  const flying = new Set<Promise<void>>();
  let first: { readonly offset: number; readonly error: unknown } | undefined;
  let offset = 0;
  for await (const piece of content) {
    if (first !== undefined) break;
    const at = offset;
    const write: Promise<void> = files
      .write(handle, piece, at)
      .catch((error: unknown) => {
        if (first === undefined || at < first.offset) first = { offset: at, error };
      })
      .finally(() => flying.delete(write));
    flying.add(write);
    offset += piece.length;
    if (flying.size >= mostWrites) await Promise.race(flying);
  }
  await Promise.all(flying);
  if (first !== undefined) throw first.error;
}
