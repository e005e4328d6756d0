import {
  type CollectedEvidence,
  type Evidence,
  identityOf,
  isJsonObject,
  type JsonObject,
  momentOf,
  readJson,
} from "../evidence";
import { BadInput, type Json } from "../verdict";
import type { ConnectorStatistics, Missing, RunResult, Scalar, ServerStatistics } from "./model";

const collect = "Run scripts/collect.ps1 on the server and give the archive that it makes.";

/** Takes the statistics out of an archive of the collector. Throws `BadInput` for any other evidence and for odd content. */
export function readStatistics(evidence: Evidence): ServerStatistics {
  if (evidence.kind !== "collected") {
    const what = evidence.kind === "settings-file" ? "is a settings file" : "is a server configuration";
    throw new BadInput(`${evidence.source}: ${what} and holds no statistics. ${collect}`);
  }
  if (evidence.statistics.length === 0)
    throw new BadInput(
      `${evidence.source}: this archive holds no statistics; its manifest says why. ${reasonsOf(evidence)}${collect}`,
    );
  const { document, collectedAt } = evidence.manifest;
  const staging = objectOf(document.staging);
  const identity = identityOf(evidence);
  return {
    identity,
    computerName: identity.server ?? "",
    collectedAt,
    scheduler: {
      nextStartsAt: nextStartOf(evidence),
      syncCycleEnabled: truthOf(staging.syncCycleEnabled),
      schedulerSuspended: truthOf(staging.schedulerSuspended),
    },
    connectors: connectorsOf(evidence),
    database: databaseOf(evidence),
    certificate: certificateOf(evidence),
    ...applicationOf(evidence),
    ...autoUpgradeOf(evidence),
    ...passwordHashSyncOf(evidence),
    notAvailable: missingOf(document),
  };
}

function member(evidence: CollectedEvidence, name: string): Json | undefined {
  const file = evidence.statistics.find(({ path }) => path === name);
  return file === undefined ? undefined : readJson(file);
}

function databaseOf(evidence: CollectedEvidence): ServerStatistics["database"] {
  const { kind, usedMB, fileMB } = objectOf(member(evidence, "database.json"));
  const number = (value: Json | undefined) => (typeof value === "number" ? value : null);
  return typeof kind === "string" ? { kind, usedMB: number(usedMB), fileMB: number(fileMB) } : undefined;
}

function applicationOf(evidence: CollectedEvidence): Pick<ServerStatistics, "applicationId"> {
  const { type, applicationId } = objectOf(member(evidence, "entra-connector-identity.json"));
  return type === "Application" && typeof applicationId === "string" ? { applicationId } : {};
}

function autoUpgradeOf(evidence: CollectedEvidence): Pick<ServerStatistics, "autoUpgrade"> {
  const { state } = objectOf(member(evidence, "auto-upgrade.json"));
  return typeof state === "string" ? { autoUpgrade: state } : {};
}

/** `Microsoft.OptionalFeature.PasswordHashSync` in an export of a genuine server: the text True or False. */
function passwordHashSyncOf(evidence: CollectedEvidence): Pick<ServerStatistics, "passwordHashSync"> {
  const value = objectOf(member(evidence, "global-parameters.json"))["Microsoft.OptionalFeature.PasswordHashSync"];
  return value === "True" || value === "False" ? { passwordHashSync: value === "True" } : {};
}

/** Of an application only: an account has none. */
function certificateOf(evidence: CollectedEvidence): ServerStatistics["certificate"] {
  const identity = objectOf(member(evidence, "entra-connector-identity.json"));
  if (identity.type !== "Application") return undefined;
  const events = arrayOf(member(evidence, "certificate-events.json")).flatMap((entry) => {
    const { id, at } = objectOf(entry);
    const moment = typeof at === "string" ? momentOf(at) : null;
    return typeof id === "number" && moment !== null ? [{ id, at: moment }] : [];
  });
  const ends = textOf(identity.certificateEndsAt);
  return { endsAt: ends === null ? null : momentOf(ends), events };
}

function connectorsOf(evidence: CollectedEvidence): readonly ConnectorStatistics[] {
  const per = (file: string): ReadonlyMap<string, JsonObject> => byConnector(evidence, file);
  const statistics = per("connector-statistics.json");
  const groups = per("connector-space-groups.json");
  const counts = per("object-counts.json");
  const runs = per("run-results.json");
  const seen = new Set<string>();
  return rows(evidence, "connectors.json").map((entry, index) => {
    const name = textOf(entry.name);
    if (name === null || seen.has(name.toLowerCase()))
      throw odd(
        evidence,
        "connectors.json",
        `entry ${index + 1} has ${name === null ? "no name" : `the name ${name} of another one`}`,
      );
    seen.add(name.toLowerCase());
    const figures = new Map<string, Scalar>();
    flatten(statistics.get(name.toLowerCase())?.statistics ?? null, "statistics", figures);
    flatten(groups.get(name.toLowerCase())?.statistics ?? null, "groups", figures);
    const objectTypes = counts.get(name.toLowerCase())?.objectTypes;
    return {
      name,
      type: textOf(entry.type) ?? "",
      ...(typeof entry.subtype === "string" && { subtype: entry.subtype }),
      runsKnown: runs.has(name.toLowerCase()),
      figures,
      runs: arrayOf(runs.get(name.toLowerCase())?.runs).map((run) => runOf(objectOf(run))),
      ...(isJsonObject(objectTypes) && { objectTypes: countsOf(evidence, objectTypes) }),
    };
  });
}

/** The rows of a file that has one for each connector. A file that is not there has none: the manifest says why. */
function rows(evidence: CollectedEvidence, name: string): readonly JsonObject[] {
  const file = evidence.statistics.find((candidate) => candidate.path === name);
  if (file === undefined) return [];
  const value = readJson(file);
  if (!Array.isArray(value)) throw odd(evidence, name, "is not a list");
  return (value as readonly Json[]).map((entry, index) => {
    if (!isJsonObject(entry)) throw odd(evidence, name, `entry ${index + 1} is not an object`);
    return entry;
  });
}

function byConnector(evidence: CollectedEvidence, name: string): ReadonlyMap<string, JsonObject> {
  return new Map(
    rows(evidence, name).map((entry, index) => {
      const connector = textOf(entry.connector);
      if (connector === null) throw odd(evidence, name, `entry ${index + 1} does not say which connector it is about`);
      return [connector.toLowerCase(), entry];
    }),
  );
}

function countsOf(evidence: CollectedEvidence, value: JsonObject): ReadonlyMap<string, number> {
  return new Map(
    Object.entries(value).map(([type, count]) => {
      if (typeof count !== "number" || !Number.isFinite(count) || count < 0)
        throw odd(evidence, "object-counts.json", `${type} is not a number of objects`);
      return [type, count];
    }),
  );
}

function runOf(run: JsonObject): RunResult {
  const ended = textOf(run.EndDate);
  const started = textOf(run.StartDate);
  return {
    profile: textOf(run.RunProfileName) ?? "(no name)",
    result: textOf(run.Result) ?? "",
    endedAt: ended === null || ended === "" ? null : momentOf(ended),
    startedAt: started === null || started === "" ? null : momentOf(started),
    unreadable: ended !== null && ended !== "" && momentOf(ended) === null ? ended : null,
  };
}

/** Names as found, levels joined by a slash; members of a list by their place. */
function flatten(value: Json, path: string, into: Map<string, Scalar>): void {
  if (value === null || typeof value !== "object") {
    if (value !== null || path.includes("/")) into.set(path, value);
    return;
  }
  for (const [name, inner] of Object.entries(value)) flatten(inner as Json, `${path}/${name}`, into);
}

function missingOf(document: JsonObject): readonly Missing[] {
  return arrayOf(document.notAvailable).map((entry) => {
    const { name, reason } = objectOf(entry);
    return { name: textOf(name) ?? "", reason: textOf(reason) ?? "" };
  });
}

function reasonsOf({ manifest }: CollectedEvidence): string {
  const [first] = missingOf(manifest.document);
  return first === undefined ? "" : `(${first.name}: ${first.reason}) `;
}

function odd(evidence: CollectedEvidence, file: string, what: string): BadInput {
  return new BadInput(`${evidence.source}: statistics/${file}: ${what}. ${collect}`);
}

/** When the scheduler means to start next; the collector writes ISO 8601, other tools the form of the server's language. */
function nextStartOf(evidence: CollectedEvidence): string | null {
  const file = evidence.statistics.find((candidate) => candidate.path === "scheduler.json");
  if (file === undefined) return null;
  const scheduler = readJson(file);
  const text = isJsonObject(scheduler) ? textOf(scheduler.NextSyncCycleStartTimeInUTC) : null;
  return text === null ? null : momentOf(text);
}

const objectOf = (value: Json | undefined): JsonObject => (isJsonObject(value) ? value : {});
const arrayOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? (value as readonly Json[]) : []);
const textOf = (value: Json | undefined): string | null => (typeof value === "string" ? value : null);
const truthOf = (value: Json | undefined): boolean | null => (typeof value === "boolean" ? value : null);
