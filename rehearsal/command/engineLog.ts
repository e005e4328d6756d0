import { credentials } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

export type Severity = "debug" | "info" | "warning" | "error";

export interface LogOptions {
  /** Shown only while it is the newest message of its resource (ephemeral). */
  readonly status: boolean;
}

export interface LogEntry extends LogOptions {
  readonly severity: Severity;
  readonly message: string;
  readonly urn: string;
  readonly signal: AbortSignal;
}

const severities: Record<Severity, LogSeverity> = {
  debug: LogSeverity.DEBUG,
  info: LogSeverity.INFO,
  warning: LogSeverity.WARNING,
  error: LogSeverity.ERROR,
};

/** The engine's log service, once its address is known. */
export class EngineLog {
  private engine: EngineClient | undefined;

  /** `lost` is given what could not be sent to an engine. */
  constructor(private readonly lost: (entry: LogEntry) => void) {}

  attach(address: string): void {
    this.close();
    this.engine = new EngineClient(address, credentials.createInsecure());
  }

  /** Resolves when the engine has it. Never fails; a cancelled operation can no longer reach the engine's log. */
  write(entry: LogEntry): Promise<void> {
    const engine = this.engine;
    if (engine === undefined || entry.signal.aborted) {
      this.lost(entry);
      return Promise.resolve();
    }
    const request = new LogRequest()
      .setSeverity(severities[entry.severity])
      .setMessage(entry.message)
      .setUrn(entry.urn)
      .setStreamid(0)
      .setEphemeral(entry.status);
    return new Promise((resolve) => {
      engine.log(request, (error) => {
        if (error) this.lost(entry);
        resolve();
      });
    });
  }

  close(): void {
    this.engine?.close();
    this.engine = undefined;
  }
}
