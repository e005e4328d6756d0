import { ArmError } from "../arm/errors";
import {
  isObject,
  type JsonObject,
  numberAt,
  objectsAt,
  put,
  putDefault,
  same,
  textAt,
  textsAt,
} from "../properties/json";
import { addressNumber, firstFree, range } from "./addresses";
import { define, inGroup } from "./define";
import { leafShape, publicAddressShape } from "./networkShapes";
import { inUse, mustExist, networkTypes, references, referring, stamp, userOfPublicAddress } from "./networkUse";

/** Addresses for documentation (RFC 5737): no simulated public address belongs to anybody. */
const documentationRange = "203.0.113.0/24";

/** 4 to 30 minutes for an address, 4 to 120 for a NAT gateway (azure-docs, nat-gateway/nat-overview.md). */
function refuseIdle(body: JsonObject, id: string, most: number): void {
  const minutes = numberAt(body, "properties.idleTimeoutInMinutes");
  if (minutes !== undefined && (minutes < 4 || minutes > most))
    throw new ArmError(
      400,
      "InvalidIdleTimeoutInMinutes",
      `The idle timeout of ${minutes} minutes of ${id} is not valid. It must be between 4 and ${most} minutes.`,
    );
}

export const publicAddress = define("network", "PublicIPAddress", {
  type: networkTypes.publicAddress,
  path: `${inGroup}/Microsoft.Network/publicIPAddresses/{publicIpAddressName}`,
  shape: publicAddressShape,
  rules: {
    put({ id, body, existing }, subscription) {
      const sku = isObject(body.sku) ? body.sku : {};
      body.sku = { name: textAt(sku, "name") ?? "Standard", tier: textAt(sku, "tier") ?? "Regional" };
      const standard = same(textAt(body, "sku.name"), "Standard");
      putDefault(body, "properties.publicIPAllocationMethod", standard ? "Static" : "Dynamic");
      if (standard && !same(textAt(body, "properties.publicIPAllocationMethod"), "Static"))
        throw new ArmError(
          400,
          "PublicIPAddressInvalidAllocationMethod",
          `Public IP address ${id} of sku Standard must use the allocation method Static, not ${textAt(body, "properties.publicIPAllocationMethod") ?? ""}.`,
        );
      if (existing && !same(textAt(existing.body, "sku.name"), textAt(body, "sku.name")))
        throw new ArmError(
          400,
          "SkuCannotBeChanged",
          `The sku of public IP address ${id} cannot be changed from ${textAt(existing.body, "sku.name") ?? ""} to ${textAt(body, "sku.name") ?? ""}.`,
        );
      refuseIdle(body, id, 30);
      stamp(body, existing, subscription);
      putDefault(body, "properties.publicIPAddressVersion", "IPv4");
      putDefault(body, "properties.idleTimeoutInMinutes", 4);
      putDefault(body, "properties.ipTags", []);
      const taken = subscription
        .ofType(networkTypes.publicAddress)
        .map((other) => addressNumber(textAt(other.body, "properties.ipAddress") ?? ""))
        .filter((address) => address !== undefined);
      const address =
        textAt(existing?.body, "properties.ipAddress") ?? firstFree(range(documentationRange, id), new Set(taken));
      if (address === undefined)
        throw new ArmError(
          400,
          "PublicIPCountLimitReached",
          "Cannot create more public IP addresses in this simulated region.",
        );
      put(body, "properties.ipAddress", address);
    },
    get(address, body, subscription) {
      const user = userOfPublicAddress(address.id, subscription);
      if (user === undefined) return;
      const gateway = same(subscription.get(user)?.type, networkTypes.natGateway);
      put(body, gateway ? "properties.natGateway" : "properties.ipConfiguration", { id: user });
    },
    refuseDelete(address, subscription) {
      const user = userOfPublicAddress(address.id, subscription);
      if (user !== undefined)
        throw inUse(
          "PublicIPAddressCannotBeDeleted",
          `Public IP address ${address.id} can not be deleted since it is still allocated to resource ${user}. In order to delete the public IP, disassociate/detach the Public IP address from the resource.`,
        );
    },
  },
});

export const natGateway = define("network", "NatGateway", {
  type: networkTypes.natGateway,
  path: `${inGroup}/Microsoft.Network/natGateways/{natGatewayName}`,
  shape: leafShape,
  rules: {
    put({ id, body, existing }, subscription) {
      if (!same(textAt(body, "sku.name"), "Standard"))
        throw new ArmError(400, "NatGatewayInvalidSku", `NAT gateway ${id} must have the sku Standard.`);
      for (const reference of objectsAt(body, "properties.publicIpAddresses")) {
        const address = textAt(reference, "id") ?? "";
        mustExist(address, networkTypes.publicAddress, id, subscription);
        if (!same(textAt(subscription.get(address)?.body, "sku.name"), "Standard"))
          throw new ArmError(
            400,
            "NatGatewayPublicIpSkuMismatch",
            `NAT gateway ${id} needs public IP addresses of sku Standard; ${address} is not.`,
          );
        const user = userOfPublicAddress(address, subscription);
        if (user !== undefined && !same(user, id))
          throw inUse(
            "PublicIPAddressInUse",
            `Resource ${id} is referencing public IP address ${address} that is already allocated to resource ${user}.`,
          );
      }
      refuseIdle(body, id, 120);
      const zones = textsAt(body, "zones");
      // One zone or none (azure-docs, nat-gateway/nat-overview.md).
      if (zones.length > 1)
        throw new ArmError(
          400,
          "InvalidRequestFormat",
          `NAT gateway ${id} can be in one zone, not in ${zones.join(", ")}.`,
        );
      stamp(body, existing, subscription);
      putDefault(body, "properties.idleTimeoutInMinutes", 4);
    },
    get(gateway, body, subscription) {
      const subnets = referring(networkTypes.subnet, "properties.natGateway.id", gateway.id, subscription);
      if (subnets.length > 0) put(body, "properties.subnets", references(subnets.map((found) => found.id)));
    },
    refuseDelete(gateway, subscription) {
      const subnets = referring(networkTypes.subnet, "properties.natGateway.id", gateway.id, subscription);
      if (subnets.length > 0)
        throw inUse(
          "NatGatewayInUse",
          `Resource ${gateway.id} cannot be deleted since it is in use by ${subnets.map((found) => found.id).join(", ")}.`,
        );
    },
  },
});
