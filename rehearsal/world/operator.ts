import type { CallLog, Clock, OperatorBehaviour, ServerFolder } from "./contract";

/** What a person does at the wizard; the Windows room knows how it shows on the machine. */
export interface OperatorHands {
  wizardState(server: ServerFolder): Promise<"not-installed" | "waiting" | "open" | "completed" | "failed">;
  openWizard(server: ServerFolder): Promise<void>;
  /** Everything else as the page on the server's desktop says it. */
  completeWizard(server: ServerFolder, choices: { readonly staging: boolean }): Promise<void>;
  failWizard(server: ServerFolder): Promise<void>;
}

export interface Operator {
  /** The gate of a server asks for the operator. `gone`: the machine is switched off or deleted. */
  asked(server: ServerFolder, gone: AbortSignal): void;
  /**
   * The run ends, in which the world's time stands still from now on. Whoever has been asked finishes all the same, as a
   * person would between two runs; resolves when nothing is touched any more.
   */
  leave(): Promise<void>;
}

export interface OperatorOptions {
  readonly behaviour: () => OperatorBehaviour;
  readonly hands: OperatorHands;
  readonly clock: Clock;
  readonly calls: CallLog;
  /** Simulated minutes until the wizard is opened. Default 2. */
  readonly opensAfterMinutes?: number;
  /** Simulated minutes until it is closed, both counted from the asking. Default 10. */
  readonly finishesAfterMinutes?: number;
}

/** Somebody who reads the gate's instructions and completes the wizard: after a while, never, or wrongly. */
export function startOperator(options: OperatorOptions): Operator {
  const { behaviour, hands, clock, calls } = options;
  const opensAfter = options.opensAfterMinutes ?? 2;
  const finishesAfter = options.finishesAfterMinutes ?? 10;
  const home = new AbortController();
  const visits = new Map<string, Promise<void>>();

  const wait = async (minutes: number, gone: AbortSignal): Promise<void> => {
    try {
      await clock.sleep(minutes * 60, AbortSignal.any([gone, home.signal]));
    } catch (error) {
      if (gone.aborted || !home.signal.aborted) throw error;
    }
  };

  const visit = async (server: ServerFolder, gone: AbortSignal): Promise<void> => {
    const log = (action: string, result: string) =>
      calls.record({
        room: "operator",
        action,
        target: server.name,
        result: home.signal.aborted ? `${result}, between two runs` : result,
      });
    const now = behaviour();
    if (now === "absent") return log("asked", "absent: nobody comes");
    if ((await hands.wizardState(server)) === "completed") return;
    log("asked", `comes in ${finishesAfter} simulated minutes (${now})`);
    await wait(opensAfter, gone);
    // Somebody may have been faster (a test, the user at the simulated machine).
    if ((await hands.wizardState(server)) === "completed") return;
    await hands.openWizard(server);
    log("wizard opened", "ok");
    await wait(finishesAfter - opensAfter, gone);
    if (now === "failing") {
      await hands.failWizard(server);
      return log("wizard closed", "its configuration failed");
    }
    const staging = now !== "staging-unticked";
    await hands.completeWizard(server, { staging });
    log("wizard completed", staging ? "staging mode ticked" : "staging mode NOT ticked");
  };

  return {
    asked(server, gone) {
      if (home.signal.aborted || visits.has(server.path)) return;
      const coming = visit(server, gone)
        .catch((error: unknown) => {
          if (gone.aborted) return;
          const result = error instanceof Error ? error.message : String(error);
          calls.record({ room: "operator", action: "wizard", target: server.name, result });
        })
        .finally(() => visits.delete(server.path));
      visits.set(server.path, coming);
    },
    async leave() {
      home.abort(new Error("the rehearsal ended"));
      await Promise.all(visits.values());
    },
  };
}
