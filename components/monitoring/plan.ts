import {
  type ActivitySignal,
  type Chosen,
  collectedCounters,
  collectedEvents,
  type LogSignal,
  type MetricSignal,
  measuredColumn,
} from "../../review/alerts";
import { alertRuleName } from "../../review/posture/ownNames";
import { generationNames, resourceGroupNames } from "../server/names";
import type { MonitoringSettings, Settings } from "../settings/settings";
import type { Watched } from "./servers";

/** Bodies of everything that watches, without what other resources supply. Pure. */

export function monitoringNames({ name }: Pick<Settings, "name">) {
  return {
    resourceGroup: resourceGroupNames(name).monitoring,
    workspace: `log-${name}`,
    actionGroup: `ag-${name}`,
    /** At most twelve characters, as the name is; it stands in every message. */
    actionGroupShort: name,
  };
}

/**
 * A collection rule stands in the region of its workspace and cannot be deleted while a server is associated with it. So one of
 * another region has another name: it is made first, the association moves over, and the former one goes last.
 */
const inRegion = (name: string, { location, monitoring }: Placed): string =>
  monitoring === undefined || monitoring.workspaceLocation === location
    ? name
    : `${name}-${monitoring.workspaceLocation}`;

type Placed = Pick<Settings, "name" | "location" | "monitoring">;

/** What Azure must not delete first: its name is another one whenever it is made anew. */
export const madeFirst = { deleteBeforeReplace: false } as const;

/** Of one generation: its collection rule in Azure. */
export const collectionName = (settings: Placed, generation: number): string =>
  inRegion(`${generationNames(settings.name, generation).machine}-logs`, settings);

/** Of servers whose agent is somebody else's. */
export const collectionByHand = (settings: Placed): string => inRegion(`dcr-${settings.name}`, settings);

/** Whether there are such servers. */
export const collectedByHand = ({ monitoring, otherServers }: Pick<Settings, "monitoring" | "otherServers">): boolean =>
  monitoring !== undefined && (otherServers.length > 0 || !monitoring.agent);

/** Fixed: an extension resource's name is its place. */
export const associationName = "entra-connect";
export const agentName = "AzureMonitorWindowsAgent";

const destination = "workspace";

/** What the agent sends, and where to. */
export function collectionBody<Id>(workspaceResourceId: Id) {
  return {
    kind: "Windows",
    description: "What an Entra Connect server says of itself. Made by pulumi-entra-connect.",
    dataSources: {
      windowsEventLogs: [
        {
          name: "entra-connect",
          streams: ["Microsoft-Event"],
          xPathQueries: collectedEvents.map(({ xPath }) => xPath),
        },
      ],
      performanceCounters: [
        {
          name: "entra-connect",
          streams: ["Microsoft-Perf"],
          samplingFrequencyInSeconds: collectedCounters.everySeconds,
          counterSpecifiers: [...collectedCounters.specifiers],
        },
      ],
    },
    destinations: { logAnalytics: [{ name: destination, workspaceResourceId }] },
    dataFlows: [{ streams: ["Microsoft-Event", "Microsoft-Perf"], destinations: [destination] }],
  };
}

/** The agent as a virtual machine extension. It needs the machine's own identity, and no key: the collection rule decides. */
export const agentBody = {
  vmExtensionName: agentName,
  publisher: "Microsoft.Azure.Monitor",
  type: agentName,
  typeHandlerVersion: "1.0",
  autoUpgradeMinorVersion: true,
  enableAutomaticUpgrade: true,
} as const;

export function workspaceBody({ retentionDays, dailyCapGB }: MonitoringSettings) {
  return {
    sku: { name: "PerGB2018" },
    retentionInDays: retentionDays,
    // Said even where there is none (-1): left out, a cap would stay as it was when it is taken out of the settings.
    workspaceCapping: { dailyQuotaGb: dailyCapGB ?? -1 },
    // Without its shared keys: the agent signs in as its machine.
    features: { disableLocalAuth: true, enableLogAccessUsingOnlyResourcePermissions: true },
  };
}

export const actionGroupBody = ({ name }: Pick<Settings, "name">) => ({
  location: "Global",
  groupShortName: monitoringNames({ name }).actionGroupShort,
  enabled: true,
});

export const emailReceivers = (emails: readonly string[]) =>
  emails.map((emailAddress) => ({ name: emailAddress, emailAddress, useCommonAlertSchema: true }));

/** One rule in Azure, by what it is of. */
export interface RuleName {
  /** In the state. */
  readonly logical: string;
  /** In Azure. */
  readonly rule: string;
}

export const ruleName = (monitoring: string, { key, computerName }: Watched, { alert }: Chosen): RuleName => ({
  logical: alertRuleName(monitoring, key, alert.name),
  rule: `${computerName.toLowerCase()}-${alert.name}`,
});

const described = ({ alert: { why, first } }: Chosen): string => `${why} First: ${first}`;

/** What a message carries beside Azure's own words, for whoever routes it. */
export const messageProperties = ({ computerName }: Watched, { alert }: Chosen) => ({
  alert: alert.name,
  server: computerName,
});

/** A log alert of one server. */
export function logRuleBody(server: Watched, chosen: Chosen, signal: LogSignal) {
  const { alert, severity } = chosen;
  return {
    kind: "LogAlert",
    displayName: `${server.computerName} ${alert.title}`,
    description: described(chosen),
    severity,
    enabled: true,
    evaluationFrequency: signal.every,
    windowSize: signal.window,
    criteria: {
      allOf: [
        {
          query: signal.query(server),
          metricMeasureColumn: measuredColumn,
          timeAggregation: "Total",
          operator: signal.operator,
          threshold: signal.threshold,
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 },
        },
      ],
    },
    autoMitigate: signal.resolves,
    // The window would see the same event again at every evaluation; Azure takes this only without autoMitigate.
    ...(signal.resolves ? {} : { muteActionsDuration: signal.window }),
    checkWorkspaceAlertsStorageConfigured: false,
    // A new workspace has no tables yet.
    skipQueryValidation: true,
  };
}

/** Of alerts, as the rehearsal's Azure gives it back: one that is taken up after a lost answer is else spelled otherwise in the state. */
const nowhere = "global";

/** Of one machine's entries in the activity log; Azure gives these no severity. */
export function activityAlertBody(server: Watched, chosen: Chosen, { operations }: ActivitySignal) {
  return {
    location: nowhere,
    description: `${server.computerName} ${chosen.alert.title}. ${described(chosen)}`,
    enabled: true,
    condition: {
      allOf: [
        { field: "category", equals: "Administrative" },
        { anyOf: operations.map((operation) => ({ field: "operationName", equals: operation })) },
      ],
    },
  };
}

export function metricAlertBody(chosen: Chosen, signal: MetricSignal) {
  const { dimension, values } = signal.except;
  return {
    location: nowhere,
    description: described(chosen),
    severity: chosen.severity,
    enabled: true,
    evaluationFrequency: signal.every,
    windowSize: signal.window,
    autoMitigate: true,
    criteria: {
      odataType: "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria" as const,
      allOf: [
        {
          name: chosen.alert.name,
          criterionType: "StaticThresholdCriterion" as const,
          metricNamespace: signal.namespace,
          metricName: signal.metric,
          dimensions: [{ name: dimension, operator: "Exclude", values: [...values] }],
          operator: "GreaterThan",
          threshold: 0,
          timeAggregation: "Count",
        },
      ],
    },
  };
}
