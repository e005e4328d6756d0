import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { Client, type ConnectConfig } from "ssh2";
import { missingKeyExchange, offeredAlgorithms } from "./algorithms";
import { Authentication, type Credentials } from "./authentication";
import { Failure, messageOf } from "./failure";
import { errorCode, joinHostPort } from "./goText";
import type { HostKey } from "./hostKey";

export interface SshConfig {
  readonly credentials: Credentials;
  /** Undefined: whatever key the server shows is taken. */
  readonly hostKey: HostKey | undefined;
}

/** What ssh2 tells only in its debug lines, but the genuine plugin's errors say. */
class Overheard {
  readonly lists = new Map<string, string[]>();
  disconnect: string | undefined;
  /** What a running SFTP session was last refused with; the server's own words, empty ones too. */
  sftpStatus = "";

  constructor(private readonly authentication: Authentication) {}

  readonly line = (line: string): void => {
    const offer = /^Handshake: \((local|remote)\) ([^:]+): (.*)$/.exec(line);
    if (offer !== null) this.lists.set(`${offer[1]} ${offer[2]}`, (offer[3] ?? "").split(","));
    else if (line.endsWith("Received USERAUTH_INFO_REQUEST")) this.authentication.sawQuestion();
    else if (line.endsWith("Received USERAUTH_PK_OK")) this.authentication.sawKeyAccepted();
    else this.remember(line);
  };

  private remember(line: string): void {
    const disconnect = /Received DISCONNECT \((\d+), "(.*)"\)$/s.exec(line);
    if (disconnect !== null) this.disconnect = `ssh: disconnect, reason ${disconnect[1]}: ${disconnect[2]}`;
    const status = /Received STATUS \(id:\d+, \d+, (.*)\)$/s.exec(line)?.[1];
    if (status?.startsWith('"')) this.sftpStatus = String(JSON.parse(status));
  }
}

/** One SSH connection, logged in. */
export interface SshConnection {
  readonly client: Client;
  /** The text of the newest SFTP status. */
  sftpStatus(): string;
}

/**
 * SSH handshake and login over an open stream, bounded by nothing, as in the genuine plugin. Errors begin with
 * `ssh: handshake failed: `.
 */
export function handshake(stream: Duplex, config: SshConfig): Promise<SshConnection> {
  return new Promise((resolve, reject) => {
    const client = new Client();
    // Each try to forward through a jump host listens for its end; sixty tries are no leak.
    client.setMaxListeners(0);
    const authentication = new Authentication(config.credentials);
    const overheard = new Overheard(authentication);
    const ends = endsOf(stream);
    let mismatch = false;
    const fail = (problem: string): void => {
      reject(new Failure(`ssh: handshake failed: ${problem}`));
      client.destroy();
      stream.destroy();
    };
    client.on("ready", () => resolve({ client, sftpStatus: () => overheard.sftpStatus }));
    client.on("change password", () => fail("ssh: unexpected message type 60 (expected 52)"));
    client.on("error", (error) => {
      if (mismatch) fail("ssh: host key mismatch");
      else fail(authentication.problem ?? overheard.disconnect ?? problemOf(error, overheard, ends));
    });
    client.on("close", () => fail(authentication.problem ?? overheard.disconnect ?? "EOF"));
    const options: ConnectConfig = {
      sock: stream,
      username: config.credentials.user,
      ident: "Go",
      readyTimeout: 0,
      algorithms: offeredAlgorithms(config.hostKey?.type),
      authHandler: authentication.next,
      debug: overheard.line,
      hostVerifier: (shown: Buffer) => {
        mismatch = config.hostKey !== undefined && !config.hostKey.blob.equals(shown);
        return !mismatch;
      },
    };
    try {
      client.connect(options);
    } catch (error) {
      fail(messageOf(error));
    }
  });
}

/** Local and remote address while they are still known: a socket forgets them when it is reset. */
function endsOf(stream: Duplex): string {
  const socket = stream as Partial<Socket>;
  const end = (address: string | undefined, port: number | undefined): string =>
    joinHostPort((address ?? "0.0.0.0").replace(/^::ffff:/, ""), port ?? 0);
  return `${end(socket.localAddress, socket.localPort)}->${end(socket.remoteAddress, socket.remotePort)}`;
}

/** ssh2's and the genuine plugin's names of what could not be agreed on. */
const negotiations: readonly (readonly [failure: string, list: string, goName: string])[] = [
  ["no matching key exchange algorithm", "KEX method", "key exchange"],
  ["no matching host key format", "Host key format", "host key"],
  ["no matching C->S cipher", "C->S cipher", "client to server cipher"],
  ["no matching S->C cipher", "S->C cipher", "server to client cipher"],
  ["no matching C->S MAC", "C->S MAC", "client to server MAC"],
  ["no matching S->C MAC", "S->C MAC", "server to client MAC"],
  ["no matching C->S compression", "C->S compression", "client to server compression"],
  ["no matching S->C compression", "S->C compression", "server to client compression"],
];

function problemOf(error: Error, overheard: Overheard, ends: string): string {
  const negotiation = negotiations.find(([failure]) => error.message.endsWith(failure));
  if (negotiation !== undefined) {
    const [, list, goName] = negotiation;
    const offers = (side: string): string => {
      const offered = overheard.lists.get(`${side} ${list}`) ?? [];
      const all = side === "local" && goName === "key exchange" ? [missingKeyExchange, ...offered] : offered;
      return `[${all.join(" ")}]`;
    };
    return `ssh: no common algorithm for ${goName}; we offered: ${offers("local")}, peer offered: ${offers("remote")}`;
  }
  if (errorCode(error) === "ECONNRESET") return `read tcp ${ends}: read: connection reset by peer`;
  if (errorCode(error) === "EPIPE") return "EOF";
  if (error.message === "Bad packet length") return "ssh: invalid packet length, packet too large";
  return /^(Connection lost|Invalid identification)/.test(error.message) ? "EOF" : error.message;
}
