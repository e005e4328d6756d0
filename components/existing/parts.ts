import * as applicationinsights from "@pulumi/azure-native/applicationinsights";
import * as authorization from "@pulumi/azure-native/authorization";
import * as compute from "@pulumi/azure-native/compute";
import * as maintenance from "@pulumi/azure-native/maintenance";
import * as monitor from "@pulumi/azure-native/monitor";
import * as network from "@pulumi/azure-native/network";
import * as operationalinsights from "@pulumi/azure-native/operationalinsights";
import * as privatedns from "@pulumi/azure-native/privatedns";
import * as resources from "@pulumi/azure-native/resources";
import type * as pulumi from "@pulumi/pulumi";
import { archiveNames, hasPrivateEndpoint, zoneName } from "../archive/plan";
import {
  agentName,
  associationName,
  collectedByHand,
  collectionByHand,
  collectionName,
  monitoringNames,
  ruleName,
} from "../monitoring/plan";
import { stackPlan, watchPlan } from "../monitoring/servers";
import { workbookName } from "../monitoring/workbook";
import { bastionSubnetName } from "../network/bastion";
import type { Treatment } from "../server/members";
import { generationNames, resourceGroupNames, serverResourceGroup } from "../server/names";
import type { GenerationSettings, Settings } from "../settings/settings";

/** One resource that a run makes, and how Azure is asked for it. */
export interface Part {
  /** Logical name without the component's own in front. */
  readonly part: string;
  /** Type and name, for people: `network interface aadc-stg-g1-nic`. */
  readonly what: string;
  /** The part without which it cannot be there; undefined where that is not this component's. */
  readonly below?: string;
  /** It has no tags: it is of whoever has what it is below. */
  readonly untagged?: true;
  /** What somebody else makes under the same name is judged where it is made. */
  readonly judgedElsewhere?: true;
  look(asked: pulumi.InvokeOptions): Promise<unknown>;
}

export interface PartsQuestion {
  readonly settings: Settings;
  /** Name of the component in the program. */
  readonly component: string;
  readonly subscriptionId: string;
  /** How each generation is treated in this run: what decides which of its members may be made. */
  treatment(block: GenerationSettings): Treatment;
}

/** The machine alone, of generations of which nothing else is made. */
export function machinePartsOf(question: PartsQuestion, blocks: readonly GenerationSettings[]): readonly Part[] {
  return blocks.flatMap((block) =>
    generationParts(question, block).filter(({ part }) => part === `g${block.generation}-vm`),
  );
}

/**
 * Everything that a run may make in Azure, beside backup and archive, which have their own look. A get function is loaded
 * only where it is asked: in most runs none is.
 */
export function partsOf(question: PartsQuestion): readonly Part[] {
  const { settings } = question;
  return [
    ...groupParts(settings),
    ...networkParts(settings),
    ...endpointParts(settings),
    ...monitoringParts(question),
    ...settings.generations.flatMap((block) => [
      ...(question.treatment(block) === "acting" ? generationParts(question, block) : []),
      ...askedParts(question, block),
    ]),
  ];
}

const ownGroup = ({ resourceGroupName }: Settings): { readonly below?: string } =>
  resourceGroupName === undefined ? { below: "group" } : {};

function groupParts(settings: Settings): readonly Part[] {
  const resourceGroupName = resourceGroupNames(settings.name).server;
  if (settings.resourceGroupName !== undefined) return [];
  return [
    {
      part: "group",
      what: `resource group ${resourceGroupName}`,
      look: (asked) => resources.getResourceGroup({ resourceGroupName }, asked),
    },
  ];
}

function networkParts(settings: Settings): readonly Part[] {
  const { network: wanted, bastion, name } = settings;
  if (wanted.kind !== "new") return [];
  const resourceGroupName = serverResourceGroup(settings);
  const inGroup = ownGroup(settings);
  const virtualNetworkName = `${name}-vnet`;
  const subnet = (part: string, subnetName: string): Part => ({
    part,
    what: `subnet ${subnetName} of ${virtualNetworkName}`,
    below: "network-vnet",
    untagged: true,
    look: (asked) => network.getSubnet({ resourceGroupName, virtualNetworkName, subnetName }, asked),
  });
  const address = (part: string, publicIpAddressName: string): Part => ({
    part,
    what: `public address ${publicIpAddressName}`,
    ...inGroup,
    look: (asked) => network.getPublicIPAddress({ resourceGroupName, publicIpAddressName }, asked),
  });
  return [
    {
      part: "network-vnet",
      what: `virtual network ${virtualNetworkName}`,
      ...inGroup,
      look: (asked) => network.getVirtualNetwork({ resourceGroupName, virtualNetworkName }, asked),
    },
    subnet("network-subnet", "entra-connect"),
    ...(wanted.natGateway
      ? [
          address("network-egress-address", `${name}-egress-ip`),
          {
            part: "network-egress",
            what: `NAT gateway ${name}-nat`,
            ...inGroup,
            look: (asked: pulumi.InvokeOptions) =>
              network.getNatGateway({ resourceGroupName, natGatewayName: `${name}-nat` }, asked),
          },
        ]
      : []),
    ...(wanted.firewallAddress !== undefined
      ? [
          {
            part: "network-routes",
            what: `route table ${name}-routes`,
            ...inGroup,
            look: (asked: pulumi.InvokeOptions) =>
              network.getRouteTable({ resourceGroupName, routeTableName: `${name}-routes` }, asked),
          },
        ]
      : []),
    ...(wanted.peerVirtualNetworkId !== undefined
      ? [
          {
            part: "network-peering",
            what: `peering hub of ${virtualNetworkName}`,
            below: "network-vnet",
            untagged: true as const,
            look: (asked: pulumi.InvokeOptions) =>
              network.getVirtualNetworkPeering(
                { resourceGroupName, virtualNetworkName, virtualNetworkPeeringName: "hub" },
                asked,
              ),
          },
        ]
      : []),
    ...(bastion !== undefined && bastion.existingId === undefined
      ? [
          subnet("network-bastion-subnet", bastionSubnetName),
          address("network-bastion-address", `${name}-bastion-ip`),
          {
            part: "network-bastion",
            what: `Bastion ${name}-bastion`,
            ...inGroup,
            look: (asked: pulumi.InvokeOptions) =>
              network.getBastionHost({ resourceGroupName, bastionHostName: `${name}-bastion` }, asked),
          },
        ]
      : []),
  ];
}

/** The archive's way through the servers' own network; the rest of the archive looks for itself. */
function endpointParts(settings: Settings): readonly Part[] {
  if (!hasPrivateEndpoint(settings)) return [];
  const resourceGroupName = serverResourceGroup(settings);
  const names = archiveNames(settings);
  const inGroup = ownGroup(settings);
  const own = settings.network.kind === "new" && settings.archive.privateEndpoint.dnsZoneId === undefined;
  return [
    {
      part: "archive-endpoint",
      what: `private endpoint ${names.privateEndpoint}`,
      ...inGroup,
      look: (asked) =>
        network.getPrivateEndpoint({ resourceGroupName, privateEndpointName: names.privateEndpoint }, asked),
    },
    {
      part: "archive-zone-group",
      what: `zone group of ${names.privateEndpoint}`,
      below: "archive-endpoint",
      untagged: true,
      look: (asked) =>
        network.getPrivateDnsZoneGroup(
          {
            resourceGroupName,
            privateEndpointName: names.privateEndpoint,
            privateDnsZoneGroupName: names.zoneGroup,
          },
          asked,
        ),
    },
    ...(own
      ? [
          {
            part: "archive-zone",
            what: `private zone ${zoneName}`,
            ...inGroup,
            look: (asked: pulumi.InvokeOptions) =>
              privatedns.getPrivateZone({ resourceGroupName, privateZoneName: zoneName }, asked),
          },
          {
            part: "archive-zone-link",
            what: `link ${names.zoneLink} of the private zone`,
            below: "archive-zone",
            look: (asked: pulumi.InvokeOptions) =>
              privatedns.getVirtualNetworkLink(
                { resourceGroupName, privateZoneName: zoneName, virtualNetworkLinkName: names.zoneLink },
                asked,
              ),
          },
        ]
      : []),
  ];
}

function monitoringParts({ settings, component, subscriptionId }: PartsQuestion): readonly Part[] {
  const { monitoring, name } = settings;
  if (monitoring === undefined) return [];
  const names = monitoringNames(settings);
  const resourceGroupName = names.resourceGroup;
  const below = "monitoring-group";
  const local = (logical: string): string => logical.slice(component.length + 1);
  const rules = watchPlan(settings, subscriptionId).flatMap(({ server, made }) =>
    made.map((chosen): Part => {
      const { logical, rule } = ruleName(`${component}-monitoring`, server, chosen);
      const { kind } = chosen.alert.signal;
      return {
        part: local(logical),
        what: `alert ${rule}`,
        below,
        look: (asked) =>
          kind === "activity"
            ? monitor.getActivityLogAlert({ resourceGroupName, activityLogAlertName: rule }, asked)
            : monitor.getScheduledQueryRule({ resourceGroupName, ruleName: rule }, asked),
      };
    }),
  );
  const metrics = stackPlan(settings).map(
    ({ alert }): Part => ({
      part: `monitoring-${alert.name}`,
      what: `alert ${name}-${alert.name}`,
      below,
      look: (asked) => monitor.getMetricAlert({ resourceGroupName, ruleName: `${name}-${alert.name}` }, asked),
    }),
  );
  const all: readonly (Part | false)[] = [
    {
      part: below,
      what: `resource group ${resourceGroupName}`,
      look: (asked) => resources.getResourceGroup({ resourceGroupName }, asked),
    },
    monitoring.workspaceId === undefined && {
      part: "monitoring-workspace",
      what: `Log Analytics workspace ${names.workspace}`,
      below,
      look: (asked) => operationalinsights.getWorkspace({ resourceGroupName, workspaceName: names.workspace }, asked),
    },
    monitoring.notify.emails.length > 0 && {
      part: "monitoring-receivers",
      what: `action group ${names.actionGroup}`,
      below,
      look: (asked) => monitor.getActionGroup({ resourceGroupName, actionGroupName: names.actionGroup }, asked),
    },
    collectedByHand(settings) && {
      part: "monitoring-logs-by-hand",
      what: `collection rule ${collectionByHand(settings)}`,
      below,
      look: (asked) =>
        monitor.getDataCollectionRule({ resourceGroupName, dataCollectionRuleName: collectionByHand(settings) }, asked),
    },
    monitoring.workbook && {
      part: "monitoring-workbook",
      what: `workbook of ${name}`,
      below,
      look: (asked) => applicationinsights.getWorkbook({ resourceGroupName, resourceName: workbookName(name) }, asked),
    },
    ...metrics,
    ...rules,
  ];
  return all.filter((part): part is Part => part !== false);
}

const machinePart = (generation: number, name: string): string => `g${generation}-${name}`;

const machineIdOf = (settings: Settings, subscriptionId: string, generation: number): string =>
  `/subscriptions/${subscriptionId}/resourceGroups/${serverResourceGroup(settings)}/providers/Microsoft.Compute/virtualMachines/${generationNames(settings.name, generation).machine}`;

/** Its name is the last part of the logical name too. */
function runCommandPart(settings: Settings, generation: number, runCommandName: string): Part {
  const resourceGroupName = serverResourceGroup(settings);
  const vmName = generationNames(settings.name, generation).machine;
  return {
    part: machinePart(generation, runCommandName),
    what: `run command ${runCommandName} of ${vmName}`,
    below: machinePart(generation, "vm"),
    look: (asked) =>
      compute.getVirtualMachineRunCommandByVirtualMachine({ resourceGroupName, vmName, runCommandName }, asked),
  };
}

/** What is made around a generation though nothing else of it is acted on: where its settings ask for it. */
function askedParts(
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
        part: machinePart(generation, "lock"),
        what: `lock of ${generationNames(settings.name, generation).machine}`,
        below: machinePart(generation, "vm"),
        untagged: true,
        look: (asked) =>
          authorization.getManagementLockByScope({ scope, lockName: "entra-connect-active-server" }, asked),
      },
  ];
  return all.filter((each): each is Part => each !== false);
}

function generationParts(
  { settings, subscriptionId }: PartsQuestion,
  { generation }: GenerationSettings,
): readonly Part[] {
  const resourceGroupName = serverResourceGroup(settings);
  const names = generationNames(settings.name, generation);
  const inGroup = ownGroup(settings);
  const part = (name: string): string => machinePart(generation, name);
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
    {
      part: part("vm"),
      what: `machine ${vmName}`,
      ...inGroup,
      look: (asked) => compute.getVirtualMachine({ resourceGroupName, vmName }, asked),
    },
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
