import type { Alert } from "../alert";
import { events, quoted, reportedTwoOf, synchronizationSource } from "../query";

/** What somebody or the product itself changed. Events: facts/monitoring.md 3.1, 3.3, 3.4. */

const adminActions = `Source == ${quoted("Entra Connect Admin Actions")}`;
const rotation = `RenderedDescription has ${quoted("RotateApplicationCertificate")}`;
const upgrades = 'Source in ("Microsoft Entra Connect Upgrade", "Azure AD Connect Upgrade")';

export const changeAlerts: readonly Alert[] = [
  {
    name: "configuration-changed",
    title: "was configured by somebody",
    severity: 2,
    for: ["active", "passive"],
    needs: ["agent"],
    signal: {
      kind: "log",
      query: (server) => events(server, adminActions, `not(${rotation})`),
      operator: "GreaterThan",
      threshold: 0,
      every: "PT15M",
      window: "PT1H",
      resolves: false,
    },
    why: "Rules, scope, sign-in method, permissions or accounts were changed through the wizard, PowerShell or the rules editor. What one server gets the other needs too.",
    first:
      "The event says who and what. Not planned: treat it as an intrusion into a Tier 0 server. Planned: do it on the other server and run entra-connect compare.",
    source:
      "source Entra Connect Admin Actions, since 2.4.129.0, on by default [V]; ids differ by version, so the source is matched (facts/monitoring.md 3.3)",
  },
  {
    name: "certificate-rotated",
    title: "rotated the certificate of its application",
    severity: 4,
    for: ["active", "passive"],
    needs: ["agent"],
    signal: {
      kind: "log",
      query: (server) => events(server, adminActions, rotation),
      operator: "GreaterThan",
      threshold: 0,
      every: "PT1H",
      window: "PT2H",
      resolves: false,
    },
    why: "The product renews it by itself before it ends. One at another time, or two in a week, is somebody else's.",
    first:
      "The thumbprint in the event is the one that Entra ID shows at ConnectSyncProvisioning_<server>; another one there is an intrusion.",
    source: "Admin Actions with Name RotateApplicationCertificate [S] (facts/monitoring.md 3.3)",
  },
  {
    name: "certificate-ending",
    title: "has a certificate that was not renewed in time",
    severity: 2,
    for: ["active", "passive"],
    needs: ["agent"],
    signal: {
      kind: "log",
      query: (server) => events(server, `Source == ${quoted(synchronizationSource)}`, "EventID == 1011"),
      operator: "GreaterThan",
      threshold: 0,
      every: "PT6H",
      window: "P1D",
      resolves: true,
    },
    why: "From 70 % of its lifetime the product warns. Renewal rides on the scheduler and fails without a word where that is suspended.",
    first:
      "Get-ADSyncScheduler (SchedulerSuspended), close the wizard and Synchronization Service Manager; then the wizard's page for the certificate.",
    source: "event 1011 [V]; its source by analogy with 1013 [I] (facts/monitoring.md 3.1, F7)",
  },
  {
    name: "certificate-expired",
    title: "has an expired certificate: it can no longer sign in",
    severity: 0,
    for: ["active", "passive"],
    needs: ["agent"],
    signal: {
      kind: "log",
      query: (server) => events(server, `Source == ${quoted(synchronizationSource)}`, "EventID == 1012"),
      operator: "GreaterThan",
      threshold: 0,
      every: "PT30M",
      window: "PT6H",
      resolves: true,
    },
    why: "Nothing of this server reaches Entra ID until it has another one.",
    first:
      "The wizard on the server, with a Hybrid Identity Administrator: configure application-based authentication, rotate the certificate.",
    source: "event 1012 [V]; its source by analogy with 1013 [I] (facts/monitoring.md 3.1)",
  },
  {
    name: "upgrade-acted",
    title: "was upgraded by itself, or tried",
    severity: 3,
    for: ["active", "passive"],
    needs: ["agent"],
    signal: {
      kind: "log",
      query: (server) =>
        events(server, upgrades, "EventID between (300 .. 399)", 'RenderedDescription !contains "UpgradeNotSupported"'),
      operator: "GreaterThan",
      threshold: 0,
      every: "PT1H",
      window: "PT2H",
      resolves: false,
    },
    why: "Automatic upgrade changed one server of the pair, or stopped half-way. What it says on custom installations every time (UpgradeNotSupported…) is left out.",
    first: "entra-connect ready on both servers: versions that differ are named, with what to do.",
    source: "upgrade source, two names by version [S][V]; ids 300–399 and result words [V] (facts/monitoring.md 3.4)",
  },
  {
    name: "engine-file-changed",
    title: "has an edited configuration file of the engine",
    severity: 2,
    for: ["active", "passive"],
    needs: ["agent", "task"],
    signal: {
      kind: "log",
      query: (server) => reportedTwoOf(server, "engineConfigSha256"),
      operator: "GreaterThan",
      threshold: 0,
      every: "PT1H",
      window: "P2D",
      resolves: true,
    },
    why: "miiserver.exe.config (proxy, TLS, timeouts) is not what it was at the collection before. An upgrade of Entra Connect replaces it too, and takes hand-made changes away.",
    first: "Compare it with the copy of the other server and with the version before; put back what was lost.",
    source: "the scheduled task's own event, member engineConfigSha256",
  },
  {
    name: "proxy-file-changed",
    title: "has an edited machine.config",
    severity: 2,
    for: ["active", "passive"],
    needs: ["agent", "task"],
    signal: {
      kind: "log",
      query: (server) => reportedTwoOf(server, "machineConfigSha256"),
      operator: "GreaterThan",
      threshold: 0,
      every: "PT1H",
      window: "P2D",
      resolves: true,
    },
    why: "The machine.config of .NET holds the proxy of wizard and engine: whoever changes it decides which way everything to Entra ID goes. An update of .NET may write it too.",
    first:
      "Compare it with the copy of the other server and with the version before; a proxy that nobody knows is an intrusion.",
    source: "the scheduled task's own event, member machineConfigSha256",
  },
  {
    name: "version-changed",
    title: "has another version than at its last collection",
    severity: 3,
    for: ["active", "passive"],
    needs: ["agent", "task"],
    signal: {
      kind: "log",
      query: (server) => reportedTwoOf(server, "versions.engine"),
      operator: "GreaterThan",
      threshold: 0,
      every: "PT1H",
      window: "P2D",
      resolves: true,
    },
    why: "The pair must not drift apart: a settings file and a promotion want two servers of one version.",
    first: "connect.version of the passive server, and the same version on the other.",
    source: "the scheduled task's own event, member versions.engine",
  },
];
