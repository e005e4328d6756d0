import { idAt, textAt } from "./armBody";
import type { ArmResource, AzureView, CallLog, HubOwnerBehaviour } from "./contract";
import type { ExistingResource } from "./existingResources";

const peeringType = "microsoft.network/virtualnetworks/virtualnetworkpeerings";

export interface HubOwnerOptions {
  readonly behaviour: () => HubOwnerBehaviour;
  readonly azure: AzureView;
  /** As somebody with rights on the hub would write it, by Azure's rules. */
  readonly write: (resource: ExistingResource) => Promise<void>;
  readonly calls: CallLog;
}

export interface HubOwner {
  /** The hub of the settings; undefined where they name none. */
  owns(hubId: string | undefined): void;
  /** Something was written in Azure. */
  noticed(type: string): Promise<void>;
  /** A run begins: what was left for later is done. */
  comesToWork(): Promise<void>;
}

/** Somebody who owns the hub, and was told by whoever makes the server that its half of the peering is wanted. */
export function startHubOwner({ behaviour, azure, write, calls }: HubOwnerOptions): HubOwner {
  let hub: string | undefined;
  const makeOtherHalves = async (halves = waitingFor(azure, hub)): Promise<void> => {
    for (const half of halves) {
      const ourNetwork = half.id.split("/").slice(0, -2).join("/");
      const resource = otherHalf(hub ?? "", ourNetwork);
      try {
        await write(resource);
        calls.record({
          room: "azure",
          action: "the hub's owner makes the other half",
          target: resource.id,
          result: "ok",
        });
      } catch (error) {
        const result = error instanceof Error ? error.message : String(error);
        calls.record({ room: "azure", action: "the hub's owner makes the other half", target: resource.id, result });
      }
    }
  };
  return {
    owns(hubId) {
      hub = hubId;
    },
    async noticed(type) {
      if (type.toLowerCase() === peeringType && behaviour() === "at-once") await makeOtherHalves();
    },
    async comesToWork() {
      if (behaviour() === "never") return;
      await makeOtherHalves();
      await makeOtherHalves(notInSync(azure, hub));
    },
  };
}

function halvesTo(azure: AzureView, hub: string | undefined): readonly ArmResource[] {
  if (hub === undefined) return [];
  return azure
    .resources()
    .filter(
      ({ type, body }) =>
        type.toLowerCase() === peeringType &&
        idAt(body, "properties", "remoteVirtualNetwork", "id") === hub.toLowerCase(),
    );
}

/** Halves that lead to the hub and wait for its own. */
const waitingFor = (azure: AzureView, hub: string | undefined): readonly ArmResource[] =>
  halvesTo(azure, hub).filter(({ body }) => textAt(body, "properties", "peeringState") === "Initiated");

/** Halves whose network has got other addresses, which the hub's half learns when it is written again. */
const notInSync = (azure: AzureView, hub: string | undefined): readonly ArmResource[] =>
  halvesTo(azure, hub).filter(
    ({ body }) =>
      textAt(body, "properties", "peeringState") === "Connected" &&
      /RemoteNotInSync$/.test(textAt(body, "properties", "peeringSyncLevel") ?? ""),
  );

function otherHalf(hub: string, ourNetwork: string): ExistingResource {
  return {
    id: `${hub}/virtualNetworkPeerings/to-${ourNetwork.split("/").at(-1) ?? ""}`,
    body: {
      properties: {
        remoteVirtualNetwork: { id: ourNetwork },
        allowVirtualNetworkAccess: true,
        allowGatewayTransit: true,
      },
    },
  };
}
