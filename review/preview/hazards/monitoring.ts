import { type Alert, alertTable, type WatchedRole } from "../../alerts";
import { isJsonObject } from "../../evidence/json";
import { ownAlertRule } from "../../posture/ownNames";
import type { Landscape, Role, Server } from "../landscape";
import { leavesOf } from "../leaves";
import type { Detector, Raised } from "../raised";
import { newInputs, oldInputs, type ResourceChange } from "../steps";
import { counted } from "../wording";

/**
 * Which alerts a server has is decided by its role, and they go with it: said once for each server. What weakens them beside that
 * is told alert by alert.
 */
export const monitoringHazards: Detector = (landscape) => {
  const whole = takenOut(landscape);
  const judged = new Set(whole.flatMap(({ change, judges = [] }) => [change, ...judges]));
  return [
    ...whole,
    ...landscape.servers.flatMap((server): readonly Raised[] =>
      [...withServer(landscape, server), ...withRole(landscape, server)].filter(({ change }) => !judged.has(change)),
    ),
    ...agents(landscape).filter(({ change }) => !judged.has(change)),
    ...workbooks(landscape),
  ];
};

/** What goes or changes with its server, its role or all of monitoring: said here once, and nowhere else. */
export const followingMonitoring = (landscape: Landscape): ReadonlySet<ResourceChange | undefined> =>
  new Set(monitoringHazards(landscape).flatMap(({ change, judges = [] }) => [change, ...judges]));

const isGone = ({ action }: ResourceChange): boolean => action === "delete";

/** A child of this library's monitoring. */
const isWatching = ({ parent }: ResourceChange): boolean => /entra-connect:monitoring:Monitoring(\$|::)/u.test(parent);

/** Of a generation's component; a digest need not list the one above it. */
const generationName = ({ urn }: Server): string => urn.split("::").slice(3).join("::");

function alertsOf(landscape: Landscape, server: Server): readonly ResourceChange[] {
  return landscape.changes.filter((change) => {
    const own = isWatching(change) ? ownAlertRule(change.name) : undefined;
    return own !== undefined && server.ours && `${own.component}-g${own.generation}` === generationName(server);
  });
}

/** The Azure Monitor agent, among all extensions. */
function isAgent(change: ResourceChange): boolean {
  const { type } = change.old === undefined ? newInputs(change) : oldInputs(change);
  return /VirtualMachineExtension$|:Extension$/u.test(change.type) && type === "AzureMonitorWindowsAgent";
}

const goes = ({ machines }: Server): boolean => machines.length > 0 && machines.every(isGone);

/** A server that goes takes along what watches it and what it sends. */
function withServer(landscape: Landscape, server: Server): readonly Raised[] {
  if (!server.ours || !goes(server)) return [];
  const alerts = alertsOf(landscape, server).filter(isGone);
  const sends = server.members.filter(
    (change) =>
      isGone(change) && (isAgent(change) || /:(DataCollectionRule|DataCollectionRuleAssociation)$/u.test(change.type)),
  );
  return follows(server, [...alerts, ...sends], `${counted(alerts.length, "alert")} and what it sends go with it`);
}

const watchedRole = (role: Role | undefined): WatchedRole | undefined => (role === "lost" ? "fenced" : role);

/** What the table says of the new role is no weakening; anything else stays one. */
function withRole(landscape: Landscape, server: Server): readonly Raised[] {
  const { roleBefore, roleAfter } = server;
  const role = watchedRole(roleAfter);
  if (role === undefined || roleBefore === roleAfter) return [];
  const alerts = alertsOf(landscape, server);
  const row = ({ name }: ResourceChange) => alertTable.find((alert) => alert.name === ownAlertRule(name)?.alert);
  const leaving = alerts.filter((change) => isGone(change) && row(change)?.for.includes(role) === false);
  const coming = alerts.filter((change) => change.action === "create" && row(change)?.for.includes(role) === true);
  const asking = alerts.filter((change) => asksForRole(change, row(change), role));
  return follows(
    server,
    [...leaving, ...coming, ...asking],
    `its role is ${roleAfter} now: ${counted(coming.length, "alert")} of that role ${coming.length === 1 ? "comes" : "come"}, ${counted(leaving.length, "alert")} of the former one ${leaving.length === 1 ? "goes" : "go"}`,
  );
}

/** Only the query changes, to exactly what the table has for the new role: `staging-not-as-declared`. */
function asksForRole(change: ResourceChange, alert: Alert | undefined, role: WatchedRole): boolean {
  if (change.action !== "update" || alert?.signal.kind !== "log") return false;
  const leaves = leavesOf(change);
  const { criteria, actions } = newInputs(change);
  const told = isJsonObject(actions) && isJsonObject(actions.customProperties) ? actions.customProperties.server : "";
  const query = alert.signal.query({ computerName: String(told), role });
  const only = isJsonObject(criteria) && Array.isArray(criteria.allOf) ? criteria.allOf : [];
  return (
    leaves.length > 0 &&
    leaves.every(({ at }) => at === "criteria.allOf.query") &&
    only.length === 1 &&
    only.every((criterion) => isJsonObject(criterion) && criterion.query === query)
  );
}

function follows({ name }: Server, changes: readonly ResourceChange[], what: string): readonly Raised[] {
  const [change, ...judges] = changes;
  return change === undefined ? [] : [{ code: "monitoring-follows", change, subject: name, what, judges }];
}

/** The setting is taken out while servers stay: one hazard for all of it. */
function takenOut({ changes }: Landscape): readonly Raised[] {
  return changes
    .filter((change) => isGone(change) && isWatching(change) && /:ResourceGroup$/u.test(change.type))
    .map((group): Raised => {
      const judges = changes.filter((change) => change !== group && isGone(change) && isWatching(change));
      const rules = judges.filter(({ type }) =>
        /(ScheduledQueryRule|ActivityLogAlert|MetricAlert)$/u.test(type),
      ).length;
      const logs = judges.some(({ type }) => /:Workspace$/u.test(type)) ? ", the workspace with the logs in it" : "";
      return {
        code: "alerts-weakened",
        change: group,
        what: `all of monitoring is deleted: ${counted(rules, "alert rule")}${logs}, and who is told`,
        judges,
      };
    });
}

/** Without its agent a server that stays is silent. */
function agents({ changes, servers }: Landscape): readonly Raised[] {
  const going = new Set(servers.filter(goes).flatMap(({ members }) => members));
  return changes
    .filter((change) => isGone(change) && isAgent(change) && !going.has(change))
    .map((change) => ({ code: "diagnostics-weakened", change, what: "the Azure Monitor agent is deleted" }));
}

/** A picture of the servers as they are now, which loses nothing. */
function workbooks({ changes, kind }: Landscape): readonly Raised[] {
  return changes
    .filter((change) => kind(change) === "workbook" && change.action === "update" && isWatching(change))
    .filter((change) => isJsonObject(newInputs(change)))
    .map((change) => ({ code: "monitoring-follows", change, what: "the workbook shows the servers as they are now" }));
}
