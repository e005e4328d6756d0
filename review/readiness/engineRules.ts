import type { SwitchOffAutoUpgradeAnswer, VerifyStagingAnswer } from "../../scripts/answers";
import { sourceDate, verifiedOn } from "../versions/versions";
import { certificateOf, isDue, untilWhen } from "./certificate";
import { nearLimit, sizeCause, sizeNext, sizeTitle } from "./database";
import { ageInDays, type JudgingContext, type Rule } from "./rule";

/** Days after its newest source at which the table of versions is no longer trusted. */
const oldTableDays = 90;

/** `DOMAIN\name$` and `name$@domain` are the same account. */
function bareAccount(account: string): string {
  return account.toLowerCase().replace(/^.*\\/, "").replace(/@.*$/, "").replace(/\$$/, "");
}

type Database = NonNullable<VerifyStagingAnswer["database"]>;

/** Where the database is, and the name of it where the settings say one. */
function databaseText({ kind, server, instance, name }: Partial<Database> & { readonly kind: string }): string {
  if (kind === "localdb") return "LocalDB";
  return `SQL Server ${server ?? ""}${instance ? `\\${instance}` : ""}, database ${name ?? ""}`;
}

function isOtherDatabase(found: Database, wanted: JudgingContext["database"]): boolean {
  if (found.kind !== wanted.kind) return true;
  if (wanted.kind === "localdb") return false;
  const same = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();
  return !(
    same(found.server, wanted.server) &&
    // The wizard's page takes a port behind the instance's name, and may keep it there.
    same(found.instance.replace(/,.*$/, "").replace(/^MSSQLSERVER$/i, ""), wanted.instance ?? "") &&
    same(found.name, wanted.name)
  );
}

/** What the wizard's first page decided, and the engine's own files. */
export const engineRules: readonly Rule<VerifyStagingAnswer>[] = [
  {
    code: "release-table",
    severity: "info",
    // No number of days: it would be other words every day.
    find: () => ({
      title: `versions are judged by a table whose newest source is of ${sourceDate} (looked up on ${verifiedOn})`,
      staging: sourceDate,
      cause: "Microsoft releases and recalls versions; a table cannot know later ones",
      next: "",
    }),
  },
  {
    code: "release-table-old",
    severity: "warning",
    find: ({ context: { now } }) => {
      const age = ageInDays(sourceDate, now);
      if (age <= oldTableDays) return undefined;
      return {
        title: `the table of Entra Connect's versions is old: its newest source is of ${sourceDate}, ${age} days ago`,
        staging: sourceDate,
        cause: "this release of pulumi-entra-connect is old",
        next: "use a newer release of pulumi-entra-connect, and compare with Microsoft's version history page",
      };
    },
  },
  {
    code: "service-account-differs",
    severity: "warning",
    find: ({ machine, answer: { service }, context: { serviceAccount }, block }) =>
      bareAccount(service.account) === bareAccount(serviceAccount)
        ? undefined
        : {
            title: `the synchronization service of ${machine} runs as ${service.account}; the settings say ${serviceAccount}`,
            staging: service.account,
            cause:
              "another account was entered on the wizard's page Install required components; it can never be changed later",
            next: `write ${block}.connect.serviceAccount as it is, if that account is right; else write a block with a higher number and complete its wizard with ${serviceAccount}`,
          },
  },
  {
    code: "database-differs",
    severity: "warning",
    find: ({ machine, answer: { database }, context, block }) => {
      if (database === null || !isOtherDatabase(database, context.database)) return undefined;
      return {
        title: `${machine} uses ${databaseText(database)}; the settings say ${databaseText(context.database)}`,
        staging: databaseText(database),
        cause: "something else was entered on the wizard's page Install required components",
        next: `write ${block}.connect.database as it is, if that is right; else write a block with a higher number. One database is never shared by two servers`,
      };
    },
  },
  {
    code: "database-near-limit",
    severity: "warning",
    find: ({ machine, answer: { database }, block }) => {
      const size = nearLimit(database);
      if (size === undefined) return undefined;
      const versions = database?.localDbVersions.join(", ") ?? "";
      return {
        title: sizeTitle(machine, size),
        staging: `${size} MB${versions ? `, LocalDB ${versions}` : ""}`,
        cause: sizeCause,
        next: `${sizeNext}; if it stays large, write a block with a higher number and connect.database of kind sqlServer (${block} stays until then)`,
      };
    },
  },
  {
    code: "engine-config-edited",
    severity: "warning",
    find: ({ machine, answer: { engineConfig, versions } }) => {
      if (engineConfig === null || engineConfig.sha256 === engineConfig.recordedSha256) return undefined;
      return {
        title: `miiserver.exe.config on ${machine} is not what it was at the first look (${engineConfig.recordedAt}) at engine ${versions.engine}`,
        staging: engineConfig.sha256,
        cause: `it was edited by hand${engineConfig.fipsEdit ? " (enforceFIPSPolicy is in it)" : ""}`,
        next: "before an upgrade write down the edit: 2.5.190.0 and 2.6.1.0 break on an edited file (System.Diagnostics.DiagnosticSource), others overwrite it; 2.6.84.0 and later merge it. Make the same edit on the active server, or take it back here",
      };
    },
  },
  {
    code: "engine-config-fips",
    severity: "info",
    find: ({ machine, answer: { engineConfig } }) =>
      engineConfig?.fipsEdit
        ? {
            title: `miiserver.exe.config on ${machine} has enforceFIPSPolicy`,
            staging: true,
            cause: "the documented edit for password hash synchronization where FIPS is enforced",
            next: "look at it again after every upgrade: versions before 2.6.84.0 overwrite the file or break on it",
          }
        : undefined,
  },
  {
    code: "identity",
    severity: "info",
    find: ({ machine, answer, context: { now } }) => {
      const { credentialType, applicationId } = answer;
      if (credentialType === "ServiceAccount") return undefined;
      if (credentialType === null)
        return {
          title: `who ${machine} signs in to Entra ID as could not be read`,
          staging: null,
          cause: "this build has no Get-ADSyncEntraConnectorCredential, or it failed",
          next: "look in the wizard: View or export current configuration",
        };
      return {
        title: `${machine} signs in to Entra ID as the application ${applicationId ?? "(its id could not be read)"}; ${untilWhen(certificateOf(answer), now)}`,
        staging: applicationId,
        cause: "application-based authentication; each server has an application and a certificate of its own",
        next: "",
      };
    },
  },
  {
    code: "certificate-ends-soon",
    severity: "warning",
    find: ({ machine, answer, context: { now } }) => {
      const certificate = certificateOf(answer);
      if (certificate === undefined || answer.credentialType === "ServiceAccount" || !isDue(certificate, now))
        return undefined;
      const { endsAt, expiredAt } = certificate;
      const over = expiredAt !== undefined || (endsAt !== undefined && endsAt.getTime() < now.getTime());
      return {
        title: `the certificate with which ${machine} signs in to Entra ID ${over ? "has expired" : "is due for renewal"}; ${untilWhen(certificate, now)}`,
        staging: endsAt?.toISOString().slice(0, 10) ?? null,
        cause:
          "the scheduler renews it at 70 % of its 90 days (event 1011); it does not while it is off or suspended, and a failure shows in the event log only",
        next: `on the server: Get-ADSyncScheduler, then the wizard's task Rotate application certificate; then set gate.proveAgain to another text (this look was at ${answer.collectedAt})`,
      };
    },
  },
  {
    code: "certificate-not-renewed",
    severity: "warning",
    find: ({ machine, answer, context: { now } }) =>
      answer.credentialType === "Application" && answer.scheduler.schedulerSuspended
        ? notRenewed(machine, answer, "its scheduler is suspended", now)
        : undefined,
  },
];

/** A scheduler that does not run renews nothing (authenticate-application-id.md). */
export function notRenewed(machine: string, answer: VerifyStagingAnswer, why: string, now: Date) {
  const certificate = certificateOf(answer);
  return {
    title: `the certificate with which ${machine} signs in to Entra ID is not renewed: ${why}; ${untilWhen(certificate, now)}`,
    staging: certificate?.endsAt?.toISOString().slice(0, 10) ?? null,
    cause:
      "the scheduler renews the certificate of a managed application; without it the server can no longer sign in after that day",
    next: "have the scheduler run, or rotate the certificate by hand in time (wizard: Rotate application certificate)",
  };
}

export const autoUpgradeRules: readonly Rule<SwitchOffAutoUpgradeAnswer>[] = [
  {
    code: "auto-upgrade-switched-off",
    severity: "info",
    find: ({ machine, answer: { before, state, collectedAt } }) =>
      before === "Enabled" && state === "Disabled"
        ? {
            title: `automatic upgrade was on at ${machine} and has been switched off (${collectedAt})`,
            staging: before,
            cause: "gate.autoUpgrade: disable (the default), so that the pair does not drift apart in version",
            next: "keep connect.version current; to leave automatic upgrade as it is found: gate.autoUpgrade: leave",
          }
        : undefined,
  },
];
