import type { WatchedRole } from "../../../review/alerts";
import { minutesOf } from "../../../review/alerts/limits";
import type { Tables } from "../../support/kusto/interpret";
import type { Row } from "../../support/kusto/values";

/** What a workspace holds of a server: rows as the agent sends them, made by hand from the events that facts/monitoring.md 3 names. */

export const now = new Date("2026-11-26T12:00:00Z");
const minute = 60_000;
export const ago = (minutes: number): Date => new Date(now.getTime() - minutes * minute);

export interface SampleEvent {
  readonly source: string;
  readonly id: number;
  readonly minutesAgo: number;
  readonly text?: string;
  readonly level?: string;
  readonly log?: string;
}

/** A whole message of the scheduled task. */
export const health = (role: WatchedRole, changed: object = {}): string =>
  JSON.stringify({
    schema: "entra-connect-health/1",
    collectedAt: "2026-11-26T09:00:00Z",
    computerName: "AADC-STG-G1",
    chain: "3f1c0b52-0000-4000-8000-000000000001",
    sequence: 12,
    generation: 1,
    staging: {
      scheduler: role !== "active",
      globalParameter: role !== "active",
      syncCycleEnabled: true,
      schedulerSuspended: false,
    },
    versions: { wizard: "2.6.92.0", engine: "2.6.92.0" },
    service: { status: "Running", startType: "Auto" },
    autoUpgrade: "Disabled",
    certificateEndsAt: "2027-02-10T00:00:00Z",
    database: { kind: "localdb", sizeMB: 2100 },
    engineConfigSha256: "a".repeat(64),
    machineConfigSha256: "d".repeat(64),
    // Names that hold the words of a state are no state.
    ports: [{ host: "closed.corp.contoso.com", port: 389, state: "open" }],
    permissions: [{ what: "Replicating Directory Changes", state: "ok", why: "nothing failed" }],
    runs: {
      lastImportAt: "2026-11-26T08:50:00Z",
      lastExportAt: null,
      lastSynchronizationAt: "2026-11-26T08:55:00Z",
      lastResult: "success",
    },
    archive: { state: "uploaded", name: "a.zip", queue: { count: 0, sizeMB: 0, oldestAt: null }, why: null },
    notAvailable: [],
    ...changed,
  });

const synchronization = "Directory Synchronization";
const every = (minutes: number, from = 0, until = 2 * 1440): readonly number[] =>
  Array.from({ length: Math.ceil((until - from) / minutes) }, (_, index) => from + index * minutes);

/** A server that does what it should, for two days. */
export function quiet(role: WatchedRole): readonly SampleEvent[] {
  // Whoever is fenced says nothing at all; its machine may be gone.
  if (role === "fenced") return [];
  return [
    ...every(30, 7).flatMap((minutesAgo): readonly SampleEvent[] => [
      { source: synchronization, id: 904, minutesAgo: minutesAgo + 3, text: "Scheduler::Run : Started sync cycle." },
      { source: synchronization, id: 105, minutesAgo: minutesAgo + 2, text: "Import iteration completed." },
      ...(role === "active"
        ? [
            { source: synchronization, id: 104, minutesAgo: minutesAgo + 1, text: "Export iteration completed." },
            { source: synchronization, id: 114, minutesAgo: minutesAgo + 1, text: "Export cycle completed." },
            { source: synchronization, id: 654, minutesAgo, text: "Provision credentials ping end." },
          ]
        : []),
      { source: synchronization, id: 904, minutesAgo, text: "Scheduler::Run : Finished sync cycle." },
      // The same number at another level says something else.
      { source: synchronization, id: 116, minutesAgo, text: "Settings of the cycle." },
    ]),
    { source: "pulumi-entra-connect", id: 100, minutesAgo: 180, text: health(role) },
    { source: "pulumi-entra-connect", id: 100, minutesAgo: 180 + 1440, text: health(role) },
    {
      source: "Service Control Manager",
      id: 7036,
      minutesAgo: 20,
      log: "System",
      text: "The Windows Update service entered the stopped state.",
    },
    { source: "Azure AD Connect Upgrade", id: 305, minutesAgo: 30, text: "UpgradeNotSupportedInvalidPersistedState" },
  ];
}

export interface Sample {
  readonly events: readonly SampleEvent[];
  /** Minutes since the last heartbeat; undefined for none at all. */
  readonly silentFor?: number;
  readonly freeSpace?: number;
  /** As the agent writes it. */
  readonly computer: string;
}

const row = (computer: string, minutesAgo: number): Record<string, string | Date> => ({
  Computer: computer,
  TimeGenerated: ago(minutesAgo),
});

/** Everything of several servers together, as far back as a rule looks. */
export function workspaceOf(samples: readonly Sample[], window: string): Tables {
  const since = ago(minutesOf(window)).getTime();
  const inside = (rows: readonly Row[]): readonly Row[] =>
    rows.filter(({ TimeGenerated }) => TimeGenerated instanceof Date && TimeGenerated.getTime() > since);
  return {
    Event: inside(
      samples.flatMap(({ computer, events }) =>
        events.map(({ source, id, minutesAgo, text = "", level = "Information", log = "Application" }) => ({
          ...row(computer, minutesAgo),
          EventLog: log,
          Source: source,
          EventID: id,
          EventLevelName: level,
          RenderedDescription: text,
        })),
      ),
    ),
    Heartbeat: inside(
      samples.flatMap(({ computer, silentFor }) =>
        silentFor === undefined ? [] : every(1, silentFor).map((minutesAgo) => row(computer, minutesAgo)),
      ),
    ),
    Perf: inside(
      samples.flatMap(({ computer, freeSpace, silentFor }) =>
        freeSpace === undefined || silentFor === undefined
          ? []
          : every(5, silentFor).map((minutesAgo) => ({
              ...row(computer, minutesAgo),
              ObjectName: "LogicalDisk",
              CounterName: "% Free Space",
              InstanceName: "C:",
              CounterValue: freeSpace,
            })),
      ),
    ),
  };
}
