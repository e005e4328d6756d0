import type { VerifyStagingAnswer } from "../../scripts/answers";

/** Of a certificate that Entra Connect manages (authenticate-application-id.md). */
const lifetimeDays = 90;

/** Renewal is due at 70 % of the lifetime, 27 days before the end; a working scheduler has renewed a week later. */
const renewalDueDays = 21;

const millisecondsADay = 86_400_000;

export interface CertificateFacts {
  readonly endsAt?: Date;
  /** The end is 90 days after the event that it was made; the credential itself does not say it. */
  readonly estimated: boolean;
  /** Event 1012 since it was made. */
  readonly expiredAt?: Date;
  /** Event 1011 since it was made. */
  readonly dueSince?: Date;
}

/** Undefined where nothing is known of it. */
export function certificateOf({ certificate }: Pick<VerifyStagingAnswer, "certificate">): CertificateFacts | undefined {
  if (certificate === null) return undefined;
  const newest = (id: number, after = Number.NEGATIVE_INFINITY): Date | undefined =>
    certificate.events
      .filter((event) => event.id === id)
      .map(({ at }) => new Date(at))
      .filter((at) => at.getTime() > after)
      .sort((one, other) => other.getTime() - one.getTime())[0];
  const made = newest(1013);
  const endsAt =
    certificate.endsAt !== null
      ? new Date(certificate.endsAt)
      : made && new Date(made.getTime() + lifetimeDays * millisecondsADay);
  const expiredAt = newest(1012, made?.getTime());
  const dueSince = newest(1011, made?.getTime());
  if (endsAt === undefined && expiredAt === undefined && dueSince === undefined) return undefined;
  return { endsAt, estimated: certificate.endsAt === null, expiredAt, dueSince };
}

/** A working scheduler would have renewed it. */
export function isDue({ endsAt, expiredAt, dueSince }: CertificateFacts, now: Date): boolean {
  if (expiredAt !== undefined || dueSince !== undefined) return true;
  return endsAt !== undefined && (endsAt.getTime() - now.getTime()) / millisecondsADay <= renewalDueDays;
}

const day = (instant: Date) => instant.toISOString().slice(0, 10);

/** In words, with the day; what is not known is said. */
export function untilWhen(certificate: CertificateFacts | undefined, now: Date): string {
  if (certificate === undefined) return "when its certificate ends could not be read";
  const { endsAt, estimated, expiredAt, dueSince } = certificate;
  const events = [
    ...(expiredAt ? [`event 1012 says since ${day(expiredAt)} that it has expired`] : []),
    ...(dueSince && !expiredAt ? [`event 1011 says since ${day(dueSince)} that its renewal is due`] : []),
  ];
  const left = endsAt && Math.floor((endsAt.getTime() - now.getTime()) / millisecondsADay);
  const end =
    endsAt === undefined
      ? ["when its certificate ends could not be read"]
      : [
          `its certificate ${(left ?? 0) < 0 ? "ended" : "ends"} on ${day(endsAt)}${estimated ? " (90 days after it was made, by the event log)" : ""}`,
        ];
  return [...end, ...events].join("; ");
}
