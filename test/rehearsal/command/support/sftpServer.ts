import ssh2, { type Session, type SFTPWrapper } from "ssh2";

const { STATUS_CODE } = ssh2.utils.sftp;

/** A file system in memory behind SFTP that writes down every request. */
export class MemoryFiles {
  /** Folders hold undefined. */
  readonly entries = new Map<string, Buffer | undefined>([["/", undefined]]);
  readonly requests: string[] = [];
  /** Refuses a request with a status and text, for example `MKDIR /a`. */
  readonly refuse = new Map<string, [status: number, text?: string]>();
  /** How many writes were waiting for their answer at most. */
  mostWaiting = 0;

  private readonly handles = new Map<number, string>();
  private nextHandle = 1;

  folder(...paths: string[]): this {
    for (const path of paths) this.entries.set(path, undefined);
    return this;
  }

  file(path: string, content = ""): this {
    this.entries.set(path, Buffer.from(content));
    return this;
  }

  text(path: string): string | undefined {
    return this.entries.get(path)?.toString("utf8");
  }

  readonly session = (session: Session): void => {
    session.on("sftp", (accept) => this.serve(accept()));
  };

  private serve(sftp: SFTPWrapper): void {
    let waiting = 0;
    const guarded = (request: string, id: number, work: () => void): void => {
      this.requests.push(request);
      const refusal = this.refuse.get(request);
      if (refusal === undefined) work();
      else sftp.status(id, refusal[0], refusal[1]);
    };
    const stat = (name: string) => (id: number, path: string) =>
      guarded(`${name} ${path}`, id, () => {
        const known = clean(path);
        if (!this.entries.has(known)) sftp.status(id, STATUS_CODE.NO_SUCH_FILE);
        else sftp.attrs(id, attributes(this.entries.get(known) === undefined));
      });
    sftp.on("STAT", stat("STAT"));
    sftp.on("LSTAT", stat("LSTAT"));
    sftp.on("MKDIR", (id, path, attrs) =>
      guarded(`MKDIR ${path}`, id, () => {
        if (JSON.stringify(attrs) !== "{}") this.requests.push(`attributes ${JSON.stringify(attrs)}`);
        this.entries.set(clean(path), undefined);
        sftp.status(id, STATUS_CODE.OK);
      }),
    );
    sftp.on("OPEN", (id, path, flags) =>
      guarded(`OPEN ${path}`, id, () => {
        if (path.endsWith("/")) {
          sftp.status(id, STATUS_CODE.FAILURE, "is a folder");
          return;
        }
        if (ssh2.utils.sftp.flagsToString(flags) !== "w+") this.requests.push(`flags ${flags}`);
        this.entries.set(clean(path), Buffer.alloc(0));
        this.handles.set(this.nextHandle, clean(path));
        const handle = Buffer.alloc(4);
        handle.writeUInt32BE(this.nextHandle++);
        sftp.handle(id, handle);
      }),
    );
    sftp.on("WRITE", (id, handle, offset, data) =>
      guarded(`WRITE ${offset}+${data.length}`, id, () => {
        this.mostWaiting = Math.max(this.mostWaiting, ++waiting);
        setTimeout(() => {
          waiting--;
          this.write(this.handles.get(handle.readUInt32BE()) ?? "", offset, data);
          sftp.status(id, STATUS_CODE.OK);
        }, 5);
      }),
    );
    sftp.on("CLOSE", (id) => guarded("CLOSE", id, () => sftp.status(id, STATUS_CODE.OK)));
    sftp.on("end", () => {
      this.requests.push("end");
      sftp.end();
    });
  }

  private write(path: string, offset: number, data: Buffer): void {
    const old = this.entries.get(path) ?? Buffer.alloc(0);
    const next = Buffer.alloc(Math.max(old.length, offset + data.length));
    old.copy(next);
    data.copy(next, offset);
    this.entries.set(path, next);
  }
}

function clean(path: string): string {
  const trimmed = path.replace(/\/+/g, "/").replace(/(.)\/$/, "$1");
  return trimmed === "." ? "/" : trimmed;
}

function attributes(folder: boolean): {
  mode: number;
  uid: number;
  gid: number;
  size: number;
  atime: number;
  mtime: number;
} {
  return { mode: folder ? 0o040755 : 0o100644, uid: 0, gid: 0, size: 0, atime: 0, mtime: 0 };
}
