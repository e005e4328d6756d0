/** Mirrors scripts/fragments/system.ps1. */
import { restartKeys, sessionManagerKey } from "../createServerWorld";
import { readRegistry, registryValue } from "../serverFiles";
import type { Said, Session } from "./session";

export async function operatingSystem(session: Session): Promise<Said<"reach">["operatingSystem"]> {
  const { caption, version, buildNumber, installationType } = (await session.world()).operatingSystem;
  return { caption, version, buildNumber, installationType };
}

export async function powershellVersion(session: Session): Promise<string> {
  const engine = "HKLM:\\SOFTWARE\\Microsoft\\PowerShell\\3\\PowerShellEngine";
  return String(registryValue(await readRegistry(session.server), engine, "PowerShellVersion") ?? "");
}

export async function pendingRestart(session: Session): Promise<boolean> {
  const registry = await readRegistry(session.server);
  const keys = Object.keys(registry).map((key) => key.toLowerCase());
  if (restartKeys.some((key) => keys.includes(key.toLowerCase()))) return true;
  return Boolean(registryValue(registry, sessionManagerKey, "PendingFileRenameOperations"));
}
