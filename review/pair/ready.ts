import { type Acceptance, withAccepted } from "../accepted";
import { type ComparisonSummary, compareServers } from "../configuration";
import { readEvidence } from "../evidence";
import { analyseExports, type ExportsReport, type Thresholds } from "../exports";
import { compareStatisticsOf, defaultTolerances, type StatisticsReport, type Tolerances } from "../statistics";
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
import { madeBy } from "../version";
import { type EvidenceFacts, factsOf, madeFromFacts } from "./evidenceFacts";
import { type ExportsGiven, missingFindings, oldFindings } from "./readyFindings";

export interface ReadyInput {
  /** Evidence of the active server: an archive of the collector; also a folder or a settings file, which say less. */
  readonly active: string;
  readonly staging: string;
  readonly exports: readonly ExportsGiven[];
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
  progress(`reading ${input.active} and ${input.staging}`);
  const [active, staging] = [factsOf(await readEvidence(input.active)), factsOf(await readEvidence(input.staging))];
  const both = (has: (facts: EvidenceFacts) => boolean): boolean => has(active) && has(staging);
  const configuration = both(({ hasConfiguration }) => hasConfiguration)
    ? (await compareServers(input.active, input.staging, progress)).report
    : null;
  const statistics = both(({ hasStatistics }) => hasStatistics)
    ? await compareStatisticsOf(input.active, input.staging, input.tolerances ?? defaultTolerances, progress, clock)
    : null;
  const exports: { given: ExportsGiven; report: ExportsReport }[] = [];
  for (const given of input.exports) {
    progress(`reading the exports of ${given.connector}`);
    const { thresholds, tenantDeleteThreshold, restoredDatabase } = input;
    const options = { thresholds, tenantDeleteThreshold, restoredDatabase, clock };
    exports.push({ given, report: await analyseExports({ ...options, active: given.active, staging: given.staging }) });
  }
  const now = clock();
  const parts: Part[] = [
    { name: "configuration", findings: configuration?.findings ?? null },
    { name: "statistics", findings: statistics === null ? null : withoutRepeated(statistics, configuration) },
    ...exports.map(({ given, report }) => ({ name: `exports of ${given.connector}`, findings: report.findings })),
    {
      name: "completeness",
      findings: [
        ...missingFindings({ active, staging, configuration, statistics, exports }),
        ...oldFindings({ active, staging, exports, now, hours: input.evidenceHours ?? 24 }),
      ],
    },
  ];
  const all = identified(worstFirst(parts.flatMap(({ findings }) => findings ?? [])));
  const made: Made = {
    at: now.toISOString(),
    by: madeBy(),
    inputs: [
      madeFromFacts("active", active),
      madeFromFacts("staging", staging),
      ...exports.flatMap(({ report }) =>
        report.summary.made.inputs.map((each) => ({ ...each, role: `export, ${each.role}` })),
      ),
    ],
  };
  const { findings } = withAccepted({ verdict: "ok", findings: all, summary: null }, input.acceptances ?? [], now);
  const summary: ReadySummary = {
    active: { source: active.source, server: active.server },
    staging: { source: staging.source, server: staging.server },
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

/** Both look at the roles and the builds; the reader needs to be told once. */
function withoutRepeated(
  { findings }: StatisticsReport,
  configuration: Report<ComparisonSummary> | null,
): readonly Finding[] {
  const told = new Set(configuration?.findings.map(({ code }) => code) ?? []);
  return findings.filter(({ code }) => !(repeated.has(code) && told.has(code)));
}

const repeated: ReadonlySet<string> = new Set([
  "staging-mode-unknown",
  "both-staging",
  "two-active-servers",
  "roles-swapped",
  "same-server",
]);
