import type { ServerChannel } from "ssh2";
import type { CallLog, Faults, ServerFolder, WindowsExecutor } from "./contract";
import { scriptInText } from "./scriptName";

export interface ScriptHost {
  readonly server: ServerFolder;
  readonly executor: WindowsExecutor;
  readonly faults: Faults;
  readonly calls: CallLog;
  /** Told of every script of ours that starts. */
  readonly onScript?: (script: string) => void;
  /** Told of everything that starts, until it has ended. */
  readonly onRun?: (running: Promise<unknown>, server: ServerFolder) => void;
  /** Told where a fault leaves what runs without anybody who listens. */
  readonly onCut?: () => void;
  /** Aborted when the machine is switched off or the world closes: only then a running script ends early. */
  readonly gone: AbortSignal;
  /** Drops the whole connection, without a word. */
  readonly drop: () => void;
}

/** No script or its arguments come near this. */
const largestInput = 32 * 1024 * 1024;

/**
 * Runs one command that arrived over SSH. As on Windows without a terminal, it goes on to its end when the client is
 * gone (facts/windows-server.md 3, "Dropped link").
 */
export async function runOverChannel(channel: ServerChannel, commandLine: string, host: ScriptHost): Promise<void> {
  const { server, executor, faults, calls, gone, drop } = host;
  const stdin = await readAll(channel);
  if (!stdin) return drop();
  const script = scriptInText(stdin);
  const action = `exec ${script ?? programOf(commandLine)}`;
  const log = (result: string) => calls.record({ room: "ssh", action, target: server.name, result });

  const fault = script === undefined ? undefined : faults.take({ room: "ssh", server: server.name, script });
  switch (fault) {
    case "throttle":
      log("fault throttle: connection dropped before the script started");
      return drop();
    case "fail":
      log("fault fail: exit 1, nothing done");
      await write(
        channel.stderr,
        Buffer.from(`Simulated fault: ${script} failed before it did anything (--fault).\r\n`),
      );
      return finish(channel, 1);
    case "hang":
      log("fault hang: no answer");
      return;
    case "kill-before":
      log("fault kill-before: the engine was killed before the script started");
      faults.killEngine();
      return drop();
    case undefined:
    case "lost":
    case "kill":
      break;
    default:
      throw new Error(`a script knows no effect ${fault}`); // the grammar refuses it
  }

  const pending: Promise<void>[] = [];
  const lost = fault === "lost";
  const pass = (stream: NodeJS.WritableStream) => (chunk: Buffer) => {
    if (!lost) pending.push(write(stream, chunk));
  };
  try {
    const running = executor.exec(server, {
      commandLine,
      stdin,
      onStdout: pass(channel),
      onStderr: pass(channel.stderr),
      signal: gone,
    });
    host.onRun?.(running, server);
    if (script !== undefined) host.onScript?.(script);
    if (lost) {
      // At once, whatever it does: it goes on, and the next one may meet it.
      log("fault lost: connection broken while it runs");
      host.onCut?.();
      drop();
    }
    if (fault === "kill") faults.killEngine();
    const exitCode = await running;
    if (lost) {
      const ended = { room: "ssh", action: `ended ${script ?? ""}`, target: server.name } as const;
      return calls.record({ ...ended, result: `exit ${exitCode}, and nobody heard of it` });
    }
    log(fault ? `fault ${fault}: exit ${exitCode}` : `exit ${exitCode}`);
    await Promise.all(pending);
    finish(channel, exitCode);
  } catch (error) {
    if (gone.aborted || lost) return drop();
    // A fault of the simulation itself, not of the script: said where the caller of the script looks.
    const message = error instanceof Error ? error.message : String(error);
    log("the simulation failed");
    await write(channel.stderr, Buffer.from(`The simulated server ${server.name} failed: ${message}\r\n`));
    finish(channel, 255);
  }
}

function finish(channel: ServerChannel, exitCode: number): void {
  channel.exit(exitCode);
  channel.end();
}

/** Standard input to its end; undefined where the client goes before that, or sends what no script takes. */
async function readAll(channel: ServerChannel): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve) => {
    channel.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > largestInput) resolve(undefined);
      else chunks.push(chunk);
    });
    channel.once("end", () => resolve(Buffer.concat(chunks)));
    channel.once("close", () => resolve(undefined));
  });
}

/** Resolves when ssh2 has taken the chunk, or when nobody is there to take it. */
function write(stream: NodeJS.WritableStream, chunk: Buffer): Promise<void> {
  if (!stream.writable || chunk.length === 0) return Promise.resolve();
  return new Promise((resolve) => {
    stream.once("close", resolve);
    stream.write(chunk, () => {
      stream.removeListener("close", resolve);
      resolve();
    });
  });
}

/** Never the whole command line: it is not ours, and may hold anything. */
function programOf(commandLine: string): string {
  const program = /^\s*"?([A-Za-z0-9_.:\\/-]{1,80})/.exec(commandLine)?.[1];
  return program?.split(/[\\/]/).at(-1) ?? "(other)";
}
