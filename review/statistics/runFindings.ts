import { stagingModeOf } from "../evidence";
import type { Finding } from "../verdict";
import {
  type ComparedConnector,
  type ComparedRun,
  longestPauseHours,
  type RunResult,
  type ServerStatistics,
  type Tolerances,
} from "./model";

const hour = 3_600_000;
type Side = "active" | "staging";

/** Failed runs, exports on a staging server, and synchronizations that are too long ago. */
export function runFindings(
  connector: ComparedConnector,
  active: ServerStatistics,
  staging: ServerStatistics,
  tolerances: Tolerances,
): readonly Finding[] {
  const sides: readonly [Side, ServerStatistics][] = [
    ["active", active],
    ["staging", staging],
  ];
  return sides
    .filter(([side]) => connector.on === "both" || connector.on === side)
    .flatMap(([side, server]) => [
      ...connector.runs.flatMap((run) => resultFinding(connector, run, side)),
      ...exportFinding(connector, server, side),
      ...ageFinding(connector, server, side, tolerances),
    ]);
}

const isGood = (result: string): boolean => /^(success|completed-no-objects)$/iu.test(result);
const isRunning = (result: string): boolean => /^in-progress$/iu.test(result);

function resultFinding(connector: ComparedConnector, run: ComparedRun, side: Side): readonly Finding[] {
  const own = run[side];
  if (own === null || isGood(own.result) || isRunning(own.result)) return [];
  return [
    {
      code: "run-not-successful",
      severity: "warning",
      class: "unexplained",
      subject: `${connector.name}: ${run.profile}`,
      title: `${connector.name}: the last run of ${run.profile} on the ${side} server ended with "${own.result}".`,
      active: run.active?.result ?? null,
      staging: run.staging?.result ?? null,
      cause: "Objects, permissions or the connection gave errors in that run.",
      next: "Open Synchronization Service Manager on that server, tab Operations, and mend the errors of this run.",
      tool: "service-manager",
    },
  ];
}

function exportFinding(connector: ComparedConnector, server: ServerStatistics, side: Side): readonly Finding[] {
  if (side !== "staging" || stagingModeOf(server.identity) !== true) return [];
  return connector.runs
    .filter((run) => run.staging !== null && /export/iu.test(run.profile))
    .map((run) => ({
      code: "export-on-staging",
      severity: "warning",
      class: "unexplained",
      subject: `${connector.name}: ${run.profile}`,
      title: `${connector.name}: the staging server has an export in its run history (${run.profile}).`,
      active: null,
      staging: run.staging?.endedAt ?? "still running",
      cause: "It was active at that time, or someone ran the export by hand: staging mode does not prevent that.",
      next: "If it was not active then, find out who ran it and what was exported.",
      tool: "other" as const,
    }));
}

function ageFinding(
  connector: ComparedConnector,
  server: ServerStatistics,
  side: Side,
  tolerances: Tolerances,
): readonly Finding[] {
  if (connector.runs.every((run) => run[side] === null)) return neverRan(connector, side);
  const runs = connector.runs.flatMap((run): RunResult[] => {
    const own = run[side];
    return own !== null && isSynchronization(own) ? [own] : [];
  });
  const whole = runs.filter((run) => !/^(stopped|no-start|aborted)/iu.test(run.result));
  const newest = whole
    .flatMap(({ endedAt }) => (endedAt === null ? [] : [endedAt]))
    .sort()
    .at(-1);
  const base = { class: "unexplained", subject: connector.name, active: null, staging: null } as const;
  if (newest === undefined) {
    const unreadable = whole.find((run) => run.unreadable !== null)?.unreadable;
    const running = whole.some((run) => isRunning(run.result) && run.unreadable === null);
    if (unreadable !== undefined || running)
      return [
        {
          ...base,
          [side]: unreadable ?? "in progress",
          code: "synchronization-age-unknown",
          severity: "warning",
          title: running
            ? `${connector.name}: a synchronization was running on the ${side} server while it was collected, and the archive holds no completed one.`
            : `${connector.name}: when the last synchronization on the ${side} server ended cannot be read for certain.`,
          cause: running
            ? "An older collector kept the newest run only; how old the data is cannot be said."
            : "Day and month cannot be told apart in that form.",
          next: `Wait until no run is in progress, then run the collector again on the ${side} server.`,
          tool: "evidence",
        },
      ];
  }
  const hours =
    newest === undefined ? Number.POSITIVE_INFINITY : (Date.parse(server.collectedAt) - Date.parse(newest)) / hour;
  if (hours <= tolerances.ageHours) return [];
  const tooLong = hours > longestPauseHours;
  return [
    {
      ...base,
      [side]: newest ?? "none in the history",
      code: "synchronization-too-old",
      severity: tooLong && side === "staging" ? "blocking" : "warning",
      title:
        newest === undefined
          ? `${connector.name}: the ${side} server has no completed synchronization of this connector in its history.`
          : `${connector.name}: the last synchronization on the ${side} server ended ${ageText(hours)} before the collection.`,
      cause: tooLong
        ? "A delta synchronization must run at least every seven days, on a staging server too."
        : `That is longer than ${tolerances.ageHours} hours (--age-hours): the scheduler is off or suspended, or runs fail.`,
      next: tooLong
        ? "Run a full synchronization there and enable the scheduler, then collect again. Do not promote before."
        : "See why the scheduler does not run, then collect again.",
      tool: tooLong ? "service-manager" : "powershell",
    },
  ];
}

/** No run at all: on a server whose partner has some, the connector was never imported there. */
function neverRan(connector: ComparedConnector, side: Side): readonly Finding[] {
  const other = side === "active" ? "staging" : "active";
  const otherRan = connector.runs.some((run) => run[other] !== null);
  if (!otherRan && !connector.runsKnown[side]) return [];
  const said = connector.runsKnown[side];
  const never = otherRan && side === "staging" && said;
  return [
    {
      code: "connector-never-ran",
      severity: never ? "blocking" : "warning",
      class: "unexplained",
      subject: connector.name,
      title: said
        ? `${connector.name}: no run of this connector is in the history of the ${side} server.`
        : `${connector.name}: the archive of the ${side} server says nothing about runs of this connector.`,
      active: side === "active" ? "no run" : otherRan ? "has run" : null,
      staging: side === "staging" ? "no run" : otherRan ? "has run" : null,
      cause: said
        ? "It was never imported or synchronized there, or the run history was cleared: what it would export is not known."
        : "The run results could not be collected; the archive says why, under not available.",
      next: said
        ? `Run a full import and a full synchronization of this connector on the ${side} server, then collect again. Do not promote before.`
        : "Mend what is named there and run the collector again.",
      tool: said ? "service-manager" : "evidence",
    },
  ];
}

function isSynchronization(run: RunResult): boolean {
  return /synchroni[sz]ation/iu.test(run.profile);
}

function ageText(hours: number): string {
  return hours < 48 ? `${Math.round(hours)} hours` : `${Math.round(hours / 24)} days`;
}
