import { ArmError } from "../arm/errors";
import type { StoredResource } from "../arm/store";
import { equal, type JsonObject, objectAt, objectsAt, put, same, textAt, textsAt } from "../properties/json";
import { overlaps, range } from "./addresses";
import { define } from "./define";
import { leafShape } from "./networkShapes";
import { mustExist, networkTypes } from "./networkUse";
import type { PutRequest, Subscription } from "./resourceType";

export const virtualNetworkPath =
  "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/virtualNetworks/{virtualNetworkName}";
const parentId = (id: string) => id.split("/").slice(0, -2).join("/");
const remoteId = (body: JsonObject) => textAt(body, "properties.remoteVirtualNetwork.id");

/**
 * One half of a peering. `Initiated` until the other half is there, then both are `Connected`; a half whose other half
 * went is `Disconnected` until it is written again, and until then Azure refuses a new other half.
 */
export const peering = define("network", "VirtualNetworkPeering", {
  type: networkTypes.peering,
  path: `${virtualNetworkPath}/virtualNetworkPeerings/{virtualNetworkPeeringName}`,
  shape: leafShape,
  exclusive: parentId,
  rules: {
    put(request: PutRequest, subscription) {
      preparePeering(request, subscription);
      put(request.body, "properties.resourceGuid", subscription.uuid());
    },
    async operate(resource, _request, subscription) {
      settlePeering(resource, subscription);
    },
    get(resource, body, subscription) {
      Object.assign(body, shownPeering(resource, subscription));
    },
  },
});

type Half = Pick<PutRequest, "id" | "body" | "existing">;

/** The half that leads back from the network this one leads to. */
function otherHalf(id: string, body: JsonObject, subscription: Subscription): StoredResource | undefined {
  return subscription
    .ofType(networkTypes.peering)
    .find((other) => same(parentId(other.id), remoteId(body)) && same(remoteId(other.body), parentId(id)));
}

const spacesOf = (network: StoredResource | undefined, id: string) =>
  textsAt(network?.body, "properties.addressSpace.addressPrefixes").map((prefix) => range(prefix, id));

export function preparePeering({ id, body, existing }: Half, subscription: Subscription): void {
  mustExist(remoteId(body), networkTypes.virtualNetwork, id, subscription);
  const network = subscription.get(parentId(id));
  const remote = subscription.get(remoteId(body) ?? "");
  if (existing && !same(remoteId(existing.body), remoteId(body)))
    throw new ArmError(
      400,
      "ChangingRemoteVirtualNetworkNotAllowed",
      `Changing remoteVirtualNetwork property of peering ${id} is not allowed.`,
    );
  refuseSecond(id, body, subscription);
  const spaceOf = (found: StoredResource | undefined) => spacesOf(found, id);
  if (spaceOf(network).some((own) => spaceOf(remote).some((other) => overlaps(own, other))))
    throw new ArmError(
      400,
      "VnetAddressSpacesOverlap",
      `Cannot create or update peering ${id}. Virtual networks ${network?.id ?? ""} and ${remote?.id ?? ""} cannot be peered because their address spaces overlap.`,
    );
  const other = otherHalf(id, body, subscription);
  if (other !== undefined && stateOf(other, subscription) === "Disconnected")
    throw new ArmError(
      400,
      "RemotePeeringIsDisconnected",
      `Cannot create or update peering ${id} because remote peering ${other.id} referencing parent virtual network ${network?.id ?? ""} is in Disconnected state. Update or re-create the remote peering to get it back to Initiated state. Peering gets Disconnected when remote vnet or remote peering is deleted and re-created.`,
    );
  refuseGateways({ id, body }, remote, other, subscription);
  body.etag = `W/"${subscription.uuid()}"`;
  put(body, "properties.provisioningState", "Succeeded");
  put(body, "properties.peeringState", "Initiated");
  const remoteSpace = objectAt(remote?.body, "properties.addressSpace");
  if (remoteSpace) put(body, "properties.remoteAddressSpace", structuredClone(remoteSpace));
}

/** The code is in public clients (kyma-project/cloud-manager), the words are the rehearsal's own. */
function refuseSecond(id: string, body: JsonObject, subscription: Subscription): void {
  const first = subscription
    .ofType(networkTypes.peering)
    .find(
      (other) =>
        !same(other.id, id) && same(parentId(other.id), parentId(id)) && same(remoteId(other.body), remoteId(body)),
    );
  if (first === undefined) return;
  throw new ArmError(
    400,
    "AnotherPeeringAlreadyReferencesRemoteVnet",
    `Cannot create or update peering ${id}: the peering ${first.id} of the same virtual network references ${remoteId(body) ?? ""} already.`,
  );
}

const isSet = (body: JsonObject | undefined, flag: string) => objectAt(body, "properties")?.[flag] === true;

/** Texts: hashicorp/terraform #30569 and terraform-provider-azurerm #2872, which does not tell the second one's code. */
function refuseGateways(
  { id, body }: Pick<Half, "id" | "body">,
  remote: StoredResource | undefined,
  other: StoredResource | undefined,
  subscription: Subscription,
): void {
  if (!isSet(body, "useRemoteGateways")) return;
  if (!hasGateway(remote?.id ?? "", subscription))
    throw new ArmError(
      400,
      "RemoteVnetHasNoGateways",
      `Peering ${id} cannot have UseRemoteGateway flag set to true because remote virtual network ${remote?.id ?? ""} referenced by the peering does not have any gateways.`,
    );
  if (other !== undefined && !isSet(other.body, "allowGatewayTransit"))
    throw new ArmError(
      400,
      "BadRequest",
      `${id} cannot have UseRemoteGateways flag set to true, because corresponding remote peering has AllowGatewayTransit flag set to false.`,
    );
}

function hasGateway(networkId: string, subscription: Subscription): boolean {
  return subscription
    .ofType(networkTypes.gateway)
    .some((gateway) =>
      objectsAt(gateway.body, "properties.ipConfigurations").some((configuration) =>
        same(textAt(configuration, "properties.subnet.id"), `${networkId}/subnets/GatewaySubnet`),
      ),
    );
}

/** Both halves remember that they were connected: that is what tells Disconnected from Initiated later. */
export function settlePeering(half: StoredResource, subscription: Subscription): void {
  const other = otherHalf(half.id, half.body, subscription);
  if (other === undefined) return;
  for (const each of [half, other]) {
    put(each.body, "properties.peeringState", "Connected");
    subscription.save(each);
  }
}

function stateOf(half: StoredResource, subscription: Subscription): "Initiated" | "Connected" | "Disconnected" {
  const was = textAt(half.body, "properties.peeringState");
  if (otherHalf(half.id, half.body, subscription) !== undefined) return "Connected";
  return was === "Connected" ? "Disconnected" : "Initiated";
}

/** A half knows the other network's addresses as they were when it was last written (azure-docs, update-virtual-network-peering-address-space.md). */
function knowsRemote(half: StoredResource, subscription: Subscription): boolean {
  const known = textsAt(half.body, "properties.remoteAddressSpace.addressPrefixes");
  const is = textsAt(subscription.get(remoteId(half.body) ?? "")?.body, "properties.addressSpace.addressPrefixes");
  return known.length === 0 || equal([...known].sort(), [...is].sort());
}

function syncLevel(half: StoredResource, subscription: Subscription): string {
  const other = otherHalf(half.id, half.body, subscription);
  const [here, there] = [knowsRemote(half, subscription), other === undefined || knowsRemote(other, subscription)];
  if (here && there) return "FullyInSync";
  if (here) return "RemoteNotInSync";
  return there ? "LocalNotInSync" : "LocalAndRemoteNotInSync";
}

export function shownPeering(half: StoredResource, subscription: Subscription): JsonObject {
  const body = structuredClone(half.body);
  const state = stateOf(half, subscription);
  put(body, "properties.peeringState", state);
  put(body, "properties.peeringSyncLevel", state === "Connected" ? syncLevel(half, subscription) : "RemoteNotInSync");
  return body;
}
