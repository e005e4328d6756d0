import { type Check, problem } from "../context";

export const networkKinds: Check = {
  concern: "settings of a network of our own do not stand beside an existing subnet",
  runs: "always",
  judge: ({ network }) => {
    if (network.kind === "new") return [];
    return (["addressSpace", "peerVirtualNetworkId"] as const)
      .filter((key) => network[key] !== undefined)
      .map((key) =>
        problem(`network.${key}`, "is for a network of our own, but network.existingSubnetId is set", "one of the two"),
      );
  },
};
