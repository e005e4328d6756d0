import ipaddr from "ipaddr.js";
import { ArmError } from "../arm/errors";

/** An IPv4 range as numbers, both ends included. */
export interface Range {
  readonly prefix: string;
  readonly first: number;
  readonly last: number;
}

export function range(prefix: string, of: string): Range {
  if (
    !ipaddr.IPv4.isValidCIDR(prefix) ||
    ipaddr.IPv4.networkAddressFromCIDR(prefix).toString() !== prefix.split("/")[0]
  )
    throw new ArmError(
      400,
      "InvalidCIDRNotation",
      `The address prefix ${prefix} in resource ${of} has an invalid CIDR notation. Give the network's first address and its length, such as 10.0.0.0/24.`,
    );
  const first = toNumber(ipaddr.IPv4.networkAddressFromCIDR(prefix));
  return { prefix, first, last: toNumber(ipaddr.IPv4.broadcastAddressFromCIDR(prefix)) };
}

export function contains(outer: Range, inner: Range): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}

export function overlaps(a: Range, b: Range): boolean {
  return a.first <= b.last && b.first <= a.last;
}

export function addressNumber(address: string): number | undefined {
  return ipaddr.IPv4.isValidFourPartDecimal(address) ? toNumber(ipaddr.IPv4.parse(address)) : undefined;
}

/** Azure keeps the first four addresses and the last one of a subnet for itself. */
export function isReserved(subnet: Range, address: number): boolean {
  return address < subnet.first + 4 || address >= subnet.last;
}

export function firstFree(subnet: Range, taken: ReadonlySet<number>): string | undefined {
  for (let address = subnet.first + 4; address < subnet.last; address += 1)
    if (!taken.has(address)) return toText(address);
  return undefined;
}

export function toText(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join(".");
}

function toNumber(address: ipaddr.IPv4): number {
  return address.octets.reduce((sum, octet) => sum * 256 + octet, 0);
}
