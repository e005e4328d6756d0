import * as network from "@pulumi/azure-native/network";
import * as privatedns from "@pulumi/azure-native/privatedns";
import type * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../settings/settings";
import { archiveNames, endpointAddress, zoneName } from "./plan";

export interface PrivateWayArgs {
  readonly structure: Settings;
  readonly settings: pulumi.Output<Settings>;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly accountId: pulumi.Output<string>;
  readonly subnetId: pulumi.Output<string>;
  readonly virtualNetworkId?: pulumi.Output<string>;
  readonly untouched: boolean;
  readonly standsUnderActive: boolean;
}

/**
 * The account's address in the servers' network, and the zone that gives it its name. With the servers, in their resource
 * group and not retained: a subnet with an endpoint in it could not be deleted. Its address is fixed, so that it never takes
 * one that a generation is to have.
 */
export function privateWay(base: string, args: PrivateWayArgs, parent: pulumi.Resource): readonly pulumi.Resource[] {
  const { structure, settings, resourceGroupName, virtualNetworkId } = args;
  const names = archiveNames(structure);
  const tags = settings.apply((known) => ({ ...known.tags }));
  const child: pulumi.CustomResourceOptions = {
    parent,
    ignoreChanges: args.untouched ? ["*"] : [],
    protect: args.standsUnderActive,
  };
  const endpoint = new network.PrivateEndpoint(
    `${base}-endpoint`,
    {
      resourceGroupName,
      privateEndpointName: names.privateEndpoint,
      location: structure.location,
      tags,
      subnet: { id: args.subnetId },
      customNetworkInterfaceName: `${names.privateEndpoint}-nic`,
      ipConfigurations: settings.apply((known) => [
        { name: "blob", groupId: "blob", memberName: "blob", privateIPAddress: endpointAddress(known) },
      ]),
      privateLinkServiceConnections: [{ name: "archive", privateLinkServiceId: args.accountId, groupIds: ["blob"] }],
    },
    child,
  );
  const zone = ownZone();
  const zones = new network.PrivateDnsZoneGroup(
    `${base}-zone-group`,
    {
      resourceGroupName,
      privateEndpointName: endpoint.name,
      privateDnsZoneGroupName: names.zoneGroup,
      privateDnsZoneConfigs: [
        {
          name: "blob",
          privateDnsZoneId: zone.own?.id ?? settings.apply((known) => known.archive.privateEndpoint.dnsZoneId ?? ""),
        },
      ],
    },
    child,
  );
  return [endpoint, ...zone.resources, zones];

  function ownZone(): { readonly own?: privatedns.PrivateZone; readonly resources: readonly pulumi.Resource[] } {
    if (structure.archive.privateEndpoint.dnsZoneId !== undefined || virtualNetworkId === undefined)
      return { resources: [] };
    const own = new privatedns.PrivateZone(
      `${base}-zone`,
      { resourceGroupName, privateZoneName: zoneName, location: "global", tags },
      child,
    );
    const link = new privatedns.VirtualNetworkLink(
      `${base}-zone-link`,
      {
        resourceGroupName,
        privateZoneName: own.name,
        virtualNetworkLinkName: names.zoneLink,
        location: "global",
        registrationEnabled: false,
        virtualNetwork: { id: virtualNetworkId },
        tags,
      },
      child,
    );
    return { own, resources: [own, link] };
  }
}
