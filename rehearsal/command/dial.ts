import { connect } from "node:net";
import type { Duplex } from "node:stream";
import type { Client } from "ssh2";
import type { Connection, Login } from "./connection";
import type { DialPolicy } from "./dialPolicy";
import { Failure, FinalFailure, messageOf, NilDereference, prefixed } from "./failure";
import { errnoText, joinHostPort } from "./goText";
import { handshake, type SshConfig, type SshConnection } from "./handshake";
import { parseHostKey } from "./hostKey";
import type { Operation } from "./operation";
import { readPrivateKey } from "./privateKey";
import { retry } from "./retry";
import { type ChannelRefusal, channelRefusal } from "./ssh2Internals";
import { connectTcp } from "./tcp";

export interface Dialler {
  readonly policy: DialPolicy;
  /** Path of the SSH agent that is used where the connection names none. */
  readonly defaultAgent: string | undefined;
  /** Called for every connection that is made, so that it can be ended when the plugin ends. */
  readonly opened: (client: Client) => void;
}

/** Connects and logs in, through the proxy where there is one; retries as the connection says. */
export async function dial(connection: Connection, dialler: Dialler, operation: Operation): Promise<SshConnection> {
  const config = await sshConfig(connection, dialler);
  const inner = { host: connection.host, port: Math.trunc(present(connection.port, "port")) };
  const proxy = connection.proxy;
  if (proxy === undefined) {
    refuseForbidden(inner, dialler);
    return retry("Dial", connection.dialErrorLimit, operation, () => dialDirectly(connection, config, dialler));
  }
  try {
    const proxyConfig = await sshConfig(proxy, dialler);
    refuseForbidden({ host: proxy.host, port: Math.trunc(present(proxy.port, "proxy.port")) }, dialler);
    const jump = await retry("Dial proxy", proxy.dialErrorLimit, operation, () =>
      dialDirectly(proxy, proxyConfig, dialler),
    );
    const bridge = await retry("Dial from proxy", connection.dialErrorLimit, operation, () =>
      forward(jump.client, inner),
    );
    return await throughBridge(bridge, connection, config, dialler, operation);
  } catch (error) {
    throw prefixed("proxy: ", error);
  }
}

function refuseForbidden(to: { readonly host: string; readonly port: number }, dialler: Dialler): void {
  const refusal = dialler.policy(to.host, to.port);
  if (refusal !== undefined) throw new FinalFailure(refusal);
}

function present<T>(value: T | undefined, field: string): T {
  if (value === undefined) throw new NilDereference(field);
  return value;
}

/** Keys and agent are looked at once, before the first attempt; what is wrong with them is not retried. */
async function sshConfig(login: Login, dialler: Dialler): Promise<SshConfig> {
  const hostKey = login.hostKey === undefined ? undefined : parseHostKey(login.hostKey);
  const user = present(login.user, "user");
  present(login.perDialTimeout, "perDialTimeout");
  const privateKey =
    login.privateKey === undefined ? undefined : readPrivateKey(login.privateKey, login.privateKeyPassword);
  const agent = login.agentSocketPath ?? dialler.defaultAgent;
  if (agent !== undefined) await reachAgent(agent);
  return { hostKey, credentials: { user, privateKey, password: login.password, agent } };
}

function reachAgent(path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const unreachable = (error: unknown): void => {
      reject(new Failure(`dial unix ${path}: connect: ${errnoText(error)}`));
    };
    if (path === "") {
      reject(new Failure("dial unix: missing address"));
      return;
    }
    const socket = connect({ path });
    socket.once("error", unreachable);
    socket.once("connect", () => {
      socket.destroy();
      resolve();
    });
  });
}

async function dialDirectly(login: Login, config: SshConfig, dialler: Dialler): Promise<SshConnection> {
  const stream = await connectTcp(login.host, Math.trunc(login.port ?? 0), login.perDialTimeout ?? 0);
  const ssh = await handshake(stream, config);
  dialler.opened(ssh.client);
  return ssh;
}

const refusalReasons = [
  "administratively prohibited",
  "connect failed",
  "unknown channel type",
  "resource shortage",
] as const;

/** A channel that the server did not open, in the genuine plugin's words. */
export function refusalText(refusal: ChannelRefusal): string {
  if (refusal.reason === undefined) return "ssh: unexpected packet in response to channel open: <nil>";
  const reason = refusalReasons[refusal.reason - 1] ?? `unknown reason ${refusal.reason}`;
  return `ssh: rejected: ${reason} (${refusal.description})`;
}

function forward(jump: Client, to: { readonly host: string; readonly port: number }): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    if (to.port < 0 || to.port > 65535) {
      const problem = to.port < 0 ? "invalid syntax" : "value out of range";
      reject(new Failure(`strconv.ParseUint: parsing "${to.port}": ${problem}`));
      return;
    }
    try {
      jump.forwardOut("0.0.0.0", 0, to.host, to.port, (error, channel) => {
        if (error) reject(new Failure(refusalText(channelRefusal(error))));
        else resolve(channel);
      });
    } catch (error) {
      reject(new Failure(messageOf(error) === "Not connected" ? "EOF" : messageOf(error)));
    }
  });
}

/** The forwarded channel serves one handshake; the retries find it closed, and so hide what went wrong first. */
function throughBridge(
  bridge: Duplex,
  connection: Connection,
  config: SshConfig,
  dialler: Dialler,
  operation: Operation,
): Promise<SshConnection> {
  let used = false;
  return retry("Dial", connection.dialErrorLimit, operation, async () => {
    if (used) throw new Failure("ssh: handshake failed: EOF");
    used = true;
    const ssh = await handshake(bridge, config);
    dialler.opened(ssh.client);
    return ssh;
  });
}

export function endpoint(login: Login): string {
  return joinHostPort(login.host, Math.trunc(login.port ?? 0));
}
