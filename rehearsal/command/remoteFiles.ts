import type { SFTPWrapper } from "ssh2";
import { refusalText } from "./dial";
import { Failure, messageOf } from "./failure";
import { quote } from "./goText";
import type { SshConnection } from "./handshake";
import { allowWritesOf, channelRefusal, endRequests, writeNothing } from "./ssh2Internals";

/** Why an SFTP request failed, in the genuine plugin's words. */
export class SftpProblem extends Error {
  override readonly name = "SftpProblem";

  constructor(
    message: string,
    readonly notFound: boolean,
  ) {
    super(message);
  }
}

const statusNames = [
  "SSH_FX_OK",
  "SSH_FX_EOF",
  "SSH_FX_NO_SUCH_FILE",
  "SSH_FX_PERMISSION_DENIED",
  "SSH_FX_FAILURE",
  "SSH_FX_BAD_MESSAGE",
  "SSH_FX_NO_CONNECTION",
  "SSH_FX_CONNECTION_LOST",
  "SSH_FX_OP_UNSUPPORTED",
] as const;

/** Bytes in one WRITE. */
export const pieceSize = 32 * 1024;

const directoryBit = 0o040000;
const kindBits = 0o170000;

/** The SFTP requests that a copy needs; one request on the wire for each call. */
export class RemoteFiles {
  private readonly closed: Promise<void>;

  private constructor(
    private readonly sftp: SFTPWrapper,
    private readonly connection: SshConnection,
  ) {
    allowWritesOf(sftp, pieceSize);
    this.closed = new Promise((resolve) => {
      sftp.once("end", resolve);
      sftp.once("close", resolve);
    });
    sftp.on("error", () => connection.client.destroy());
  }

  static open(connection: SshConnection): Promise<RemoteFiles> {
    return new Promise((resolve, reject) => {
      const fail = (error: unknown): void => {
        if (channelRefusal(error).reason !== undefined) reject(new Failure(refusalText(channelRefusal(error))));
        else if (messageOf(error).startsWith("Unable to start subsystem")) {
          reject(new Failure("ssh: subsystem request failed"));
        } else reject(new Failure("server unexpectedly closed connection: unexpected EOF"));
      };
      try {
        connection.client.sftp((error, sftp) => (error ? fail(error) : resolve(new RemoteFiles(sftp, connection))));
      } catch (error) {
        fail(error);
      }
    });
  }

  /** Whether the path is a directory; undefined where there is nothing. */
  async stat(path: string): Promise<{ readonly directory: boolean } | undefined> {
    try {
      return await this.attributes("stat", path);
    } catch (error) {
      if (error instanceof SftpProblem && error.notFound) return undefined;
      throw new Failure(`failed to stat remote path ${path}: ${messageOf(error)}`);
    }
  }

  makeDirectory(path: string): Promise<void> {
    return this.request((done) => this.sftp.mkdir(path, done));
  }

  /** Makes a directory and what is missing above it: asks upwards until something exists, then makes downwards. */
  async makeDirectories(path: string): Promise<void> {
    const existing = await this.attributes("stat", path).catch(() => undefined);
    if (existing?.directory === true) return;
    if (existing !== undefined) throw new SftpProblem(`mkdir ${path}: not a directory`, false);
    const parent = path.replace(/\/+$/, "").replace(/[^/]*$/, "");
    if (parent.length > 1) await this.makeDirectories(parent.slice(0, -1));
    try {
      await this.makeDirectory(path);
    } catch (error) {
      const made = await this.attributes("lstat", path).catch(() => undefined);
      if (made?.directory !== true) throw error;
    }
  }

  /** Opens for reading and writing; made if missing, emptied if not. */
  create(path: string): Promise<Buffer> {
    return this.answer((done) => this.sftp.open(path, "w+", done));
  }

  write(handle: Buffer, piece: Buffer, offset: number): Promise<void> {
    return this.request((done) => {
      if (piece.length === 0) writeNothing(this.sftp, handle, done);
      else this.sftp.write(handle, piece, 0, piece.length, offset, done);
    });
  }

  async close(handle: Buffer): Promise<void> {
    await this.request((done) => this.sftp.close(handle, done)).catch(() => undefined);
  }

  /** Ends the session and waits for the server's end of it. */
  async end(): Promise<void> {
    endRequests(this.sftp);
    await this.closed;
  }

  private async attributes(how: "stat" | "lstat", path: string): Promise<{ readonly directory: boolean }> {
    const stats = await this.answer<{ readonly mode: number }>((done) => this.sftp[how](path, done));
    return { directory: (stats.mode & kindBits) === directoryBit };
  }

  private request(send: (done: (error: unknown) => void) => void): Promise<void> {
    return this.answer<void>((done) => send((error) => done(error, undefined)));
  }

  private answer<T>(send: (done: (error: unknown, value: T) => void) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      // What is asked after the connection has gone is never answered by ssh2; the genuine client says so at once.
      this.closed.then(() => reject(new SftpProblem("connection lost", false)));
      try {
        send((error, value) => (error ? reject(this.problem(error)) : resolve(value)));
      } catch (error) {
        reject(this.problem(error));
      }
    });
  }

  private problem(error: unknown): SftpProblem {
    const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
    if (typeof code !== "number") return new SftpProblem("connection lost", false);
    if (code === 1) return new SftpProblem("EOF", false);
    if (code === 2) return new SftpProblem("file does not exist", true);
    if (code === 3) return new SftpProblem("permission denied", false);
    const name = statusNames[code] ?? "unknown";
    return new SftpProblem(`sftp: ${quote(this.connection.sftpStatus())} (${name})`, false);
  }
}
