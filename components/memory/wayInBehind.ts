import type { Finding } from "../../review/verdict";
import { readiness } from "../findings";
import { contains, isPrefix } from "../network/addresses";
import { generationNames } from "../server/names";
import type { Settings } from "../settings/settings";
import { unasked } from "./leavingShared";
import { type Remembered, standing } from "./remembered";

/** Where Pulumi's SSH comes from by these settings. */
const wanted = ({ access, bastion }: Settings): readonly string[] =>
  access.tunnel === undefined || bastion === undefined ? access.managementSources : [bastion.subnetPrefix];

const letsIn = (known: readonly string[], source: string): boolean =>
  known.some((each) => each === "*" || (isPrefix(each) && isPrefix(source) && contains(each, source)));

/**
 * The security group of an active generation stays as it was built, and so it is when it is declared passive again and asked:
 * if Pulumi then comes from elsewhere, it cannot be asked at all.
 */
export function wayInBehind(settings: Settings, remembered: Remembered): readonly Finding[] {
  const built = new Set(standing(remembered));
  const untouched = [
    ...settings.generations.filter(({ generation, role }) => role === "active" && built.has(generation)),
    ...unasked({ settings, remembered }, built),
  ];
  return untouched.flatMap(({ generation }) => {
    const known = remembered.generations[generation]?.sshFrom;
    const missing = known === undefined ? [] : wanted(settings).filter((source) => !letsIn(known, source));
    if (known === undefined || missing.length === 0) return [];
    const { machine, securityGroup } = generationNames(settings.name, generation);
    return [
      readiness("way-in-behind", "warning", machine, {
        title: `the security group of ${machine} lets SSH in from ${known.join(", ") || "nowhere"}, and not from ${missing.join(", ")} as access says: it is not touched while ${machine} is active or not yet asked, so that its guard cannot be asked from there`,
        cause: "access",
        next: `access as it was when ${machine} was built until it has answered as a passive server; or a rule for TCP 22 from ${missing.join(", ")} in ${securityGroup} by hand, and pulumi refresh`,
      }),
    ];
  });
}
