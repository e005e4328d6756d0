import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/** Says why an address must not be dialled; undefined where it may be. Asked before any network activity. */
export type DialPolicy = (host: string, port: number) => string | undefined;

/** The empty host means this machine, as in the genuine plugin. */
export function isLoopback(host: string): boolean {
  if (host === "" || /^localhost\.?$/i.test(host)) return true;
  return isIP(host) !== 0 && ipaddr.process(host).range() === "loopback";
}

/** A rehearsal touches nothing real: no address but loopback is dialled (design, promise 12). */
export const loopbackOnly: DialPolicy = (host, port) => {
  if (isLoopback(host)) return undefined;
  return (
    `refused to dial ${host}:${port}: a rehearsal dials nothing but loopback, so nothing was sent there and the name ` +
    "was not looked up. Set the connection's host, or its proxy's where there is one, to 127.0.0.1 for the rehearsal"
  );
};
