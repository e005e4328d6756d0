import {
  digestOf,
  digestRevision,
  type SettingsFileContent,
  type SettingsFileContext,
  type SettingsFileDigest,
  settingsFileFindings,
} from "../../review/settingsFile";
import type { Finding } from "../../review/verdict";
import { readiness } from "../findings";
import type { Ledger } from "../memory/ledger";
import type { Remembered, RememberedGeneration } from "../memory/remembered";
import { generationNames } from "../server/names";
import { blockPath } from "../settings/context";
import type { GenerationSettings, Problem, Settings } from "../settings/settings";
import { stillCounts } from "../settings/until";
import { proofOf } from "./proof";

/**
 * What is known of each generation's settings file: from the ledger where it is the same file, read by this release;
 * else from the file where it is on this machine; else what an earlier release knew of it. So the operator's page is the
 * same in every run, wherever the file is.
 */
export function settingsFileDigests(
  { generations }: Settings,
  atHand: ReadonlyMap<number, SettingsFileContent>,
  ledger: Ledger | undefined,
): ReadonlyMap<number, SettingsFileDigest> {
  const digests = generations.map(({ generation, connect: { settingsFile } }) => {
    if (settingsFile === undefined) return undefined;
    const entry = ledger?.generations[generation]?.settingsFile;
    const before = entry?.sha256 === settingsFile.sha256.toLowerCase() ? entry : undefined;
    if (before?.revision === digestRevision) return [generation, before] as const;
    const content = atHand.get(generation);
    const digest = content === undefined ? before : digestOf(content, settingsFile.sha256);
    return digest === undefined ? undefined : ([generation, digest] as const);
  });
  return new Map(digests.flatMap((digest) => (digest === undefined ? [] : [digest])));
}

export interface SettingsFileQuestion {
  readonly settings: Settings;
  readonly remembered: Remembered;
  readonly digests: ReadonlyMap<number, SettingsFileDigest>;
  readonly today: Date;
  /** Whether anything may be done on its server in this run. */
  readonly acts: (block: GenerationSettings) => boolean;
}

export interface SettingsFileJudgement {
  readonly problems: readonly Problem[];
  readonly findings: readonly Finding[];
}

/**
 * Before its gate is passed a settings file is judged whole, and what would break the import is refused unless the
 * settings say why not. Afterwards it has done its work: what its import left out is told as information.
 */
export function judgeSettingsFiles(question: SettingsFileQuestion): SettingsFileJudgement {
  const judged = question.settings.generations.filter(question.acts).map((block) => {
    const known = question.remembered.generations[block.generation];
    return known?.gate === undefined ? beforeTheGate(block, question) : afterTheGate(block, known, question);
  });
  return {
    problems: judged.flatMap(({ problems }) => problems),
    findings: judged.flatMap(({ findings }) => findings),
  };
}

function beforeTheGate(block: GenerationSettings, question: SettingsFileQuestion): SettingsFileJudgement {
  const { settings, digests, today } = question;
  const { generation, connect } = block;
  const { machine } = generationNames(settings.name, generation);
  if (connect.withoutSettingsFile !== undefined)
    return { problems: [], findings: [withoutFile(block, machine, "warning")] };
  const digest = digests.get(generation);
  const setting = blockPath(generation, "connect.settingsFile");
  if (digest === undefined) return { problems: [], findings: [notRead(machine, setting)] };
  const findings = settingsFileFindings(digest, contextOf(block, machine, question));
  const { importAnyway } = connect.settingsFile ?? {};
  if (importAnyway !== undefined && stillCounts(importAnyway, today))
    return {
      problems: [],
      findings: findings.map((finding) =>
        finding.severity === "blocking"
          ? { ...finding, severity: "warning", cause: `${finding.cause} (importAnyway: ${importAnyway.reason})` }
          : finding,
      ),
    };
  return {
    problems: findings
      .filter(({ severity }) => severity === "blocking")
      .map(({ title, next }) => ({
        path: setting,
        problem: title,
        write: `${next}\nor, to let the operator try it all the same: ${setting}.importAnyway: { reason: <why it is right>, until: ${dayAfter(today)} }`,
      })),
    findings: findings.filter(({ severity }) => severity !== "blocking"),
  };
}

/** Only of the file that was imported; another one that is pinned now is told by the verification. */
function afterTheGate(
  block: GenerationSettings,
  { proof }: RememberedGeneration,
  question: SettingsFileQuestion,
): SettingsFileJudgement {
  const { machine } = generationNames(question.settings.name, block.generation);
  if (block.connect.withoutSettingsFile !== undefined)
    return { problems: [], findings: [withoutFile(block, machine, "info")] };
  const digest = question.digests.get(block.generation);
  const imported = proof === undefined ? undefined : proofOf(proof)?.importedSettingsFile?.sha256;
  if (digest === undefined || (imported !== undefined && imported !== digest.sha256))
    return { problems: [], findings: [] };
  return {
    problems: [],
    findings: settingsFileFindings(digest, contextOf(block, machine, question))
      .filter(({ code, severity }) => code.startsWith("import-gap-") && severity !== "info")
      .map((finding) => ({
        ...finding,
        severity: "info",
        next: `entra-connect compare says whether it was made good. ${finding.severity === "blocking" ? "" : finding.next}`.trim(),
      })),
  };
}

function contextOf(
  { generation, connect }: GenerationSettings,
  machine: string,
  { settings, remembered, today }: SettingsFileQuestion,
): SettingsFileContext {
  const written = new Set(settings.generations.map((each) => each.generation));
  const gone = Object.keys(remembered.ledger?.generations ?? {})
    .map(Number)
    .filter((number) => !written.has(number));
  const nameOf = (number: number): string => generationNames(settings.name, number).machine;
  return {
    machine,
    setting: blockPath(generation, "connect.settingsFile"),
    now: today,
    version: connect.version,
    servers: [
      ...settings.generations.map((each) => ({ name: nameOf(each.generation), role: each.role })),
      ...gone.map((number) => ({ name: nameOf(number), role: "taken out" as const })),
    ],
    serviceAccount: connect.serviceAccount.kind === "virtual" ? "virtual service account" : "managed service account",
    ...(connect.database.kind === "sqlServer" ? { database: connect.database } : {}),
  };
}

function withoutFile(block: GenerationSettings, machine: string, severity: "warning" | "info"): Finding {
  return readiness("built-without-settings-file", severity, machine, {
    title: `${machine} is built without a settings file (${block.connect.withoutSettingsFile?.reason}): the operator sets up everything by hand, and there is no server to compare it with`,
    cause: blockPath(block.generation, "connect.withoutSettingsFile"),
    next: "before it becomes active, read everything that it would export (entra-connect exports --staging) and its documentation (entra-connect document): many additions or deletions mean another source anchor or filter than before",
  });
}

function notRead(machine: string, setting: string): Finding {
  return readiness("settings-file-not-read", "info", machine, {
    title: `what the import of the settings file leaves out on ${machine} is not known here: the file is not on this machine, and was never read by this stack`,
    cause: setting,
    next: "run preview or up once where the file is; until then the operator's page says only what holds for every file",
  });
}

function dayAfter(today: Date): string {
  return new Date(today.getTime() + 7 * 86_400_000).toISOString().slice(0, 10);
}
