import { ArmError, invalidReference } from "../arm/errors";
import { objectAt, objectsAt, put, putDefault, same, textAt, textsAt } from "../properties/json";
import { nestedEnvelope, type Shape, topLevelEnvelope } from "../properties/shape";
import { addressNumber, firstFree, isReserved, range } from "./addresses";
import { define, inGroup } from "./define";
import { networkInterface } from "./networkInterface";
import { configurationsIn, mustBeInRegion, mustExist, networkTypes, stamp } from "./networkUse";
import type { PutRequest, Subscription } from "./resourceType";

const endpointType = "Microsoft.Network/privateEndpoints";
const groupType = `${endpointType}/privateDnsZoneGroups`;
export const zoneType = "Microsoft.Network/privateDnsZones";
const endpointPath = `${inGroup}/${endpointType}/{privateEndpointName}`;
const leaf: Shape = { envelope: nestedEnvelope };

/** Parts of a storage account with an endpoint (azure-docs, storage-private-endpoints.md). */
const storageGroups = ["blob", "dfs", "file", "queue", "table", "web"].flatMap((name) => [name, `${name}_secondary`]);

function refuseGroup(endpoint: string, group: string, targetType: string | undefined): void {
  if (!same(targetType, "Microsoft.Storage/storageAccounts") || storageGroups.some((known) => same(known, group)))
    return;
  throw new ArmError(
    400,
    "InvalidGroupId",
    `Private endpoint ${endpoint} names the group '${group}', which a storage account does not have: ${storageGroups.join(", ")}.`,
  );
}

/** An address in a subnet that leads to one resource of a service. Its interface is Azure's, and goes with it. */
export const privateEndpoint = define("network", "PrivateEndpoint", {
  type: endpointType,
  path: endpointPath,
  shape: {
    envelope: topLevelEnvelope,
    nested: {
      ipConfigurations: () => leaf,
      privateLinkServiceConnections: () => leaf,
      manualPrivateLinkServiceConnections: () => leaf,
      networkInterfaces: () => leaf,
      subnet: () => leaf,
    },
  },
  filledByAzure: ["subnet.resourceGroup"],
  seconds: { create: 30, update: 10, delete: 20 },
  rules: {
    put(request, subscription) {
      const { id, name, body, existing } = request;
      const subnetId = textAt(body, "properties.subnet.id");
      mustExist(subnetId ?? "(no subnet)", networkTypes.subnet, id, subscription);
      mustBeInRegion((subnetId ?? "").split("/").slice(0, -2).join("/"), textAt(body, "location"), id, subscription);
      if (existing && !same(textAt(existing.body, "properties.subnet.id"), subnetId))
        throw new ArmError(
          400,
          "SubnetOfPrivateEndpointCannotBeChanged",
          `The subnet of private endpoint ${name} cannot be changed.`,
        );
      const connections = objectsAt(body, "properties.privateLinkServiceConnections");
      if (connections.length !== 1)
        throw new ArmError(
          400,
          "InvalidRequestFormat",
          `Private endpoint ${name} needs one private link service connection.`,
        );
      for (const connection of connections) {
        const target = textAt(connection, "properties.privateLinkServiceId") ?? "";
        if (!subscription.get(target)) throw invalidReference(target, id);
        if (textsAt(connection, "properties.groupIds").length !== 1)
          throw new ArmError(
            400,
            "InvalidGroupId",
            `Private endpoint ${name} names one group of its target, for example blob.`,
          );
        refuseGroup(name, textsAt(connection, "properties.groupIds")[0] ?? "", subscription.get(target)?.type);
        put(connection, "properties.provisioningState", "Succeeded");
        put(connection, "properties.privateLinkServiceConnectionState", {
          status: "Approved",
          description: "Auto-Approved",
          actionsRequired: "None",
        });
        connection.id = `${id}/privateLinkServiceConnections/${textAt(connection, "name") ?? name}`;
      }
      stamp(body, existing, subscription);
      put(body, "properties.resourceGuid", undefined);
      putDefault(body, "properties.manualPrivateLinkServiceConnections", []);
      putDefault(body, "properties.customDnsConfigs", []);
      put(body, "properties.networkInterfaces", [{ id: interfaceOf(id, name) }]);
      const address = addressIn(request, subnetId ?? "", subscription);
      request.hidden.address = address;
    },
    async operate(endpoint, _request, subscription) {
      const id = interfaceOf(endpoint.id, endpoint.name);
      const subnetId = textAt(endpoint.body, "properties.subnet.id") ?? "";
      const privateIPAddress = textAt(endpoint.hidden, "address") ?? "";
      subscription.save({
        id,
        type: networkTypes.interface,
        name: id.split("/").at(-1) ?? "",
        apiVersion: networkInterface.apiVersion,
        body: {
          id,
          name: id.split("/").at(-1) ?? "",
          type: networkTypes.interface,
          properties: {
            ipConfigurations: [
              {
                id: `${id}/ipConfigurations/privateEndpoint`,
                name: "privateEndpoint",
                properties: { privateIPAddress, subnet: { id: subnetId } },
              },
            ],
          },
        },
        hidden: { inline: true },
      });
    },
    async delete(endpoint, subscription) {
      for (const inner of subscription.inside(endpoint.id)) subscription.remove(inner.id);
      subscription.remove(interfaceOf(endpoint.id, endpoint.name));
      subscription.remove(endpoint.id);
    },
  },
});

const interfaceOf = (id: string, name: string): string =>
  `${id.slice(0, id.toLowerCase().indexOf("/providers/"))}/providers/${networkTypes.interface}/${name}.nic`;

/** The one that is asked for, as long as it is free; else the first that is. */
function addressIn(
  { id, name, body, existing, hidden }: PutRequest,
  subnetId: string,
  subscription: Subscription,
): string {
  const subnet = subscription.get(subnetId);
  const prefix =
    textAt(subnet?.body, "properties.addressPrefix") ?? textsAt(subnet?.body, "properties.addressPrefixes")[0] ?? "";
  const space = range(prefix, subnetId);
  const own = interfaceOf(id, name);
  const taken = new Set(
    configurationsIn(subnetId, subscription)
      .filter(({ owner }) => !same(owner.id, own))
      .flatMap(({ configuration }) => addressNumber(textAt(configuration, "properties.privateIPAddress") ?? "") ?? []),
  );
  const before = textAt(hidden, "address");
  const [wanted] = objectsAt(body, "properties.ipConfigurations").flatMap(
    (configuration) => textAt(configuration, "properties.privateIPAddress") ?? [],
  );
  if (existing && before !== undefined && wanted !== undefined && wanted !== before)
    throw new ArmError(
      400,
      "PrivateEndpointIpConfigurationsCannotBeChanged",
      `The address of private endpoint ${name} cannot be changed.`,
    );
  if (before !== undefined) return before;
  if (wanted === undefined) {
    const free = firstFree(space, taken);
    if (free === undefined)
      throw new ArmError(
        400,
        "SubnetIsFull",
        `Subnet ${subnetId} with address prefix ${prefix} does not have enough capacity for 1 IP addresses.`,
      );
    return free;
  }
  const address = addressNumber(wanted);
  if (address === undefined || address < space.first || address > space.last || isReserved(space, address))
    throw new ArmError(
      400,
      "PrivateIPAddressNotInSubnet",
      `Private static IP address ${wanted} does not belong to the range of subnet prefix ${prefix}.`,
    );
  if (taken.has(address))
    throw new ArmError(
      400,
      "PrivateIPAddressIsAllocated",
      `IP configuration of private endpoint ${name} is using the private IP address ${wanted} which is already allocated to another resource.`,
    );
  return wanted;
}

/** Keeps the endpoint's record in private zones. */
export const privateDnsZoneGroup = define("network", "PrivateDnsZoneGroup", {
  type: groupType,
  path: `${endpointPath}/privateDnsZoneGroups/{privateDnsZoneGroupName}`,
  shape: { envelope: topLevelEnvelope, nested: { privateDnsZoneConfigs: () => leaf } },
  seconds: { create: 5, update: 5, delete: 3 },
  rules: {
    put({ id, body }, subscription) {
      for (const configuration of objectsAt(body, "properties.privateDnsZoneConfigs")) {
        const zone = textAt(configuration, "properties.privateDnsZoneId") ?? "";
        if (!same(subscription.get(zone)?.type, zoneType)) throw invalidReference(zone, id);
        if (objectAt(configuration, "properties") !== undefined) put(configuration, "properties.recordSets", []);
      }
      put(body, "properties.provisioningState", "Succeeded");
      body.etag = `W/"${subscription.uuid()}"`;
    },
  },
});
