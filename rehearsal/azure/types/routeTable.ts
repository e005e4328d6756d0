import { ArmError } from "../arm/errors";
import { refuseName } from "../arm/values";
import { type JsonObject, objectsAt, put, putDefault, same, textAt } from "../properties/json";
import { addressNumber, range } from "./addresses";
import { define } from "./define";
import { routeTableShape } from "./networkShapes";
import { inUse, networkTypes, references, referring, stamp } from "./networkUse";

const path =
  "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/routeTables/{routeTableName}";

/** A route to an appliance has its address, any other has none. */
function refuseNextHop(route: JsonObject, id: string): void {
  const type = textAt(route, "properties.nextHopType");
  const address = textAt(route, "properties.nextHopIpAddress");
  const name = textAt(route, "name") ?? "";
  const prefix = textAt(route, "properties.addressPrefix");
  // A service tag stands in its place, too (azure-docs, virtual-networks-udr-overview.md).
  if (prefix !== undefined && /^[0-9]/.test(prefix)) range(prefix, `${id}/routes/${name}`);
  const appliance = same(type, "VirtualAppliance");
  if (appliance && (address === undefined || addressNumber(address) === undefined))
    throw new ArmError(
      400,
      "InvalidNextHopIpAddress",
      `Route ${name} of ${id} has next hop type VirtualAppliance and no valid next hop address (${address ?? "none: nextHopIpAddress"}).`,
    );
  if (!appliance && address !== undefined)
    throw new ArmError(
      400,
      "NextHopIpAddressNotAllowed",
      `Route ${name} of ${id} has next hop type ${type ?? "none"}, which takes no next hop address.`,
    );
}

export const routeTable = define("network", "RouteTable", {
  type: networkTypes.routeTable,
  path,
  shape: routeTableShape,
  filledByAzure: ["routes.id", "routes.etag", "routes.provisioningState"],
  rules: {
    put({ id, body, existing }, subscription) {
      const names = new Set<string>();
      for (const route of objectsAt(body, "properties.routes")) {
        const name = textAt(route, "name") ?? "";
        if (name === "" || names.has(name.toLowerCase()))
          throw new ArmError(400, "InvalidRequestFormat", `A route of ${id} has no name, or one that is used twice.`);
        names.add(name.toLowerCase());
        refuseName("Microsoft.Network/routeTables/routes", name);
        refuseNextHop(route, id);
        route.id = `${id}/routes/${name}`;
        put(route, "properties.provisioningState", "Succeeded");
      }
      stamp(body, existing, subscription);
      putDefault(body, "properties.disableBgpRoutePropagation", false);
      putDefault(body, "properties.routes", []);
    },
    get(table, body, subscription) {
      const subnets = referring(networkTypes.subnet, "properties.routeTable.id", table.id, subscription);
      if (subnets.length > 0) put(body, "properties.subnets", references(subnets.map((found) => found.id)));
    },
    refuseDelete(table, subscription) {
      const subnets = referring(networkTypes.subnet, "properties.routeTable.id", table.id, subscription);
      if (subnets.length > 0)
        throw inUse(
          "InUseRouteTableCannotBeDeleted",
          `Route table ${table.name} is in use and cannot be deleted. It is used by ${subnets.map((found) => found.id).join(", ")}.`,
        );
    },
  },
});
