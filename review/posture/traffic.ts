import { count, type Intervals, intersection, overlap, without } from "./intervals";
import { type Group, type Place, placesMeet, placeText, placeWithout, virtualNetwork } from "./places";

export type Direction = "Inbound" | "Outbound";
/** What a rule can name; `*` is all of them. */
export const protocols = ["Tcp", "Udp", "Icmp", "Esp", "Ah"] as const;
export type Protocol = (typeof protocols)[number];

/** A set of traffic: every combination of what stands in it. */
export interface Traffic {
  readonly direction: Direction;
  readonly source: Place;
  readonly destination: Place;
  readonly protocols: readonly Protocol[];
  readonly sourcePorts: Intervals;
  readonly destinationPorts: Intervals;
}

export const everyPort: Intervals = [[0n, 65535n]];

/**
 * A security group stands before machines of a virtual network: what comes in goes to an address of it, what goes out
 * comes from one.
 */
export const ownSide: Group = virtualNetwork;

interface Axis<Part> {
  readonly meet: (left: Part, right: Part) => Part | undefined;
  readonly without: (left: Part, right: Part) => readonly Part[];
}

const placeAxis: Axis<Place> = { meet: placesMeet, without: placeWithout };
const portAxis: Axis<Intervals> = {
  meet: (left, right) => some(intersection(left, right)),
  without: (left, right) => [without(left, right)].filter(({ length }) => length > 0),
};
const protocolAxis: Axis<readonly Protocol[]> = {
  meet: (left, right) => some(left.filter((protocol) => right.includes(protocol))),
  without: (left, right) => [left.filter((protocol) => !right.includes(protocol))].filter(({ length }) => length > 0),
};

function some<List extends readonly unknown[]>(list: List): List | undefined {
  return list.length === 0 ? undefined : list;
}

/** Most pairs of rules have nothing in common, and most of those are seen at their ports, protocols or addresses. */
function areApart(left: Traffic, right: Traffic): boolean {
  return (
    left.direction !== right.direction ||
    !left.protocols.some((protocol) => right.protocols.includes(protocol)) ||
    !overlap(left.destinationPorts, right.destinationPorts) ||
    !overlap(left.source.addresses, right.source.addresses) ||
    !overlap(left.destination.addresses, right.destination.addresses)
  );
}

export function trafficMeets<Whole extends Traffic>(left: Whole, right: Traffic): Whole | undefined {
  if (areApart(left, right)) return undefined;
  const shared = protocolAxis.meet(left.protocols, right.protocols);
  const destinationPorts = shared && portAxis.meet(left.destinationPorts, right.destinationPorts);
  const sourcePorts = destinationPorts && portAxis.meet(left.sourcePorts, right.sourcePorts);
  const source = sourcePorts && placeAxis.meet(left.source, right.source);
  const destination = source && placeAxis.meet(left.destination, right.destination);
  if (shared === undefined || destinationPorts === undefined || sourcePorts === undefined) return undefined;
  if (source === undefined || destination === undefined) return undefined;
  return { ...left, protocols: shared, destinationPorts, sourcePorts, source, destination };
}

/** `left` without `right`, in parts that do not overlap. */
function oneWithout<Whole extends Traffic>(left: Whole, right: Traffic): readonly Whole[] {
  if (trafficMeets(left, right) === undefined) return [left];
  const parts: Whole[] = [];
  let rest: Whole = left;
  const cut = <Part>(axis: Axis<Part>, own: Part, other: Part, put: (part: Part) => Partial<Traffic>): void => {
    for (const part of axis.without(own, other)) parts.push({ ...rest, ...put(part) });
    const meeting = axis.meet(own, other);
    if (meeting !== undefined) rest = { ...rest, ...put(meeting) };
  };
  cut(protocolAxis, rest.protocols, right.protocols, (part) => ({ protocols: part }));
  cut(portAxis, rest.destinationPorts, right.destinationPorts, (part) => ({ destinationPorts: part }));
  cut(portAxis, rest.sourcePorts, right.sourcePorts, (part) => ({ sourcePorts: part }));
  cut(placeAxis, rest.source, right.source, (part) => ({ source: part }));
  cut(placeAxis, rest.destination, right.destination, (part) => ({ destination: part }));
  return parts;
}

/** Equal only where the two are; equal traffic may be written in two ways. */
function written({ direction, source, destination, protocols: named, sourcePorts, destinationPorts }: Traffic): string {
  const place = ({ addresses, inside, outside }: Place) =>
    `${addresses.join(";")} ${inside.map(({ key }) => key).join(",")} ${outside.map(({ key }) => key).join(",")}`;
  return [direction, named, sourcePorts.join(";"), destinationPorts.join(";"), place(source), place(destination)].join(
    "|",
  );
}

export function trafficWithout<Whole extends Traffic>(
  whole: readonly Whole[],
  taken: readonly Traffic[],
): readonly Whole[] {
  const gone = new Set(taken.map(written));
  return whole.flatMap((part) => {
    if (gone.has(written(part))) return [];
    let rest: readonly Whole[] = [part];
    for (const one of taken) {
      if (areApart(part, one)) continue;
      rest = rest.flatMap((each) => oneWithout(each, one));
      if (rest.length === 0) break;
    }
    return rest;
  });
}

/** In the words of a rule. */
export interface TrafficText {
  readonly direction: Direction;
  readonly source: string;
  readonly destination: string;
  readonly protocol: string;
  readonly ports: string;
}

export function trafficText(traffic: Traffic): TrafficText {
  const { direction, source, destination, sourcePorts, destinationPorts } = traffic;
  const from = count(sourcePorts) === count(everyPort) ? "" : ` from source ports ${portsText(sourcePorts)}`;
  return {
    direction,
    source: placeText(source, direction === "Outbound" ? ownSide : undefined),
    destination: placeText(destination, direction === "Inbound" ? ownSide : undefined),
    protocol: traffic.protocols.length === protocols.length ? "any protocol" : traffic.protocols.join(", "),
    ports: `${portsText(destinationPorts)}${from}`,
  };
}

/** One line: `in: any address -> any address, Tcp, 22`. */
export function trafficLine(traffic: Traffic): string {
  const { direction, source, destination, protocol, ports } = trafficText(traffic);
  const sides =
    direction === "Inbound"
      ? `in from ${source} to ${destination === "any address" ? "the machine" : destination}`
      : `out from ${source === "any address" ? "the machine" : source} to ${destination}`;
  return `${sides}, ${protocol}, ${ports === "any port" ? ports : `port ${ports}`}`;
}

export function portsText(ports: Intervals): string {
  if (count(ports) === count(everyPort)) return "any port";
  return ports.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(", ");
}
