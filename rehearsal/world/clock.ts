import type { Clock } from "./contract";

/** How simulated time follows real time: `simulated = simulatedStart + (real - realStart) * scale`. */
export interface ClockAnchor {
  readonly scale: number;
  /** ISO instants. */
  readonly realStart: string;
  readonly simulatedStart: string;
}

export interface WorldClock extends Clock {
  /** What a process of its own (the test PowerShell) needs to tell the same time. */
  readonly anchor: ClockAnchor;
}

/** Simulated seconds in one real second where nobody says otherwise: an hour at the gate takes 15 seconds. */
export const defaultScale = 240;

/** Not more than this many simulated seconds a timer waits at once: setTimeout cannot hold more than 24.8 days. */
const longestTimer = 2 ** 31 - 1;

export function startClock(scale: number, simulatedStart: Date, realNow: () => number = Date.now): WorldClock {
  const realStart = realNow();
  const start = simulatedStart.getTime();
  return {
    scale,
    anchor: {
      scale,
      realStart: new Date(realStart).toISOString(),
      simulatedStart: simulatedStart.toISOString(),
    },
    now: () => new Date(start + Math.max(0, realNow() - realStart) * scale),
    sleep: (simulatedSeconds, signal) => wait((simulatedSeconds * 1000) / scale, signal),
  };
}

/**
 * The instant at which every new world begins, moved on with each release. Ages (of a proof, of the list of versions)
 * and ends (of an exception) are counted in the world's time, so a rehearsal comes to the same end whatever the date.
 */
export const worldBegins = new Date("2026-11-26T08:00:00Z");

/**
 * Where simulated time goes on when a world is opened again: where it stopped, for nothing happens in a closed world.
 * It never goes back, whatever the real clock did meanwhile.
 * @param latest the last simulated instant that was written down
 * @param unwrittenSeconds real seconds a predecessor that was killed may have gone on after writing it; 0 if it closed
 */
export function continueFrom(latest: Date, unwrittenSeconds: number, scale: number): Date {
  return new Date(latest.getTime() + unwrittenSeconds * scale * 1000);
}

async function wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  let left = Math.max(0, milliseconds);
  do {
    const part = Math.min(left, longestTimer);
    await timer(part, signal);
    left -= part;
  } while (left > 0);
}

function timer(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(handle);
      reject(signal?.reason);
    };
    const handle = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
