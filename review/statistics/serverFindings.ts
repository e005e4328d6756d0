import type { Finding } from "../verdict";
import { judgeVersion, verifiedOn } from "../versions/versions";
import type { NotAvailable, ServerStatistics, Tolerances } from "./model";

const hour = 3_600_000;

/** Roles, versions, schedulers, and whether the two looks belong together. */
export function serverFindings(
  active: ServerStatistics,
  staging: ServerStatistics,
  tolerances: Tolerances,
  now: Date,
): readonly Finding[] {
  return [
    ...roles(active, staging),
    ...oneServer(active, staging),
    ...readsOf(active, "active"),
    ...readsOf(staging, "staging"),

    ...versions(active, staging),
    ...scheduler(active, "active"),
    ...scheduler(staging, "staging"),
    ...apart(active, staging, tolerances),
    ...supported(active, "active", now),
    ...supported(staging, "staging", now),
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

/** A server compared with itself always counts alike. */
function oneServer(active: ServerStatistics, staging: ServerStatistics): readonly Finding[] {
  const name = active.computerName;
  if (name === "" || name.toLowerCase() !== staging.computerName.toLowerCase()) return [];
  return [
    {
      code: "same-server",
      severity: "warning",
      class: "evidence",
      subject: "the two archives",
      title: `Both archives come from ${name}: a server compared with itself always counts alike.`,
      active: `${name}, ${active.collectedAt}`,
      staging: `${staging.computerName}, ${staging.collectedAt}`,
      cause: "One archive was given twice, or both were made on one server before and after something.",
      next: "For a promotion run the collector on both servers.",
      tool: "evidence",
    },
  ];
}

function readsOf(server: ServerStatistics, side: "active" | "staging"): readonly Finding[] {
  const { scheduler: flag, globalParameter } = server.stagingReads;
  if (flag === null || globalParameter === null || flag === globalParameter) return [];
  const word = (value: boolean) => (value ? "on" : "off");
  return [
    {
      code: "staging-reads-contradict",
      severity: "warning",
      class: "unexplained",
      subject: `staging mode of ${server.computerName}`,
      title: `Whether ${server.computerName} is in staging mode is contradictory: the scheduler says ${word(flag)}, the global parameter ${word(globalParameter)}.`,
      active: null,
      staging: null,
      [side]: { scheduler: flag, globalParameter },
      cause:
        "The flag was set by a script instead of the wizard, or was changed while the archive was made. The server may be exporting.",
      next: "Open the wizard on that server (Configure staging mode), set the mode that is meant, look at its run history for Export steps, and collect again.",
      tool: "wizard",
    },
  ];
}

/** Whether the build may run at all: of the staging server, which is to be promoted; of the active one for information. */
function supported(server: ServerStatistics, side: "active" | "staging", now: Date): readonly Finding[] {
  const version = server.versions.engine ?? server.versions.wizard;
  if (version === null || !/^\d+(?:\.\d+){3}$/u.test(version)) return [];
  const judged = judgeVersion(version, now);
  if (judged.kind === "accept") return [];
  const recalled = judged.kind === "refuse" && /recalled/u.test(judged.problem);
  return [
    {
      code: recalled ? "version-recalled" : judged.kind === "refuse" ? "version-refused" : "version-note",
      severity: side === "active" ? "info" : recalled ? "blocking" : "warning",
      class: "version",
      subject: `version of ${server.computerName}`,
      title: `${server.computerName} (${side}): ${judged.problem}.`,
      active: side === "active" ? version : null,
      staging: side === "staging" ? version : null,
      cause: `The table of releases was checked on ${verifiedOn}.`,
      next: judged.write.startsWith("nothing") ? "" : `Upgrade to ${judged.write}.`,
      tool: "wizard",
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
      title:
        side === "staging"
          ? `The passive server ${server.computerName} does not synchronize by itself: its scheduler is disabled.`
          : `The scheduler of the active server ${server.computerName} is disabled: it neither imports, synchronizes nor exports by itself.`,
      cause:
        side === "staging"
          ? "SyncCycleEnabled is False. A passive server is often left so after it was built; then its data ages and a promotion would export old values."
          : "SyncCycleEnabled is False.",
      next: `On ${server.computerName}: ${side === "staging" ? "check that staging mode is on ((Get-ADSyncScheduler).StagingModeEnabled), then " : ""}Set-ADSyncScheduler -SyncCycleEnabled $true; start a cycle at once with Start-ADSyncSyncCycle -PolicyType Delta.`,
      tool: "powershell",
    });
  if (schedulerSuspended === true)
    found.push({
      ...base,
      ...shown,
      [side]: "suspended",
      code: "scheduler-suspended",
      title: `The scheduler of ${server.computerName} (${side}) is suspended.`,
      cause: "The wizard is open on that server, or an upgrade is under way.",
      next: "Close the wizard there, then collect again.",
      tool: "wizard",
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
      tool: "evidence",
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
