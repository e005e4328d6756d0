import type { Alert, LogSignal, WatchedServer } from "../alert";
import { events, ownSource, quoted, reported } from "../query";

/** What no event of the product tells: the scheduled task says it in an event of our own (scripts/archive-configuration). */

const own = `Source == ${quoted(ownSource)}`;

/** Of the last collection, which comes once a day; two days, so that one that is late is not silence. */
const last = (...conditions: readonly string[]): LogSignal => ({
  kind: "log",
  query: (server) => reported(server, ...conditions),
  operator: "GreaterThan",
  threshold: 0,
  every: "PT1H",
  window: "P2D",
  resolves: true,
});

/** A member of a list is in that state; as JSON, so that no host's name or reason is taken for one. */
const stateOf = (list: string, state: string): string => `tostring(Health.${list}) contains '"state":"${state}"'`;

/** Said something, and of the staging flag nothing that can be read: no JSON, or null in both ways. */
const stagingUnknown =
  "isnotempty(RenderedDescription) and not(isnotempty(tostring(Health.staging.scheduler))) and not(isnotempty(tostring(Health.staging.globalParameter)))";

/** Only what is known counts: what could not be read is null, and null is neither. What is null in both ways is an alert of its own. */
const stagingWrong = ({ role }: WatchedServer): string =>
  ["scheduler", "globalParameter"].map((way) => `tobool(Health.staging.${way}) == ${role === "active"}`).join(" or ");

export const reportedAlerts: readonly Alert[] = [
  {
    name: "staging-not-as-declared",
    title: "has another staging mode than the settings declare",
    severity: 0,
    for: ["active", "passive", "fenced"],
    needs: ["agent", "task"],
    signal: { ...last(), query: (server) => reported(server, stagingWrong(server)) },
    why: "Two servers export, or none does. No event of the product says it; the task reads the flag in both ways.",
    first:
      "Just after a switch, run the task \\pulumi-entra-connect\\archive-configuration once: this is what the last collection said. Else entra-connect switch: it says where the pair stands and the one next step. Never change the flag before.",
    source: "the scheduled task's own event, member staging",
  },
  {
    name: "staging-not-known",
    title: "does not say whether it is in staging mode",
    severity: 2,
    for: ["active", "passive", "fenced"],
    needs: ["agent", "task"],
    signal: last(stagingUnknown),
    why: "The last collection could not read the flag, or its event is not readable: then every alert that rests on the task is blind, and quiet is no proof.",
    first:
      "The newest event of the source pulumi-entra-connect in the Application log: notAvailable says what could not be read and why. Text around the JSON: the source is not registered as the task does it (docs/collector.md).",
    source: "the scheduled task's own event, member staging",
  },
  {
    name: "scheduler-off",
    title: "has a scheduler that is off or suspended",
    severity: 2,
    for: ["active", "passive"],
    needs: ["agent", "task", "scheduler"],
    signal: last(
      "tobool(Health.staging.syncCycleEnabled) == false or tobool(Health.staging.schedulerSuspended) == true",
    ),
    why: "Nothing synchronizes by itself, and the certificate is not renewed.",
    first:
      "Suspended: close the wizard. Off: Set-ADSyncScheduler -SyncCycleEnabled $true, if that is how it should be on both servers.",
    source: "the scheduled task's own event, member staging (F47)",
  },
  {
    name: "service-not-running",
    title: "had a synchronization service that did not run at its last collection",
    severity: 1,
    for: ["active", "passive"],
    needs: ["agent", "task"],
    signal: last('isnotempty(tostring(Health.service.status)) and tostring(Health.service.status) != "Running"'),
    why: "The state itself, whatever language Windows writes its events in.",
    first: "Get-Service ADSync; then as for a service that stopped.",
    source: "the scheduled task's own event, member service",
  },
  {
    name: "certificate-ends-soon",
    title: "has a certificate that ends within 21 days",
    severity: 1,
    for: ["active", "passive"],
    needs: ["agent", "task"],
    signal: last("todatetime(Health.certificateEndsAt) < now() + 21d"),
    why: "It lives 90 days and is renewed by itself from 70 % on: with 21 days left that has failed for days.",
    first: "As for a certificate that was not renewed in time.",
    source:
      "the scheduled task's own event, member certificateEndsAt (F7); 90 days and 70 % [V] (facts/monitoring.md 3.1)",
  },
  {
    name: "database-size",
    title: "has a LocalDB of more than 8 GB",
    severity: 2,
    for: ["active", "passive"],
    needs: ["agent", "task"],
    signal: last('tostring(Health.database.kind) =~ "localdb" and todouble(Health.database.sizeMB) > 8192'),
    why: "LocalDB ends at 10 GB, and then nothing is synchronized.",
    first: "Purge run history; plan a generation with SQL Server (connect.database).",
    source: "the scheduled task's own event, member database (F20)",
  },
  {
    name: "ports-closed",
    title: "does not reach a port that it needs",
    severity: 2,
    for: ["active", "passive"],
    needs: ["agent", "task"],
    signal: last(`${stateOf("ports", "closed")} or ${stateOf("ports", "unresolved")}`),
    why: "A firewall rule, a name or a domain controller is gone. It is noticed here before a wizard or a promotion needs it.",
    first: "The event names host and port; entra-connect ports says who needs it.",
    source: "the scheduled task's own event, member ports",
  },
  {
    name: "permissions-failed",
    title: "lacks a permission in the directory",
    severity: 2,
    for: ["active", "passive"],
    needs: ["agent", "task"],
    signal: last(stateOf("permissions", "failed")),
    why: "The connector account cannot read or replicate what it must; on a passive server that shows only after a promotion.",
    first: "The event says which; the commands that give it are in the prerequisites (docs/prerequisites.md).",
    source: "the scheduled task's own event, member permissions",
  },
  {
    name: "archive-late",
    title: "has archived no configuration for two days",
    severity: 2,
    for: ["active", "passive"],
    needs: ["agent", "task"],
    signal: {
      kind: "log",
      query: (server) => events(server, own, "EventID == 100"),
      operator: "LessThan",
      threshold: 1,
      every: "PT1H",
      window: "P2D",
      resolves: true,
    },
    why: "The task does not run, cannot collect or cannot upload. Every alert that rests on it is blind too.",
    first:
      "The newest event of the source pulumi-entra-connect in the Application log; then the task itself (its last result).",
    source: "the scheduled task's own event 100",
  },
  {
    name: "archive-waiting",
    title: "has collections that wait for their upload",
    severity: 3,
    for: ["active", "passive"],
    needs: ["agent", "task"],
    signal: last('tostring(Health.archive.state) in ("queued", "failed")'),
    why: "The store cannot be reached or refuses. What waits is uploaded later, in order, as long as the queue has room.",
    first: "archive.why in the event: a refused token or right is the role assignment, a timeout the way to the store.",
    source: "the scheduled task's own event, member archive",
  },
  {
    name: "collection-failed",
    title: "could not collect its configuration",
    severity: 2,
    for: ["active", "passive"],
    needs: ["agent", "task"],
    signal: {
      kind: "log",
      query: (server) => events(server, own, "EventID == 110"),
      operator: "GreaterThan",
      threshold: 0,
      every: "PT1H",
      window: "P1D",
      resolves: true,
    },
    why: "The task ran and got nowhere; a script that was changed on the server ends so too, and that is a reason to look at once.",
    first: "The event says what, why and what to do.",
    source: "the scheduled task's own event 110",
  },
];
