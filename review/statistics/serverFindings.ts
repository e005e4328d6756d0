import type { Finding } from "../verdict";
import type { NotAvailable, ServerStatistics, Tolerances } from "./model";

const hour = 3_600_000;

/** Roles, versions, schedulers, and whether the two looks belong together. */
export function serverFindings(
  active: ServerStatistics,
  staging: ServerStatistics,
  tolerances: Tolerances,
): readonly Finding[] {
  return [
    ...roles(active, staging),
    ...versions(active, staging),
    ...scheduler(active, "active"),
    ...scheduler(staging, "staging"),
    ...apart(active, staging, tolerances),
  ];
}

function roles(active: ServerStatistics, staging: ServerStatistics): readonly Finding[] {
  const base = { subject: "staging mode", active: active.stagingMode, staging: staging.stagingMode };
  if (active.stagingMode === null || staging.stagingMode === null)
    return [
      {
        ...base,
        code: "staging-mode-unknown",
        severity: "warning",
        class: "unexplained",
        title: "The archives do not say of both servers whether staging mode is on.",
        cause: "Neither the scheduler nor the global parameter answered when the archive was made.",
        next: "Look with (Get-ADSyncScheduler).StagingModeEnabled on both servers, and collect again.",
      },
    ];
  if (!active.stagingMode && staging.stagingMode) return [];
  if (active.stagingMode && staging.stagingMode)
    return [
      {
        ...base,
        code: "both-staging",
        severity: "warning",
        class: "unexplained",
        title: "Both servers are in staging mode: no change reaches Entra ID.",
        cause: "Staging mode is on on both, or one server's archive was given twice.",
        next: "Decide which one shall be active, and take it out of staging mode in the wizard. Never both.",
      },
    ];
  if (!active.stagingMode && !staging.stagingMode)
    return [
      {
        ...base,
        code: "two-active-servers",
        severity: "blocking",
        class: "unexplained",
        title: "Neither server is in staging mode: both export, and each undoes the changes of the other.",
        cause: "Staging mode is off on both, or one server's archive was given twice.",
        next: "If both servers run, put one of them into staging mode now, in the wizard; until then isolate it from the network.",
      },
    ];
  return [
    {
      ...base,
      code: "roles-swapped",
      severity: "blocking",
      class: "unexplained",
      title: "The roles are the other way round: the server given as active is in staging mode, the other one exports.",
      cause: "The archives were given in the wrong order, or the roles were switched after they were made.",
      next: "Give the active server's archive first.",
    },
  ];
}

function versions(active: ServerStatistics, staging: ServerStatistics): readonly Finding[] {
  const parts = [
    ["engine", active.versions.engine, staging.versions.engine],
    ["wizard", active.versions.wizard, staging.versions.wizard],
  ] as const;
  return parts.flatMap(([part, here, there]): readonly Finding[] =>
    here === null || there === null || here === there
      ? []
      : [
          {
            code: "versions-differ",
            severity: "info",
            class: "build-difference",
            subject: `version of the ${part}`,
            title: `The servers run different versions of the ${part}.`,
            active: here,
            staging: there,
            cause: "One server was upgraded first. A pair may differ in version; the same one is recommended.",
            next: "",
          },
        ],
  );
}

function scheduler(server: ServerStatistics, side: "active" | "staging"): readonly Finding[] {
  const base = { subject: `scheduler of ${server.computerName}`, class: "unexplained", severity: "warning" as const };
  const found: Finding[] = [];
  const { syncCycleEnabled, schedulerSuspended } = server.scheduler;
  const shown = { active: null, staging: null };
  if (syncCycleEnabled === false)
    found.push({
      ...base,
      ...shown,
      [side]: "disabled",
      code: "scheduler-disabled",
      title: `The scheduler of the ${side} server is disabled: it neither imports nor synchronizes by itself.`,
      cause: "SyncCycleEnabled is False.",
      next: "Enable it with Set-ADSyncScheduler -SyncCycleEnabled $true once the server is meant to run.",
    });
  if (schedulerSuspended === true)
    found.push({
      ...base,
      ...shown,
      [side]: "suspended",
      code: "scheduler-suspended",
      title: `The scheduler of the ${side} server is suspended.`,
      cause: "The wizard is open on that server, or an upgrade is under way.",
      next: "Close the wizard there, then collect again.",
    });
  return found;
}

function apart(active: ServerStatistics, staging: ServerStatistics, tolerances: Tolerances): readonly Finding[] {
  const hours = Math.abs(Date.parse(active.collectedAt) - Date.parse(staging.collectedAt)) / hour;
  if (hours <= tolerances.apartHours) return [];
  return [
    {
      code: "collected-apart",
      severity: "warning",
      class: "unexplained",
      subject: "time of collecting",
      title: `The two archives were made ${Math.round(hours)} hours apart: counts move in between.`,
      active: active.collectedAt,
      staging: staging.collectedAt,
      cause: `More than ${tolerances.apartHours} hours lie between them (--apart-hours).`,
      next: "Run the collector on both servers at about the same time.",
    },
  ];
}

/** Named, never invented: one finding for each thing that an archive could not say. */
export function notAvailableFindings(notAvailable: readonly NotAvailable[]): readonly Finding[] {
  return notAvailable.map(({ name, active, staging }) => ({
    code: "not-available",
    severity: "info",
    class: "not-available",
    subject: name,
    title: `Not available: ${name}${active === null ? " (staging server)" : staging === null ? " (active server)" : ""}.`,
    active: active === null ? "collected" : "not available",
    staging: staging === null ? "collected" : "not available",
    cause: active === staging ? (active ?? "") : [active, staging].filter((reason) => reason !== null).join("; "),
    next: "",
  }));
}
