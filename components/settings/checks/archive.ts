import {
  freeAddress,
  isAddress,
  isInside,
  isPrefix,
  isUsableIn,
  lastUsableAddress,
  networkAddressOf,
  overlap,
  prefixLength,
} from "../../network/addresses";
import { type Check, problem } from "../context";
import type { Problem, Settings } from "../settings";

const writtenArchive = (written: unknown): Readonly<Record<string, unknown>> =>
  (written as { readonly archive?: Readonly<Record<string, unknown>> }).archive ?? {};

/** What only an account of our own has. */
const ofOurOwn = [
  "retentionDays",
  "lock",
  "deleteAfterDays",
  "redundancy",
  "reach",
  "privateEndpoint",
  "readFrom",
] as const;

export const archives: Check = {
  concern: "an archive is switched on in so many words, and an account of somebody else's is not configured by us",
  runs: "always",
  judge: ({ archive, locks }, { written }) => {
    const keys = writtenArchive(written);
    const problems: Problem[] = [];
    if (Object.keys(keys).length > 0 && keys.enabled === undefined)
      problems.push(
        problem(
          "archive.enabled",
          `is missing beside archive.${Object.keys(keys)[0]}: without it there is no archive`,
          "enabled: true; or enabled: false to keep the rest for later",
        ),
      );
    if (archive.accountId !== undefined)
      for (const key of ofOurOwn)
        if (keys[key] !== undefined)
          problems.push(
            problem(
              `archive.${key}`,
              "is for an account of our own, but archive.accountId is set: it would have no effect",
              "nothing; it is set on that account by whoever owns it",
            ),
          );
    if (archive.deleteAfterDays !== undefined && archive.deleteAfterDays <= archive.retentionDays)
      problems.push(
        problem(
          "archive.deleteAfterDays",
          `${archive.deleteAfterDays} is not more than archive.retentionDays (${archive.retentionDays}): Azure deletes nothing that is immutable still`,
          `${archive.retentionDays + 1} or more, or nothing`,
        ),
      );
    if (locks.archive && (archive.accountId !== undefined || !archive.enabled))
      problems.push(
        problem(
          "locks.archive",
          archive.enabled
            ? "is for an account of our own, but archive.accountId names somebody else's"
            : "is for the archive, which archive.enabled does not switch on",
          archive.enabled ? "nothing; whoever owns that account locks it" : "archive: { enabled: true }, or nothing",
        ),
      );
    return problems;
  },
};

export const archiveSchedules: Check = {
  concern: "a run of the archive's task is over, or has given up, before the next one begins",
  runs: "always",
  judge: ({ archive }) => {
    const { waitMinutes, everyHours } = archive.schedule;
    if (waitMinutes < everyHours * 60) return [];
    return [
      problem(
        "archive.schedule.waitMinutes",
        `${waitMinutes} minutes of waiting are not less than the ${everyHours * 60} from one run to the next`,
        `${everyHours * 60 - 1} or less, or a longer archive.schedule.everyHours`,
      ),
    ];
  },
};

export const archiveEndpoints: Check = {
  concern: "a private endpoint has an address that nobody else has, and a name that the servers' network can learn",
  runs: "always",
  judge: (settings, { written }) => {
    const { archive, network } = settings;
    if (!archive.enabled || archive.accountId !== undefined) return [];
    if (archive.reach === "serviceEndpoint")
      return writtenArchive(written).privateEndpoint === undefined
        ? []
        : [
            problem(
              "archive.privateEndpoint",
              "is there, but archive.reach is serviceEndpoint: it would have no effect",
              "reach: privateEndpoint, or no privateEndpoint",
            ),
          ];
    return [
      ...addressProblems(settings),
      ...(network.kind === "existing" && archive.privateEndpoint.dnsZoneId === undefined
        ? [
            problem(
              "archive.privateEndpoint.dnsZoneId",
              "is missing: the virtual network of network.existingSubnetId is not ours, so no zone is linked to it",
              "the id of the zone privatelink.blob.core.windows.net that this network's DNS servers ask",
            ),
          ]
        : []),
    ];
  },
};

function addressProblems({ archive, network, generations }: Settings): readonly Problem[] {
  const path = "archive.privateEndpoint.address";
  const { subnetPrefix, domainControllers, dnsServers } = network;
  // What is wrong with the prefix itself is told where it stands.
  if (!isPrefix(subnetPrefix) || prefixLength(subnetPrefix) > 29) return [];
  const address = archive.privateEndpoint.address ?? lastUsableAddress(subnetPrefix);
  const others = [...domainControllers, ...dnsServers, ...generations.map((block) => block.address)];
  const free = freeAddress(subnetPrefix, new Set([...others, address])) ?? "one of a larger subnet";
  if (!isUsableIn(subnetPrefix, address))
    return [
      problem(
        path,
        `${address} is not a usable address of ${subnetPrefix} (Azure keeps the first four and the last)`,
        free,
      ),
    ];
  return others.includes(address)
    ? [problem(path, `${address} is somebody's already: a server's or a domain controller's`, free)]
    : [];
}

/** RFC 1918 and what else Azure's storage firewall refuses as private. */
const notPublic = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "0.0.0.0/8"];

export const archiveReaders: Check = {
  concern: "whoever reads the archive comes from an address that Azure's storage firewall takes",
  runs: "always",
  judge: ({ archive }) =>
    archive.readFrom.flatMap((source, index): readonly Problem[] => {
      const path = `archive.readFrom[${index}]`;
      const asPrefix = isAddress(source) ? `${source}/32` : source;
      if (!isPrefix(asPrefix)) return [problem(path, `"${source}" is not an IPv4 address or prefix`, "203.0.113.0/24")];
      if (networkAddressOf(asPrefix) !== asPrefix)
        return [problem(path, `"${source}" has host bits set`, networkAddressOf(asPrefix))];
      if (prefixLength(asPrefix) === 0)
        return [problem(path, "is every address there is", "the addresses of those who read")];
      const inside = notPublic.find((each) => overlap(each, asPrefix) || isInside(each, source.split("/")[0] ?? ""));
      if (inside !== undefined)
        return [
          problem(
            path,
            `${source} is in ${inside}, and Azure's storage firewall takes public addresses only`,
            "the public address that these people leave from; from inside the network use archive.reach: privateEndpoint",
          ),
        ];
      return prefixLength(asPrefix) === 31
        ? [problem(path, `${source} is a /31, which Azure's storage firewall refuses`, "its two addresses, one each")]
        : [];
    }),
};
