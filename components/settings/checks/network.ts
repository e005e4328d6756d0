import { isInside, isPrefix } from "../../network/addresses";
import { type Check, problem } from "../context";
import type { NetworkSettings, Problem } from "../settings";

const ofOurOwn = ["addressSpace", "peerVirtualNetworkId", "routeTableId", "firewallAddress"] as const;
const switches = ["makeBothHalves", "useRemoteGateways", "natGateway"] as const;

export const networkKinds: Check = {
  concern: "settings of a network of our own do not stand beside an existing subnet",
  runs: "always",
  judge: ({ network }) => {
    if (network.kind === "new") return [];
    return [...ofOurOwn.filter((key) => network[key] !== undefined), ...switches.filter((key) => network[key])].map(
      (key) =>
        problem(`network.${key}`, "is for a network of our own, but network.existingSubnetId is set", "one of the two"),
    );
  },
};

export const peerings: Check = {
  concern: "what is said of the peering stands beside the hub that it leads to",
  runs: "always",
  judge: ({ network }) =>
    network.kind === "existing" || network.peerVirtualNetworkId !== undefined
      ? []
      : (["makeBothHalves", "useRemoteGateways"] as const)
          .filter((key) => network[key])
          .map((key) =>
            problem(
              `network.${key}`,
              "is about the peering with a hub, and no hub is named",
              `network.peerVirtualNetworkId, or no ${key}`,
            ),
          ),
};

function waysOut(network: NetworkSettings): readonly Problem[] {
  const { natGateway, routeTableId, firewallAddress, useRemoteGateways } = network;
  if (firewallAddress !== undefined && routeTableId !== undefined)
    return [
      problem(
        "network.firewallAddress",
        "makes a route table, but network.routeTableId names one that exists, and a subnet has one",
        "one of the two",
      ),
    ];
  if (firewallAddress !== undefined && natGateway)
    return [
      problem(
        "network.natGateway",
        "nothing would ever go through it: network.firewallAddress sends everything to the firewall",
        "one of the two",
      ),
    ];
  // A default route may come from the hub's gateway; what a route table holds is read from Azure.
  if (!natGateway && firewallAddress === undefined && routeTableId === undefined && !useRemoteGateways)
    return [
      problem(
        "network.natGateway",
        "without it the subnet has no way out at all: no firewall, no route table and no gateway of the hub is named",
        "no natGateway; or firewallAddress or routeTableId",
      ),
    ];
  return [];
}

export const egress: Check = {
  concern: "a subnet of our own has exactly one way out",
  runs: "always",
  judge: ({ network }) => (network.kind === "existing" ? [] : waysOut(network)),
};

export const firewall: Check = {
  concern: "a firewall stands in the hub, where a route can lead to it",
  runs: "always",
  judge: ({ network: { kind, firewallAddress, peerVirtualNetworkId, addressSpace } }) => {
    if (kind === "existing" || firewallAddress === undefined) return [];
    const path = "network.firewallAddress";
    if (addressSpace !== undefined && isPrefix(addressSpace) && isInside(addressSpace, firewallAddress))
      return [
        problem(
          path,
          `${firewallAddress} is inside ${addressSpace}, the network that is made for the server; there is no firewall in it`,
          "the private address of the firewall in the hub",
        ),
      ];
    return peerVirtualNetworkId === undefined
      ? [
          problem(
            path,
            "a route leads only to a firewall in this network or in one that is peered with it, and no hub is named",
            "network.peerVirtualNetworkId too: the network that the firewall is in",
          ),
        ]
      : [];
  },
};
