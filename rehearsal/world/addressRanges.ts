import ipaddr from "ipaddr.js";

export function isAddress(text: string): boolean {
  return ipaddr.isValid(text);
}

/** Private by RFC 1918, or a unique local IPv6 address. Nothing else can be a machine of the world. */
export function isPrivate(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const range = ipaddr.process(text).range();
  return range === "private" || range === "uniqueLocal";
}

/** Whether an address lies in `10.0.0.0/8`, `10.0.0.4` or `10.0.0.4-10.0.0.9`. What cannot be read contains nothing. */
export function contains(prefix: string, address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const subject = ipaddr.process(address);
  try {
    if (ipaddr.isValidCIDR(prefix)) {
      const [network, bits] = ipaddr.parseCIDR(prefix);
      return network.kind() === subject.kind() && subject.match(network, bits);
    }
    if (ipaddr.isValid(prefix)) return ipaddr.process(prefix).toString() === subject.toString();
    const [first, last, ...more] = prefix.split("-");
    if (!first || !last || more.length > 0) return false;
    return compare(subject, ipaddr.parse(first)) >= 0 && compare(subject, ipaddr.parse(last)) <= 0;
  } catch {
    return false;
  }
}

function compare(a: ipaddr.IPv4 | ipaddr.IPv6, b: ipaddr.IPv4 | ipaddr.IPv6): number {
  return a.kind() === b.kind()
    ? Buffer.compare(Buffer.from(a.toByteArray()), Buffer.from(b.toByteArray()))
    : Number.NaN;
}
