import type { Alert } from "../alert";
import { diskSpace } from "../collected";
import { counterBelow, engineSource, events, heartbeats, newestSays, quoted } from "../query";

/** The machine that the engine runs on. */

const serviceControl = `Source == ${quoted("Service Control Manager")}`;
/** Windows writes the display name, which a later release may change; the short one stands beside it. */
const theService = 'RenderedDescription has_any ("Azure AD Sync", "Entra ID Sync", "Entra Connect Sync", "ADSync")';

export const machineAlerts: readonly Alert[] = [
  {
    name: "agent-silent",
    title: "has sent nothing for 15 minutes",
    severity: 1,
    for: ["active", "passive"],
    needs: ["agent"],
    signal: {
      kind: "log",
      query: heartbeats,
      operator: "LessThan",
      threshold: 1,
      every: "PT5M",
      window: "PT15M",
      resolves: true,
    },
    why: "The machine, its way out or the agent is down, and with it every other alert of logs. A restart for updates takes less.",
    first:
      "Is the machine running (az vm get-instance-view)? Then the service AzureMonitorAgent and the way to Azure Monitor (entra-connect ports).",
    source: "Heartbeat comes every minute [K]; the same signal as AMBA's [V] (facts/monitoring.md 4)",
  },
  {
    name: "service-stopped",
    title: "has a synchronization service that stopped",
    severity: 2,
    for: ["active", "passive"],
    needs: ["agent"],
    signal: {
      kind: "log",
      query: (server) =>
        newestSays(
          server,
          [serviceControl, "EventID in (7031, 7034, 7036)", theService],
          `EventID in (7031, 7034) or (EventID == 7036 and RenderedDescription has ${quoted("stopped")})`,
        ),
      operator: "GreaterThan",
      threshold: 0,
      every: "PT15M",
      window: "P2D",
      resolves: true,
    },
    why: "Somebody stopped it, it crashed, or it does not come back after a restart (LocalDB after a patch). It ends when the service runs again, and after two days by itself.",
    first:
      "Get-Service ADSync; if it does not start, the newest errors of MSSQL$LOCALDB and ADSync in the Application log.",
    source:
      "Service Control Manager 7031, 7034, 7036 [K]; English text and the display name Microsoft Azure AD Sync, unverified for other languages",
  },
  {
    name: "service-crashed",
    title: "has a synchronization service that crashed",
    severity: 2,
    for: ["active", "passive"],
    needs: ["agent"],
    signal: {
      kind: "log",
      query: (server) => events(server, serviceControl, "EventID in (7031, 7034)", theService),
      operator: "GreaterThan",
      threshold: 0,
      every: "PT15M",
      window: "PT1H",
      resolves: false,
    },
    why: "Windows may have started it again, so that nothing shows it any more; one that crashes again and again finishes no cycle.",
    first: "The errors of ADSync, .NET Runtime and MSSQL$LOCALDB in the Application log just before it.",
    source: "Service Control Manager 7031, 7034 [K]; display name as above",
  },
  {
    name: "service-start-changed",
    title: "has a synchronization service with another start type",
    severity: 2,
    for: ["active", "passive"],
    needs: ["agent"],
    signal: {
      kind: "log",
      query: (server) => events(server, serviceControl, "EventID == 7040", theService),
      operator: "GreaterThan",
      threshold: 0,
      every: "PT15M",
      window: "PT1H",
      resolves: false,
    },
    why: "Disabled it never starts again. The retirement guard of this library does that, and nothing else should.",
    first:
      "Get-Service ADSync | Select-Object StartType; not meant: Set-Service ADSync -StartupType Automatic on a server whose role is known.",
    source: "Service Control Manager 7040 [K]; display name as above",
  },
  {
    name: "database-full",
    title: "has a full database: nothing is synchronized",
    severity: 0,
    for: ["active", "passive"],
    needs: ["agent"],
    signal: {
      kind: "log",
      query: (server) => events(server, `Source == ${quoted(engineSource)}`, "EventID == 6323"),
      operator: "GreaterThan",
      threshold: 0,
      every: "PT15M",
      window: "PT1H",
      resolves: true,
    },
    why: "LocalDB ends at 10 GB; the engine stops with stopped-database-disk-full.",
    first:
      "Purge old run history (Operations in Synchronization Service Manager), then move to SQL Server with another generation (connect.database).",
    source: "event 6323 [S field reports F20] (facts/monitoring.md 3.2)",
  },
  {
    name: "unexpected-restart",
    title: "went down without being shut down",
    severity: 3,
    for: ["active", "passive"],
    needs: ["agent"],
    signal: {
      kind: "log",
      query: (server) => events(server, `EventLog == ${quoted("System")} and EventID == 6008`),
      operator: "GreaterThan",
      threshold: 0,
      every: "PT1H",
      window: "PT2H",
      resolves: false,
    },
    why: "A crash or a lost host; a database that was cut off needs a look.",
    first:
      "Does the service run and a cycle finish? The activity log and Azure Service Health say whether it was the platform.",
    source: "System log, event 6008 [K] (facts/monitoring.md 2)",
  },
  {
    name: "disk-space",
    title: "has less than 10 % free on C:",
    severity: 2,
    for: ["active", "passive"],
    needs: ["agent"],
    signal: {
      kind: "log",
      query: (server) => counterBelow(server, diskSpace, 10),
      operator: "GreaterThan",
      threshold: 0,
      every: "PT1H",
      window: "PT1H",
      resolves: true,
    },
    why: "Database, run history and trace logs grow on it.",
    first: "C:\\ProgramData\\AADConnect (trace logs) first; a larger disk is osDiskSizeGB of a passive generation.",
    source: "counter \\LogicalDisk(C:)\\% Free Space [K] (facts/monitoring.md 2)",
  },
];
