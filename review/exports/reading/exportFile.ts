import { readSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { BadInput } from "../../verdict";
import { type Preamble, preambleBytes, readPreamble, unitSizeOf } from "./encoding";

export interface ReadOptions {
  /** Bytes read at a time; default 2 MiB. */
  readonly chunkBytes?: number;
  /** `library` reads with the XML library only; for tests and comparisons. */
  readonly reader?: "scanner" | "library";
  /** Called with the number of bytes read since the last call. */
  readonly onBytes?: (bytes: number) => void;
}

export const defaultChunkBytes = 2 * 1024 * 1024;
/** Room in front of each chunk for what the one before left unread: a tag longer than this is unusual. */
export const headroom = 256 * 1024;
/** Zeros behind the bytes: the scanner stops there without asking for the end. */
export const sentinelBytes = 8;

/** A stretch of the file: bytes [start, end) of `buffer`, followed by zeros; `origin` is the place of buffer[0] in the file. */
export interface Stretch {
  readonly buffer: Buffer;
  readonly start: number;
  readonly end: number;
  readonly origin: number;
  readonly last: boolean;
}

/** An export file, open for reading as often as needed. */
export class ExportFile {
  private constructor(
    readonly path: string,
    private readonly handle: FileHandle,
    readonly size: number,
    private readonly changed: number,
    readonly preamble: Preamble,
  ) {}

  /** @throws BadInput if there is no such file, or its beginning is not that of an export file */
  static async open(path: string): Promise<ExportFile> {
    let handle: FileHandle;
    try {
      handle = await open(path, "r");
    } catch (error) {
      throw new BadInput(`${path}: cannot be opened: ${(error as Error).message}. Check the path and the permissions.`);
    }
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) {
        const what = stat.isDirectory() ? "is a folder" : "is not a regular file";
        throw new BadInput(`${path}: ${what}; give the XML file that csexport wrote.`);
      }
      const head = Buffer.alloc(Math.min(preambleBytes, stat.size));
      const { bytesRead } = await handle.read(head, 0, head.length, 0);
      const preamble = readPreamble(path, head.subarray(0, bytesRead));
      return new ExportFile(path, handle, stat.size, stat.mtimeMs, preamble);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Bytes read so far, everything together; hashing has its own handle and is not in it. */
  bytesRead = 0;

  /** When the file was last written. */
  get writtenAt(): Date {
    return new Date(this.changed);
  }

  get unitSize(): 1 | 2 {
    return unitSizeOf(this.preamble.encoding);
  }

  async close(): Promise<void> {
    await this.handle.close();
  }

  /** Bytes [from, to) of the file, read at once, with zeros behind: for the few pieces that are looked at again. */
  bytes(from: number, to: number, zerosBehind = 0): Buffer {
    const buffer = Buffer.alloc(to - from + zerosBehind);
    const wanted = to - from;
    for (let done = 0; done < wanted; ) {
      const count = readSync(this.handle.fd, buffer, done, wanted - done, from + done);
      if (count === 0) break;
      done += count;
    }
    this.bytesRead += wanted;
    return buffer;
  }

  /**
   * Calls `use` with stretches of the file one after the other; it returns where it stopped, and the next stretch begins
   * there. While one is used the next is being read. Ends false when `use` left more than fits into the headroom.
   */
  async stretches(from: number, options: ReadOptions, use: (stretch: Stretch) => number): Promise<boolean> {
    const even = Math.max(2, Math.floor((options.chunkBytes ?? defaultChunkBytes) / 2) * 2);
    const chunk = this.unitSize === 1 ? Math.max(1, options.chunkBytes ?? even) : even;
    const make = () => Buffer.alloc(headroom + chunk + sentinelBytes);
    let [current, next] = [make(), make()];
    let at = from;
    let start = headroom;
    let filled = await this.fill(current, headroom, chunk, at);
    for (;;) {
      const last = filled < chunk;
      const end = headroom + filled;
      const coming = last ? Promise.resolve(0) : this.fill(next, headroom, chunk, at + filled);
      try {
        current.fill(0, end, end + sentinelBytes);
        const used = use({ buffer: current, start, end, origin: at - headroom, last });
        options.onBytes?.(filled);
        at += filled;
        if (last) break;
        if (end - used > headroom) return false;
        current.copy(next, headroom - (end - used), used, end);
        start = headroom - (end - used);
      } finally {
        // Whatever happens, the buffer is not given up while it is being written.
        filled = await coming;
      }
      [current, next] = [next, current];
    }
    await this.assertUnchanged();
    return true;
  }

  private async fill(buffer: Buffer, offset: number, length: number, position: number): Promise<number> {
    let done = 0;
    while (done < length) {
      const { bytesRead } = await this.handle.read(buffer, offset + done, length - done, position + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    this.bytesRead += done;
    return done;
  }

  async assertUnchanged(): Promise<void> {
    const stat = await this.handle.stat();
    if (stat.size === this.size && stat.mtimeMs === this.changed) return;
    throw new BadInput(
      `${this.path}: the file changed while it was being read. Wait until csexport has finished, then try again.`,
    );
  }
}
