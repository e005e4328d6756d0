/** Mirrors what scripts/collect and scripts/archiving/health.ps1 read of the simulated engine. */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Archiving, asciiJson } from "../../../../scripts/assemble";
import type { CollectedHealth } from "../../../../scripts/health";
import { machineConfigPath } from "../../createServerWorld";
import { exportedConfigurationFolder } from "../../exportedConfiguration";
import type { RunWorld, ServerWorld } from "../../serverWorld";
import { instantText, simulatedNow } from "../../simulatedTime";
import { inProgress } from "../../synchronizationCycles";
import { appliedFolder, engineFileOf, engineOf, engineVersion, plainVersion, wizardPath } from "../connect";
import { isReachable } from "../reachability";
import type { Session } from "../session";
import { certificateEvents, databaseFacts } from "../verification";
import { type ChainEnd, queueState } from "./queue";
import { zipOf } from "./zip";

export interface Collection {
  readonly at: Date;
  readonly files: Map<string, Buffer>;
  readonly health: CollectedHealth;
  readonly server: object;
  readonly warnings: readonly string[];
  readonly newFiles: readonly string[];
}

/** Mirrors Get-Collected, health included. */
export async function collect(session: Session, given: Archiving, end: ChainEnd): Promise<Collection> {
  const at = await session.now();
  const files = new Map<string, Buffer>();
  const warnings: string[] = [];
  const notAvailable: { name: string; reason: string }[] = [];
  const missing = (name: string, reason: string, warn = true) => {
    notAvailable.push({ name, reason });
    if (warn) warnings.push(`${name} could not be collected: ${reason}`);
  };
  const world = await session.world();
  const write = (path: string, value: unknown) => files.set(path, Buffer.from(asciiJson(value), "ascii"));
  await writeStatistics(session, world, write, missing);
  const folder = exportedConfigurationFolder(session.server);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(`configuration/${path.slice(folder.length + 1).replaceAll("\\", "/")}`, await readFile(path));
  }
  const newFiles = await settingsFiles(session, files, end.settingsFiles, missing);
  const wizard = await wizardPath(session);
  const versions = {
    wizard: wizard === "" ? null : plainVersion(world.fileVersions[wizard] ?? "") || null,
    engine: (await engineVersion(session)) || null,
  };
  const server = {
    computerName: world.computerName,
    fqdn: `${world.computerName.toLowerCase()}.${world.domain.name}`,
    os: {
      caption: world.operatingSystem.caption,
      version: world.operatingSystem.version,
      buildNumber: world.operatingSystem.buildNumber,
    },
    versions,
    powershell: `5.1.${world.operatingSystem.buildNumber}.1`,
  };
  const health = await healthOf(session, given, at, versions, (name, reason) => missing(name, reason, false));
  return { at, files, health: { ...health, notAvailable }, server, warnings, newFiles };
}

/** Mirrors Write-Manifest and Save-Archive. */
export function pack(
  { files, server, warnings, health }: Omit<Collection, "at" | "newFiles">,
  archive?: object,
): { readonly zip: Buffer; readonly manifestSha256: string } {
  const byName = (listed: Iterable<readonly [string, Buffer]>) =>
    [...listed].sort(([one], [other]) => (one < other ? -1 : 1));
  const { collectedAt, staging, notAvailable } = health;
  const manifest = Buffer.from(
    asciiJson({
      ...{ schema: "entra-connect-evidence/1", collectedAt, server, staging },
      files: byName(files).map(([path, bytes]) => ({ path, sha256: sha256(bytes), size: bytes.length })),
      ...{ warnings, notAvailable, scrubbed: [], archive },
    }),
    "ascii",
  );
  const all = new Map(byName([...files, ["manifest.json", manifest]]));
  return { zip: zipOf(all), manifestSha256: sha256(manifest) };
}

const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

type Missing = (name: string, reason: string, warn?: boolean) => void;

async function writeStatistics(
  session: Session,
  world: ServerWorld,
  write: (path: string, value: unknown) => void,
  missing: Missing,
): Promise<void> {
  const engine = engineOf(world);
  const connectors = [...engine.connectors].sort((one, other) => one.name.localeCompare(other.name));
  write(
    "statistics/connectors.json",
    connectors.map(({ name, identifier, type, subtype }) => ({ name, identifier, type, subtype })),
  );
  write(
    "statistics/connector-statistics.json",
    connectors.map(({ name, objectCount, pendingExports }) => ({
      connector: name,
      statistics: {
        TotalConnectors: objectCount,
        PendingExportAdd: pendingExports.add,
        PendingExportUpdate: pendingExports.update,
        PendingExportDelete: pendingExports.delete,
      },
    })),
  );
  write(
    "statistics/run-results.json",
    connectors.map(({ name, identifier }) => ({
      connector: name,
      runs: newestOfEach(
        engine.runHistory.filter((run) => run.connectorIdentifier === identifier),
        world,
      ),
    })),
  );
  for (const { name } of connectors)
    missing(
      `connector space group statistics of connector ${name}`,
      "this build of the ADSync module has no Get-ADSyncCSGroupStatistics",
    );
  missing("object counts per object type", "not asked for: run the collector with -CountObjects", false);
  missing("metaverse object counts", "no known cmdlet gives them", false);
  const { scheduler } = engine;
  write("statistics/scheduler.json", {
    AllowedSyncCycleInterval: "00:30:00",
    CurrentlyEffectiveSyncCycleInterval: scheduler.effectiveInterval,
    CustomizedSyncCycleInterval: null,
    NextSyncCyclePolicyType: "Delta",
    NextSyncCycleStartTimeInUTC: instantText(new Date(scheduler.nextSyncCycleStart)),
    PurgeRunHistoryInterval: "7.00:00:00",
    SyncCycleEnabled: scheduler.syncCycleEnabled,
    MaintenanceEnabled: scheduler.maintenanceEnabled,
    StagingModeEnabled: engine.stagingMode,
    SchedulerSuspended: scheduler.schedulerSuspended,
    SyncCycleInProgress: scheduler.syncCycleInProgress,
  });
  write("statistics/auto-upgrade.json", { state: engine.autoUpgrade });
  write("statistics/entra-connector-identity.json", {
    type: engine.credentialType,
    applicationId: engine.applicationId ?? null,
    certificateEndsAt: null,
  });
  write("statistics/certificate-events.json", certificateEvents(world));
  write("statistics/database.json", await databaseFacts(session, engine));
  const config = `${await engineFileOf(session)}.config`;
  const text = (await session.readText(config)) ?? "";
  write("statistics/engine-config.json", {
    sha256: await session.sha256(config),
    fipsEdit: /<enforceFIPSPolicy\b/i.test(text),
  });
  write(
    "statistics/global-parameters.json",
    Object.fromEntries(Object.entries(engine.globalParameters).sort(([one], [other]) => (one < other ? -1 : 1))),
  );
}

function newestOfEach(runs: readonly RunWorld[], { clock }: ServerWorld): readonly object[] {
  const seen = new Set<string>();
  const now = simulatedNow(clock).toISOString();
  return [...runs]
    .sort((one, other) => (one.startDate < other.startDate ? 1 : -1))
    .filter((run) => {
      const known = seen.has(run.runProfileName);
      if (run.finishesAt === undefined || run.finishesAt <= now) seen.add(run.runProfileName);
      return !known;
    })
    .map((run) => ({
      RunHistoryId: run.runHistoryId,
      ConnectorId: run.connectorIdentifier,
      ConnectorName: run.connectorName,
      RunProfileName: run.runProfileName,
      Result: run.result,
      IsRunComplete: run.result !== inProgress,
      StartDate: instantText(new Date(run.startDate)),
      EndDate: run.endDate === "" ? null : instantText(new Date(run.endDate)),
      // A list so deep is told by its count.
      RunStepResults: "0 items",
    }));
}

/** Mirrors the newest of each kind, and then those that no collection has had. Names of the new ones. */
async function settingsFiles(
  session: Session,
  files: Map<string, Buffer>,
  known: readonly string[],
  missing: Missing,
): Promise<readonly string[]> {
  const names = (await session.names(appliedFolder)).sort();
  const fresh: string[] = [];
  for (const kind of ["Applied", "Exported"]) {
    const ofKind = names.filter((name) => name.startsWith(`${kind}-SynchronizationPolicy-`));
    const newest = ofKind.at(-1);
    if (newest === undefined)
      missing(`${kind} settings file`, `there is no ${kind}-SynchronizationPolicy file in ${appliedFolder}`);
    for (const name of ofKind) {
      const isNew = !known.includes(name);
      if (isNew) fresh.push(name);
      if (isNew || name === newest)
        files.set(`settings/${name}`, await readFile(session.path(`${appliedFolder}\\${name}`)));
    }
  }
  return fresh;
}

async function healthOf(
  session: Session,
  given: Archiving,
  at: Date,
  versions: CollectedHealth["versions"],
  missing: (name: string, reason: string) => void,
): Promise<CollectedHealth> {
  const world = await session.world();
  const engine = engineOf(world);
  const { ADSync } = world.services;
  const ended = engine.runHistory.filter(
    ({ finishesAt }) => finishesAt === undefined || finishesAt <= at.toISOString(),
  );
  const last = (kind: RegExp) =>
    ended
      .filter(({ runProfileName }) => kind.test(runProfileName))
      .map(({ endDate }) => instantText(new Date(endDate)))
      .sort()
      .at(-1) ?? null;
  const newest = [...ended].sort((one, other) => (one.endDate < other.endDate ? -1 : 1)).at(-1);
  const database = await databaseFacts(session, engine);
  missing(
    "end of the certificate",
    "the credential of this build does not say it; what the event log knows is in statistics/certificate-events.json",
  );
  return {
    schema: "entra-connect-health/1",
    collectedAt: instantText(at),
    computerName: world.computerName,
    chain: given.chain,
    sequence: null,
    generation: given.generation,
    staging: {
      scheduler: engine.stagingMode,
      globalParameter: engine.globalParameters["Microsoft.Synchronize.StagingMode"] === "True",
      syncCycleEnabled: engine.scheduler.syncCycleEnabled,
      schedulerSuspended: engine.scheduler.schedulerSuspended,
    },
    versions,
    service: { status: ADSync?.status ?? null, startType: ADSync?.startType ?? null },
    autoUpgrade: engine.autoUpgrade,
    certificateEndsAt: null,
    database: {
      kind: database?.kind ?? null,
      sizeMB: database === null ? null : Math.max(database.usedMB ?? 0, database.fileMB ?? 0) || null,
    },
    engineConfigSha256: await session.sha256(`${await engineFileOf(session)}.config`),
    machineConfigSha256: await session.sha256(machineConfigPath),
    ports: given.ports.map(({ host, port }) => ({
      host,
      port,
      state: isReachable(world, { host, port }) ? "open" : "closed",
    })),
    permissions: permissions(world, ended),
    runs: {
      lastImportAt: last(/import/i),
      lastExportAt: last(/export/i),
      lastSynchronizationAt: last(/synchroni[sz]ation/i),
      lastResult: newest?.result ?? null,
    },
    archive: { state: "queued", name: null, queue: await queueState(session), why: null },
    notAvailable: [],
  };
}

function permissions(world: ServerWorld, runs: readonly RunWorld[]): CollectedHealth["permissions"] {
  return [...engineOf(world).connectors]
    .sort((one, other) => one.name.localeCompare(other.name))
    .filter(({ type }) => type === "AD")
    .flatMap(({ name }) => {
      const [newest] = runs
        .filter((run) => run.connectorName === name && /import/i.test(run.runProfileName))
        .sort((one, other) => (one.startDate < other.startDate ? 1 : -1));
      const write = {
        what: `write ${name}`,
        state: "unknown",
        why: "not tried: nothing of ours writes to a directory",
      } as const;
      if (newest === undefined)
        return [
          { what: `read ${name}`, state: "unknown", why: "no import of this connector is in the run history" } as const,
          write,
        ];
      const { result } = newest;
      const ok = /^(success|completed-)/.test(result);
      const failed = /^(stopped|no-start|aborted)/.test(result);
      return [
        {
          what: `read ${name}`,
          state: ok ? ("ok" as const) : failed ? ("failed" as const) : ("unknown" as const),
          why: `the import of ${instantText(new Date(newest.startDate))} ended with ${result}`,
        },
        write,
      ];
    });
}
