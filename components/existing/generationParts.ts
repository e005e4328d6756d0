import * as authorization from "@pulumi/azure-native/authorization";
import * as compute from "@pulumi/azure-native/compute";
import * as maintenance from "@pulumi/azure-native/maintenance";
import * as monitor from "@pulumi/azure-native/monitor";
import * as network from "@pulumi/azure-native/network";
import { agentName, associationName, collectionName } from "../monitoring/plan";
import { generationNames, serverResourceGroup } from "../server/names";
import type { GenerationSettings, Settings } from "../settings/settings";
import { ownGroup, type Part, type PartsQuestion } from "./part";

const partName = (generation: number, name: string): string => `g${generation}-${name}`;

/** The machine alone: looked for also where nothing else of its generation is made. */
export function machinePart(settings: Settings, generation: number): Part {
  const resourceGroupName = serverResourceGroup(settings);
  const vmName = generationNames(settings.name, generation).machine;
  return {
    part: partName(generation, "vm"),
    what: `machine ${vmName}`,
    ...ownGroup(settings),
    look: (asked) => compute.getVirtualMachine({ resourceGroupName, vmName }, asked),
  };
}

const machineIdOf = (settings: Settings, subscriptionId: string, generation: number): string =>
  `/subscriptions/${subscriptionId}/resourceGroups/${serverResourceGroup(settings)}/providers/Microsoft.Compute/virtualMachines/${generationNames(settings.name, generation).machine}`;

/** Its name is the last part of the logical name too. */
function runCommandPart(settings: Settings, generation: number, runCommandName: string): Part {
  const resourceGroupName = serverResourceGroup(settings);
  const vmName = generationNames(settings.name, generation).machine;
  return {
    part: partName(generation, runCommandName),
    what: `run command ${runCommandName} of ${vmName}`,
    below: partName(generation, "vm"),
    look: (asked) =>
      compute.getVirtualMachineRunCommandByVirtualMachine({ resourceGroupName, vmName, runCommandName }, asked),
  };
}

/** What is made around a generation though nothing else of it is acted on: where its settings ask for it. */
export function askedParts(
  { settings, subscriptionId, treatment }: PartsQuestion,
  block: GenerationSettings,
): readonly Part[] {
  const { generation, role, diagnoseAccess } = block;
  const treated = treatment(block);
  const scope = machineIdOf(settings, subscriptionId, generation);
  const all: readonly (Part | false)[] = [
    diagnoseAccess !== undefined &&
      treated !== "active" &&
      treated !== "lost" &&
      runCommandPart(settings, generation, "diagnose-access"),
    treated === "retiring" && runCommandPart(settings, generation, "retire-by-run-command"),
    role === "active" &&
      settings.locks.activeServer && {
        part: partName(generation, "lock"),
        what: `lock of ${generationNames(settings.name, generation).machine}`,
        below: partName(generation, "vm"),
        untagged: true,
        look: (asked) =>
          authorization.getManagementLockByScope({ scope, lockName: "entra-connect-active-server" }, asked),
      },
  ];
  return all.filter((each): each is Part => each !== false);
}

export function generationParts(
  { settings, subscriptionId }: PartsQuestion,
  { generation }: GenerationSettings,
): readonly Part[] {
  const resourceGroupName = serverResourceGroup(settings);
  const names = generationNames(settings.name, generation);
  const inGroup = ownGroup(settings);
  const part = (name: string): string => partName(generation, name);
  const vmName = names.machine;
  const machineId = machineIdOf(settings, subscriptionId, generation);
  const all: readonly (Part | false)[] = [
    {
      part: part("nsg"),
      what: `security group ${names.securityGroup}`,
      ...inGroup,
      look: (asked) =>
        network.getNetworkSecurityGroup({ resourceGroupName, networkSecurityGroupName: names.securityGroup }, asked),
    },
    {
      part: part("nic"),
      what: `network interface ${names.networkInterface}`,
      ...inGroup,
      look: (asked) =>
        network.getNetworkInterface({ resourceGroupName, networkInterfaceName: names.networkInterface }, asked),
    },
    machinePart(settings, generation),
    runCommandPart(settings, generation, "enable-remote-access"),
    settings.maintenance.window !== undefined && {
      part: part("maintenance"),
      what: `maintenance configuration ${names.maintenance}`,
      ...inGroup,
      look: (asked) =>
        maintenance.getMaintenanceConfiguration({ resourceGroupName, resourceName: names.maintenance }, asked),
    },
    settings.maintenance.window !== undefined && {
      part: part("maintenance-assignment"),
      what: `assignment of ${names.maintenance}`,
      below: part("vm"),
      untagged: true,
      look: (asked) =>
        maintenance.getConfigurationAssignment(
          {
            resourceGroupName,
            providerName: "Microsoft.Compute",
            resourceType: "virtualMachines",
            resourceName: vmName,
            configurationAssignmentName: names.maintenance,
          },
          asked,
        ),
    },
    settings.logAnalyticsWorkspaceId !== undefined && {
      part: part("nsg-diagnostics"),
      what: `diagnostic setting of ${names.securityGroup}`,
      below: part("nsg"),
      untagged: true,
      look: (asked) =>
        monitor.getDiagnosticSetting(
          {
            resourceUri: `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroupName}/providers/Microsoft.Network/networkSecurityGroups/${names.securityGroup}`,
            name: "entra-connect",
          },
          asked,
        ),
    },
    settings.monitoring?.agent === true && {
      part: part("logs"),
      what: `collection rule ${collectionName(settings, generation)}`,
      ...inGroup,
      look: (asked) =>
        monitor.getDataCollectionRule(
          { resourceGroupName, dataCollectionRuleName: collectionName(settings, generation) },
          asked,
        ),
    },
    settings.monitoring?.agent === true && {
      part: part("agent"),
      what: `extension ${agentName} of ${vmName}`,
      below: part("vm"),
      judgedElsewhere: true,
      look: (asked) =>
        compute.getVirtualMachineExtension({ resourceGroupName, vmName, vmExtensionName: agentName }, asked),
    },
    settings.monitoring?.agent === true && {
      part: part("logs-association"),
      what: `association of ${vmName} with its collection rule`,
      below: part("agent"),
      untagged: true,
      look: (asked) => monitor.getDataCollectionRuleAssociation({ resourceUri: machineId, associationName }, asked),
    },
  ];
  return all.filter((each): each is Part => each !== false);
}
