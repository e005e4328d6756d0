import { checkPair, type EvidenceFinding, readsDisagree, roleFinding, stagingModeOf } from "../evidence";
import type { Finding } from "../verdict";
import { engineFindings } from "./engineFindings";
import type { NotAvailable, ServerStatistics, Tolerances } from "./model";

/** What the evidence is (the same check as before every comparison), roles and schedulers. */
export function serverFindings(
  active: ServerStatistics,
  staging: ServerStatistics,
  { apartHours }: Tolerances,
  now: Date,
): readonly Finding[] {
  return [
    ...checkPair(active.identity, staging.identity, { now, maxApartHours: apartHours }),
    ...roles(active, staging),
    ...scheduler(active, "active"),
    ...scheduler(staging, "staging"),
    ...engineFindings(active, "active", now),
    ...engineFindings(staging, "staging", now),
  ];
}

/** That the roles are as they must be goes without saying here; a contradiction has been said. */
function roles({ identity: active }: ServerStatistics, { identity: staging }: ServerStatistics): EvidenceFinding[] {
  if (readsDisagree(active) || readsDisagree(staging)) return [];
  const finding = roleFinding(stagingModeOf(active), stagingModeOf(staging));
  return finding.severity === "info" ? [] : [finding];
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
