import type { Acceptance } from "../../accepted";
import { analyseExports, type Thresholds } from "../../exports";
import type { ExportsGiven } from "../../pair";
import { judgeReady } from "../../pair";
import type { TenantAnswers } from "../../pair/graph";
import type { PairSide } from "../../pair/side";
import { defaultTolerances } from "../../statistics";
import type { Clock, Finding, MadeFrom } from "../../verdict";
import { blocksHere, certificateDays, cycleHours, judgedByRules } from "./table";

export interface ReadinessInput {
  /** Archives as given; null: there is none of the server to be demoted. */
  readonly active: string | null;
  readonly staging: string;
  readonly source: PairSide | null;
  readonly target: PairSide;
  /** The server to be demoted cannot be reached: what cannot be had is then no reason to wait. */
  readonly emergency: boolean;
  readonly exports: readonly ExportsGiven[];
  readonly tenant: TenantAnswers | null;
  readonly thresholds?: Thresholds;
  readonly tenantDeleteThreshold?: number | "off";
  readonly restoredDatabase?: boolean;
  readonly acceptances?: readonly Acceptance[];
  readonly evidenceHours: number;
  readonly clock: Clock;
  readonly progress: (doing: string) => void;
}

export interface Readiness {
  readonly findings: readonly Finding[];
  readonly inputs: readonly MadeFrom[];
}

const none = { active: null, staging: null } as const;

/** Everything that can be judged of the server to be promoted, and of the pair, from evidence. */
export async function judgeReadiness(input: ReadinessInput): Promise<Readiness> {
  const { tenant } = input;
  const threshold = input.tenantDeleteThreshold ?? tenant?.synchronization?.deleteThreshold ?? undefined;
  const judged = input.active === null ? await alone(input, threshold) : await together(input, input.active, threshold);
  return {
    inputs: judged.inputs,
    findings: [...judged.findings, ...ownChecks(input)],
  };
}

async function together(
  {
    staging,
    exports,
    thresholds,
    restoredDatabase,
    acceptances,
    evidenceHours,
    clock,
    progress,
    emergency,
  }: ReadinessInput,
  active: string,
  tenantDeleteThreshold: number | "off" | undefined,
): Promise<Readiness> {
  const { report, configuration } = await judgeReady({
    active,
    staging,
    exports,
    tolerances: { ...defaultTolerances, ageHours: cycleHours },
    thresholds,
    tenantDeleteThreshold,
    restoredDatabase,
    acceptances,
    evidenceHours,
    clock,
    progress,
  });
  const unexplained = new Set(
    (configuration?.findings ?? []).filter((each) => each.class === "unexplained").map(keyOf),
  );
  const findings = report.findings
    .filter(({ code }) => !judgedByRules.has(code))
    .map(({ id: _, section: __, ...finding }): Finding => {
      if (finding.severity !== "warning" || finding.accepted !== undefined) return finding;
      const here = finding.code !== "scheduler-disabled" || finding.staging === "disabled";
      const blocks = (here && blocksHere(finding.code, emergency)) || (!emergency && unexplained.has(keyOf(finding)));
      return blocks && !ofActive(finding) ? { ...finding, severity: "blocking" } : finding;
    });
  return { findings, inputs: report.summary.made.inputs };
}

const keyOf = ({ code, subject, title }: Finding): string => JSON.stringify([code, subject, title]);

/** What the server runs that is to be demoted is its own matter. */
const ofActive = ({ code, subject }: Finding): boolean => code.startsWith("version-") && /active server/u.test(subject);

async function alone(
  { target, exports, thresholds, clock, progress, restoredDatabase }: ReadinessInput,
  tenantDeleteThreshold: number | "off" | undefined,
): Promise<Readiness> {
  const found: Finding[] = [
    {
      ...none,
      code: "comparison-not-possible",
      severity: "warning",
      class: "missing",
      subject: "configuration and statistics",
      title: `${target.identity.server ?? "The server to be promoted"} was compared with nothing: there is no archive of the server that it replaces.`,
      cause: "It cannot be reached, and no older archive of it was given.",
      next: "If an archive of it lies anywhere, give it with --active: however old, it says what the configuration was.",
      tool: "evidence",
    },
  ];
  for (const connector of target.connectors ?? []) {
    if (exports.some((given) => given.connector.toLowerCase() === connector.toLowerCase())) continue;
    found.push({
      ...none,
      code: "exports-missing",
      severity: "warning",
      class: "missing",
      subject: connector,
      title: `${connector}: what this connector would export was not looked at.`,
      cause: "No --exports was given for it; everything pending goes out with the first cycle.",
      next: `On ${target.identity.server ?? "the server to be promoted"}: csexport "${connector}" <file.xml> /f:x, then give it as --exports "${connector}:staging=<file.xml>".`,
      tool: "evidence",
    });
  }
  const inputs: MadeFrom[] = [];
  for (const { connector, staging } of exports) {
    progress(`reading the exports of ${connector}`);
    const report = await analyseExports({ staging, thresholds, tenantDeleteThreshold, restoredDatabase, clock });
    inputs.push(
      ...report.summary.made.inputs.map((each) => ({ ...each, role: `${each.role}, export of ${connector}` })),
    );
    for (const { id: _, section: __, ...finding } of report.findings)
      found.push(
        finding.severity === "warning" && blocksHere(finding.code, true)
          ? { ...finding, severity: "blocking" }
          : finding,
      );
  }
  return { findings: found, inputs };
}

function ownChecks({ source, target, tenant, emergency, clock }: ReadinessInput): readonly Finding[] {
  const name = target.identity.server ?? "the server to be promoted";
  return [
    ...certificate(name, target, tenant, clock()),
    ...application(source, target),
    ...passwordHashes(name, target, tenant),
    ...automaticUpgrade([...(source === null || emergency ? [] : [source]), target]),
    ...(emergency ? [] : [change()]),
  ];
}

function certificate(name: string, target: PairSide, tenant: TenantAnswers | null, now: Date): readonly Finding[] {
  const told = target.statistics?.certificate?.endsAt;
  const own = tenant?.identities?.found.find(
    ({ applicationId }) => applicationId !== null && applicationId === target.statistics?.applicationId?.toLowerCase(),
  );
  const ends = told ? new Date(told) : own?.certificateEndsAt;
  if (!ends) return [];
  const days = (ends.getTime() - now.getTime()) / 86_400_000;
  if (days >= certificateDays) return [];
  const when = ends.toISOString().slice(0, 10);
  return [
    {
      ...none,
      staging: when,
      code: "certificate-too-short",
      severity: "blocking",
      class: "unexplained",
      subject: `certificate of ${name}`,
      title: `The certificate with which ${name} signs in to Entra ID ${days < 0 ? "ended" : "ends"} on ${when}: less than ${certificateDays} days are left.`,
      cause: "The scheduler renews it at 70 % of its time, if it runs.",
      next: `On ${name}: wizard, "Rotate application certificate", before the switch; then collect again.`,
      tool: "wizard",
    },
  ];
}

function application(source: PairSide | null, target: PairSide): readonly Finding[] {
  const [here, there] = [source?.statistics?.applicationId, target.statistics?.applicationId];
  if (here === undefined || there === undefined || here.toLowerCase() !== there.toLowerCase()) return [];
  return [
    {
      code: "application-shared",
      severity: "blocking",
      class: "unexplained",
      subject: "application identity",
      title:
        "Both servers sign in to Entra ID with one application: neither can be told from the other, or be cut off alone.",
      active: here,
      staging: there,
      cause: "One was made from a copy of the other's disk, or was given its application by hand.",
      next: 'In the wizard of the passive server: "Configure application-based authentication to Microsoft Entra ID"; then collect again.',
      tool: "wizard",
    },
  ];
}

/** On in the tenant and off on the server, or the reverse: sign-ins with new passwords would stop, or begin, with the switch. */
function passwordHashes(name: string, target: PairSide, tenant: TenantAnswers | null): readonly Finding[] {
  const [here, there] = [tenant?.synchronization?.features.passwordSyncEnabled, target.statistics?.passwordHashSync];
  if (here === undefined || there === undefined || here === there) return [];
  const word = (on: boolean): string => (on ? "on" : "off");
  return [
    {
      code: "password-hash-sync-differs",
      severity: "blocking",
      class: "unexplained",
      subject: "password hash synchronization",
      title: `Password hash synchronization is ${word(here)} in the tenant and ${word(there)} on ${name}.`,
      active: word(here),
      staging: word(there),
      cause: "The feature was set on the active server only, or the passive one was built without it.",
      next: `In the wizard of ${name}, "Customize synchronization options", Optional features: the same as on the active server; then collect again.`,
      tool: "wizard",
    },
  ];
}

function automaticUpgrade(sides: readonly PairSide[]): readonly Finding[] {
  const on = sides
    .filter(({ statistics }) => statistics?.autoUpgrade === "Enabled")
    .map(({ identity }) => identity.server);
  if (on.length === 0) return [];
  return [
    {
      ...none,
      code: "automatic-upgrade-on",
      severity: "blocking",
      class: "unexplained",
      subject: on.join(" and "),
      title: `Automatic upgrade is enabled on ${on.join(" and ")}: it could begin in the middle of the switch.`,
      cause: "It is the default of some installations.",
      next: "On it: Set-ADSyncAutoUpgrade -AutoUpgradeState Disabled; then collect again.",
      tool: "powershell",
    },
  ];
}

function change(): Finding {
  return {
    ...none,
    code: "change-not-stated",
    severity: "blocking",
    class: "statement",
    subject: "change window and backups",
    title: "Nobody has said that this is an agreed change, and that both servers have a backup of today.",
    cause: "Only a person knows it.",
    next: 'When it is so: --override change-not-stated --by NAME --reason "CHANGE, backups of WHEN".',
    tool: "command",
  };
}
