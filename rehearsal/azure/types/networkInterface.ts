import { ArmError } from "../arm/errors";
import { type JsonObject, objectAt, objectsAt, put, putDefault, same, textAt, textsAt } from "../properties/json";
import { addressNumber, firstFree, isReserved, range } from "./addresses";
import { define } from "./define";
import { interfaceShape } from "./networkShapes";
import {
  configurationsIn,
  inUse,
  ipConfigurations,
  mustBeInRegion,
  mustExist,
  networkTypes,
  stamp,
  userOfPublicAddress,
} from "./networkUse";
import type { PutRequest, Subscription } from "./resourceType";
import { attachedMachine, refuseReserved } from "./virtualMachineRules";

export const networkInterface = define("network", "NetworkInterface", {
  type: networkTypes.interface,
  path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/networkInterfaces/{networkInterfaceName}",
  shape: interfaceShape,
  filledByAzure: [
    "ipConfigurations.id",
    "ipConfigurations.etag",
    "ipConfigurations.privateIPAddress",
    "ipConfigurations.provisioningState",
  ],
  needsSettled: (body) => [
    ...[textAt(body, "properties.networkSecurityGroup.id") ?? []].flat(),
    ...objectsAt(body, "properties.ipConfigurations").flatMap((each) => textAt(each, "properties.subnet.id") ?? []),
  ],
  rules: {
    put(request, subscription) {
      const { id, body, existing } = request;
      const configurations = objectsAt(body, "properties.ipConfigurations");
      if (configurations.length === 0)
        throw new ArmError(
          400,
          "NetworkInterfaceMustHaveAtLeastOneIpConfiguration",
          `Network interface ${id} must have one or more IP configurations.`,
        );
      mustExist(textAt(body, "properties.networkSecurityGroup.id"), networkTypes.securityGroup, id, subscription);
      const names = configurations.map((configuration) => textAt(configuration, "name")?.toLowerCase());
      if (new Set(names).size !== names.length)
        throw new ArmError(
          400,
          "InvalidRequestFormat",
          `Network interface ${id} has two IP configurations of the same name.`,
        );
      const server = textsAt(body, "properties.dnsSettings.dnsServers").find(
        (each) => addressNumber(each) === undefined && each !== "AzureProvidedDNS" && !each.includes(":"),
      );
      if (server !== undefined)
        throw new ArmError(
          400,
          "InvalidIPAddressFormat",
          `The DNS server '${server}' of network interface ${id} is not an IP address.`,
        );
      for (const [index, configuration] of configurations.entries()) place(request, configuration, index, subscription);
      stamp(body, existing, subscription);
      put(
        body,
        "properties.macAddress",
        textAt(existing?.body, "properties.macAddress") ?? macAddress(subscription.uuid()),
      );
      putDefault(body, "properties.enableAcceleratedNetworking", false);
      putDefault(body, "properties.enableIPForwarding", false);
      putDefault(body, "properties.dnsSettings.dnsServers", []);
      put(body, "properties.dnsSettings.appliedDnsServers", textsAt(body, "properties.dnsSettings.dnsServers"));
      putDefault(body, "properties.nicType", "Standard");
      put(body, "properties.vnetEncryptionSupported", false);
    },
    get(nic, body, subscription) {
      const machine = attachedMachine(nic.id, subscription);
      if (!machine) return;
      put(body, "properties.virtualMachine", { id: machine.id });
      const references = objectsAt(machine.body, "properties.networkProfile.networkInterfaces");
      const own = references.find((reference) => same(textAt(reference, "id"), nic.id));
      put(body, "properties.primary", references.length === 1 || objectAt(own, "properties")?.primary === true);
    },
    refuseDelete(nic, subscription) {
      const machine = attachedMachine(nic.id, subscription);
      if (machine)
        throw inUse(
          "NicInUse",
          `Network Interface ${nic.id} is used by existing resource ${machine.id}. In order to delete the network interface, it must be dissociated from the resource.`,
        );
      refuseReserved(nic, undefined, subscription);
    },
  },
});

function place(
  { id, body, existing }: PutRequest,
  configuration: JsonObject,
  index: number,
  subscription: Subscription,
): void {
  const name = textAt(configuration, "name") ?? "";
  const own = `${id}/ipConfigurations/${name}`;
  const subnetId = textAt(configuration, "properties.subnet.id");
  mustExist(subnetId ?? "(no subnet)", networkTypes.subnet, id, subscription);
  const subnet = subscription.get(subnetId ?? "");
  if (!subnet) return;
  mustBeInRegion(subnet.id.split("/").slice(0, -2).join("/"), textAt(body, "location"), id, subscription);
  const publicAddress = textAt(configuration, "properties.publicIPAddress.id");
  if (publicAddress !== undefined) {
    mustExist(publicAddress, networkTypes.publicAddress, id, subscription);
    const user = userOfPublicAddress(publicAddress, subscription);
    if (user !== undefined && !same(user, own))
      throw inUse(
        "PublicIPAddressInUse",
        `Resource ${own} is referencing public IP address ${publicAddress} that is already allocated to resource ${user}.`,
      );
  }
  configuration.id = own;
  configuration.type = "Microsoft.Network/networkInterfaces/ipConfigurations";
  configuration.etag = `W/"${subscription.uuid()}"`;
  put(configuration, "properties.provisioningState", "Succeeded");
  putDefault(configuration, "properties.primary", index === 0);
  putDefault(configuration, "properties.privateIPAddressVersion", "IPv4");
  putDefault(configuration, "properties.privateIPAllocationMethod", "Dynamic");
  const prefix =
    textAt(subnet.body, "properties.addressPrefix") ?? textsAt(subnet.body, "properties.addressPrefixes")[0] ?? "";
  const space = range(prefix, subnet.id);
  const holders = new Map<number, string>();
  for (const user of configurationsIn(subnet.id, subscription)) {
    const address = addressNumber(textAt(user.configuration, "properties.privateIPAddress") ?? "");
    if (address !== undefined && !same(user.owner.id, id)) holders.set(address, user.id);
  }
  for (const sibling of objectsAt(body, "properties.ipConfigurations").slice(0, index)) {
    const address = addressNumber(textAt(sibling, "properties.privateIPAddress") ?? "");
    if (address !== undefined) holders.set(address, textAt(sibling, "id") ?? id);
  }
  const wanted = textAt(configuration, "properties.privateIPAddress");
  if (same(textAt(configuration, "properties.privateIPAllocationMethod"), "Static")) {
    if (wanted === undefined)
      throw new ArmError(
        400,
        "PrivateStaticIPAddressNotSpecified",
        `IP configuration ${own} has private IP allocation method Static but no private IP address.`,
      );
    const address = addressNumber(wanted);
    if (address === undefined || address < space.first || address > space.last)
      throw new ArmError(
        400,
        "PrivateIPAddressNotInSubnet",
        `Private static IP address ${wanted} does not belong to the range of subnet prefix ${prefix}.`,
      );
    if (isReserved(space, address))
      throw new ArmError(
        400,
        "PrivateIPAddressInReservedRange",
        `Private static IP address ${wanted} falls within reserved IP range of subnet prefix ${prefix}.`,
      );
    const holder = holders.get(address);
    if (holder !== undefined)
      throw new ArmError(
        400,
        "PrivateIPAddressIsAllocated",
        `IP configuration ${own} is using the private IP address ${wanted} which is already allocated to resource ${holder}.`,
      );
    return;
  }
  const before = ipConfigurations(subscription).find(
    (found) => same(found.id, own) && same(found.owner.id, existing?.id),
  );
  const kept = addressNumber(textAt(before?.configuration, "properties.privateIPAddress") ?? "");
  const stays = kept !== undefined && kept >= space.first && kept <= space.last && !holders.has(kept);
  const address = stays
    ? textAt(before?.configuration, "properties.privateIPAddress")
    : firstFree(space, new Set(holders.keys()));
  if (address === undefined)
    throw new ArmError(
      400,
      "SubnetIsFull",
      `Subnet ${subnet.name} with address prefix ${prefix} does not have enough capacity for 1 IP addresses.`,
    );
  put(configuration, "properties.privateIPAddress", address);
}

/** 00-0D-3A is one of Azure's own prefixes. */
function macAddress(uuid: string): string {
  const tail = uuid.replaceAll("-", "").slice(0, 6).toUpperCase();
  return `00-0D-3A-${tail.slice(0, 2)}-${tail.slice(2, 4)}-${tail.slice(4, 6)}`;
}
