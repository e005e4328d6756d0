import { type Acceptance, withAccepted } from "../accepted";
import { type ComparisonSummary, compareInputs } from "../configuration";
import { type Evidence, madeFrom, madeNow, XmlReader } from "../evidence";
import { analyseExports, type ExportsReport, type Thresholds } from "../exports";
import { compareStatistics, defaultTolerances, type StatisticsReport, type Tolerances } from "../statistics";
import {
  type Clock,
  type Finding,
  identified,
  type Made,
  type Report,
  systemClock,
  type Verdict,
  verdictOf,
  worstFirst,
} from "../verdict";
import { evidenceFindings } from "./readyEvidence";
import { type ExportsGiven, missingFindings } from "./readyFindings";
import { type PairSide, readSide } from "./side";

export interface ReadyInput {
  /**
   * Evidence of the active server: an archive of the collector; also a folder or a settings file, which say less. Its path,
   * or what has been read of it already.
   */
  readonly active: string | Evidence;
  readonly staging: string | Evidence;
  readonly exports: readonly ExportsGiven[];
  /** That none was given is no finding: the caller's own page says that exports were not looked at. Default false. */
  readonly withoutExports?: boolean;
  readonly tolerances?: Tolerances;
  readonly thresholds?: Thresholds;
  readonly tenantDeleteThreshold?: number | "off";
  readonly restoredDatabase?: boolean;
  readonly acceptances?: readonly Acceptance[];
  /** Evidence may be this old when the question is asked; default 24. */
  readonly evidenceHours?: number;
  readonly clock?: Clock;
  readonly progress?: (doing: string) => void;
}

export interface ReadyPart {
  /** `configuration`, `statistics`, or `exports of NAME`. */
  readonly name: string;
  /** null: there was nothing to judge. */
  readonly verdict: Verdict | null;
  readonly blocking: number;
  readonly warnings: number;
  readonly accepted: number;
}

export interface ReadySummary {
  readonly active: { readonly source: string; readonly server: string | null };
  readonly staging: { readonly source: string; readonly server: string | null };
  readonly parts: readonly ReadyPart[];
  readonly made: Made;
}

export interface ReadyResult {
  readonly report: Report<ReadySummary>;
  readonly configuration: Report<ComparisonSummary> | null;
  readonly statistics: StatisticsReport | null;
  readonly exports: readonly { readonly given: ExportsGiven; readonly report: ExportsReport }[];
}

interface Part {
  readonly name: string;
  readonly findings: readonly Finding[] | null;
}

/**
 * May this server be promoted? Everything that can be judged from evidence, in one report: the configuration of both
 * servers, their statistics, and what each connector would export. What is missing or old is named and at best a review.
 *
 * @throws BadInput where an input cannot be read as a whole
 */
export async function judgeReady(input: ReadyInput): Promise<ReadyResult> {
  const clock = input.clock ?? systemClock;
  const progress = input.progress ?? (() => {});
  const tolerances = input.tolerances ?? defaultTolerances;
  const reader = new XmlReader();
  progress(`reading ${sourceOf(input.active)}`);
  const active = await readSide(input.active, reader);
  progress(`reading ${sourceOf(input.staging)}`);
  const staging = await readSide(input.staging, reader);
  progress("comparing");
  const configuration =
    active.configuration !== undefined && staging.configuration !== undefined
      ? compareInputs(active.configuration, staging.configuration, { clock }).report
      : null;
  const statistics =
    active.statistics !== undefined && staging.statistics !== undefined
      ? compareStatistics(active.statistics, staging.statistics, tolerances, clock)
      : null;
  const exports: { given: ExportsGiven; report: ExportsReport }[] = [];
  for (const given of input.exports) {
    progress(`reading the exports of ${given.connector}`);
    const { thresholds, tenantDeleteThreshold, restoredDatabase } = input;
    const options = { thresholds, tenantDeleteThreshold, restoredDatabase, clock };
    exports.push({ given, report: await analyseExports({ ...options, active: given.active, staging: given.staging }) });
  }
  const now = clock();
  const judged = { active, staging, configuration, statistics, exports };
  const limits = { now, maxAgeHours: input.evidenceHours ?? 24, maxApartHours: tolerances.apartHours };
  const missing = missingFindings(judged).filter(({ code }) => !(input.withoutExports && code === "exports-missing"));
  const parts = toldOnce([
    { name: "evidence", findings: [...evidenceFindings(judged, limits), ...missing] },
    { name: "configuration", findings: configuration?.findings ?? null },
    { name: "statistics", findings: statistics?.findings ?? null },
    ...exports.map(({ given, report }) => ({ name: `exports of ${given.connector}`, findings: report.findings })),
  ]);
  const all = identified(worstFirst(parts.flatMap(({ findings }) => findings ?? [])));
  const made = madeNow(now, [
    madeFrom("active", active.identity),
    madeFrom("staging", staging.identity),
    ...exports.flatMap(({ given, report }) =>
      report.summary.made.inputs.map((each) => ({ ...each, role: `${each.role}, export of ${given.connector}` })),
    ),
  ]);
  const { findings } = withAccepted({ verdict: "ok", findings: all, summary: null }, input.acceptances ?? [], now);
  const summary: ReadySummary = {
    active: namedSide(active),
    staging: namedSide(staging),
    parts: parts.map((part) => partOf(part, findings)),
    made,
  };
  return { report: { verdict: verdictOf(findings), findings, summary }, configuration, statistics, exports };
}

function partOf({ name, findings }: Part, all: readonly Finding[]): ReadyPart {
  if (findings === null) return { name, verdict: null, blocking: 0, warnings: 0, accepted: 0 };
  const key = ({ code, subject, title }: Finding): string => `${code}\n${subject}\n${title}`;
  const own = new Set(findings.map(key));
  const judged = all.filter((finding) => own.has(key(finding)));
  const count = (severity: Finding["severity"]) => judged.filter((finding) => finding.severity === severity).length;
  return {
    name,
    verdict: verdictOf(judged),
    blocking: count("blocking"),
    warnings: count("warning"),
    accepted: judged.filter(({ accepted }) => accepted !== undefined).length,
  };
}

const sourceOf = (given: string | Evidence): string => (typeof given === "string" ? given : given.source);

const namedSide = ({ identity }: PairSide) => ({ source: identity.source, server: identity.server ?? null });

/**
 * Several parts look at roles, builds and ages, each with the same check; the reader is told once, by the first of them:
 * the part about the evidence, which knows every limit.
 */
function toldOnce(parts: readonly Part[]): readonly Part[] {
  const told = new Set<string>();
  return parts.map(({ name, findings }) => {
    const key = ({ code, subject }: Finding): string => `${sameMatter[code] ?? code}\n${subject}`;
    // The rules side by side are in the report of compare: here nothing to link to.
    const own =
      findings?.filter((finding) => !told.has(key(finding))).map(({ section: _, ...finding }) => finding) ?? null;
    for (const finding of findings ?? []) told.add(key(finding));
    return { name, findings: own };
  });
}

/** What the statistics say in other words than the configuration. */
const sameMatter: Readonly<Record<string, string>> = {
  "connector-missing": "connector-missing-on-staging",
  "connector-only-on-staging": "connector-missing-on-staging",
};
