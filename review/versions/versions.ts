/**
 * Versions of Entra Connect Sync. Collected from secondary sources that agree with each other and not from Microsoft's
 * own page; so the table carries the day on which it was checked and ages to a warning instead of going silently stale.
 */
export const verifiedOn = "2026-10-06";

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

export type VersionJudgement =
  | { readonly kind: "refuse"; readonly problem: string; readonly write: string }
  | { readonly kind: "warn"; readonly problem: string; readonly write: string }
  | { readonly kind: "accept" };

const newest = () => knownVersions().at(-1) as string;

/** Judges a version as the one to install or keep on a passive server on a given day. */
export function judgeVersion(version: string, on: Date): VersionJudgement {
  const today = on.toISOString().slice(0, 10);
  const write = `${newest()} (the newest known on ${verifiedOn}; check the Entra admin center)`;
  const release = releases[version];
  if (release?.kind === "recalled") return { kind: "refuse", problem: `version ${version} was ${release.note}`, write };
  if (compareVersions(version, hardMinimum) < 0)
    return {
      kind: "refuse",
      problem: `version ${version} is below ${hardMinimum}; the service has stopped its synchronization since 2026-09-30`,
      write,
    };
  if (today >= comingMinimum.from && compareVersions(version, comingMinimum.version) < 0)
    return {
      kind: "refuse",
      problem: `version ${version} is below ${comingMinimum.version}, which the service requires since ${comingMinimum.from}`,
      write,
    };
  if (release === undefined) {
    if (compareVersions(version, newest()) > 0)
      return {
        kind: "warn",
        problem: `version ${version} is newer than this library knows (its table was checked on ${verifiedOn})`,
        write: "nothing, if the release notes raise no concern; upgrade this library when it knows the version",
      };
    return { kind: "refuse", problem: `version ${version} is not a known release of Entra Connect Sync`, write };
  }
  if (release.endOfSupport !== undefined && release.endOfSupport <= today)
    return { kind: "warn", problem: `version ${version} went out of support on ${release.endOfSupport}`, write };
  if (release.note !== undefined) return { kind: "warn", problem: `version ${version}: ${release.note}`, write };
  return { kind: "accept" };
}
