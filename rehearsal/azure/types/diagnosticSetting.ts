import { ArmError } from "../arm/errors";
import { objectsAt, put, textAt } from "../properties/json";
import { define } from "./define";
import { referenced, workspaceType } from "./logs";

const diagnosticSettingType = "Microsoft.Insights/diagnosticSettings";
const sinks = ["workspaceId", "storageAccountId", "eventHubAuthorizationRuleId", "marketplacePartnerId"];

/** Where the logs of any resource go: an extension of that resource, which must exist, as must the workspace. */
export const diagnosticSetting = define("monitor", "DiagnosticSetting", {
  answersAtOnce: ["PUT", "DELETE"],
  type: diagnosticSettingType,
  path: `/{resourceUri}/providers/${diagnosticSettingType}/{name}`,
  rules: {
    put({ body }, subscription) {
      if (!sinks.some((sink) => textAt(body, `properties.${sink}`)))
        throw new ArmError(400, "BadRequest", "At least one data sink needs to be specified.");
      const workspace = textAt(body, "properties.workspaceId");
      if (workspace !== undefined) referenced(workspace, workspaceType, "a Log Analytics workspace", subscription);
      for (const list of ["logs", "metrics"])
        if (objectsAt(body, `properties.${list}`).length === 0) put(body, `properties.${list}`, []);
    },
  },
});
