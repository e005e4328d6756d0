import { limits, minutesOf } from "../../../review/alerts/limits";
import { ArmError } from "../arm/errors";
import { parseId } from "../arm/ids";
import { at, type JsonObject, numberAt, objectsAt, put, putDefault, same, textAt, textsAt } from "../properties/json";
import { topLevelEnvelope } from "../properties/shape";
import { define, inGroup } from "./define";
import { isElsewhere, referenced, workspaceType } from "./logs";
import type { Subscription } from "./resourceType";

/** Alert rules and who is told (facts/monitoring.md 1, 5). Words are the rehearsal's own. */

const actionGroupType = "Microsoft.Insights/actionGroups";

const refused = (message: string): ArmError => new ArmError(400, "BadRequest", message);

function judgeName(name: string): void {
  if (limits.forbiddenInName.test(name) || name.length > limits.longestName)
    throw refused(`'${name}' is no name of an alert rule.`);
}

function judgeReceivers(rule: string, ids: readonly string[], subscription: Subscription): void {
  if (ids.length > limits.actionGroups) throw refused(`A rule has at most ${limits.actionGroups} action groups.`);
  for (const id of ids) if (!isElsewhere(id, rule)) referenced(id, actionGroupType, "an action group", subscription);
}

export const actionGroup = define("monitor", "ActionGroup", {
  answersAtOnce: ["PUT", "DELETE"],
  type: actionGroupType,
  path: `${inGroup}/${actionGroupType}/{actionGroupName}`,
  required: ["location"],
  rules: {
    put({ body }) {
      const short = textAt(body, "properties.groupShortName") ?? "";
      if (short === "" || short.length > limits.longestShortName)
        throw refused(`groupShortName has 1 to ${limits.longestShortName} characters.`);
      const names = objectsAt(body, "properties.emailReceivers").map((receiver) => textAt(receiver, "name"));
      if (new Set(names).size < names.length) throw refused("Receivers of an action group have different names.");
      for (const receiver of objectsAt(body, "properties.emailReceivers")) {
        const address = textAt(receiver, "emailAddress") ?? "";
        if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(address)) throw refused(`'${address}' is no e-mail address.`);
        put(receiver, "status", "Enabled");
      }
    },
  },
});

export const scheduledQueryRule = define("monitor", "ScheduledQueryRule", {
  answersAtOnce: ["PUT", "DELETE"],
  type: "Microsoft.Insights/scheduledQueryRules",
  path: `${inGroup}/Microsoft.Insights/scheduledQueryRules/{ruleName}`,
  required: ["location"],
  rules: {
    put({ id, name, body, existing }, subscription) {
      judgeName(name);
      const value = (key: string) => textAt(body, `properties.${key}`);
      for (const [key, allowed] of [
        ["evaluationFrequency", limits.evaluationFrequency],
        ["windowSize", limits.windowSize],
        ["muteActionsDuration", limits.muteActionsDuration],
      ] as const) {
        const duration = value(key);
        if (duration !== undefined && !(allowed as readonly string[]).includes(duration))
          throw refused(`${key} ${duration} is not supported.`);
      }
      if (value("muteActionsDuration") !== undefined && at(body, "properties.autoMitigate") !== false)
        throw refused("autoMitigate must be false where muteActionsDuration is set.");
      const severity = numberAt(body, "properties.severity");
      if (severity === undefined || severity < 0 || severity > 4) throw refused("severity is 0 to 4.");
      const scopes = textsAt(body, "properties.scopes");
      const [scope = ""] = scopes;
      if (scopes.length !== 1) throw refused("A rule has one scope.");
      const [before] = textsAt(existing?.body, "properties.scopes");
      // terraform-provider-azurerm makes a rule anew for it (the file that limits.ts names).
      if (before !== undefined && !same(before, scope)) throw refused("The scope of a rule cannot be changed.");
      if (!isElsewhere(scope, id)) {
        const found = referenced(scope, workspaceType, "a Log Analytics workspace", subscription);
        if (!same(textAt(found.body, "location"), textAt(body, "location")))
          throw refused(
            `The rule is in ${textAt(body, "location")}, its workspace in ${textAt(found.body, "location")}.`,
          );
      }
      // Validation asks the workspace, whose tables come with their first data.
      if (at(body, "properties.skipQueryValidation") !== true)
        throw refused("The query could not be validated: the workspace has no such table yet.");
      judgeLookBack(body);
      for (const criterion of objectsAt(body, "properties.criteria.allOf")) {
        if (textAt(criterion, "query") === undefined) throw refused("A criterion has a query.");
        if (!Number.isInteger(numberAt(criterion, "threshold"))) throw refused("threshold is a whole number.");
      }
      judgeReceivers(id, textsAt(body, "properties.actions.actionGroups"), subscription);
      putDefault(body, "properties.autoMitigate", true);
    },
  },
});

/** How far a rule looks back: the same file as limits.ts and its documentation page. */
function judgeLookBack(body: JsonObject): void {
  const criteria = objectsAt(body, "properties.criteria.allOf");
  if (criteria.length !== 1) throw refused(`A rule has one criterion, not ${criteria.length}.`);
  const minutes = (key: string) => {
    const duration = textAt(body, `properties.${key}`);
    return duration === undefined ? undefined : minutesOf(duration);
  };
  const periods = numberAt(criteria[0], "failingPeriods.numberOfEvaluationPeriods") ?? 1;
  const failing = numberAt(criteria[0], "failingPeriods.minFailingPeriodsToAlert") ?? 1;
  if (periods < 1 || periods > 6) throw refused(`numberOfEvaluationPeriods is 1 to 6, not ${periods}.`);
  if (failing < 1 || failing > periods)
    throw refused(`minFailingPeriodsToAlert is 1 to numberOfEvaluationPeriods (${periods}), not ${failing}.`);
  const lookBack = (minutes("windowSize") ?? 0) * periods;
  const override = minutes("overrideQueryTimeRange");
  if ((minutes("evaluationFrequency") ?? 0) > lookBack)
    throw refused(
      "evaluationFrequency cannot be greater than the query look back, windowSize times numberOfEvaluationPeriods.",
    );
  if (override !== undefined && (override < lookBack || override > 2880))
    throw refused("overrideQueryTimeRange is not less than the query look back and at most P2D.");
}

/** ARM description of the activity log's categories. */
const categories = [
  "Administrative",
  "ServiceHealth",
  "ResourceHealth",
  "Alert",
  "Autoscale",
  "Recommendation",
  "Security",
  "Policy",
];

export const activityLogAlert = define("monitor", "ActivityLogAlert", {
  answersAtOnce: ["PUT", "DELETE"],
  type: "Microsoft.Insights/activityLogAlerts",
  path: `${inGroup}/Microsoft.Insights/activityLogAlerts/{activityLogAlertName}`,
  rules: {
    put({ id, name, body }, subscription) {
      judgeName(name);
      const location = textAt(body, "location") ?? "Global";
      if (!["global", "westeurope", "northeurope"].includes(location.toLowerCase()))
        throw refused("Activity log alerts are in Global, West Europe or North Europe.");
      const scopes = textsAt(body, "properties.scopes");
      if (scopes.length === 0) throw refused("An activity log alert has scopes.");
      const elsewhere = scopes.find((scope) => isElsewhere(scope, id));
      if (elsewhere !== undefined) throw refused(`The scope '${elsewhere}' is not in the subscription of the alert.`);
      const conditions = objectsAt(body, "properties.condition.allOf");
      if (!conditions.some((condition) => same(textAt(condition, "field"), "category")))
        throw refused("The condition names a category.");
      for (const condition of conditions) {
        const category = same(textAt(condition, "field"), "category") ? textAt(condition, "equals") : undefined;
        if (category !== undefined && !categories.some((known) => same(known, category)))
          throw refused(`'${category}' is no category of the activity log: ${categories.join(", ")}.`);
      }
      judgeReceivers(
        id,
        objectsAt(body, "properties.actions.actionGroups").map((each) => textAt(each, "actionGroupId") ?? ""),
        subscription,
      );
      putDefault(body, "properties.enabled", true);
    },
  },
});

/** terraform-provider-azurerm, monitor_metric_alert_resource.go. */
const metricFrequencies = ["PT1M", "PT5M", "PT15M", "PT30M", "PT1H"];
const metricWindows = [...metricFrequencies, "PT6H", "PT12H", "P1D"];

export const metricAlert = define("monitor", "MetricAlert", {
  answersAtOnce: ["PUT", "DELETE"],
  type: "Microsoft.Insights/metricAlerts",
  path: `${inGroup}/Microsoft.Insights/metricAlerts/{ruleName}`,
  shape: {
    envelope: topLevelEnvelope,
    nested: { criteria: () => ({ renamed: { odataType: "odata.type" } }) },
  },
  required: ["location"],
  rules: {
    put({ id, name, body }, subscription) {
      judgeName(name);
      if (!same(textAt(body, "location"), "global")) throw refused("Metric alerts are in Global.");
      const severity = numberAt(body, "properties.severity");
      if (severity === undefined || severity < 0 || severity > 4) throw refused(`severity is 0 to 4, not ${severity}.`);
      for (const [key, allowed] of [
        ["evaluationFrequency", metricFrequencies],
        ["windowSize", metricWindows],
      ] as const) {
        const duration = textAt(body, `properties.${key}`) ?? "";
        if (!allowed.includes(duration)) throw refused(`${key} ${duration} is not supported.`);
      }
      if (objectsAt(body, "properties.criteria.allOf").length === 0) throw refused("A metric alert has a criterion.");
      // The same provider's page on metric alerts.
      const duration = (key: string) => minutesOf(textAt(body, `properties.${key}`) ?? "");
      if (duration("windowSize") < duration("evaluationFrequency"))
        throw refused("windowSize is not less than evaluationFrequency.");
      for (const scope of textsAt(body, "properties.scopes")) {
        const parsed = parseId(scope);
        if (parsed === undefined) throw refused(`'${scope}' is no resource id.`);
        referenced(scope, parsed.type, "a resource", subscription);
      }
      judgeReceivers(
        id,
        objectsAt(body, "properties.actions").map((each) => textAt(each, "actionGroupId") ?? ""),
        subscription,
      );
    },
  },
});
