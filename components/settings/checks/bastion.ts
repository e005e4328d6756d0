import { contains, isPrefix, networkAddressOf, overlap, prefixLength } from "../../network/addresses";
import { type Check, problem } from "../context";
import type { Problem } from "../settings";

const smallest = 26;

export const bastions: Check = {
  concern: "Bastion's subnet is large enough, and one of our own lies in our network beside the servers' subnet",
  runs: "always",
  judge: ({ bastion, network }) => {
    if (bastion === undefined) return [];
    const { subnetPrefix, existingId } = bastion;
    const path = "bastion.subnetPrefix";
    if (!isPrefix(subnetPrefix))
      return [problem(path, `"${subnetPrefix}" is not an IPv4 prefix`, "for example 10.40.0.64/26")];
    if (networkAddressOf(subnetPrefix) !== subnetPrefix)
      return [problem(path, `"${subnetPrefix}" has host bits set`, networkAddressOf(subnetPrefix))];
    const problems: Problem[] = [];
    // An old Bastion may still live in a smaller one.
    if (existingId === undefined && prefixLength(subnetPrefix) > smallest)
      problems.push(
        problem(
          path,
          `/${prefixLength(subnetPrefix)} is smaller than Azure lets Bastion's subnet be`,
          `a prefix of /${smallest} or larger`,
        ),
      );
    if (existingId !== undefined) return problems;
    if (network.kind === "existing")
      return [
        ...problems,
        problem(
          "bastion.existingId",
          "is missing: a Bastion of our own needs a network of our own, and network.existingSubnetId is set",
          "the id of the Bastion that the owner of that network has, or no bastion",
        ),
      ];
    const { addressSpace, subnetPrefix: servers } = network;
    if (addressSpace !== undefined && isPrefix(addressSpace) && !contains(addressSpace, subnetPrefix))
      problems.push(
        problem(
          path,
          `${subnetPrefix} is not inside network.addressSpace ${addressSpace}`,
          `a prefix inside it; network.addressSpace must hold both ${servers} and Bastion's /${smallest}`,
        ),
      );
    else if (isPrefix(servers) && overlap(servers, subnetPrefix))
      problems.push(
        problem(path, `${subnetPrefix} overlaps network.subnetPrefix ${servers}`, "a prefix of its own beside it"),
      );
    return problems;
  },
};

export const waysIn: Check = {
  concern: "Pulumi has one way to the servers: directly, through a jump host, or through a tunnel of Bastion",
  runs: "always",
  judge: ({ access: { tunnel, jumpHost, managementSources }, bastion }) => {
    if (tunnel === undefined)
      return managementSources.length > 0
        ? []
        : [
            problem(
              "access.managementSources",
              "is missing",
              "where SSH may come from: the prefix of the jump host, or of the machine that runs Pulumi; or a tunnel through bastion",
            ),
          ];
    const problems: Problem[] = [];
    if (jumpHost !== undefined)
      problems.push(problem("access.tunnel", "leads to the servers, and so does access.jumpHost", "one of the two"));
    if (bastion === undefined)
      problems.push(problem("access.tunnel", "leads through a Bastion, and there is none", "bastion too"));
    if (managementSources.length > 0)
      problems.push(
        problem(
          "access.managementSources",
          "with access.tunnel SSH comes from Bastion's subnet, which is let in by itself",
          "no managementSources",
        ),
      );
    return problems;
  },
};
