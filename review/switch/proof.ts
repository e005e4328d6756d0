import type { TenantAnswers } from "../pair/graph";
import type { Course, Moment, Reading, Seen } from "./model";
import { momentText } from "./record/entry";

/** One piece of evidence that exactly one server exports, the strongest first: facts/role-switch.md 4 and 7. */
export interface ProofLine {
  readonly asks: string;
  readonly says: "yes" | "no" | "not yet" | "not asked";
  readonly detail: string;
}

export interface Proof {
  /** Since when the promotion can have been: the last word "passive" of the server that was promoted. */
  readonly since: Moment;
  readonly lines: readonly ProofLine[];
  /** Its own run history shows it, the other one does not export, and nothing says otherwise. */
  readonly proven: boolean;
}

/**
 * Whether the server that was promoted exports, and nobody else. Without Graph it rests on both run histories alone, which
 * is enough to be believed and not enough to be silent about.
 */
export function proofOf(
  { now, from, to, source, target }: Seen,
  course: Course,
  tenant: TenantAnswers | null,
  fencedAt: Moment | undefined,
  limits: { readonly maxAge: Moment },
): Proof {
  const since = course.lastStaging[to] ?? now - limits.maxAge;
  // Before either role was seen to have changed the other one may still have exported: it was not yet demoted. One that came
  // back, exported and was stopped again counts from then on: what it did meanwhile was told when both were active.
  const changed = (machine: string, role: Reading["role"], reading: Reading | null): Moment => {
    const known = course.roleSince[machine];
    return known?.role === role ? known.since : (reading?.at ?? now);
  };
  const stopped = changed(from, "staging", source);
  const promoted = changed(to, "active", target);
  const cameBack = (course.lastActive[from] ?? Number.NEGATIVE_INFINITY) >= promoted;
  const active = cameBack ? stopped : Math.min(promoted, stopped);
  const lines = [
    tenantLine(to, since, tenant),
    auditLine(to, since, active, tenant),
    historyLine(to, since, target),
    otherLine(from, since, active, source, fencedAt),
    passwordLine(since, tenant),
  ];
  const [byTenant, byAudits, byHistory, other] = lines;
  const against = [byTenant, byAudits, byHistory, other].some((line) => line?.says === "no");
  return { since, lines, proven: !against && byHistory?.says === "yes" && other?.says === "yes" };
}

function tenantLine(to: string, since: Moment, tenant: TenantAnswers | null): ProofLine {
  const asks = `Does the tenant name ${to} as the last to export?`;
  const exporter = tenant?.synchronization?.exporter ?? null;
  const last = tenant?.organization?.lastSynchronization?.getTime() ?? null;
  if (exporter === null)
    return {
      asks,
      says: "not asked",
      detail: "Graph beta directory/onPremisesSynchronization was not given, or has no export data.",
    };
  if (exporter !== to)
    return {
      asks,
      says: "not yet",
      detail: `The tenant still names ${exporter}: the data is of the last export, and ${to} may not have had anything to export.`,
    };
  if (last === null || last <= since)
    return {
      asks,
      says: "not yet",
      detail: `The tenant names ${to}, but its last synchronization ${last === null ? "was not asked for (Graph organization)" : `is of ${momentText(last)}, before the promotion`}.`,
    };
  return { asks, says: "yes", detail: `${to}; last synchronization ${momentText(last)}.` };
}

function auditLine(to: string, since: Moment, active: Moment, tenant: TenantAnswers | null): ProofLine {
  const asks = `Do the audit log's changes since ${momentText(since)} come from ${to} alone?`;
  if (!tenant?.audits) return { asks, says: "not asked", detail: "Graph auditLogs/directoryAudits was not given." };
  const after = tenant.audits.exports.filter(({ at }) => at.getTime() > since);
  const foreign = after.filter(({ machine }) => machine !== to);
  const others = [...new Set(foreign.filter(({ at }) => at.getTime() > active).map(({ machine }) => machine))];
  if (others.length > 0) return { asks, says: "no", detail: `There are changes by ${others.join(" and ")}.` };
  const own = after.length - foreign.length;
  const earlier = foreign.length === 0 ? "" : ` ${foreign.length} of others, from before a change of roles was seen.`;
  const whole = tenant.audits.complete ? "" : " The list is not whole (a next page): what is missing proves nothing.";
  return own > 0 && whole === ""
    ? { asks, says: "yes", detail: `${own === 1 ? "One change" : `${own} changes`} by ${to}.${earlier}` }
    : {
        asks,
        says: "not yet",
        detail: `${own > 0 ? `Those that were given do.` : "There is no change by a synchronization server yet; entries take minutes."}${whole}`,
      };
}

function historyLine(to: string, since: Moment, target: Reading | null): ProofLine {
  const asks = `Has ${to} an export to Entra ID with result success since?`;
  const last = target?.lastGoodExport ?? null;
  return last !== null && last > since
    ? { asks, says: "yes", detail: `${momentText(last)}, in its run history.` }
    : {
        asks,
        says: "not yet",
        detail: last === null ? "There is none in its run history." : `The newest is of ${momentText(last)}.`,
      };
}

function otherLine(
  from: string,
  since: Moment,
  active: Moment,
  source: Reading | null,
  fencedAt: Moment | undefined,
): ProofLine {
  const asks = `Is ${from} passive or fenced, without an export since?`;
  if (fencedAt !== undefined) return { asks, says: "yes", detail: `Fenced, proven to ${momentText(fencedAt)}.` };
  if (source?.role !== "staging" || source.at === null)
    return { asks, says: "no", detail: "Neither was read, or it is not in staging mode." };
  if (source.lastExport !== null && source.lastExport > active)
    return { asks, says: "no", detail: `Its run history has an export of ${momentText(source.lastExport)}.` };
  if (source.at <= since)
    return {
      asks,
      says: "not yet",
      detail: `Its archive is of ${momentText(source.at)}, before the promotion.`,
    };
  return {
    asks,
    says: "yes",
    detail: `In staging mode at ${momentText(source.at)}, no export step since the roles changed.`,
  };
}

/** Hashes may lag for hours; this line decides nothing. */
function passwordLine(since: Moment, tenant: TenantAnswers | null): ProofLine {
  const asks = "Do password hashes move?";
  const last = tenant?.organization?.lastPasswordSynchronization?.getTime() ?? null;
  if (tenant?.synchronization?.features.passwordSyncEnabled === false)
    return { asks, says: "yes", detail: "Password hash synchronization is off in this tenant." };
  if (last === null)
    return { asks, says: "not asked", detail: "Graph organization was not given, or does not say it." };
  return last > since
    ? { asks, says: "yes", detail: momentText(last) }
    : {
        asks,
        says: "not yet",
        detail: `The last is of ${momentText(last)}. A backlog can take many hours: do not restart the service; look for events 656 and 657, and none of 611, 652, 655 (source Directory Synchronization).`,
      };
}
