import type { Comparison } from "../judging/comparison";
import type { RuleDifference } from "./differences";
import type { PairedRules } from "./matchRules";

/** A standard rule in another revision of another build. What a revision never excuses has its own finding already. */
export interface Revision {
  readonly pair: PairedRules;
  readonly subject: string;
  /** What the revision may change without anybody having to look: ordinary flows, description. */
  readonly excused: readonly RuleDifference[];
}

/** How many are named before it says how many more there are; the table of rules has them all. */
const listed = 10;

function shortened(names: readonly string[]): readonly string[] {
  return names.length <= listed ? names : [...names.slice(0, listed), `… and ${names.length - listed} more`];
}

/** Revisions without another effect are one finding, however many; the others say what flows differently. */
export function reportRevisions(comparison: Comparison, revisions: readonly Revision[]): void {
  const cause = `Microsoft revises standard rules from build to build (${comparison.versions}).`;
  const plain = revisions.filter(({ excused }) => excused.length === 0);
  if (plain.length > 0)
    comparison.add({
      code: "rule-revised",
      severity: "info",
      class: "build-difference",
      subject: plain.length === 1 ? (plain[0]?.subject ?? "") : `${plain.length} standard rules`,
      title: `${plain.length === 1 ? "One standard rule comes" : `${plain.length} standard rules come`} in another revision that changes nothing beyond what other findings say.`,
      active: shortened(plain.map(({ pair }) => `${pair.active.name}: ${pair.active.immutableTag}`)),
      staging: shortened(plain.map(({ pair }) => `${pair.staging.name}: ${pair.staging.immutableTag}`)),
      cause,
      next: "",
    });
  for (const { pair, subject, excused } of revisions) {
    if (excused.length === 0) continue;
    const parts = excused.map(({ part }) => part);
    comparison.add({
      code: "rule-revised",
      severity: "info",
      class: "build-difference",
      subject,
      title: `The build brings another revision of the standard rule "${pair.active.name}"; it changes ${parts.length <= 6 ? parts.join(", ") : `${parts.slice(0, 6).join(", ")} and ${parts.length - 6} more`}.`,
      active: { tag: pair.active.immutableTag, changes: excused.map(({ part, active }) => ({ part, value: active })) },
      staging: {
        tag: pair.staging.immutableTag,
        changes: excused.map(({ part, staging }) => ({ part, value: staging })),
      },
      cause: `${cause} A modification made by hand cannot be told from the revision.`,
      next: "",
    });
  }
}
