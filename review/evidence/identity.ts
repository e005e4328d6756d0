import { createHash } from "node:crypto";
import type { Evidence, EvidenceFile } from "./evidence";
import { readInstant } from "./instant";
import { isJsonObject, type JsonObject, memberOf as member, readJson } from "./json";

/** The two answers to "is staging mode on?" and the one in an exported configuration; undefined where nobody asked. */
export interface StagingReads {
  readonly scheduler?: boolean;
  readonly globalParameter?: boolean;
  readonly configuration?: boolean;
  /** The scheduler as written beside the runs; the manifest repeats what it said. */
  readonly schedulerFile?: boolean;
}

/** What a piece of evidence is: of which server, made when and by what, of which build. For every report's header. */
export interface EvidenceIdentity {
  /** As the user gave it. */
  readonly source: string;
  readonly tool: string;
  readonly server?: string;
  /** Azure's identity of the machine, where the collection says it (those of the scheduled task do). */
  readonly vmId?: string;
  /** As written in the evidence. */
  readonly madeAt?: string;
  readonly at?: Date;
  /** The time says its zone, so that it can be held against a clock to the hour. */
  readonly certain?: boolean;
  /** What the time is of: the moment of the export, or of the wizard's last change (a settings file). */
  readonly dated: "export" | "last change";
  /** Of the exported configuration. */
  readonly build?: string;
  /** Of the program that runs, as the collector saw it. */
  readonly engine?: string;
  readonly wizard?: string;
  readonly staging: StagingReads;
  /** A synchronization was running while the evidence was collected. */
  readonly running: boolean;
  /** Of the file as given; undefined for a folder. */
  readonly sha256?: string;
  /** Of all files inside with their paths: the same for a folder and an archive of it. */
  readonly contentSha256?: string;
}

/** What only a reader of the exported configuration knows. */
export interface ConfigurationFacts {
  readonly serverName?: string;
  readonly exportedAt?: string;
  readonly version?: string;
  readonly stagingMode?: boolean;
}

export function identityOf(evidence: Evidence, configuration: ConfigurationFacts = {}): EvidenceIdentity {
  const base = { source: evidence.source, sha256: evidence.sha256, contentSha256: contentHash(evidence) };
  switch (evidence.kind) {
    case "settings-file":
      return { ...base, ...ofSettings(evidence.document) };
    case "server-configuration":
      return {
        ...base,
        tool: "Get-ADSyncServerConfiguration",
        dated: "export",
        server: configuration.serverName,
        ...time(configuration.exportedAt),
        build: configuration.version,
        staging: { configuration: configuration.stagingMode },
        running: false,
      };
    case "collected": {
      const { server, collectedAt, document } = evidence.manifest;
      const staging = objectOf(document.staging);
      const versions = objectOf(server.versions);
      return {
        ...base,
        tool: "collect.ps1",
        dated: "export",
        server: textOf(server.computerName) ?? textOf(server.name) ?? configuration.serverName,
        vmId: textOf(objectOf(document.archive).vmId),
        ...time(collectedAt),
        build: configuration.version,
        engine: textOf(versions.engine),
        wizard: textOf(versions.wizard),
        staging: {
          scheduler: truthOf(staging.scheduler),
          globalParameter: truthOf(staging.globalParameter),
          configuration: configuration.stagingMode,
          schedulerFile: schedulerFileOf(evidence.statistics),
        },
        running: isRunning(evidence.statistics),
      };
    }
  }
}

function ofSettings(document: JsonObject) {
  const metadata = objectOf(member(document, "policyMetadata"));
  const deployment = objectOf(member(document, "deploymentMetadata"));
  return {
    tool: "wizard (settings file)",
    dated: "last change" as const,
    server: textOf(member(deployment, "hostName")),
    ...time(textOf(member(metadata, "timeCreated"))),
    build: textOf(member(metadata, "azureADConnectVersion")),
    staging: {},
    running: false,
  };
}

function statisticsFile(statistics: readonly EvidenceFile[], name: string) {
  const file = statistics.find(({ path }) => path.toLowerCase() === name);
  return file === undefined ? undefined : readJson(file);
}

function schedulerFileOf(statistics: readonly EvidenceFile[]): boolean | undefined {
  const scheduler = statisticsFile(statistics, "scheduler.json");
  return isJsonObject(scheduler) ? truthOf(member(scheduler, "StagingModeEnabled")) : undefined;
}

/** Newer evidence says it in the scheduler, all of it by a run that has no end. */
function isRunning(statistics: readonly EvidenceFile[]): boolean {
  const scheduler = statisticsFile(statistics, "scheduler.json");
  if (isJsonObject(scheduler) && member(scheduler, "SyncCycleInProgress") === true) return true;
  const perConnector = statisticsFile(statistics, "run-results.json");
  return (
    Array.isArray(perConnector) &&
    perConnector.some((entry: unknown) => {
      const runs = isJsonObject(entry as JsonObject) ? (entry as JsonObject).runs : undefined;
      return Array.isArray(runs) && runs.some((run) => isJsonObject(run as JsonObject) && hasNoEnd(run as JsonObject));
    })
  );
}

function hasNoEnd(run: JsonObject): boolean {
  const [start, end] = [member(run, "StartDate"), member(run, "EndDate")];
  return start !== undefined && (end === null || end === "");
}

function contentHash(evidence: Evidence): string | undefined {
  const files: readonly EvidenceFile[] =
    evidence.kind === "settings-file"
      ? [evidence.file]
      : evidence.kind === "collected"
        ? [...evidence.configuration, ...evidence.statistics, ...evidence.others]
        : evidence.configuration;
  if (files.length === 0) return undefined;
  const hash = createHash("sha256");
  // Two servers may count alike to the byte; what they are called and when they were asked stands in the manifest.
  if (evidence.kind === "collected") hash.update(JSON.stringify(evidence.manifest.document));
  if (evidence.kind === "settings-file") return hash.update(evidence.file.bytes).digest("hex");
  for (const file of [...files].sort((a, b) => (a.path < b.path ? -1 : 1)))
    hash.update(`${file.path}\0${file.bytes.length}\0`).update(file.bytes);
  return hash.digest("hex");
}

function time(written: string | undefined): Pick<EvidenceIdentity, "madeAt" | "at" | "certain"> {
  return written === undefined ? {} : { madeAt: written, ...readInstant(written) };
}

const objectOf = (value: JsonObject[string] | undefined): JsonObject => (isJsonObject(value) ? value : {});
const textOf = (value: JsonObject[string] | undefined): string | undefined =>
  typeof value === "string" ? value : undefined;
const truthOf = (value: JsonObject[string] | undefined): boolean | undefined =>
  typeof value === "boolean" ? value : undefined;

const answersOf = (staging: StagingReads): readonly (boolean | undefined)[] => [
  staging.scheduler,
  staging.globalParameter,
  staging.configuration,
  staging.schedulerFile,
];

/** What all reads agree on; undefined where they disagree or nobody read. */
export function stagingModeOf({ staging }: Pick<EvidenceIdentity, "staging">): boolean | undefined {
  // The scheduler's file can contradict; alone it proves no role.
  const answers = new Set(
    [staging.scheduler, staging.globalParameter, staging.configuration].filter((answer) => answer !== undefined),
  );
  return answers.size === 1 ? [...answers][0] : undefined;
}

export function readsDisagree({ staging }: Pick<EvidenceIdentity, "staging">): boolean {
  const answers = answersOf(staging);
  return answers.includes(true) && answers.includes(false);
}

/** Names of one machine: a bare name and the same one with its domain are the same. */
export function sameServer(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined || a.trim() === "" || b.trim() === "") return false;
  const [left, right] = [a.trim().toLowerCase(), b.trim().toLowerCase()];
  if (left.includes(".") && right.includes(".")) return left === right;
  return left.split(".")[0] === right.split(".")[0];
}
