import {
  contains,
  freeAddress,
  isInside,
  isPrefix,
  isUsableIn,
  networkAddressOf,
  overlap,
  prefixLength,
} from "../../network/addresses";
import { blockPath, type Check, problem } from "../context";
import type { NetworkSettings, Problem } from "../settings";

const smallestSubnet = 29;
/** Azure refuses these in a virtual network (virtual network FAQ). */
const neverInANetwork = ["224.0.0.0/4", "255.255.255.255/32", "127.0.0.0/8", "169.254.0.0/16", "168.63.129.16/32"];

function prefixProblems({ addressSpace, subnetPrefix, kind }: NetworkSettings): readonly Problem[] {
  const own: [string, string | undefined][] = [
    ["network.addressSpace", kind === "new" ? addressSpace : undefined],
    ["network.subnetPrefix", subnetPrefix],
  ];
  return own.flatMap(([path, prefix]) => {
    if (prefix === undefined) return [];
    if (!isPrefix(prefix)) return [problem(path, `"${prefix}" is not an IPv4 prefix`, "for example 10.40.0.0/24")];
    if (networkAddressOf(prefix) !== prefix)
      return [problem(path, `"${prefix}" has host bits set`, networkAddressOf(prefix))];
    const reserved = neverInANetwork.find((each) => overlap(each, prefix));
    return reserved === undefined
      ? []
      : [problem(path, `"${prefix}" overlaps ${reserved}, which Azure keeps for itself`, "for example 10.40.0.0/24")];
  });
}

/** Everything about the shape of the network is right, so that addresses can be judged in it. */
const isSound = (network: NetworkSettings): boolean => prefixProblems(network).length === 0;

export const prefixes: Check = {
  concern: "the prefixes of the network are what Azure accepts, one inside the other",
  runs: "always",
  judge: ({ network }) => {
    const problems = [...prefixProblems(network)];
    if (problems.length > 0) return problems;
    const { addressSpace, subnetPrefix, kind } = network;
    const bits = prefixLength(subnetPrefix);
    if (bits > smallestSubnet)
      problems.push(
        problem(
          "network.subnetPrefix",
          `/${bits} is smaller than Azure's smallest subnet`,
          `a prefix of /${smallestSubnet} or larger`,
        ),
      );
    if (kind === "new" && addressSpace !== undefined && !contains(addressSpace, subnetPrefix))
      problems.push(
        problem(
          "network.subnetPrefix",
          `${subnetPrefix} is not inside network.addressSpace ${addressSpace}`,
          `a prefix inside ${addressSpace}`,
        ),
      );
    return problems;
  },
};

export const othersInOurNetwork: Check = {
  concern: "a network of our own holds our servers only: what is reached through the peering is not inside it",
  runs: "always",
  judge: ({ network }) => {
    const { kind, addressSpace, domainControllers, dnsServers } = network;
    if (kind !== "new" || addressSpace === undefined || !isSound(network)) return [];
    const others = [
      ...domainControllers.map((address, index) => ({ address, path: `network.domainControllers[${index}]` })),
      ...(dnsServers === domainControllers ? [] : dnsServers).map((address, index) => ({
        address,
        path: `network.dnsServers[${index}]`,
      })),
    ];
    return others
      .filter(({ address }) => isInside(addressSpace, address))
      .map(({ address, path }) =>
        problem(
          path,
          `${address} is inside ${addressSpace}, the network that is made for the server; it could never be reached, and Azure refuses to peer networks that overlap`,
          "its address in your network; or another network.addressSpace, or existingSubnetId if that network exists",
        ),
      );
  },
};

export const serverAddresses: Check = {
  concern: "each generation has a usable address of its own",
  runs: "whenBuiltIsKnown",
  judge: ({ network, generations }, { built }) => {
    if (!isSound(network) || prefixLength(network.subnetPrefix) > smallestSubnet) return [];
    const { subnetPrefix, domainControllers, dnsServers } = network;
    const own = new Map<string, number>();
    const leaving = Object.entries(built)
      .filter(([number]) => !generations.some(({ generation }) => generation === Number(number)))
      .flatMap(([number, { address }]) => (address === undefined ? [] : [{ number, address }]));
    const taken = new Set([
      ...domainControllers,
      ...dnsServers,
      ...generations.map(({ address }) => address),
      ...leaving.map(({ address }) => address),
    ]);
    const another = freeAddress(subnetPrefix, taken);
    const write =
      another === undefined ? "a larger subnet; this one is full" : `address: ${another}, or another free one`;
    const problems: Problem[] = [];
    for (const { generation, address } of generations) {
      const path = blockPath(generation, "address");
      const clash = own.get(address);
      const goes = leaving.find((each) => each.address === address);
      if (!isUsableIn(subnetPrefix, address))
        problems.push(
          problem(
            path,
            `${address} is not a usable address of ${subnetPrefix} (Azure keeps the first four and the last)`,
            write,
          ),
        );
      else if (domainControllers.includes(address))
        problems.push(problem(path, `${address} is the address of a domain controller`, write));
      else if (dnsServers.includes(address))
        problems.push(problem(path, `${address} is the address of a DNS server`, write));
      else if (clash !== undefined)
        problems.push(problem(path, `${address} is the address of generation ${clash} too`, write));
      else if (goes !== undefined && built[generation] === undefined)
        problems.push(
          problem(
            path,
            `${address} is still the address of generation ${goes.number}, which this run takes out; its network interface goes last`,
            `${write}; or take ${goes.number} out in a run of its own first`,
          ),
        );
      own.set(address, generation);
    }
    return problems;
  },
};
