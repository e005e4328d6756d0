import { isJsonObject } from "../../evidence/json";
import {
  compareSecurityRules,
  joinRuleSets,
  managementExposures,
  managementPorts,
  type ReachDifference,
  type RuleSet,
  reachOf,
  readSecurityRules,
  type SecurityRule,
} from "../../posture";
import type { Landscape } from "../landscape";
import type { Detector, Raised } from "../raised";
import type { ResourceChange } from "../steps";
import { goes } from "../touching";
import { listed } from "../wording";
import { affectedRules } from "./affectedRules";
import { asAzureGroup } from "./otherClouds";

/** Rules of one security group, whether they stand in it or beside it. */
interface Group {
  readonly changes: readonly ResourceChange[];
  readonly before: RuleSet | undefined;
  readonly after: RuleSet | undefined;
  /** The rule is there alone: what else the group lets through is not known. */
  readonly partial: boolean;
}

const mostLines = 8;

export const securityRuleHazards: Detector = (landscape) =>
  groupsOf(landscape).flatMap((group) => {
    const subject = group.changes[0];
    if (subject === undefined) return [];
    return [...exposed(group, subject), ...compared(group, subject), ...deleted(landscape, group)];
  });

const isStill = ({ action }: ResourceChange): boolean => action === "nothing" || action === "read";

function groupsOf({ changes, kind }: Landscape): readonly Group[] {
  const parts = new Map<string, ResourceChange[]>();
  const groups = changes.filter((change) => kind(change) === "securityGroup");
  for (const group of groups) parts.set(group.urn, [group]);
  for (const rule of changes) {
    if (kind(rule) !== "securityRule") continue;
    const owner = groups.find((group) => isRuleOf(rule, group));
    const key = owner?.urn ?? `rules of ${groupNameIn(rule)}`;
    parts.set(key, [...(parts.get(key) ?? []), rule]);
  }
  const moving = [...parts.values()].filter((members) => !members.every(isStill));
  return moving.map((members) => ({
    changes: members,
    before: joined(members, "old"),
    after: joined(members, "new"),
    partial: members.every((member) => kind(member) === "securityRule"),
  }));
}

function isRuleOf(rule: ResourceChange, group: ResourceChange): boolean {
  const names = [group.old, group.new].flatMap((state) => {
    const inputs = isJsonObject(state?.inputs) ? state.inputs : {};
    return [inputs.networkSecurityGroupName, inputs.name].filter((name) => typeof name === "string");
  });
  const wanted = groupNameIn(rule);
  if (wanted !== "" && names.some((name) => String(name).toLowerCase() === wanted)) return true;
  return [rule.old, rule.new].some((state) => {
    const by = isJsonObject(state?.propertyDependencies)
      ? state.propertyDependencies.networkSecurityGroupName
      : undefined;
    return Array.isArray(by) && by.includes(group.urn);
  });
}

function groupNameIn(rule: ResourceChange): string {
  const inputs = [rule.new, rule.old].map((state) => (isJsonObject(state?.inputs) ? state.inputs : {}));
  const name = inputs.map((each) => each.networkSecurityGroupName).find((each) => typeof each === "string");
  return typeof name === "string" ? name.toLowerCase() : "";
}

function joined(members: readonly ResourceChange[], side: "old" | "new"): RuleSet | undefined {
  const sets = members.flatMap(({ type, name, [side]: state }) => {
    if (state === undefined) return [];
    const group = asAzureGroup({ type, name, inputs: isJsonObject(state.inputs) ? state.inputs : {} });
    return readSecurityRules(group) ?? [];
  });
  return sets.length === 0 ? undefined : joinRuleSets(sets);
}

/** Other rules decide nothing about these ports. */
const isManagement = ({ traffic }: SecurityRule): boolean =>
  traffic.most.some(
    ({ direction, destinationPorts }) =>
      direction === "Inbound" &&
      destinationPorts.some(([first, last]) => managementPorts.some((port) => first <= port && BigInt(port) <= last)),
  );

/** Ports that the Internet reaches afterwards and did not before; in a new group too. */
function exposed({ before, after, partial, changes }: Group, subject: ResourceChange): readonly Raised[] {
  if (after === undefined) return [];
  const options = { withoutBuiltIn: partial };
  const reached = (set: RuleSet) =>
    managementExposures(reachOf({ ...set, rules: set.rules.filter(isManagement) }, options));
  const known = before === undefined ? [] : reached(before);
  const now = reached(after).filter(
    ({ port, source }) => !known.some((each) => each.port === port && each.source === source && each.answer === "bad"),
  );
  const lines = (answer: "bad" | "unknown") =>
    now
      .filter((each) => each.answer === answer)
      .map(({ port, source, rule }) => `port ${port} from ${source} (rule ${rule.name})`);
  const properties = changes.flatMap((change) => change.changes);
  const bad = lines("bad");
  const unknown = lines("unknown");
  return [
    ...(bad.length === 0
      ? []
      : [{ code: "management-port-open", change: subject, what: listed(bad), properties, judges: changes } as const]),
    ...(unknown.length === 0
      ? []
      : [{ code: "unknown-value", change: subject, what: `may let in: ${listed(unknown)}`, judges: changes } as const]),
  ];
}

function compared({ before, after, partial, changes }: Group, subject: ResourceChange): readonly Raised[] {
  // A rule of its own that comes or goes is compared with its group without it; a group that is new widens nothing.
  const empty: RuleSet = { rules: [], unknown: [], namesIPv6: false };
  const [whole, next] = [before ?? (partial ? empty : undefined), after ?? (partial ? empty : undefined)];
  if (whole === undefined || next === undefined) return [];
  const [old, now] = affectedRules(whole, next);
  if (old.rules.length + now.rules.length + old.unknown.length + now.unknown.length === 0) return [];
  const difference = compareSecurityRules(old, now, { withoutBuiltIn: partial });
  const properties = changes.flatMap((change) => change.changes);
  const raise = (code: Raised["code"], lines: readonly string[]): readonly Raised[] =>
    lines.length === 0 ? [] : [{ code, change: subject, what: listed(lines, mostLines), properties, judges: changes }];
  return [
    ...raise("access-widened", lines(difference.opened)),
    ...raise("access-lost", lines(difference.closed)),
    ...raise(
      "deny-rule-gone",
      difference.deniesGone.map((gone) => `${gone.rule.name} (${listed(gone.lines, 3)})`),
    ),
    ...raise("unknown-value", perhaps(difference)),
  ];
}

/** One line for each pair of places: `out from the machine to 10.0.0.4, Tcp 53, 88; Udp 53`. */
function lines(changes: ReachDifference["opened"]): readonly string[] {
  const byPlaces = new Map<string, Map<string, Set<string>>>();
  for (const { direction, source, destination, protocol, ports } of changes) {
    const [far, near] =
      direction === "Inbound"
        ? [`in from ${source}`, ` to ${destination}`]
        : [`out to ${destination}`, ` from ${source}`];
    const places = /(any address|the machine)$/u.test(near) ? far : far + near;
    const protocols = byPlaces.get(places) ?? new Map<string, Set<string>>();
    protocols.set(protocol, (protocols.get(protocol) ?? new Set()).add(ports));
    byPlaces.set(places, protocols);
  }
  return [...byPlaces.entries()].map(
    ([places, protocols]) =>
      `${places}: ${[...protocols.entries()].map(([protocol, ports]) => `${protocol} ${[...ports].join(", ")}`).join("; ")}`,
  );
}

function perhaps({ perhapsOpened, perhapsClosed, unknown }: ReachDifference): readonly string[] {
  if (perhapsOpened.length + perhapsClosed.length === 0 || unknown.length === 0) return [];
  return unknown.map((path) => `${path || "a rule"} decides who can reach what`);
}

/** A group that goes while a machine stays: what it held back is open, or no rule is left that somebody relied on. */
function deleted({ servers }: Landscape, { changes, partial }: Group): readonly Raised[] {
  if (partial) return [];
  return changes
    .filter((change) => change.action === "delete" && goes(change))
    .filter((change) => {
      const own = servers.filter(({ members }) => members.includes(change));
      const concerned = own.length > 0 ? own : servers;
      return concerned.some(({ machines }) => machines.some((machine) => machine.action !== "delete"));
    })
    .map((change): Raised => ({ code: "security-group-gone", change, what: "the group is deleted" }));
}
