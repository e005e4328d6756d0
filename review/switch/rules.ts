import { type FenceDoubt, provenFence } from "./fences";
import type { Course, Moment, Reading, Seen, SwitchLimits } from "./model";

/** Everything that a safety rule looks at. */
export interface Situation extends Seen {
  readonly course: Course;
  readonly limits: SwitchLimits;
  /** To which moment a fence of the server to be demoted is proven. */
  readonly fencedAt: Moment | undefined;
  /** What speaks against the fences of it that were seen to hold. */
  readonly doubts: readonly FenceDoubt[];
  /** Codes that a person has overridden, by name and with a reason. */
  readonly overridden: ReadonlySet<string>;
}

export interface SafetyRule {
  readonly code: string;
  /** `state`: nothing can be said before it is mended. `promotion`: nobody may be promoted before. */
  readonly stops: "state" | "promotion";
  /** Whether a person may go on all the same, by name and reason. */
  readonly override: boolean;
  readonly broken: (situation: Situation) => boolean;
  /** For the table in the documentation. */
  readonly means: string;
  readonly source: string;
}

type Side = (situation: Situation) => Reading | null;
const source: Side = ({ source }) => source;
const target: Side = ({ target }) => target;

/** A proven fence makes what its server says of itself beside the point. */
const unfenced = ({ fencedAt }: Situation): boolean => fencedAt === undefined;

/** Of the server to be demoted only where no fence speaks for it, and of the one to be promoted always. */
function eitherSide(breaks: (reading: Reading, situation: Situation) => boolean): SafetyRule["broken"] {
  return (situation) => (unfenced(situation) && side(source, breaks, situation)) || side(target, breaks, situation);
}

function side(of: Side, breaks: (reading: Reading, situation: Situation) => boolean, situation: Situation): boolean {
  const reading = of(situation);
  return reading !== null && breaks(reading, situation);
}

const ageAt = (at: Moment | null, now: Moment): Moment => now - (at ?? Number.NEGATIVE_INFINITY);

/** The moment up to which somebody may still promote this machine, clocks apart included. */
export function promotableUntil({ course, limits }: Pick<Situation, "course" | "limits">, machine: string): Moment {
  return (course.promotable[machine] ?? Number.NEGATIVE_INFINITY) + limits.clockMargin;
}

/** The record has allowed the promotion that made this machine active: it was last read as passive before that ended. */
export function allowedSince({ promotable, lastStaging }: Course, machine: string): boolean {
  const until = promotable[machine];
  return until !== undefined && (lastStaging[machine] ?? Number.NEGATIVE_INFINITY) <= until;
}

/** Machines other than the two that export by some answer, and of which no fence is proven. */
export function strangersOf(situation: Situation): readonly string[] {
  const { course, limits, from, to } = situation;
  return Object.keys(course.strangers).filter(
    (machine) =>
      machine !== from && machine !== to && provenFence(machine, situation, course, null, limits) === undefined,
  );
}

/** The tenant has a trace of an export by this machine that is younger than its own word that it is passive. */
function exportedSince(reading: Reading, { course, limits }: Situation): boolean {
  const exported = course.exported[reading.machine] ?? Number.NEGATIVE_INFINITY;
  return reading.role === "staging" && exported > (reading.at ?? 0) + limits.clockMargin;
}

/**
 * What must hold before a state is believed, and before anybody is promoted, in the order in which it is told. The
 * exhaustive walk (docs/switch.md) takes out each rule that guards the promise "never two exporters" and finds the two.
 */
export const safetyRules: readonly SafetyRule[] = [
  {
    code: "clock-went-back",
    stops: "state",
    override: false,
    broken: ({ now, course }) => course.lastAt !== null && now < course.lastAt,
    means: "the newest entry of the record is younger than now",
    source: "permissions end by the clock",
  },
  {
    code: "evidence-from-the-future",
    stops: "state",
    override: false,
    broken: (situation) => {
      const latest = situation.now + situation.limits.clockMargin;
      const late = ({ at }: Reading) => at !== null && at > latest;
      const answers = [situation.tenant?.at ?? 0, ...situation.fences.map(({ at }) => at)];
      return eitherSide(late)(situation) || answers.some((at) => at > latest);
    },
    means: "a collection or an answer is more than 5 minutes younger than now: clocks are apart",
    source: "ages are counted from it",
  },
  {
    code: "wrong-server",
    stops: "state",
    override: false,
    broken: (situation) =>
      (unfenced(situation) && side(source, ({ machine }, { from }) => machine !== from, situation)) ||
      side(target, ({ machine }, { to }) => machine !== to, situation),
    means: "an archive is of another server than the one it is given for: swapped, or of a third",
    source: "F17",
  },
  {
    code: "evidence-undated",
    stops: "state",
    override: false,
    broken: eitherSide(({ at }) => at === null),
    means: "an archive does not say for certain when it was made",
    source: "corrections: every age is counted",
  },
  {
    code: "evidence-too-old",
    stops: "state",
    override: false,
    broken: eitherSide(({ at }, { now, limits }) => ageAt(at, now) > limits.maxAge),
    means: "a collection is older than --max-age-minutes (default 60): what it says of the role is history",
    source: "role-switch.md 6; F17",
  },
  {
    code: "evidence-older-than-known",
    stops: "state",
    override: false,
    broken: eitherSide(({ at, machine }, { course }) => (at ?? 0) < (course.known[machine]?.at ?? 0)),
    means: "the record has seen a younger collection of this server",
    source: "an old collection is how a role that was is taken for one that is",
  },
  {
    code: "role-unclear",
    stops: "state",
    override: false,
    broken: eitherSide(({ role }) => role === "contradicts" || role === "unknown"),
    means: "the reads of staging mode contradict each other, or there is none",
    source: "role-switch.md 6; F43, F44",
  },
  {
    code: "source-not-read",
    stops: "state",
    override: false,
    broken: (situation) => situation.source === null && unfenced(situation),
    means:
      "there is no evidence of the server to be demoted, and no fence of it is proven: it may be exporting, or return",
    source: "role-switch.md 1 (5) and 5; F46",
  },
  {
    code: "target-not-read",
    stops: "state",
    override: false,
    broken: ({ target }) => target === null,
    means: "there is no evidence of the server to be promoted",
    source: "role-switch.md 6",
  },
  {
    code: "exports-despite-staging",
    stops: "state",
    override: false,
    broken: eitherSide(exportedSince),
    means: "the tenant's audit log has a change by this server that is younger than its word that it is passive",
    source: "role-switch.md 4 (2)",
  },
  {
    code: "roles-reversed",
    stops: "state",
    override: false,
    broken: (situation) =>
      unfenced(situation) &&
      situation.course.promotable[situation.to] === undefined &&
      !situation.course.activeSeen &&
      situation.source?.role === "staging" &&
      situation.target?.role === "active",
    means: "the server given as active is passive and the other one exports, and nothing in the record led there",
    source: "role-switch.md 6; F17",
  },
  {
    code: "run-in-progress-on-source",
    stops: "promotion",
    override: false,
    broken: (situation) => unfenced(situation) && side(source, ({ running }) => running, situation),
    means: "a run is in progress on the server to be demoted: an export that began before goes on",
    source: "role-switch.md 6",
  },
  {
    code: "run-in-progress-on-target",
    stops: "promotion",
    override: false,
    broken: (situation) => side(target, ({ running }) => running, situation),
    means: "a run is in progress on the server to be promoted",
    source: "role-switch.md 6",
  },
  {
    code: "source-may-be-promoted",
    stops: "promotion",
    override: false,
    broken: (situation) =>
      unfenced(situation) &&
      side(
        source,
        ({ at, machine }, { course, limits }) => (at ?? 0) <= promotableUntil({ course, limits }, machine),
        situation,
      ),
    means:
      "the record allowed somebody to promote this server, and its evidence is not younger than the end of that permission",
    source: "two operators, one record",
  },
  {
    code: "another-exporter",
    stops: "promotion",
    override: false,
    broken: (situation) => strangersOf(situation).length > 0,
    means: "the tenant names a machine outside the pair that exports, and no fence of it is proven",
    source: "role-switch.md 4 (1), (2); F46",
  },
  {
    code: "cloud-sync-provisions",
    stops: "promotion",
    override: false,
    broken: ({ course, cloudSync }) => (cloudSync === null ? course.cloudSync !== null : cloudSync.active),
    means: "the record says that Cloud Sync provisions and all Connect Sync servers stage",
    source: "versions.md 4",
  },
  {
    code: "nobody-exported-before",
    stops: "promotion",
    override: true,
    broken: (situation) => unfenced(situation) && !situation.course.activeSeen && situation.source?.role === "staging",
    means: "both were passive when this record began: another switch may be under way, with a record of its own",
    source: "one record for a pair",
  },
];
