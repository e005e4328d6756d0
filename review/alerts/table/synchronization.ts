import type { Alert } from "../alert";
import { engineSource, events, quoted, synchronizationSource } from "../query";

/** What the engine says of its own work. Events: facts/monitoring.md 3. */

const synchronization = `Source == ${quoted(synchronizationSource)}`;
const engine = `Source == ${quoted(engineSource)}`;
const finished = [synchronization, 'EventID == 904 and RenderedDescription has "Finished"'] as const;

export const synchronizationAlerts: readonly Alert[] = [
  {
    name: "export-not-allowed",
    title: "exports, and must not",
    severity: 0,
    for: ["passive", "fenced"],
    needs: ["agent"],
    standsFromTheStart: true,
    signal: {
      kind: "log",
      query: (server) =>
        events(server, `(${synchronization} and EventID == 114) or (${engine} and EventID in (6803, 6941))`),
      operator: "GreaterThan",
      threshold: 0,
      every: "PT5M",
      window: "PT15M",
      resolves: false,
    },
    why: "Two servers that export write against each other: accounts flap, groups are emptied, passwords go back. A server in staging mode exports nothing.",
    first:
      "Stop the service ADSync on this server and disable it (Set-Service ADSync -StartupType Disabled; Stop-Service ADSync), then find out who took it out of staging mode: entra-connect switch says where the pair stands.",
    source:
      "Directory Synchronization 114 [S]; that it never comes in staging mode [I]; ADSync 6803 [S], 6941 [V] (facts/monitoring.md 3.1, 3.2)",
  },
  {
    name: "fenced-server-runs",
    title: "runs again, and was put out of service",
    severity: 0,
    for: ["fenced"],
    needs: ["agent"],
    standsFromTheStart: true,
    signal: {
      kind: "log",
      query: (server) => events(server, synchronization, "EventID in (601, 904, 2001)"),
      operator: "GreaterThan",
      threshold: 0,
      every: "PT5M",
      window: "PT15M",
      resolves: false,
    },
    why: "A server that was fenced or given up has come back. Its staging mode is not known, and it would export what it held back.",
    first:
      "Cut it off again (entra-connect switch names the fences and their proof) before anything else is done to the pair.",
    source: "Directory Synchronization 601, 904, 2001 [S] (facts/monitoring.md 3.1)",
  },
  {
    name: "no-cycle-2h",
    title: "has not finished a synchronization cycle for two hours",
    severity: 2,
    for: ["active", "passive"],
    needs: ["agent", "scheduler"],
    signal: {
      kind: "log",
      query: (server) => events(server, ...finished),
      operator: "LessThan",
      threshold: 1,
      every: "PT30M",
      window: "PT2H",
      resolves: true,
    },
    why: "A cycle comes every 30 minutes. A full one of a large directory takes longer than two hours; then this is expected until it ends.",
    first:
      "Get-ADSyncScheduler and Get-ADSyncConnectorRunStatus on the server: a suspended scheduler is an open wizard, a busy connector a long run.",
    source: "Directory Synchronization 904 with Finished [S, two sources] (facts/monitoring.md 3.1, 4)",
  },
  {
    name: "no-cycle-24h",
    title: "has not finished a synchronization cycle for a day",
    severity: 1,
    for: ["active", "passive"],
    needs: ["agent", "scheduler"],
    signal: {
      kind: "log",
      query: (server) => events(server, ...finished),
      operator: "LessThan",
      threshold: 1,
      every: "PT1H",
      window: "P1D",
      resolves: true,
    },
    why: "On the active server joiners, leavers and passwords have stopped; a passive one is no standby any more, and after seven days Microsoft wants a full synchronization.",
    first:
      "As for two hours; then the newest errors of the sources ADSync and Directory Synchronization in the Application log.",
    source: "Directory Synchronization 904 with Finished [S, two sources] (facts/monitoring.md 3.1, 4)",
  },
  {
    name: "password-sync-silent",
    title: "has given no sign of password hash synchronization for two hours",
    severity: 1,
    for: ["active"],
    needs: ["agent"],
    signal: {
      kind: "log",
      query: (server) => events(server, synchronization, "EventID in (650, 651, 653, 654, 656, 657)"),
      operator: "LessThan",
      threshold: 1,
      every: "PT30M",
      window: "PT2H",
      resolves: true,
    },
    why: "Password hash synchronization gives a heartbeat every 30 minutes when nothing changes. Without it new passwords do not reach the cloud. Where it is not used, switch this alert off.",
    first:
      "Restart the service ADSync once, unless a backlog is being worked off; then events 611, 652 and 655 say why.",
    source:
      "Directory Synchronization 650–657 [V]; 120 minutes is Connect Health's own rule [V] (facts/monitoring.md 3.1, 7)",
  },
  {
    name: "password-sync-failing",
    title: "fails at password hash synchronization",
    severity: 2,
    for: ["active"],
    needs: ["agent"],
    signal: {
      kind: "log",
      query: (server) =>
        events(server, `(${synchronization} and EventID in (611, 652, 655)) or (${engine} and EventID == 6900)`),
      operator: "GreaterThan",
      threshold: 0,
      every: "PT30M",
      window: "PT1H",
      resolves: false,
    },
    why: "Passwords of a domain, of a batch, or all of them did not reach the cloud.",
    first:
      "The event's text: RPC errors (8439, 8593) point at a domain controller or the connector account's Replicating Directory Changes rights, error 90 at the tenant's switch.",
    source: "Directory Synchronization 611, 652, 655 and ADSync 6900 [V KB 2855271] (facts/monitoring.md 3.1, 3.2)",
  },
  {
    name: "delete-threshold",
    title: "was stopped by the accidental-delete threshold",
    severity: 1,
    for: ["active"],
    needs: ["agent"],
    signal: {
      kind: "log",
      query: (server) => events(server, synchronization, 'EventID == 116 and EventLevelName == "Warning"'),
      operator: "GreaterThan",
      threshold: 0,
      every: "PT15M",
      window: "PT1H",
      resolves: false,
    },
    why: "More deletions wait than the threshold lets through; nothing at all is exported until somebody decides.",
    first:
      "entra-connect exports on a csexport of the active server says what would be deleted and why; never raise the threshold before it is understood.",
    source:
      "Directory Synchronization 116 at level Warning; the same number is also information [V][S] (facts/monitoring.md 3.1)",
  },
  {
    name: "export-object-errors",
    title: "could not export more than 20 objects in six hours",
    severity: 3,
    for: ["active"],
    needs: ["agent"],
    signal: {
      kind: "log",
      query: (server) => events(server, engine, "EventID == 6941"),
      operator: "GreaterThan",
      threshold: 20,
      every: "PT1H",
      window: "PT6H",
      resolves: true,
    },
    why: "One event for each object that Entra ID refuses (InvalidSoftMatch, AttributeValueMustBeUnique, InvalidHardMatch, …). A few are every tenant's daily life, many at once are a change that went wrong.",
    first: "The error names in the events' texts; many of one kind have one cause.",
    source:
      "ADSync 6941, one per object [V SupportArticles] (facts/monitoring.md 3.2); the number 20 is this library's own [I]",
  },
  {
    name: "run-errors",
    title: "had a run that ended with errors",
    severity: 3,
    for: ["active", "passive"],
    needs: ["agent"],
    signal: {
      kind: "log",
      query: (server) => events(server, engine, "EventID == 6100"),
      operator: "GreaterThan",
      threshold: 0,
      every: "PT1H",
      window: "PT2H",
      resolves: true,
    },
    why: "A step of a run profile ended with errors: a connector that cannot read, objects that do not synchronize.",
    first: "entra-connect statistics on a collection of the server names the connector and the step.",
    source: "ADSync 6100 [S, public monitor] (facts/monitoring.md 3.2)",
  },
  {
    name: "cloud-refuses",
    title: "is refused by Entra ID, or its scheduler fails",
    severity: 1,
    for: ["active", "passive"],
    needs: ["agent"],
    signal: {
      kind: "log",
      query: (server) =>
        events(server, synchronization, 'EventID == 906 or (EventID in (106, 115) and EventLevelName == "Error")'),
      operator: "GreaterThan",
      threshold: 0,
      every: "PT30M",
      window: "PT1H",
      resolves: true,
    },
    why: "The sign-in of the server's own application or the way to Entra ID does not work; an expired certificate shows so (AADSTS700027).",
    first:
      "The AADSTS number in the event's text; then the certificate (Get-ADSyncEntraConnectorCredential) and the way out (the ports alert).",
    source:
      "Directory Synchronization 106, 115, 906 [V KB 2855271][S field reports] (facts/monitoring.md 3.1); level of 906 not known",
  },
];
