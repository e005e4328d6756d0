/** Mirrors scripts/fragments/exceptions.ps1. */
import { instantText } from "../simulatedTime";
import type { Session } from "./session";

export interface ExceptionRecord {
  readonly kind: string;
  readonly reason: string;
  readonly until: string;
  readonly vmId: string;
}

/** The first instant of the day; undefined where the text is no day. */
export function dayOf(text: string): Date | undefined {
  const day = /^\d{4}-\d\d-\d\d$/.test(text) ? new Date(`${text}T00:00:00Z`) : new Date(Number.NaN);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text) ? day : undefined;
}

export function isOver(day: Date, now: Date): boolean {
  return now.toISOString().slice(0, 10) > day.toISOString().slice(0, 10);
}

export async function countingException(
  session: Session,
  exceptions: unknown,
  kind: string,
): Promise<ExceptionRecord | undefined> {
  for (const exception of (Array.isArray(exceptions) ? exceptions : []).map(recordOf)) {
    if (exception.kind !== kind) continue;
    const objection = await objectionTo(session, exception);
    if (objection === undefined) return exception;
    session.notes.push(`The exception '${kind}' in the settings does not count: ${objection}.`);
  }
  return undefined;
}

function recordOf(given: unknown): ExceptionRecord {
  const { kind, reason, until, vmId } = { ...(typeof given === "object" && given) } as Record<string, unknown>;
  const text = (value: unknown) => String(value ?? "");
  return { kind: text(kind), reason: text(reason), until: text(until), vmId: text(vmId) };
}

async function objectionTo(session: Session, { reason, until, vmId }: ExceptionRecord): Promise<string | undefined> {
  const world = await session.world();
  const day = dayOf(until);
  const now = await session.now();
  if (reason.trim() === "") return "it gives no reason";
  if (vmId.toLowerCase() !== world.vmId) return `it is for the machine '${vmId}', and this one is ${world.vmId}`;
  if (day === undefined) return `its last day '${until}' is no day (yyyy-MM-dd)`;
  if (!isOver(day, now)) return undefined;
  return `it ended with ${until} (UTC), and this server's clock says ${instantText(now)}`;
}
