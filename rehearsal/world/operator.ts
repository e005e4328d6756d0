import type { CallLog, Clock, OperatorBehaviour, ServerFolder } from "./contract";

/** What a person does at the wizard; the Windows room knows how it shows on the machine. */
export interface OperatorHands {
  wizardState(server: ServerFolder): Promise<"not-installed" | "waiting" | "open" | "completed" | "failed">;
  openWizard(server: ServerFolder): Promise<void>;
  completeWizard(server: ServerFolder, choices: { readonly staging: boolean }): Promise<void>;
  failWizard(server: ServerFolder): Promise<void>;
}

export interface Operator {
  /** The gate of a server asks for the operator. `gone`: the machine is switched off or deleted. */
  asked(server: ServerFolder, gone: AbortSignal): void;
  /** The operator goes home; resolves when nothing is touched any more. */
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

  const visit = async (server: ServerFolder, gone: AbortSignal): Promise<void> => {
    const signal = AbortSignal.any([gone, home.signal]);
    const log = (action: string, result: string) =>
      calls.record({ room: "operator", action, target: server.name, result });
    const now = behaviour();
    if (now === "absent") return log("asked", "absent: nobody comes");
    if ((await hands.wizardState(server)) === "completed") return;
    log("asked", `comes in ${finishesAfter} simulated minutes (${now})`);
    await clock.sleep(opensAfter * 60, signal);
    // Somebody may have been faster (a test, the user at the simulated machine).
    if ((await hands.wizardState(server)) === "completed") return;
    await hands.openWizard(server);
    log("wizard opened", "ok");
    await clock.sleep((finishesAfter - opensAfter) * 60, signal);
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
          if (gone.aborted || home.signal.aborted) return;
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
