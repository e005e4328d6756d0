import type { Severity } from "../../verdict";
import type { EvidenceIdentity } from "../identity";
import type { EvidenceFinding } from "./found";

/** Something that was made at a time, and whether anybody should still go by it. */
export interface Aged {
  /** For a sentence: `the evidence of the active server`. */
  readonly what: string;
  readonly side: "active" | "staging";
  readonly source: string;
  /** Undefined where it does not say when it was made, or only when it was changed last. */
  readonly at: Date | undefined;
  /** Its time says its zone. */
  readonly certain: boolean;
}

export interface AgeLimits {
  readonly now: Date;
  /** Older is a warning, and so is an age that is not known; without a limit age is only said. */
  readonly maxAgeHours?: number;
}

const hour = 3_600_000;
/** Without a limit age is said from here on. */
const notableHours = 7 * 24;
/** Clocks of a domain agree within minutes; a time without a zone may be off by half a day and more. */
const aheadHours = (certain: boolean): number => (certain ? 1 : 15);

export function agedEvidence(identity: EvidenceIdentity, side: "active" | "staging"): Aged {
  return {
    what: `the evidence of the ${side} server`,
    side,
    source: identity.source,
    at: identity.dated === "export" ? identity.at : undefined,
    certain: identity.certain === true,
  };
}

/** Evidence of yesterday answers for yesterday. Of one side's snapshots the newest counts. */
export function ageFindings(inputs: readonly Aged[], { now, maxAgeHours }: AgeLimits): readonly EvidenceFinding[] {
  const newest = new Map<string, number>();
  for (const { what, at } of inputs)
    if (at !== undefined) newest.set(what, Math.max(newest.get(what) ?? 0, at.getTime()));
  const limited = maxAgeHours !== undefined;
  const severity: Severity = limited ? "warning" : "info";
  return inputs.flatMap(({ what, side, source, at, certain }): EvidenceFinding[] => {
    const about = { severity, class: "unexplained", subject: what, active: null, staging: null } as const;
    if (at === undefined) {
      if (!limited) return [];
      return [
        {
          ...about,
          code: "evidence-age-unknown",
          title: `How old ${what} is cannot be said for certain.`,
          cause: `${source} does not say when it was made, or in a form that can be read in two ways.`,
          next: "Use scripts/collect.ps1, whose archives say when they were made.",
          tool: "evidence",
        },
      ];
    }
    if (at.getTime() < (newest.get(what) ?? 0)) return [];
    const age = (now.getTime() - at.getTime()) / hour;
    const shown = { [side]: `${at.toISOString()} (${source})` };
    if (age < -aheadHours(certain))
      return [
        {
          ...about,
          ...shown,
          code: "evidence-from-the-future",
          title: `${capital(what)} was made ${hoursText(-age)} after now: a clock is wrong.`,
          cause: "The clock of that server, or of this machine, is not right; ages cannot be believed.",
          next: "Set the clocks, then collect and export again.",
          tool: "evidence",
        },
      ];
    if (age <= (maxAgeHours ?? notableHours)) return [];
    return [
      {
        ...about,
        ...shown,
        code: "evidence-old",
        title: `${capital(what)} is ${hoursText(age)} old: it says what was, not what is.`,
        cause: limited ? `More than ${hoursText(maxAgeHours)} were asked for as the limit.` : "It was made then.",
        next: limited ? "Collect and export again on both servers, then ask again." : "",
        tool: "evidence",
      },
    ];
  });
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** Days from two on, as people count. */
export const hoursText = (hours: number): string =>
  hours < 48 ? `${Math.round(hours)} hours` : `${Math.round(hours / 24)} days`;
