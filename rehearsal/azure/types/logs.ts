import { ArmError, notFound } from "../arm/errors";
import { parseId } from "../arm/ids";
import type { StoredResource } from "../arm/store";
import {
  isObject,
  type JsonObject,
  numberAt,
  objectAt,
  objectsAt,
  put,
  putDefault,
  same,
  textAt,
  textsAt,
} from "../properties/json";
import { topLevelEnvelope } from "../properties/shape";
import { define, inGroup } from "./define";
import type { PutRequest, Subscription } from "./resourceType";

/** Where logs go and what is sent: workspace, collection rule, association, workbook (facts/monitoring.md 1, 2). */

export const workspaceType = "Microsoft.OperationalInsights/workspaces";
const collectionType = "Microsoft.Insights/dataCollectionRules";
const associationType = "Microsoft.Insights/dataCollectionRuleAssociations";

const refused = (message: string): ArmError => new ArmError(400, "BadRequest", message);
/** The code is Azure's (terraform-provider-azurerm issue 28709), the words are the rehearsal's own. */
const invalidPayload = (message: string): ArmError =>
  new ArmError(400, "InvalidPayload", `Data collection rule is invalid: ${message}`);

/** What an id means, which must exist and be of that type. */
export function referenced(id: string, type: string, what: string, subscription: Subscription): StoredResource {
  const found = subscription.get(id);
  if (found && same(found.type, type)) return found;
  const parsed = parseId(id);
  if (parsed && same(parsed.type, type)) throw notFound(parsed.type, parsed.name, parsed.resourceGroup);
  throw refused(`'${id}' is not the id of ${what}.`);
}

/** In another subscription than who names it: of that nothing is known here. */
export const isElsewhere = (id: string, by: string): boolean => {
  const there = parseId(id)?.subscriptionId;
  return there !== undefined && !same(there, parseId(by)?.subscriptionId);
};

/** Retention and form of the name: Azure's pages on workspaces, general knowledge. */
export const workspace = define("operationalinsights", "Workspace", {
  type: workspaceType,
  path: `${inGroup}/${workspaceType}/{workspaceName}`,
  // Inside `properties`, unlike that of most types.
  shape: { envelope: new Set([...topLevelEnvelope].filter((name) => name !== "sku")) },
  required: ["location"],
  filledByAzure: ["workspaceCapping.quotaNextResetTime", "workspaceCapping.dataIngestionStatus"],
  seconds: { create: 20, update: 5, delete: 10 },
  rules: {
    put({ name, body, existing }, subscription) {
      if (!/^[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]$/.test(name))
        throw refused(`'${name}' is no name of a workspace: 4 to 63 letters, digits and hyphens.`);
      const days = numberAt(body, "properties.retentionInDays");
      if (days !== undefined && (days < 30 || days > 730))
        throw refused("'RetentionInDays' must be between 30 and 730 for the sku PerGB2018.");
      putDefault(body, "properties.retentionInDays", 30);
      put(body, "properties.customerId", textAt(existing?.body, "properties.customerId") ?? subscription.uuid());
      putDefault(body, "properties.workspaceCapping.dailyQuotaGb", -1);
      put(body, "properties.workspaceCapping.dataIngestionStatus", "RespectQuota");
      putDefault(body, "properties.publicNetworkAccessForIngestion", "Enabled");
      putDefault(body, "properties.publicNetworkAccessForQuery", "Enabled");
      put(body, "properties.provisioningState", "Succeeded");
    },
  },
});

/** What stands in an object of lists, or of single ones. */
const entriesAt = (body: JsonObject, path: string): JsonObject[] =>
  Object.values(objectAt(body, path) ?? {})
    .flat()
    .filter(isObject);

/**
 * At most 20 expressions in one event source; a flow knows its sources' streams, those that the rule declares, and its
 * destinations (facts/monitoring.md 2). A workspace's own transformation has no sources: its streams are the workspace's tables.
 */
export const dataCollectionRule = define("monitor", "DataCollectionRule", {
  answersAtOnce: ["PUT", "DELETE"],
  type: collectionType,
  path: `${inGroup}/${collectionType}/{dataCollectionRuleName}`,
  required: ["location"],
  rules: {
    put({ id, name, body, existing }, subscription) {
      const destinations = objectsAt(body, "properties.destinations.logAnalytics");
      for (const destination of destinations) judgeDestination(destination, { id, body }, subscription);
      const sources = entriesAt(body, "properties.dataSources");
      for (const source of sources)
        if (textsAt(source, "xPathQueries").length > 20)
          throw invalidPayload(`'${textAt(source, "name")}' has more than 20 XPath queries.`);
      const streams = new Set([
        ...sources.flatMap((source) => [...textsAt(source, "streams"), textAt(source, "stream")]),
        ...Object.keys(objectAt(body, "properties.streamDeclarations") ?? {}),
      ]);
      const ofTables = same(textAt(body, "kind"), "WorkspaceTransforms");
      const names = new Set(entriesAt(body, "properties.destinations").map((each) => textAt(each, "name")));
      for (const flow of objectsAt(body, "properties.dataFlows")) {
        const [stream] = textsAt(flow, "streams").filter((each) => !streams.has(each));
        const [unknown] = textsAt(flow, "destinations").filter((each) => !names.has(each));
        if (stream !== undefined && !ofTables) throw invalidPayload(`no data source has the stream '${stream}'.`);
        if (unknown !== undefined) throw invalidPayload(`there is no destination '${unknown}'.`);
      }
      put(
        body,
        "properties.immutableId",
        textAt(existing?.body, "properties.immutableId") ?? `dcr-${subscription.fingerprint(name).slice(0, 32)}`,
      );
      put(body, "properties.provisioningState", "Succeeded");
    },
    refuseDelete({ id, name }, subscription) {
      const used = subscription
        .ofType(associationType)
        .filter(({ body }) => same(textAt(body, "properties.dataCollectionRuleId"), id));
      if (used.length > 0)
        throw new ArmError(
          409,
          "Conflict",
          `Data collection rule '${name}' cannot be deleted: ${used.length} resources are associated with it.`,
        );
    },
  },
});

/** "The data collection rule must be in the region of its workspace": Azure's portal and labs (SC-200T00A issue 266). */
function judgeDestination(
  destination: JsonObject,
  rule: Pick<PutRequest, "id" | "body">,
  subscription: Subscription,
): void {
  const id = textAt(destination, "workspaceResourceId") ?? "";
  if (isElsewhere(id, rule.id)) return;
  const found = referenced(id, workspaceType, "a Log Analytics workspace", subscription);
  const [there, here] = [textAt(found.body, "location"), textAt(rule.body, "location")];
  if (!same(there, here)) throw invalidPayload(`the workspace '${found.name}' is in ${there}, the rule in ${here}.`);
}

/** Binds a rule to a machine. */
export const dataCollectionRuleAssociation = define("monitor", "DataCollectionRuleAssociation", {
  answersAtOnce: ["PUT", "DELETE"],
  type: associationType,
  path: `/{resourceUri}/providers/${associationType}/{associationName}`,
  rules: {
    put({ id, name, body }, subscription) {
      const ruleId = textAt(body, "properties.dataCollectionRuleId");
      if (ruleId === undefined && !same(name, "configurationAccessEndpoint"))
        throw refused("An association names a data collection rule.");
      if (ruleId !== undefined) referenced(ruleId, collectionType, "a data collection rule", subscription);
      const holder = parseId(id)?.parent ?? "";
      if (subscription.get(holder) === undefined) {
        const parsed = parseId(holder);
        throw notFound(parsed?.type ?? "", parsed?.name ?? holder, parsed?.resourceGroup);
      }
      put(body, "properties.provisioningState", "Succeeded");
    },
  },
});

export const workbook = define("applicationinsights", "Workbook", {
  answersAtOnce: ["PUT", "DELETE"],
  type: "Microsoft.Insights/workbooks",
  path: `${inGroup}/Microsoft.Insights/workbooks/{resourceName}`,
  required: ["location"],
  rules: {
    put({ name, body }, subscription) {
      if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(name))
        throw refused(`The name of a workbook is a GUID, not '${name}'.`);
      const data = textAt(body, "properties.serializedData") ?? "";
      try {
        JSON.parse(data);
      } catch {
        throw refused("serializedData of a workbook is JSON.");
      }
      const source = textAt(body, "properties.sourceId");
      if (source !== undefined && parseId(source) === undefined) throw refused(`'${source}' is no resource id.`);
      put(body, "properties.timeModified", subscription.now().toISOString());
    },
  },
});
