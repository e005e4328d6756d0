/**
 * Versions of Entra Connect Sync. Collected from secondary sources that agree with each other and not from Microsoft's
 * own page; so the table carries the day on which it was checked and the day of its newest source, and ages to a warning
 * instead of going silently stale.
 */
export const verifiedOn = "2026-11-26";
/** The newest text that the table rests on; later releases are not known here, whenever somebody looked. */
export const sourceDate = "2026-10-06";

export type ReleaseState =
  | { readonly kind: "supported"; readonly endOfSupport?: string; readonly note?: string }
  | { readonly kind: "recalled"; readonly note: string };

const releases: Readonly<Record<string, ReleaseState>> = {
  "2.5.3.0": { kind: "supported", endOfSupport: "2026-07-31" },
  "2.5.76.0": { kind: "supported", endOfSupport: "2026-09-01" },
  "2.5.79.0": { kind: "supported", endOfSupport: "2026-10-23" },
  "2.5.190.0": { kind: "supported", endOfSupport: "2027-02-02" },
  "2.6.1.0": { kind: "supported", endOfSupport: "2027-03-10" },
  "2.6.3.0": { kind: "supported", endOfSupport: "2027-07-07" },
  "2.6.79.0": { kind: "recalled", note: "recalled by Microsoft; uninstall it where it is installed" },
  "2.6.84.0": { kind: "supported", endOfSupport: "2027-09-16" },
  "2.6.91.0": {
    kind: "supported",
    endOfSupport: "2027-09-23",
    note: "registration of pass-through authentication agents is broken in it",
  },
  "2.6.92.0": { kind: "supported" },
};

/** Below this version synchronization has been stopped by the service since 2026-09-30. */
export const hardMinimum = "2.5.79.0";
/** From this day on the service refuses everything below `coming.version`. */
export const comingMinimum = { version: "2.6.84.0", from: "2027-04-07" };

export function compareVersions(left: string, right: string): number {
  const [a, b] = [left, right].map((version) => version.split(".").map(Number));
  for (let part = 0; part < Math.max(a?.length ?? 0, b?.length ?? 0); part++) {
    const difference = (a?.[part] ?? 0) - (b?.[part] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

export function knownVersions(): readonly string[] {
  return Object.keys(releases).sort(compareVersions);
}

/** What else is known of a release, whatever the day: undefined where nothing is. */
export function versionNote(version: string): string | undefined {
  return releases[version]?.note;
}

export type VersionPolicy = "latest" | "previous";

/** `why` is stable, for codes and severities. */
export type VersionJudgement =
  | {
      readonly kind: "refuse" | "warn";
      readonly why:
        | "recalled"
        | "below-minimum"
        | "not-released"
        | "unknown-newer"
        | "unsupported"
        | "noted"
        | "behind-policy";
      readonly problem: string;
      readonly write: string;
    }
  | { readonly kind: "accept" };

const newest = () => knownVersions().at(-1) as string;

/** Days before an end at which whoever installs a version is told of it. */
const soonDays = 90;

/**
 * What lies ahead of a version that may be installed today: undefined where nothing is near. Two different things: support
 * that ends, and a day from which the service refuses it.
 */
export function versionOutlook(
  version: string,
  on: Date,
): { readonly problem: string; readonly write: string } | undefined {
  const today = dayOf(on);
  const write = `${recommendedVersion(on)} (the newest known on ${sourceDate}; check the Entra admin center)`;
  if (today < comingMinimum.from && compareVersions(version, comingMinimum.version) < 0)
    return {
      problem: `version ${version} is below ${comingMinimum.version}, which the service requires from ${comingMinimum.from} on: it stops synchronizing then`,
      write,
    };
  const release = releases[version];
  const end = release?.kind === "supported" ? release.endOfSupport : undefined;
  if (end === undefined || end <= today) return undefined;
  const left = Math.round((Date.parse(end) - Date.parse(today)) / 86_400_000);
  return left > soonDays
    ? undefined
    : { problem: `support of version ${version} ends on ${end}, in ${left} days`, write };
}

/** Neither recalled nor out of support nor below what the service takes on that day: oldest first. */
function usable(today: string): readonly string[] {
  return knownVersions().filter((version) => {
    const release = releases[version];
    if (release?.kind !== "supported" || belowMinimum(version, today) !== undefined) return false;
    return release.endOfSupport === undefined || release.endOfSupport > today;
  });
}

/** The version to install: the newest usable one, or the one before it (`previous`, N-1) as long as that is usable too. */
export function recommendedVersion(on: Date, policy: VersionPolicy = "latest"): string {
  const versions = usable(dayOf(on));
  return (policy === "previous" ? versions.at(-2) : undefined) ?? versions.at(-1) ?? newest();
}

function dayOf(on: Date): string {
  return on.toISOString().slice(0, 10);
}

function belowMinimum(version: string, today: string): string | undefined {
  if (compareVersions(version, hardMinimum) < 0)
    return `version ${version} is below ${hardMinimum}; the service has stopped its synchronization since 2026-09-30`;
  return today >= comingMinimum.from && compareVersions(version, comingMinimum.version) < 0
    ? `version ${version} is below ${comingMinimum.version}, which the service requires since ${comingMinimum.from}`
    : undefined;
}

/**
 * Judges a version as the one to install or keep on a passive server on a given day. With a policy, being behind it is a
 * warning; advice never leads to a recalled or unsupported build.
 */
export function judgeVersion(version: string, on: Date, policy?: VersionPolicy): VersionJudgement {
  const today = dayOf(on);
  const recommended = recommendedVersion(on, policy);
  const write = `${recommended} (${policy === "previous" ? "the one before the newest known" : "the newest known"} on ${sourceDate}; check the Entra admin center)`;
  const refuse = (why: "recalled" | "below-minimum" | "not-released", problem: string): VersionJudgement => ({
    kind: "refuse",
    why,
    problem,
    write,
  });
  const warn = (
    why: "unknown-newer" | "unsupported" | "noted" | "behind-policy",
    problem: string,
    instead = write,
  ): VersionJudgement => ({
    kind: "warn",
    why,
    problem,
    write: instead,
  });
  const release = releases[version];
  if (release?.kind === "recalled") return refuse("recalled", `version ${version} was ${release.note}`);
  const below = belowMinimum(version, today);
  if (below !== undefined) return refuse("below-minimum", below);
  if (release === undefined) {
    if (compareVersions(version, newest()) > 0)
      return warn(
        "unknown-newer",
        `version ${version} is newer than this library knows (its newest source is of ${sourceDate})`,
        "nothing, if the release notes raise no concern; upgrade this library when it knows the version",
      );
    return refuse("not-released", `version ${version} is not a known release of Entra Connect Sync`);
  }
  if (release.endOfSupport !== undefined && release.endOfSupport <= today)
    return warn("unsupported", `version ${version} went out of support on ${release.endOfSupport}`);
  if (policy !== undefined && compareVersions(version, recommended) < 0)
    return warn("behind-policy", `version ${version} is behind ${recommended}, which the policy "${policy}" asks for`);
  if (release.note !== undefined) return warn("noted", `version ${version}: ${release.note}`);
  return { kind: "accept" };
}
