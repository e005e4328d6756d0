import type { Severity } from "../../verdict";
import { compareVersions, judgeVersion, recommendedVersion, type VersionPolicy } from "../../versions/versions";
import type { EvidenceIdentity } from "../identity";
import type { EvidenceFinding } from "./found";

/** What each server runs, by the dated table; and whether the one to be promoted is behind the other. */
export function versionFindings(
  active: EvidenceIdentity,
  staging: EvidenceIdentity,
  {
    now,
    versionPolicy,
    oneServer,
  }: { readonly now: Date; readonly versionPolicy?: VersionPolicy; readonly oneServer?: boolean },
): readonly EvidenceFinding[] {
  return [
    // What a server ran before an upgrade is nothing to act on.
    ...(oneServer ? [] : judged(active, "active", now, versionPolicy)),
    ...judged(staging, "staging", now, versionPolicy),
    ...older(active, staging, now, versionPolicy),
    ...programs(active, staging),
  ];
}

/** The installer and the program can differ from server to server. */
function programs(active: EvidenceIdentity, staging: EvidenceIdentity): readonly EvidenceFinding[] {
  return (["engine", "wizard"] as const).flatMap((part): EvidenceFinding[] => {
    const [here, there] = [active[part], staging[part]];
    if (here === undefined || there === undefined || here === there) return [];
    return [
      {
        code: "program-version-differs",
        severity: "info",
        class: "build-difference",
        subject: `version of the ${part}`,
        title: `The servers run different versions of the ${part}.`,
        active: here,
        staging: there,
        cause: "One server was upgraded first. A pair may differ in version; the same one is recommended.",
        next: "",
      },
    ];
  });
}

/** The program that runs, else the build of the configuration. */
function versionOf({ engine, build }: EvidenceIdentity): string | undefined {
  const version = engine ?? build;
  return version !== undefined && /^\d+(\.\d+){2,3}$/.test(version) ? version : undefined;
}

/** No server of version 2 is older; before it an export speaks of its own time, not of what runs today. */
const versionTwo = { major: 2, first: Date.UTC(2021, 6, 1) };

function judged(
  identity: EvidenceIdentity,
  side: "active" | "staging",
  now: Date,
  policy: VersionPolicy | undefined,
): readonly EvidenceFinding[] {
  const version = versionOf(identity);
  if (version === undefined) return [];
  if (Number(version.split(".")[0]) < versionTwo.major && (identity.at?.getTime() ?? now.getTime()) < versionTwo.first)
    return [];
  const judgement = judgeVersion(version, now, policy);
  if (judgement.kind === "accept") return [];
  const severity = severityOf(judgement.why, side);
  return [
    {
      code: `version-${judgement.why}`,
      severity,
      class: "unexplained",
      subject: `version of the ${side} server`,
      title: `The ${side} server runs a version to look at: ${judgement.problem}.`,
      active: side === "active" ? version : null,
      staging: side === "staging" ? version : null,
      cause: identity.engine === undefined ? "By the build in its configuration." : "By the program that runs on it.",
      next:
        severity === "info"
          ? ""
          : `${side === "staging" ? "Before a promotion, upgrade it to" : "Plan the role switch or upgrade it to"} ${judgement.write}.`,
      tool: "wizard",
    },
  ];
}

/** A staging server is about to take over, so it must be in order; the active one may be what is being replaced. */
function severityOf(why: string, side: "active" | "staging"): Severity {
  if (why === "recalled") return side === "staging" ? "blocking" : "warning";
  if (why === "noted" || why === "unknown-newer") return "info";
  return side === "staging" ? "warning" : "info";
}

function older(
  active: EvidenceIdentity,
  staging: EvidenceIdentity,
  now: Date,
  policy: VersionPolicy | undefined,
): readonly EvidenceFinding[] {
  const [here, there] = [versionOf(active), versionOf(staging)];
  if (here === undefined || there === undefined || compareVersions(there, here) >= 0) return [];
  return [
    {
      code: "version-staging-older",
      severity: "warning",
      class: "build-difference",
      subject: "version of the staging server",
      title: `The staging server runs an older version (${there}) than the active one (${here}).`,
      active: here,
      staging: there,
      cause: "The active server was upgraded first, or the staging server missed an upgrade.",
      next: `Before a role switch, upgrade the staging server to the active server's version or newer (${recommendedVersion(now, policy)} is recommended by the table).`,
      tool: "wizard",
    },
  ];
}
