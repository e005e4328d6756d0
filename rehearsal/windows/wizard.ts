/** What a person does in the Entra Connect wizard, as it shows on the machine afterwards. */
import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CouldNotRun } from "../../review/verdict";
import type { ServerFolder } from "../world/contract";
import { failedConfigurations, noSuchDrive, traceOf, unknownFailure } from "./failedConfigurations";
import { type ImportedPolicy, readPolicy, wholeDomain } from "./importedPolicy";
import { changeRegistry, changeServerWorld, codeOf, pathOnDrive, readServerWorld } from "./serverFiles";
import type { ConnectorWorld, EventWorld, ServerWorld, SynchronizationWorld } from "./serverWorld";
import { simulatedNow } from "./simulatedTime";

export interface WizardChoices {
  /** *Enable staging mode* ticked. */
  readonly staging: boolean;
  /** *Start synchronization when configuration completes* ticked; default no. */
  readonly startSynchronization?: boolean;
  /** Forests that the settings file names; default the machine's domain. */
  readonly forests?: readonly string[];
  /** Default `contoso.onmicrosoft.com`. */
  readonly tenant?: string;
  /** Pass-through authentication chosen: an agent is installed and takes sign-ins at once. */
  readonly passThroughAuthentication?: boolean;
  /** *Specify a custom installation location* ticked: the engine's folder. An engine that is there stays where it is. */
  readonly installLocation?: string;
  /** *Use an existing SQL Server* ticked; default LocalDB. The engine that is there keeps its own. */
  readonly database?: { readonly server: string; readonly instance: string; readonly name: string };
  /** *Use an existing service account* ticked; default the virtual one. Settable only at the first configuration. */
  readonly serviceAccount?: string;
}

const virtualAccount = "NT SERVICE\\ADSync";

export const engineFile = "C:\\Program Files\\Microsoft Azure AD Sync\\Bin\\miiserver.exe";
export const wizardFile = "C:\\Program Files\\Microsoft Azure Active Directory Connect\\AzureADConnect.exe";
const wizardProcess = { name: "AzureADConnect", path: wizardFile } as const;
const settingsFolder = "C:\\ProgramData\\pulumi-entra-connect\\settings";
const entraConnectorId = "b891884f-051e-4a83-95af-2544101c9083";

/** The operator starts the wizard. While it is open the scheduler is suspended. */
export async function openWizard(server: ServerFolder): Promise<void> {
  await changeServerWorld(server, (world) => {
    requireInstalled(world);
    openWindow(world);
  });
}

/**
 * The wizard's configuration succeeded and its window was closed. Run again after a newer package it is the upgrade:
 * the engine comes to the package's version, and stays in its folder.
 */
export async function completeWizard(server: ServerFolder, choices: WizardChoices): Promise<void> {
  const { peculiarities, adsync } = await readServerWorld(server);
  if (peculiarities.wizardFails !== undefined) return failWizard(server);
  const { installLocation } = choices;
  if (adsync === undefined && installLocation !== undefined && !/^C:/i.test(installLocation))
    return failWizard(server, noSuchDrive(installLocation));
  const imported = await importedSettings(server);
  const now = simulatedNow((await readServerWorld(server)).clock);
  const { engine, version, account, hasLocalDb } = await changeServerWorld(server, (world) => {
    const version = requireInstalled(world);
    const engine =
      world.services.ADSync?.path ?? engineIn(choices.installLocation ?? world.peculiarities.installLocation);
    const isFirst = world.adsync === undefined;
    const account = world.services.ADSync?.account ?? choices.serviceAccount ?? virtualAccount;
    if (world.adsync === undefined) {
      world.adsync = newSynchronization(world, choices, version, imported && readPolicy(imported.text));
      world.eventLog = [...(world.eventLog ?? []), certificateMade(world, now)];
    }
    world.adsync.stagingMode = choices.staging;
    world.adsync.globalParameters["Microsoft.Synchronize.StagingMode"] = choices.staging ? "True" : "False";
    world.adsync.globalParameters["Microsoft.Synchronize.ServerConfigurationVersion"] = version;
    world.adsync.scheduler.syncCycleEnabled = choices.startSynchronization ?? false;
    openWindow(world);
    world.services.ADSync = {
      displayName: "Microsoft Azure AD Sync",
      status: world.peculiarities.serviceDoesNotStart === undefined ? "Running" : "Stopped",
      startType: "Automatic",
      account,
      path: engine,
    };
    if (choices.passThroughAuthentication && isFirst)
      world.services.AzureADConnectAuthenticationAgent = {
        displayName: "Microsoft Entra Connect Authentication Agent",
        status: "Running",
        startType: "Automatic",
        account: "NT AUTHORITY\\NETWORK SERVICE",
        path: "C:\\Program Files\\Microsoft Azure AD Connect Authentication Agent\\AzureADConnectAuthenticationAgentService.exe",
      };
    world.fileVersions[engine] = version;
    return { engine, version, account, hasLocalDb: world.adsync.database?.localDb !== false };
  });
  await placeFile(server, engine, "stands in for the synchronization engine\n");
  await placeFile(server, `${engine}.config`, engineConfig(version));
  if (hasLocalDb) await placeFile(server, databaseFile(engine), "stands in for the database\n");
  await changeRegistry(server, (registry) => {
    registry["HKLM:\\SYSTEM\\CurrentControlSet\\Services\\ADSync"] = { ObjectName: account };
    registry["HKLM:\\SOFTWARE\\Microsoft\\MSOLCoExistence"] = { ServiceAccountType: "Unknown" };
    if (!hasLocalDb) return;
    registry["HKLM:\\SOFTWARE\\Microsoft\\Microsoft SQL Server Local DB\\Installed Versions\\15.0"] = {
      ParentInstance: "MSSQL15E.LOCALDB",
    };
  });
  // Written only after a configuration that succeeded (entra-connect.md section 4.4), so last.
  const applied = `C:\\ProgramData\\AADConnect\\Applied-SynchronizationPolicy-${stampOf(now)}.JSON`;
  await placeFile(server, applied, imported?.text ?? minimalPolicy(version));
  // The window is closed after that: whoever finds it closed finds everything.
  await changeServerWorld(server, (world) => {
    closeWindow(world, "completed");
    world.wizard = { state: "completed", ...(imported && { importedSettingsFileSha256: imported.sha256 }) };
  });
}

function engineIn(installLocation: string | undefined): string {
  return installLocation === undefined ? engineFile : `${installLocation.replace(/\\+$/, "")}\\Bin\\miiserver.exe`;
}

/** The configuration failed and the operator closed the wizard: it writes a trace, and no Applied file. */
export async function failWizard(server: ServerFolder, why = unknownFailure): Promise<void> {
  const { failure, now } = await changeServerWorld(server, (world) => {
    requireInstalled(world);
    closeWindow(world, "failed");
    const { wizardFails } = world.peculiarities;
    return {
      failure: wizardFails === undefined ? why : failedConfigurations[wizardFails],
      now: simulatedNow(world.clock),
    };
  });
  await placeFile(server, `C:\\ProgramData\\AADConnect\\trace-${stampOf(now)}.log`, traceOf(failure, now));
}

/** `20261126-101500`, as the wizard names its files. */
function stampOf(instant: Date): string {
  return instant.toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");
}

/** Version of the installed package; the wizard cannot be run without it. */
function requireInstalled(world: ServerWorld): string {
  const installed = world.packages.find(({ displayName }) => /^Microsoft (Azure AD|Entra) Connect/.test(displayName));
  if (installed) return installed.displayVersion;
  throw new CouldNotRun(
    `The wizard cannot be run on ${world.computerName}: Entra Connect is not installed there. ` +
      "The operator of the rehearsal acts only after the package step.",
  );
}

function openWindow(world: ServerWorld): void {
  if (world.processes.some(({ name }) => name === wizardProcess.name)) return;
  world.processes.push({ ...wizardProcess, id: 4000 + world.processes.length * 4 });
  world.wizard.state = "open";
  if (world.adsync) world.adsync.scheduler.schedulerSuspended = true;
}

function closeWindow(world: ServerWorld, state: "completed" | "failed"): void {
  const staysOpen = state === "completed" && world.peculiarities.wizardStaysOpen === true;
  if (!staysOpen) world.processes = world.processes.filter(({ name }) => name !== wizardProcess.name);
  world.wizard.state = state;
  if (staysOpen) return;
  if (world.adsync) world.adsync.scheduler.schedulerSuspended = false;
}

/** Data beside Bin; where LocalDB 2019 keeps the database (public code). */
export function databaseFile(engine: string): string {
  return `${engine.replace(/\\Bin\\[^\\]+$/i, "")}\\Data\\ADSync2019\\ADSync.mdf`;
}

function engineConfig(version: string): string {
  return `<?xml version="1.0" encoding="utf-8"?>\n<!-- stands in for that of ${version} -->\n<configuration>\n  <runtime>\n  </runtime>\n</configuration>\n`;
}

/** As the engine writes it (AzureAD-Attack-Defense, EntraSyncAba.md); the hashes are nobody's. */
function certificateMade({ vmId }: ServerWorld, at: Date): EventWorld {
  const hash = createHash("sha256").update(vmId).digest("hex").toUpperCase();
  return {
    log: "Application",
    provider: "Directory Synchronization",
    id: 1013,
    at: at.toISOString(),
    message: `CreateSelfSignedCertificate:: Created certificate (CertificateThumbprint=${hash.slice(0, 40)}, CertificateSHA256Hash=${hash}) with TPM crypto provider.`,
  };
}

function newSynchronization(
  world: ServerWorld,
  choices: WizardChoices,
  version: string,
  policy: ImportedPolicy | undefined,
): SynchronizationWorld {
  const tenant = choices.tenant ?? "contoso.onmicrosoft.com";
  const connector = (
    name: string,
    type: ConnectorWorld["type"],
    subtype: string,
    identifier: string,
  ): ConnectorWorld => ({
    identifier,
    name,
    type,
    subtype,
    runProfiles: ["Full Import", "Full Synchronization", "Delta Import", "Delta Synchronization", "Export"],
    objectCount: 0,
    pendingExports: { add: 0, update: 0, delete: 0 },
  });
  const directories = choices.forests?.map(wholeDomain) ?? policy?.directories ?? [wholeDomain(world.domain.name)];
  const connectors = [
    ...directories.map(({ name, partitions }) => ({
      ...connector(name, "AD", "", randomUUID()),
      partitions: partitions.map((partition) => ({ ...partition, selected: true })),
    })),
    connector(`${tenant} - AAD`, "Extensible2", "Windows Azure Active Directory (Microsoft)", entraConnectorId),
  ];
  return {
    installedAt: simulatedNow(world.clock).toISOString(),
    stagingMode: choices.staging,
    scheduler: {
      syncCycleEnabled: false,
      schedulerSuspended: false,
      syncCycleInProgress: false,
      maintenanceEnabled: true,
      effectiveInterval: "00:30:00",
      nextSyncCycleStart: new Date(simulatedNow(world.clock).getTime() + 1_800_000).toISOString(),
    },
    connectors,
    globalParameters: {
      "Microsoft.Synchronize.StagingMode": choices.staging ? "True" : "False",
      "Microsoft.Synchronize.ServerConfigurationVersion": version,
      "Microsoft.Synchronize.TimeInterval": "30",
      "Microsoft.SynchronizationOption.AnchorAttribute": "mS-DS-ConsistencyGuid",
      "Microsoft.SynchronizationOption.UPNAttribute": "userPrincipalName",
      "Microsoft.OptionalFeature.PasswordHashSync": "True",
      "Microsoft.UserSignIn.SignOnMethod": choices.passThroughAuthentication
        ? "PassThroughAuthentication"
        : "PasswordHashSync",
    },
    runHistory: [],
    rules: [...standardRules(connectors), ...importedRules(connectors, policy)],
    credentialType: "Application",
    applicationId: randomUUID(),
    database:
      choices.database === undefined
        ? { localDb: true, usedMB: 350, server: "(localdb)", instance: ".\\ADSync2019", name: "ADSync" }
        : { localDb: false, usedMB: 0, ...choices.database },
    autoUpgrade: "Disabled",
  };
}

/** A few of the standard rules, so that counting them means something. */
function standardRules(connectors: readonly ConnectorWorld[]): SynchronizationWorld["rules"] {
  return connectors.flatMap(({ identifier, type }) => {
    const inbound = type === "AD";
    const rule = (name: string, tag: string, precedence: number) => ({
      name,
      direction: inbound ? ("Inbound" as const) : ("Outbound" as const),
      connectorIdentifier: identifier,
      precedence,
      disabled: false,
      immutableTag: tag,
    });
    return inbound
      ? [
          rule("In from AD - User Join", "Microsoft.InfromADUserJoin.006", 100),
          rule("In from AD - Group Join", "Microsoft.InfromADGroupJoin.003", 104),
        ]
      : [rule("Out to AAD - User Join", "Microsoft.OuttoAADUserJoin.012", 110)];
  });
}

/** Custom rules of the file. Disabled ones arrive enabled: a known gap of the import. */
function importedRules(
  connectors: readonly ConnectorWorld[],
  policy: ImportedPolicy | undefined,
): SynchronizationWorld["rules"] {
  return (policy?.rules ?? []).map(({ name, directory, direction, precedence }) => ({
    name,
    direction,
    connectorIdentifier: connectors.find((each) => each.name === directory)?.identifier ?? entraConnectorId,
    precedence,
    disabled: false,
    immutableTag: "",
  }));
}

async function importedSettings(server: ServerFolder): Promise<{ text: Buffer; sha256: string } | undefined> {
  const folder = pathOnDrive(server, settingsFolder);
  const names = await readdir(folder).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  });
  const name = names.find((candidate) => /\.json$/i.test(candidate));
  if (name === undefined) return undefined;
  const text = await readFile(join(folder, name));
  return { text, sha256: createHash("sha256").update(text).digest("hex") };
}

function minimalPolicy(version: string): string {
  return JSON.stringify({
    policyMetadata: { azureADConnectVersion: version },
    deploymentMetadata: {},
    onpremisesDirectoryPolicy: [],
    azureDirectoryPolicy: { standardSynchronizationRules: [], customSynchronizationRules: [] },
  });
}

async function placeFile(server: ServerFolder, windowsPath: string, content: string | Buffer): Promise<void> {
  const path = pathOnDrive(server, windowsPath);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}
