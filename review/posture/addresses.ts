import ipaddr from "ipaddr.js";
import { type Intervals, intersection, intervals, union, without } from "./intervals";

/**
 * All addresses on one line of numbers: IPv4 first, IPv6 behind it, so that one set can hold both.
 */
const sixStart = 2n ** 32n;
const lastAddress = sixStart + 2n ** 128n - 1n;

export const everyAddress: Intervals = [[0n, lastAddress]];
export const everyIPv4: Intervals = [[0n, sixStart - 1n]];
export const everyIPv6: Intervals = [[sixStart, lastAddress]];

function numberOf(address: ipaddr.IPv4 | ipaddr.IPv6): bigint {
  const bytes = address.toByteArray();
  const value = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  return bytes.length === 4 ? value : sixStart + value;
}

const isAddress = (text: string): boolean => ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text);

/** `10.0.0.4`, `10.0.0.0/8`, `10.0.0.4-10.0.0.9`, the same in IPv6; undefined where it is none of them. */
export function addressesOf(text: string): Intervals | undefined {
  const range = text.split("-").map((part) => part.trim());
  const [from, to] = range;
  if (range.length === 2 && from !== undefined && to !== undefined) {
    if (!isAddress(from) || !isAddress(to)) return undefined;
    const [low, high] = [ipaddr.parse(from), ipaddr.parse(to)];
    return low.kind() === high.kind() && numberOf(low) <= numberOf(high)
      ? [[numberOf(low), numberOf(high)]]
      : undefined;
  }
  const [address, length, ...rest] = text.split("/");
  if (address === undefined || rest.length > 0 || !isAddress(address)) return undefined;
  const parsed = ipaddr.parse(address);
  const bits = parsed.kind() === "ipv4" ? 32 : 128;
  if (length !== undefined && (!/^\d{1,3}$/.test(length) || Number(length) > bits)) return undefined;
  const size = 2n ** BigInt(bits - Number(length ?? bits));
  const [start, offset] = parsed.kind() === "ipv4" ? [0n, numberOf(parsed)] : [sixStart, numberOf(parsed) - sixStart];
  const first = start + (offset / size) * size;
  return [[first, first + size - 1n]];
}

function prefixes(...texts: readonly string[]): Intervals {
  return intervals(texts.flatMap((text) => addressesOf(text) ?? []));
}

/** Azure's host address: load balancer probes, DNS, agent. Neither Internet nor virtual network (facts/azure.md 11.6). */
export const platformAddress = prefixes("168.63.129.16");

/** Never the Internet: IANA's special-purpose registries (RFC 6890), and Azure's own host address. */
const notPublic = union(
  platformAddress,
  prefixes(
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "::/127",
    "fc00::/7",
    "fe80::/10",
    "ff00::/8",
  ),
);

export const publicAddresses: Intervals = without(everyAddress, notPublic);

function addressText(value: bigint): string {
  const [offset, length] = value < sixStart ? [value, 4] : [value - sixStart, 16];
  const bytes = Array.from({ length }, (_, index) => Number((offset >> BigInt(8 * (length - 1 - index))) & 255n));
  return ipaddr.fromByteArray(bytes).toString();
}

/** The fewest prefixes that are exactly this set. */
export function prefixesOf(set: Intervals): readonly string[] {
  const result: string[] = [];
  for (const [bits, start, part] of [
    [32, 0n, intersection(set, everyIPv4)],
    [128, sixStart, intersection(set, everyIPv6)],
  ] as const)
    for (const [first, last] of part)
      for (let from = first; from <= last; ) {
        let free = 0;
        while (free < bits) {
          const size = 2n ** BigInt(free + 1);
          if ((from - start) % size !== 0n || from + size - 1n > last) break;
          free++;
        }
        result.push(free === 0 ? addressText(from) : `${addressText(from)}/${bits - free}`);
        from += 2n ** BigInt(free);
      }
  return result;
}

const most = 8;

/**
 * For people: prefixes, or all except some, whichever is shorter; long lists are cut and counted. `all` is what the
 * named group can have; without a group it is every address.
 */
export function addressesText(set: Intervals, all: Intervals, group: string): string {
  if (without(all, set).length === 0) return group === "" ? "any address" : group;
  const six = intersection(set, everyIPv6).length > 0;
  const four = intersection(set, everyIPv4).length > 0;
  const family = intersection(all, six && four ? everyAddress : six ? everyIPv6 : everyIPv4);
  const whole = `any ${six && four ? "" : six ? "IPv6 " : "IPv4 "}address`;
  const missing = prefixesOf(without(family, set));
  if (missing.length === 0) return group === "" ? whole : `${group} (${whole})`;
  const named = prefixesOf(set);
  if (group === "" && !six) {
    const around = coverOf(set);
    const holes = prefixesOf(without(around, set));
    if (holes.length > 0 && holes.length * 2 < named.length && holes.length <= missing.length)
      return `${without(everyIPv4, around).length === 0 ? whole : list(prefixesOf(around))} except ${list(holes)}`;
  }
  if (missing.length * 2 < named.length) return `${group === "" ? whole : group} except ${list(missing)}`;
  return group === "" ? list(named) : `${list(named)} in ${group}`;
}

/** The smallest prefix of IPv4 that holds all of them: `10.0.0.0/8 except 10.40.9.4`. */
function coverOf(set: Intervals): Intervals {
  const [start = 0n] = everyIPv4[0] ?? [];
  const [first, last] = [set[0]?.[0], set.at(-1)?.[1]];
  if (first === undefined || last === undefined) return everyIPv4;
  for (let size = 1n; size <= 2n ** 32n; size *= 2n) {
    const begin = first - ((first - start) % size);
    if (begin + size - 1n >= last) return [[begin, begin + size - 1n]];
  }
  return everyIPv4;
}

function list(texts: readonly string[]): string {
  const shown = texts.slice(0, most).join(", ");
  return texts.length > most ? `${shown} and ${texts.length - most} more` : shown;
}
