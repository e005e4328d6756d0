import * as applicationinsights from "@pulumi/azure-native/applicationinsights";
import * as monitor from "@pulumi/azure-native/monitor";
import * as network from "@pulumi/azure-native/network";
import * as operationalinsights from "@pulumi/azure-native/operationalinsights";
import * as privatedns from "@pulumi/azure-native/privatedns";
import * as resources from "@pulumi/azure-native/resources";
import type * as pulumi from "@pulumi/pulumi";
import { archiveNames, hasPrivateEndpoint, zoneName } from "../archive/plan";
import { collectedByHand, collectionByHand, monitoringNames, ruleName } from "../monitoring/plan";
import { stackPlan, watchPlan } from "../monitoring/servers";
import { workbookName } from "../monitoring/workbook";
import { bastionSubnetName } from "../network/bastion";
import { resourceGroupNames, serverResourceGroup } from "../server/names";
import type { Settings } from "../settings/settings";
import { askedParts, generationParts } from "./generationParts";
import { ownGroup, type Part, type PartsQuestion } from "./part";
import { peeringParts } from "./peeringParts";

/**
 * Everything that a run may make in Azure, beside backup and archive, which have their own look. A get function is loaded
 * only where it is asked: in most runs none is.
 */
export function partsOf(question: PartsQuestion): readonly Part[] {
  const { settings } = question;
  return [
    ...groupParts(settings),
    ...networkParts(settings),
    ...peeringParts(question),
    ...endpointParts(settings),
    ...monitoringParts(question),
    ...settings.generations.flatMap((block) => [
      ...(question.treatment(block) === "acting" ? generationParts(question, block) : []),
      ...askedParts(question, block),
    ]),
  ];
}

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
