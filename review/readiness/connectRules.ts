import type { FirstSynchronizationAnswer, VerifyStagingAnswer } from "../../scripts/answers";
import { comingMinimum, judgeVersion } from "../versions/versions";
import { notRenewed } from "./engineRules";
import { ageInDays, type JudgingContext, type Rule } from "./rule";

/** A delta synchronization must run at least every 7 days, on staging servers too. */
const longestIntervalDays = 7;

function intervalDays(interval: string): number {
  const match = /^(?:([0-9]+)\.)?([0-9]+):([0-9]+):([0-9]+)/.exec(interval);
  if (match === null) return 0;
  const [days = 0, hours = 0, minutes = 0] = match.slice(1, 4).map((part) => Number(part ?? 0));
  return days + hours / 24 + minutes / 1440;
}

/** Not before the answer itself was given. */
function judgedOn(collectedAt: string, now: Date): Date {
  return new Date(Math.max(now.getTime(), Date.parse(collectedAt)));
}

export const verificationRules: readonly Rule<VerifyStagingAnswer>[] = [
  {
    code: "staging-proven",
    severity: "info",
    find: ({ machine, answer }) => ({
      title: `${machine} was in staging mode at ${answer.collectedAt}: the scheduler and the global parameter both said so`,
      staging: true,
      cause: "proven on the server by verify-staging",
      next: "",
    }),
  },
  {
    code: "proof-old",
    severity: "warning",
    find: ({ machine, answer: { collectedAt }, context: { now, proofDays } }) => {
      const age = ageInDays(collectedAt, now);
      if (age <= proofDays) return undefined;
      return {
        title: `the proof that ${machine} is in staging mode is ${age} days old (${collectedAt})`,
        staging: collectedAt,
        cause: `the server has not been asked since, and gate.proofDays is ${proofDays}`,
        next: `set gate.proveAgain to today's date ("${now.toISOString().slice(0, 10)}") and run up`,
      };
    },
  },
  {
    code: "settings-file-not-imported",
    severity: "warning",
    find: ({ machine, answer: { importedSettingsFile }, context: { settingsFileSha256 }, block }) => {
      const pinned = settingsFileSha256?.toLowerCase();
      if (importedSettingsFile?.sha256 === pinned) return undefined;
      if (pinned === undefined)
        return {
          title: `a settings file was imported on ${machine} (${importedSettingsFile?.sha256}), and the settings say that it was built without one`,
          staging: importedSettingsFile?.sha256 ?? null,
          cause: `${block}.connect.withoutSettingsFile was written after the wizard had run; the wizard imports only at installation`,
          next: `write ${block}.connect.settingsFile with that hash again, or a new generation block without a settings file`,
        };
      const known = importedSettingsFile !== null;
      return {
        title: known
          ? `the settings file on ${machine} was delivered, not imported: imported was ${importedSettingsFile.sha256}, pinned is ${pinned}`
          : `which settings file was imported on ${machine} is not known; pinned is ${pinned}`,
        staging: importedSettingsFile?.sha256 ?? null,
        cause: known
          ? `${block}.connect.settingsFile changed after the wizard had run; the wizard imports only at installation`
          : "no settings file lay there when the wizard had been completed, or another one was delivered before the gate passed",
        next: known
          ? "write a new generation block with this settings file, or pin the imported one again"
          : "compare this server with the active one (entra-connect compare); if they differ, write a new generation block",
      };
    },
  },
  {
    code: "version-age",
    severity: "warning",
    find: ({ answer, context, block }) => {
      const version = judgeVersion(answer.versions.engine, judgedOn(answer.collectedAt, context.now));
      if (version.kind === "accept") return undefined;
      return {
        title: version.problem,
        staging: answer.versions.engine,
        cause: `the version that ${block}.connect.version pins`,
        next: /^\d/.test(version.write) ? `${block}.connect.version: ${version.write}` : version.write,
      };
    },
  },
  {
    code: "scheduler-suspended",
    severity: "warning",
    find: ({ machine, answer }) =>
      answer.scheduler.schedulerSuspended
        ? {
            title: `the scheduler of ${machine} is suspended`,
            staging: true,
            cause: "the wizard is open, or an upgrade is unfinished",
            next: "close the wizard on the server",
          }
        : undefined,
  },
  {
    code: "interval-long",
    severity: "warning",
    find: ({ machine, answer: { scheduler } }) =>
      intervalDays(scheduler.effectiveInterval) > longestIntervalDays
        ? {
            title: `${machine} synchronizes every ${scheduler.effectiveInterval}, longer than 7 days`,
            staging: scheduler.effectiveInterval,
            cause: "the scheduler's interval, which the pair shares through Entra ID",
            next: "shorten it on the active server: Set-ADSyncScheduler -CustomizedSyncCycleInterval",
          }
        : undefined,
  },
  {
    code: "pass-through-agent",
    severity: "warning",
    find: ({ machine, answer: { passThroughAgents }, context, block }) =>
      passThroughAgents.length > 0 && !context.passThroughAgentExpected
        ? {
            title: `${machine} runs a pass-through authentication agent: it answers real sign-ins although it is in staging mode`,
            staging: [...passThroughAgents],
            cause: "the settings file carries pass-through authentication",
            next: `set ${block}.features.passThroughAuthentication: true if that is wanted, else uninstall the agent`,
          }
        : undefined,
  },
  {
    code: "service-account-credential",
    severity: "warning",
    find: ({ machine, answer: { credentialType } }) =>
      credentialType === "ServiceAccount"
        ? {
            title: `${machine} signs in to Entra ID with a service account; from ${comingMinimum.from} application-based authentication is required`,
            staging: credentialType,
            cause: "application-based authentication is not configured",
            next: "configure application-based authentication in the wizard",
          }
        : undefined,
  },
  {
    code: "auto-upgrade-on",
    severity: "warning",
    find: ({ machine, answer: { autoUpgrade, collectedAt }, context, block }) => {
      if (autoUpgrade !== "Enabled") return undefined;
      const left = context.autoUpgrade === "leave";
      return {
        title: `automatic upgrade is on at ${machine} (${collectedAt}); the pair can drift apart in version`,
        staging: autoUpgrade,
        cause: left
          ? "the default of some installations, and gate.autoUpgrade is leave"
          : "gate.autoUpgrade is disable, but it could not be switched off, or somebody has switched it on since",
        next: left
          ? `set gate.autoUpgrade: disable and run up, and keep ${block}.connect.version current`
          : `Set-ADSyncAutoUpgrade -AutoUpgradeState Disabled on ${machine}, then set gate.proveAgain to another text`,
      };
    },
  },
];

/** As the newest look at it says: a proof can be newer than the first synchronization, which ran once. */
function schedulerEnabled(answer: FirstSynchronizationAnswer, { verification }: JudgingContext): boolean {
  if (verification === undefined || Date.parse(verification.collectedAt) <= Date.parse(answer.collectedAt))
    return answer.schedulerEnabled;
  return verification.scheduler.syncCycleEnabled;
}

export const firstSynchronizationRules: readonly Rule<FirstSynchronizationAnswer>[] = [
  {
    code: "certificate-not-renewed",
    severity: "warning",
    find: ({ machine, answer, context }) => {
      const { verification, now } = context;
      if (verification?.credentialType !== "Application" || schedulerEnabled(answer, context)) return undefined;
      return notRenewed(machine, verification, "its scheduler is off", now);
    },
  },
  {
    code: "run-not-clean",
    severity: "warning",
    find: ({ machine, answer }) =>
      answer.steps
        .filter((step) => step.result !== "success")
        .map((step) => ({
          subject: `${machine}: ${step.connectorName}`,
          title: `${step.runProfileName} on ${step.connectorName} ended with "${step.result}"`,
          staging: step.result,
          cause: "see the run's details in Synchronization Service Manager",
          next: "mend the cause, run the profile again on the staging server, then compare the pair",
        })),
  },
  {
    code: "scheduler-off",
    severity: "warning",
    find: ({ machine, answer, context }) => {
      if (schedulerEnabled(answer, context)) return undefined;
      return {
        title: `the passive server ${machine} does not synchronize by itself: its scheduler is off`,
        staging: false,
        cause: context.enableScheduler
          ? "somebody, or an upgrade, has switched it off since the first synchronization"
          : "gate.enableScheduler is false: the scheduler's configuration is stored in Entra ID and may be the active server's too",
        next:
          "first look at Get-ADSyncScheduler on the active server: where SyncCycleEnabled is off there on purpose, switching it " +
          "on here could start its exports. Then " +
          (context.enableScheduler
            ? `run Set-ADSyncScheduler -SyncCycleEnabled $true on ${machine}, and set gate.proveAgain to another text`
            : "set gate.enableScheduler: true and run up") +
          `; or run Start-ADSyncSyncCycle -PolicyType Delta on ${machine} by hand, at least every ${longestIntervalDays} days`,
      };
    },
  },
];
