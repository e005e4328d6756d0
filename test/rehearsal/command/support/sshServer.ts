import { generateKeyPairSync } from "node:crypto";
import type { AddressInfo, Socket } from "node:net";
import ssh2, {
  type AuthContext,
  type AuthenticationType,
  type Connection,
  type KexAlgorithm,
  type ServerChannel,
  type Session,
} from "ssh2";
import { makeKeyPair } from "../../../../rehearsal/world/keys";

const { Server, utils } = ssh2;

/** What a scripted server answers a command with. */
export interface Run {
  readonly command: string;
  readonly channel: ServerChannel;
  readonly environment: readonly (readonly [string, string])[];
  /** Everything on standard input, once it has ended. */
  readonly stdin: Promise<string>;
}

export interface Script {
  readonly hostKeys?: string[];
  /** Methods offered and whether an attempt succeeds; default: everything is let in at once. */
  readonly authenticate?: (attempt: AuthContext, connection: Connection) => void;
  /** The only key exchange offered. */
  readonly keyExchange?: KexAlgorithm;
  readonly acceptVariable?: (name: string) => boolean;
  readonly acceptSession?: boolean;
  readonly acceptExec?: boolean;
  readonly run?: (run: Run) => void | Promise<void>;
  /** Takes an SFTP session; by default the subsystem is refused. */
  readonly sftp?: (session: Session) => void;
  /** Takes a forwarded connection; by default it is refused. */
  readonly forward?: (
    connection: Connection,
    to: { host: string; port: number },
  ) => ((channel: ServerChannel) => void) | undefined;
}

export function newHostKey(type: "ed25519" | "ecdsa" | "rsa" = "ed25519"): { private: string; line: string } {
  if (type === "ed25519") {
    const { privateKey, publicKey } = makeKeyPair("");
    return { private: privateKey, line: publicKey };
  }
  const pair =
    type === "rsa"
      ? utils.generateKeyPairSync("rsa", { bits: 2048 })
      : utils.generateKeyPairSync("ecdsa", { bits: 256 });
  return { private: pair.private, line: pair.public };
}

const defaultKey = newHostKey();

/** A real SSH server on loopback that does what the script says and writes down what it saw. */
export class ScriptedServer {
  readonly events: string[] = [];
  readonly hostKeyLine = defaultKey.line;
  connections = 0;
  open = 0;
  readonly sockets = new Set<Connection>();

  private constructor(
    readonly port: number,
    private readonly server: InstanceType<typeof Server>,
  ) {}

  static async start(script: Script = {}): Promise<ScriptedServer> {
    let scripted: ScriptedServer | undefined;
    const algorithms = script.keyExchange === undefined ? undefined : { kex: [script.keyExchange] };
    const server = new Server({ hostKeys: script.hostKeys ?? [defaultKey.private], algorithms }, (connection) => {
      if (scripted !== undefined) serve(connection, script, scripted);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    scripted = new ScriptedServer((server.address() as AddressInfo).port, server);
    return scripted;
  }

  async stop(): Promise<void> {
    for (const connection of this.sockets) connection.end();
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
    });
  }
}

function serve(connection: Connection, script: Script, server: ScriptedServer): void {
  server.connections++;
  server.open++;
  server.sockets.add(connection);
  server.events.push("connect");
  connection.on("error", () => undefined);
  connection.on("close", () => {
    server.open--;
    server.sockets.delete(connection);
  });
  connection.on("authentication", (attempt) => {
    server.events.push(`auth ${attempt.method}`);
    if (script.authenticate === undefined) attempt.accept();
    else script.authenticate(attempt, connection);
  });
  connection.on("tcpip", (accept, reject, info) => {
    server.events.push(`forward ${info.destIP}:${info.destPort}`);
    const take = script.forward?.(connection, { host: info.destIP, port: info.destPort });
    if (take === undefined) reject();
    else take(accept());
  });
  connection.on("session", (accept, reject) => {
    server.events.push("session");
    if (script.acceptSession === false) reject();
    else serveSession(accept(), script, server);
  });
}

function serveSession(session: Session, script: Script, server: ScriptedServer): void {
  const environment: [string, string][] = [];
  session.on("env", (accept, reject, info) => {
    const { key, val } = info as unknown as { key: string; val: string };
    const wants = typeof accept === "function";
    server.events.push(`env ${key}${wants ? "" : " without reply"}`);
    environment.push([key, val]);
    if (script.acceptVariable?.(key) ?? true) accept?.();
    else reject?.();
  });
  session.on("exec", (accept, reject, info) => {
    server.events.push(`exec ${info.command}`);
    if (script.acceptExec === false) {
      reject();
      return;
    }
    const channel = accept();
    channel.on("error", () => undefined);
    const stdin = new Promise<string>((resolve) => {
      const chunks: Buffer[] = [];
      channel.on("data", (chunk: Buffer) => chunks.push(chunk));
      channel.on("end", () => {
        server.events.push("stdin end");
        resolve(Buffer.concat(chunks).toString("utf8"));
      });
    });
    if (script.run === undefined) exit(channel, 0);
    else void script.run({ command: info.command, channel, environment, stdin });
  });
  if (script.sftp !== undefined) script.sftp(session);
}

/** Ends a command. */
export function exit(channel: ServerChannel, code: number): void {
  channel.exit(code);
  channel.end();
}

/** A client key: PEM in several forms. */
export function clientKey(type: "rsa" | "ec" | "ed25519"): ReturnType<typeof generateKeyPairSync>["privateKey"] {
  if (type === "rsa") return generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  if (type === "ec") return generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  return generateKeyPairSync("ed25519").privateKey;
}

export type { Socket };

/** A server for the time of some work. */
export async function withServer(script: Script, work: (server: ScriptedServer) => Promise<void>): Promise<void> {
  const server = await ScriptedServer.start(script);
  try {
    await work(server);
  } finally {
    await server.stop();
  }
}

/** Offers these methods; says yes only where `accept` does. */
export const offering =
  (methods: AuthenticationType[], accept: (attempt: AuthContext) => boolean = () => false) =>
  (attempt: AuthContext): void => {
    if (accept(attempt)) attempt.accept();
    else attempt.reject(methods);
  };
