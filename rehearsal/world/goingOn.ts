import type { Faults, ServerFolder } from "./contract";

/**
 * What runs on the machines while nobody listens any more. On a real server it goes on to its end when the link or the
 * engine dies; so a world in which a fault has cut one off stays open until then, in its own time.
 */
export interface GoingOn {
  began(running: Promise<unknown>, server: ServerFolder): void;
  /** A fault has left what runs without a listener. */
  cut(): void;
  /** Names of the machines that are waited for; none where no fault has cut anything off. */
  waitedFor(): readonly string[];
  /** Resolves when nothing runs any more that is waited for. */
  ended(): Promise<void>;
  /** Somebody else has the world now: nothing is waited for. */
  forget(): void;
}

export function watchRuns(): GoingOn {
  const running = new Map<Promise<unknown>, string>();
  let isCut = false;
  return {
    began(work, { name }) {
      running.set(work, name);
      work.catch(() => undefined).finally(() => running.delete(work));
    },
    cut() {
      isCut = true;
    },
    waitedFor: () => (isCut ? [...new Set(running.values())] : []),
    async ended() {
      if (isCut) await Promise.allSettled(running.keys());
    },
    forget() {
      isCut = false;
    },
  };
}

/** An engine that is killed leaves everything that runs. */
export function cuttingOff<Given extends Faults>(faults: Given, goingOn: GoingOn): Given {
  return {
    ...faults,
    killEngine() {
      goingOn.cut();
      faults.killEngine();
    },
  };
}
