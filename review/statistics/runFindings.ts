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
      title: `The last run of this profile on the ${side} server ended with "${own.result}".`,
      active: run.active?.result ?? null,
      staging: run.staging?.result ?? null,
      cause: "Objects, permissions or the connection gave errors in that run.",
      next: "Open Synchronization Service Manager on that server, tab Operations, and mend the errors of this run.",
    },
  ];
}

function exportFinding(connector: ComparedConnector, server: ServerStatistics, side: Side): readonly Finding[] {
  if (side !== "staging" || server.stagingMode !== true) return [];
  return connector.runs
    .filter((run) => run.staging !== null && /export/iu.test(run.profile))
    .map((run) => ({
      code: "export-on-staging",
      severity: "warning",
      class: "unexplained",
      subject: `${connector.name}: ${run.profile}`,
      title: "The staging server has an export in its run history.",
      active: null,
      staging: run.staging?.endedAt ?? "still running",
      cause: "It was active at that time, or someone ran the export by hand: staging mode does not prevent that.",
      next: "If it was not active then, find out who ran it and what was exported.",
    }));
}

function ageFinding(
  connector: ComparedConnector,
  server: ServerStatistics,
  side: Side,
  tolerances: Tolerances,
): readonly Finding[] {
  const runs = connector.runs.flatMap((run): RunResult[] => {
    const own = run[side];
    return own !== null && isSynchronization(own) ? [own] : [];
  });
  // Without any run the manifest says why, or nothing has run yet: that is not an age.
  if (connector.runs.every((run) => run[side] === null)) return [];
  const ended = runs.filter((run) => !/^(stopped|no-start|aborted)/iu.test(run.result)).map((run) => run.endedAt ?? "");
  const newest = ended
    .filter((moment) => moment !== "")
    .sort()
    .at(-1);
  const hours =
    newest === undefined ? Number.POSITIVE_INFINITY : (Date.parse(server.collectedAt) - Date.parse(newest)) / hour;
  if (hours <= tolerances.ageHours) return [];
  const tooLong = hours > longestPauseHours;
  const shown = { active: null, staging: null, [side]: newest ?? "none in the history" };
  return [
    {
      ...shown,
      code: "synchronization-too-old",
      severity: tooLong && side === "staging" ? "blocking" : "warning",
      class: "unexplained",
      subject: connector.name,
      title:
        newest === undefined
          ? `The ${side} server has no completed synchronization of this connector in its history.`
          : `The last synchronization of this connector on the ${side} server ended ${ageText(hours)} before the collection.`,
      cause: tooLong
        ? "A delta synchronization must run at least every seven days, on a staging server too."
        : `That is longer than ${tolerances.ageHours} hours (--age-hours): the scheduler is off or suspended, or runs fail.`,
      next: tooLong
        ? "Run a full synchronization there and enable the scheduler, then collect again. Do not promote before."
        : "See why the scheduler does not run, then collect again.",
    },
  ];
}

function isSynchronization(run: RunResult): boolean {
  return /synchroni[sz]ation/iu.test(run.profile);
}

function ageText(hours: number): string {
  return hours < 48 ? `${Math.round(hours)} hours` : `${Math.round(hours / 24)} days`;
}
