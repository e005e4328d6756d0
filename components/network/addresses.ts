import ipaddr from "ipaddr.js";

/** Azure keeps the first four addresses and the last one of a subnet for itself. */
const keptAtStart = 4;
const keptAtEnd = 1;

function toNumber(address: string): number {
  return ipaddr.IPv4.parse(address).octets.reduce((value, octet) => value * 256 + octet, 0);
}

function toAddress(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}

function rangeOf(prefix: string): { first: number; size: number } {
  const [, bits] = ipaddr.IPv4.parseCIDR(prefix);
  const network = ipaddr.IPv4.networkAddressFromCIDR(prefix).toString();
  return { first: toNumber(network), size: 2 ** (32 - bits) };
}

export function isPrefix(text: string): boolean {
  return ipaddr.IPv4.isValidCIDR(text);
}

/** A prefix must be written with its network address: 10.0.1.5/24 is a host in 10.0.1.0/24 and Azure rejects it. */
export function networkAddressOf(prefix: string): string {
  return `${ipaddr.IPv4.networkAddressFromCIDR(prefix).toString()}/${prefix.split("/")[1]}`;
}

export function contains(outer: string, inner: string): boolean {
  const [out, into] = [rangeOf(outer), rangeOf(inner)];
  return into.first >= out.first && into.first + into.size <= out.first + out.size;
}

export function isUsableIn(prefix: string, address: string): boolean {
  const { first, size } = rangeOf(prefix);
  const offset = toNumber(address) - first;
  return offset >= keptAtStart && offset < size - keptAtEnd;
}

/** The 11th address where the subnet is large enough, else the first that Azure leaves to us. */
export function defaultFirstAddress(prefix: string): string {
  const { first, size } = rangeOf(prefix);
  return toAddress(first + (size > 16 ? 10 : keptAtStart));
}

/** Private address of a generation: planned, not assigned, so that nothing hangs on a value Azure makes up. */
export function addressOf(firstServerAddress: string, generation: number): string {
  return toAddress(toNumber(firstServerAddress) + generation - 1);
}
