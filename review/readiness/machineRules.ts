import type { InstallPackageAnswer, PrerequisitesAnswer, ReachAnswer } from "../../scripts/answers";
import type { Rule } from "./rule";

/** Release number of .NET Framework 4.8 in the registry. */
const dotNet48 = 528040;
/** Kerberos refuses a clock that is further off, unless a policy says otherwise. */
const largestClockSkewSeconds = 300;

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

export const prerequisitesRules: readonly Rule<PrerequisitesAnswer>[] = [
  {
    code: "port-closed",
    severity: "warning",
    find: ({ machine, answer }) => {
      const closed = answer.ports.filter((each) => !each.open).map((each) => `${each.host}:${each.port}`);
      if (closed.length === 0) return undefined;
      return {
        title: `${machine} cannot reach ${closed.join(", ")}`,
        staging: closed,
        cause: "a firewall between the server and its domain controllers, or nothing listens there",
        next: "open these ports towards the domain controllers (the security group has them from the port table), then run up",
      };
    },
  },
  {
    code: "dotnet-old",
    severity: "warning",
    find: ({ machine, answer: { dotNetRelease } }) =>
      dotNetRelease === null || dotNetRelease >= dotNet48
        ? undefined
        : {
            title: `.NET Framework on ${machine} is older than 4.8`,
            staging: dotNetRelease,
            cause: "an old image",
            next: "install .NET Framework 4.8 or use a newer image",
          },
  },
  {
    code: "dcom-defaults-missing",
    severity: "warning",
    find: ({ machine, answer }) => {
      const missing = Object.entries(answer.dcom).flatMap(([name, present]) => (present ? [] : [name]));
      if (missing.length === 0) return undefined;
      return {
        title: `DCOM defaults are missing on ${machine}: ${missing.join(", ")}`,
        staging: missing,
        cause: "a hardening baseline removed values under HKLM\\Software\\Microsoft\\Ole",
        next: "restore them; Entra Connect's setup needs MachineAccessRestriction, MachineLaunchRestriction and DefaultLaunchPermission",
      };
    },
  },
  {
    code: "clock-skew",
    severity: "warning",
    find: ({ machine, answer: { clockSkewSeconds } }) =>
      clockSkewSeconds === null || Math.abs(clockSkewSeconds) <= largestClockSkewSeconds
        ? undefined
        : {
            title: `the clock of ${machine} is ${clockSkewSeconds} s off the domain's`,
            staging: clockSkewSeconds,
            cause: "time synchronization does not work",
            next: "w32tm /resync on the server; UDP 123 to the domain controllers must be open",
          },
  },
  {
    code: "disk-small",
    severity: "warning",
    find: ({ machine, answer: { disk }, block }) =>
      disk.sizeGB >= disk.minimumGB
        ? undefined
        : {
            title: `the system volume of ${machine} has ${disk.sizeGB} GB, ${disk.minimumGB} are recommended`,
            staging: disk.sizeGB,
            cause: `the volume was not extended to the disk, or ${block}.osDiskSizeGB is smaller than synchronizedObjects asks for`,
            next: `extend the volume C: in Disk Management, or raise ${block}.osDiskSizeGB first`,
          },
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
