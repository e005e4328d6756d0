import type { EngineLog, LogOptions, Severity } from "./engineLog";
import { canceled, deadlineExceeded } from "./failure";

/** One call of the engine while it runs: what it may log to, and the end of its patience. */
export interface Operation {
  readonly urn: string;
  /** Aborted with the failure to report. Only the waits between dials heed it; nothing else is interrupted. */
  readonly signal: AbortSignal;
  log(severity: Severity, message: string, options: LogOptions): Promise<void>;
}

/** The calls that are running, so that Cancel can end their patience; after Cancel no new call has any. */
export class Operations {
  private readonly running = new Set<AbortController>();
  private cancelled = false;

  constructor(private readonly log: EngineLog) {}

  cancel(): void {
    this.cancelled = true;
    for (const controller of this.running) controller.abort(canceled);
  }

  /**
   * Runs one call. `timeout` in seconds, fractions cut off; 0 for none. `gone` is called with what to do when the
   * caller goes away.
   */
  async run<T>(
    call: { readonly urn: string; readonly timeout: number; readonly gone: (stop: () => void) => void },
    work: (operation: Operation) => Promise<T>,
  ): Promise<T> {
    const controller = new AbortController();
    if (this.cancelled) controller.abort(canceled);
    call.gone(() => controller.abort(canceled));
    const timer =
      call.timeout === 0
        ? undefined
        : setTimeout(() => controller.abort(deadlineExceeded), Math.trunc(call.timeout) * 1000);
    this.running.add(controller);
    const { signal } = controller;
    try {
      return await work({
        urn: call.urn,
        signal,
        log: (severity, message, options) => this.log.write({ severity, message, urn: call.urn, signal, ...options }),
      });
    } finally {
      clearTimeout(timer);
      this.running.delete(controller);
    }
  }
}
