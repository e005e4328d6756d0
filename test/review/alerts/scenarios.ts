import type { WatchedRole } from "../../../review/alerts";
import { health, quiet, type Sample, type SampleEvent } from "./sampleEvents";

/** What can be the case, and every alert that says so: all of them and no other. */
export interface Scenario {
  readonly name: string;
  readonly role: WatchedRole;
  readonly fires: readonly string[];
  readonly sample: Omit<Sample, "computer">;
}

const synchronization = "Directory Synchronization";
const engine = "ADSync";
const own = "pulumi-entra-connect";

const of = (role: WatchedRole, changed: Partial<Sample> = {}): Omit<Sample, "computer"> => ({
  events: quiet(role),
  ...(role === "fenced" ? {} : { silentFor: 0, freeSpace: 60 }),
  ...changed,
});

const with_ = (role: WatchedRole, ...more: readonly SampleEvent[]): Omit<Sample, "computer"> =>
  of(role, { events: [...quiet(role), ...more] });

const without = (role: WatchedRole, left: (event: SampleEvent) => boolean): Omit<Sample, "computer"> =>
  of(role, { events: quiet(role).filter((event) => !left(event)) });

/** Its last collection says something else. */
const says = (role: WatchedRole, changed: object, id = 100): Omit<Sample, "computer"> =>
  with_(role, { source: own, id, minutesAgo: 60, text: health(role, changed) });

const event = (source: string, id: number, rest: Partial<SampleEvent> = {}): SampleEvent => ({
  source,
  id,
  minutesAgo: 5,
  ...rest,
});

const service = (state: string, minutesAgo: number): SampleEvent => ({
  source: "Service Control Manager",
  id: 7036,
  minutesAgo,
  log: "System",
  text: `The Microsoft Azure AD Sync service entered the ${state} state.`,
});
const crash = (minutesAgo: number): SampleEvent => ({
  ...service("", minutesAgo),
  id: 7031,
  level: "Error",
  text: "The Microsoft Azure AD Sync service terminated unexpectedly. It has done this 1 time(s).",
});

const finished = ({ id, text = "" }: SampleEvent): boolean => id === 904 && text.includes("Finished");
const staging = (scheduler: boolean | null, globalParameter: boolean | null, rest: object = {}): object => ({
  staging: { scheduler, globalParameter, syncCycleEnabled: true, schedulerSuspended: false, ...rest },
});

export const scenarios: readonly Scenario[] = [
  { name: "a quiet passive server", role: "passive", fires: [], sample: of("passive") },
  { name: "a quiet active server", role: "active", fires: [], sample: of("active") },
  { name: "a fenced server that is gone", role: "fenced", fires: [], sample: of("fenced") },
  {
    name: "a passive server that exports",
    role: "passive",
    fires: ["export-not-allowed"],
    sample: with_("passive", event(synchronization, 114, { text: "Export cycle completed." })),
  },
  {
    name: "a passive server whose export meets errors",
    role: "passive",
    fires: ["export-not-allowed"],
    sample: with_("passive", event(engine, 6941, { level: "Error" })),
  },
  {
    name: "a passive server that exported half an hour ago, when it still was the active one",
    role: "passive",
    fires: [],
    sample: with_("passive", event(synchronization, 114, { minutesAgo: 31 })),
  },
  {
    name: "a fenced server that comes back and exports",
    role: "fenced",
    fires: ["export-not-allowed", "fenced-server-runs"],
    sample: with_("fenced", event(synchronization, 2001), event(synchronization, 114)),
  },
  {
    name: "a server whose scheduler stopped three hours ago",
    role: "passive",
    fires: ["no-cycle-2h"],
    sample: without("passive", (each) => finished(each) && each.minutesAgo < 180),
  },
  {
    name: "a server whose cycles begin and do not end",
    role: "passive",
    fires: ["no-cycle-2h", "no-cycle-24h"],
    sample: without("passive", finished),
  },
  {
    name: "a server that is silent altogether",
    role: "passive",
    fires: ["agent-silent", "archive-late", "no-cycle-2h", "no-cycle-24h"],
    sample: { events: [] },
  },
  {
    name: "an active server that is silent altogether",
    role: "active",
    fires: ["agent-silent", "archive-late", "no-cycle-2h", "no-cycle-24h", "password-sync-silent"],
    sample: { events: [] },
  },
  {
    name: "a machine that has been down for 20 minutes",
    role: "passive",
    fires: ["agent-silent"],
    sample: of("passive", { silentFor: 20, events: quiet("passive").filter(({ minutesAgo }) => minutesAgo > 20) }),
  },
  {
    name: "an active server without a sign of password hash synchronization",
    role: "active",
    fires: ["password-sync-silent"],
    sample: without("active", ({ id }) => id === 654),
  },
  {
    name: "a passive server without one, as it should be",
    role: "passive",
    fires: [],
    sample: of("passive"),
  },
  {
    name: "a password hash synchronization that fails for a domain",
    role: "active",
    fires: ["password-sync-failing"],
    sample: with_(
      "active",
      event(synchronization, 611, {
        level: "Error",
        text: "Password hash synchronization failed for domain: corp.contoso.com. RPC Error 8453",
      }),
    ),
  },
  {
    name: "a delete threshold that stopped the export",
    role: "active",
    fires: ["delete-threshold"],
    sample: with_(
      "active",
      event(synchronization, 116, { level: "Warning", text: "Prevent Accidental Deletes: 812 deletions" }),
    ),
  },
  {
    name: "ten objects that Entra ID refused",
    role: "active",
    fires: [],
    sample: with_("active", ...Array.from({ length: 10 }, () => event(engine, 6941, { level: "Error" }))),
  },
  {
    name: "many objects that Entra ID refused",
    role: "active",
    fires: ["export-object-errors"],
    sample: with_("active", ...Array.from({ length: 21 }, () => event(engine, 6941, { level: "Error" }))),
  },
  {
    name: "a run that ended with errors",
    role: "passive",
    fires: ["run-errors"],
    sample: with_("passive", event(engine, 6100, { level: "Warning" })),
  },
  {
    name: "a server that Entra ID refuses",
    role: "passive",
    fires: ["cloud-refuses"],
    sample: with_(
      "passive",
      event(synchronization, 906, { level: "Error", text: "AADSTS700027: the certificate has expired" }),
    ),
  },
  {
    name: "access that was denied for information",
    role: "passive",
    fires: [],
    sample: with_("passive", event(synchronization, 115)),
  },
  {
    name: "a rule that somebody changed",
    role: "passive",
    fires: ["configuration-changed"],
    sample: with_(
      "passive",
      event("Entra Connect Admin Actions", 2610, { text: '{"Name":"UpdateSynchronizationRule","User":"CORP\\\\eve"}' }),
    ),
  },
  {
    name: "a certificate that was rotated",
    role: "passive",
    fires: ["certificate-rotated"],
    sample: with_(
      "passive",
      event("Entra Connect Admin Actions", 2523, {
        text: '{"Name":"RotateApplicationCertificate","Details":"CertificateThumbprint: AA"}',
      }),
    ),
  },
  {
    name: "a certificate that was not renewed",
    role: "passive",
    fires: ["certificate-ending", "certificate-ends-soon"],
    sample: of("passive", {
      events: [
        ...says("passive", { certificateEndsAt: "2026-12-05T00:00:00Z" }).events,
        event(synchronization, 1011, { level: "Warning", minutesAgo: 300 }),
      ],
    }),
  },
  {
    name: "a certificate that is over",
    role: "active",
    fires: ["certificate-ends-soon", "certificate-expired"],
    sample: of("active", {
      events: [
        ...says("active", { certificateEndsAt: "2026-11-25T00:00:00Z" }).events,
        event(synchronization, 1012, { level: "Error" }),
      ],
    }),
  },
  {
    name: "an upgrade that went through",
    role: "passive",
    fires: ["upgrade-acted", "version-changed"],
    sample: of("passive", {
      events: [
        ...says("passive", { versions: { wizard: "2.6.95.0", engine: "2.6.95.0" } }).events,
        event("Microsoft Entra Connect Upgrade", 300, { text: "Success" }),
      ],
    }),
  },
  {
    name: "an edited miiserver.exe.config",
    role: "passive",
    fires: ["engine-file-changed"],
    sample: says("passive", { engineConfigSha256: "b".repeat(64) }),
  },
  {
    name: "a service that somebody stopped and disabled",
    role: "passive",
    fires: ["service-start-changed", "service-stopped"],
    sample: with_(
      "passive",
      event("Service Control Manager", 7036, {
        log: "System",
        text: "The Microsoft Azure AD Sync service entered the stopped state.",
      }),
      event("Service Control Manager", 7040, {
        log: "System",
        text: "The start type of the Microsoft Azure AD Sync service was changed from auto start to disabled.",
      }),
    ),
  },
  {
    name: "a service that started again",
    role: "passive",
    fires: [],
    sample: with_(
      "passive",
      event("Service Control Manager", 7036, {
        log: "System",
        text: "The Microsoft Azure AD Sync service entered the running state.",
      }),
    ),
  },
  {
    name: "a service that crashed",
    role: "active",
    fires: ["service-crashed", "service-stopped"],
    sample: with_(
      "active",
      event("Service Control Manager", 7034, {
        log: "System",
        level: "Error",
        text: "The Microsoft Azure AD Sync service terminated unexpectedly.",
      }),
    ),
  },
  {
    name: "a service that crashed and was started again by Windows",
    role: "active",
    fires: ["service-crashed"],
    sample: with_("active", crash(6), service("running", 5)),
  },
  {
    name: "a service that was restarted",
    role: "passive",
    fires: [],
    sample: with_("passive", service("stopped", 6), service("running", 5)),
  },
  {
    name: "a service that has stood still since yesterday",
    role: "passive",
    fires: ["service-stopped"],
    sample: with_("passive", service("running", 2000), service("stopped", 1000)),
  },
  {
    name: "an edited machine.config",
    role: "active",
    fires: ["proxy-file-changed"],
    sample: says("active", { machineConfigSha256: "b".repeat(64) }),
  },
  {
    name: "a machine.config that could not be read once",
    role: "passive",
    fires: [],
    sample: says("passive", { machineConfigSha256: null }),
  },
  {
    name: "a database that is full",
    role: "active",
    fires: ["database-full"],
    sample: with_("active", event(engine, 6323, { level: "Error" })),
  },
  {
    name: "a machine that went down by itself",
    role: "passive",
    fires: ["unexpected-restart"],
    sample: with_("passive", event("EventLog", 6008, { log: "System", level: "Error" })),
  },
  {
    name: "a disk that is nearly full",
    role: "passive",
    fires: ["disk-space"],
    sample: of("passive", { freeSpace: 6 }),
  },
  {
    name: "a passive server whose staging flag is off",
    role: "passive",
    fires: ["staging-not-as-declared"],
    sample: says("passive", staging(false, false)),
  },
  {
    name: "a passive server whose two voices disagree",
    role: "passive",
    fires: ["staging-not-as-declared"],
    sample: says("passive", staging(true, false)),
  },
  {
    name: "a declared active server that is in staging mode",
    role: "active",
    fires: ["staging-not-as-declared"],
    sample: says("active", staging(true, true)),
  },
  {
    name: "a staging flag that could not be read",
    role: "passive",
    fires: ["staging-not-known"],
    sample: says("passive", staging(null, null)),
  },
  {
    name: "a staging flag that could be read in one of the two ways",
    role: "passive",
    fires: [],
    sample: says("passive", staging(null, true)),
  },
  {
    name: "a fenced server whose flag could not be read",
    role: "fenced",
    fires: ["staging-not-known"],
    sample: says("fenced", staging(null, null)),
  },
  {
    name: "an active server whose flag could not be read",
    role: "active",
    fires: ["staging-not-known"],
    sample: says("active", staging(null, null)),
  },
  {
    name: "a fenced server that still collects, and is no longer in staging mode",
    role: "fenced",
    fires: ["staging-not-as-declared"],
    sample: says("fenced", staging(false, false)),
  },
  {
    name: "a scheduler that is suspended",
    role: "passive",
    fires: ["scheduler-off"],
    sample: says("passive", staging(true, true, { schedulerSuspended: true })),
  },
  {
    name: "a scheduler that is off",
    role: "active",
    fires: ["scheduler-off"],
    sample: says("active", staging(false, false, { syncCycleEnabled: false })),
  },
  {
    name: "a service that did not run when the task looked",
    role: "passive",
    fires: ["service-not-running"],
    sample: says("passive", { service: { status: "Stopped", startType: "Disabled" } }),
  },
  {
    name: "a LocalDB that grows",
    role: "passive",
    fires: ["database-size"],
    sample: says("passive", { database: { kind: "localdb", sizeMB: 9400 } }),
  },
  {
    name: "an SQL Server of any size",
    role: "passive",
    fires: [],
    sample: says("passive", { database: { kind: "sqlServer", sizeMB: 90_000 } }),
  },
  {
    name: "a closed port",
    role: "passive",
    fires: ["ports-closed"],
    sample: says("passive", { ports: [{ host: "dc1.corp.contoso.com", port: 389, state: "closed" }] }),
  },
  {
    name: "a name that does not resolve",
    role: "passive",
    fires: ["ports-closed"],
    sample: says("passive", { ports: [{ host: "dc1.corp.contoso.com", port: 389, state: "unresolved" }] }),
  },
  {
    name: "a permission that is missing",
    role: "passive",
    fires: ["permissions-failed"],
    sample: says("passive", {
      permissions: [{ what: "Replicating Directory Changes All", state: "failed", why: "denied" }],
    }),
  },
  {
    name: "an archive that is late",
    role: "passive",
    fires: ["archive-late"],
    sample: without("passive", ({ source }) => source === own),
  },
  {
    name: "a collection that waits for its upload, after one that arrived",
    role: "passive",
    fires: ["archive-waiting"],
    sample: says(
      "passive",
      {
        archive: {
          state: "queued",
          name: "a.zip",
          queue: { count: 1, sizeMB: 2, oldestAt: "2026-11-26T11:00:00Z" },
          why: "403",
        },
      },
      101,
    ),
  },
  {
    name: "a collection that failed",
    role: "passive",
    fires: ["collection-failed"],
    sample: with_("passive", event(own, 110, { level: "Error", text: '{"failed":{"what":"x","why":"y","next":"z"}}' })),
  },
  {
    name: "a message of the task that is no JSON",
    role: "passive",
    fires: ["staging-not-known"],
    sample: with_("passive", event(own, 100, { text: "not JSON" })),
  },
];
