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

/** Its first address as a number, and how many there are. */
export function rangeOfPrefix(prefix: string): { first: number; size: number } {
  const [, bits] = ipaddr.IPv4.parseCIDR(prefix);
  const network = ipaddr.IPv4.networkAddressFromCIDR(prefix).toString();
  return { first: toNumber(network), size: 2 ** (32 - bits) };
}

export function isPrefix(text: string): boolean {
  return ipaddr.IPv4.isValidCIDR(text);
}

export function isAddress(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text);
}

export function followingAddress(address: string, steps: number): string {
  return toAddress(toNumber(address) + steps);
}

export function prefixLength(prefix: string): number {
  return Number(prefix.split("/")[1]);
}

/** A prefix must be written with its network address: 10.0.1.5/24 is a host in 10.0.1.0/24 and Azure rejects it. */
export function networkAddressOf(prefix: string): string {
  return `${ipaddr.IPv4.networkAddressFromCIDR(prefix).toString()}/${prefixLength(prefix)}`;
}

export function contains(outer: string, inner: string): boolean {
  const [out, into] = [rangeOfPrefix(outer), rangeOfPrefix(inner)];
  return into.first >= out.first && into.first + into.size <= out.first + out.size;
}

/** Two prefixes overlap only when one is inside the other. */
export function overlap(left: string, right: string): boolean {
  return contains(left, right) || contains(right, left);
}

export function isInside(prefix: string, address: string): boolean {
  return contains(prefix, `${address}/32`);
}

export function isUsableIn(prefix: string, address: string): boolean {
  const { first, size } = rangeOfPrefix(prefix);
  const offset = toNumber(address) - first;
  return offset >= keptAtStart && offset < size - keptAtEnd;
}

/** The last one that Azure leaves to us. */
export function lastUsableAddress(prefix: string): string {
  const { first, size } = rangeOfPrefix(prefix);
  return toAddress(first + size - keptAtEnd - 1);
}

/**
 * Private address of a generation that names none: odd numbers get the 11th address of the subnet (the first that Azure
 * leaves to us where it is small), even numbers the one after. A replacement so has an address beside the old one, and
 * firewall rules know both for ever.
 */
export function alternatingAddress(prefix: string, generation: number): string {
  const { first, size } = rangeOfPrefix(prefix);
  return toAddress(first + (size > 16 ? 10 : keptAtStart) + (generation % 2 === 1 ? 0 : 1));
}

/** The first address from the planned ones on that nobody has; undefined in a full subnet. */
export function freeAddress(prefix: string, taken: ReadonlySet<string>): string | undefined {
  const { first, size } = rangeOfPrefix(prefix);
  const start = toNumber(alternatingAddress(prefix, 1)) - first;
  const usable = size - keptAtEnd - keptAtStart;
  for (let step = 0; step < usable; step++) {
    const address = toAddress(first + keptAtStart + ((start - keptAtStart + step) % usable));
    if (!taken.has(address)) return address;
  }
  return undefined;
}
