import { readable } from "./goText";

/** A line together with its end must fit in here; with a longer one the genuine plugin hangs for ever. */
const longestLine = 64 * 1024;
const newline = 0x0a;
const carriageReturn = 0x0d;

/**
 * Cuts output into log lines at `\n`; one `\r` before it is dropped, blank lines count. Both streams share it, so
 * their unfinished lines mix. Lines are handed on one at a time.
 */
export class LineLog {
  /** A line was too long: nothing is logged or read any more, and the operation will not end. */
  stuck = false;

  private unfinished: Buffer[] = [];
  private unfinishedLength = 0;
  private handing: Promise<void> = Promise.resolve();

  constructor(private readonly hand: (line: string) => Promise<void>) {}

  write(chunk: Buffer): void {
    let rest = chunk;
    while (!this.stuck && rest.length > 0) {
      const end = rest.indexOf(newline);
      const part = end === -1 ? rest : rest.subarray(0, end);
      this.unfinished.push(part);
      this.unfinishedLength += part.length;
      if (this.unfinishedLength >= longestLine) this.stuck = true;
      else if (end !== -1) this.flush();
      rest = end === -1 ? Buffer.alloc(0) : rest.subarray(end + 1);
    }
  }

  /** Hands on what is left, and waits until every line has been taken. */
  async finish(): Promise<void> {
    if (this.unfinishedLength > 0) this.flush();
    await this.handing;
  }

  private flush(): void {
    const bytes = Buffer.concat(this.unfinished);
    const line = bytes.at(-1) === carriageReturn ? bytes.subarray(0, -1) : bytes;
    this.unfinished = [];
    this.unfinishedLength = 0;
    const message = readable(line, "every run");
    this.handing = this.handing.then(() => this.hand(message));
  }
}
