import type { InstallPackageAnswer, ReachAnswer, SetPrerequisitesAnswer } from "../../scripts/answers";
import type { Rule } from "./rule";

export const reachRules: readonly Rule<ReachAnswer>[] = [
  {
    code: "server-core",
    severity: "blocking",
    find: ({ machine, answer: { operatingSystem }, context, block }) =>
      operatingSystem.installationType === "Server"
        ? undefined
        : {
            title: `${machine} runs ${operatingSystem.installationType}; Entra Connect needs the desktop`,
            staging: operatingSystem.installationType,
            cause: `the image that ${block}.image.sku names is a Server Core image`,
            next:
              "the image of a machine that is built cannot change: write a block with a higher number whose image.sku " +
              `has the desktop, and take block ${context.generation} out`,
          },
  },
  {
    code: "restart-wanted",
    severity: "info",
    find: ({ machine, answer }) =>
      answer.pendingRestart
        ? {
            title: `Windows on ${machine} waited for a restart before anything was installed (${answer.collectedAt})`,
            staging: true,
            cause: "Windows servicing, an update or an installation left something to be done at the next start",
            next: `restart ${machine} if it has not been restarted since`,
          }
        : undefined,
  },
];

/** What set-prerequisites did; that Windows must be restarted for it is told until it was. */
export const setPrerequisitesRules: readonly Rule<SetPrerequisitesAnswer>[] = [
  {
    code: "prerequisites-set",
    severity: "info",
    find: ({ machine, answer: { values } }) => {
      const changed = values.filter(({ outcome }) => outcome === "changed");
      if (changed.length === 0) return undefined;
      const told = changed.map(({ key, name, before, now }) => `${key}, ${name}: ${before ?? "not set"} -> ${now}`);
      return {
        title: `${changed.length} registry values for TLS 1.2 were set on ${machine}: ${told.join("; ")}`,
        staging: told,
        cause: "prerequisites.remedy is set",
        next: "",
      };
    },
  },
  {
    code: "restart-for-tls",
    severity: "warning",
    find: ({ machine, answer: { restartNeeded, collectedAt } }) =>
      restartNeeded
        ? {
            title: `${machine} has not been restarted since its TLS values were set (${collectedAt}); SCHANNEL reads them when Windows starts`,
            staging: true,
            cause: "set-prerequisites set values, and nothing of ours restarts a server for it",
            next: `restart ${machine}, then run \`pulumi up\`, which asks again`,
          }
        : undefined,
  },
];

export const installationRules: readonly Rule<InstallPackageAnswer>[] = [
  {
    code: "restart-wanted",
    severity: "info",
    find: ({ machine, answer }) =>
      answer.rebootRequired
        ? {
            title: `Windows on ${machine} waited for a restart after the package was installed (${answer.collectedAt})`,
            staging: true,
            cause: "Windows Installer answered 3010 or 1641, or Windows has something left to do at its next start",
            next: `restart ${machine} if it has not been restarted since`,
          }
        : undefined,
  },
];
