import { gigabytes, nearLimit } from "../readiness/database";
import type { Finding, Json } from "../verdict";
import { judgeVersion } from "../versions/versions";
import type { Health } from "./health";
import { type ArchiveCode, found } from "./rules/table";
import { ageText, namesText } from "./text";

export type Role = "active" | "passive";

/** What the newest collection says of its server, and what it is held against. */
export interface Seen {
  readonly who: string;
  readonly health: Health;
  readonly collectedAt: Date;
  /** Undefined where nobody declared one. */
  readonly role?: Role;
  readonly before?: { readonly health: Health; readonly collectedAt: Date; readonly name: string };
}

type Judge = (seen: Seen) => readonly Finding[];

const hour = 3_600_000;
const day = 24 * hour;
const certificate = { warnDays: 21, blockDays: 7 } as const;
const runs = { warnHours: 24, blockHours: 7 * 24 } as const;

/** Every age is counted to the moment of collecting: how old that is, is told once, by the chain. */
export function healthFindings(seen: Seen): readonly Finding[] {
  return judges.flatMap((judge) => judge(seen));
}

function one(
  seen: Seen,
  code: ArchiveCode,
  what: string,
  value: Json = null,
  more: Partial<Finding> = {},
): readonly Finding[] {
  const side = seen.role === "passive" ? "staging" : seen.role;
  return [{ ...found(code, seen.who, `${seen.who}: ${what}`, { side, value }), ...more }];
}

const staging: Judge = (seen) => {
  const { scheduler, globalParameter } = seen.health.staging;
  const word = (on: boolean | null): string => (on === null ? "not read" : on ? "on" : "off");
  const value = { scheduler, globalParameter, declared: seen.role ?? null };
  if (scheduler !== null && globalParameter !== null && scheduler !== globalParameter)
    return one(
      seen,
      "staging-flag",
      `the scheduler says staging mode ${word(scheduler)}, the global parameter ${word(globalParameter)}: it may be exporting.`,
      value,
    );
  const said = scheduler ?? globalParameter;
  if (seen.role === undefined) return [];
  if (said === null)
    return one(
      seen,
      "health-not-seen",
      `whether staging mode is on is not known; it is declared ${seen.role}.`,
      value,
      {
        severity: "warning",
        next: "Look with (Get-ADSyncScheduler).StagingModeEnabled on the server.",
      },
    );
  if (said === (seen.role === "passive")) return [];
  return one(
    seen,
    "staging-flag",
    seen.role === "passive"
      ? "staging mode is off, although it is declared passive: it exports."
      : "staging mode is on, although it is declared active: it does not export.",
    value,
  );
};

const exported: Judge = (seen) => {
  const { lastExportAt } = seen.health.runs;
  if (seen.role !== "passive" || lastExportAt === null) return [];
  const since = seen.before?.collectedAt ?? new Date(seen.collectedAt.getTime() - day);
  if (Date.parse(lastExportAt) <= since.getTime()) return [];
  return one(
    seen,
    "exported-while-passive",
    `it ran an export at ${lastExportAt}, although it is declared passive.`,
    lastExportAt,
  );
};

const scheduler: Judge = (seen) => {
  const { syncCycleEnabled, schedulerSuspended } = seen.health.staging;
  if (syncCycleEnabled === false)
    return one(seen, "scheduler-off", "the scheduler is off: it does not synchronize by itself.");
  return schedulerSuspended
    ? one(seen, "scheduler-off", "the scheduler is suspended: a wizard stands open, or was left so.")
    : [];
};

const service: Judge = (seen) => {
  const { status, startType } = seen.health.service;
  if (status !== null && !/^running$/iu.test(status))
    return one(
      seen,
      "service-not-running",
      `the service ADSync is ${status}${startType === null ? "" : ` (start type ${startType})`}.`,
    );
  if (startType !== null && /^disabled$/iu.test(startType))
    return one(seen, "service-not-running", "the service ADSync runs, but is disabled: it does not start again.");
  return [];
};

const synchronization: Judge = (seen) => {
  const { lastImportAt, lastExportAt, lastSynchronizationAt, lastResult } = seen.health.runs;
  if ([lastImportAt, lastExportAt, lastSynchronizationAt, lastResult].every((each) => each === null))
    return one(
      seen,
      "health-not-seen",
      "no run is known: whether it synchronizes, or has exported, is not judged.",
      null,
      {
        severity: "warning",
        next: "Look at the run history in Synchronization Service Manager; why it was not read stands in the collection's notAvailable.",
      },
    );
  const old = [["import", lastImportAt] as const, ["synchronization", lastSynchronizationAt] as const].flatMap(
    ([what, at]) => {
      const age = at === null ? 0 : seen.collectedAt.getTime() - Date.parse(at);
      return age > runs.warnHours * hour ? [{ what, age, at }] : [];
    },
  );
  const [worst] = old.toSorted((a, b) => b.age - a.age);
  const tooOld =
    worst === undefined
      ? []
      : one(seen, "runs-old", `the last ${worst.what} was ${ageText(worst.age)} before it was collected.`, worst.at, {
          severity: worst.age > runs.blockHours * hour ? "blocking" : "warning",
        });
  const failed =
    lastResult === null || /^(success|completed-no-objects)$/iu.test(lastResult)
      ? []
      : one(seen, "run-failed", `the last run ended with ${lastResult}.`, lastResult);
  return [...tooOld, ...failed];
};

const certificateEnd: Judge = (seen) => {
  const { certificateEndsAt } = seen.health;
  if (certificateEndsAt === null) return [];
  const left = Date.parse(certificateEndsAt) - seen.collectedAt.getTime();
  if (left > certificate.warnDays * day) return [];
  return one(
    seen,
    "certificate-ends",
    left < 0
      ? `the certificate of its application ended on ${certificateEndsAt.slice(0, 10)}.`
      : `the certificate of its application ends on ${certificateEndsAt.slice(0, 10)}, in ${ageText(left)}.`,
    certificateEndsAt,
    { severity: left <= certificate.blockDays * day ? "blocking" : "warning" },
  );
};

const database: Judge = (seen) => {
  const { kind, sizeMB } = seen.health.database;
  const size = kind === null ? undefined : nearLimit({ kind, usedMB: sizeMB, fileMB: null });
  return size === undefined
    ? []
    : one(seen, "database-near-limit", `LocalDB has ${gigabytes(size)} of its 10 GB.`, size);
};

const ports: Judge = (seen) => {
  const not = seen.health.ports.filter(({ state }) => state === "closed" || state === "unresolved");
  if (not.length === 0) return [];
  const told = not.map(({ host, port, state }) => `${host}:${port}${state === "unresolved" ? " (no address)" : ""}`);
  return one(seen, "port-closed", `${namesText(told)} did not answer.`, told);
};

const permissions: Judge = (seen) => {
  const not = seen.health.permissions.filter(({ state }) => state === "failed");
  if (not.length === 0) return [];
  const told = not.map(({ what, why }) => (why === null ? what : `${what}: ${why}`));
  return one(seen, "permission-missing", `${namesText(told)}.`, told);
};

const configurationFiles: Judge = (seen) => {
  const { before, health } = seen;
  if (before === undefined) return [];
  const files = [
    ["miiserver.exe.config", "engineConfigSha256"],
    ["machine.config", "machineConfigSha256"],
  ] as const;
  const changed = files.filter(([, key]) => {
    const [now, then] = [health[key], before.health[key]];
    return now !== null && then !== null && now !== then;
  });
  if (changed.length === 0) return [];
  const upgraded = health.versions.engine !== before.health.versions.engine;
  return one(
    seen,
    "config-file-changed",
    `${namesText(changed.map(([name]) => name))} changed since ${before.name}${upgraded ? `, as did the engine (${before.health.versions.engine ?? "?"} to ${health.versions.engine ?? "?"})` : ""}.`,
    null,
    upgraded ? { severity: "info" } : {},
  );
};

const queue: Judge = (seen) => {
  const { count, oldestAt } = seen.health.queue;
  if (count === null || count === 0 || oldestAt === null) return [];
  const age = seen.collectedAt.getTime() - Date.parse(oldestAt);
  if (age <= day) return [];
  return one(seen, "queue-waits", `${count} collections waited on it, the oldest for ${ageText(age)}.`, count);
};

const version: Judge = (seen) => {
  const { engine } = seen.health.versions;
  if (engine === null || !/^\d+(\.\d+){2,3}$/u.test(engine)) return [];
  const judgement = judgeVersion(engine, seen.collectedAt);
  if (judgement.kind === "accept") return [];
  const { why } = judgement;
  const severity = why === "recalled" ? "blocking" : why === "noted" || why === "unknown-newer" ? "info" : "warning";
  return one(seen, "version-to-look-at", `${judgement.problem}.`, engine, {
    severity,
    next: severity === "info" ? "" : `Upgrade it to ${judgement.write}, the passive server first.`,
  });
};

const notSeen: Judge = (seen) => {
  const { notAvailable, ports: tried, permissions: looked } = seen.health;
  const unknown = [
    ...notAvailable.map(({ name, reason }) => [name, reason] as const),
    ...tried
      .filter(({ state }) => state === "unknown")
      .map(({ host, port }) => [`${host}:${port}`, "not tried"] as const),
    ...looked.filter(({ state }) => state === "unknown").map(({ what, why }) => [what, why ?? "not read"] as const),
  ];
  if (unknown.length === 0) return [];
  const cause = unknown.map(([name, reason]) => `${name}: ${reason}`).join("; ");
  return one(seen, "health-not-seen", `not seen, so not judged: ${namesText(unknown.map(([name]) => name))}.`, null, {
    cause,
  });
};

const judges: readonly Judge[] = [
  staging,
  exported,
  service,
  scheduler,
  synchronization,
  version,
  certificateEnd,
  database,
  ports,
  permissions,
  configurationFiles,
  queue,
  notSeen,
];
