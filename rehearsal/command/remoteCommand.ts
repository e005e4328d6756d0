import { status } from "@grpc/grpc-js";
import type { Client } from "ssh2";
import { booleanOf, entriesOf, readConnection, stringOf } from "./connection";
import { type Dialler, dial, endpoint, refusalText } from "./dial";
import { Failure } from "./failure";
import { isUtf8, quote, readable } from "./goText";
import { LineLog } from "./lineLog";
import type { Operation } from "./operation";
import type { PropertyMap } from "./property";
import { execute, openSession, type RawChannel, type Reply, setVariable, takeOutput } from "./ssh2Internals";

export interface CommandResult {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/** A remote command that is about to run; for whoever wants to watch. */
export interface CommandRun {
  readonly urn: string;
  readonly command: string;
  readonly endpoint: string;
}

export interface CommandSurroundings {
  readonly dialler: Dialler;
  readonly onRun?: (run: CommandRun) => void;
}

/** Marks PULUMI_COMMAND_STDOUT and PULUMI_COMMAND_STDERR, which may be refused, apart from the user's variables. */
type Variable = { readonly name: string; readonly value: string; readonly optional: boolean };

/**
 * Runs one command over a connection of its own, which stays open until the plugin ends. `fields`: the inputs
 * as decoded; `previous`: the outputs of the last run, undefined in a create.
 */
export async function runCommand(
  command: string,
  fields: PropertyMap,
  previous: { readonly stdout: string; readonly stderr: string } | undefined,
  operation: Operation,
  surroundings: CommandSurroundings,
): Promise<CommandResult> {
  const connection = readConnection(fields);
  const { client } = await dial(connection, surroundings.dialler, operation);
  const channel = await openSession(client);
  if ("description" in channel) throw new Failure(refusalText(channel));
  const logging = stringOf(fields.get("logging"));
  const session = listen(channel, logging, operation);
  for (const variable of variables(fields, previous)) {
    const reply = await setVariable(client, channel, variable.name, variable.value);
    if (reply !== "accepted") await refusedVariable(variable, reply, channel, operation);
  }
  surroundings.onRun?.({ urn: operation.urn, command, endpoint: endpoint(connection) });
  const problem = await run(client, channel, command, stringOf(fields.get("stdin")) ?? "", session);
  if (problem !== undefined) {
    const output = readable(Buffer.concat(session.both), "every byte");
    throw new Failure(`${problem}: running ${quote(command)}:\n${output}`);
  }
  return { stdout: trimmed(session.stdout), stderr: trimmed(session.stderr) };
}

/** Text for the answer. Fatal where it is no UTF-8: the command has run, but its result cannot be sent. */
export function resultText(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString("utf8");
  throw new Failure("grpc: error while marshaling: string field contains invalid UTF-8", status.INTERNAL);
}

function* variables(
  fields: PropertyMap,
  previous: { readonly stdout: string; readonly stderr: string } | undefined,
): Iterable<Variable> {
  for (const [name, value] of entriesOf(fields.get("environment")) ?? []) {
    yield { name, value: stringOf(value) ?? "", optional: false };
  }
  if (previous === undefined || booleanOf(fields.get("addPreviousOutputInEnv")) === false) return;
  const { stdout, stderr } = previous;
  if (stdout !== "") yield { name: "PULUMI_COMMAND_STDOUT", value: stdout, optional: true };
  if (stderr !== "") yield { name: "PULUMI_COMMAND_STDERR", value: stderr, optional: true };
}

async function refusedVariable(
  variable: Variable,
  reply: Reply,
  channel: RawChannel,
  operation: Operation,
): Promise<void> {
  const advice =
    `Unable to set '${variable.name}'. This only works if your SSH server is configured to accept\n` +
    "\tthese variables via AcceptEnv. Alternatively, if a Bash-like shell runs the command on the remote host, you could\n" +
    "\tprefix the command itself with the variables in the form 'VAR=value command'";
  await operation.log(variable.optional ? "warning" : "error", advice, { status: false });
  if (variable.optional) return;
  channel.close();
  const reason = reply === "closed" ? "EOF" : "ssh: setenv failed";
  throw new Failure(`could not set environment variable ${quote(variable.name)}: ${reason}`);
}

interface Session {
  readonly stdout: Buffer[];
  readonly stderr: Buffer[];
  /** Both streams as they arrived. */
  readonly both: Buffer[];
  readonly lines: LineLog;
  /** Resolves when the channel is closed; with the exit status or signal, as far as the server sent one. */
  readonly closed: Promise<Exit>;
}

type Exit =
  | { readonly kind: "status"; readonly code: number }
  | { readonly kind: "signal"; readonly signal: string; readonly message: string }
  | { readonly kind: "none" };

function listen(channel: RawChannel, logging: string | undefined, operation: Operation): Session {
  const lines = new LineLog((line) => operation.log("info", line, { status: true }));
  const logged = {
    stdout: logging === undefined || logging === "stdout" || logging === "stdoutAndStderr",
    stderr: logging === undefined || logging === "stderr" || logging === "stdoutAndStderr",
  };
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  const both: Buffer[] = [];
  const closed = new Promise<Exit>((resolve) => {
    let exit: Exit = { kind: "none" };
    channel.on("exit", (code: number | null, signal?: string, _dumped?: boolean, message?: string) => {
      exit =
        code === null
          ? { kind: "signal", signal: (signal ?? "").replace(/^SIG/, ""), message: message ?? "" }
          : { kind: "status", code };
    });
    channel.on("close", () => resolve(exit));
  });
  takeOutput(channel, (chunk, from) => {
    if (lines.stuck) return false;
    (from === "stdout" ? stdout : stderr).push(chunk);
    both.push(chunk);
    if (logged[from]) lines.write(chunk);
    return !lines.stuck;
  });
  return { stdout, stderr, both, lines, closed };
}

/** What went wrong, in the genuine plugin's words; undefined for exit status 0. */
async function run(
  client: Client,
  channel: RawChannel,
  command: string,
  stdin: string,
  session: Session,
): Promise<string | undefined> {
  const reply = await execute(client, channel, command);
  if (reply !== "accepted") {
    channel.close();
    return reply === "closed" ? "EOF" : `ssh: command ${command} failed`;
  }
  let written = stdin === "";
  if (!written) {
    channel.write(Buffer.from(stdin, "utf8"), () => {
      written = true;
    });
  }
  channel.end();
  const exit = await session.closed;
  // The genuine plugin's reader has given up on a line that is too long, and its writers wait for it for ever.
  if (session.lines.stuck) await new Promise<never>(() => undefined);
  await session.lines.finish();
  if (exit.kind === "status" && exit.code === 0) return written ? undefined : "EOF";
  return exitText(exit);
}

const signals: ReadonlyMap<string, number> = new Map([
  ["ABRT", 6],
  ["ALRM", 14],
  ["FPE", 8],
  ["HUP", 1],
  ["ILL", 4],
  ["INT", 2],
  ["KILL", 9],
  ["PIPE", 13],
  ["QUIT", 3],
  ["SEGV", 11],
  ["TERM", 15],
]);

function exitText(exit: Exit): string {
  switch (exit.kind) {
    case "status":
      return `Process exited with status ${exit.code}`;
    case "signal": {
      const reason = exit.message === "" ? "" : `. Reason was: ${exit.message}`;
      return `Process exited with status ${128 + (signals.get(exit.signal) ?? 0)} from signal ${exit.signal}${reason}`;
    }
    case "none":
      return "wait: remote command exited without exit status or exit signal";
  }
}

/** Exactly one newline at the end is cut. */
function trimmed(chunks: readonly Buffer[]): Buffer {
  const all = Buffer.concat(chunks);
  return all.at(-1) === 0x0a ? all.subarray(0, -1) : all;
}
