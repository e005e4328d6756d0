import { after, decide, situationOf } from "../../../../review/switch/machine";
import { type Course, defaultLimits, type Seen, type SwitchLimits } from "../../../../review/switch/model";
import { type Situation, safetyRules } from "../../../../review/switch/rules";
import { type Concluding, real } from "./events";

/** A machine that is wrong in one place; the walk has to find two exporters with it. */
export interface Mutant {
  readonly name: string;
  /** Where the walk begins, and within how many events it has to find them. */
  readonly scenario: string;
  readonly depth: number;
  readonly concluding: Concluding;
}

const judged = { open: true, proven: false, overridden: new Set(["nobody-exported-before"]) };

function concluding(
  change: (situation: Situation, seen: Seen, course: Course) => Situation,
  rules = safetyRules,
  limits: SwitchLimits = defaultLimits,
): Concluding {
  return {
    conclude: (seen, course) =>
      decide(change(situationOf(seen, course, limits, judged.overridden), seen, course), judged, rules),
    fold: (course, seen, decision) => after(course, seen, decision, limits),
  };
}

const without = (...codes: readonly string[]): Concluding =>
  concluding(
    (situation) => situation,
    safetyRules.filter(({ code }) => !codes.includes(code)),
  );

/** A permission that ends by the target's evidence alone. */
function byTargetAlone(of: Concluding): Concluding {
  return {
    ...of,
    conclude: (seen, course) => {
      const decision = of.conclude(seen, course);
      const { permission } = decision;
      return permission === null
        ? decision
        : { ...decision, permission: { ...permission, until: (seen.target?.at ?? seen.now) + defaultLimits.maxAge } };
    },
  };
}

export const mutants: readonly Mutant[] = [
  {
    name: "promotes while the other one is active, to save the pause",
    scenario: "a pair in order",
    depth: 3,
    concluding: {
      ...real,
      conclude: (seen, course) => {
        const decision = real.conclude(seen, course);
        const { permission } = decision;
        return permission?.step === "demote"
          ? { ...decision, permission: { ...permission, step: "promote", machine: seen.to } }
          : decision;
      },
    },
  },
  {
    name: "does not look whose archive it is",
    scenario: "a pair in order",
    depth: 3,
    concluding: without("wrong-server"),
  },
  {
    name: "takes a role that cannot be read for passive",
    scenario: "a pair in order",
    depth: 3,
    concluding: without("role-unclear"),
  },
  {
    name: "does without evidence of the old active server",
    scenario: "the active server is dead",
    depth: 3,
    concluding: byTargetAlone(without("source-not-read")),
  },
  {
    name: "takes a dead server for a fenced one",
    scenario: "the active server is dead",
    depth: 3,
    concluding: concluding((situation, { source, now }) =>
      source === null ? { ...situation, fencedAt: now } : situation,
    ),
  },
  {
    name: "believes old evidence",
    scenario: "an old collection lies about",
    depth: 3,
    concluding: byTargetAlone(without("evidence-too-old")),
  },
  {
    name: "forgets that it has seen younger evidence",
    scenario: "a younger collection is known",
    depth: 3,
    concluding: without("evidence-older-than-known"),
  },
  {
    name: "promotes while an export is under way",
    scenario: "an export is under way",
    depth: 3,
    concluding: without("run-in-progress-on-source"),
  },
  {
    name: "forgets whom it has allowed to be promoted",
    scenario: "two operators, a promotion is allowed",
    depth: 6,
    concluding: without("source-may-be-promoted"),
  },
  {
    name: "waits for no permission to end, only for evidence after it was given",
    scenario: "two operators, a promotion is allowed",
    depth: 6,
    concluding: concluding((situation) => ({
      ...situation,
      course: {
        ...situation.course,
        promotable: Object.fromEntries(
          Object.entries(situation.course.promotable).map(([name, until]) => [name, until - defaultLimits.maxAge]),
        ),
      },
    })),
  },
  {
    name: "does not mind a stranger",
    scenario: "a stranger",
    depth: 4,
    concluding: without("another-exporter"),
  },
  {
    name: "forgets that Cloud Sync provisions",
    scenario: "Cloud Sync provisions",
    depth: 3,
    concluding: concluding((situation) => ({ ...situation, course: { ...situation.course, cloudSync: null } })),
  },
  {
    name: "takes an identity for cut off as soon as it is disabled",
    scenario: "the active server is dead",
    depth: 4,
    concluding: concluding((situation) => situation, safetyRules, { ...defaultLimits, tokenLife: 0 }),
  },
  {
    name: "believes that a fence holds although the machine was read after its power",
    scenario: "a fenced machine has come back",
    depth: 3,
    concluding: concluding((situation, seen, course) =>
      situationOf(seen, { ...course, known: {} }, defaultLimits, judged.overridden).fencedAt === undefined
        ? situation
        : {
            ...situation,
            fencedAt: situationOf({ ...seen, source: null }, { ...course, known: {} }, defaultLimits, judged.overridden)
              .fencedAt,
          },
    ),
  },
  {
    name: "takes two answers about an identity for one fence, however far apart they are",
    scenario: "an identity was disabled before",
    depth: 3,
    concluding: concluding((situation) => situation, safetyRules, {
      ...defaultLimits,
      answersApart: Number.POSITIVE_INFINITY,
    }),
  },
];
