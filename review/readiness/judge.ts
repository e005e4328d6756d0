import type {
  FirstSynchronizationAnswer,
  InstallPackageAnswer,
  PrerequisitesAnswer,
  VerifyStagingAnswer,
} from "../../scripts/answers";
import type { Finding, Json, Severity } from "../verdict";
import { comingMinimum, judgeVersion } from "../versions/versions";

/** What one passive server has answered. Answers are schema-checked before they come here. */
export interface ServerEvidence {
  readonly machine: string;
  readonly passThroughAgentExpected: boolean;
  readonly prerequisites: PrerequisitesAnswer;
  readonly installation: InstallPackageAnswer;
  readonly verification: VerifyStagingAnswer;
  readonly firstSynchronization: FirstSynchronizationAnswer;
}

/** Release number of .NET Framework 4.8 in the registry. */
const dotNet48 = 528040;
/** Kerberos refuses a clock that is further off, unless a policy says otherwise. */
const largestClockSkewSeconds = 300;
/** A delta synchronization must run at least every 7 days, on staging servers too. */
const longestIntervalDays = 7;

function finding(
  code: string,
  severity: Severity,
  subject: string,
  title: string,
  staging: Json,
  cause: string,
  next: string,
): Finding {
  return { code, severity, class: "readiness", subject, title, active: null, staging, cause, next };
}

function judgePrerequisites({ machine, prerequisites: answer }: ServerEvidence): Finding[] {
  const findings: Finding[] = [];
  const closed = answer.ports.filter((each) => !each.open);
  if (closed.length > 0)
    findings.push(
      finding(
        "port-closed",
        "warning",
        machine,
        `${machine} cannot reach ${closed.map((each) => `${each.host}:${each.port}`).join(", ")}`,
        closed.map((each) => `${each.host}:${each.port}`),
        "a firewall between the server and its domain controllers, or nothing listens there",
        "open these ports towards the domain controllers (the security group has them from the port table), then run up",
      ),
    );
  if (answer.operatingSystem.installationType !== "Server")
    findings.push(
      finding(
        "server-core",
        "blocking",
        machine,
        `${machine} runs ${answer.operatingSystem.installationType}; Entra Connect needs the desktop`,
        answer.operatingSystem.installationType,
        "the image is a Server Core image",
        "set server.image.sku to an image with the desktop and raise the generation",
      ),
    );
  if (answer.dotNetRelease !== null && answer.dotNetRelease < dotNet48)
    findings.push(
      finding(
        "dotnet-old",
        "warning",
        machine,
        `.NET Framework on ${machine} is older than 4.8`,
        answer.dotNetRelease,
        "an old image",
        "install .NET Framework 4.8 or use a newer image",
      ),
    );
  const dcom = Object.entries(answer.dcom).filter(([, present]) => !present);
  if (dcom.length > 0)
    findings.push(
      finding(
        "dcom-defaults-missing",
        "warning",
        machine,
        `DCOM defaults are missing on ${machine}: ${dcom.map(([name]) => name).join(", ")}`,
        dcom.map(([name]) => name),
        "a hardening baseline removed values under HKLM\\Software\\Microsoft\\Ole",
        "restore them; Entra Connect's setup needs MachineAccessRestriction, MachineLaunchRestriction and DefaultLaunchPermission",
      ),
    );
  if (answer.clockSkewSeconds !== null && Math.abs(answer.clockSkewSeconds) > largestClockSkewSeconds)
    findings.push(
      finding(
        "clock-skew",
        "warning",
        machine,
        `the clock of ${machine} is ${answer.clockSkewSeconds} s off the domain's`,
        answer.clockSkewSeconds,
        "time synchronization does not work",
        "w32tm /resync on the server; UDP 123 to the domain controllers must be open",
      ),
    );
  if (answer.disk.sizeGB < answer.disk.minimumGB)
    findings.push(
      finding(
        "disk-small",
        "warning",
        machine,
        `the system volume of ${machine} has ${answer.disk.sizeGB} GB, ${answer.disk.minimumGB} are recommended`,
        answer.disk.sizeGB,
        "the volume was not extended to the disk",
        "extend the volume C: in Disk Management",
      ),
    );
  return findings;
}

function days(interval: string): number {
  const match = /^(?:([0-9]+)\.)?([0-9]+):([0-9]+):([0-9]+)/.exec(interval);
  return match === null ? 0 : Number(match[1] ?? 0) + Number(match[2]) / 24;
}

function judgeVerification({ machine, verification: answer, passThroughAgentExpected }: ServerEvidence): Finding[] {
  const findings: Finding[] = [
    finding(
      "staging-proven",
      "info",
      machine,
      `${machine} is in staging mode: the scheduler and the global parameter both say so`,
      true,
      "proven on the server by verify-staging",
      "",
    ),
  ];
  const version = judgeVersion(answer.versions.engine, new Date(answer.collectedAt));
  if (version.kind !== "accept")
    findings.push(
      finding(
        "version-age",
        "warning",
        machine,
        version.problem,
        answer.versions.engine,
        "the pinned version",
        version.write,
      ),
    );
  if (answer.scheduler.schedulerSuspended)
    findings.push(
      finding(
        "scheduler-suspended",
        "warning",
        machine,
        `the scheduler of ${machine} is suspended`,
        true,
        "the wizard is open, or an upgrade is unfinished",
        "close the wizard on the server",
      ),
    );
  if (days(answer.scheduler.effectiveInterval) > longestIntervalDays)
    findings.push(
      finding(
        "interval-long",
        "warning",
        machine,
        `${machine} synchronizes every ${answer.scheduler.effectiveInterval}, longer than 7 days`,
        answer.scheduler.effectiveInterval,
        "the scheduler's interval, which the pair shares through Entra ID",
        "shorten it on the active server: Set-ADSyncScheduler -CustomizedSyncCycleInterval",
      ),
    );
  if (answer.passThroughAgents.length > 0 && !passThroughAgentExpected)
    findings.push(
      finding(
        "pass-through-agent",
        "warning",
        machine,
        `${machine} runs a pass-through authentication agent: it answers real sign-ins although it is in staging mode`,
        [...answer.passThroughAgents],
        "the settings file carries pass-through authentication",
        "set connect.features.passThroughAuthentication: true if that is wanted, else uninstall the agent",
      ),
    );
  if (answer.credentialType === "ServiceAccount")
    findings.push(
      finding(
        "service-account-credential",
        "warning",
        machine,
        `${machine} signs in to Entra ID with a service account; from ${comingMinimum.from} application-based authentication is required`,
        answer.credentialType,
        "application-based authentication is not configured",
        "configure application-based authentication in the wizard",
      ),
    );
  if (answer.autoUpgrade === "Enabled")
    findings.push(
      finding(
        "auto-upgrade-on",
        "warning",
        machine,
        `automatic upgrade is on at ${machine}; the pair can drift apart in version`,
        answer.autoUpgrade,
        "the default of some installations",
        "Set-ADSyncAutoUpgrade -AutoUpgradeState Disabled on the server, and keep the version pinned here current",
      ),
    );
  return findings;
}

function judgeFirstSynchronization({ machine, firstSynchronization: answer }: ServerEvidence): Finding[] {
  return answer.steps
    .filter((step) => step.result !== "success")
    .map((step) =>
      finding(
        "run-not-clean",
        "warning",
        `${machine}: ${step.connectorName}`,
        `${step.runProfileName} on ${step.connectorName} ended with "${step.result}"`,
        step.result,
        "see the run's details in Synchronization Service Manager",
        "mend the cause, run the profile again on the staging server, then compare the pair",
      ),
    );
}

/** What the scripts themselves found worth saying. */
function passedOn({
  machine,
  prerequisites,
  installation,
  verification,
  firstSynchronization,
}: ServerEvidence): Finding[] {
  const said = [prerequisites, installation, verification, firstSynchronization].flatMap((answer) =>
    answer.warnings.map((warning) =>
      finding("script-warning", "info", machine, warning, answer.script, `said by ${answer.script}`, ""),
    ),
  );
  if (!installation.rebootRequired) return said;
  return [
    ...said,
    finding(
      "restart-wanted",
      "info",
      machine,
      `the package wanted a restart of ${machine} when it was installed`,
      true,
      "Windows Installer answered 3010 or 1641",
      "restart the server if it has not been restarted since",
    ),
  ];
}

/** Judges one passive server. Nothing here is a guess: each finding rests on an answer and a documented requirement. */
export function judgeServer(evidence: ServerEvidence): readonly Finding[] {
  return [
    ...judgePrerequisites(evidence),
    ...judgeVerification(evidence),
    ...judgeFirstSynchronization(evidence),
    ...passedOn(evidence),
  ];
}
