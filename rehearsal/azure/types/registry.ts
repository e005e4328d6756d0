import { resourceGroupType } from "../arm/ids";
import { same } from "../properties/json";
import { actionGroup, activityLogAlert, metricAlert, scheduledQueryRule } from "./alerts";
import { roleAssignment, roleDefinition } from "./authorization";
import { bastionHost } from "./bastion";
import { flattened, pathParameters } from "./define";
import { diagnosticSetting } from "./diagnosticSetting";
import { diskEncryptionSet } from "./diskEncryptionSet";
import { disk } from "./disks";
import { extension } from "./extension";
import { genericType } from "./generic";
import { dataCollectionRule, dataCollectionRuleAssociation, workbook, workspace } from "./logs";
import { configurationAssignment, maintenanceConfiguration } from "./maintenance";
import { natGateway, publicAddress } from "./networkEgress";
import { networkInterface } from "./networkInterface";
import { peering } from "./peering";
import { privateZone, virtualNetworkLink } from "./privateDns";
import { privateDnsZoneGroup, privateEndpoint } from "./privateLink";
import { protectedItem } from "./protectedItem";
import { lockAtResource, lockAtResourceGroup, lockAtSubscription, lockByScope, resourceGroup } from "./resources";
import type { ResourceType } from "./resourceType";
import { routeTable } from "./routeTable";
import { runCommand } from "./runCommand";
import { securityGroup, securityRule } from "./securityGroup";
import { storageAccount } from "./storageAccount";
import { blobService, container, managementPolicy } from "./storageContainers";
import { policy, vault } from "./vault";
import { virtualMachine } from "./virtualMachine";
import { subnet, virtualNetwork } from "./virtualNetwork";

/** By `module:Resource` of the token. */
const known: Readonly<Record<string, ResourceType>> = {
  "applicationinsights:Workbook": workbook,
  "authorization:ManagementLockAtResourceGroupLevel": lockAtResourceGroup,
  "authorization:ManagementLockAtResourceLevel": lockAtResource,
  "authorization:ManagementLockAtSubscriptionLevel": lockAtSubscription,
  "authorization:ManagementLockByScope": lockByScope,
  "authorization:RoleAssignment": roleAssignment,
  "authorization:RoleDefinition": roleDefinition,
  "compute:Disk": disk,
  "compute:DiskEncryptionSet": diskEncryptionSet,
  "compute:VirtualMachine": virtualMachine,
  "compute:VirtualMachineExtension": extension,
  "compute:VirtualMachineRunCommandByVirtualMachine": runCommand,
  "insights:DiagnosticSetting": diagnosticSetting,
  "maintenance:ConfigurationAssignment": configurationAssignment,
  "maintenance:MaintenanceConfiguration": maintenanceConfiguration,
  "monitor:ActionGroup": actionGroup,
  "monitor:ActivityLogAlert": activityLogAlert,
  "monitor:DataCollectionRule": dataCollectionRule,
  "monitor:DataCollectionRuleAssociation": dataCollectionRuleAssociation,
  "monitor:DiagnosticSetting": diagnosticSetting,
  "monitor:MetricAlert": metricAlert,
  "monitor:ScheduledQueryRule": scheduledQueryRule,
  "network:BastionHost": bastionHost,
  "network:NatGateway": natGateway,
  "network:NetworkInterface": networkInterface,
  "network:NetworkSecurityGroup": securityGroup,
  "network:PrivateDnsZoneGroup": privateDnsZoneGroup,
  "network:PrivateEndpoint": privateEndpoint,
  "network:PublicIPAddress": publicAddress,
  "network:RouteTable": routeTable,
  "network:SecurityRule": securityRule,
  "network:Subnet": subnet,
  "network:VirtualNetwork": virtualNetwork,
  "network:VirtualNetworkPeering": peering,
  "privatedns:PrivateZone": privateZone,
  "privatedns:VirtualNetworkLink": virtualNetworkLink,
  "operationalinsights:Workspace": workspace,
  "recoveryservices:ProtectedItem": protectedItem,
  "recoveryservices:ProtectionPolicy": policy,
  "recoveryservices:Vault": vault,
  "resources:ResourceGroup": resourceGroup,
  "storage:BlobContainer": container,
  "storage:BlobServiceProperties": blobService,
  "storage:ManagementPolicy": managementPolicy,
  "storage:StorageAccount": storageAccount,
};

const made = new Map<string, ResourceType>();

/** The type a Pulumi token speaks of; undefined if the SDK has no such resource. */
export function typeOfToken(token: string): ResourceType | undefined {
  const match = /^azure-native(?:_\w+)?:(\w+)(?:\/v\w+)?:(\w+)$/.exec(token);
  const [, module = "", resource = ""] = match ?? [];
  const key = `${module}:${resource}`;
  const found = known[key] ?? made.get(key);
  if (found || !match) return found;
  const generic = genericType(module, resource);
  if (generic) made.set(key, generic);
  return generic;
}

/** ARM types that have rules here; all others are kept without rules of their own. */
export const typesWithRules: readonly string[] = [
  ...new Set(
    Object.values(known)
      .filter((type) => !type.generic)
      .map((type) => type.type),
  ),
].sort();

/** The type of a stored resource, for rules that meet it through its id. */
export function typeOfArm(armType: string): ResourceType {
  const found = Object.values(known).find((type) => same(type.type, armType));
  if (found) return found;
  const generic = [...made.values()].find((type) => same(type.type, armType));
  return generic ?? { ...unknown, type: armType };
}

const unknown: ResourceType = {
  type: resourceGroupType,
  apiVersion: "",
  path: "",
  shape: flattened,
  located: true,
  required: [],
  inputs: [],
  outputs: [],
  parent: () => undefined,
  seconds: { create: 4, update: 3, delete: 4 },
  rules: {},
  generic: true,
};

/** The id that these inputs describe; undefined while a part of it is missing. */
export function idOf(
  type: ResourceType,
  inputs: Readonly<Record<string, unknown>>,
  subscriptionId: string,
): string | undefined {
  let missing = false;
  const path = type.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = name === "subscriptionId" ? subscriptionId : inputs[name];
    if (typeof value !== "string") {
      missing = true;
      return "";
    }
    return value.replace(/^\/+|\/+$/g, "");
  });
  return missing ? undefined : path.replace(/\/{2,}/g, "/");
}

/** The path's parameters as an id has them, for a resource that is imported. */
export function parametersOf(type: ResourceType, id: string): Record<string, string> {
  const names: string[] = [];
  const pattern = type.path.replace(/[.]/g, "\\.").replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    names.push(name);
    return /^(scope|resourceUri|resourceId|parentResourcePath)$/.test(name) ? "(.+)" : "([^/]+)";
  });
  const match = new RegExp(`^${pattern}$`, "i").exec(id);
  const wanted = new Set(pathParameters(type.path));
  return Object.fromEntries(
    names.flatMap((name, index) => {
      const value = match?.[index + 1];
      return wanted.has(name) && value !== undefined ? [[name, value]] : [];
    }),
  );
}
