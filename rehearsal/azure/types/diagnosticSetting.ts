import { ArmError, notFound } from "../arm/errors";
import { parseId } from "../arm/ids";
import { objectsAt, put, same, textAt } from "../properties/json";
import { define } from "./define";
import type { Subscription } from "./resourceType";

const diagnosticSettingType = "Microsoft.Insights/diagnosticSettings";
const workspaceType = "Microsoft.OperationalInsights/workspaces";
const sinks = ["workspaceId", "storageAccountId", "eventHubAuthorizationRuleId", "marketplacePartnerId"];

/** Where the logs of any resource go: an extension of that resource, which must exist, as must the workspace. */
export const diagnosticSetting = define("monitor", "DiagnosticSetting", {
  type: diagnosticSettingType,
  path: `/{resourceUri}/providers/${diagnosticSettingType}/{name}`,
  rules: {
    put({ body }, subscription) {
      if (!sinks.some((sink) => textAt(body, `properties.${sink}`)))
        throw new ArmError(400, "BadRequest", "At least one data sink needs to be specified.");
      const workspace = textAt(body, "properties.workspaceId");
      if (workspace !== undefined) judgeWorkspace(workspace, subscription);
      for (const list of ["logs", "metrics"])
        if (objectsAt(body, `properties.${list}`).length === 0) put(body, `properties.${list}`, []);
    },
  },
});

function judgeWorkspace(id: string, subscription: Subscription): void {
  if (same(subscription.get(id)?.type, workspaceType)) return;
  const parsed = parseId(id);
  if (parsed && same(parsed.type, workspaceType)) throw notFound(parsed.type, parsed.name, parsed.resourceGroup);
  throw new ArmError(400, "BadRequest", `'${id}' is not the id of a Log Analytics workspace.`);
}
