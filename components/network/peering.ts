import { getVirtualNetworkPeering } from "@pulumi/azure-native/network/getVirtualNetworkPeering";
import { VirtualNetworkPeering } from "@pulumi/azure-native/network/virtualNetworkPeering";
import { Provider } from "@pulumi/azure-native/provider";
import * as pulumi from "@pulumi/pulumi";
import { found } from "../memory/lookup";
import { parseResourceId } from "../settings/resourceId";
import {
  goneState,
  hubsHalf,
  otherHalfName,
  ourHalf,
  ourHalfName,
  type PeeringLook,
  type PeeringPlace,
} from "./peeringState";
import type { Shared } from "./shared";

export interface Peering {
  readonly members: readonly pulumi.Resource[];
  /** What Azure says of our half in this run, after whatever this run did to either. Not known in a first preview. */
  readonly look: pulumi.Output<PeeringLook>;
  readonly place: pulumi.Output<PeeringPlace>;
}

export interface PeeringArgs {
  readonly virtualNetwork: { readonly id: pulumi.Output<string>; readonly name: pulumi.Output<string> };
  /** The provider of the hub's subscription where that is not ours. */
  readonly hubsProvider?: Provider;
  readonly after: readonly pulumi.Resource[];
}

/**
 * Our half of the peering, the hub's where the settings say so, and a fresh look at ours: its state in Pulumi's state is
 * the one of the run that made it.
 */
export function peering(name: string, shared: Shared, args: PeeringArgs, parent: pulumi.Resource): Peering {
  const { structure, settings, resourceGroupName, child } = shared;
  const { virtualNetwork, after } = args;
  const { makeBothHalves, useRemoteGateways } = structure.network;
  const hub = settings.apply((known) => known.network.peerVirtualNetworkId ?? "");
  const others = (after: readonly pulumi.Resource[]): readonly VirtualNetworkPeering[] =>
    makeBothHalves ? [otherHalf(name, shared, { ...args, after }, hub)] : [];
  // Azure refuses ours to use gateways that the other half does not let it use. So that half is first where ours is to use
  // them, and last where it no longer is.
  const before = useRemoteGateways ? others(after) : [];
  const ours = new VirtualNetworkPeering(
    `${name}-peering`,
    {
      resourceGroupName,
      virtualNetworkName: virtualNetwork.name,
      virtualNetworkPeeringName: ourHalfName,
      remoteVirtualNetwork: hub.apply((id) => ({ id })),
      ...ourHalf(structure.network),
    },
    // Azure changes a virtual network one request at a time.
    { ...child, ...anew, dependsOn: [...after, ...before] },
  );
  const theirs = useRemoteGateways ? before : others([...after, ours]);
  // Through the ids, so that a first preview does not ask for what is not there, and both halves are as this run leaves them.
  const look = pulumi
    .all([ours.id, pulumi.output(resourceGroupName), virtualNetwork.name, ...theirs.map(({ id }) => id)])
    .apply(([, group = "", network = ""]) => lookAt(group, network, parent));
  const place = pulumi.all([ours.id, virtualNetwork.id, hub]).apply(
    ([peeringId, ourNetworkId, hubId]): PeeringPlace => ({
      serverName: structure.name,
      peeringId,
      ourNetworkId,
      hubId,
      makeBothHalves,
      useRemoteGateways,
    }),
  );
  return { members: [...theirs, ours], look, place };
}

/** Somebody may have deleted our half outside of Pulumi: the state holds it then, and Azure does not. */
async function lookAt(
  resourceGroupName: string,
  virtualNetworkName: string,
  parent: pulumi.Resource,
): Promise<PeeringLook> {
  const where = { resourceGroupName, virtualNetworkName, virtualNetworkPeeringName: ourHalfName };
  const half = await found(() => getVirtualNetworkPeering(where, { parent }));
  if (half === undefined) return { peeringState: goneState };
  return { peeringState: half.peeringState, peeringSyncLevel: half.peeringSyncLevel };
}

function otherHalf(
  name: string,
  { structure, child }: Shared,
  { virtualNetwork, after, hubsProvider: provider }: PeeringArgs,
  hub: pulumi.Output<string>,
): VirtualNetworkPeering {
  return new VirtualNetworkPeering(
    `${name}-peering-hub`,
    {
      resourceGroupName: hub.apply((id) => parseResourceId(id)?.resourceGroupName ?? ""),
      virtualNetworkName: hub.apply((id) => parseResourceId(id)?.names[0] ?? ""),
      virtualNetworkPeeringName: otherHalfName(structure.name),
      remoteVirtualNetwork: { id: virtualNetwork.id },
      ...hubsHalf(structure.network),
    },
    { ...child, ...anew, dependsOn: [...after], ...(provider === undefined ? {} : { provider }) },
  );
}

/** Azure refuses to lead a half to another network (ChangingRemoteVirtualNetworkNotAllowed); the provider does not know it. */
const anew = { replaceOnChanges: ["remoteVirtualNetwork.id"], deleteBeforeReplace: true };

/** The stack's own settings of azure-native, which a provider of one's own does not get by itself; never a secret one. */
const carriedOn = [
  "tenantId",
  "clientId",
  "environment",
  "metadataHost",
  "msiEndpoint",
  "oidcTokenFilePath",
  "useDefaultAzureCredential",
  "useMsi",
  "useOidc",
] as const;

/**
 * The same sign-in in the hub's subscription, for what is read and made there. It is no member: it holds nothing, and nothing
 * stands on it.
 */
export function providerOfHub(name: string, subscriptionId: string, parent: pulumi.Resource): Provider {
  const config = new pulumi.Config("azure-native");
  const flags = new Set<string>(["useDefaultAzureCredential", "useMsi", "useOidc"]);
  const carried = Object.fromEntries(
    carriedOn.flatMap((key) => {
      const value = config.get(key) ?? (key === "environment" ? process.env.ARM_ENVIRONMENT : undefined);
      return value === undefined ? [] : [[key, flags.has(key) ? value === "true" : value]];
    }),
  );
  return new Provider(`${name}-hub-provider`, { ...carried, subscriptionId }, { parent });
}
