/** Mirrors scripts/fragments/{machine,connect,staging}.ps1. */

import { stat } from "node:fs/promises";
import { findCauses, hideSecrets } from "../../../scripts/causes";
import { readRegistry, registryChildren, registryValue } from "../serverFiles";
import type { ServerWorld, ServiceWorld, SynchronizationWorld } from "../serverWorld";
import { instantText } from "../simulatedTime";
import { inProgress } from "../synchronizationCycles";
import { engineFile } from "../wizard";
import { confirmNotRetired } from "./marker";
import { serviceState, startModes } from "./service";
import { libraryFolder, Refusal, type Session } from "./session";

export const appliedFolder = "C:\\ProgramData\\AADConnect";
export const baselinePath = `${libraryFolder}\\baseline.json`;
export const passedPath = `${libraryFolder}\\gate-passed.json`;

export async function confirmComputerName(session: Session, expected: string): Promise<void> {
  const { computerName } = await session.world();
  if (computerName.toLowerCase() !== expected.toLowerCase())
    throw new Refusal("not-this-machine", { expected, found: computerName });
}

/** Simulated machines say their identity in Azure's own order of bytes. */
export async function confirmMachineId(session: Session, vmId: unknown): Promise<void> {
  const expected = String(vmId).toLowerCase();
  const { vmId: found } = await session.world();
  if (found !== expected) throw new Refusal("not-this-machine", { expected, found });
}

/** Both of them, as most scripts begin. */
export async function confirmMachine(
  session: Session,
  { computerName, vmId }: Readonly<Record<string, unknown>>,
): Promise<void> {
  await confirmComputerName(session, String(computerName));
  await confirmMachineId(session, vmId);
}

export interface InstalledPackage {
  readonly displayName: string;
  readonly displayVersion: string;
  readonly productCode: string;
}

const uninstallKeys = [
  "HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall",
  "HKLM:\\SOFTWARE\\WOW6432Node\\Microsoft\\Windows\\CurrentVersion\\Uninstall",
];

export async function uninstallEntries(session: Session): Promise<InstalledPackage[]> {
  const registry = await readRegistry(session.server);
  return uninstallKeys.flatMap((root) =>
    registryChildren(registry, root).flatMap((productCode) => {
      const displayName = registryValue(registry, `${root}\\${productCode}`, "DisplayName");
      const displayVersion = registryValue(registry, `${root}\\${productCode}`, "DisplayVersion");
      if (displayName === undefined) return [];
      return [{ displayName: String(displayName), displayVersion: String(displayVersion ?? ""), productCode }];
    }),
  );
}

export async function connectPackage(session: Session): Promise<InstalledPackage | undefined> {
  const entries = await uninstallEntries(session);
  return entries.find(({ displayName }) => /^Microsoft (Azure AD|Entra) Connect( Sync)?$/i.test(displayName));
}

export async function wizardPath(session: Session): Promise<string> {
  const registry = await readRegistry(session.server);
  const path = String(registryValue(registry, "HKLM:\\SOFTWARE\\Microsoft\\Azure AD Connect", "WizardPath") ?? "");
  return path !== "" && (await session.exists(path)) ? path : "";
}

export function isWizardOpen(world: ServerWorld): boolean {
  return world.processes.some(({ name }) => name === "AzureADConnect");
}

/** The wizard can put the engine elsewhere; its service knows where, or what the gate wrote down. */
export async function engineFileOf(session: Session): Promise<string> {
  const path = (await session.world()).services.ADSync?.path;
  if (path !== undefined) return path.replace(/[^\\]+\.exe$/i, "miiserver.exe");
  return String((await session.readRecord(passedPath))?.engineFile ?? engineFile);
}

export async function engineVersion(session: Session): Promise<string> {
  const path = await engineFileOf(session);
  return (await session.exists(path)) ? plainVersion((await session.world()).fileVersions[path] ?? "") : "";
}

export function plainVersion(text: string): string {
  return /\d+(\.\d+){1,3}/.exec(text)?.[0] ?? "";
}

export interface Baseline {
  readonly writtenAt: string;
  readonly appliedFiles: readonly string[];
}

export async function readBaseline(session: Session): Promise<Baseline | undefined> {
  const document = await session.readRecord(baselinePath);
  if (document === undefined) return undefined;
  const names = Array.isArray(document.appliedFiles) ? document.appliedFiles.map(String) : [];
  return { writtenAt: String(document.writtenAt), appliedFiles: names };
}

/** A disk that was restored from another machine carries that one's record. */
export async function gatePassed(session: Session): Promise<boolean> {
  const passed = await session.readRecord(passedPath);
  if (passed === undefined) return false;
  if (!passed.vmId) throw new Refusal("record-damaged", { path: passedPath });
  return String(passed.vmId).toLowerCase() === (await session.world()).vmId;
}

export async function appliedFiles(session: Session): Promise<string[]> {
  const names = await session.names(appliedFolder);
  return names.filter((name) => name.startsWith("Applied-SynchronizationPolicy-")).sort();
}

export async function newAppliedFile(session: Session, baseline: Baseline): Promise<string | undefined> {
  const fresh = (await appliedFiles(session)).filter((name) => !baseline.appliedFiles.includes(name));
  const dated = await Promise.all(
    fresh.map(async (name) => ({ name, at: (await stat(session.path(`${appliedFolder}\\${name}`))).mtimeMs })),
  );
  return dated.sort((one, other) => one.at - other.at || one.name.localeCompare(other.name)).at(-1)?.name;
}

export interface StagingProof {
  readonly state: "on" | "off" | "unclear";
  readonly scheduler: boolean | null;
  readonly parameter: boolean | null;
  readonly detail: string;
}

const notRunning = "The Microsoft Azure AD Sync service is not running. (ADSync)";

/** The engine as the module ADSync would show it; throws what the module would say. */
export function engineOf(world: ServerWorld): SynchronizationWorld {
  if (world.services.ADSync?.status !== "Running" || world.adsync === undefined) throw new Error(notRunning);
  return world.adsync;
}

/** Mirrors Get-WhoRuns: in words, empty where nobody does. */
export function whoRuns({ adsync }: ServerWorld): string {
  const running = (adsync?.runHistory ?? []).filter(({ result }) => result === inProgress);
  return [
    ...running.map(
      ({ runProfileName, connectorName, startDate }) =>
        `${runProfileName} of ${connectorName} runs since ${instantText(new Date(startDate))}`,
    ),
    ...(adsync?.scheduler.syncCycleInProgress ? ["a cycle of the scheduler is in progress"] : []),
  ].join("; ");
}

/** Mirrors scripts/fragments/idle.ps1: whether there was anything to wait for. */
export async function waitIdle(
  session: Session,
  minutes: number,
  before: () => Promise<void> = async () => undefined,
): Promise<boolean> {
  const began = (await session.now()).getTime();
  for (let met = false; ; met = true) {
    await before();
    const world = await session.world();
    const who = whoRuns(world);
    if (who === "") return met;
    const waited = Math.floor(((await session.now()).getTime() - began) / 60_000);
    if (waited >= minutes) throw new Refusal("run-in-progress", { who, minutes: String(minutes) });
    await session.tell(`${who}; waited ${waited} of ${minutes} min for it`);
    await session.sleep(60);
  }
}

export async function moduleFileOf(session: Session): Promise<string> {
  return (await engineFileOf(session)).replace(/[^\\]+$/, "ADSync\\ADSync.psd1");
}

/** What Windows says of each place where the module is looked for. */
function modulesNotFound(engine: string): string {
  const folder = engine.replace(/[^\\]+$/, "ADSync");
  return [`${folder}\\ADSync.psd1`, folder, "ADSync"]
    .map(
      (name) =>
        `The specified module '${name}' was not loaded because no valid module file was found in any module directory.`,
    )
    .join(" ");
}

export async function stagingProof(session: Session): Promise<StagingProof> {
  const world = await session.world();
  const service = world.services.ADSync;
  const details: string[] = [];
  if (service !== undefined && service.status !== "Running")
    details.push(`the service ADSync is ${serviceState(service)}, start mode ${startModes[service.startType]}`);
  let scheduler: boolean | null = null;
  let parameter: boolean | null = null;
  if (world.adsync === undefined) {
    details.push(`module ADSync: ${modulesNotFound(await engineFileOf(session))}`);
  } else if (service?.status !== "Running") {
    details.push(`Get-ADSyncScheduler: ${notRunning}`, `Get-ADSyncGlobalSettingsParameter: ${notRunning}`);
  } else {
    scheduler = world.adsync.stagingMode;
    const value = world.adsync.globalParameters["Microsoft.Synchronize.StagingMode"];
    if (value === undefined) details.push("global parameter Microsoft.Synchronize.StagingMode: not there");
    else parameter = /^true$/i.test(value) ? true : /^false$/i.test(value) ? false : null;
    if (value !== undefined && parameter === null)
      details.push("global parameter Microsoft.Synchronize.StagingMode: says neither True nor False");
  }
  let state: StagingProof["state"] = "unclear";
  if (scheduler === true && parameter === true) state = "on";
  if (scheduler === false || parameter === false) state = "off";
  const shown = (value: boolean | null) => (value === null ? "nothing" : value ? "True" : "False");
  if (details.length === 0 || state !== "unclear") {
    const disagree = scheduler !== null && parameter !== null && scheduler !== parameter ? "the two disagree, " : "";
    details.unshift(`${disagree}scheduler says ${shown(scheduler)}, global parameter says ${shown(parameter)}`);
  }
  return { state, scheduler, parameter, detail: hideSecrets(details.join("; ")).replace(/\.+$/, "") };
}

/** Mirrors Stop-Unproven: what could not be read, the known causes of that, their remedies. */
export function unproven(session: Session, { state, detail }: StagingProof, code = "not-proven-staging"): Refusal {
  session.addCauses(findCauses("staging", detail));
  return new Refusal(code, { state, detail });
}

export async function confirmStaging(session: Session): Promise<StagingProof> {
  const proof = await stagingProof(session);
  if (proof.state !== "on") throw unproven(session, proof);
  return proof;
}

export async function confirmActingAllowed(session: Session): Promise<void> {
  await confirmNotRetired(session);
  const world = await session.world();
  if (world.services.ADSync !== undefined) await confirmStaging(session);
  else if (await session.exists(await engineFileOf(session)))
    throw new Refusal("not-proven-staging", {
      state: "unclear",
      detail: "the synchronization engine is installed but has no service",
    });
}

export function passThroughAgents(world: ServerWorld): string[] {
  return Object.entries(world.services)
    .filter(([name, service]) => isPassThroughAgent(name, service))
    .map(([name]) => name);
}

function isPassThroughAgent(name: string, { path }: ServiceWorld): boolean {
  return (
    /^AzureADConnectAuthenticationAgent/i.test(name) || /AzureADConnectAuthenticationAgentService\.exe/i.test(path)
  );
}

export async function disableSynchronization(session: Session): Promise<void> {
  await session.edit(({ services: { ADSync } }) => {
    if (ADSync !== undefined) Object.assign(ADSync, { startType: "Disabled", status: "Stopped" });
  });
}
