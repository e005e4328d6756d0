/** Where progress goes: standard error, or a test's stand-in. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const patience = 1000;
const onTerminal = 200;
const elsewhere = 10_000;

/**
 * Tells how much of a known number of bytes is read, once it takes longer than a second: a line that changes on a
 * terminal, a line every ten seconds elsewhere.
 */
export function byteProgress(
  what: string,
  stream: ProgressStream = process.stderr,
  now: () => number = Date.now,
): { readonly update: (read: number, total: number) => void; readonly end: () => void } {
  const begin = now();
  let last = begin + patience - onTerminal;
  let shown = false;
  return {
    update(read, total) {
      const time = now();
      const interval = shown && !stream.isTTY ? elsewhere : onTerminal;
      if (time - last < interval) return;
      last = time;
      shown = true;
      const percent = total === 0 ? 100 : Math.min(100, Math.floor((read / total) * 100));
      const speed = read / 1e6 / ((time - begin) / 1000);
      const text = `${what}: ${megabytes(read)} of ${megabytes(total)} MB (${percent}%, ${speed.toFixed(0)} MB/s)`;
      stream.write(stream.isTTY ? `\r${text}\u001b[K` : `${text}\n`);
    },
    /** Clears the line on a terminal. */
    end() {
      if (shown && stream.isTTY) stream.write("\r\u001b[K");
    },
  };
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);
