import { type CertificateFacts, certificateOf, isDue, untilWhen } from "../readiness/certificate";
import { nearLimit, sizeCause, sizeNext, sizeTitle } from "../readiness/database";
import type { Finding } from "../verdict";
import type { ServerStatistics } from "./model";

/** The database and the certificate of one server. What its archive does not say is named elsewhere. */
export function engineFindings(server: ServerStatistics, side: "active" | "staging", now: Date): readonly Finding[] {
  const { computerName, database } = server;
  const shown = { active: null, staging: null };
  const found: Finding[] = [];
  const size = nearLimit(database);
  if (size !== undefined)
    found.push({
      ...shown,
      [side]: `${size} MB`,
      code: "database-near-limit",
      severity: "warning",
      class: "unexplained",
      subject: `database of ${computerName}`,
      title: `T${sizeTitle(computerName, size).slice(1)}.`,
      cause: `${sizeCause}.`,
      next: `${sizeNext}; if it stays large, plan for a server with SQL Server.`,
      tool: "service-manager",
    });
  const certificate = server.certificate === undefined ? undefined : certificateOf({ certificate: server.certificate });
  if (certificate !== undefined) found.push(...certificateFindings(server, side, certificate, now));
  return found;
}

function certificateFindings(
  { computerName, scheduler }: ServerStatistics,
  side: "active" | "staging",
  certificate: CertificateFacts,
  now: Date,
): readonly Finding[] {
  const idle = scheduler.schedulerSuspended === true || scheduler.syncCycleEnabled === false;
  const due = isDue(certificate, now);
  if (!idle && !due) return [];
  const state = scheduler.schedulerSuspended === true ? "suspended" : "off";
  return [
    {
      active: null,
      staging: null,
      [side]: certificate.endsAt?.toISOString().slice(0, 10) ?? null,
      code: due ? "certificate-ends-soon" : "certificate-not-renewed",
      severity: "warning",
      class: "unexplained",
      subject: `certificate of ${computerName}`,
      title: `The certificate with which ${computerName} signs in to Entra ID is ${due ? "due for renewal" : `not renewed: its scheduler is ${state}`}; ${untilWhen(certificate, now)}.`,
      cause: `The scheduler renews it at 70 % of its 90 days${idle ? `, and it is ${state}` : ""}. A failure shows in the event log only.`,
      next: "On the server: Get-ADSyncScheduler; have the scheduler run, or rotate the certificate in time in the wizard (Rotate application certificate).",
      tool: "wizard",
    },
  ];
}
