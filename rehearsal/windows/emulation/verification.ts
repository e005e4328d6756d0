/** Mirrors scripts/verify-staging.ps1. */
import type { ServerWorld, SynchronizationWorld } from "../serverWorld";
import { instantText } from "../simulatedTime";
import {
  appliedFolder,
  confirmStaging,
  connectPackage,
  engineVersion,
  isWizardOpen,
  newAppliedFile,
  passedPath,
  passThroughAgents,
  plainVersion,
  readBaseline,
  wizardPath,
} from "./connect";
import { confirmNotRetired } from "./marker";
import { startModes } from "./service";
import { Refusal, type Said, type Session } from "./session";

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

type Collected = Pick<
  Said<"verify-staging">,
  "scheduler" | "connectors" | "rules" | "globalParameters" | "runs" | "credentialType" | "autoUpgrade"
>;

function collected(engine: SynchronizationWorld): Collected {
  const { scheduler, connectors, rules, runHistory } = engine;
  const instant = (text: string) => (text === "" ? null : instantText(new Date(text)));
  return {
    scheduler: {
      syncCycleEnabled: scheduler.syncCycleEnabled,
      schedulerSuspended: scheduler.schedulerSuspended,
      syncCycleInProgress: scheduler.syncCycleInProgress,
      maintenanceEnabled: scheduler.maintenanceEnabled,
      effectiveInterval: scheduler.effectiveInterval,
      nextSyncCycleStart: instant(scheduler.nextSyncCycleStart),
    },
    connectors: connectors
      .map(({ name, identifier, type, subtype }) => ({ name, identifier, type, subtype }))
      .sort((one, other) => one.name.localeCompare(other.name)),
    rules: {
      total: rules.length,
      standard: rules.filter(({ immutableTag }) => immutableTag.startsWith("Microsoft.")).length,
      disabled: rules.filter(({ disabled }) => disabled).length,
    },
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
    autoUpgrade: engine.autoUpgrade,
  };
}
