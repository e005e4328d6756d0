import type { WatchedServer } from "./alert";

/** Pieces of queries. Every one of them ends in one row with `AlertValue`. */

/** What every rule measures. */
export const measuredColumn = "AlertValue";

const counted = `| summarize ${measuredColumn} = count()`;

/** A text in a query. */
export const quoted = (text: string): string => `"${text.replace(/["\\]/g, "\\$&")}"`;

/** The agent gives the bare name or, of a member of a domain, the full one [K]; the dot keeps -g1 from meaning -g10. */
const of = ({ computerName }: WatchedServer): string =>
  `| where Computer =~ ${quoted(computerName)} or Computer startswith ${quoted(`${computerName}.`)}`;

export const synchronizationSource = "Directory Synchronization";
export const engineSource = "ADSync";
/** Of the scheduled task's events. */
export const ownSource = "pulumi-entra-connect";

/** Events of one server for which all of it holds. */
export function events(server: WatchedServer, ...conditions: readonly string[]): string {
  return ["Event", of(server), ...conditions.map((condition) => `| where ${condition}`), counted].join("\n");
}

/**
 * The newest event of one server for which all of it holds, where it also says so. Of no event the columns are null, so what it
 * says must be an equality: with null an inequality holds.
 */
export function newestSays(server: WatchedServer, conditions: readonly string[], says: string): string {
  return [
    "Event",
    of(server),
    ...conditions.map((condition) => `| where ${condition}`),
    "| summarize arg_max(TimeGenerated, EventID, RenderedDescription)",
    `| where ${says}`,
    counted,
  ].join("\n");
}

export function heartbeats(server: WatchedServer): string {
  return ["Heartbeat", of(server), counted].join("\n");
}

/** The average of a counter, where there is any. */
export function counterBelow(server: WatchedServer, counter: Counter, least: number): string {
  return [
    "Perf",
    of(server),
    `| where ObjectName == ${quoted(counter.object)} and CounterName == ${quoted(counter.name)} and InstanceName == ${quoted(counter.instance)}`,
    "| summarize Average = avg(CounterValue)",
    `| where Average < ${least}`,
    counted,
  ].join("\n");
}

export interface Counter {
  readonly object: string;
  readonly name: string;
  readonly instance: string;
}

/** What the task said last, as `Health`; nothing where it said nothing. */
export function reported(server: WatchedServer, ...conditions: readonly string[]): string {
  return [
    "Event",
    of(server),
    `| where Source == ${quoted(ownSource)} and EventID in (100, 101)`,
    "| summarize arg_max(TimeGenerated, RenderedDescription)",
    "| extend Health = parse_json(RenderedDescription)",
    ...conditions.map((condition) => `| where ${condition}`),
    counted,
  ].join("\n");
}

/** Whether what the task said of something differs between its collections. */
export function reportedTwoOf(server: WatchedServer, member: string): string {
  return [
    "Event",
    of(server),
    `| where Source == ${quoted(ownSource)} and EventID in (100, 101)`,
    "| extend Health = parse_json(RenderedDescription)",
    `| extend Said = tostring(Health.${member})`,
    "| where isnotempty(Said)",
    "| summarize Different = dcount(Said)",
    "| where Different > 1",
    counted,
  ].join("\n");
}
