import { same } from "../properties/json";
import { asInArm, autonamingOf, flattened } from "./define";
import type { ResourceType } from "./resourceType";
import { type SdkResource, sdkResource } from "./sdkResource";

/**
 * Every other azure-native type: kept under a plausible id made of its parents' names and its own, without rules of
 * its own. The exact ARM path is not in the SDK, so namespace and type are derived from the token.
 */
const namespaces: Readonly<Record<string, string>> = {
  aad: "Microsoft.AAD",
  alertsmanagement: "Microsoft.AlertsManagement",
  applicationinsights: "Microsoft.Insights",
  automation: "Microsoft.Automation",
  guestconfiguration: "Microsoft.GuestConfiguration",
  keyvault: "Microsoft.KeyVault",
  maintenance: "Microsoft.Maintenance",
  managedidentity: "Microsoft.ManagedIdentity",
  monitor: "Microsoft.Insights",
  operationalinsights: "Microsoft.OperationalInsights",
  operationsmanagement: "Microsoft.OperationsManagement",
  policyinsights: "Microsoft.PolicyInsights",
  privatedns: "Microsoft.Network",
  dns: "Microsoft.Network",
  recoveryservices: "Microsoft.RecoveryServices",
  securityinsights: "Microsoft.SecurityInsights",
};

const typeNames: Readonly<Record<string, string>> = {
  "applicationinsights:Component": "components",
  "compute:DiskAccess": "diskAccesses",
  "managedidentity:UserAssignedIdentity": "userAssignedIdentities",
  "network:PublicIPPrefix": "publicIPPrefixes",
};

export function genericType(module: string, resource: string): ResourceType | undefined {
  const sdk = sdkResource(module, resource);
  if (!sdk) return undefined;
  const namespace = namespaces[module] ?? `Microsoft.${module.charAt(0).toUpperCase()}${module.slice(1)}`;
  const own = typeNames[`${module}:${resource}`] ?? plural(resource.charAt(0).toLowerCase() + resource.slice(1));
  const { path, name } = pathOf(resource, sdk, namespace, own);
  const type =
    path
      .split("/providers/")
      .at(-1)
      ?.replace(/\/\{\w+\}/g, "") ?? "";
  return {
    type,
    apiVersion: sdk.apiVersion,
    path,
    autonaming: name === undefined ? undefined : autonamingOf(path, sdk.required),
    shape: sdk.inputs.includes("properties") ? asInArm : flattened,
    located: sdk.inputs.includes("location"),
    required: sdk.required,
    inputs: sdk.inputs,
    outputs: sdk.outputs,
    secrets: ["properties.protectedSettings", "properties.password", "properties.adminPassword", "properties.value"],
    parent: () => undefined,
    seconds: { create: 4, update: 3, delete: 4 },
    rules: {},
    generic: true,
  };
}

function pathOf(resource: string, sdk: SdkResource, namespace: string, own: string): { path: string; name?: string } {
  const name = nameInput(resource, sdk);
  const scope = sdk.inputs.find((input) => input === "scope" || input === "resourceUri" || input === "resourceId");
  const group = sdk.inputs.includes("resourceGroupName") ? "/resourceGroups/{resourceGroupName}" : "";
  const start = scope === undefined ? `/subscriptions/{subscriptionId}${group}` : `/{${scope}}`;
  const parents = sdk.required
    .filter((input) => /Name$/.test(input) && input !== "resourceGroupName" && input !== name && input !== scope)
    .map((input) => `/${plural(input.replace(/Name$/, ""))}/{${input}}`);
  return { path: `${start}/providers/${namespace}${parents.join("")}/${own}/${name ? `{${name}}` : "default"}`, name };
}

/** The input that names the resource itself: called after it, or the one name that may be left out. */
function nameInput(resource: string, sdk: SdkResource): string | undefined {
  const names = sdk.inputs.filter((input) => /Name$/.test(input) && input !== "resourceGroupName");
  const words = resource.toLowerCase();
  const optional = names.filter((input) => !sdk.required.includes(input));
  return (
    names.find((input) => same(input, `${resource}Name`)) ??
    optional.find((input) => words.endsWith(input.slice(0, -4).toLowerCase())) ??
    (sdk.inputs.includes("resourceName") ? "resourceName" : undefined) ??
    (sdk.inputs.includes("name") ? "name" : undefined) ??
    names.find((input) => words.endsWith(input.slice(0, -4).toLowerCase())) ??
    optional[0]
  );
}

function plural(word: string): string {
  if (/(s|x|ch|sh)$/.test(word)) return `${word}es`;
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`;
  return `${word}s`;
}
