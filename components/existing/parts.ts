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
  /** Of these generations members are made in this run. */
  readonly acting: readonly GenerationSettings[];
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
  const { settings, acting } = question;
  return [
    ...groupParts(settings),
    ...networkParts(settings),
    ...endpointParts(settings),
    ...monitoringParts(question),
    ...acting.flatMap((block) => generationParts(question, block)),
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

/** Names by which `enable-remote-access`, `diagnose-access` and a retirement are run: the last part of the logical name too. */
const runCommands = ["enable-remote-access", "diagnose-access", "retire-by-run-command"] as const;

function generationParts(
  { settings, subscriptionId }: PartsQuestion,
  { generation, role }: GenerationSettings,
): readonly Part[] {
  const resourceGroupName = serverResourceGroup(settings);
  const names = generationNames(settings.name, generation);
  const inGroup = ownGroup(settings);
  const part = (name: string): string => `g${generation}-${name}`;
  const vmName = names.machine;
  const idOf = (type: string, name: string): string =>
    `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroupName}/providers/${type}/${name}`;
  const machineId = idOf("Microsoft.Compute/virtualMachines", vmName);
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
    ...runCommands.map(
      (runCommandName): Part => ({
        part: part(runCommandName),
        what: `run command ${runCommandName} of ${vmName}`,
        below: part("vm"),
        look: (asked) =>
          compute.getVirtualMachineRunCommandByVirtualMachine({ resourceGroupName, vmName, runCommandName }, asked),
      }),
    ),
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
            resourceUri: idOf("Microsoft.Network/networkSecurityGroups", names.securityGroup),
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
    role === "active" &&
      settings.locks.activeServer && {
        part: part("lock"),
        what: `lock of ${vmName}`,
        below: part("vm"),
        untagged: true,
        look: (asked) =>
          authorization.getManagementLockByScope({ scope: machineId, lockName: "entra-connect-active-server" }, asked),
      },
  ];
  return all.filter((each): each is Part => each !== false);
}
