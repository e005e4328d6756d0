import { BastionHost } from "@pulumi/azure-native/network/bastionHost";
import { PublicIPAddress } from "@pulumi/azure-native/network/publicIPAddress";
import { Subnet } from "@pulumi/azure-native/network/subnet";
import type * as pulumi from "@pulumi/pulumi";
import type { BastionSettings } from "../settings/settings";
import type { Shared } from "./shared";

export interface Bastion {
  /** What the virtual network's next change has to wait for. */
  readonly subnet: pulumi.Resource;
  readonly id: pulumi.Output<string>;
}

/** Fixed by Azure (SubnetNameMustBeAzureBastionSubnet). */
export const bastionSubnetName = "AzureBastionSubnet";

/**
 * A Bastion of our own in the network of our own. The SKU Standard, since the native client needs it; not one of the
 * members that carry a server's traffic, so a guard does not wait for it and a way in is there to the last.
 */
export function bastion(
  name: string,
  { structure, resourceGroupName, base, child }: Shared,
  { subnetPrefix, scaleUnits }: BastionSettings,
  network: { readonly name: pulumi.Output<string>; readonly after: readonly pulumi.Resource[] },
): Bastion {
  const subnet = new Subnet(
    `${name}-bastion-subnet`,
    {
      resourceGroupName,
      virtualNetworkName: network.name,
      subnetName: bastionSubnetName,
      addressPrefix: subnetPrefix,
      // Neither the NAT gateway nor the route table of the servers: Bastion talks through its own public address, and
      // Azure refuses a route table here (RouteTableCannotBeAttachedForAzureBastionSubnet).
    },
    { ...child, dependsOn: [...network.after] },
  );
  const address = new PublicIPAddress(
    `${name}-bastion-address`,
    {
      ...base,
      publicIpAddressName: `${structure.name}-bastion-ip`,
      sku: { name: "Standard" },
      publicIPAllocationMethod: "Static",
      publicIPAddressVersion: "IPv4",
    },
    child,
  );
  const host = new BastionHost(
    `${name}-bastion`,
    {
      ...base,
      bastionHostName: `${structure.name}-bastion`,
      sku: { name: "Standard" },
      enableTunneling: true,
      // Nothing that is not used: links that need no sign-in to Azure, other targets by address, files by the client.
      enableFileCopy: false,
      enableShareableLink: false,
      enableIpConnect: false,
      scaleUnits,
      ipConfigurations: [{ name: "bastion", subnet: { id: subnet.id }, publicIPAddress: { id: address.id } }],
    },
    child,
  );
  return { subnet, id: host.id };
}
