import { getServers } from "node:dns";
import { lookup } from "node:dns/promises";
import { connect, isIP, type Socket } from "node:net";
import { networkInterfaces } from "node:os";
import { Failure } from "./failure";
import { errnoText, errorCode, joinHostPort } from "./goText";

/** Address this machine answers at where no host is given, and how such an address is written. */
const thisMachine = "127.0.0.1";

/**
 * Connects, with the genuine plugin's error texts. The time limit (seconds; 0 or undefined: none) bounds this only,
 * not the SSH handshake. Of several addresses the first one's error is reported.
 */
export async function connectTcp(host: string, port: number, limit: number): Promise<Socket> {
  if (port < 0 || port > 65535) throw new Failure(`dial tcp: address ${port}: invalid port`);
  let firstError: unknown;
  for (const address of await addresses(host)) {
    try {
      return await connectAddress(host === "" ? "" : address, port, limit);
    } catch (error) {
      firstError ??= error;
    }
  }
  throw firstError;
}

async function addresses(host: string): Promise<readonly string[]> {
  if (host === "" || isIP(host) !== 0) return [host];
  if (/^localhost\.?$/i.test(host)) {
    const six = Object.values(networkInterfaces()).some((all) => all?.some((one) => one.address === "::1"));
    return six ? ["::1", thisMachine] : [thisMachine];
  }
  try {
    return (await lookup(host, { all: true, verbatim: true })).map((one) => one.address);
  } catch (error) {
    const resolver = getServers()[0] ?? "127.0.0.1";
    const at = joinHostPort(resolver.replace(/:53$/, ""), 53);
    const problem = errorCode(error) === "ENOTFOUND" ? "no such host" : "server misbehaving";
    throw new Failure(`dial tcp: lookup ${host} on ${at}: ${problem}`);
  }
}

function connectAddress(address: string, port: number, limit: number): Promise<Socket> {
  const at = joinHostPort(address, port);
  if (limit < 0) return Promise.reject(new Failure(`dial tcp ${at}: i/o timeout`));
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address === "" ? thisMachine : address, port });
    const timer = limit === 0 ? undefined : setTimeout(() => refuse("i/o timeout"), limit * 1000);
    const refuse = (problem: string): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(new Failure(`dial tcp ${at}: ${problem}`));
    };
    const failed = (error: Error): void => refuse(`connect: ${errnoText(error)}`);
    socket.once("error", failed);
    socket.once("connect", () => {
      clearTimeout(timer);
      socket.off("error", failed);
      socket.setNoDelay(true);
      resolve(socket);
    });
  });
}
