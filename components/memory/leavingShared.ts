import { hasPrivateEndpoint } from "../archive/plan";
import type { GenerationSettings, Problem, Settings } from "../settings/settings";
import { stillCounts } from "../settings/until";
import { sharedOf } from "./ledger";
import type { Check, Question } from "./question";
import { answeredSince, standing } from "./remembered";

interface SharedPart {
  /** Its name in the state. */
  readonly part: string;
  readonly path: string;
  readonly what: string;
  readonly wanted: (settings: Settings) => boolean;
}

const sharedParts: readonly SharedPart[] = [
  {
    part: "network-peering",
    path: "network.peerVirtualNetworkId",
    what: "the peering with the hub",
    wanted: ({ network }) => network.peerVirtualNetworkId !== undefined,
  },
  {
    part: "network-peering-hub",
    path: "network.makeBothHalves",
    what: "the hub's half of the peering",
    wanted: ({ network }) => network.makeBothHalves,
  },
  {
    part: "network-egress",
    path: "network.natGateway",
    what: "the NAT gateway",
    wanted: ({ network }) => network.natGateway,
  },
  {
    part: "network-routes",
    path: "network.firewallAddress",
    what: "the route to the firewall",
    wanted: ({ network }) => network.firewallAddress !== undefined,
  },
  {
    part: "network-bastion",
    path: "bastion",
    what: "the Bastion of our own",
    wanted: ({ bastion }) => bastion !== undefined && bastion.existingId === undefined,
  },
  {
    part: "archive-endpoint",
    path: "archive.reach",
    what: "the private endpoint of the archive",
    wanted: hasPrivateEndpoint,
  },
];

/** Declared passive after something else, and not asked since: it may be the active server still. */
export function unasked(
  { settings, remembered: { ledger, generations } }: Pick<Question, "settings" | "remembered">,
  built: ReadonlySet<number>,
): readonly GenerationSettings[] {
  return settings.generations.filter(({ generation, role }) => {
    const entry = ledger?.generations[generation];
    if (role !== "passive" || entry === undefined || !built.has(generation)) return false;
    if (entry.role !== "passive") return true;
    return entry.passiveSince !== undefined && !answeredSince(generations[generation], entry.passiveSince);
  });
}

/**
 * What generations share and the settings no longer name would be deleted in this run; `ignoreChanges` keeps only what is
 * still declared. By what the state holds, whatever the ledger says: an earlier run may have died between the two.
 */
export const leavingShared: Check = (question) => {
  const { settings, remembered, today } = question;
  const { changeUnderActive } = settings.network;
  if (changeUnderActive !== undefined && stillCounts(changeUnderActive, today)) return [];
  const built = new Set(standing(remembered));
  const active = settings.generations.find(({ role, generation }) => role === "active" && built.has(generation));
  const [first] = unasked(question, built);
  const holder = active ?? first;
  if (holder === undefined) return [];
  return sharedParts
    .filter(({ part, wanted }) => remembered.parts.has(part) && !wanted(settings))
    .filter(({ path }) => active === undefined || !toldAlready(path, question))
    .map(
      ({ path, what }): Problem => ({
        path,
        problem:
          active === undefined
            ? `generation ${holder.generation} is declared passive again and has not been asked yet whether it is staging; ${what} would be deleted under it in this run`
            : `generation ${holder.generation} is declared active and stands on ${what}, which the state still holds and these settings would delete`,
        write:
          active === undefined
            ? `${path} as before, and up (it is asked); then the change, in an up of its own`
            : `${path} as it was when that was made; or network.changeUnderActive`,
      }),
    );
};

/** Under an active one a change since the last run is refused with what it was. */
function toldAlready(path: string, { settings, remembered: { ledger } }: Question): boolean {
  const key = (path === "archive.reach" ? "archiveReach" : path.replace(/^network\./, "")) as keyof ReturnType<
    typeof sharedOf
  >;
  const before = ledger?.shared[key];
  return before !== undefined && JSON.stringify(before) !== JSON.stringify(sharedOf(settings)[key]);
}
