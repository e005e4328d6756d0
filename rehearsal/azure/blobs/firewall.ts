import type { StoredResource } from "../arm/store";
import { type JsonObject, objectsAt, same, textAt } from "../properties/json";
import type { Directory } from "./rights";

/** Whether the account's own network rules let a machine in: its subnet by service endpoint, or a private endpoint. */
export function letsIn(account: StoredResource, machineId: string, directory: Directory): boolean {
  const subnetId = subnetOf(machineId, directory);
  if (subnetId === undefined) return false;
  if (reachesPrivately(account.id, subnetId, directory)) return true;
  if (same(textAt(account.body, "properties.publicNetworkAccess"), "Disabled")) return false;
  if (!same(textAt(account.body, "properties.networkAcls.defaultAction"), "Deny")) return true;
  const listed = objectsAt(account.body, "properties.networkAcls.virtualNetworkRules").some((rule) =>
    same(textAt(rule, "id"), subnetId),
  );
  return listed && hasStorageEndpoint(directory.get(subnetId)?.body);
}

/** Whether a subnet has the service endpoint that storage accounts know it by. */
export function hasStorageEndpoint(subnet: JsonObject | undefined): boolean {
  return objectsAt(subnet, "properties.serviceEndpoints").some(({ service }) =>
    /^Microsoft\.Storage(\.Global)?$/i.test(String(service)),
  );
}

function subnetOf(machineId: string, directory: Directory): string | undefined {
  const machine = directory.get(machineId);
  const [reference] = objectsAt(machine?.body, "properties.networkProfile.networkInterfaces");
  const nic = directory.get(textAt(reference, "id") ?? "");
  const [configuration] = objectsAt(nic?.body, "properties.ipConfigurations");
  return textAt(configuration, "properties.subnet.id");
}

const networkOf = (subnetId: string): string => subnetId.split("/").slice(0, -2).join("/");

/**
 * A private endpoint in the machine's network whose zone that network asks: without the zone the public name leads to the
 * public door. That the domain controllers forward to Azure's DNS, as they must, is taken for granted here.
 */
function reachesPrivately(accountId: string, subnetId: string, directory: Directory): boolean {
  return directory.ofType("Microsoft.Network/privateEndpoints").some((endpoint) => {
    const connected = objectsAt(endpoint.body, "properties.privateLinkServiceConnections").some((connection) =>
      same(textAt(connection, "properties.privateLinkServiceId"), accountId),
    );
    const near = same(networkOf(textAt(endpoint.body, "properties.subnet.id") ?? ""), networkOf(subnetId));
    return connected && near && zonesOf(endpoint, directory).length > 0;
  });
}

function zonesOf(endpoint: StoredResource, directory: Directory): readonly string[] {
  return directory
    .ofType("Microsoft.Network/privateEndpoints/privateDnsZoneGroups")
    .filter(({ id }) => id.toLowerCase().startsWith(`${endpoint.id.toLowerCase()}/`))
    .flatMap(({ body }) => objectsAt(body, "properties.privateDnsZoneConfigs"))
    .flatMap((configuration) => textAt(configuration, "properties.privateDnsZoneId") ?? []);
}
