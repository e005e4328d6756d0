import type { Readable } from "node:stream";

export interface EndOfScript {
  readonly code: number;
  /** Nothing that the script started goes on. */
  readonly alone: boolean;
}

/**
 * Passes on what a script writes to one stream, up to the mark that stands behind it: `<mark> <code> <alone>` and a
 * newline. A stream that ends before the mark is passed on to its end; then this never resolves.
 */
export function endOfScript(stream: Readable, mark: string, onChunk: (chunk: Buffer) => void): Promise<EndOfScript> {
  const begin = Buffer.from(mark);
  let kept = Buffer.alloc(0);
  const pass = (chunk: Buffer) => {
    if (chunk.length > 0) onChunk(chunk);
  };
  return new Promise((resolve) => {
    const onEnd = () => pass(kept);
    const onData = (chunk: Buffer) => {
      kept = Buffer.concat([kept, chunk]);
      const at = kept.indexOf(begin);
      if (at < 0) {
        // A part of the mark may stand at the end.
        const possible = kept.lastIndexOf(0);
        const certain = possible < 0 || kept.length - possible >= begin.length ? kept.length : possible;
        pass(kept.subarray(0, certain));
        kept = kept.subarray(certain);
        return;
      }
      const line = kept.indexOf("\n", at);
      if (line < 0) return;
      stream.removeListener("data", onData);
      stream.removeListener("end", onEnd);
      pass(kept.subarray(0, at));
      const [code = "", alone = ""] = kept
        .subarray(at + begin.length, line)
        .toString("latin1")
        .trim()
        .split(" ");
      resolve({ code: Number(code), alone: alone === "1" });
    };
    stream.on("data", onData);
    stream.once("end", onEnd);
  });
}
