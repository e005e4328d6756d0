import { findExistingBackup } from "./backup/existing";
import type { PassiveServerArgs } from "./passiveServer";
import { fingerprintOf } from "./server/plan";
import { readDeployed, readMemory } from "./settings/deployed";
import { checkAgainstMemory } from "./settings/memory";
import { type ReadSettings, readSettings } from "./settings/readSettings";
import { SettingsError } from "./settings/settings";

export type Planned = Required<Pick<PassiveServerArgs, "settings" | "secrets" | "proven" | "existingBackup">> &
  Pick<PassiveServerArgs, "memory">;

/**
 * Everything that has to be known, and everything that can be refused, before the first resource: settings read and
 * checked, compared with what the stack remembers and what Azure holds. Throws a SettingsError with all problems.
 */
export async function preparePassiveServer({ settings, secrets }: ReadSettings = readSettings()): Promise<Planned> {
  const remembered = await readMemory();
  const [{ memory, proven, missing }, existingBackup] = await Promise.all([
    readDeployed(settings, remembered),
    findExistingBackup(settings, remembered),
  ]);
  const problems = checkAgainstMemory({
    settings,
    memory,
    proven,
    missing,
    fingerprint: (generation) => fingerprintOf(settings, generation),
  });
  if (problems.length > 0) throw new SettingsError(problems);
  return { settings, secrets, memory, proven, existingBackup };
}
