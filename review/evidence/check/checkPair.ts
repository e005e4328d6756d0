import type { VersionPolicy } from "../../versions/versions";
import { type EvidenceIdentity, readsDisagree, sameServer } from "../identity";
import { agedEvidence, ageFindings, hoursText } from "./ages";
import type { EvidenceFinding } from "./found";
import { versionFindings } from "./versionFindings";

export interface CheckOptions {
  /** Ages are counted to here: the clock of whoever asks. */
  readonly now: Date;
  /** Older evidence is a warning; without it age is only said. */
  readonly maxAgeHours?: number;
  /** Default a week. */
  readonly maxApartHours?: number;
  /** Both are meant to be of one server, before and after something. */
  readonly oneServer?: boolean;
  readonly versionPolicy?: VersionPolicy;
}

const defaultApartHours = 7 * 24;
const hour = 3_600_000;

/**
 * Whether two pieces of evidence can be compared at all, before anything in them is: of one server twice? made when, how
 * far apart? do their reads contradict each other? does a server run a build that it should not?
 */
export function checkPair(
  active: EvidenceIdentity,
  staging: EvidenceIdentity,
  options: CheckOptions,
): readonly EvidenceFinding[] {
  return [
    ...sameTwice(active, staging, options),
    ...contradictions(active, "active"),
    ...contradictions(staging, "staging"),
    ...versionFindings(active, staging, options),
    ...apart(active, staging, options),
    ...ageFindings([agedEvidence(active, "active"), agedEvidence(staging, "staging")], options),
    ...running(active, "active"),
    ...running(staging, "staging"),
  ];
}

function sameTwice(
  active: EvidenceIdentity,
  staging: EvidenceIdentity,
  options: CheckOptions,
): readonly EvidenceFinding[] {
  const twice = active.contentSha256 !== undefined && active.contentSha256 === staging.contentSha256;
  const base = {
    severity: "warning",
    class: "unexplained",
    subject: "evidence",
    active: active.server ?? active.source,
    staging: staging.server ?? staging.source,
  } as const;
  if (twice)
    return [
      {
        ...base,
        code: "same-evidence-twice",
        title: `Both inputs hold the same bytes${active.server === undefined ? "" : ` (of ${active.server})`}: nothing was compared with anything.`,
        cause: "The same folder, archive or file was given twice, perhaps under two names.",
        next: "Give the evidence of the other server.",
        tool: "evidence",
      },
    ];
  if (options.oneServer || !sameServer(active.server, staging.server)) return [];
  return [
    {
      ...base,
      code: "same-server-twice",
      title: `Both inputs come from one server (${active.server}): this compares it before and after, not with its partner.`,
      cause:
        "The name of the server is the same in both; it may have been exported before and after a switch or an upgrade.",
      next: "Give the evidence of two servers; or, if before and after is meant, say so to compare with --before-after.",
      tool: "evidence",
    },
  ];
}

function contradictions(identity: EvidenceIdentity, side: "active" | "staging"): readonly EvidenceFinding[] {
  if (!readsDisagree(identity)) return [];
  const { scheduler, globalParameter, configuration, schedulerFile = scheduler } = identity.staging;
  // The scheduler says whether a cycle would export: where its answer is the role's, the rest is to be looked at.
  const asGiven = scheduler === (side === "staging") && schedulerFile === scheduler;
  const word = (answer: boolean | undefined): string => (answer === undefined ? "not read" : answer ? "on" : "off");
  const reads = {
    scheduler: word(scheduler),
    "global parameter": word(globalParameter),
    "exported configuration": word(configuration),
    ...(schedulerFile !== scheduler && { "statistics/scheduler.json": word(schedulerFile) }),
  };
  return [
    {
      code: "staging-reads-disagree",
      severity: asGiven ? "warning" : "blocking",
      class: "unexplained",
      subject: `staging mode of the ${side} server`,
      title: `What the ${side} server says about staging mode contradicts itself${identity.server === undefined ? "" : ` on ${identity.server}`} (scheduler ${reads.scheduler}, global parameter ${reads["global parameter"]}, configuration ${reads["exported configuration"]}${schedulerFile === scheduler ? "" : `, statistics/scheduler.json ${word(schedulerFile)}`}): it may be exporting.`,
      active: side === "active" ? reads : null,
      staging: side === "staging" ? reads : null,
      cause:
        "The flag was set by a script instead of the wizard, or the evidence was collected while somebody changed it.",
      next: "Look with (Get-ADSyncScheduler).StagingModeEnabled, set the role in the wizard (Configure staging mode), and collect again. Until then treat the server as active.",
      tool: "wizard",
    },
  ];
}

function apart(active: EvidenceIdentity, staging: EvidenceIdentity, options: CheckOptions): readonly EvidenceFinding[] {
  if (active.at === undefined || staging.at === undefined || options.oneServer) return [];
  const hours = Math.abs(active.at.getTime() - staging.at.getTime()) / hour;
  const most = options.maxApartHours ?? defaultApartHours;
  if (hours <= most) return [];
  // A settings file is dated when the wizard last changed something, an export when it was made: only said.
  const comparable = active.dated === staging.dated;
  return [
    {
      code: "evidence-apart",
      severity: comparable ? "warning" : "info",
      class: "unexplained",
      subject: "time of the evidence",
      title: `The two were made ${hoursText(hours)} apart: what was changed in between shows as a difference, or hides one; counts move.`,
      active: active.madeAt ?? null,
      staging: staging.madeAt ?? null,
      cause: `More than ${hoursText(most)} lie between them.`,
      next: comparable ? "Collect or export on both servers again, at about the same time." : "",
      tool: "evidence",
    },
  ];
}

function running(
  { running: inProgress, server }: EvidenceIdentity,
  side: "active" | "staging",
): readonly EvidenceFinding[] {
  if (!inProgress) return [];
  return [
    {
      code: "collected-during-run",
      severity: "info",
      class: "expected",
      subject: `evidence of the ${side} server`,
      title: `The ${side} server${server === undefined ? "" : ` (${server})`} was synchronizing while its evidence was collected; its configuration is not touched by that, counts move.`,
      active: side === "active" ? true : null,
      staging: side === "staging" ? true : null,
      cause: "The scheduler said that a cycle was in progress.",
      next: "",
    },
  ];
}
