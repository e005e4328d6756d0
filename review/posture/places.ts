import { addressesText, everyAddress, platformAddress, publicAddresses } from "./addresses";
import { covers, type Intervals, intersection, without } from "./intervals";

/**
 * Where traffic comes from or goes to: addresses, and whether they belong to named groups whose addresses nobody here
 * knows (service tags, application security groups). Two groups may overlap unless one of the facts below says otherwise;
 * so a comparison never forgets traffic because it took two groups for strangers.
 */
export interface Place {
  readonly addresses: Intervals;
  readonly inside: readonly Group[];
  readonly outside: readonly Group[];
}

/** A service tag (`Internet`, `AzureCloud.westeurope`) or an application security group. */
export interface Group {
  /** In lower case; Azure does not tell cases apart. */
  readonly key: string;
  readonly shown: string;
}

const wellKnown = ["Internet", "VirtualNetwork", "AzureLoadBalancer"];
/** Of Azure's host: no addresses of the Internet (facts/azure.md 11.6). */
const ofTheHost: ReadonlySet<string> = new Set([
  "azureloadbalancer",
  "azureplatformdns",
  "azureplatformimds",
  "azureplatformlkm",
]);

export function groupOf(tag: string): Group {
  const key = tag.toLowerCase();
  return { key, shown: wellKnown.find((known) => known.toLowerCase() === key) ?? tag };
}

export function applicationGroup(id: string): Group {
  return { key: `application-security-group:${id.toLowerCase()}`, shown: `application security group ${nameOf(id)}` };
}

const nameOf = (id: string): string => id.slice(id.lastIndexOf("/") + 1);

export const internet = groupOf("Internet");
export const virtualNetwork = groupOf("VirtualNetwork");

/**
 * Groups that a group lies in. `Storage.WestEurope` in `Storage`; a service's addresses in `Internet`, which "includes the
 * Azure-owned public IP address space"; an application security group's in `VirtualNetwork` (learn.microsoft.com,
 * "Virtual network service tags" and "Application security groups").
 */
function around({ key }: Group): readonly string[] {
  if (key === internet.key || key === virtualNetwork.key || ofTheHost.has(key)) return [];
  if (key.startsWith("application-security-group:")) return [virtualNetwork.key];
  const dot = key.indexOf(".");
  return dot > 0 ? [key.slice(0, dot), internet.key] : [internet.key];
}

export const anywhere: Place = { addresses: everyAddress, inside: [], outside: [] };

export function within(...groups: readonly Group[]): Place | undefined {
  return possible({ ...anywhere, inside: groups });
}

/** The same place with what follows from its groups; undefined where nothing can be there. */
function possible(place: Place): Place | undefined {
  const inside = distinct(place.inside);
  const outside = distinct(place.outside);
  const member = new Set(inside.flatMap((group) => [group.key, ...around(group)]));
  const excluded = new Set(outside.map(({ key }) => key));
  for (const key of member) if (excluded.has(key)) return undefined;
  const isInternet = member.has(internet.key);
  const isNetwork = member.has(virtualNetwork.key);
  const isHost = [...member].some((key) => ofTheHost.has(key));
  if ([isInternet, isNetwork, isHost].filter(Boolean).length > 1) return undefined;
  let { addresses } = place;
  if (isInternet) addresses = intersection(addresses, publicAddresses);
  // A public address is the Internet's, unless the virtual network took it for itself.
  const neither = (isHost || excluded.has(internet.key)) && (isHost || excluded.has(virtualNetwork.key));
  if (neither) addresses = without(addresses, publicAddresses);
  if (member.has("azureloadbalancer")) addresses = intersection(addresses, platformAddress);
  if (addresses.length === 0) return undefined;
  // A place of the virtual network is none of the Internet: what follows by itself is not written down.
  const told = outside.filter(
    (group) =>
      !(isInternet && (group.key === virtualNetwork.key || around(group).includes(virtualNetwork.key))) &&
      !((isNetwork || isHost) && (group.key === internet.key || around(group).includes(internet.key))) &&
      !around(group).some((key) => excluded.has(key)),
  );
  return { addresses, inside, outside: told };
}

function distinct(groups: readonly Group[]): readonly Group[] {
  const seen = new Map(groups.map((group) => [group.key, group]));
  return seen.size === groups.length ? groups : [...seen.values()];
}

export function placesMeet(left: Place, right: Place): Place | undefined {
  const addresses = intersection(left.addresses, right.addresses);
  if (addresses.length === 0) return undefined;
  return possible({
    addresses,
    inside: [...left.inside, ...right.inside],
    outside: [...left.outside, ...right.outside],
  });
}

/** `left` without `right`, in parts that do not overlap. */
export function placeWithout(left: Place, right: Place): readonly Place[] {
  const parts: Place[] = [];
  const keep = (place: Place | undefined) => {
    if (place !== undefined) parts.push(place);
  };
  const meeting = placesMeet(left, { ...anywhere, addresses: right.addresses });
  if (meeting === undefined) return [left];
  keep(possible({ ...left, addresses: without(left.addresses, right.addresses) }));
  let rest: Place | undefined = meeting;
  for (const group of right.inside) {
    if (rest === undefined) break;
    keep(possible({ ...rest, outside: [...rest.outside, group] }));
    rest = possible({ ...rest, inside: [...rest.inside, group] });
  }
  for (const group of right.outside) {
    if (rest === undefined) break;
    keep(possible({ ...rest, inside: [...rest.inside, group] }));
    rest = possible({ ...rest, outside: [...rest.outside, group] });
  }
  return parts;
}

/** Whether its addresses limit it no further than its groups do, as far as a family of addresses goes. */
export function isWhole({ addresses, inside }: Place, family: Intervals): boolean {
  const follows = possible({ ...anywhere, inside })?.addresses ?? everyAddress;
  return covers(addresses, intersection(follows, family));
}

/** In the words of people; `implied` is the group that every place on this side is in anyway. */
export function placeText({ addresses, inside, outside }: Place, implied?: Group): string {
  const named = inside.filter(
    ({ key }) => key !== implied?.key && !inside.some((other) => around(other).includes(key)),
  );
  const groups = named.map(({ shown }) => shown).join(" and ");
  const all = possible({ ...anywhere, inside })?.addresses ?? everyAddress;
  const but = outside.length === 0 ? "" : ` (not ${outside.map(({ shown }) => shown).join(", ")})`;
  return `${addressesText(addresses, groups === "" ? everyAddress : all, groups)}${but}`;
}
