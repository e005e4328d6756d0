import type { Finding } from "../../review/verdict";
import { readiness } from "../findings";
import { parseResourceId } from "../settings/resourceId";

/** What Azure says of our half. Nothing is known of it in a first preview, or where a user's mocks answer. */
export interface PeeringLook {
  /** `Initiated`, `Connected`, `Disconnected`; `goneState` where Azure does not have our half at all. */
  readonly peeringState?: string;
  /** `FullyInSync`, or which side has not seen the other's address space. */
  readonly peeringSyncLevel?: string;
}

/** No state of Azure's: ours for a half that the state holds and Azure does not. */
export const goneState = "Gone";

export interface PeeringPlace {
  readonly serverName: string;
  /** Id of our half. */
  readonly peeringId: string;
  readonly ourNetworkId: string;
  readonly hubId: string;
  readonly makeBothHalves: boolean;
  readonly useRemoteGateways: boolean;
}

/** Name of our half in our network. */
export const ourHalfName = "hub";

/** What a half lets through; in Azure each is off where nothing is said. */
export interface PeeringFlags {
  readonly allowVirtualNetworkAccess: boolean;
  readonly allowForwardedTraffic: boolean;
  readonly allowGatewayTransit?: boolean;
  readonly useRemoteGateways?: boolean;
}

/** What the hub forwards, from a firewall or from behind a gateway, is let in. */
export const ourHalf = ({ useRemoteGateways }: { readonly useRemoteGateways: boolean }): PeeringFlags => ({
  allowVirtualNetworkAccess: true,
  allowForwardedTraffic: true,
  // False is what Azure takes where nothing is said: a stack of an earlier release plans no change.
  ...(useRemoteGateways ? { useRemoteGateways } : {}),
});

/** The hub's half, where this stack makes it. */
export const hubsHalf = ({ useRemoteGateways }: { readonly useRemoteGateways: boolean }): PeeringFlags => ({
  allowVirtualNetworkAccess: true,
  allowForwardedTraffic: false,
  allowGatewayTransit: useRemoteGateways,
});

/** Name of the hub's half, where this stack makes it and where its owner is told what to write. */
export const otherHalfName = (serverName: string): string => `to-${serverName}-vnet`;

/** A state that nobody told is no reason to stop. */
export function isConnected({ peeringState }: PeeringLook): boolean {
  return peeringState === undefined || peeringState.toLowerCase() === "connected";
}

/** What the hub's owner does: the Azure CLI's line, and the same in Pulumi. */
export function otherHalf({ serverName, ourNetworkId, hubId, useRemoteGateways }: PeeringPlace): readonly string[] {
  const { subscriptionId, resourceGroupName, names } = parseResourceId(hubId) ?? {};
  const [hub] = names ?? [];
  const name = otherHalfName(serverName);
  return [
    [
      "az network vnet peering create",
      `--subscription ${subscriptionId} --resource-group ${resourceGroupName} --vnet-name ${hub}`,
      `--name ${name} --remote-vnet ${ourNetworkId}`,
      `--allow-vnet-access${useRemoteGateways ? " --allow-gateway-transit" : ""}`,
    ].join(" "),
    [
      `new network.VirtualNetworkPeering("${name}", { resourceGroupName: "${resourceGroupName}",`,
      `virtualNetworkName: "${hub}", virtualNetworkPeeringName: "${name}", allowVirtualNetworkAccess: true,`,
      `${useRemoteGateways ? "allowGatewayTransit: true, " : ""}remoteVirtualNetwork: { id: "${ourNetworkId}" } });`,
    ].join(" "),
  ];
}

/** Which half is missing, and what to do about it, in the order in which Azure takes it. */
interface Remedy {
  readonly why: string;
  /** Enough for a line of a report. */
  readonly next: string;
  /** The same with everything that one could type, line by line. */
  readonly lines: readonly string[];
}

function remedyFor(state: string, place: PeeringPlace): Remedy {
  const { peeringId, ourNetworkId, hubId, makeBothHalves } = place;
  const [line = "", program = ""] = otherHalf(place);
  const byOwner = [
    `the hub's owner makes the other half, from ${hubId} to ${ourNetworkId}:`,
    `  ${line}`,
    "or, in a Pulumi program of theirs:",
    `  ${program}`,
  ];
  if (state === goneState) {
    const seen = "pulumi refresh --target '**-network-peering', and pulumi up, which makes it anew";
    const theirs = makeBothHalves
      ? `az network vnet peering update --ids ${hubId}/virtualNetworkPeerings/${otherHalfName(place.serverName)} --set allowVirtualNetworkAccess=true`
      : "the hub's owner writes theirs again as it is, or deletes it and makes it after ours";
    return {
      why: `our half ${peeringId} is gone from Azure, and this stack's state still holds it`,
      next: `${seen}; before that, where the hub still has its half: ${theirs}`,
      lines: [
        "where the hub still has its half, that one is Disconnected, and Azure makes no new one of ours beside it",
        "(RemotePeeringIsDisconnected), so first:",
        `  ${theirs}`,
        "then let this stack see that ours is gone, and make it:",
        `  ${seen}`,
      ],
    };
  }
  if (state.toLowerCase() === "disconnected") {
    const again = `az network vnet peering update --ids ${peeringId} --set allowVirtualNetworkAccess=true`;
    const seen = "pulumi refresh --target '**-network-peering-hub', and pulumi up";
    return {
      why: `our half ${peeringId} says Disconnected: the hub's half was there and is gone, or the hub was made anew`,
      next: `${again}, then ${makeBothHalves ? seen : `the hub's owner makes the other half: ${line}`}`,
      lines: [
        "first write our half again as it is, which puts it back to Initiated (until then Azure refuses a new other half:",
        "RemotePeeringIsDisconnected):",
        `  ${again}`,
        ...(makeBothHalves
          ? ["then let this stack see that its other half is gone, and make it:", `  ${seen}`]
          : ["then", ...byOwner]),
      ],
    };
  }
  const why = `our half ${peeringId} says ${state}: the hub's half is missing`;
  const again =
    "run pulumi up again: Azure may need a moment to see both halves; if it stays so, the hub's half was deleted outside of this stack: pulumi refresh --target '**-network-peering-hub', and pulumi up";
  if (makeBothHalves) return { why, next: again, lines: [again] };
  return {
    why,
    next: `the hub's owner makes the other half: ${line}`,
    lines: [
      ...byOwner,
      "or write network.makeBothHalves: true, where whoever runs Pulumi may write to the hub (docs/network.md)",
    ],
  };
}

/** For whoever runs the `up` that stops: nothing that needs the domain has been made. */
export function notConnected(state: string, place: PeeringPlace, waiting: readonly string[]): string {
  const { why, lines } = remedyFor(state, place);
  return [
    `The network of ${place.serverName} is not connected to its hub, so ${waiting.join(" and ")} ${waiting.length === 1 ? "waits" : "wait"}. What stands of the network stays.`,
    `  why: ${why}. The domain controllers are behind it, and with them DNS: Windows could not even fetch its SSH server`,
    ...lines.map((each, index) => `${index === 0 ? "  next: " : "    "}${each}`),
    "    then run pulumi up again: it looks again and goes on",
  ].join("\n");
}

/** Machines by name: those that stand without their domain, and those that an `up` will not make before it is connected. */
export interface Concerned {
  readonly standing: readonly string[];
  readonly waiting: readonly string[];
}

export function peeringFindings(
  look: PeeringLook,
  place: PeeringPlace,
  { standing, waiting }: Concerned,
): readonly Finding[] {
  if (!isConnected(look)) {
    const { why, next } = remedyFor(look.peeringState ?? "", place);
    const so = [
      ...(standing.length === 0 ? [] : [`${standing.join(" and ")} cannot reach the domain controllers`]),
      ...(waiting.length === 0 ? [] : [`up stops before ${waiting.join(" and ")}`]),
    ];
    return [
      readiness("peering-not-connected", "warning", place.serverName, {
        title: `the network of ${place.serverName} is not connected to its hub: ${so.join(", and ")}`,
        cause: why,
        next: `${next}; then run pulumi up again`,
      }),
    ];
  }
  const { peeringSyncLevel } = look;
  if (peeringSyncLevel === undefined || peeringSyncLevel.toLowerCase() === "fullyinsync") return [];
  return [
    readiness("peering-not-in-sync", "warning", place.serverName, {
      title: `an address space has changed since the network of ${place.serverName} was connected to its hub, and one side does not know it (${peeringSyncLevel})`,
      cause: place.peeringId,
      next: `az network vnet peering sync --ids ${place.peeringId}, and the same on the hub's half`,
    }),
  ];
}
