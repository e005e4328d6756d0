import * as network from "@pulumi/azure-native/network";
import { hubsHalf, otherHalfName, ourHalf, ourHalfName, type PeeringFlags } from "../network/peeringState";
import { serverResourceGroup } from "../server/names";
import { parseResourceId, sameId } from "../settings/resourceId";
import { type Answer, type NotOurs, type Part, type PartsQuestion, textIn } from "./part";

/**
 * Both halves of the peering. They have no tags, and one is in somebody else's network: it is ours where our network is, and
 * where name, the network that it leads to and every flag are what this stack writes. The hub's is so too where its owner
 * followed what we tell owners (network/peeringState.ts), so an earlier run must have been to make it.
 */
export function peeringParts({ settings, subscriptionId, hubAsked, begun }: PartsQuestion): readonly Part[] {
  const { network: wanted, name } = settings;
  const hubId = wanted.peerVirtualNetworkId;
  if (wanted.kind !== "new" || hubId === undefined) return [];
  const resourceGroupName = serverResourceGroup(settings);
  const virtualNetworkName = `${name}-vnet`;
  const ownId = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroupName}/providers/Microsoft.Network/virtualNetworks/${virtualNetworkName}`;
  const hub = parseResourceId(hubId);
  const untagged = { below: "network-vnet", untagged: true } as const;
  const ours: Part = {
    part: "network-peering",
    what: `peering ${ourHalfName} of ${virtualNetworkName}`,
    ...untagged,
    notOurs: (answer) =>
      leadsTo(answer, hubId, `${ownId}/virtualNetworkPeerings/${ourHalfName}`) ??
      otherwise(answer, ourHalf(wanted), `${ownId}/virtualNetworkPeerings/${ourHalfName}`),
    look: (asked) =>
      network.getVirtualNetworkPeering(
        { resourceGroupName, virtualNetworkName, virtualNetworkPeeringName: ourHalfName },
        asked,
      ),
  };
  if (!wanted.makeBothHalves || hub === undefined || hubAsked === undefined) return [ours];
  const [hubName = ""] = hub.names;
  const virtualNetworkPeeringName = otherHalfName(name);
  const theirsId = `${hubId}/virtualNetworkPeerings/${virtualNetworkPeeringName}`;
  const theirs: Part = {
    part: "network-peering-hub",
    what: `peering ${virtualNetworkPeeringName} of the hub ${hubName}`,
    ...untagged,
    notOurs: (answer) =>
      leadsTo(answer, ownId, theirsId) ??
      otherwise(answer, hubsHalf(wanted), theirsId) ??
      (begun?.makeBothHalves === true && sameId(begun.peerVirtualNetworkId, hubId) ? undefined : byOwner(theirsId)),
    look: () =>
      network.getVirtualNetworkPeering(
        { resourceGroupName: hub.resourceGroupName, virtualNetworkName: hubName, virtualNetworkPeeringName },
        hubAsked,
      ),
  };
  return [ours, theirs];
}

const keptByOwner = (id: string): string =>
  `network.makeBothHalves: false where the hub's owner made it; or, where nobody needs it as it is, delete it (az network vnet peering delete --ids ${id}), and up`;

function byOwner(id: string): NotOurs {
  return {
    problem: `a peering ${id} is in Azure and not in this stack's state, and no run of it was to make it before: it is the hub's owner's, and would go with this stack`,
    write: keptByOwner(id),
  };
}

function leadsTo({ remoteVirtualNetwork }: Answer, wanted: string, id: string): NotOurs | undefined {
  const remote = textIn(remoteVirtualNetwork, "id");
  if (sameId(remote, wanted)) return undefined;
  return {
    problem: `a peering ${id} is in Azure and not in this stack's state, and leads to ${remote ?? "no network"}, not to ${wanted}: it is somebody else's`,
    write: `another name; or, once nothing needs it, delete it (az network vnet peering delete --ids ${id}), and up`,
  };
}

/** Of what differs nobody can tell whether an interrupted run of this stack or the network's owner wrote it. */
function otherwise(answer: Answer, flags: PeeringFlags, id: string): NotOurs | undefined {
  const differ = Object.entries(flags).filter(([name, value]) => (answer[name] ?? false) !== value);
  if (differ.length === 0) return undefined;
  const has = differ.map(([name, value]) => `${name} is ${String(answer[name] ?? false)}, not ${value}`).join(", ");
  return {
    problem: `a peering ${id} is in Azure and not in this stack's state, and was not written by it: ${has}`,
    write: keptByOwner(id),
  };
}
