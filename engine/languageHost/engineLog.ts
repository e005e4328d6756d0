import { credentials, Metadata } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

/** One line of the program for the engine's own display and event log, as Pulumi's host hands it on. */
export interface EngineLog {
  line(stream: "stdout" | "stderr", text: string): void;
  /** Waits until everything was delivered: the engine closes its ears when the run's answer arrives. */
  close(): Promise<void>;
}

export function openEngineLog(engineAddress: string): EngineLog {
  const client = new EngineClient(engineAddress, credentials.createInsecure());
  let delivered: Promise<unknown> = Promise.resolve();
  return {
    line(stream, text) {
      // As Pulumi's own host: no empty lines, and each with its end, since the engine sets a stream's lines one after
      // the other in its Diagnostics.
      if (text.trim() === "") return;
      const request = new LogRequest();
      request.setSeverity(LogSeverity.INFO);
      request.setMessage(`${text}\n`);
      // A stream id of its own lets the engine put the lines of one stream together.
      request.setStreamid(stream === "stdout" ? 7001 : 7002);
      // One after the other, so that the lines keep their order.
      delivered = delivered.then(
        () =>
          new Promise<void>((resolve) =>
            client.log(request, new Metadata(), { deadline: Date.now() + 10_000 }, () => resolve()),
          ),
      );
    },
    async close() {
      await delivered;
      client.close();
    },
  };
}

/** Cuts a byte stream into lines; a last line without an end is one too. */
export class LineCutter {
  private rest = "";
  constructor(private readonly take: (line: string) => void) {}

  push(text: string): void {
    const lines = (this.rest + text).split(/\r?\n/);
    this.rest = lines.pop() ?? "";
    for (const line of lines) this.take(line);
  }

  end(): void {
    if (this.rest) this.take(this.rest);
    this.rest = "";
  }
}
