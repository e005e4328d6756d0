import { Failure, FinalFailure, NilDereference } from "./failure";
import type { Operation } from "./operation";

const firstWait = 100;
const longestWait = 5000;
const growth = 1.5;

/**
 * Tries until it succeeds, the limit is passed (limit N allows N+1 attempts, -1 any number) or the operation is
 * cancelled or out of time. Waits 100 ms, then 1.5 times longer each time, at most 5 s, whatever the error was.
 */
export async function retry<T>(
  what: string,
  limit: number,
  operation: Operation,
  attempt: () => Promise<T>,
): Promise<T> {
  let wait = firstWait;
  for (let tried = 0; ; tried++) {
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof NilDereference || error instanceof FinalFailure || !(error instanceof Failure)) throw error;
      if (limit > -1 && tried + 1 > limit) {
        throw new Failure(`after ${tried} failed attempts: ${error.message}`, error.code);
      }
      const of = limit === -1 ? "inf" : String(limit);
      await operation.log("info", `${what} ${tried + 1}/${of} failed: retrying`, { status: true });
    }
    await pause(wait, operation.signal);
    wait = Math.min(wait * growth, longestWait);
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}
