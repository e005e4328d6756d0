import { clearLine, cursorTo } from "node:readline";

/** How long work says what it is doing. Nothing of it is a result: results go to standard output. */
export interface Progress {
  /** Something that happened: one line, kept. */
  line(text: string): void;
  /** What is going on now: on a terminal one line that is replaced; elsewhere a line at most every 15 s. */
  status(text: string): void;
  /** The status is over. */
  clear(): void;
}

const quietSeconds = 15;

export function progressTo(stream: NodeJS.WriteStream = process.stderr): Progress {
  const terminal = stream.isTTY === true;
  let shown = false;
  // Short work ends before its first status is due and says nothing.
  let lastStatus = Date.now();
  const clear = (): void => {
    if (!shown) return;
    cursorTo(stream, 0);
    clearLine(stream, 0);
    shown = false;
  };
  return {
    clear,
    line(text) {
      clear();
      stream.write(`${text}\n`);
    },
    status(text) {
      if (terminal) {
        clear();
        stream.write(text.slice(0, Math.max(20, (stream.columns || 80) - 1)));
        shown = true;
      } else if (Date.now() - lastStatus >= quietSeconds * 1000) {
        lastStatus = Date.now();
        stream.write(`${text}\n`);
      }
    },
  };
}

export const silent: Progress = { line: () => {}, status: () => {}, clear: () => {} };

/** `1 min 20 s` */
export function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
