import { addressesOf, everyIPv6 } from "./addresses";
import { type Interval, type Intervals, intersection, intervals } from "./intervals";
import { anywhere, applicationGroup, groupOf, internet, type Place, virtualNetwork, within } from "./places";
import { isRecord, isUnknown, type PostureResource, pathText, valueAt } from "./resource";
import { type Direction, everyPort, type Protocol, protocols, type Traffic, trafficMeets } from "./traffic";
import { kindOf } from "./types";

/**
 * A part of a rule, where it may not be known: what it is at least and what it is at most. Both are the same where
 * everything is known.
 */
interface Bounds<Part> {
  readonly least: readonly Part[];
  readonly most: readonly Part[];
}

/** One rule of a security group, by meaning. */
export interface SecurityRule {
  readonly name: string;
  /** Where it stands in the inputs of its resource; empty where the resource is the rule, or the rule is Azure's own. */
  readonly path: string;
  /** Undefined where it is not known before the run. */
  readonly access: "Allow" | "Deny" | undefined;
  readonly priority: number | undefined;
  readonly traffic: Bounds<Traffic>;
  /** Paths of what is not known, or not understood. */
  readonly unknown: readonly string[];
  readonly namesIPv6: boolean;
  /** One of the rules that every group ends with. */
  readonly builtIn: boolean;
}

export interface RuleSet {
  readonly rules: readonly SecurityRule[];
  /** Paths of whole lists that are not known before the run: then any rule may stand there. */
  readonly unknown: readonly string[];
  /** Whether any rule names an IPv6 address. */
  readonly namesIPv6: boolean;
}

/** Rules of a security group written inside it, or the one of a rule that is a resource; undefined for anything else. */
export function readSecurityRules({ type, name, inputs }: PostureResource): RuleSet | undefined {
  const kind = kindOf(type);
  if (kind === "securityRule") {
    const given = valueAt(inputs, "securityRuleName") ?? valueAt(inputs, "name");
    return ruleSet([readRule(inputs, [], typeof given === "string" && !isUnknown(given) ? given : name)], []);
  }
  if (kind !== "securityGroup") return undefined;
  const list = valueAt(inputs, "securityRules");
  if (isUnknown(list)) return ruleSet([], ["securityRules"]);
  if (!Array.isArray(list)) return ruleSet([], []);
  const rules: SecurityRule[] = [];
  const unknown: string[] = [];
  list.forEach((entry: unknown, index) => {
    const path = ["securityRules", index];
    if (!isRecord(entry)) unknown.push(pathText(path));
    else rules.push(readRule(entry, path, textOf(valueAt(entry, "name")) ?? `securityRules[${index}]`));
  });
  return ruleSet(rules, unknown);
}

/** Rules that stand in several resources of one group. */
export function joinRuleSets(sets: readonly RuleSet[]): RuleSet {
  return {
    rules: sets.flatMap(({ rules }) => rules),
    unknown: sets.flatMap(({ unknown }) => unknown),
    namesIPv6: sets.some(({ namesIPv6 }) => namesIPv6),
  };
}

function ruleSet(rules: readonly SecurityRule[], unknown: readonly string[]): RuleSet {
  return { rules, unknown, namesIPv6: rules.some(({ namesIPv6 }) => namesIPv6) };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" && !isUnknown(value) ? value : undefined;
}

type Path = readonly (string | number)[];

function readRule(inputs: Readonly<Record<string, unknown>>, path: Path, name: string): SecurityRule {
  const unknown: string[] = [];
  const look = (key: string): unknown => {
    const value = valueAt(inputs, key);
    if (isUnknown(value)) unknown.push(pathText([...path, key]));
    return value;
  };
  const one = <Word extends string>(key: string, words: readonly Word[]): Word | undefined => {
    const value = look(key);
    const word = words.find((candidate) => candidate.toLowerCase() === String(value).toLowerCase());
    if (word === undefined && !isUnknown(value)) unknown.push(pathText([...path, key]));
    return word;
  };
  const access = one("access", ["Allow", "Deny"] as const);
  const direction = one("direction", ["Inbound", "Outbound"] as const);
  const protocol = one("protocol", [...protocols, "*"] as const);
  const given = look("priority");
  const priority = typeof given === "number" ? given : /^\d+$/.test(String(given)) ? Number(given) : undefined;
  if (priority === undefined && !isUnknown(given)) unknown.push(pathText([...path, "priority"]));

  const reader: Reader = { inputs, path, unknown, look };
  const source = placesOf(reader, "source");
  const destination = placesOf(reader, "destination");
  const sourcePorts = portsOf(reader, "source");
  const destinationPorts = portsOf(reader, "destination");
  const bound = (which: "least" | "most"): readonly Traffic[] => {
    const directions: readonly Direction[] =
      direction !== undefined ? [direction] : which === "most" ? ["Inbound", "Outbound"] : [];
    const named: readonly Protocol[] =
      protocol === "*" ? protocols : protocol !== undefined ? [protocol] : which === "most" ? protocols : [];
    if (named.length === 0 || sourcePorts[which].length === 0 || destinationPorts[which].length === 0) return [];
    return directions.flatMap((each) =>
      source[which].flatMap((from) =>
        destination[which].flatMap(
          (to) =>
            onOwnSide({
              direction: each,
              source: from,
              destination: to,
              protocols: named,
              sourcePorts: sourcePorts[which],
              destinationPorts: destinationPorts[which],
            }) ?? [],
        ),
      ),
    );
  };
  return {
    name,
    path: pathText(path),
    access,
    priority,
    traffic: { least: bound("least"), most: bound("most") },
    unknown,
    namesIPv6: [source, destination].some(({ named }) => intersection(named, everyIPv6).length > 0),
    builtIn: false,
  };
}

const everything: Omit<Traffic, "direction"> = {
  source: anywhere,
  destination: anywhere,
  protocols,
  sourcePorts: everyPort,
  destinationPorts: everyPort,
};

const network = within(virtualNetwork) ?? anywhere;

/** All traffic that a security group can see in one direction. */
export function allTraffic(direction: Direction): Traffic {
  return direction === "Inbound"
    ? { ...everything, direction, destination: network }
    : { ...everything, direction, source: network };
}

function onOwnSide(traffic: Traffic): Traffic | undefined {
  return trafficMeets(traffic, allTraffic(traffic.direction));
}

interface Reader {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly path: Path;
  readonly unknown: string[];
  readonly look: (key: string) => unknown;
}

/** The singular and the plural property together: Azure takes either, and some programs write both. */
function listed({ look, path, unknown }: Reader, singular: string, plural: string): readonly (string | undefined)[] {
  const result: (string | undefined)[] = [];
  const alone = look(singular);
  if (isUnknown(alone)) result.push(undefined);
  else if (typeof alone === "number" || (typeof alone === "string" && alone.trim() !== ""))
    result.push(...String(alone).split(","));
  const several = look(plural);
  if (isUnknown(several)) result.push(undefined);
  else if (Array.isArray(several))
    several.forEach((entry: unknown, index) => {
      if (isUnknown(entry)) unknown.push(pathText([...path, plural, index]));
      result.push(
        isUnknown(entry) || (typeof entry !== "string" && typeof entry !== "number") ? undefined : `${entry}`,
      );
    });
  return result.map((text) => text?.trim());
}

function placesOf(reader: Reader, side: "source" | "destination"): Bounds<Place> & { readonly named: Intervals } {
  const least: Place[] = [];
  const most: Place[] = [];
  const numbers: Interval[] = [];
  const add = (place: Place | undefined) => {
    if (place === undefined) return;
    least.push(place);
    most.push(place);
  };
  for (const text of listed(reader, `${side}AddressPrefix`, `${side}AddressPrefixes`)) {
    const read = text === undefined ? undefined : placeOf(text);
    if (read === undefined) {
      if (text !== undefined) reader.unknown.push(pathText([...reader.path, `${side}AddressPrefix`]));
      most.push(anywhere);
    } else if (Array.isArray(read)) numbers.push(...(read as Intervals));
    else add(read as Place);
  }
  const named = intervals(numbers);
  if (numbers.length > 0) add({ ...anywhere, addresses: named });
  for (const id of groupIds(reader, side))
    if (id === undefined) most.push(network);
    else add(within(applicationGroup(id)));
  return { least, most, named };
}

/** Undefined where the text is not understood: then it may be anything. */
function placeOf(text: string): Place | Intervals | undefined {
  if (text === "*") return anywhere;
  const addresses = addressesOf(text);
  // A bare 0.0.0.0 is written by people who mean everything; what Azure makes of it is not documented.
  if (addresses !== undefined) return text === "0.0.0.0" ? undefined : addresses;
  if (/^any$/i.test(text) || !/^[a-z][a-z0-9]*(\.[a-z0-9]+)*$/i.test(text)) return undefined;
  return within(groupOf(text)) ?? within(internet);
}

/** Ids of application security groups: objects with an id, or (classic provider) a list of ids. */
function groupIds({ look, path, unknown }: Reader, side: string): readonly (string | undefined)[] {
  const result: (string | undefined)[] = [];
  for (const key of [`${side}ApplicationSecurityGroups`, `${side}ApplicationSecurityGroupIds`]) {
    const list = look(key);
    if (isUnknown(list)) result.push(undefined);
    if (!Array.isArray(list)) continue;
    list.forEach((entry: unknown, index) => {
      const id = isRecord(entry) ? valueAt(entry, "id") : entry;
      const known = typeof id === "string" && !isUnknown(id);
      if (!known) unknown.push(pathText([...path, key, index, ...(isRecord(entry) ? ["id"] : [])]));
      result.push(known ? id : undefined);
    });
  }
  return result;
}

function portsOf(reader: Reader, side: "source" | "destination"): Readonly<Record<"least" | "most", Intervals>> {
  const texts = listed(reader, `${side}PortRange`, `${side}PortRanges`);
  const read = texts.map((text) => (text === undefined ? undefined : portRange(text)));
  const least = intervals(read.flatMap((range) => range ?? []));
  if (!read.includes(undefined)) return { least, most: least };
  if (texts.some((text, index) => text !== undefined && read[index] === undefined))
    reader.unknown.push(pathText([...reader.path, `${side}PortRange`]));
  return { least, most: everyPort };
}

function portRange(text: string): Intervals | undefined {
  if (text === "*") return everyPort;
  const [, from, to] = /^(\d{1,5})(?:\s*-\s*(\d{1,5}))?$/.exec(text) ?? [];
  if (from === undefined) return undefined;
  const range = intervals([[BigInt(from), BigInt(to ?? from)]]);
  return range.length === 0 || Number(to ?? from) > 65535 ? undefined : range;
}

function builtInRule(
  name: string,
  direction: Direction,
  priority: number,
  access: "Allow" | "Deny",
  source: Place | undefined,
  destination: Place | undefined,
): SecurityRule {
  const whole: Traffic = { ...everything, direction, source: source ?? anywhere, destination: destination ?? anywhere };
  const traffic = [onOwnSide(whole) ?? []].flat();
  return {
    name,
    path: "",
    access,
    priority,
    traffic: { least: traffic, most: traffic },
    unknown: [],
    namesIPv6: false,
    builtIn: true,
  };
}

/** The six rules that every group ends with (learn.microsoft.com, "Network security groups", default security rules). */
export const builtInRules: readonly SecurityRule[] = [
  builtInRule("AllowVnetInBound", "Inbound", 65000, "Allow", network, network),
  builtInRule(
    "AllowAzureLoadBalancerInBound",
    "Inbound",
    65001,
    "Allow",
    within(groupOf("AzureLoadBalancer")),
    anywhere,
  ),
  builtInRule("DenyAllInBound", "Inbound", 65500, "Deny", anywhere, anywhere),
  builtInRule("AllowVnetOutBound", "Outbound", 65000, "Allow", network, network),
  builtInRule("AllowInternetOutBound", "Outbound", 65001, "Allow", anywhere, within(internet)),
  builtInRule("DenyAllOutBound", "Outbound", 65500, "Deny", anywhere, anywhere),
];
