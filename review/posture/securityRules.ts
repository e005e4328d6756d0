import { everyAddress, everyIPv4 } from "./addresses";
import { count, type Intervals, intersection, union } from "./intervals";
import { anywhere, internet, isWhole, type Place, placeText, virtualNetwork, within } from "./places";
import { allTraffic, builtInRules, type RuleSet, type SecurityRule } from "./ruleReading";
import { type Direction, type Traffic, trafficLine, trafficMeets, trafficText, trafficWithout } from "./traffic";

export { joinRuleSets, type RuleSet, readSecurityRules, type SecurityRule } from "./ruleReading";
export { type Direction, type Traffic, type TrafficText, trafficLine, trafficText } from "./traffic";

/** Traffic that a rule lets through. */
export interface Allowed extends Traffic {
  readonly rule: SecurityRule;
}

/** What gets through: at least (whatever the unknown turns out to be) and at most. The same where all is known. */
export interface Reach {
  readonly least: readonly Allowed[];
  readonly most: readonly Allowed[];
  /** Paths on which the difference between the two rests. */
  readonly unknown: readonly string[];
}

export interface ReachOptions {
  /** Without the rules that every group ends with: for a rule that is a resource of its own. */
  readonly withoutBuiltIn?: boolean;
}

const directions: readonly Direction[] = ["Inbound", "Outbound"];

const anyRule: SecurityRule = {
  name: "rules that are not known yet",
  path: "",
  access: undefined,
  priority: undefined,
  traffic: { least: [], most: directions.map(allTraffic) },
  unknown: [],
  namesIPv6: false,
  builtIn: false,
};

/** What a set of rules lets through: the first rule that fits decides, by priority. */
export function reachOf(set: RuleSet, { withoutBuiltIn = false }: ReachOptions = {}): Reach {
  const rules = [
    ...set.rules,
    ...(withoutBuiltIn ? [] : builtInRules),
    ...(set.unknown.length > 0 ? [{ ...anyRule, unknown: set.unknown }] : []),
  ];
  const least = rules
    .filter(({ access }) => access === "Allow")
    .flatMap((rule) => {
      const before = rules.filter((other) => other.access !== "Allow" && mayPrecede(other, rule));
      return trafficWithout(
        allowedBy(rule, "least"),
        before.flatMap(({ traffic }) => traffic.most),
      );
    });
  const most = rules
    .filter(({ access }) => access !== "Deny")
    .flatMap((rule) => {
      const before = rules.filter((other) => other.access === "Deny" && precedes(other, rule));
      return trafficWithout(
        allowedBy(rule, "most"),
        before.flatMap(({ traffic }) => traffic.least),
      );
    });
  return { least, most, unknown: [...new Set(rules.flatMap(({ unknown }) => unknown))] };
}

function allowedBy(rule: SecurityRule, bound: "least" | "most"): readonly Allowed[] {
  return rule.traffic[bound].map((traffic) => ({ ...traffic, rule }));
}

function precedes(first: SecurityRule, second: SecurityRule): boolean {
  return first.priority !== undefined && second.priority !== undefined && first.priority < second.priority;
}

/** Two rules of one priority are refused by Azure; until then either may come first. */
function mayPrecede(first: SecurityRule, second: SecurityRule): boolean {
  return !precedes(second, first);
}

/** A machine without a security group: everything gets through. */
export const noSecurityGroup: Reach = (() => {
  const rule: SecurityRule = {
    ...anyRule,
    name: "no security group",
    access: "Allow",
    traffic: { least: directions.map(allTraffic), most: directions.map(allTraffic) },
  };
  return { least: allowedBy(rule, "least"), most: allowedBy(rule, "most"), unknown: [] };
})();

/** Traffic whose fate a change decides. */
export interface ReachChange extends TrafficChangeText {
  readonly traffic: Traffic;
  /** The rule that lets it through: after the change where it is opened, before it where it is closed. */
  readonly rule: SecurityRule;
}

export interface TrafficChangeText {
  /** `in from Internet to the machine, Tcp, port 22` */
  readonly line: string;
  readonly source: string;
  readonly destination: string;
  readonly protocol: string;
  readonly ports: string;
  readonly direction: Direction;
  /** Whether anything of the Internet is on the other side. */
  readonly internet: boolean;
}

export interface DenyGone {
  readonly rule: SecurityRule;
  /** What it denied and no rule denies any more, in words. */
  readonly lines: readonly string[];
  /** Whether some of that gets through now; else only the rules that every group ends with hold it back. */
  readonly opened: Answer;
}
type Answer = "yes" | "no" | "unknown";

export interface ReachDifference {
  readonly opened: readonly ReachChange[];
  readonly closed: readonly ReachChange[];
  /** What may be opened or closed, depending on values that are not known before the run. */
  readonly perhapsOpened: readonly ReachChange[];
  readonly perhapsClosed: readonly ReachChange[];
  readonly deniesGone: readonly DenyGone[];
  /** Paths of those values. */
  readonly unknown: readonly string[];
}

/**
 * Difference of two sets of rules by what gets through, not by index, name or priority. IPv6 is left out where no rule
 * of either names an IPv6 address: `*` and `0.0.0.0/0` are then one.
 */
export function compareSecurityRules(before: RuleSet, after: RuleSet, options: ReachOptions = {}): ReachDifference {
  const [old, now] = [reachOf(before, options), reachOf(after, options)];
  const family = before.namesIPv6 || after.namesIPv6 ? undefined : everyIPv4;
  const said = (traffic: readonly Allowed[]): readonly Allowed[] =>
    family === undefined ? traffic : traffic.flatMap((one) => ofFamily(one, family) ?? []);
  const opened = said(trafficWithout(now.least, old.most));
  const closed = said(trafficWithout(old.least, now.most));
  return {
    opened: opened.map(asChange),
    closed: closed.map(asChange),
    perhapsOpened: said(trafficWithout(trafficWithout(now.most, old.least), opened)).map(asChange),
    perhapsClosed: said(trafficWithout(trafficWithout(old.most, now.least), closed)).map(asChange),
    deniesGone: deniesGone(before, after, now, said),
    unknown: [...new Set([...old.unknown, ...now.unknown])],
  };
}

function ofFamily<Whole extends Traffic>(traffic: Whole, family: Intervals): Whole | undefined {
  const part = (place: Place): Place | undefined => {
    const addresses = intersection(place.addresses, family);
    if (addresses.length === 0) return undefined;
    // All of it stays all of it, and is told so.
    return { ...place, addresses: isWhole(place, family) ? everyAddress : addresses };
  };
  const [source, destination] = [part(traffic.source), part(traffic.destination)];
  return source && destination && { ...traffic, source, destination };
}

const internetPlace = within(internet) ?? anywhere;

function asChange(traffic: Allowed): ReachChange {
  const far = traffic.direction === "Inbound" ? "source" : "destination";
  return {
    ...trafficText(traffic),
    line: trafficLine(traffic),
    internet: trafficMeets(traffic, { ...allTraffic(traffic.direction), [far]: internetPlace }) !== undefined,
    traffic,
    rule: traffic.rule,
  };
}

function deniesGone(
  before: RuleSet,
  after: RuleSet,
  now: Reach,
  said: (traffic: readonly Allowed[]) => readonly Allowed[],
): readonly DenyGone[] {
  const allows = before.rules.filter(({ access }) => access !== "Deny");
  const stillDenied = after.rules.filter(({ access }) => access !== "Allow").flatMap(({ traffic }) => traffic.most);
  if (after.unknown.length > 0) return [];
  return before.rules
    .filter(({ access }) => access === "Deny")
    .flatMap((rule) => {
      const earlier = allows.filter((other) => mayPrecede(other, rule)).flatMap(({ traffic }) => traffic.most);
      const gone = said(trafficWithout(trafficWithout(allowedBy(rule, "least"), earlier), stillDenied));
      if (gone.length === 0) return [];
      const through = (reach: readonly Allowed[]) =>
        gone.some((part) => reach.some((allowed) => trafficMeets(part, allowed) !== undefined));
      const opened: Answer = through(now.least) ? "yes" : through(now.most) ? "unknown" : "no";
      return [{ rule, lines: gone.map(trafficLine), opened }];
    });
}

/** Ports by which a Windows server is managed: SSH, Remote Desktop, WinRM without and with TLS. */
export const managementPorts = [22, 3389, 5985, 5986] as const;

export interface Exposure {
  readonly port: number;
  readonly source: string;
  readonly rule: SecurityRule;
  /** `whole`: all of it or a large part; `service`: everybody's machines behind a service tag. */
  readonly kind: "whole" | "service";
  /** `unknown`: only if values that are not known before the run turn out so. */
  readonly answer: "bad" | "unknown";
  readonly unknown: readonly string[];
}

export interface ExposureOptions {
  readonly ports?: readonly number[];
  /** Most IPv4 addresses that still count as named, all rules of a port together; of IPv6 so many `/48` networks. */
  readonly widest?: bigint;
  /** From where: the Internet, or everywhere else (virtual network, what is peered with and connected to it). */
  readonly from?: "internet" | "network";
}

/** A `/16`. */
export const widestNamedSource = 2n ** 16n;

/**
 * Management ports that the Internet (or the whole inner network) reaches, a large part of it, or a whole service tag. An
 * office's few addresses are a named source and none of it, nor is an application security group. UDP counts too: Remote
 * Desktop uses it.
 */
export function managementExposures(
  reach: Reach,
  { ports = managementPorts, widest = widestNamedSource, from = "internet" }: ExposureOptions = {},
): readonly Exposure[] {
  return ports.flatMap((port): readonly Exposure[] => {
    const ask = { port, widest, from };
    const certain = exposedAt(ask, reach.least);
    if (certain.length > 0) return certain.map((one) => ({ ...one, answer: "bad", unknown: [] }));
    return exposedAt(ask, reach.most).map((one) => ({ ...one, answer: "unknown", unknown: reach.unknown }));
  });
}

function exposedAt(
  { port, widest, from }: { readonly port: number; readonly widest: bigint; readonly from: "internet" | "network" },
  reach: readonly Allowed[],
): readonly Omit<Exposure, "answer" | "unknown">[] {
  const question: Traffic = {
    ...allTraffic("Inbound"),
    source: from === "internet" ? internetPlace : { ...anywhere, outside: [internet] },
    protocols: ["Tcp", "Udp"],
    destinationPorts: [[BigInt(port), BigInt(port)]],
  };
  const met = reach.flatMap((allowed) => trafficMeets(allowed, question) ?? []);
  const found = new Map<SecurityRule, Omit<Exposure, "answer" | "unknown">>();
  const say = ({ rule, source }: Allowed, kind: Exposure["kind"]) => {
    if (!found.has(rule)) found.set(rule, { port, rule, kind, source: placeText(source) });
  };
  const isPlain = ({ source }: Allowed): boolean =>
    source.inside.every(({ key }) => key === internet.key || key === virtualNetwork.key);
  if (from === "internet") for (const allowed of met) if (!isPlain(allowed)) say(allowed, "service");
  const plain = met.filter(isPlain);
  const isWide = (some: readonly Allowed[]): boolean => {
    const together = some.reduce<Intervals>((sum, { source }) => union(sum, source.addresses), []);
    const four = count(intersection(together, everyIPv4));
    return four > widest || count(together) - four > widest * 2n ** 80n;
  };
  if (isWide(plain)) {
    const alone = plain.filter(({ rule }) => isWide(plain.filter((other) => other.rule === rule)));
    for (const allowed of alone.length > 0 ? alone : plain) say(allowed, "whole");
  }
  return [...found.values()];
}
