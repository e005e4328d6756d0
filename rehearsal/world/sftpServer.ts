import type { BigIntStats, Stats } from "node:fs";
import { constants } from "node:fs";
import { type FileHandle, lstat, mkdir, open, readdir, rename, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import type { Attributes, SFTPWrapper } from "ssh2";
import { utils } from "ssh2";
import { findOnDrive, LeadsOutside, readWindowsPath, type WindowsPlace } from "./windowsPath";

const { STATUS_CODE, OPEN_MODE } = utils.sftp;

export interface SftpDrive {
  /** The folder that is C:. */
  readonly folder: string;
  /** Parts below C: of the user's home folder. */
  readonly home: readonly string[];
  /** Told of every file that is to be opened for writing, by its Windows path; gives the fault that strikes it. */
  readonly onWrite: (windowsPath: string) => FileFault | undefined;
  /** Drops the whole connection, without a word. */
  readonly drop: () => void;
}

/** What goes wrong with one file: before it is made, in the middle of it, or once it is whole. */
export type FileFault =
  | { readonly at: "open"; readonly answer: "refuse" | "drop" | "none" }
  /** Half of the first piece is written, and nothing after it. */
  | { readonly at: "write" }
  /** The connection breaks in place of the last answer. */
  | { readonly at: "close"; readonly before?: () => void };

type Handle =
  | {
      readonly kind: "file";
      readonly file: FileHandle;
      readonly append: boolean;
      fault: FileFault | undefined;
      writing: number;
    }
  | { readonly kind: "folder"; names: { filename: string; attrs: Attributes }[] };

/** A refusal with the status the client is to see. */
class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const denied = () => new Refusal(STATUS_CODE.PERMISSION_DENIED, "Permission denied");

/** The sftp subsystem of a simulated Windows machine, on its C: drive. Files are streamed, never held in memory. */
export function serveSftp(sftp: SFTPWrapper, drive: SftpDrive): void {
  const handles = new Map<number, Handle>();
  let lastHandle = 0;

  const answer = (id: number, work: () => Promise<void>) => {
    work().catch((error: unknown) => {
      const { status, message } = statusOf(error);
      sftp.status(id, status, message);
    });
  };
  const done = (id: number) => sftp.status(id, STATUS_CODE.OK);
  const place = (path: string) => readWindowsPath(path, drive.home);
  const onDrive = async (path: string): Promise<string> => {
    const at = place(path);
    if (at.kind !== "drive") throw denied();
    return findOnDrive(drive.folder, at.segments);
  };
  /** Nobody removes or replaces the drive itself. */
  const belowDrive = async (path: string): Promise<string> => {
    const at = place(path);
    if (at.kind !== "drive" || at.segments.length === 0) throw denied();
    return findOnDrive(drive.folder, at.segments);
  };
  const keep = (id: number, handle: Handle) => {
    lastHandle += 1;
    handles.set(lastHandle, handle);
    const name = Buffer.alloc(4);
    name.writeUInt32BE(lastHandle);
    sftp.handle(id, name);
  };
  const handleOf = (name: Buffer): Handle => {
    const handle = name.length === 4 ? handles.get(name.readUInt32BE()) : undefined;
    if (!handle) throw new Refusal(STATUS_CODE.FAILURE, "Failure");
    return handle;
  };
  const breakOff = (fault: FileFault & { readonly at: "close" }) => {
    fault.before?.();
    drive.drop();
  };
  const fileOf = (name: Buffer) => {
    const handle = handleOf(name);
    if (handle.kind !== "file") throw new Refusal(STATUS_CODE.FAILURE, "Failure");
    return handle;
  };
  const stat = (id: number, path: string) =>
    answer(id, async () => {
      if (place(path).kind === "root") return sftp.attrs(id, folderAttributes);
      sftp.attrs(id, attributes(await lstat(await onDrive(path))));
    });

  sftp.on("STAT", stat);
  sftp.on("LSTAT", stat);
  sftp.on("FSTAT", (id, name) => answer(id, async () => sftp.attrs(id, attributes(await fileOf(name).file.stat()))));
  // Windows has no mode bits: accepted and without effect.
  sftp.on("SETSTAT", (id, path) =>
    answer(id, async () => {
      await lstat(await onDrive(path));
      done(id);
    }),
  );
  sftp.on("FSETSTAT", (id, name) =>
    answer(id, async () => {
      handleOf(name);
      done(id);
    }),
  );
  sftp.on("REALPATH", (id, path) =>
    answer(id, async () => {
      const at: WindowsPlace = place(path);
      if (at.kind === "outside") throw denied();
      const filename = at.kind === "root" ? "/" : at.windows;
      sftp.name(id, [{ filename, longname: filename, attrs: folderAttributes }]);
    }),
  );
  sftp.on("OPEN", (id, path, flags) =>
    answer(id, async () => {
      const writes = (flags & OPEN_MODE.WRITE) !== 0;
      const real = writes ? await belowDrive(path) : await onDrive(path);
      const at = place(path);
      const fault = writes && at.kind === "drive" ? drive.onWrite(at.windows) : undefined;
      if (fault?.at === "open") {
        if (fault.answer === "refuse") throw new Refusal(STATUS_CODE.FAILURE, "Failure");
        if (fault.answer === "drop") drive.drop();
        return;
      }
      const file = await open(real, openFlags(flags), 0o600);
      if ((await file.stat()).isDirectory()) {
        await file.close();
        throw new Refusal(STATUS_CODE.FAILURE, "Failure");
      }
      keep(id, { kind: "file", file, append: (flags & OPEN_MODE.APPEND) !== 0, fault, writing: 0 });
    }),
  );
  sftp.on("WRITE", (id, name, offset, data) => {
    answer(id, async () => {
      const handle = fileOf(name);
      const { file, append, fault } = handle;
      let written = 0;
      if (fault?.at === "write") {
        // Pieces come in any order and at once: what the first of them leaves is a beginning, and shorter than the file.
        handle.fault = { at: "open", answer: "refuse" };
        await file.write(data, 0, Math.ceil(data.length / 2), append ? null : offset);
      }
      if (handle.fault?.at === "open") throw new Refusal(STATUS_CODE.FAILURE, "Failure");
      handle.writing += 1;
      try {
        while (written < data.length) {
          const position = append ? null : offset + written;
          written += (await file.write(data, written, data.length - written, position)).bytesWritten;
        }
      } finally {
        handle.writing -= 1;
      }
      // The plugin does not look at the answer to its CLOSE, so it is the one to the last piece that does not come.
      if (fault?.at === "close" && data.length < wholePiece) {
        while (handle.writing > 0) await new Promise((resolve) => setImmediate(resolve));
        return breakOff(fault);
      }
      done(id);
    });
  });
  sftp.on("READ", (id, name, offset, length) =>
    answer(id, async () => {
      const buffer = Buffer.alloc(Math.min(length, largestRead));
      const { bytesRead } = await fileOf(name).file.read(buffer, 0, buffer.length, offset);
      if (bytesRead === 0) sftp.status(id, STATUS_CODE.EOF);
      else sftp.data(id, buffer.subarray(0, bytesRead));
    }),
  );
  sftp.on("CLOSE", (id, name) =>
    answer(id, async () => {
      const handle = handleOf(name);
      handles.delete(name.readUInt32BE());
      if (handle.kind === "file") await handle.file.close();
      if (handle.kind === "file" && handle.fault?.at === "close") return breakOff(handle.fault);
      done(id);
    }),
  );
  sftp.on("OPENDIR", (id, path) =>
    answer(id, async () => {
      if (place(path).kind === "root")
        return keep(id, { kind: "folder", names: [{ filename: "C:", attrs: folderAttributes }] });
      const folder = await onDrive(path);
      const names: { filename: string; attrs: Attributes }[] = [];
      for (const filename of (await readdir(folder)).sort())
        names.push({ filename, attrs: attributes(await lstat(join(folder, filename))) });
      keep(id, { kind: "folder", names });
    }),
  );
  sftp.on("READDIR", (id, name) =>
    answer(id, async () => {
      const handle = handleOf(name);
      if (handle.kind !== "folder") throw new Refusal(STATUS_CODE.FAILURE, "Failure");
      const part = handle.names.splice(0, 64);
      if (part.length === 0) sftp.status(id, STATUS_CODE.EOF);
      else
        sftp.name(
          id,
          part.map(({ filename, attrs }) => ({ filename, longname: filename, attrs })),
        );
    }),
  );
  sftp.on("MKDIR", (id, path) =>
    answer(id, async () => {
      // `MKDIR C:` is sent by clients that make every missing parent: it is there, and answers as any that is.
      await mkdir(await onDrive(path));
      done(id);
    }),
  );
  sftp.on("RMDIR", (id, path) =>
    answer(id, async () => {
      await rmdir(await belowDrive(path));
      done(id);
    }),
  );
  sftp.on("REMOVE", (id, path) =>
    answer(id, async () => {
      const real = await belowDrive(path);
      if ((await lstat(real)).isDirectory()) throw new Refusal(STATUS_CODE.FAILURE, "Failure");
      await rm(real);
      done(id);
    }),
  );
  sftp.on("RENAME", (id, from, to) =>
    answer(id, async () => {
      const [source, target] = [await belowDrive(from), await belowDrive(to)];
      const taken = await lstat(target).then(
        () => source.toLowerCase() !== target.toLowerCase(),
        () => false,
      );
      // SFTP version 3: an existing target is refused.
      if (taken) throw new Refusal(STATUS_CODE.FAILURE, "Failure");
      await rename(source, target);
      done(id);
    }),
  );

  const closeAll = () => {
    for (const handle of handles.values()) if (handle.kind === "file") handle.file.close().catch(() => undefined);
    handles.clear();
  };
  // A client that has sent its end waits for ours.
  sftp.on("end", () => {
    closeAll();
    sftp.end();
  });
  sftp.on("close", closeAll);
  sftp.on("error", closeAll);
}

const largestRead = 32 * 1024;
/** What clients write in one piece; only the last one of a file is shorter. */
const wholePiece = 32 * 1024;

function openFlags(flags: number): number {
  const { READ, WRITE, APPEND, CREAT, TRUNC, EXCL } = OPEN_MODE;
  const has = (flag: number) => (flags & flag) !== 0;
  let result = has(WRITE) ? (has(READ) ? constants.O_RDWR : constants.O_WRONLY) : constants.O_RDONLY;
  if (has(APPEND)) result |= constants.O_APPEND;
  if (has(CREAT)) result |= constants.O_CREAT;
  if (has(TRUNC)) result |= constants.O_TRUNC;
  if (has(EXCL)) result |= constants.O_EXCL;
  return result;
}

const folderAttributes: Attributes = { mode: 0o040777, uid: 0, gid: 0, size: 0, atime: 0, mtime: 0 };

/** As OpenSSH for Windows shows them: no owner, one mode for all. */
function attributes(stats: Stats | BigIntStats): Attributes {
  return {
    mode: stats.isDirectory() ? 0o040777 : 0o100666,
    uid: 0,
    gid: 0,
    size: Number(stats.size),
    atime: Math.floor(Number(stats.atimeMs) / 1000),
    mtime: Math.floor(Number(stats.mtimeMs) / 1000),
  };
}

function statusOf(error: unknown): { status: number; message: string } {
  if (error instanceof Refusal) return { status: error.status, message: error.message };
  if (error instanceof LeadsOutside) return { status: STATUS_CODE.PERMISSION_DENIED, message: "Permission denied" };
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT" || code === "ENOTDIR") return { status: STATUS_CODE.NO_SUCH_FILE, message: "No such file" };
  if (code === "EACCES" || code === "EPERM")
    return { status: STATUS_CODE.PERMISSION_DENIED, message: "Permission denied" };
  return { status: STATUS_CODE.FAILURE, message: "Failure" };
}
