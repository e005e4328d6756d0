/** Mirrors scripts/verify-staging.ps1. */
import { stat } from "node:fs/promises";
import { asciiJson, type Listing } from "../../../scripts/assemble";
import { listingOf } from "../../../scripts/listing";
import { readRegistry, registryChildren } from "../serverFiles";
import type { ConnectorWorld, ServerWorld, SynchronizationWorld } from "../serverWorld";
import { instantText } from "../simulatedTime";
import { databaseFile } from "../wizard";
import {
  appliedFolder,
  confirmStaging,
  connectPackage,
  engineFileOf,
  engineVersion,
  isWizardOpen,
  newAppliedFile,
  passedPath,
  passThroughAgents,
  plainVersion,
  readBaseline,
  wizardPath,
} from "./connect";
import { confirmNotRetired, isMarkerOfThisMachine } from "./marker";
import { startModes } from "./service";
import { libraryFolder, Refusal, type Said, type Session } from "./session";

export async function verifyStaging(session: Session): Promise<Said<"verify-staging">> {
  const { expected } = session.expect("expected");
  const world = await session.world();
  const { vmId } = world;
  await confirmNotRetired(session);
  if (isWizardOpen(world)) throw new Refusal("wizard-open");
  const service = world.services.ADSync;
  if (service === undefined) throw new Refusal("not-set-up");
  await confirmStaging(session);
  const baseline = await readBaseline(session);
  const name = baseline === undefined ? undefined : await newAppliedFile(session, baseline);
  if (name === undefined) throw new Refusal("wizard-not-finished", { folder: appliedFolder });
  const versions = await versionsOf(session, world);
  const pinned =
    typeof expected === "object" && expected !== null && "productVersion" in expected ? expected.productVersion : "";
  const wanted = plainVersion(String(pinned));
  if (Object.values(versions).some((version) => version !== wanted))
    throw new Refusal("other-version", { expected: wanted, ...versions });
  const engine = world.adsync;
  if (engine === undefined) throw new Refusal("not-set-up");
  return {
    vmId,
    stagingMode: { scheduler: true, globalParameter: true },
    appliedFile: { name, sha256: await session.sha256(`${appliedFolder}\\${name}`) },
    importedSettingsFile: await importedSettingsFile(session),
    versions,
    ...collected(engine),
    certificate: { endsAt: null, events: certificateEvents(world) },
    database: await databaseFacts(session, engine),
    engineConfig: await engineConfigFacts(session, versions.engine),
    service: { status: service.status, startType: startModes[service.startType], account: service.account },
    passThroughAgents: passThroughAgents(world),
  };
}

async function importedSettingsFile(session: Session): Promise<{ readonly sha256: string } | null> {
  const file = (await session.readRecord(passedPath))?.settingsFile;
  if (typeof file !== "object" || file === null || !("sha256" in file)) return null;
  return { sha256: String(file.sha256) };
}

async function versionsOf(session: Session, world: ServerWorld): Promise<Said<"verify-staging">["versions"]> {
  const wizard = await wizardPath(session);
  return {
    package: plainVersion((await connectPackage(session))?.displayVersion ?? ""),
    wizard: wizard === "" ? "" : plainVersion(world.fileVersions[wizard] ?? ""),
    engine: await engineVersion(session),
  };
}

const below = (prefix: string, names: string) => names.split(" ").map((name) => `Microsoft.${prefix}.${name}`);

const wantedParameters: ReadonlySet<string> = new Set([
  ...below("Synchronize", "StagingMode SchedulerSuspended ServerConfigurationVersion TimeInterval"),
  ...below("SynchronizationOption", "AnchorAttribute UPNAttribute"),
  ...below("UserSignIn", "SignOnMethod DesktopSsoEnabled"),
  ...below(
    "OptionalFeature",
    "PasswordHashSync PasswordWriteback HybridExchange ExchangeMailPublicFolder GroupWriteBack DeviceWriteBack " +
      "DeviceWriteUp UserWriteBack DirectoryExtension DirectoryExtensionAttributes FilterAAD GroupFiltering " +
      "ExportDeletionThreshold ExportDeletionThresholdValue AutoUpgradeState AutoUpgradeSuspensionReason",
  ),
]);

function isHarmless(name: string, value: string): boolean {
  if (/password|secret|key/i.test(name)) return /^(true|false)$/i.test(value);
  return !/encrypted|^[a-z0-9+/_-]{40,}={0,2}$|^[a-z0-9+/]{16,}={1,2}$|^[0-9a-f]{32,}$/i.test(value);
}

/** Mirrors ConvertTo-Listing: the names of all lists of an answer share one room. */
class Listings {
  private room = 30_000;

  /** Mirrors Test-Room. */
  has(length: number): boolean {
    this.room -= length;
    return this.room >= 0;
  }

  of(names: readonly string[]): Listing {
    const whole = listingOf(names);
    const shown: string[] = [];
    for (const name of whole.names) {
      if (!this.has(name.length + 4)) break;
      shown.push(name);
    }
    return { ...whole, names: shown };
  }
}

const certificateIds = [1011, 1012, 1013, 1014];

export function certificateEvents({ eventLog = [] }: ServerWorld) {
  return eventLog
    .filter(({ provider, id }) => provider === "Directory Synchronization" && certificateIds.includes(id))
    .filter(({ id, message }) => id !== 1013 || message.includes("Created certificate"))
    .map(({ id, at }) => ({ id, at: instantText(new Date(at)) }))
    .reverse()
    .slice(0, 20);
}

const megabyte = 1024 * 1024;

export async function databaseFacts(
  session: Session,
  { database }: SynchronizationWorld,
): Promise<Said<"verify-staging">["database"]> {
  if (database === undefined) {
    session.warnings.push("The database could not be read: The database cannot be reached. (ADSync)");
    return null;
  }
  const { localDb, usedMB, server, instance, name } = database;
  const versions = registryChildren(
    await readRegistry(session.server),
    "HKLM:\\SOFTWARE\\Microsoft\\Microsoft SQL Server Local DB\\Installed Versions",
  );
  return {
    kind: localDb ? "localdb" : "sqlServer",
    usedMB: localDb ? usedMB : null,
    fileMB: localDb ? await databaseFileMB(session) : null,
    server,
    instance,
    name,
    localDbVersions: versions,
  };
}

async function databaseFileMB(session: Session): Promise<number | null> {
  const file = session.path(databaseFile(await engineFileOf(session)));
  const { size } = await stat(file).catch(() => ({ size: 0 }));
  return size === 0 ? null : Math.ceil(size / megabyte);
}

const configRecordPath = `${libraryFolder}\\engine-config.json`;

async function engineConfigFacts(
  session: Session,
  engineVersion: string,
): Promise<Said<"verify-staging">["engineConfig"]> {
  const path = `${await engineFileOf(session)}.config`;
  const text = await session.readText(path);
  if (text === undefined) {
    session.warnings.push(`miiserver.exe.config could not be read: there is no ${path}`);
    return null;
  }
  const sha256 = await session.sha256(path);
  const world = await session.world();
  const known = await session.readRecord(configRecordPath);
  if (!isMarkerOfThisMachine(known, world) || known.engineVersion !== engineVersion) {
    const { computerName, vmId } = world;
    const record = { recordedAt: await session.instant(), computerName, vmId, engineVersion, sha256 };
    await session.write(configRecordPath, asciiJson(record));
  }
  const record = await session.readRecord(configRecordPath);
  return {
    sha256,
    fipsEdit: /<enforceFIPSPolicy\b/i.test(text),
    recordedSha256: String(record?.sha256),
    recordedAt: String(record?.recordedAt),
  };
}

type Collected = Pick<
  Said<"verify-staging">,
  | "scheduler"
  | "connectors"
  | "rules"
  | "globalParameters"
  | "runs"
  | "credentialType"
  | "applicationId"
  | "autoUpgrade"
>;

function collected(engine: SynchronizationWorld): Collected {
  const { scheduler, connectors, rules, runHistory } = engine;
  const instant = (text: string) => (text === "" ? null : instantText(new Date(text)));
  const listings = new Listings();
  const sorted = [...connectors].sort((one, other) => one.name.localeCompare(other.name));
  return {
    scheduler: {
      syncCycleEnabled: scheduler.syncCycleEnabled,
      schedulerSuspended: scheduler.schedulerSuspended,
      syncCycleInProgress: scheduler.syncCycleInProgress,
      maintenanceEnabled: scheduler.maintenanceEnabled,
      effectiveInterval: scheduler.effectiveInterval,
      nextSyncCycleStart: instant(scheduler.nextSyncCycleStart),
    },
    connectors: sorted.map(({ name, identifier, type, subtype, partitions = [] }) => ({
      name,
      identifier,
      type,
      subtype,
      partitions: partitions.map((partition) => {
        listings.has(250 + partition.name.length);
        return {
          name: partition.name,
          selected: partition.selected,
          inclusions: listings.of(partition.inclusions),
          exclusions: listings.of(partition.exclusions),
        };
      }),
    })),
    rules: ruleFacts(rules, connectors, listings),
    globalParameters: Object.fromEntries(
      Object.entries(engine.globalParameters).filter(
        ([name, value]) => wantedParameters.has(name) && isHarmless(name, value),
      ),
    ),
    runs: runHistory.slice(0, 20).map((run) => ({
      connectorName: run.connectorName,
      runProfileName: run.runProfileName,
      result: run.result,
      startDate: instant(run.startDate),
      endDate: instant(run.endDate),
    })),
    credentialType: engine.credentialType,
    applicationId: engine.applicationId ?? null,
    autoUpgrade: engine.autoUpgrade,
  };
}

function ruleFacts(
  rules: SynchronizationWorld["rules"],
  connectors: readonly ConnectorWorld[],
  listings: Listings,
): Said<"verify-staging">["rules"] {
  const isStandard = ({ immutableTag }: { readonly immutableTag: string }) => immutableTag.startsWith("Microsoft.");
  const custom = rules
    .filter((rule) => !isStandard(rule))
    .sort((one, other) => one.precedence - other.precedence || one.name.localeCompare(other.name));
  return {
    total: rules.length,
    standard: rules.filter(isStandard).length,
    disabled: rules.filter(({ disabled }) => disabled).length,
    disabledStandard: listings.of(rules.filter((rule) => isStandard(rule) && rule.disabled).map(({ name }) => name)),
    customCount: custom.length,
    custom: custom
      .slice(0, 100)
      .filter(({ name }) => listings.has(150 + name.length))
      .map(({ name, connectorIdentifier, direction, precedence, disabled }) => ({
        name,
        connector: connectors.find(({ identifier }) => identifier === connectorIdentifier)?.name ?? "",
        direction,
        precedence,
        disabled,
      })),
  };
}
