import { ArmError } from "../arm/errors";
import { parseId } from "../arm/ids";
import { at, type JsonObject, objectsAt, put, same, textAt } from "../properties/json";
import { define } from "./define";
import { referenced, workspaceType } from "./logs";
import type { Subscription } from "./resourceType";

const diagnosticSettingType = "Microsoft.Insights/diagnosticSettings";
const sinks = ["workspaceId", "storageAccountId", "eventHubAuthorizationRuleId", "marketplacePartnerId"];

/** Where the logs of any resource go: an extension of that resource, which must exist, as must the workspace. */
export const diagnosticSetting = define("monitor", "DiagnosticSetting", {
  answersAtOnce: ["PUT", "DELETE"],
  type: diagnosticSettingType,
  path: `/{resourceUri}/providers/${diagnosticSettingType}/{name}`,
  rules: {
    put({ id, body }, subscription) {
      if (!sinks.some((sink) => textAt(body, `properties.${sink}`)))
        throw new ArmError(400, "BadRequest", "At least one data sink needs to be specified.");
      const workspace = textAt(body, "properties.workspaceId");
      if (workspace !== undefined) referenced(workspace, workspaceType, "a Log Analytics workspace", subscription);
      refuseUsedSink(id, body, subscription);
      for (const list of ["logs", "metrics"])
        if (objectsAt(body, `properties.${list}`).length === 0) put(body, `properties.${list}`, []);
    },
  },
});

const enabledIn = (body: JsonObject): readonly string[] =>
  ["logs", "metrics"].flatMap((list) =>
    objectsAt(body, `properties.${list}`)
      .filter((entry) => at(entry, "enabled") === true)
      .flatMap((entry) => textAt(entry, "category") ?? textAt(entry, "categoryGroup") ?? []),
  );

/** Text: Azure/bicep-registry-modules issue 3407. Which categories a group holds is not known here. */
function refuseUsedSink(id: string, body: JsonObject, subscription: Subscription): void {
  const wanted = enabledIn(body);
  for (const other of subscription.ofType(diagnosticSettingType)) {
    if (same(other.id, id) || !same(parseId(other.id)?.parent, parseId(id)?.parent)) continue;
    const category = enabledIn(other.body).find((each) => wanted.some((own) => same(own, each)));
    const sink = sinks
      .map((name) => textAt(body, `properties.${name}`))
      .find((used) => used !== undefined && sinks.some((name) => same(used, textAt(other.body, `properties.${name}`))));
    if (category !== undefined && sink !== undefined)
      throw new ArmError(
        409,
        "Conflict",
        `Data sink '${sink}' is already used in diagnostic setting '${other.name}' for category '${category}'. Data sinks can't be reused in different settings on the same category for the same resource.`,
      );
  }
}
